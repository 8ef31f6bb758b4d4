//! Runs a plan on a model of the account, and looks at every state on the way.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff;
use crate::ledger::LedgerState;
use crate::model::{Live, ProviderSpec, ResourceId};

use super::effect::apply_to_model;
use super::standing::{counted_entries, opening};
use super::{Action, Refusal, Step};

/// The account and the ledger after a plan.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The account.
    pub live: Live,
    /// The ledger.
    pub ledger: LedgerState,
}

/// Runs the steps that the API does, in order, and reports each state that must not be.
///
/// Unique values stay unique and seats are kept after every step; what a step refers to is there when it is done.
pub fn simulate(input: &diff::Input<'_>, steps: &[Step], refusals: &mut Vec<Refusal>) -> Simulated {
    simulate_from(input, &diff::diff(input), steps, refusals)
}

/// The same, for a caller who has compared already.
pub(super) fn simulate_from(
    input: &diff::Input<'_>,
    found: &diff::Diff<'_>,
    steps: &[Step],
    refusals: &mut Vec<Refusal>,
) -> Simulated {
    let mut state = Simulated {
        live: input.live.clone(),
        ledger: input.ledger.clone(),
    };
    for entry in opening(input, found) {
        state.ledger.take(entry, jiff::Timestamp::UNIX_EPOCH);
    }
    let mut held = Held::new(input.spec, &state.live);
    let bought = input.desired.seats;
    for step in steps.iter().filter(|step| step.is_sent()) {
        let before = held.seats;
        held.forget(input.spec, &state.live, step);
        apply_to_model(input.spec, step, &mut state.live, &mut state.ledger);
        if let Some(clash) = held.remember(input.spec, &state.live, step) {
            impossible(refusals, step, "value-taken", &clash);
        }
        if let Some(bought) = bought
            && held.seats > before
            && held.seats > bought as usize
        {
            let seats = format!(
                "{} would be in use, {bought} bought",
                counted(held.seats, "seat", "seats")
            );
            impossible(refusals, step, "seats", &seats);
        }
        if let Some(missing) = missing_reference(input.spec, &state.live, step) {
            impossible(refusals, step, "unknown-reference", &missing);
        }
    }
    for entry in counted_entries(input.spec, &state.live, &state.ledger) {
        state.ledger.take(entry, jiff::Timestamp::UNIX_EPOCH);
    }
    state
}

/// Refuses a step that leads to a state that cannot be, unless it is refused already, by this code, for what it leads to.
fn impossible(refusals: &mut Vec<Refusal>, step: &Step, explained_by: &str, why: &str) {
    if refusals.iter().any(|known| known.code == explained_by) {
        return;
    }
    refusals.push(Refusal {
        code: "impossible-state".into(),
        message: format!(
            "step {} on {} leads to a state that must not be: {why}",
            step.id,
            step.resource()
        ),
        hint: "correct the manifests, or make the change in two plans".into(),
    });
}

fn missing_reference(spec: &ProviderSpec, live: &Live, step: &Step) -> Option<String> {
    let kind = spec.kind(&step.kind)?;
    for change in &step.fields {
        let field = kind.field(&change.path)?;
        for target in change
            .after
            .iter()
            .flat_map(|after| field.shape.references(after))
        {
            if live.kinds.contains_key(&target.kind) && live.get(&target).is_none() {
                return Some(format!("{target} is not there"));
            }
        }
    }
    None
}

/// A field's name as a word: `settings.pause_recording` is a `pause recording`.
fn words(field: &str) -> String {
    field.rsplit('.').next().unwrap_or(field).replace('_', " ")
}

fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Unique values and seats, kept up to date step by step.
struct Held {
    values: BTreeMap<(&'static str, &'static str), BTreeMap<String, u32>>,
    seats: usize,
}

impl Held {
    fn new(spec: &'static ProviderSpec, live: &Live) -> Self {
        let mut held = Self {
            values: BTreeMap::new(),
            seats: 0,
        };
        for kind in spec.kinds {
            let Some(found) = live.kinds.get(kind.name) else {
                continue;
            };
            for resource in found.resources.values() {
                held.seats += usize::from(kind.seat.taken_by(&resource.fields));
                for field in kind.fields.iter().filter(|field| field.unique) {
                    if let Some(text) = resource.fields.get(field.name).and_then(|v| v.as_text()) {
                        *held
                            .values
                            .entry((kind.name, field.name))
                            .or_default()
                            .entry(text.to_owned())
                            .or_default() += 1;
                    }
                }
            }
        }
        held
    }

    fn forget(&mut self, spec: &'static ProviderSpec, live: &Live, step: &Step) {
        self.touch(spec, live, step, false);
    }

    fn remember(
        &mut self,
        spec: &'static ProviderSpec,
        live: &Live,
        step: &Step,
    ) -> Option<String> {
        self.touch(spec, live, step, true)
    }

    fn touch(
        &mut self,
        spec: &'static ProviderSpec,
        live: &Live,
        step: &Step,
        add: bool,
    ) -> Option<String> {
        if matches!(
            step.action,
            Action::AddMember | Action::RemoveMember | Action::Manual
        ) {
            return None;
        }
        let kind = spec.kind(&step.kind)?;
        let mut id = step.resource();
        if !add && let Some(former) = super::effect::renamed_from(kind, step) {
            id = former;
        }
        let found = live.get(&id)?;
        let mut clash = None;
        let seat = usize::from(kind.seat.taken_by(&found.fields));
        self.seats = if add {
            self.seats + seat
        } else {
            self.seats.saturating_sub(seat)
        };
        for field in kind.fields.iter().filter(|field| field.unique) {
            let Some(text) = found.fields.get(field.name).and_then(|v| v.as_text()) else {
                continue;
            };
            let count = self
                .values
                .entry((kind.name, field.name))
                .or_default()
                .entry(text.to_owned())
                .or_default();
            if add {
                *count += 1;
                if *count > 1 {
                    clash = Some(format!(
                        "two {} have the {} `{text}`",
                        kind.plural,
                        words(field.name)
                    ));
                }
            } else {
                *count = count.saturating_sub(1);
            }
        }
        clash
    }
}

/// What the API would still have to do after the plan, by resource; empty for a plan that reaches its goal.
///
/// Only what the plan itself waits for (manual and blocked steps, what a selection left out) may be left.
pub(super) fn left_over(
    input: &diff::Input<'_>,
    after: &Simulated,
    steps: &[Step],
    cut: &BTreeSet<ResourceId>,
) -> BTreeSet<String> {
    let waiting: BTreeSet<_> = steps
        .iter()
        .filter(|step| !step.is_sent())
        .map(Step::resource)
        .collect();
    let touched: BTreeSet<_> = steps
        .iter()
        .filter(|step| step.is_sent())
        .map(Step::resource)
        .filter(|id| !waiting.contains(id) && !cut.contains(id))
        .collect();
    let again = diff::diff(&diff::Input {
        desired: input.desired,
        live: &after.live,
        ledger: &after.ledger,
        spec: input.spec,
        as_of: input.as_of,
    });
    again
        .resources
        .iter()
        .filter(|found| touched.contains(&found.declared.id))
        .map(|found| found.declared.id.to_string())
        .collect()
}
