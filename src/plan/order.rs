//! Puts drafts in order: references, freed values, freed seats, deletions last.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::diff;
use crate::model::{
    FieldName, FieldSpec, Fields, ProviderSpec, Read, ResourceId, Shape, Value, Way,
};

use super::draft::Draft;
use super::effect::{self, renamed_from};
use super::seating;
use super::{Action, Refusal, Step, StepId, Task};

/// Adds the edges that the drafts' references, values and seats ask for.
pub(super) fn connect(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    references(input, drafts);
    unique_values(input, drafts, refusals);
    chosen_first(input, drafts);
    before_delete(input, drafts, refusals);
    seating::free_first(input, drafts);
    seating::connect(input, drafts, refusals);
}

pub(super) fn is_make(step: &Step) -> bool {
    match step.action {
        Action::Create | Action::Replace => true,
        Action::Manual => step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Create),
        Action::Update | Action::Delete | Action::AddMember | Action::RemoveMember => false,
    }
}

pub(super) fn is_remove(step: &Step) -> bool {
    match step.action {
        Action::Delete => true,
        Action::Manual => step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Delete),
        Action::Create
        | Action::Replace
        | Action::Update
        | Action::AddMember
        | Action::RemoveMember => false,
    }
}

/// What a step refers to must be there, under the key that the step names.
fn references(input: &diff::Input<'_>, drafts: &mut [Draft]) {
    let makers: BTreeMap<ResourceId, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| {
            is_make(&draft.step) || account_id(input, &draft.step) != draft.step.resource()
        })
        .map(|(index, draft)| (draft.step.resource(), index))
        .collect();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let found = draft
            .needs
            .iter()
            .filter_map(|need| makers.get(need))
            .copied();
        draft.after.extend(found.filter(|maker| *maker != index));
    }
}

/// The identity that the resource of a step has before the step.
pub(super) fn account_id(input: &diff::Input<'_>, step: &Step) -> ResourceId {
    input
        .spec
        .kind(&step.kind)
        .and_then(|kind| renamed_from(kind, step))
        .unwrap_or_else(|| step.resource())
}

/// A value that no two objects may share is free only after its holder has gone.
fn unique_values(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    for spec in input.spec.kinds {
        for field in spec.fields.iter().filter(|field| field.unique) {
            let wanted: Vec<(usize, String)> = drafts
                .iter()
                .enumerate()
                .filter(|(_, draft)| draft.step.kind == spec.name)
                .filter_map(|(index, draft)| {
                    let change = draft
                        .step
                        .fields
                        .iter()
                        .find(|change| change.path == field.name)?;
                    Some((index, change.after.as_ref()?.as_text()?.to_owned()))
                })
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let Some(live) = input.live.kinds.get(spec.name) else {
                continue;
            };
            let holders: BTreeMap<&str, &ResourceId> = live
                .resources
                .values()
                .filter_map(|resource| {
                    Some((resource.fields.get(field.name)?.as_text()?, &resource.id))
                })
                .collect();
            let freed: BTreeMap<ResourceId, usize> =
                drafts
                    .iter()
                    .enumerate()
                    .filter(|(_, draft)| {
                        draft.step.kind == spec.name
                            && (is_remove(&draft.step)
                                || draft.step.action == Action::Replace
                                || draft.step.fields.iter().any(|change| {
                                    change.path == field.name && change.before.is_some()
                                }))
                    })
                    .map(|(index, draft)| (account_id(input, &draft.step), index))
                    .collect();
            for (index, value) in wanted {
                let Some(holder) = holders.get(value.as_str()) else {
                    continue;
                };
                if **holder == account_id(input, &drafts[index].step) {
                    continue;
                }
                match freed.get(*holder) {
                    Some(free) if *free != index => {
                        drafts[index].after.insert(*free);
                    }
                    Some(_) => {}
                    None => refusals.push(Refusal {
                        code: "value-taken".into(),
                        message: format!(
                            "{} `{value}`, wanted by {}, is taken by {holder} in the account",
                            field.label.to_lowercase(),
                            drafts[index].step.resource()
                        ),
                        hint: "choose another value, or free it first".into(),
                    }),
                }
            }
        }
    }
}

