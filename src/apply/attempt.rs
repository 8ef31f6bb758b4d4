//! Sends one write, and finds out what came of it.

use std::collections::BTreeMap;

use super::execute::{Outcome, Run, State};
use super::report::Stop;
use super::{ApplyError, StepOutcome};
use crate::model::{FieldName, Fields, RemoteId, ResourceId, Secret, SecretSource, Value};
use crate::plan::{Action, Step, effect};
use crate::provider::{Act, Failure, Operation, Performed};

/// How often a write is tried whose outcome was looked up and found not to have happened.
const TRIES: u32 = 3;
/// How many steps in a row may fail for want of an answer before the run stops.
const PATIENCE: u32 = 3;

/// Whether no earlier try of a step can have had its effect.
fn first_try(state: &State, step: &Step) -> bool {
    state.tried.get(&step.id.0).copied().unwrap_or_default() <= 1
}

impl Run<'_> {
    /// Tries one write until it is known what came of it.
    pub(super) async fn attempt(
        &mut self,
        state: &mut State,
        step: &Step,
        action: Action,
    ) -> Result<Outcome, ApplyError> {
        // The same for every try: a request without an answer may still land, whatever was looked up meanwhile.
        let secrets = match self.secrets_of(state, step, action) {
            Ok(secrets) => secrets,
            Err(why) => return Ok(Outcome::told(StepOutcome::Failed, why)),
        };
        let mut last = Outcome::told(StepOutcome::Unknown, "not tried");
        for _ in 0..TRIES {
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

    /// The whole object as it shall be: live, overlaid with what the ledger knows and with the step; of a new one also what is declared
    /// and comes by later steps, or by hand.
    pub(super) fn wanted(&self, state: &State, step: &Step, current: &ResourceId) -> Fields {
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
        if let Some(declared) = self
            .desired
            .get(&step.resource())
            .filter(|_| effect::makes(step))
        {
            // What comes out of a pool was chosen by the step.
            let given = declared
                .fields
                .iter()
                .filter(|(_, value)| value.pool().is_none());
            wanted.extend(given.map(|(path, value)| (path.clone(), value.clone())));
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
        state: &State,
        step: &Step,
        action: Action,
    ) -> Result<BTreeMap<FieldName, Secret>, String> {
        if action != Action::Create {
            return Ok(BTreeMap::new());
        }
        let id = step.resource();
        let mut secrets = BTreeMap::new();
        for (field, source) in &step.secrets {
            let secret = match source {
                SecretSource::Generate => self.password(state, step)?,
                SecretSource::Env(_) | SecretSource::File(_) | SecretSource::Command(_) => self
                    .secrets
                    .get(&(id.clone(), field.clone()))
                    .cloned()
                    .ok_or_else(|| format!("the `{field}` of {id} was not resolved"))?,
            };
            secrets.insert(field.clone(), secret);
        }
        Ok(secrets)
    }

    /// A made password, handed over. A resumed run goes on with the one that it handed over before it was interrupted, where the sink
    /// can tell it: the create that it was for may land yet.
    fn password(&self, state: &State, step: &Step) -> Result<Secret, String> {
        let key = step.key.as_str();
        if let Some(since) = state.interrupted
            && let Some(earlier) = self.passwords.handed_over(key, since)?
        {
            return Ok(earlier);
        }
        let made = self.passwords.make()?;
        self.passwords.store(key, &made)?;
        Ok(made)
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
        if performed.presumed && state.made.contains(&step.resource()) && first_try(state, step) {
            return Outcome::told(
                StepOutcome::Refused,
                "the service did not do it and named no reason; a member it cannot be yet, for it was created just now",
            );
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
                state.made.insert(id.clone());
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
}

enum Settled {
    Happened(Option<RemoteId>),
    DidNot,
    /// Not to be told, and harmless to do again.
    Again,
    CannotTell(String),
}

pub(super) fn changed(step: &Step) -> Fields {
    step.fields
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
}
