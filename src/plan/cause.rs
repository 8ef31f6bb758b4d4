//! Why a change is in a plan: this proposal, drift that was there before, or a date that has come.
//!
//! Two plans are made from one reading of the account: of the manifests before (the base) and of those proposed (the head). A
//! change that both want was there already. A change that only the head wants is proposed; when the base wanted the same
//! object changed as well, but otherwise, the proposal meets drift, and somebody has to look.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Plan, Step, StepId};
use crate::model::{Desired, FieldName, ResourceId};

/// Why a change is in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The proposed manifests ask for it.
    Proposed,
    /// The account had moved before: the manifests before ask for it too.
    Drift,
    /// A date has come: the manifests before ask for it too.
    Due,
    /// The proposal changes what has also moved in the account.
    Conflict,
}

impl Cause {
    /// The name in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Drift => "drift",
            Self::Due => "due",
            Self::Conflict => "conflict",
        }
    }

    /// Whether a proposal answers for it.
    pub fn is_of_the_proposal(self) -> bool {
        match self {
            Self::Proposed | Self::Conflict => true,
            Self::Drift | Self::Due => false,
        }
    }
}

/// Marks each step of the head's plan with its cause.
pub fn mark_causes(head: &mut Plan, base: &Plan, head_desired: &Desired) {
    let before: BTreeSet<&StepId> = base.steps.iter().map(|step| &step.id).collect();
    let mut wanted_before: BTreeMap<ResourceId, BTreeSet<&FieldName>> = BTreeMap::new();
    for step in &base.steps {
        let fields = wanted_before.entry(step.resource()).or_default();
        fields.extend(step.fields.iter().map(|change| &change.path));
    }
    let as_of = head.as_of;
    for step in &mut head.steps {
        let cause = if before.contains(&step.id) || same_change(base, step) {
            if is_dated(head_desired, step, as_of) {
                Cause::Due
            } else {
                Cause::Drift
            }
        } else {
            let touched = wanted_before.get(&step.resource());
            let clashes = touched.is_some_and(|fields| {
                step.member_of.is_none()
                    && step
                        .fields
                        .iter()
                        .any(|change| fields.contains(&change.path))
            });
            if clashes {
                Cause::Conflict
            } else {
                Cause::Proposed
            }
        };
        step.cause = Some(cause);
    }
}

/// Whether the base's plan holds every field change of this step, though perhaps in a step with more or fewer fields.
fn same_change(base: &Plan, step: &Step) -> bool {
    base.steps.iter().any(|other| {
        other.action == step.action
            && other.kind == step.kind
            && other.key == step.key
            && other.member_of == step.member_of
            && !step.fields.is_empty()
            && step.fields.iter().all(|change| {
                other
                    .fields
                    .iter()
                    .any(|there| there.path == change.path && there.after == change.after)
            })
    })
}

fn is_dated(desired: &Desired, step: &Step, as_of: Date) -> bool {
    desired.get(&step.resource()).is_some_and(|declared| {
        declared.starts_on.is_some_and(|day| day <= as_of)
            || declared.ends_on.is_some_and(|day| day < as_of)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Value;

    /// The cause by the values of one field: in the base, in the head, live; `None` for no change at all.
    fn cause_of(base: &str, head: &str, live: &str) -> Option<Cause> {
        let step = |wanted: &str| {
            let mut step = Step::new(
                super::super::Action::Update,
                ResourceId::new("user", "ada"),
                "Ada",
            );
            step.fields.push(super::super::FieldChange {
                path: "name".into(),
                before: Some(Value::text(live)),
                after: Some(Value::text(wanted)),
                basis: super::super::Basis::Read,
            });
            step.seal()
        };
        let plan = |wanted: &str| {
            let mut plan: Plan = serde_json::from_value(serde_json::json!({
                "format": "seatwright/plan/v1", "tool": "t", "account": "a", "provider": "p", "as_of": "2026-11-22",
                "manifest_digest": "", "live_fingerprint": "", "created_at": "2026-11-22T00:00:00Z",
                "expires_at": "2026-11-22T00:00:00Z", "summary": super::super::Summary::default(),
                "requests": { "read": 0, "write": 0, "verify": 0 }, "eta_seconds": 0, "seats": null,
                "steps": [], "warnings": []
            }))
            .unwrap();
            if wanted != live {
                plan.steps.push(step(wanted));
            }
            plan
        };
        let desired = Desired {
            account: "a".into(),
            provider: "p".into(),
            time_zone: "UTC".into(),
            resources: BTreeMap::new(),
            policy: crate::model::Policy {
                unmanaged: BTreeMap::new(),
                guards: crate::model::Guards::default(),
                rate: crate::model::Rate {
                    requests: 60,
                    per_seconds: 60,
                    reserve_percent: 0,
                },
                grace_days: 0,
            },
            pools: BTreeMap::new(),
            seats: None,
            seat_price: None,
            digest: String::new(),
        };
        let mut marked = plan(head);
        mark_causes(&mut marked, &plan(base), &desired);
        marked.steps.first().and_then(|step| step.cause)
    }

    #[test]
    fn the_cause_of_a_change_follows_from_base_head_and_live() {
        use Cause::{Conflict, Drift, Proposed};
        // Every way in which three values can agree or differ, and every one of the 27 combinations of three values.
        for base in ["x", "y", "z"] {
            for head in ["x", "y", "z"] {
                for live in ["x", "y", "z"] {
                    let expected = match (base == live, head == live, base == head) {
                        (_, true, _) => None,
                        (true, false, _) => Some(Proposed),
                        (false, false, true) => Some(Drift),
                        (false, false, false) => Some(Conflict),
                    };
                    assert_eq!(
                        cause_of(base, head, live),
                        expected,
                        "base {base}, head {head}, live {live}"
                    );
                }
            }
        }
    }
}
