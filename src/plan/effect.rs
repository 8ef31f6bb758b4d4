//! What a step that was done changes: in the account, as the tool knows it, and in the ledger.

use crate::diff::{Renamed, translated};
use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    Baseline, Fields, KindSpec, Live, LiveResource, ProviderSpec, Read, RemoteId, ResourceId,
    Shape, Value, Way,
};

use super::{Action, FieldChange, Step, Task};

pub use super::standing::{confirmed_entries, counted_entries, opening_entries, standing_entries};

/// What must be remembered of a step that was done, by us (asserted) or by an operator (confirmed).
pub fn ledger_entries(
    spec: &'static ProviderSpec,
    step: &Step,
    remote: Option<&RemoteId>,
    confidence: Confidence,
) -> Vec<Entry> {
    let Some(kind) = spec.kind(&step.kind) else {
        return Vec::new();
    };
    let id = step.resource();
    let mut entries = Vec::new();
    let by_hand = step.manual.as_ref().map(|manual| manual.task);
    match (step.action, by_hand) {
        (Action::Delete, _) | (Action::Manual, Some(Task::Delete)) => {
            entries.push(Entry::Gone { id });
            return entries;
        }
        // The service makes a new object: what is remembered under its key was about another.
        (Action::Create, _) => entries.push(Entry::Gone { id: id.clone() }),
        (Action::Replace, _) => {
            entries.extend(renamed_from(kind, step).map(|id| Entry::Gone { id }));
            entries.push(Entry::Gone { id: id.clone() });
        }
        (Action::AddMember | Action::RemoveMember, _) => {
            if let Some(member) = &step.member_of {
                entries.push(Entry::Member {
                    id,
                    field: member.field.clone(),
                    target: member.target.key.clone(),
                    joined: step.action == Action::AddMember,
                    confidence,
                });
            }
            return entries;
        }
        (Action::Update | Action::Manual, _) => {}
    }
    if step.action != Action::Replace
        && let Some(former) = renamed_from(kind, step)
    {
        entries.push(Entry::Renamed {
            id: former,
            to: id.key.clone(),
        });
    }
    if let Some(remote) = remote {
        entries.push(Entry::Identity {
            id: id.clone(),
            remote: remote.clone(),
        });
    }
    if makes(step) {
        // What the service gives to every new object is known from then on.
        for field in kind.fields {
            if let (Baseline::Text(text), Read::No) = (field.baseline, field.read) {
                entries.push(Entry::Field {
                    id: id.clone(),
                    field: field.field_name(),
                    value: Value::text(text),
                    confidence: Confidence::Asserted,
                });
            }
        }
    }
    for change in &step.fields {
        remember(kind, &id, change, confidence, &mut entries);
    }
    if by_hand == Some(Task::Create) && kind.read == Read::No && entries.is_empty() {
        // The ledger is the inventory: even an object without fields must be in it.
        entries.push(Entry::Field {
            id: id.clone(),
            field: kind.key.into(),
            value: Value::text(id.key.as_str()),
            confidence,
        });
    }
    entries
}

fn remember(
    kind: &'static KindSpec,
    id: &ResourceId,
    change: &FieldChange,
    confidence: Confidence,
    entries: &mut Vec<Entry>,
) {
    let Some(field) = kind.field(&change.path) else {
        return;
    };
    if let Shape::Members(_) = field.shape {
        // A person set the whole field: what was before and is not after was left.
        let texts = |value: &Option<Value>| -> Vec<String> {
            value
                .iter()
                .flat_map(|v| v.texts())
                .map(str::to_owned)
                .collect()
        };
        let after = texts(&change.after);
        let left = texts(&change.before)
            .into_iter()
            .filter(|key| !after.contains(key));
        let member = |target: String, joined: bool| Entry::Member {
            id: id.clone(),
            field: change.path.clone(),
            target: target.into(),
            joined,
            confidence,
        };
        entries.extend(left.map(|key| member(key, false)));
        entries.extend(after.iter().map(|key| member(key.clone(), true)));
        return;
    }
    if field.read == Read::Yes || field.shape == Shape::Secret {
        return;
    }
    if let Some(value) = &change.after {
        entries.push(Entry::Field {
            id: id.clone(),
            field: change.path.clone(),
            value: value.clone(),
            confidence,
        });
    }
}

/// The former identity, when the step gives an object another key.
pub fn renamed_from(kind: &KindSpec, step: &Step) -> Option<ResourceId> {
    match step.action {
        Action::Update | Action::Replace | Action::Manual => {}
        Action::Create | Action::Delete | Action::AddMember | Action::RemoveMember => return None,
    }
    let change = step.fields.iter().find(|change| change.path == kind.key)?;
    let before = change.before.as_ref()?.as_text()?;
    Some(ResourceId {
        kind: step.kind.clone(),
        key: before.into(),
    })
}

