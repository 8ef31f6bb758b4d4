//! `seatwright unlock`: takes any lock of an account away, and says whose it was.

use seatwright::ledger::lock;
use seatwright::render::escape::visible;
use seatwright::render::wording::time;

use crate::args::Unlock;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

pub(crate) fn run(context: &Context, args: &Unlock) -> Result<Exit, Failure> {
    let session =
        Session::load_for_records(context, &args.target.path, args.target.account.as_deref())?;
    match lock::unlock(&session.ledger_folder)? {
        None => context.out("the account was not locked\n")?,
        Some(info) if info.owner.is_empty() => {
            context
                .out("unlocked: whose it was is not known, the lock could not be understood\n")?;
        }
        Some(info) => context.out(&format!(
            "unlocked: it was {}'s, process {} on {}, `{}` since {}\n",
            visible(&info.owner),
            info.pid,
            visible(&info.host),
            visible(&info.command),
            time(info.since)
        ))?,
    }
    Ok(Exit::Done)
}
