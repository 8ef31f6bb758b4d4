//! Compares one declaration with its object, field by field.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{
    Baseline, DeclaredResource, FieldSpec, Fields, Key, KindSpec, Read, ResourceId, Shape, State,
    Value, Way,
};

use super::{Doubt, Existing, FieldDiff, Goal, Input, MemberDiff, ResourceDiff};

/// How a value before is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It was read.
    #[default]
    Read,
    /// It is what we wrote, or an operator confirmed; it cannot be read.
    Ledger,
    /// It is what the service gives by default; it cannot be read.
    Default,
    /// It is not known.
    Unknown,
}

impl Basis {
    /// Whether the value was read.
    pub fn is_read(&self) -> bool {
        *self == Self::Read
    }
}

/// Compares one declaration; `None` when its time has not come and there is nothing to compare.
pub(super) fn resource<'a>(
    input: &Input<'a>,
    spec: &'static KindSpec,
    declared: &'a DeclaredResource,
    existing: Option<Existing<'a>>,
    doubts: &BTreeMap<ResourceId, Doubt>,
) -> Option<ResourceDiff<'a>> {
    let goal = goal(input, declared, existing.is_some())?;
    let mut found = ResourceDiff {
        declared,
        spec,
        goal,
        existing,
        fields: Vec::new(),
        joins: Vec::new(),
        leaves: Vec::new(),
    };
    match &found.goal {
        Goal::Present => present(input, &mut found, doubts),
        Goal::Gone { .. } => {}
        Goal::Leaving { .. } => leaving(input, &mut found),
    }
    Some(found)
}

/// What a declaration wants on the day of the plan.
fn goal(input: &Input<'_>, declared: &DeclaredResource, exists: bool) -> Option<Goal> {
    let today = input.as_of;
    let (reason, last_day) = match (&declared.state, declared.ends_on) {
        (State::Absent { reason }, ends_on) => (reason.clone(), ends_on),
        (State::Present, Some(ends_on)) if ends_on < today => {
            (format!("last day {ends_on}"), Some(ends_on))
        }
        (State::Present, _) => {
            let waits = declared
                .starts_on
                .is_some_and(|starts_on| starts_on > today);
            return (exists || !waits).then_some(Goal::Present);
        }
    };
    // A tombstone that carries a date in the future takes effect after that day.
    if last_day.is_some_and(|day| day >= today) {
        return exists.then_some(Goal::Present);
    }
    let grace = i64::from(input.desired.policy.grace_days);
    let since = last_day
        .or_else(|| input.ledger.leaving.get(&declared.id).copied())
        .unwrap_or(today);
    let until: Date = since.saturating_add(grace.days());
    if grace > 0 && today < until {
        Some(Goal::Leaving { reason, until })
    } else {
        Some(Goal::Gone { reason })
    }
}

pub(super) fn present(
    input: &Input<'_>,
    found: &mut ResourceDiff<'_>,
    doubts: &BTreeMap<ResourceId, Doubt>,
) {
    let declared = found.declared;
    for field in found.spec.fields {
        if field.name == found.spec.key {
            key(found, field);
            continue;
        }
        if let Shape::Members(target) = field.shape {
            if let Some(value) = declared.fields.get(field.name) {
                members(input, found, field, target, value, doubts);
            }
            continue;
        }
        if let Some(value) = declared.fields.get(field.name)
            && let Some(diff) = one_field(input, found, field, value)
        {
            found.fields.push(diff);
        }
    }
}

/// A natural key differs only when the object has another one now; its spelling is no difference.
fn key(found: &mut ResourceDiff<'_>, field: &'static FieldSpec) {
    let wanted = &found.declared.id.key;
    if let Some(existing) = &found.existing
        && existing.key != *wanted
    {
        found.fields.push(FieldDiff {
            spec: field,
            before: Some(Value::text(existing.key.as_str())),
            after: Value::text(wanted.as_str()),
            basis: Basis::Read,
        });
    }
}

/// Takes a leaver out of everything that is known, and switches off what can be.
fn leaving(input: &Input<'_>, found: &mut ResourceDiff<'_>) {
    let Some(existing) = &found.existing else {
        return;
    };
    let former = ResourceId {
        kind: found.declared.id.kind.clone(),
        key: existing.key.clone(),
    };
    for (name, value) in found.spec.leaving {
        if let Some(field) = found.spec.fields.iter().find(|field| field.name == *name)
            && let Some(diff) = one_field(input, found, field, &Value::Bool(*value))
        {
            found.fields.push(diff);
        }
    }
    let joined = input.ledger.members.get(&former);
    for (field, targets) in joined.into_iter().flatten() {
        let Some(spec) = found.spec.field(field) else {
            continue;
        };
        for kind in spec.shape.targets() {
            found.leaves.extend(targets.keys().map(|target| MemberDiff {
                field: field.clone(),
                target: ResourceId {
                    kind: kind.clone(),
                    key: target.clone(),
                },
                doubt: None,
            }));
        }
    }
}

