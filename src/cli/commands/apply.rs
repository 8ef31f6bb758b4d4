//! `seatwright apply`: does what is planned, and proves that the account is as declared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use seatwright::apply::{HandOver, Journal, JournalError, Report, Run, Start, StepOutcome, Stop};
use seatwright::ledger::{Ledger, LedgerState, Lock};
use seatwright::model::{FieldName, Live, ResourceId, Secret, SecretRef, SecretSource, State};
use seatwright::plan::{self, ApprovedPlan, NotApproved, Plan, Step};
use seatwright::provider::{Connection, Perform};
use seatwright::render::{self, Purpose};
use seatwright::secrets::{PasswordSink, SecretError, ensure_gitignore, generate_password};

use crate::args::{Apply, Format, PlanFormat};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::progress::Follow;
use crate::session::{How, Session, observe};
use crate::signal::{self, Orderly};

pub(crate) async fn run(context: &Context, args: &Apply) -> Result<Exit, Failure> {
    let saved = args.plan.as_deref().map(super::show::read).transpose()?;
    if saved.is_none() && !args.auto_approve && args.approved_hash.is_none() && !context.can_ask() {
        return Err(Failure::new(
            Exit::Refused,
            "nobody can be asked: standard input is not a terminal",
        )
        .hint("give a reviewed plan with `--plan FILE`, or `--auto-approve`"));
    }
    let path = account_path(args, saved.as_ref());
    let session = Session::load(context, &path, args.account.as_deref())?;
    if let Some(saved) = &saved {
        fresh(context, &session, saved)?;
    }
    let lock = lock(context, &session, "apply")?;
    let mut ledger = session.ledger(context)?;
    let mut journal = open_journal(context, &session)?;
    if let Some(interrupted) = journal.interrupted()
        && !interrupted.open_intents.is_empty()
    {
        context.warn(&format!(
            "run {} was interrupted in the middle of {}; this apply reads the account and starts from what is there",
            interrupted.run,
            render::wording::count(interrupted.open_intents.len(), "step", "steps")
        ));
    }
    // Everything that can be missing is found out before the first request.
    let early = saved
        .as_ref()
        .map(|saved| resolve(&session, saved))
        .transpose()?;
    let cut = !args.planning.only.is_empty() || !args.planning.except.is_empty();
    if early.is_none() && !cut {
        let today = context.today(&session.lowered.desired.time_zone);
        at_hand(
            &session,
            ledger.state(),
            args.planning.as_of.unwrap_or(today),
        )?;
    }
    let mut connection = session.connect(context)?;
    let mut live = observe(context, connection.as_mut(), &session.scope()).await?;
    let how = saved.as_ref().map_or_else(
        || How {
            keep_observed: true,
            ..How::from(&args.planning)
        },
        same_way,
    );
    if saved.is_none() {
        session.fits(&live, &how)?;
    }
    let mut plan = session.plan(context, &live, ledger.state(), &how)?;
    if let Some(saved) = saved {
        unmoved(&saved, &plan)?;
        plan = saved;
    }
    if let Some(approved) = &args.approved_hash
        && *approved != plan.hash
    {
        return Err(Failure::new(
            Exit::Stale,
            format!(
                "the plan is not the approved one: its hash is {}, {} was approved",
                plan.hash,
                seatwright::render::escape::visible(approved)
            ),
        )
        .hint("nothing was written; review the plan as it is now, and approve its hash"));
    }
    let human = args.output.format == Format::Human;
    if !plan.refusals.is_empty() {
        let format = if human {
            PlanFormat::Human
        } else {
            PlanFormat::Json
        };
        super::plan::print(context, &plan, session.provider, format, Purpose::Plan)?;
        return Ok(Exit::Refused);
    }
    if human {
        super::plan::print(
            context,
            &plan,
            session.provider,
            PlanFormat::Human,
            Purpose::Plan,
        )?;
    }
    if plan.has_changes()
        && args.plan.is_none()
        && !args.auto_approve
        && args.approved_hash.is_none()
    {
        if !crate::prompt::confirm("Apply this plan?").await {
            context.note("nothing was written");
            return Ok(Exit::Refused);
        }
        // Somebody took time to read: the account may have moved meanwhile.
        live = observe(context, connection.as_mut(), &session.scope()).await?;
        let again = session.plan(context, &live, ledger.state(), &how)?;
        unmoved(&plan, &again)?;
    }
    let secrets = match early {
        Some(secrets) => secrets,
        None => resolve(&session, &plan)?,
    };
    let report = execute(
        context,
        &session,
        plan,
        live,
        connection,
        &mut ledger,
        &mut journal,
        &secrets,
        Begin::Fresh,
    )
    .await?;
    drop(lock);
    finish(context, &report, args.output.format)
}

