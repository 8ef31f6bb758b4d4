//! Guards: limits on the whole changeset, looked at once, before anything is shown as applicable.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{self, Diff, Goal};
use crate::model::{KindSpec, ResourceId, State, Value};

use super::{Action, Refusal, Step, Task};

/// The names of the allowances that `--allow NAME=N` takes, with what each allows.
pub const ALLOWANCES: &[(&str, &str)] = &[
    (
        "deletions",
        "at most N deletions, whatever their share of the account",
    ),
    (
        "replacements",
        "at most N users deleted and created anew for a create-only field",
    ),
    ("admins", "leave only N administrators"),
    (
        "shrink",
        "believe an account that shrank, down to N objects of a kind",
    ),
];

/// Looks at the changeset.
pub(super) fn look(
    input: &diff::Input<'_>,
    diff: &Diff<'_>,
    steps: &[Step],
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    deletions(input, steps, allowances, refusals);
    replacements(diff, steps, allowances, refusals);
    privileged(input, diff, allowances, refusals);
    protected(input, steps, refusals);
}

fn removes(step: &Step) -> bool {
    step.action == Action::Delete
        || step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Delete)
}

fn deletions(
    input: &diff::Input<'_>,
    steps: &[Step],
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    let guards = &input.desired.policy.guards;
    let mut by_kind: BTreeMap<&str, u64> = BTreeMap::new();
    for step in steps.iter().filter(|step| removes(step)) {
        *by_kind.entry(step.kind.as_str()).or_default() += 1;
    }
    let total: u64 = by_kind.values().sum();
    if total == 0 {
        return;
    }
    if let Some(allowed) = allowances.get("deletions") {
        if total > *allowed {
            refusals.push(Refusal {
                code: "too-many-deletions".into(),
                message: format!("{total} deletions, {allowed} allowed for this plan"),
                hint: format!("review them, then plan with `--allow deletions={total}`"),
            });
        }
        return;
    }
    if total > u64::from(guards.max_deletions) {
        refusals.push(Refusal {
            code: "too-many-deletions".into(),
            message: format!(
                "{total} deletions, at most {} in one plan (`policy.guards.max_deletions`)",
                guards.max_deletions
            ),
            hint: format!("review them, then plan with `--allow deletions={total}`"),
        });
    }
    for (kind, count) in by_kind {
        let population = input
            .live
            .kinds
            .get(kind)
            .map_or(0, |live| live.resources.len()) as u64;
        let percent = u64::from(guards.max_deletion_percent);
        if population >= u64::from(guards.min_population) && count * 100 > population * percent {
            refusals.push(Refusal {
                code: "too-large-a-share-deleted".into(),
                message: format!(
                    "{count} of {population} {kind}s would be deleted, at most {percent} % in one plan (`policy.guards.max_deletion_percent`)"
                ),
                hint: format!("review them, then plan with `--allow deletions={total}`"),
            });
        }
    }
}

fn replacements(
    diff: &Diff<'_>,
    steps: &[Step],
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    let agreed: BTreeSet<&ResourceId> = diff
        .resources
        .iter()
        .filter(|found| found.declared.replace)
        .map(|found| &found.declared.id)
        .collect();
    let open: Vec<ResourceId> = steps
        .iter()
        .filter(|step| step.action == Action::Replace)
        .map(Step::resource)
        .filter(|id| !agreed.contains(id))
        .collect();
    let allowed = allowances.get("replacements").copied().unwrap_or(0);
    if open.len() as u64 > allowed {
        let names: Vec<String> = open.iter().take(3).map(ToString::to_string).collect();
        refusals.push(Refusal {
            code: "replacement".into(),
            message: format!(
                "{} would be deleted and created anew, since a create-only field changes",
                names.join(", ")
            ),
            hint: format!(
                "set `replace: true` on the entry, or plan with `--allow replacements={}`; what is lost is in the plan",
                open.len()
            ),
        });
    }
}

