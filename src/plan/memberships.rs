//! Joining and leaving: a step each where the API does it, one change of the whole field where a person does.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{self, Existing, Goal, MemberDiff, ResourceDiff};
use crate::model::{Fields, Value, Way, WriteKind};

use super::build::{Builder, phase_of, remote};
use super::draft::{Phase, Turn, membership};
use super::{Action, FieldChange};

impl<'a> Builder<'_, 'a> {
    pub(super) fn members(
        &mut self,
        found: &ResourceDiff<'a>,
        joins: &[MemberDiff],
        leaves: &[MemberDiff],
        existing: Option<&Existing<'a>>,
        manual: &mut Vec<FieldChange>,
    ) {
        let by_api = |member: &&MemberDiff| {
            found
                .spec
                .field(&member.field)
                .is_some_and(|field| field.update != Way::Manual)
        };
        let by_person = |members: &[MemberDiff]| -> Vec<MemberDiff> {
            members
                .iter()
                .filter(|member| !by_api(member))
                .cloned()
                .collect()
        };
        let (hand_joins, hand_leaves) = (by_person(joins), by_person(leaves));
        manual.extend(gather(
            &hand_joins.iter().collect::<Vec<_>>(),
            &hand_leaves.iter().collect::<Vec<_>>(),
        ));
        let remote = existing.and_then(remote);
        for (members, action, turn) in [
            (joins, Action::AddMember, Turn::Join),
            (leaves, Action::RemoveMember, Turn::Leave),
        ] {
            for member in members.iter().filter(by_api) {
                let mut step = membership(action, found, member, remote.clone());
                step.requests = (found.spec.write_cost)(WriteKind::Member, &Fields::new());
                let mut needs = BTreeSet::from([found.declared.id.clone()]);
                if action == Action::AddMember {
                    let _ = self.is_awaited_now(&member.target);
                    needs.insert(member.target.clone());
                }
                let phase = if matches!(found.goal, Goal::Leaving { .. }) {
                    Phase::Leaving
                } else {
                    phase_of(found.spec)
                };
                self.push(found.spec, step, phase, turn, needs);
            }
        }
    }
}

/// Memberships that a person sets, as changes of whole fields.
pub(super) fn gather(joins: &[&MemberDiff], leaves: &[&MemberDiff]) -> Vec<FieldChange> {
    let mut fields: BTreeMap<_, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for member in joins {
        fields
            .entry(member.field.clone())
            .or_default()
            .1
            .push(member.target.key.as_str());
    }
    for member in leaves {
        fields
            .entry(member.field.clone())
            .or_default()
            .0
            .push(member.target.key.as_str());
    }
    fields
        .into_iter()
        .map(|(path, (left, joined))| FieldChange {
            path,
            before: (!left.is_empty()).then(|| Value::set(left)),
            after: Some(Value::set(joined)),
            basis: diff::Basis::Ledger,
        })
        .collect()
}
