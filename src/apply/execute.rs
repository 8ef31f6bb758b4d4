//! Does an approved plan, step by step, with a journal line before and after each write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::converge::Moved;
use super::report::{Report, StepReport, Stop};
use super::{ApplyError, Journal, RunId, RunOutcome, StepOutcome};
use crate::diff;
use crate::ledger::{Confidence, Ledger};
use crate::model::{
    Desired, FieldName, Fields, Live, LiveResource, ProviderSpec, Read, RemoteId, ResourceId,
    Scope, Seat, Secret, SecretRef, Value,
};
use crate::plan::{Action, ApprovedPlan, Plan, Step, StepId, effect};
use crate::provider::{Act, Directory, Failure, Operation, Perform, Performed};

/// How often a write is tried whose outcome was looked up and found not to have happened.
const TRIES: u32 = 3;
/// How many steps in a row may fail for want of an answer before the run stops.
const PATIENCE: u32 = 3;

/// Takes made passwords before their people are created.
pub trait HandOver {
    /// Makes a password.
    fn make(&self) -> Result<Secret, String>;
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
        /// What its steps came to.
        outcomes: BTreeMap<String, (StepOutcome, Option<RemoteId>)>,
        /// Tries of the steps that have an intent without an outcome.
        open: BTreeMap<String, u32>,
    },
}

struct Outcome {
    outcome: StepOutcome,
    message: Option<String>,
}

impl Outcome {
    fn done() -> Self {
        Self {
            outcome: StepOutcome::Done,
            message: None,
        }
    }

    fn told(outcome: StepOutcome, message: impl Into<String>) -> Self {
        Self {
            outcome,
            message: Some(message.into()),
        }
    }
}

struct State {
    run: RunId,
    live: Live,
    directory: Directory,
    outcomes: BTreeMap<StepId, StepOutcome>,
    steps: Vec<StepReport>,
    stop: Option<Stop>,
    exhausted: Option<String>,
    in_a_row: u32,
    resumed: bool,
    tried: BTreeMap<String, u32>,
}

