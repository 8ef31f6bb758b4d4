//! Does an approved plan, step by step, with a journal line before and after each write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::attempt::changed;
use super::converge::Moved;
use super::report::{Report, StepReport, Stop};
use super::{ApplyError, Journal, RunId, RunOutcome, StepOutcome};
use crate::diff;
use crate::ledger::{Confidence, Ledger};
use crate::model::{
    Desired, FieldName, Live, LiveResource, ProviderSpec, Read, RemoteId, ResourceId, Scope, Seat,
    Secret,
};
use crate::plan::{Action, ApprovedPlan, Plan, Step, StepId, effect};
use crate::provider::{Directory, Perform};

/// Takes made passwords before their people are created.
pub trait HandOver {
    /// Makes a password.
    fn make(&self) -> Result<Secret, String>;
    /// The password that was handed over last for somebody since then; `None` where that cannot be told.
    fn handed_over(&self, key: &str, since: Timestamp) -> Result<Option<Secret>, String>;
    /// Hands a password over; when this returns, it is safe to create the person.
    fn store(&self, key: &str, password: &Secret) -> Result<(), String>;
}

/// Is told how a run goes on.
pub trait Progress {
    /// A step begins.
    fn begins(&mut self, step: &Step);
    /// A step has come to something.
    fn ended(&mut self, step: &Step, outcome: StepOutcome, message: Option<&str>);
    /// The account is read again.
    fn verifying(&mut self) {}
}

/// Everything that a run works with.
pub struct Run<'a> {
    /// What the API can do.
    pub spec: &'static ProviderSpec,
    /// What the manifests declare.
    pub desired: &'a Desired,
    /// The account as it was read just before.
    pub live: Live,
    /// What is to be read again at the end.
    pub scope: Scope,
    /// The ledger.
    pub ledger: &'a mut Ledger,
    /// The journal.
    pub journal: &'a mut Journal,
    /// The writer.
    pub performer: &'a mut dyn Perform,
    /// The secrets of each step's resource, resolved before the first request.
    pub secrets: &'a BTreeMap<(ResourceId, FieldName), Secret>,
    /// Where made passwords go.
    pub passwords: &'a dyn HandOver,
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Who is told.
    pub progress: &'a mut dyn Progress,
    /// Set when the operator wants the run to stop after the current request.
    pub stop: &'a AtomicBool,
}

/// How a run starts.
#[derive(Clone, Debug)]
pub enum Start {
    /// Anew.
    Fresh {
        /// The plan's file, to be kept with the journal.
        plan: Vec<u8>,
        /// The command line's verb.
        command: String,
    },
    /// Where another run ended.
    Resume {
        /// The run.
        run: RunId,
        /// When it began.
        started_at: Timestamp,
        /// What its steps came to.
        outcomes: BTreeMap<String, (StepOutcome, Option<RemoteId>)>,
        /// Tries of the steps that have an intent without an outcome.
        open: BTreeMap<String, u32>,
    },
}

pub(super) struct Outcome {
    pub(super) outcome: StepOutcome,
    pub(super) message: Option<String>,
}

impl Outcome {
    pub(super) fn done() -> Self {
        Self {
            outcome: StepOutcome::Done,
            message: None,
        }
    }

    pub(super) fn told(outcome: StepOutcome, message: impl Into<String>) -> Self {
        Self {
            outcome,
            message: Some(message.into()),
        }
    }
}

pub(super) struct State {
    pub(super) run: RunId,
    pub(super) live: Live,
    pub(super) directory: Directory,
    /// What this run created, by now.
    pub(super) made: BTreeSet<ResourceId>,
    pub(super) outcomes: BTreeMap<StepId, StepOutcome>,
    pub(super) steps: Vec<StepReport>,
    pub(super) stop: Option<Stop>,
    pub(super) exhausted: Option<String>,
    pub(super) in_a_row: u32,
    /// When the run began, when it is a resumed one.
    pub(super) interrupted: Option<Timestamp>,
    pub(super) tried: BTreeMap<String, u32>,
}

