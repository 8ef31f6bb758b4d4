//! Whether the account is as declared after a run, by reading and planning again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::diff::{self, Doubt};
use crate::ledger::{Entry, LedgerState};
use crate::model::{Desired, Live, ProviderSpec, ResourceId, Shape};
use crate::plan::{self, Action, Plan, Reason, Selection, Step};

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
        keep_observed: false,
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

/// What a run did that moves member counts in ways that the ledger cannot foresee.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    /// Objects deleted, alone or to be made anew: each may have been a member that nobody knew of.
    pub(super) deleted: u64,
    /// Objects whose known members were all asserted again.
    pub(super) asserted: BTreeSet<ResourceId>,
}

impl Moved {
    /// Sums up the steps that were done.
    pub(super) fn by<'a>(done: impl Iterator<Item = &'a Step>, all_done: bool) -> Self {
        let mut moved = Self::default();
        for step in done {
            match step.action {
                Action::Delete | Action::Replace => moved.deleted += 1,
                Action::AddMember if all_done => {
                    if let (Some(member), Some(Reason::CountMismatch { .. })) =
                        (&step.member_of, &step.reason)
                    {
                        moved.asserted.insert(member.target.clone());
                    }
                }
                Action::Create
                | Action::Update
                | Action::AddMember
                | Action::RemoveMember
                | Action::Manual => {}
            }
        }
        moved
    }

    /// Whether a count that is too low says no more than that members left whom the ledger did not know.
    fn explains(&self, id: &ResourceId, doubt: Doubt, known: u64) -> bool {
        let missing = doubt.expected.saturating_sub(doubt.counted);
        doubt.counted >= known && (missing <= self.deleted || self.asserted.contains(id))
    }
}

/// The counts to remember: how many objects there are, and how many members where they are counted.
///
/// A count that speaks against the ledger, and that what was done does not explain, is not remembered: the doubt stays until
/// it is cleared.
pub(super) fn counts(
    spec: &'static ProviderSpec,
    desired: &Desired,
    live: &Live,
    ledger: &LedgerState,
    moved: &Moved,
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
        let Some(count) = found.member_count else {
            continue;
        };
        let known = known.get(&found.id).copied().unwrap_or(0);
        let believed = doubts
            .get(&found.id)
            .is_none_or(|doubt| moved.explains(&found.id, *doubt, known));
        if believed {
            entries.push(Entry::MemberCount {
                id: found.id.clone(),
                count,
                known,
            });
        }
    }
    entries
}