/// The difference in one field that is no membership.
fn one_field(
    input: &Input<'_>,
    found: &ResourceDiff<'_>,
    field: &'static FieldSpec,
    declared: &Value,
) -> Option<FieldDiff> {
    let Some(existing) = &found.existing else {
        // What a new object gets by itself needs no doing.
        let given =
            matches!(field.baseline, Baseline::Text(text) if declared.as_text() == Some(text));
        let by_itself = given && field.create == Way::Manual;
        return (!by_itself).then(|| FieldDiff {
            spec: field,
            before: None,
            after: declared.clone(),
            basis: if given { Basis::Default } else { Basis::Read },
        });
    };
    if field.shape == Shape::Secret || declared.pool().is_some() {
        // A secret is set once, and a pool fills only what is new.
        return None;
    }
    let (before, basis) = before(input, found, existing, field, declared);
    let same = match &before {
        Some(before) => equal(field, before, declared),
        None => basis == Basis::Read && is_nothing(declared),
    };
    (!same).then(|| FieldDiff {
        spec: field,
        before,
        after: declared.clone(),
        basis,
    })
}

fn before(
    input: &Input<'_>,
    found: &ResourceDiff<'_>,
    existing: &Existing<'_>,
    field: &'static FieldSpec,
    declared: &Value,
) -> (Option<Value>, Basis) {
    if let Some(live) = existing.live {
        match field.read {
            Read::Yes => return (live.fields.get(field.name).cloned(), Basis::Read),
            Read::Sometimes => {
                if let Some(value) = live.fields.get(field.name) {
                    return (Some(value.clone()), Basis::Read);
                }
            }
            Read::No => {}
        }
    }
    let former = ResourceId {
        kind: found.declared.id.kind.clone(),
        key: existing.key.clone(),
    };
    let remembered = input
        .ledger
        .field(&former, field.name)
        .or_else(|| input.ledger.field(&found.declared.id, field.name))
        .filter(|_| !existing.stranger);
    if let Some(remembered) = remembered {
        let basis = match remembered.confidence {
            crate::ledger::Confidence::Unknown => Basis::Unknown,
            crate::ledger::Confidence::Asserted | crate::ledger::Confidence::Confirmed => {
                Basis::Ledger
            }
        };
        return (Some(remembered.value.clone()), basis);
    }
    match field.baseline {
        Baseline::Unknown => (None, Basis::Unknown),
        // An object that was not made by us may have been changed since it was made: only agreement is believed.
        Baseline::Text(text) if declared.as_text() == Some(text) => {
            (Some(Value::text(text)), Basis::Default)
        }
        Baseline::Text(_) => (None, Basis::Unknown),
        Baseline::Declared => (Some(declared.clone()), Basis::Default),
    }
}

/// Whether two values mean the same: sets without order, references and texts to the letter.
fn equal(field: &FieldSpec, before: &Value, after: &Value) -> bool {
    match field.shape {
        Shape::Set | Shape::References(_) | Shape::Members(_) | Shape::ReferencesOrAll(_) => {
            before.texts().into_iter().collect::<BTreeSet<_>>()
                == after.texts().into_iter().collect::<BTreeSet<_>>()
        }
        Shape::Text
        | Shape::Integer
        | Shape::Bool
        | Shape::Sequence
        | Shape::Reference(_)
        | Shape::ReferenceSequence(_)
        | Shape::ReferenceOneOf(_)
        | Shape::Secret => before == after,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(_) | Value::Integer(_) => false,
    }
}

fn members(
    input: &Input<'_>,
    found: &mut ResourceDiff<'_>,
    field: &'static FieldSpec,
    target: &'static str,
    declared: &Value,
    doubts: &BTreeMap<ResourceId, Doubt>,
) {
    let target_of = |key: &Key| ResourceId {
        kind: target.into(),
        key: key.clone(),
    };
    let wanted: BTreeSet<Key> = declared.texts().into_iter().map(Key::from).collect();
    let known: BTreeSet<Key> = match &found.existing {
        None => BTreeSet::new(),
        Some(existing) => known_memberships(input, found.declared, existing, field),
    };
    for key in &wanted {
        let id = target_of(key);
        let doubt = doubts.get(&id).copied().filter(|_| field.read == Read::No);
        if !known.contains(key) || doubt.is_some() {
            found.joins.push(MemberDiff {
                field: field.field_name(),
                target: id,
                doubt: doubt.filter(|_| known.contains(key)),
            });
        }
    }
    for key in known.difference(&wanted) {
        found.leaves.push(MemberDiff {
            field: field.field_name(),
            target: target_of(key),
            doubt: None,
        });
    }
}

pub(super) fn known_memberships(
    input: &Input<'_>,
    declared: &DeclaredResource,
    existing: &Existing<'_>,
    field: &FieldSpec,
) -> BTreeSet<Key> {
    let read: Option<&Fields> = existing.live.map(|live| &live.fields);
    if field.read != Read::No
        && let Some(value) = read.and_then(|fields| fields.get(field.name))
    {
        return value.texts().into_iter().map(Key::from).collect();
    }
    if existing.stranger {
        return BTreeSet::new();
    }
    let former = ResourceId {
        kind: declared.id.kind.clone(),
        key: existing.key.clone(),
    };
    input
        .ledger
        .memberships(&former, field.name)
        .or_else(|| input.ledger.memberships(&declared.id, field.name))
        .map(|targets| targets.keys().cloned().collect())
        .unwrap_or_default()
}
