//! Membership that cannot be read: what the ledger knows, checked against what the service counts.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{FieldName, Key, Read, RemoteId, ResourceId, Shape};

use super::Input;

/// The service counts fewer members than the ledger leads one to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What the service counts.
    pub counted: u64,
    /// What was to be expected.
    pub expected: u64,
}

/// The relations in which somebody must have left behind our back, by the object that is joined.
///
/// The expectation is the last count, moved by what was written since, less the members that are no longer in the account.
/// A count above it is no reason for doubt: others may have joined.
pub fn doubts(input: &Input<'_>) -> BTreeMap<ResourceId, Doubt> {
    let mut found = BTreeMap::new();
    for kind in input.spec.kinds {
        for field in kind.fields {
            let Shape::Members(target) = field.shape else {
                continue;
            };
            if field.read != Read::No {
                continue;
            }
            let Some(targets) = input.live.kinds.get(target) else {
                continue;
            };
            let name = field.field_name();
            let tally = tally(input, kind.name, &name);
            for resource in targets.resources.values() {
                let Some(counted) = resource.member_count else {
                    continue;
                };
                // Another object under a known name: memberships went with the former one, and nobody left.
                let known = input.ledger.identities.get(&resource.id);
                if known.is_some_and(|remote| *remote != resource.remote) {
                    continue;
                }
                let Tally { known, vanished } =
                    tally.get(&resource.id.key).copied().unwrap_or_default();
                let expected = match input.ledger.member_counts.get(&resource.id) {
                    Some(last) => (last.count + known).saturating_sub(last.known + vanished),
                    None => known.saturating_sub(vanished),
                };
                if counted < expected && known > vanished {
                    found.insert(resource.id.clone(), Doubt { counted, expected });
                }
            }
        }
    }
    found
}

#[derive(Clone, Copy, Default)]
struct Tally {
    known: u64,
    vanished: u64,
}

fn tally(input: &Input<'_>, kind: &str, field: &FieldName) -> BTreeMap<Key, Tally> {
    let live = input.live.kinds.get(kind);
    let declared = input.desired.resources.get(kind);
    // A renamed object is in the account under its new key, while the ledger still has the former one.
    let renamed: BTreeSet<&Key> = declared
        .into_iter()
        .flat_map(|list| list.values())
        .filter_map(|resource| resource.previously.as_ref())
        .collect();
    // Needed only when somebody is not found by key.
    let remotes: LazyCell<BTreeSet<&RemoteId>, _> = LazyCell::new(|| {
        live.into_iter()
            .flat_map(|live| live.resources.values())
            .map(|resource| &resource.remote)
            .collect()
    });
    let mut tally: BTreeMap<Key, Tally> = BTreeMap::new();
    for (member, fields) in &input.ledger.members {
        if member.kind != *kind {
            continue;
        }
        let Some(targets) = fields.get(field) else {
            continue;
        };
        let there = live.is_none_or(|live| {
            let remembered = input.ledger.identities.get(member);
            match (live.resources.get(&member.key), remembered) {
                (Some(found), Some(remote)) => found.remote == *remote,
                (Some(_), None) => true,
                (None, Some(remote)) => remotes.contains(remote) || renamed.contains(&member.key),
                (None, None) => renamed.contains(&member.key),
            }
        });
        for target in targets.keys() {
            let entry = tally.entry(target.clone()).or_default();
            entry.known += 1;
            entry.vanished += u64::from(!there);
        }
    }
    tally
}
