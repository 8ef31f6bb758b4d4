//! Guards: limits on the whole changeset, looked at once, before anything is shown as applicable.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{self, Diff, Goal};
use crate::model::{DeclaredResource, KindSpec, ResourceId, State, Value};

use super::{Action, Refusal, Step, Task, order};

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
        "believe an account that shrank when N objects of a kind are left",
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
    privileged(input, diff, steps, allowances, refusals);
    protected(input, diff, steps, refusals);
    incomplete(input, steps, refusals);
    shrunk(input, allowances, refusals);
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
                message: format!(
                    "{}, {allowed} allowed for this plan",
                    counted_deletions(total)
                ),
                hint: format!("review them, then plan with `--allow deletions={total}`"),
            });
        }
        return;
    }
    if total > u64::from(guards.max_deletions) {
        refusals.push(Refusal {
            code: "too-many-deletions".into(),
            message: format!(
                "{}, at most {} in one plan (`policy.guards.max_deletions`)",
                counted_deletions(total),
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
        let plural = input
            .spec
            .kinds
            .iter()
            .find(|spec| spec.name == kind)
            .map_or(kind, |spec| spec.plural);
        if population >= u64::from(guards.min_population) && count * 100 > population * percent {
            refusals.push(Refusal {
                code: "too-large-a-share-deleted".into(),
                message: format!(
                    "{count} of {population} {plural} would be deleted, at most {percent} % in one plan (`policy.guards.max_deletion_percent`)"
                ),
                hint: format!("review them, then plan with `--allow deletions={total}`"),
            });
        }
    }
}

fn counted_deletions(total: u64) -> String {
    match total {
        1 => "1 deletion".to_owned(),
        more => format!("{more} deletions"),
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
    steps: &[Step],
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    // A plan that was cut down is not blamed for what it leaves out.
    let touched: BTreeSet<ResourceId> = steps.iter().map(Step::resource).collect();
    for spec in input.spec.kinds {
        let Some((field, value)) = spec.privileged else {
            continue;
        };
        let mut going = losers(input, diff, spec, field, value);
        going.retain(|id| touched.contains(id));
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
                if let Some(former) = former.filter(|_| held || said) {
                    going.insert(former);
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
                input.desired.unmanaged_policy(&live.id.kind) == crate::model::Unmanaged::Delete
            })
            .map(|live| live.id.clone())
            .filter(|id| was(id)),
    );
    going
}

/// Protection outlives the manifest entry; only a tombstone that says so releases it.
fn protected(
    input: &diff::Input<'_>,
    diff: &Diff<'_>,
    steps: &[Step],
    refusals: &mut Vec<Refusal>,
) {
    let mut removals = steps
        .iter()
        .filter(|step| removes(step) || step.action == Action::Replace)
        .peekable();
    if removals.peek().is_none() {
        return;
    }
    let mut by_account_key: BTreeMap<ResourceId, &DeclaredResource> = BTreeMap::new();
    for found in &diff.resources {
        if let Some(existing) = &found.existing {
            let id = ResourceId {
                kind: found.declared.id.kind.clone(),
                key: existing.key.clone(),
            };
            by_account_key.insert(id, found.declared);
        }
    }
    for step in removals {
        let id = order::account_id(input, step);
        let declared = by_account_key.get(&id).copied();
        let says = declared.and_then(|resource| resource.protected);
        let remembered = input.ledger.protected.contains(&id)
            || declared.is_some_and(|resource| input.ledger.protected.contains(&resource.id));
        let released = says == Some(false)
            && declared.is_some_and(|resource| {
                matches!(resource.state, State::Absent { .. }) || step.action == Action::Replace
            });
        if says == Some(true) || remembered && !released {
            refusals.push(Refusal {
                code: "protected".into(),
                message: format!("{id} is protected, and this plan would delete it"),
                hint: "release it with `state: absent`, a `reason` and `protected: false`".into(),
            });
        }
    }
}

/// What the service demands of a new object is there before anything is sent.
fn incomplete(input: &diff::Input<'_>, steps: &[Step], refusals: &mut Vec<Refusal>) {
    let created = steps.iter().filter(|step| step.action == Action::Create);
    let mut missing: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for step in created {
        let fields = input
            .spec
            .kind(&step.kind)
            .map_or(&[][..], |kind| kind.fields);
        for field in fields.iter().filter(|field| field.required) {
            if step.fields.iter().all(|change| change.path != field.name) {
                let keys = missing.entry((step.kind.as_str(), field.name));
                keys.or_default().push(step.key.as_str());
            }
        }
    }
    for ((kind, field), keys) in missing {
        let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
        let more = match keys.len().saturating_sub(shown.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        refusals.push(Refusal {
            code: "incomplete".into(),
            message: format!(
                "the service creates no {kind} without `{field}`, which is not declared for {}{more}",
                shown.join(", ")
            ),
            hint: format!("declare `{field}`; or, when they should be there already, look at how their keys are written"),
        });
    }
}

/// An account that lost most of its objects since it was last read is more likely misread than emptied.
fn shrunk(
    input: &diff::Input<'_>,
    allowances: &BTreeMap<String, u64>,
    refusals: &mut Vec<Refusal>,
) {
    for spec in input.spec.kinds {
        let (Some(live), Some(before)) = (
            input.live.kinds.get(spec.name),
            input.ledger.populations.get(spec.name),
        ) else {
            continue;
        };
        let now = live.resources.len() as u64;
        let small = *before < u64::from(input.desired.policy.guards.min_population);
        let believed = allowances.get("shrink").is_some_and(|least| now >= *least);
        if !small && now * 2 < *before && !believed {
            refusals.push(Refusal {
                code: "account-shrank".into(),
                message: format!(
                    "{now} {} were read, {before} were there at the last time",
                    spec.plural
                ),
                hint: format!(
                    "look into the account; if it is true, plan with `--allow shrink={now}`"
                ),
            });
        }
    }
}