/// Who wants a certain value goes before those for whom the service picks one: it could pick that one.
///
/// It is an order and no dependency: whoever is refused holds nobody else up.
fn chosen_first(input: &diff::Input<'_>, drafts: &mut [Draft]) {
    for spec in input.spec.kinds {
        // Everybody has a key.
        let at_create =
            |field: &&FieldSpec| field.unique && field.create == Way::Api && field.name != spec.key;
        for field in spec.fields.iter().filter(at_create) {
            let makes = |draft: &&Draft| draft.step.kind == spec.name && effect::makes(&draft.step);
            let chooses = |draft: &&Draft| {
                draft
                    .step
                    .fields
                    .iter()
                    .any(|change| change.path == field.name)
            };
            let (chosen, picked): (Vec<&Draft>, Vec<&Draft>) =
                drafts.iter().filter(makes).partition(chooses);
            if chosen.is_empty() {
                continue;
            }
            let picked: BTreeSet<ResourceId> =
                picked.iter().map(|draft| draft.step.resource()).collect();
            for draft in drafts.iter_mut() {
                draft.picked |= picked.contains(&draft.step.resource());
            }
        }
    }
}

/// Nothing may still refer to an object when it goes.
fn before_delete(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    let removals: BTreeMap<ResourceId, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| is_remove(&draft.step))
        .map(|(index, draft)| (draft.step.resource(), index))
        .collect();
    if removals.is_empty() {
        return;
    }
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut rerouted: BTreeSet<(ResourceId, &str)> = BTreeSet::new();
    for (index, draft) in drafts.iter().enumerate() {
        let own = draft.step.resource();
        if let Some(removal) = removals.get(&own).filter(|removal| **removal != index) {
            edges.push((*removal, index));
        }
        let Some(spec) = input.spec.kind(&draft.step.kind) else {
            continue;
        };
        for change in &draft.step.fields {
            let Some(field) = spec.field(&change.path) else {
                continue;
            };
            rerouted.insert((own.clone(), field.name));
            rerouted.insert((account_id(input, &draft.step), field.name));
            for target in change
                .after
                .iter()
                .flat_map(|after| field.shape.references(after))
                .filter(|target| removals.contains_key(target))
            {
                refusals.push(Refusal {
                    code: "successor-needed".into(),
                    message: format!("{own} is to lead to {target}, which goes"),
                    hint: format!("declare another `{}` for it", field.name),
                });
            }
            for target in change
                .before
                .iter()
                .flat_map(|before| field.shape.references(before))
            {
                if let Some(removal) = removals.get(&target).filter(|removal| **removal != index) {
                    edges.push((*removal, index));
                }
            }
        }
    }
    for (removal, index) in edges {
        drafts[removal].after.insert(index);
    }
    let goes_or_gone = |id: &ResourceId| {
        removals.contains_key(id)
            || input
                .live
                .kinds
                .get(&id.kind)
                .is_some_and(|kind| !kind.resources.contains_key(&id.key))
    };
    let mut leads = |id: &ResourceId, field: &FieldSpec, value: &Value| {
        if rerouted.contains(&(id.clone(), field.name)) {
            return;
        }
        for target in field.shape.references(value) {
            if removals.contains_key(&target) {
                refusals.push(Refusal {
                    code: "successor-needed".into(),
                    message: format!("{id} still leads to {target}, which goes"),
                    hint: format!("declare another `{}` for it first", field.name),
                });
            }
        }
    };
    // What cannot be read is known from the ledger: a number that was routed to the one who goes.
    for (id, fields) in &input.ledger.fields {
        let Some(spec) = input.spec.kind(&id.kind) else {
            continue;
        };
        for (name, remembered) in fields {
            if let Some(field) = spec.field(name)
                && field.read == Read::No
                && field.update != Way::Manual
                && !goes_or_gone(id)
            {
                leads(id, field, &remembered.value);
            }
        }
    }
    for spec in input.spec.kinds {
        let Some(live) = input.live.kinds.get(spec.name) else {
            continue;
        };
        let single = spec.fields.iter().filter(|field| {
            let one = matches!(field.shape, Shape::Reference(_) | Shape::ReferenceOneOf(_));
            one && field.read != Read::No && field.update != Way::Manual
        });
        for field in single {
            for found in live.resources.values() {
                if let Some(value) = found.fields.get(field.name)
                    && !removals.contains_key(&found.id)
                {
                    leads(&found.id, field, value);
                }
            }
        }
    }
}