/// Some who may administer the account must be left.
fn privileged(
    input: &diff::Input<'_>,
    diff: &Diff<'_>,
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    for spec in input.spec.kinds {
        let Some((field, value)) = spec.privileged else {
            continue;
        };
        let going = losers(input, diff, spec, field, value);
        if going.is_empty() {
            continue;
        }
        let declared = input.desired.resources.get(spec.name);
        let left = declared
            .into_iter()
            .flat_map(|list| list.values())
            .filter(|resource| {
                resource.state == State::Present
                    && resource.ends_on.is_none_or(|day| day >= input.as_of)
                    && resource.starts_on.is_none_or(|day| day <= input.as_of)
                    && resource.fields.get(field).and_then(Value::as_text) == Some(value)
            })
            .count() as u64;
        let least = allowances
            .get("admins")
            .copied()
            .unwrap_or(u64::from(input.desired.policy.guards.min_admins));
        if left < least {
            let names: Vec<String> = going.iter().take(3).map(|id| id.key.to_string()).collect();
            refusals.push(Refusal {
                code: "too-few-admins".into(),
                message: format!(
                    "{} would no longer be `{value}`, which leaves {left} declared, at least {least} needed (`policy.guards.min_admins`)",
                    names.join(", ")
                ),
                hint: format!("declare another `{value}` first, or plan with `--allow admins={left}`"),
            });
        }
    }
}

/// Who is privileged now, as far as known, and will not be.
fn losers(
    input: &diff::Input<'_>,
    diff: &Diff<'_>,
    spec: &'static KindSpec,
    field: &str,
    value: &str,
) -> BTreeSet<ResourceId> {
    let was = |id: &ResourceId| {
        input
            .ledger
            .field(id, field)
            .is_some_and(|remembered| remembered.value.as_text() == Some(value))
            || input
                .live
                .get(id)
                .and_then(|live| live.fields.get(field)?.as_text())
                == Some(value)
    };
    let mut going = BTreeSet::new();
    for found in diff
        .resources
        .iter()
        .filter(|found| found.spec.name == spec.name)
    {
        let declared = found.declared;
        let former = found.existing.as_ref().map(|existing| ResourceId {
            kind: declared.id.kind.clone(),
            key: existing.key.clone(),
        });
        let held = former.as_ref().is_some_and(was);
        match &found.goal {
            Goal::Gone { .. } | Goal::Leaving { .. } => {
                let said = declared.fields.get(field).and_then(Value::as_text) == Some(value);
                if found.existing.is_some() && (held || said) {
                    going.insert(declared.id.clone());
                }
            }
            Goal::Present => {
                if held
                    && found
                        .fields
                        .iter()
                        .any(|diff| diff.spec.name == field && diff.after.as_text() != Some(value))
                {
                    going.insert(declared.id.clone());
                }
            }
        }
    }
    going.extend(
        diff.unmanaged
            .iter()
            .filter(|live| live.id.kind == spec.name)
            .filter(|live| {
                input.desired.policy.unmanaged.get(&live.id.kind)
                    == Some(&crate::model::Unmanaged::Delete)
            })
            .map(|live| live.id.clone())
            .filter(|id| was(id)),
    );
    going
}

/// Protection outlives the manifest entry; only a tombstone that says so releases it.
fn protected(input: &diff::Input<'_>, steps: &[Step], refusals: &mut Vec<Refusal>) {
    for step in steps {
        if !removes(step) && step.action != Action::Replace {
            continue;
        }
        let id = step.resource();
        let declared = input.desired.iter().find(|resource| {
            resource.id == id
                || (resource.id.kind == id.kind && resource.previously.as_ref() == Some(&id.key))
        });
        let says = declared.and_then(|resource| resource.protected);
        let guarded = says.unwrap_or(input.ledger.protected.contains(&id));
        let released = says == Some(false)
            && declared.is_some_and(|resource| {
                matches!(resource.state, State::Absent { .. }) || step.action == Action::Replace
            });
        if guarded && !released || says == Some(true) {
            refusals.push(Refusal {
                code: "protected".into(),
                message: format!("{id} is protected, and this plan would delete it"),
                hint: "release it with `state: absent`, a `reason` and `protected: false`".into(),
            });
        }
    }
}