impl Run<'_> {
    /// Does the plan. An error means that journal or ledger could not be written: the run stopped there.
    pub async fn execute(
        &mut self,
        approved: &ApprovedPlan,
        start: Start,
    ) -> Result<Report, ApplyError> {
        let plan = approved.plan();
        let sent = self.performer.requests().total();
        let resumed = matches!(start, Start::Resume { .. });
        self.record_opening(plan)?;
        if !plan.has_changes() && !resumed {
            return self.nothing_to_write(plan);
        }
        let (run, before, tried) = self.open_run(start)?;
        let mut state = State {
            run,
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
            resumed,
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
                outcome: outcome.outcome,
                message: outcome.message,
            });
        }
        self.finish(plan, state, sent).await
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
        let outcome = if state.resumed && self.is_so(state, step) {
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
    fn shows(&self, live: &LiveResource, step: &Step) -> bool {
        let Some(kind) = self.spec.kind(&step.kind) else {
            return false;
        };
        step.fields.iter().all(|change| {
            if change.path == kind.key {
                return true;
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

    /// Tries one write until it is known what came of it.
    async fn attempt(
        &mut self,
        state: &mut State,
        step: &Step,
        action: Action,
    ) -> Result<Outcome, ApplyError> {
        let mut last = Outcome::told(StepOutcome::Unknown, "not tried");
        for _ in 0..TRIES {
            let secrets = match self.secrets_of(step, action) {
                Ok(secrets) => secrets,
                Err(why) => return Ok(Outcome::told(StepOutcome::Failed, why)),
            };
            let tries = state.tried.entry(step.id.0.clone()).or_default();
            *tries += 1;
            let tries = *tries;
            self.journal
                .intent(&state.run, &step.id.0, tries, (self.now)())?;
            match self.send(state, step, action, &secrets).await {
                Ok(performed) => {
                    return Ok(self.performed(state, step, action, performed).await);
                }
                Err(Failure::Refused(why)) => return Ok(Outcome::told(StepOutcome::Refused, why)),
                Err(Failure::Exhausted(why)) => {
                    state.exhausted = Some(why.clone());
                    return Ok(Outcome::told(StepOutcome::Refused, why));
                }
                Err(Failure::Unauthorized(why)) => {
                    state.stop = Some(Stop::Unauthorized(why.clone()));
                    return Ok(Outcome::told(StepOutcome::Failed, why));
                }
                Err(Failure::NotSent(why)) => {
                    state.in_a_row += 1;
                    if state.in_a_row >= PATIENCE {
                        state.stop = Some(Stop::Unreachable(why.clone()));
                    }
                    return Ok(Outcome::told(StepOutcome::Failed, why));
                }
                Err(Failure::Unknown(why)) => match self.settle(state, step, action).await {
                    Settled::Happened(remote) => {
                        self.note_effect(state, step, action, remote);
                        return Ok(Outcome::told(
                            StepOutcome::Done,
                            format!("no answer ({why}), found done"),
                        ));
                    }
                    Settled::DidNot => last = Outcome::told(StepOutcome::Failed, why),
                    Settled::Again => last = Outcome::told(StepOutcome::Unknown, why),
                    Settled::CannotTell(and) => {
                        state.in_a_row += 1;
                        if state.in_a_row >= PATIENCE {
                            state.stop = Some(Stop::Unreachable(and.clone()));
                        }
                        return Ok(Outcome::told(
                            StepOutcome::Unknown,
                            format!("{why}; and the account could not be read: {and}"),
                        ));
                    }
                },
            }
        }
        state.in_a_row += 1;
        Ok(last)
    }

    async fn send(
        &mut self,
        state: &State,
        step: &Step,
        action: Action,
        secrets: &BTreeMap<FieldName, Secret>,
    ) -> Result<Performed, Failure> {
        let id = step.resource();
        let kind = self.spec.kind(&step.kind);
        let former = kind.and_then(|kind| effect::renamed_from(kind, step));
        let current = former.as_ref().unwrap_or(&id);
        let mut wanted = self.wanted(state, step, current);
        let mut fields = match (step.action, kind) {
            // The new object gets everything that the request can set, not only what differs.
            (Action::Replace, Some(kind)) => wanted
                .iter()
                .filter(|(path, _)| effect::set_at_create(kind, path))
                .map(|(p, v)| (p.clone(), v.clone()))
                .collect(),
            (_, _) => changed(step),
        };
        if let Some(kind) = kind {
            // The natural key is no change, and still every request may need it.
            let key = Value::text(id.key.as_str());
            wanted.insert(kind.key.into(), key.clone());
            if action == Action::Create {
                fields.insert(kind.key.into(), key);
            }
        }
        let member = step.member_of.as_ref();
        let act = match (action, member) {
            (Action::Create, _) => Act::Create { fields: &fields },
            (Action::Update, _) => Act::Update { fields: &fields },
            (Action::Delete, _) => Act::Delete,
            (Action::AddMember, Some(member)) => Act::AddMember {
                field: &member.field,
                target: &member.target,
            },
            (Action::RemoveMember, Some(member)) => Act::RemoveMember {
                field: &member.field,
                target: &member.target,
            },
            (Action::AddMember | Action::RemoveMember | Action::Replace | Action::Manual, _) => {
                return Err(Failure::Refused(format!(
                    "step {} cannot be sent: the plan is not whole",
                    step.id
                )));
            }
        };
        let remote = if action == Action::Create {
            None
        } else {
            state.directory.get(current).or(step.remote.as_ref())
        };
        let operation = Operation {
            act,
            id: &id,
            remote,
            title: &step.title,
            wanted: &wanted,
            secrets,
            directory: &state.directory,
        };
        self.performer.perform(&operation).await
    }

    /// The whole object as it shall be: live, overlaid with what the ledger knows and with the step.
    fn wanted(&self, state: &State, step: &Step, current: &ResourceId) -> Fields {
        let mut wanted = Fields::new();
        if let Some(remembered) = self.ledger.state().fields.get(current) {
            wanted.extend(
                remembered
                    .iter()
                    .map(|(path, known)| (path.clone(), known.value.clone())),
            );
        }
        if let Some(live) = state.live.get(current) {
            wanted.extend(live.fields.clone());
        }
        if step.action == Action::Replace
            && let Some(declared) = self.desired.get(&step.resource())
        {
            wanted.extend(
                declared
                    .fields
                    .iter()
                    .filter(|(_, v)| v.pool().is_none())
                    .map(|(p, v)| (p.clone(), v.clone())),
            );
        }
        for change in &step.fields {
            match &change.after {
                Some(value) => wanted.insert(change.path.clone(), value.clone()),
                None => wanted.remove(&change.path),
            };
        }
        wanted
    }

    fn secrets_of(
        &self,
        step: &Step,
        action: Action,
    ) -> Result<BTreeMap<FieldName, Secret>, String> {
        if action != Action::Create {
            return Ok(BTreeMap::new());
        }
        let id = step.resource();
        let mut secrets = BTreeMap::new();
        for (field, reference) in &step.secrets {
            let secret = match reference {
                SecretRef::Generate => {
                    let made = self.passwords.make()?;
                    self.passwords.store(id.key.as_str(), &made)?;
                    made
                }
                SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Command(_) => self
                    .secrets
                    .get(&(id.clone(), field.clone()))
                    .cloned()
                    .ok_or_else(|| format!("the `{field}` of {id} was not resolved"))?,
            };
            secrets.insert(field.clone(), secret);
        }
        Ok(secrets)
    }

    async fn performed(
        &mut self,
        state: &mut State,
        step: &Step,
        action: Action,
        performed: Performed,
    ) -> Outcome {
        let mut remote = performed.remote;
        if action == Action::Create && remote.is_none() {
            // The answer was good and held no id: the object is looked up, for nothing can be done to it without.
            match self.performer.look_up(&step.resource(), None).await {
                Ok(Some(found)) => remote = Some(found.remote),
                Ok(None) => {
                    return Outcome::told(
                        StepOutcome::Failed,
                        "the service said that it was created, and it is not there",
                    );
                }
                Err(error) => {
                    return Outcome::told(
                        StepOutcome::Unknown,
                        format!("created, but its id could not be read: {error}"),
                    );
                }
            }
        }
        self.note_effect(state, step, action, remote);
        if performed.already_so {
            return Outcome::told(StepOutcome::Done, "it already was so");
        }
        Outcome::done()
    }

    fn note_effect(
        &self,
        state: &mut State,
        step: &Step,
        action: Action,
        remote: Option<RemoteId>,
    ) {
        let id = step.resource();
        match action {
            Action::Create => {
                if let Some(remote) = remote {
                    state.directory.insert(id, remote);
                }
            }
            Action::Delete => {
                state.directory.remove(&id);
                if let Some(kind) = state.live.kinds.get_mut(&id.kind) {
                    kind.resources.remove(&id.key);
                }
            }
            Action::Update
            | Action::Replace
            | Action::AddMember
            | Action::RemoveMember
            | Action::Manual => {}
        }
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
                    let current = id.clone();
                    let fields = self.wanted(state, step, &current);
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

    /// Finds out what came of a write without an answer.
    async fn settle(&mut self, state: &State, step: &Step, action: Action) -> Settled {
        if matches!(
            action,
            Action::AddMember | Action::RemoveMember | Action::Manual
        ) {
            // Membership cannot be read; joining twice or leaving twice does no harm.
            return Settled::Again;
        }
        let id = step.resource();
        // A create has no id yet, and after a replacement's delete the old id is the wrong one to ask for.
        let remote = if action == Action::Create {
            None
        } else {
            state.directory.get(&id).or(step.remote.as_ref())
        };
        match (action, self.performer.look_up(&id, remote).await) {
            (_, Err(error)) => Settled::CannotTell(error.to_string()),
            (Action::Create, Ok(Some(found))) => Settled::Happened(Some(found.remote)),
            (Action::Create, Ok(None)) => Settled::DidNot,
            (Action::Delete, Ok(None)) => Settled::Happened(None),
            (Action::Delete, Ok(Some(_))) => Settled::DidNot,
            (_, Ok(None)) => Settled::DidNot,
            (_, Ok(Some(found))) if self.shows(&found, step) => {
                Settled::Happened(Some(found.remote))
            }
            (_, Ok(Some(_))) => Settled::Again,
        }
    }

    async fn finish(&mut self, plan: &Plan, state: State, sent: u64) -> Result<Report, ApplyError> {
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
        let since = report.requests.saturating_sub(sent);
        self.journal
            .finish(&state.run, report.outcome, since, (self.now)())?;
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

enum Settled {
    Happened(Option<RemoteId>),
    DidNot,
    /// Not to be told, and harmless to do again.
    Again,
    CannotTell(String),
}

fn changed(step: &Step) -> Fields {
    step.fields
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
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
            outcome: StepOutcome::Blocked,
            message: Some("waits for a manual step".into()),
        })
        .collect()
}
