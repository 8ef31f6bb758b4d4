//! `seatwright drift`: has the account moved from what is declared?

use seatwright::render::{self, Purpose};

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
    if let Some(file) = &args.metrics {
        context.write_file(file, render::metrics::openmetrics(&plan).as_bytes())?;
    }
    if let Some(format) = args.notify
        && !plan.is_empty()
    {
        crate::notify::notify(context, &plan, format).await;
    }
    Ok(super::plan::pending(&plan))
}
