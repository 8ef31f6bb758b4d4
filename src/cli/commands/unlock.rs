//! `seatwright unlock`: takes any lock of an account away, and says whose it was.

use seatwright::ledger::lock;

use crate::args::Unlock;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

pub(crate) fn run(context: &Context, args: &Unlock) -> Result<Exit, Failure> {
    let session = Session::load(context, &args.target.path, args.target.account.as_deref())?;
    match lock::unlock(&session.ledger_folder)? {
        None => context.out("the account was not locked\n")?,
        Some(info) => context.out(&format!(
            "unlocked: it was {}'s, process {} on {}, `{}` since {}\n",
            info.owner, info.pid, info.host, info.command, info.since
        ))?,
    }
    Ok(Exit::Done)
}
