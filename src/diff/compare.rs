//! Compares one declaration with its object, field by field.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{
    Baseline, DeclaredResource, FieldSpec, Fields, Key, Kind, KindSpec, Read, ResourceId, Shape,
    State, Value, Way,
};

use super::{Doubt, Existing, FieldDiff, Goal, Input, MemberDiff, Renamed, ResourceDiff};

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
    renamed: &Renamed,
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
        Goal::Present => present(input, &mut found, doubts, renamed),
        Goal::Gone { .. } => {}
        Goal::Leaving { .. } => leaving(input, &mut found, renamed),
    }
    Some(found)
}

/// What a declaration wants on the day of the plan; `None` when its time has not come.
pub(crate) fn goal(input: &Input<'_>, declared: &DeclaredResource, exists: bool) -> Option<Goal> {
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
    renamed: &Renamed,
) {
    let declared = found.declared;
    // A declaration names few of a kind's many fields: they are looked up, and put into the table's order.
    let place = |name: &str| {
        found
            .spec
            .fields
            .iter()
            .position(|field| field.name == name)
    };
    let fields = declared.fields.iter();
    let mut fields: Vec<(usize, Option<&Value>)> = fields
        .filter(|(name, _)| **name != *found.spec.key)
        .filter_map(|(name, value)| Some((place(name.as_str())?, Some(value))))
        .chain(place(found.spec.key).map(|place| (place, None)))
        .collect();
    fields.sort_unstable_by_key(|(place, _)| *place);
    for (place, value) in fields {
        let field = &found.spec.fields[place];
        match (value, field.shape) {
            (None, _) => key(found, field),
            (Some(value), Shape::Members(target)) => {
                members(input, found, field, target, value, doubts, renamed);
            }
            (Some(value), _) => {
                let diff = one_field(input, found, field, value, renamed);
                found.fields.extend(diff);
            }
        }
    }
    reset(found);
}

/// What the service sets anew beside a changed field is set again, whatever is remembered of it.
fn reset(found: &mut ResourceDiff<'_>) {
    if found.existing.is_none() {
        return;
    }
    let changed: BTreeSet<&str> = found.fields.iter().map(|diff| diff.spec.name).collect();
    let again: BTreeSet<&str> = found
        .fields
        .iter()
        .flat_map(|diff| diff.spec.resets.iter().copied())
        .filter(|name| !changed.contains(name))
        .collect();
    for field in found.spec.fields {
        if again.contains(field.name)
            && let Some(after) = found.declared.fields.get(field.name)
        {
            found.fields.push(FieldDiff {
                spec: field,
                before: None,
                after: after.clone(),
                basis: Basis::Unknown,
            });
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
fn leaving(input: &Input<'_>, found: &mut ResourceDiff<'_>, renamed: &Renamed) {
    let Some(existing) = found.existing.clone() else {
        return;
    };
    // What is remembered of a leaver goes with the declared key, as with everybody else.
    if let Some(field) = found.spec.fields.iter().find(|f| f.name == found.spec.key)
        && field.update == Way::Api
    {
        key(found, field);
    }
    for (name, value) in found.spec.leaving {
        if let Some(field) = found.spec.fields.iter().find(|field| field.name == *name)
            && let Some(diff) = one_field(input, found, field, &Value::Bool(*value), renamed)
        {
            found.fields.push(diff);
        }
    }
    for field in found.spec.fields {
        let Shape::Members(kind) = field.shape else {
            continue;
        };
        let joined = known_memberships(input, found.declared, &existing, field, renamed);
        found
            .leaves
            .extend(joined.into_values().map(|target| MemberDiff {
                field: field.field_name(),
                target: ResourceId {
                    kind: kind.into(),
                    key: target,
                },
                doubt: None,
            }));
    }
}

/// The difference in one field that is no membership.
fn one_field(
    input: &Input<'_>,
    found: &ResourceDiff<'_>,
    field: &'static FieldSpec,
    declared: &Value,
    renamed: &Renamed,
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
    if field.update == Way::Never && before.is_none() {
        // What was not read and cannot be changed is not missed: an object is not made anew for it.
        return None;
    }
    let same = match &before {
        // What something speaks against is written again, even when it is what we remember.
        Some(_) if basis == Basis::Unknown => false,
        Some(before) => equal(field, &translated(renamed, field.shape, before), declared),
        None => basis == Basis::Read && is_nothing(declared),
    };
    (!same).then(|| FieldDiff {
        spec: field,
        before: before.map(Cow::into_owned),
        after: declared.clone(),
        basis,
    })
}

/// The value before, borrowed: most values do not differ, and need no copy.
fn before<'v>(
    input: &Input<'v>,
    found: &ResourceDiff<'_>,
    existing: &Existing<'v>,
    field: &'static FieldSpec,
    declared: &'v Value,
) -> (Option<Cow<'v, Value>>, Basis) {
    if let Some(live) = existing.live {
        match field.read {
            Read::Yes => return (live.fields.get(field.name).map(Cow::Borrowed), Basis::Read),
            Read::Sometimes => {
                if let Some(value) = live.fields.get(field.name) {
                    return (Some(Cow::Borrowed(value)), Basis::Read);
                }
            }
            Read::No => {}
        }
    }
    let former = former_id(found.declared, existing);
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
        return (Some(Cow::Borrowed(&remembered.value)), basis);
    }
    match field.baseline {
        Baseline::Unknown => (None, Basis::Unknown),
        // An object that was not made by us may have been changed since it was made: only agreement is believed.
        Baseline::Text(text) if declared.as_text() == Some(text) => {
            (Some(Cow::Owned(Value::text(text))), Basis::Default)
        }
        Baseline::Text(_) => (None, Basis::Unknown),
        Baseline::Declared => (Some(Cow::Borrowed(declared)), Basis::Default),
    }
}

/// The identity that the object has now.
fn former_id<'a>(declared: &'a DeclaredResource, existing: &Existing<'_>) -> Cow<'a, ResourceId> {
    if existing.key == declared.id.key {
        return Cow::Borrowed(&declared.id);
    }
    Cow::Owned(ResourceId {
        kind: declared.id.kind.clone(),
        key: existing.key.clone(),
    })
}

/// A value whose references name what they refer to by its declared key.
pub(crate) fn translated<'a>(renamed: &Renamed, shape: Shape, value: &'a Value) -> Cow<'a, Value> {
    if renamed.is_empty()
        || !shape
            .references(value)
            .iter()
            .any(|id| renamed.contains_key(id))
    {
        return Cow::Borrowed(value);
    }
    let one = |kind: &str, value: &Value| -> Value {
        let Some(key) = value.as_text() else {
            return value.clone();
        };
        let declared = renamed.get(&ResourceId::new(kind.to_owned(), key));
        Value::text(declared.map_or(key, Key::as_str))
    };
    Cow::Owned(match (shape, value) {
        (
            Shape::Reference(kind)
            | Shape::References(kind)
            | Shape::Members(kind)
            | Shape::ReferencesOrAll(kind)
            | Shape::ReferenceSequence(kind),
            Value::List(items),
        ) => Value::List(items.iter().map(|item| one(kind, item)).collect()),
        (
            Shape::Reference(kind)
            | Shape::References(kind)
            | Shape::Members(kind)
            | Shape::ReferencesOrAll(kind)
            | Shape::ReferenceSequence(kind),
            value,
        ) => one(kind, value),
        (Shape::ReferenceOneOf(_), Value::Map(map)) => Value::Map(
            map.iter()
                .map(|(kind, value)| (kind.clone(), one(kind, value)))
                .collect(),
        ),
        (
            Shape::ReferenceOneOf(_)
            | Shape::Text
            | Shape::Integer
            | Shape::Bool
            | Shape::Set
            | Shape::Sequence
            | Shape::Secret,
            value,
        ) => value.clone(),
    })
}

