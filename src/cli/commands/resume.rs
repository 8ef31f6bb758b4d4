//! `seatwright resume`: finishes an interrupted apply from its journal.

use seatwright::apply::{Report, RunOutcome, Start, StepOutcome};
use seatwright::render;

use super::apply::{self, Begin};
use crate::args::{Format, Resume};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{Session, observe};

pub(crate) async fn run(context: &Context, args: &Resume) -> Result<Exit, Failure> {
    let session = Session::load(context, &args.target.path, args.target.account.as_deref())?;
    let lock = apply::lock(context, &session, "resume")?;
    let mut ledger = session.ledger(context)?;
    let mut journal = apply::open_journal(context, &session)?;
    let Some(interrupted) = journal.interrupted() else {
        context.note("nothing to resume: the last run of this account came to its end");
        if args.output.format == Format::Json {
            let last = journal.history().last().and_then(|run| run.outcome);
            context.out(&render::report::json(&Report {
                run: None,
                outcome: last.unwrap_or(RunOutcome::Converged),
                steps: Vec::new(),
                manual: Vec::new(),
                requests: 0,
                left: Vec::new(),
                stopped: None,
                unproven: None,
            }))?;
        }
        return Ok(Exit::Done);
    };
    let bytes = journal
        .plan(&interrupted.run)
        .map_err(apply::journal_failure)?;
    let plan = super::show::parse(&bytes, "the interrupted run's plan")?;
    if plan.manifest_digest != session.lowered.desired.digest {
        return Err(Failure::new(
            Exit::Stale,
            format!("the manifests have changed since run {} was started", interrupted.run),
        )
        .hint("make a new plan and apply it: it reads what the interrupted run did, and goes on from there"));
    }
    let secrets = apply::resolve(&session, &plan)?;
    let mut connection = session.connect(context)?;
    let live = observe(context, connection.as_mut(), &session.scope()).await?;
    let done = interrupted
        .outcomes
        .values()
        .filter(|record| record.outcome == StepOutcome::Done)
        .count();
    let sent = plan.steps.iter().filter(|step| step.is_sent()).count();
    context.note(&format!(
        "resuming run {}: {done} of {} done",
        interrupted.run,
        render::wording::count(sent, "step", "steps")
    ));
    let start = Start::Resume {
        run: interrupted.run,
        started_at: interrupted.started_at,
        outcomes: interrupted
            .outcomes
            .into_iter()
            .map(|(step, record)| (step, (record.outcome, record.remote)))
            .collect(),
        open: interrupted.open_intents,
    };
    let report = apply::execute(
        context,
        &session,
        plan,
        live,
        connection,
        &mut ledger,
        &mut journal,
        &secrets,
        Begin::Resume(start),
    )
    .await?;
    drop(lock);
    apply::finish(context, &report, args.output.format)
}
