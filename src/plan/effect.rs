//! What a step that was done changes: in the account, as the tool knows it, and in the ledger.

use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    Baseline, Desired, Fields, KindSpec, Live, LiveResource, ProviderSpec, Read, RemoteId,
    ResourceId, Shape, Value, Way,
};

use super::{Action, FieldChange, Step, Task};

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
        (Action::Replace, _) => entries.push(Entry::Gone { id: id.clone() }),
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
        (Action::Create | Action::Update | Action::Manual, _) => {}
    }
    if let Some(former) = renamed_from(kind, step) {
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
    let new = matches!(step.action, Action::Create | Action::Replace);
    if new {
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
    if step.action != Action::Update && step.action != Action::Manual {
        return None;
    }
    let change = step.fields.iter().find(|change| change.path == kind.key)?;
    let before = change.before.as_ref()?.as_text()?;
    Some(ResourceId {
        kind: step.kind.clone(),
        key: before.into(),
    })
}

/// What an apply without failures must remember beyond its steps: declared values that were believed, protection, identities.
pub fn standing_entries(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for declared in desired.iter() {
        let Some(kind) = spec.kind(&declared.id.kind) else {
            continue;
        };
        for field in kind.fields {
            if field.baseline == Baseline::Declared
                && field.name != kind.key
                && ledger.field(&declared.id, field.name).is_none()
                && let Some(value) = declared.fields.get(field.name)
            {
                entries.push(Entry::Field {
                    id: declared.id.clone(),
                    field: field.field_name(),
                    value: value.clone(),
                    confidence: Confidence::Asserted,
                });
            }
        }
        if let Some(protected) = declared.protected
            && protected != ledger.protected.contains(&declared.id)
        {
            entries.push(Entry::Protection {
                id: declared.id.clone(),
                protected,
            });
        }
        if let Some(found) = live.get(&declared.id)
            && ledger.identities.get(&declared.id) != Some(&found.remote)
        {
            // Another object under a known key: nothing that is remembered is about it.
            if ledger.identities.contains_key(&declared.id) {
                entries.push(Entry::Gone {
                    id: declared.id.clone(),
                });
            }
            entries.push(Entry::Identity {
                id: declared.id.clone(),
                remote: found.remote.clone(),
            });
        }
    }
    entries
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
            leave_all(live, ledger, &id);
        }
        Action::Create | Action::Replace => {
            if step.action == Action::Replace {
                leave_all(live, ledger, &id);
            }
            let mut fields = match step.action {
                Action::Replace => live
                    .get(&id)
                    .map(|found| found.fields.clone())
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

fn leave_all(live: &mut Live, ledger: &LedgerState, id: &ResourceId) {
    let targets: Vec<_> = ledger
        .members
        .get(id)
        .into_iter()
        .flat_map(|fields| fields.values())
        .flat_map(|targets| targets.keys().cloned())
        .collect();
    for kind in live.kinds.values_mut() {
        for key in &targets {
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

/// Whether a field is set by the request that creates its object.
pub fn set_at_create(kind: &KindSpec, path: &crate::model::FieldName) -> bool {
    kind.field(path)
        .is_some_and(|field| field.create == Way::Api)
}