impl Run<'_> {
    /// Does the plan. An error means that journal or ledger could not be written: the run stopped there.
    pub async fn execute(
        &mut self,
        approved: &ApprovedPlan,
        start: Start,
    ) -> Result<Report, ApplyError> {
        let plan = approved.plan();
        let interrupted = match &start {
            Start::Fresh { .. } => None,
            Start::Resume { started_at, .. } => Some(*started_at),
        };
        self.record_opening(plan)?;
        if !plan.has_changes() && interrupted.is_none() {
            return self.nothing_to_write(plan);
        }
        let (run, before, tried) = self.open_run(start)?;
        let mut state = State {
            run,
            made: BTreeSet::new(),
            directory: self
                .live
                .iter()
                .map(|found| (found.id.clone(), found.remote.clone()))
                .collect(),
            live: std::mem::take(&mut self.live),
            outcomes: BTreeMap::new(),
            steps: Vec::with_capacity(plan.steps.len()),
            stop: None,
            exhausted: None,
            in_a_row: 0,
            interrupted,
            tried,
        };
        for step in plan
            .steps
            .iter()
            .filter(|step| step.action != Action::Manual)
        {
            let known = before.get(&step.id.0);
            let outcome = match known {
                Some((StepOutcome::Done, _)) => Outcome::done(),
                Some(_) | None => match self.hindrance(&state, step) {
                    Some(why) => Outcome::told(StepOutcome::Blocked, why),
                    None => self.one_step(&mut state, step).await?,
                },
            };
            if matches!(known, Some((StepOutcome::Done, _))) {
                self.remember_done(&mut state, step, None);
            } else {
                self.progress
                    .ended(step, outcome.outcome, outcome.message.as_deref());
            }
            state.outcomes.insert(step.id.clone(), outcome.outcome);
            state.steps.push(StepReport {
                id: step.id.clone(),
                action: step.action,
                kind: step.kind.clone(),
                key: step.key.clone(),
                title: step.title.clone(),
                member_of: step.member_of.as_ref().map(|member| member.target.clone()),
                outcome: outcome.outcome,
                message: outcome.message,
            });
        }
        self.finish(plan, state).await
    }

    /// Remembers, before the first step, what the reading itself told: what the ledger knew of others is not about these.
    fn record_opening(&mut self, plan: &Plan) -> Result<(), ApplyError> {
        let entries = effect::opening_entries(&diff::Input {
            desired: self.desired,
            live: &self.live,
            ledger: self.ledger.state(),
            spec: self.spec,
            as_of: plan.as_of,
        });
        self.ledger.append(&entries, (self.now)())?;
        Ok(())
    }

    fn nothing_to_write(&mut self, plan: &Plan) -> Result<Report, ApplyError> {
        let live = std::mem::take(&mut self.live);
        self.record_standing(&live, &Moved::default())?;
        let outcome = if plan.has_manual() {
            RunOutcome::Manual
        } else {
            RunOutcome::Converged
        };
        Ok(Report {
            run: None,
            outcome,
            steps: blocked_reports(plan),
            manual: manual_steps(plan),
            requests: self.performer.requests().total(),
            left: Vec::new(),
            stopped: None,
            unproven: None,
        })
    }

    #[allow(clippy::type_complexity)]
    fn open_run(
        &mut self,
        start: Start,
    ) -> Result<
        (
            RunId,
            BTreeMap<String, (StepOutcome, Option<RemoteId>)>,
            BTreeMap<String, u32>,
        ),
        ApplyError,
    > {
        let version = env!("CARGO_PKG_VERSION");
        match start {
            Start::Fresh { plan, command } => {
                let run = self.journal.begin(&plan, &command, version, (self.now)())?;
                Ok((run, BTreeMap::new(), BTreeMap::new()))
            }
            Start::Resume {
                run,
                started_at: _,
                outcomes,
                open,
            } => {
                self.journal.resume(&run, "resume", version, (self.now)())?;
                Ok((run, outcomes, open))
            }
        }
    }

    /// Why a step cannot be tried now.
    fn hindrance(&self, state: &State, step: &Step) -> Option<String> {
        if !step.blocked_by.is_empty() {
            let names: Vec<&str> = step.blocked_by.iter().map(|id| id.0.as_str()).collect();
            return Some(format!("waits for manual step {}", names.join(", ")));
        }
        let undone = step.depends_on.iter().find(|id| {
            state
                .outcomes
                .get(*id)
                .is_some_and(|outcome| *outcome != StepOutcome::Done)
        });
        if let Some(undone) = undone {
            return Some(format!("depends on step {undone}, which is not done"));
        }
        if let Some(stop) = &state.stop {
            return Some(match stop {
                Stop::Unauthorized(_) => "not tried: the credentials were refused".into(),
                Stop::Unreachable(_) => "not tried: the service could not be reached".into(),
                Stop::Interrupted => "not tried: the run was interrupted".into(),
            });
        }
        if self.stop.load(Ordering::SeqCst) {
            return Some("not tried: the run was interrupted".into());
        }
        let takes_seat = self
            .spec
            .kind(&step.kind)
            .is_some_and(|kind| !matches!(kind.seat, Seat::Never));
        if step.action == Action::Create
            && takes_seat
            && let Some(why) = &state.exhausted
        {
            return Some(format!("not tried: {why}"));
        }
        None
    }

    async fn one_step(&mut self, state: &mut State, step: &Step) -> Result<Outcome, ApplyError> {
        self.progress.begins(step);
        let outcome = if state.interrupted.is_some() && self.is_so(state, step) {
            Outcome::told(StepOutcome::Done, "found done")
        } else if step.action == Action::Replace {
            self.replace(state, step).await?
        } else {
            self.attempt(state, step, step.action).await?
        };
        if outcome.outcome == StepOutcome::Done {
            state.in_a_row = 0;
            let remote = state.directory.get(&step.resource()).cloned();
            self.remember_done(state, step, remote.as_ref());
            let entries =
                effect::ledger_entries(self.spec, step, remote.as_ref(), Confidence::Asserted);
            // The ledger before the journal: what is journalled as done is never asked for again.
            self.ledger.append(&entries, (self.now)())?;
        }
        let remote = state.directory.get(&step.resource()).cloned();
        self.journal.outcome(
            &state.run,
            &step.id.0,
            outcome.outcome,
            remote.as_ref(),
            outcome.message.as_deref(),
            (self.now)(),
        )?;
        if self.stop.load(Ordering::SeqCst) && state.stop.is_none() {
            state.stop = Some(Stop::Interrupted);
        }
        Ok(outcome)
    }

    /// Whether the account that was read at the start of a resumed run already is as the step wants it.
    fn is_so(&self, state: &State, step: &Step) -> bool {
        let live = state.live.get(&step.resource());
        match step.action {
            Action::Create => live.is_some(),
            Action::Delete => live.is_none(),
            Action::Update => live.is_some_and(|live| self.shows(live, step)),
            Action::Replace => live.is_some_and(|live| {
                Some(&live.remote) != step.remote.as_ref() && self.shows(live, step)
            }),
            Action::AddMember | Action::RemoveMember | Action::Manual => false,
        }
    }

    /// Whether a live object shows every field of the step as it is to be; a field that cannot be read shows nothing.
    pub(super) fn shows(&self, live: &LiveResource, step: &Step) -> bool {
        let Some(kind) = self.spec.kind(&step.kind) else {
            return false;
        };
        step.fields.iter().all(|change| {
            if change.path == kind.key {
                return live.id.key == step.key;
            }
            let readable = kind
                .field(&change.path)
                .is_some_and(|field| field.read != Read::No);
            readable && live.fields.get(&change.path) == change.after.as_ref()
        })
    }

    async fn replace(&mut self, state: &mut State, step: &Step) -> Result<Outcome, ApplyError> {
        let there = state.live.get(&step.resource()).is_some();
        if there {
            let deleted = self.attempt(state, step, Action::Delete).await?;
            if deleted.outcome != StepOutcome::Done {
                return Ok(deleted);
            }
        }
        let created = self.attempt(state, step, Action::Create).await?;
        if created.outcome == StepOutcome::Done {
            return Ok(created);
        }
        let message = created.message.unwrap_or_default();
        Ok(Outcome::told(
            created.outcome,
            format!("deleted, but not created anew: {message}"),
        ))
    }

    /// Keeps the picture of the account up to date for the steps that follow.
    fn remember_done(&self, state: &mut State, step: &Step, remote: Option<&RemoteId>) {
        let id = step.resource();
        let Some(kind) = self.spec.kind(&step.kind) else {
            return;
        };
        match step.action {
            Action::Create | Action::Replace => {
                let remote = remote.or_else(|| state.directory.get(&id)).cloned();
                if let Some(remote) = remote
                    && state.live.get(&id).is_none()
                {
                    let mut fields = self.wanted(state, step, &id);
                    // The request set no more than these: the rest is still to come.
                    fields.retain(|path, _| effect::set_at_create(kind, path));
                    state.live.insert(LiveResource {
                        id,
                        remote,
                        title: step.title.clone(),
                        fields,
                        member_count: None,
                    });
                }
            }
            Action::Update => {
                let former = effect::renamed_from(kind, step).unwrap_or_else(|| id.clone());
                if let Some(remote) = state.directory.remove(&former) {
                    state.directory.insert(id.clone(), remote);
                }
                let found = state
                    .live
                    .kinds
                    .get_mut(&id.kind)
                    .and_then(|kind| kind.resources.remove(&former.key));
                if let Some(mut found) = found {
                    found.fields.extend(changed(step));
                    found.id = id;
                    state.live.insert(found);
                }
            }
            Action::Delete | Action::AddMember | Action::RemoveMember | Action::Manual => {}
        }
    }

    async fn finish(&mut self, plan: &Plan, state: State) -> Result<Report, ApplyError> {
        let mut report = Report {
            run: Some(state.run.clone()),
            outcome: RunOutcome::Partial,
            steps: state.steps,
            manual: manual_steps(plan),
            requests: 0,
            left: Vec::new(),
            stopped: state.stop,
            unproven: None,
        };
        let clean = report.steps.iter().all(|step| {
            step.outcome == StepOutcome::Done
                || plan
                    .steps
                    .iter()
                    .any(|planned| planned.id == step.id && !planned.blocked_by.is_empty())
        });
        let unauthorized = matches!(report.stopped, Some(Stop::Unauthorized(_)));
        if unauthorized {
            report.unproven = Some("the credentials were refused".into());
        } else {
            self.progress.verifying();
            match self.performer.observe(&self.scope).await {
                Ok(live) => {
                    let done_steps = plan.steps.iter().filter(|planned| {
                        report
                            .steps
                            .iter()
                            .any(|step| step.id == planned.id && step.outcome == StepOutcome::Done)
                    });
                    self.record_standing(&live, &Moved::by(done_steps, clean))?;
                    let (left, manual) = super::converge::left_over(
                        self.spec,
                        self.desired,
                        &live,
                        self.ledger.state(),
                        plan,
                        (self.now)(),
                    );
                    let done: BTreeSet<ResourceId> = report
                        .steps
                        .iter()
                        .filter(|step| step.outcome == StepOutcome::Done)
                        .map(|step| ResourceId {
                            kind: step.kind.clone(),
                            key: step.key.clone(),
                        })
                        .collect();
                    report.left = left
                        .into_iter()
                        .filter(|(id, _)| done.contains(id))
                        .map(|(id, what)| format!("{id}: {what}"))
                        .collect();
                    if clean && report.left.is_empty() {
                        report.outcome = if manual {
                            RunOutcome::Manual
                        } else {
                            RunOutcome::Converged
                        };
                    }
                }
                Err(error) => report.unproven = Some(error.to_string()),
            }
        }
        // What was sent before this run began was the reading that the plan was made or checked with; it counts too.
        report.requests = self.performer.requests().total();
        self.journal
            .finish(&state.run, report.outcome, report.requests, (self.now)())?;
        Ok(report)
    }

    /// Remembers what holds beyond the steps: identities, protection, believed values, counts.
    fn record_standing(&mut self, live: &Live, moved: &Moved) -> Result<(), ApplyError> {
        let mut entries =
            effect::standing_entries(self.spec, self.desired, live, self.ledger.state());
        entries.extend(super::converge::counts(
            self.spec,
            self.desired,
            live,
            self.ledger.state(),
            moved,
        ));
        self.ledger.append(&entries, (self.now)())?;
        Ok(())
    }
}

fn manual_steps(plan: &Plan) -> Vec<StepId> {
    plan.steps
        .iter()
        .filter(|step| step.action == Action::Manual)
        .map(|step| step.id.clone())
        .collect()
}

fn blocked_reports(plan: &Plan) -> Vec<StepReport> {
    plan.steps
        .iter()
        .filter(|step| step.action != Action::Manual)
        .map(|step| StepReport {
            id: step.id.clone(),
            action: step.action,
            kind: step.kind.clone(),
            key: step.key.clone(),
            title: step.title.clone(),
            member_of: step.member_of.as_ref().map(|member| member.target.clone()),
            outcome: StepOutcome::Blocked,
            message: Some("waits for a manual step".into()),
        })
        .collect()
}
