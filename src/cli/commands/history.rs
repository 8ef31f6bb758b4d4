//! `seatwright history`: the runs of an account.

use seatwright::render;

use crate::args::{Format, History};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

pub(crate) fn run(context: &Context, args: &History) -> Result<Exit, Failure> {
    let session =
        Session::load_for_records(context, &args.target.path, args.target.account.as_deref())?;
    let journal = super::apply::open_journal(context, &session)?;
    let runs = journal.history();
    let text = match args.output.format {
        Format::Human => render::report::history(&runs),
        Format::Json => render::report::history_json(&runs),
    };
    context.out(&text)?;
    Ok(Exit::Done)
}