/// Whether two values mean the same: sets without order, references and texts to the letter.
fn equal(field: &FieldSpec, before: &Value, after: &Value) -> bool {
    if before == after {
        return true;
    }
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
        | Shape::Secret => false,
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
    renamed: &Renamed,
) {
    let target_of = |key: &Key| ResourceId {
        kind: Kind::from_static(target),
        key: key.clone(),
    };
    let wanted: BTreeSet<Key> = declared.texts().into_iter().map(Key::from).collect();
    let known = match &found.existing {
        None => BTreeMap::new(),
        Some(existing) => known_memberships(input, found.declared, existing, field, renamed),
    };
    for key in &wanted {
        let id = target_of(key);
        let doubt = doubts.get(&id).copied().filter(|_| field.read == Read::No);
        if !known.contains_key(key) || doubt.is_some() {
            found.joins.push(MemberDiff {
                field: field.field_name(),
                target: id,
                doubt: doubt.filter(|_| known.contains_key(key)),
            });
        }
    }
    for (key, now) in &known {
        if !wanted.contains(key) {
            found.leaves.push(MemberDiff {
                field: field.field_name(),
                target: target_of(now),
                doubt: None,
            });
        }
    }
}

/// The targets that a resource is known to be a member of, by declared key, with the key that each is known by.
pub(super) fn known_memberships(
    input: &Input<'_>,
    declared: &DeclaredResource,
    existing: &Existing<'_>,
    field: &FieldSpec,
    renamed: &Renamed,
) -> BTreeMap<Key, Key> {
    let Shape::Members(kind) = field.shape else {
        return BTreeMap::new();
    };
    let by_declared = |key: Key| {
        if renamed.is_empty() {
            return (key.clone(), key);
        }
        let id = ResourceId::new(kind, key.clone());
        (
            renamed.get(&id).cloned().unwrap_or_else(|| key.clone()),
            key,
        )
    };
    let read: Option<&Fields> = existing.live.map(|live| &live.fields);
    if field.read != Read::No
        && let Some(value) = read.and_then(|fields| fields.get(field.name))
    {
        let keys = value.texts().into_iter().map(Key::from);
        return keys.map(by_declared).collect();
    }
    if existing.stranger {
        return BTreeMap::new();
    }
    let former = former_id(declared, existing);
    input
        .ledger
        .memberships(&former, field.name)
        .or_else(|| input.ledger.memberships(&declared.id, field.name))
        .into_iter()
        .flat_map(|targets| targets.keys().cloned())
        .map(by_declared)
        .filter_map(|(key, now)| {
            let now = key_in_account(input, kind, &key, &now, renamed)?.clone();
            Some((key, now))
        })
        .collect()
}

/// The key by which a remembered target is in the account; `None` when it is gone, or another object has taken its name:
/// the membership went with it.
pub(super) fn key_in_account<'k>(
    input: &Input<'_>,
    kind: &'static str,
    declared: &'k Key,
    remembered: &'k Key,
    renamed: &'k Renamed,
) -> Option<&'k Key> {
    let Some(live) = input.live.kinds.get(kind) else {
        return Some(remembered);
    };
    for key in [remembered, declared] {
        if let Some(found) = live.resources.get(key) {
            let known = input.ledger.identities.get(&found.id);
            let same = known.is_none_or(|remote| *remote == found.remote);
            return same.then_some(key);
        }
    }
    renamed
        .iter()
        .find(|(now, to)| {
            now.kind == kind && *to == declared && live.resources.contains_key(&now.key)
        })
        .map(|(now, _)| &now.key)
}
