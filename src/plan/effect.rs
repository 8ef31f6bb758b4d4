//! What a step that was done changes: in the account, as the tool knows it, and in the ledger.

use std::collections::BTreeMap;

use crate::diff::{self, Goal, Renamed, translated};
use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    Baseline, DeclaredResource, Desired, Fields, KindSpec, Live, LiveResource, ProviderSpec, Read, RemoteId,
    ResourceId, Shape, State, Value, Way,
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

/// What must be remembered before the first step of an apply is sent: that other objects carry keys that the ledger knows, so
/// that nothing it remembers is about them, that memberships went with their targets, and the first day on which leavers without a date were acted on.
///
/// The caller may take them in again and again; they say nothing that the ledger already knows.
pub fn opening_entries(input: &diff::Input<'_>) -> Vec<Entry> {
    let found = diff::diff(input);
    opening(input, &found)
}

pub(super) fn opening(input: &diff::Input<'_>, found: &diff::Diff<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for declared in input.desired.iter() {
        if let Some(live) = input.live.get(&declared.id)
            && input
                .ledger
                .identities
                .get(&declared.id)
                .is_some_and(|known| *known != live.remote)
        {
            entries.push(Entry::Gone {
                id: declared.id.clone(),
            });
            entries.push(Entry::Identity {
                id: declared.id.clone(),
                remote: live.remote.clone(),
            });
        }
    }
    for (id, fields) in &input.ledger.members {
        for (name, targets) in fields {
            let shape = input
                .spec
                .kind(&id.kind)
                .and_then(|kind| kind.field(name))
                .map(|field| field.shape);
            let Some(Shape::Members(kind)) = shape else {
                continue;
            };
            for (target, known) in targets {
                if !diff::is_in_account(input, &found.renamed, kind, target) {
                    entries.push(Entry::Member {
                        id: id.clone(),
                        field: name.clone(),
                        target: target.clone(),
                        joined: false,
                        confidence: known.confidence,
                    });
                }
            }
        }
    }
    for resource in &found.resources {
        let id = &resource.declared.id;
        if let Goal::Leaving { .. } = resource.goal
            && resource.declared.ends_on.is_none()
            && !input.ledger.leaving.contains_key(id)
        {
            entries.push(Entry::Leaving {
                id: id.clone(),
                since: input.as_of,
            });
        }
    }
    entries
}

/// What was counted, to be remembered after an apply without failures, from the account as it was read after the last step:
/// the members of what people are put into, against the members that the ledger knows, and how many objects there are.
pub fn counted_entries(
    spec: &'static ProviderSpec,
    live: &Live,
    ledger: &LedgerState,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for kind in spec.kinds {
        for field in kind.fields {
            let Shape::Members(target) = field.shape else {
                continue;
            };
            let mut known: BTreeMap<&str, u64> = BTreeMap::new();
            for (id, fields) in &ledger.members {
                if id.kind == kind.name {
                    for key in fields.get(field.name).into_iter().flat_map(BTreeMap::keys) {
                        *known.entry(key.as_str()).or_default() += 1;
                    }
                }
            }
            let found = live.kinds.get(target).map(|kind| &kind.resources);
            for resource in found.into_iter().flat_map(BTreeMap::values) {
                if let Some(count) = resource.member_count {
                    entries.push(Entry::MemberCount {
                        id: resource.id.clone(),
                        count,
                        known: known.get(resource.id.key.as_str()).copied().unwrap_or(0),
                    });
                }
            }
        }
    }
    entries.extend(live.kinds.iter().map(|(kind, found)| Entry::Population {
        kind: kind.clone(),
        count: found.resources.len() as u64,
    }));
    entries
}

/// References that the ledger remembers by a former key, by the declared one.
fn renamed_references(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
) -> Vec<Entry> {
    let mut renamed = Renamed::new();
    for declared in desired.iter() {
        if let Some(previously) = &declared.previously {
            let former = ResourceId {
                kind: declared.id.kind.clone(),
                key: previously.clone(),
            };
            let done = live.get(&declared.id).is_some() && live.get(&former).is_none();
            if done && desired.get(&former).is_none() {
                renamed.insert(former, declared.id.key.clone());
            }
        }
    }
    let mut entries = Vec::new();
    if renamed.is_empty() {
        return entries;
    }
    for (id, fields) in &ledger.fields {
        for (name, remembered) in fields {
            let Some(field) = spec.kind(&id.kind).and_then(|kind| kind.field(name)) else {
                continue;
            };
            let value = translated(&renamed, field.shape, &remembered.value);
            if *value != remembered.value {
                entries.push(Entry::Field {
                    id: id.clone(),
                    field: name.clone(),
                    value: value.into_owned(),
                    confidence: remembered.confidence,
                });
            }
        }
    }
    for (id, fields) in &ledger.members {
        for (name, targets) in fields {
            let shape = spec
                .kind(&id.kind)
                .and_then(|kind| kind.field(name))
                .map(|field| field.shape);
            let Some(Shape::Members(kind)) = shape else {
                continue;
            };
            for (target, known) in targets {
                let former = ResourceId::new(kind, target.clone());
                let Some(key) = renamed.get(&former) else {
                    continue;
                };
                let member = |target: &crate::model::Key, joined| Entry::Member {
                    id: id.clone(),
                    field: name.clone(),
                    target: target.clone(),
                    joined,
                    confidence: known.confidence,
                };
                entries.push(member(key, true));
                entries.push(member(target, false));
            }
        }
    }
    entries
}

/// What an apply without failures must remember beyond its steps: declared values that were believed, protection, identities,
/// and references to what was renamed.
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
        if let State::Absent { .. } = declared.state {
            entries.extend(forgotten(declared, live, ledger));
        }
        for field in kind.fields {
            if field.baseline == Baseline::Declared
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
        // Only a tombstone releases.
        let said = match (declared.protected, &declared.state) {
            (Some(false), State::Present) => None,
            (said, State::Present | State::Absent { .. }) => said,
        };
        if let Some(protected) = said
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
    entries.extend(renamed_references(spec, desired, live, ledger));
    entries
}

/// Who went under another key than the declared one is forgotten under the declared one too.
fn forgotten(
    declared: &DeclaredResource,
    live: &Live,
    ledger: &LedgerState,
) -> Option<Entry> {
    let remote = ledger.identities.get(&declared.id)?;
    let kind = live.kinds.get(&declared.id.kind)?;
    let there = kind.resources.values().any(|found| found.remote == *remote);
    (!there).then(|| Entry::Gone {
        id: declared.id.clone(),
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

fn leave_all(
    spec: &'static ProviderSpec,
    live: &mut Live,
    ledger: &LedgerState,
    id: &ResourceId,
) {
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

/// Whether a field is set by the request that creates its object.
pub fn set_at_create(kind: &KindSpec, path: &crate::model::FieldName) -> bool {
    kind.field(path)
        .is_some_and(|field| field.create == Way::Api)
}