/// Applies a step to a model of the account.
pub fn apply_to_model(
    spec: &'static ProviderSpec,
    step: &Step,
    live: &mut Live,
    ledger: &mut LedgerState,
) {
    let Some(kind) = spec.kind(&step.kind) else {
        return;
    };
    let id = step.resource();
    let remote = step.remote.clone();
    match step.action {
        Action::Delete => {
            if let Some(resources) = live.kinds.get_mut(&id.kind) {
                resources.resources.remove(&id.key);
            }
            leave_all(spec, live, ledger, &id);
        }
        Action::Create | Action::Replace => {
            let former = renamed_from(kind, step).unwrap_or_else(|| id.clone());
            if step.action == Action::Replace {
                leave_all(spec, live, ledger, &former);
                if former != id {
                    leave_all(spec, live, ledger, &id);
                }
            }
            let mut fields = match step.action {
                Action::Replace => live
                    .kinds
                    .get_mut(&id.kind)
                    .and_then(|found| found.resources.remove(&former.key))
                    .map(|found| found.fields)
                    .unwrap_or_default(),
                Action::Create
                | Action::Update
                | Action::Delete
                | Action::AddMember
                | Action::RemoveMember
                | Action::Manual => Fields::new(),
            };
            overlay(kind, step, &mut fields);
            live.insert(LiveResource {
                remote: RemoteId::from(format!("new:{}", id.key)),
                title: step.title.clone(),
                fields,
                member_count: None,
                id: id.clone(),
            });
        }
        Action::Update => {
            let former = renamed_from(kind, step).unwrap_or_else(|| id.clone());
            let found = live
                .kinds
                .get_mut(&id.kind)
                .and_then(|k| k.resources.remove(&former.key));
            if let Some(mut found) = found {
                overlay(kind, step, &mut found.fields);
                found.id = id.clone();
                live.insert(found);
                if former != id {
                    follow_rename(spec, live, &former, &id);
                }
            }
        }
        Action::AddMember | Action::RemoveMember => {
            if let Some(member) = &step.member_of {
                let known = ledger
                    .memberships(&id, member.field.as_str())
                    .is_some_and(|targets| targets.contains_key(&member.target.key));
                count(
                    live,
                    &member.target,
                    step.action == Action::AddMember,
                    known,
                    step.reason.is_some(),
                );
                let readable = kind
                    .field(&member.field)
                    .is_some_and(|field| field.read != Read::No);
                if readable {
                    set_membership(live, &id, step);
                }
            }
        }
        Action::Manual => {}
    }
    let new = live.get(&id).map(|found| found.remote.clone()).or(remote);
    for entry in ledger_entries(spec, step, new.as_ref(), Confidence::Asserted) {
        ledger.take(entry, jiff::Timestamp::UNIX_EPOCH);
    }
}

fn overlay(kind: &KindSpec, step: &Step, fields: &mut Fields) {
    for change in &step.fields {
        let readable = kind
            .field(&change.path)
            .is_some_and(|field| field.read != Read::No);
        match &change.after {
            Some(value) if readable => {
                fields.insert(change.path.clone(), value.clone());
            }
            Some(_) => {}
            None => {
                fields.remove(&change.path);
            }
        }
    }
}

/// A service keeps references by its own ids: they lead to the object under its new key.
fn follow_rename(
    spec: &'static ProviderSpec,
    live: &mut Live,
    former: &ResourceId,
    id: &ResourceId,
) {
    let renamed = Renamed::from([(former.clone(), id.key.clone())]);
    for kind in spec.kinds {
        let Some(found) = live.kinds.get_mut(kind.name) else {
            continue;
        };
        for field in kind.fields {
            if field.read == Read::No || !field.shape.targets().contains(&id.kind) {
                continue;
            }
            for resource in found.resources.values_mut() {
                if let Some(value) = resource.fields.get_mut(field.name) {
                    *value = translated(&renamed, field.shape, value).into_owned();
                }
            }
        }
    }
}

fn set_membership(live: &mut Live, id: &ResourceId, step: &Step) {
    let Some(member) = &step.member_of else {
        return;
    };
    let Some(found) = live
        .kinds
        .get_mut(&id.kind)
        .and_then(|kind| kind.resources.get_mut(&id.key))
    else {
        return;
    };
    let mut keys: Vec<String> = found
        .fields
        .get(&member.field)
        .map(|value| value.texts().into_iter().map(str::to_owned).collect())
        .unwrap_or_default();
    keys.retain(|key| key != member.target.key.as_str());
    if step.action == Action::AddMember {
        keys.push(member.target.key.as_str().to_owned());
    }
    found.fields.insert(member.field.clone(), Value::set(keys));
}

fn leave_all(spec: &'static ProviderSpec, live: &mut Live, ledger: &LedgerState, id: &ResourceId) {
    for (name, targets) in ledger.members.get(id).into_iter().flatten() {
        let field = spec.kind(&id.kind).and_then(|kind| kind.field(name));
        let Some(Shape::Members(target)) = field.map(|field| field.shape) else {
            continue;
        };
        let Some(kind) = live.kinds.get_mut(target) else {
            continue;
        };
        for key in targets.keys() {
            if let Some(found) = kind.resources.get_mut(key) {
                found.member_count = found.member_count.map(|count| count.saturating_sub(1));
            }
        }
    }
}

fn count(live: &mut Live, target: &ResourceId, joined: bool, known: bool, doubted: bool) {
    let Some(found) = live
        .kinds
        .get_mut(&target.kind)
        .and_then(|kind| kind.resources.get_mut(&target.key))
    else {
        return;
    };
    found.member_count = found
        .member_count
        .map(|count| match (joined, known && !doubted) {
            (true, false) => count + 1,
            (true, true) => count,
            (false, _) => count.saturating_sub(1),
        });
}

/// Whether a step that is sent makes a new object.
pub fn makes(step: &Step) -> bool {
    matches!(step.action, Action::Create | Action::Replace)
}

/// Whether a field is set by the request that creates its object.
pub fn set_at_create(kind: &KindSpec, path: &crate::model::FieldName) -> bool {
    kind.field(path)
        .is_some_and(|field| field.create == Way::Api)
}