pub(super) fn after(step: &Step) -> Fields {
    step.fields
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
}

/// Orders the drafts, numbers what is manual, and says what waits for it.
pub(super) fn arrange(
    spec: &ProviderSpec,
    mut drafts: Vec<Draft>,
    refusals: &mut Vec<Refusal>,
) -> Vec<Step> {
    let order = topological(&drafts, refusals);
    let mut number = 0;
    for index in &order {
        if let Some(manual) = &mut drafts[*index].step.manual {
            number += 1;
            manual.number = number;
        }
        let step = std::mem::replace(
            &mut drafts[*index].step,
            Step::new(Action::Manual, ResourceId::new("", ""), ""),
        );
        let kind = spec.kind(&step.kind);
        let seen = |path: &FieldName| {
            kind.and_then(|kind| kind.field(path))
                .is_some_and(|field| field.read == Read::Yes)
        };
        drafts[*index].step = step.seal_without(&seen);
    }
    let mut blocked: Vec<BTreeSet<StepId>> = vec![BTreeSet::new(); drafts.len()];
    let mut steps = Vec::with_capacity(drafts.len());
    for index in &order {
        let after: Vec<usize> = drafts[*index].after.iter().copied().collect();
        let mut waits = BTreeSet::new();
        for before in &after {
            if drafts[*before].step.action == Action::Manual {
                waits.insert(drafts[*before].step.id.clone());
            } else {
                waits.extend(blocked[*before].iter().cloned());
            }
        }
        let depends_on = after
            .iter()
            .map(|before| drafts[*before].step.id.clone())
            .collect();
        let step = &mut drafts[*index].step;
        step.depends_on = depends_on;
        if step.action != Action::Manual {
            step.blocked_by = waits.iter().cloned().collect();
        }
        blocked[*index] = waits;
        steps.push(step.clone());
    }
    steps
}

fn topological(drafts: &[Draft], refusals: &mut Vec<Refusal>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..drafts.len()).collect();
    places.sort_by(|a, b| drafts[*a].place().cmp(&drafts[*b].place()));
    let mut rank = vec![0; drafts.len()];
    for (place, index) in places.iter().enumerate() {
        rank[*index] = place;
    }
    let mut open: Vec<usize> = drafts.iter().map(|draft| draft.after.len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (index, draft) in drafts.iter().enumerate() {
        for before in &draft.after {
            followers[*before].push(index);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..drafts.len())
        .filter(|index| open[*index] == 0)
        .map(|index| Reverse(rank[index]))
        .collect();
    let mut order = Vec::with_capacity(drafts.len());
    while let Some(Reverse(place)) = ready.pop() {
        let index = places[place];
        order.push(index);
        for follower in &followers[index] {
            open[*follower] -= 1;
            if open[*follower] == 0 {
                ready.push(Reverse(rank[*follower]));
            }
        }
    }
    if order.len() < drafts.len() {
        let mut stuck: Vec<usize> = places
            .iter()
            .copied()
            .filter(|index| open[*index] > 0)
            .collect();
        let names: Vec<String> = stuck
            .iter()
            .take(4)
            .map(|index| drafts[*index].step.resource().to_string())
            .collect();
        refusals.push(Refusal {
            code: "circular".into(),
            message: format!("{} wait for each other", names.join(", ")),
            hint: "make the change in two plans: free the value first".into(),
        });
        order.append(&mut stuck);
    }
    order
}
