//! `seatwright drift`: has the account moved from what is declared?

use seatwright::render::Purpose;

use crate::args::Drift;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{How, Session, observe};

pub(crate) async fn run(context: &Context, args: &Drift) -> Result<Exit, Failure> {
    let session = Session::load(context, &args.target.path, args.target.account.as_deref())?;
    let ledger = session.ledger(context)?;
    let mut connection = session.connect(context)?;
    let live = observe(context, connection.as_mut(), &session.scope()).await?;
    connection.close().await;
    let plan = session.plan(context, &live, ledger.state(), &How::from(&args.planning))?;
    super::plan::print(
        context,
        &plan,
        session.provider,
        args.output.format,
        Purpose::Drift,
    )?;
    Ok(super::plan::pending(&plan))
}
