//! What must be remembered of an account beyond the steps that were done.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{self, Goal, Renamed, translated};
use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    Baseline, DeclaredResource, Desired, Kind, Live, ProviderSpec, Read, ResourceId, Shape, State,
    Way,
};

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
    // The same of one who is to be renamed: what is remembered under the former key was about another, too.
    for resource in &found.resources {
        if let Some(existing) = &resource.existing
            && let Some(live) = existing.live.filter(|_| existing.stranger)
            && live.id != resource.declared.id
        {
            entries.push(Entry::Gone {
                id: live.id.clone(),
            });
            entries.push(Entry::Identity {
                id: live.id.clone(),
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

/// Whether an object is in the account; for kinds that cannot be listed, whether the ledger knows it.
fn is_there(
    spec: &'static ProviderSpec,
    id: &ResourceId,
    live: &Live,
    ledger: &LedgerState,
) -> bool {
    if is_inventory(spec, &id.kind) {
        ledger.fields.contains_key(id) || ledger.members.contains_key(id)
    } else {
        live.get(id).is_some()
    }
}

/// Whether the ledger is the inventory of a kind: it cannot be listed, and is not simply always there.
fn is_inventory(spec: &'static ProviderSpec, kind: &Kind) -> bool {
    spec.kind(kind)
        .is_some_and(|kind| kind.read == Read::No && kind.create != Way::Never)
}

/// What confirmed steps bring with them, where the ledger is the inventory: protection, references to what was renamed, and
/// doubt about references to what went.
///
/// `done` are the steps' own entries, and `ledger` is the state after them. There is no apply that would remember it.
pub fn confirmed_entries(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
    done: &[Entry],
) -> Vec<Entry> {
    let mut entries = standing_entries(spec, desired, live, ledger);
    entries.retain(|entry| match entry {
        Entry::Field { id, .. } | Entry::Member { id, .. } => is_inventory(spec, &id.kind),
        Entry::Protection { id, .. } => {
            is_inventory(spec, &id.kind) && is_there(spec, id, live, ledger)
        }
        Entry::Identity { .. }
        | Entry::Renamed { .. }
        | Entry::Gone { .. }
        | Entry::MemberCount { .. }
        | Entry::Population { .. }
        | Entry::Leaving { .. }
        | Entry::Confirmation { .. } => false,
    });
    entries.extend(dangling(spec, ledger, done));
    entries
}

/// Values that lead to what went: another object of the same name would not have them.
fn dangling(spec: &'static ProviderSpec, ledger: &LedgerState, done: &[Entry]) -> Vec<Entry> {
    let gone: BTreeSet<&ResourceId> = done
        .iter()
        .filter_map(|entry| match entry {
            Entry::Gone { id } => Some(id),
            _ => None,
        })
        .collect();
    let mut entries = Vec::new();
    for (id, fields) in ledger.fields.iter().filter(|_| !gone.is_empty()) {
        let Some(kind) = spec.kind(&id.kind) else {
            continue;
        };
        for (name, remembered) in fields {
            let targets = kind
                .field(name)
                .map(|it| it.shape.references(&remembered.value));
            if targets.into_iter().flatten().any(|it| gone.contains(&it)) {
                entries.push(Entry::Field {
                    id: id.clone(),
                    field: name.clone(),
                    value: remembered.value.clone(),
                    confidence: Confidence::Unknown,
                });
            }
        }
    }
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
            let done = is_there(spec, &declared.id, live, ledger)
                && !is_there(spec, &former, live, ledger);
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
fn forgotten(declared: &DeclaredResource, live: &Live, ledger: &LedgerState) -> Option<Entry> {
    let remote = ledger.identities.get(&declared.id)?;
    let kind = live.kinds.get(&declared.id.kind)?;
    let there = kind.resources.values().any(|found| found.remote == *remote);
    (!there).then(|| Entry::Gone {
        id: declared.id.clone(),
    })
}
