//! Which live object a declaration is about: by key, then by `previously`, then by the id that the ledger keeps.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Key, Kind, LiveKind, LiveResource, Read, RemoteId, ResourceId};

use super::{Existing, Input};

/// All declarations with their objects.
pub(super) struct Matched<'a> {
    pub(super) existing: BTreeMap<ResourceId, Existing<'a>>,
    pub(super) unmanaged: Vec<&'a LiveResource>,
    pub(super) unnamed: Vec<&'a ResourceId>,
    pub(super) contested: Vec<(&'a ResourceId, &'a LiveResource)>,
    pub(super) renamed: Renamed,
}

/// Declared keys by the key that a resource has, or had: what refers to the one refers to the other.
pub(crate) type Renamed = BTreeMap<ResourceId, Key>;

pub(super) fn match_all<'a>(input: &Input<'a>) -> Matched<'a> {
    let mut matched = Matched {
        existing: BTreeMap::new(),
        unmanaged: Vec::new(),
        unnamed: Vec::new(),
        contested: Vec::new(),
        renamed: Renamed::new(),
    };
    for spec in input.spec.kinds {
        let kind = spec.kind();
        if spec.read == Read::No {
            match_in_ledger(
                input,
                spec.create == crate::model::Way::Never,
                &kind,
                &mut matched,
            );
        } else if let Some(live) = input.live.kinds.get(&kind) {
            match_live(input, &kind, live, &mut matched);
        }
    }
    matched.renamed = renamed(input, &matched.existing);
    matched
}

/// A live reference names the key that its target has now, the ledger may name one that it had; both are the declared one.
fn renamed(input: &Input<'_>, existing: &BTreeMap<ResourceId, Existing<'_>>) -> Renamed {
    let mut renamed = Renamed::new();
    for (id, found) in existing {
        if found.key != id.key {
            let now = ResourceId {
                kind: id.kind.clone(),
                key: found.key.clone(),
            };
            renamed.insert(now, id.key.clone());
        }
    }
    for declared in input.desired.iter() {
        let Some(previously) = &declared.previously else {
            continue;
        };
        let former = ResourceId {
            kind: declared.id.kind.clone(),
            key: previously.clone(),
        };
        let other = input.live.get(&former).is_some() || input.desired.get(&former).is_some();
        if !other && existing.contains_key(&declared.id) {
            renamed.insert(former, declared.id.key.clone());
        }
    }
    renamed
}

fn match_live<'a>(input: &Input<'a>, kind: &Kind, live: &'a LiveKind, matched: &mut Matched<'a>) {
    let mut taken: BTreeSet<&Key> = BTreeSet::new();
    let declared = input.desired.resources.get(kind);
    // Exact keys first, so that a former name never takes an object away from the one that now carries it.
    let mut rest = Vec::new();
    for resource in declared.into_iter().flat_map(|list| list.values()) {
        match live.resources.get(&resource.id.key) {
            Some(found) => {
                taken.insert(&found.id.key);
                matched.existing.insert(
                    resource.id.clone(),
                    existing(input, &resource.id, found, false),
                );
            }
            None => rest.push(resource),
        }
    }
    let mut remote_index: Option<BTreeMap<&RemoteId, &LiveResource>> = None;
    for resource in rest {
        let former = resource
            .previously
            .as_ref()
            .and_then(|key| live.resources.get(key));
        let (found, moved) = match former {
            Some(found) => (Some(found), false),
            None => {
                let found = input
                    .ledger
                    .identities
                    .get(&resource.id)
                    .and_then(|remote| {
                        remote_index
                            .get_or_insert_with(|| {
                                live.resources.values().map(|r| (&r.remote, r)).collect()
                            })
                            .get(remote)
                            .copied()
                    });
                // An object that is declared under the key that it has now belongs to that declaration.
                (found, true)
            }
        };
        let Some(found) = found else { continue };
        if !taken.insert(&found.id.key) {
            if !moved {
                matched.contested.push((&resource.id, found));
            }
            continue;
        }
        matched.existing.insert(
            resource.id.clone(),
            existing(input, &resource.id, found, moved),
        );
    }
    if declared.is_some() || input.desired.policy.unmanaged.contains_key(kind) {
        matched.unmanaged.extend(
            live.resources
                .values()
                .filter(|resource| !taken.contains(&resource.id.key)),
        );
    }
}

fn existing<'a>(
    input: &Input<'a>,
    declared: &ResourceId,
    found: &'a LiveResource,
    moved: bool,
) -> Existing<'a> {
    let remembered = input
        .ledger
        .identities
        .get(&found.id)
        .or_else(|| input.ledger.identities.get(declared));
    Existing {
        key: found.id.key.clone(),
        live: Some(found),
        moved,
        stranger: remembered.is_some_and(|remote| *remote != found.remote),
    }
}

/// For kinds that cannot be listed, the ledger is the inventory; for singletons, which always are, the declaration is enough.
fn match_in_ledger<'a>(input: &Input<'a>, singleton: bool, kind: &Kind, matched: &mut Matched<'a>) {
    let Some(declared) = input.desired.resources.get(kind) else {
        return;
    };
    for resource in declared.values() {
        let known = |key: &Key| {
            let id = ResourceId {
                kind: kind.clone(),
                key: key.clone(),
            };
            input.ledger.fields.contains_key(&id) || input.ledger.members.contains_key(&id)
        };
        let key = if singleton || known(&resource.id.key) {
            Some(resource.id.key.clone())
        } else {
            resource.previously.clone().filter(known)
        };
        if let Some(key) = key {
            matched.existing.insert(
                resource.id.clone(),
                Existing {
                    key,
                    live: None,
                    moved: false,
                    stranger: false,
                },
            );
        }
    }
    if !singleton {
        let named: BTreeSet<&Key> = matched
            .existing
            .iter()
            .filter(|(id, _)| id.kind == *kind)
            .map(|(_, found)| &found.key)
            .collect();
        let known: BTreeSet<&ResourceId> = input
            .ledger
            .fields
            .keys()
            .chain(input.ledger.members.keys())
            .filter(|id| id.kind == *kind && !named.contains(&id.key))
            .collect();
        matched.unnamed.extend(known);
    }
}