/// How a run begins.
pub(crate) enum Begin {
    Fresh,
    Resume(Start),
}

fn account_path(args: &Apply, saved: Option<&Plan>) -> PathBuf {
    match (&args.path, saved, &args.plan) {
        (Some(path), _, _) => path.clone(),
        (None, Some(saved), Some(file)) => {
            let parent = file
                .parent()
                .filter(|parent| !parent.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            parent.join(&saved.folder)
        }
        (None, _, _) => PathBuf::from("."),
    }
}

pub(crate) fn lock(context: &Context, session: &Session, command: &str) -> Result<Lock, Failure> {
    let (lock, taken) = Lock::acquire(
        &session.ledger_folder,
        &context.author(),
        command,
        context.now(),
    )?;
    if let Some(taken) = taken {
        let info = &taken.0;
        context.note(&format!(
            "took over the lock of {}, process {} on {}, which is no longer running (`{}` since {})",
            info.owner,
            info.pid,
            info.host,
            info.command,
            render::wording::time(info.since)
        ));
    }
    Ok(lock)
}

pub(crate) fn open_journal(context: &Context, session: &Session) -> Result<Journal, Failure> {
    let journal =
        Journal::open(&session.ledger_folder, &context.author()).map_err(journal_failure)?;
    if let Some(torn) = &journal.verified().torn {
        context.warn(&format!(
            "the journal's last line was incomplete and was set aside: {torn}"
        ));
    }
    Ok(journal)
}

pub(crate) fn journal_failure(error: JournalError) -> Failure {
    Failure::new(Exit::Internal, error)
}

/// A saved plan must be of these manifests, of this account, and not too old.
fn fresh(context: &Context, session: &Session, saved: &Plan) -> Result<(), Failure> {
    let desired = &session.lowered.desired;
    let stale = |why: String| {
        Failure::new(Exit::Stale, format!("the saved plan is stale: {why}"))
            .hint("nothing was written; make a new plan")
    };
    if saved.account != desired.account || saved.provider != desired.provider {
        return Err(stale(format!(
            "it is for the account `{}` ({}), this is `{}` ({})",
            saved.account, saved.provider, desired.account, desired.provider
        )));
    }
    if saved.manifest_digest != desired.digest {
        return Err(stale("the manifests have changed since".to_owned()));
    }
    if context.now() >= saved.expires_at {
        return Err(stale(format!(
            "it expired at {}",
            render::wording::time(saved.expires_at)
        )));
    }
    Ok(())
}

fn same_way(saved: &Plan) -> How {
    How {
        allowances: saved.allowances.clone(),
        selection: saved.selection.clone(),
        as_of: Some(saved.as_of),
        max_requests: None,
        keep_observed: true,
    }
}

/// The account and the ledger must lead to the very steps that were reviewed.
fn unmoved(reviewed: &Plan, now: &Plan) -> Result<(), Failure> {
    let stale = |lines: &[String]| {
        let mut shown: Vec<String> = lines.iter().take(20).cloned().collect();
        if lines.len() > 20 {
            shown.push(format!("and {} more", lines.len() - 20));
        }
        Failure::new(
            Exit::Stale,
            "the plan is stale: the account moved since it was made",
        )
        .lines(shown)
        .hint("nothing was written; make a new plan and have it reviewed")
    };
    if reviewed.live_fingerprint != now.live_fingerprint {
        return Err(stale(&plan::moved(&reviewed.observed, &now.observed)));
    }
    let steps =
        |plan: &Plan| -> Vec<String> { plan.steps.iter().map(|step| step.id.0.clone()).collect() };
    if steps(reviewed) != steps(now) {
        return Err(stale(&[
            "the ledger, or an object that no manifest names, leads to other steps now".to_owned(),
        ]));
    }
    if let Some(refusal) = now.refusals.first() {
        return Err(stale(std::slice::from_ref(&refusal.message)));
    }
    Ok(())
}

/// The secrets of whoever may be created today can be had: this is found out before the first request.
///
/// A program is run only for those who are new indeed, which the account must tell first.
fn at_hand(session: &Session, ledger: &LedgerState, today: Date) -> Result<(), Failure> {
    let resolver = session.resolver();
    let new = session.lowered.desired.iter().filter(|it| {
        it.state == State::Present
            && !ledger.identities.contains_key(&it.id)
            && it.starts_on.is_none_or(|day| day <= today)
            && it.ends_on.is_none_or(|day| day >= today)
    });
    for resource in new {
        for (field, reference) in resource.secrets.iter() {
            if let SecretRef::Env(_) | SecretRef::File(_) = reference {
                resolver
                    .resolve(reference)
                    .map_err(|error| missing(&resource.id, field, &error))?;
            }
        }
    }
    Ok(())
}

/// Resolves the secrets of the people that the plan creates; made ones are made one by one later.
pub(crate) fn resolve(
    session: &Session,
    plan: &Plan,
) -> Result<BTreeMap<(ResourceId, FieldName), Secret>, Failure> {
    let resolver = session.resolver();
    let mut secrets = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| step.is_sent()) {
        // The plan says where a secret comes from and no more: how it is had is in the manifests, whose digest it has.
        let references = session
            .lowered
            .desired
            .get(&step.resource())
            .map(|declared| &declared.secrets);
        for (field, source) in &step.secrets {
            if *source == SecretSource::Generate {
                continue;
            }
            let reference = references
                .and_then(|references| references.get(field))
                .filter(|reference| reference.source() == *source)
                .ok_or_else(|| {
                    Failure::new(
                        Exit::Stale,
                        format!(
                            "the plan and the manifests name another `{field}` of {}",
                            step.resource()
                        ),
                    )
                    .hint("nothing was written; make a new plan")
                })?;
            let secret = resolver
                .resolve(reference)
                .map_err(|error| missing(&step.resource(), field, &error))?;
            secrets.insert((step.resource(), field.clone()), secret);
        }
    }
    Ok(secrets)
}

