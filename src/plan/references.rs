//! What steps refer to: whether it is there, is made by this plan, or must be made by a person first.

use crate::model::{ResourceId, Way};

use super::build::Builder;
use super::draft::{Phase, Turn, by_hand};
use super::{Reason, Refusal, Task};

/// Where a reference's target comes from.
#[derive(PartialEq, Eq)]
enum Target {
    There,
    Made,
    ByPerson,
    Nowhere,
}

impl Builder<'_, '_> {
    fn target(&self, target: &ResourceId) -> Target {
        if self.made.contains(target) {
            return Target::Made;
        }
        if self.by_person.contains(target) || self.awaited.contains(target) {
            return Target::ByPerson;
        }
        if self.input.live.get(target).is_some() {
            return Target::There;
        }
        match self.input.desired.get(target) {
            Some(_) => Target::There,
            None if self.input.live.kinds.contains_key(&target.kind) => Target::Nowhere,
            None => Target::There,
        }
    }

    /// Whether a person must make the target first.
    pub(super) fn is_awaited(&self, target: &ResourceId) -> bool {
        matches!(self.target(target), Target::ByPerson | Target::Nowhere)
    }

    /// The same, noting a target that nobody declared and that is not in the account.
    pub(super) fn is_awaited_now(&mut self, target: &ResourceId) -> bool {
        match self.target(target) {
            Target::There | Target::Made => false,
            Target::ByPerson => true,
            Target::Nowhere => {
                self.awaited.insert(target.clone());
                true
            }
        }
    }

    /// Manual steps for what steps refer to and nobody declared.
    pub(super) fn await_referenced(&mut self) {
        for target in std::mem::take(&mut self.awaited) {
            let Some(spec) = self.input.spec.kind(&target.kind) else {
                continue;
            };
            if spec.create == Way::Manual {
                let mut step =
                    by_hand(spec, &target, target.key.as_str(), Task::Create, Vec::new());
                step.reason = Some(Reason::Referenced);
                self.push(
                    spec,
                    step,
                    Phase::Prepare,
                    Turn::Make,
                    std::collections::BTreeSet::new(),
                );
            } else {
                self.refusals.push(Refusal {
                    code: "unknown-reference".into(),
                    message: format!(
                        "{target} is referred to, but is neither declared nor in the account"
                    ),
                    hint: "declare it, or correct the reference".into(),
                });
            }
        }
    }
}
