//! Whether the account is as declared after a run, by reading and planning again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::diff;
use crate::ledger::{Entry, LedgerState};
use crate::model::{Desired, Live, ProviderSpec, ResourceId, Shape};
use crate::plan::{self, Plan, Selection, Step};

/// What the API would still have to do, by resource, and whether a person still has something to do.
pub(super) fn left_over(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
    done: &Plan,
    now: Timestamp,
) -> (Vec<(ResourceId, String)>, bool) {
    let again = plan::plan(&plan::Input {
        desired,
        live,
        ledger,
        spec,
        as_of: done.as_of,
        now,
        allowances: &done.allowances,
        selection: &Selection::default(),
        max_requests: None,
    });
    let left = again
        .steps
        .iter()
        .filter(|step| step.is_sent())
        .map(|step| (step.resource(), describe(step)))
        .collect();
    (left, again.has_manual())
}

fn describe(step: &Step) -> String {
    let fields: Vec<String> = step
        .fields
        .iter()
        .map(|change| format!("`{}`", change.path))
        .collect();
    if fields.is_empty() {
        format!("{} did not stick", step.action.as_str())
    } else {
        format!("{} did not stick", fields.join(", "))
    }
}

/// The counts to remember: how many objects there are, and how many members where they are counted.
///
/// A count that speaks against the ledger is not remembered, so that the doubt stays until all that is declared was asserted again.
/// From then on it can only be others who left, and asserting once more would never end.
pub(super) fn counts(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
    asserted: &BTreeSet<ResourceId>,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = live
        .kinds
        .iter()
        .map(|(kind, found)| Entry::Population {
            kind: kind.clone(),
            count: found.resources.len() as u64,
        })
        .collect();
    let doubts = diff::doubts(&diff::Input {
        desired,
        live,
        ledger,
        spec,
        as_of: jiff::civil::Date::MIN,
    });
    let mut known: BTreeMap<ResourceId, u64> = BTreeMap::new();
    for kind in spec.kinds {
        for field in kind.fields {
            let Shape::Members(target) = field.shape else {
                continue;
            };
            for (member, fields) in &ledger.members {
                if member.kind != kind.name {
                    continue;
                }
                for key in fields
                    .get(field.name)
                    .into_iter()
                    .flat_map(|targets| targets.keys())
                {
                    *known
                        .entry(ResourceId {
                            kind: target.into(),
                            key: key.clone(),
                        })
                        .or_default() += 1;
                }
            }
        }
    }
    for found in live.iter() {
        if let Some(count) = found.member_count
            && (!doubts.contains_key(&found.id) || asserted.contains(&found.id))
        {
            entries.push(Entry::MemberCount {
                id: found.id.clone(),
                count,
                known: known.get(&found.id).copied().unwrap_or(0),
            });
        }
    }
    entries
}