fn missing(id: &ResourceId, field: &FieldName, error: &SecretError) -> Failure {
    Failure::new(
        Exit::Invalid,
        format!("the `{field}` of {id} cannot be had: {error}"),
    )
    .hint("nothing was written")
}

/// Hands made passwords to the account's sink.
struct Passwords<'a> {
    context: &'a Context,
    sink: PasswordSink,
    account: &'a str,
}

impl HandOver for Passwords<'_> {
    fn make(&self) -> Result<Secret, String> {
        generate_password().map_err(|error| error.to_string())
    }

    fn handed_over(&self, key: &str, since: Timestamp) -> Result<Option<Secret>, String> {
        self.sink
            .last(self.account, key, since)
            .map_err(|error| error.to_string())
    }

    fn store(&self, key: &str, password: &Secret) -> Result<(), String> {
        let stored = self
            .sink
            .store(self.account, key, password, self.context.now())
            .map_err(|error| {
                format!(
                    "the made password could not be handed over, so nobody was created: {error}"
                )
            })?;
        if let Some(warning) = stored.warning {
            self.context.warn(&warning);
        }
        Ok(())
    }
}

#[allow(clippy::too_many_arguments)]
pub(crate) async fn execute(
    context: &Context,
    session: &Session,
    mut plan: Plan,
    live: Live,
    connection: Box<dyn Connection>,
    ledger: &mut Ledger,
    journal: &mut Journal,
    secrets: &BTreeMap<(ResourceId, FieldName), Secret>,
    begin: Begin,
) -> Result<Report, Failure> {
    // An interrupted run goes on from this file, which is as little to be edited as any.
    plan.seal = plan.compute_seal();
    let mut bytes = serde_json::to_vec(&plan).map_err(anyhow::Error::from)?;
    bytes.push(b'\n');
    let mut approved = ApprovedPlan::approve(plan).map_err(|error| match error {
        NotApproved::Refused(refusals) => {
            let message = refusals
                .first()
                .map_or(String::new(), |refusal| refusal.message.clone());
            Failure::new(Exit::Refused, message)
        }
        NotApproved::Altered => Failure::new(
            Exit::Stale,
            "the plan's hash does not fit what it says: it was edited",
        ),
    })?;
    let Some(permit) = approved.take_permit() else {
        return Err(Failure::new(Exit::Internal, "the plan was applied already"));
    };
    // What must not be committed is kept out before it is there.
    if let Err(error) = ensure_gitignore(&session.folder, &[]) {
        context.warn(&format!(
            "cannot write `.gitignore` in `{}`: {error}",
            session.folder.display()
        ));
    }
    let stop = AtomicBool::new(false);
    let _orderly = Orderly::begin();
    let mut performer: Box<dyn Perform> = connection.into_writer(permit);
    let done = match &begin {
        Begin::Fresh => 0,
        Begin::Resume(Start::Fresh { .. }) => 0,
        Begin::Resume(Start::Resume { outcomes, .. }) => {
            let sent = approved.plan().steps.iter().filter(|step| step.is_sent());
            let done = |step: &&Step| {
                let before = outcomes.get(&step.id.0);
                matches!(before, Some((StepOutcome::Done, _)))
            };
            sent.filter(done).count() as u64
        }
    };
    let mut follow = Follow::new(context, approved.plan(), done);
    let passwords = Passwords {
        context,
        sink: session.password_sink(context),
        account: &session.lowered.desired.account,
    };
    let start = match begin {
        Begin::Fresh => Start::Fresh {
            plan: bytes,
            command: "apply".to_owned(),
        },
        Begin::Resume(start) => start,
    };
    let now = || context.now();
    let mut run = Run {
        spec: session.provider.spec,
        desired: &session.lowered.desired,
        live,
        scope: session.scope(),
        ledger,
        journal,
        performer: performer.as_mut(),
        secrets,
        passwords: &passwords,
        now: &now,
        progress: &mut follow,
        stop: &stop,
    };
    let report = tokio::select! {
        report = run.execute(&approved, start) => report,
        () = stopped_at_once(&stop) => return Err(Failure::new(
            Exit::Partial,
            "stopped at once: what came of the last request is not known",
        )
        .hint("go on with `seatwright resume`: it looks")),
    };
    performer.close().await;
    Ok(report?)
}

/// A first signal lets the current request end. A second Ctrl-C ends this wait, and with it the run; a second signal of another
/// kind does not: pipelines send SIGTERM soon after SIGINT.
async fn stopped_at_once(stop: &AtomicBool) {
    let first = signal::asked_to_end().await;
    stop.store(true, Ordering::SeqCst);
    if first == "SIGTERM" {
        signal::interrupted().await;
    }
    signal::interrupted().await;
}

pub(crate) fn finish(context: &Context, report: &Report, format: Format) -> Result<Exit, Failure> {
    let text = match format {
        Format::Human => render::report::human(report, context.style()),
        Format::Json => render::report::json(report),
    };
    context.out(&text)?;
    if let Some(Stop::Unauthorized(why)) = &report.stopped {
        let failure = Failure::new(Exit::Unauthorized, why);
        let nothing_done = report.count(seatwright::apply::StepOutcome::Done) == 0;
        if nothing_done {
            return Err(failure);
        }
        context.error(&failure);
    }
    Ok(report.outcome.into())
}
