//! Puts drafts in order: references, freed values, freed seats, deletions last.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::diff;
use crate::model::{Fields, Read, ResourceId, Way};

use super::draft::{Draft, Phase};
use super::{Action, Refusal, Step, StepId, Task};

/// Adds the edges that the drafts' references, values and seats ask for.
pub(super) fn connect(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    references(drafts);
    unique_values(input, drafts, refusals);
    before_delete(input, drafts, refusals);
    seats(input, drafts, refusals);
}

fn is_make(step: &Step) -> bool {
    match step.action {
        Action::Create | Action::Replace => true,
        Action::Manual => step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Create),
        Action::Update | Action::Delete | Action::AddMember | Action::RemoveMember => false,
    }
}

fn is_remove(step: &Step) -> bool {
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

fn references(drafts: &mut [Draft]) {
    let makers: BTreeMap<ResourceId, usize> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| is_make(&draft.step))
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
            let freed: BTreeMap<ResourceId, usize> = drafts
                .iter()
                .enumerate()
                .filter(|(_, draft)| {
                    draft.step.kind == spec.name
                        && (is_remove(&draft.step)
                            || draft.step.action == Action::Replace
                            || draft.step.fields.iter().any(|change| {
                                change.path == field.name && draft.step.action == Action::Update
                            }))
                })
                .map(|(index, draft)| (draft.step.resource(), index))
                .collect();
            for (index, value) in wanted {
                let Some(holder) = holders.get(value.as_str()) else {
                    continue;
                };
                if **holder == drafts[index].step.resource() {
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
    // What cannot be read is known from the ledger: a number that was routed to the one who goes.
    for (id, fields) in &input.ledger.fields {
        let Some(spec) = input.spec.kind(&id.kind) else {
            continue;
        };
        if removals.contains_key(id)
            || input
                .live
                .kinds
                .get(&id.kind)
                .is_some_and(|kind| !kind.resources.contains_key(&id.key))
        {
            continue;
        }
        for (name, remembered) in fields {
            let Some(field) = spec.field(name) else {
                continue;
            };
            if field.read != Read::No
                || field.update == Way::Manual
                || rerouted.contains(&(id.clone(), field.name))
            {
                continue;
            }
            for target in field.shape.references(&remembered.value) {
                if removals.contains_key(&target) {
                    refusals.push(Refusal {
                        code: "successor-needed".into(),
                        message: format!("{id} still leads to {target}, which goes"),
                        hint: format!("declare another `{}` for it first", field.name),
                    });
                }
            }
        }
    }
}

/// Creates that find no free seat wait for deletions, or for a person who buys seats.
fn seats(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    let Some(declared) = input.desired.seats else {
        return;
    };
    let remembered = remembered_seats(input);
    let bought = remembered.unwrap_or(declared);
    let used = used(input);
    let mut takers = Vec::new();
    let mut givers = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let Some(spec) = input.spec.kind(&draft.step.kind) else {
            continue;
        };
        if draft.step.action == Action::Create && spec.seat.taken_by(&after(&draft.step)) {
            takers.push(index);
        } else if is_remove(&draft.step)
            && input
                .live
                .get(&draft.step.resource())
                .is_some_and(|live| spec.seat.taken_by(&live.fields))
        {
            givers.push(index);
        }
    }
    takers.sort_by(|a, b| drafts[*a].place().cmp(&drafts[*b].place()));
    givers.sort_by(|a, b| drafts[*a].place().cmp(&drafts[*b].place()));
    let total = (used + takers.len()).saturating_sub(givers.len());
    if total > declared as usize && !takers.is_empty() {
        refusals.push(Refusal {
            code: "seats".into(),
            message: format!("{total} seats would be in use, {declared} are declared as purchased"),
            hint: "raise `seats.purchased`, or remove people first".into(),
        });
        return;
    }
    let buying = input.spec.seats.and_then(|(kind, field)| {
        drafts.iter().position(|draft| {
            draft.step.kind == kind
                && draft.phase != Phase::Afterwards
                && draft.step.fields.iter().any(|change| change.path == field)
        })
    });
    let mut free = (bought as usize).saturating_sub(used);
    let mut freed = givers.iter();
    for taker in takers {
        if free > 0 {
            free -= 1;
        } else if let Some(giver) = freed.next() {
            drafts[taker].after.insert(*giver);
        } else if let Some(buying) = buying {
            drafts[taker].after.insert(buying);
        }
    }
    // Fewer seats come last: the service wants the people gone first.
    if let Some((kind, field)) = input.spec.seats {
        for index in 0..drafts.len() {
            if drafts[index].phase == Phase::Afterwards
                && drafts[index].step.kind == kind
                && drafts[index]
                    .step
                    .fields
                    .iter()
                    .any(|change| change.path == field)
            {
                drafts[index].after.extend(givers.iter().copied());
            }
        }
    }
}

/// The number of bought seats that the ledger remembers.
pub(super) fn remembered_seats(input: &diff::Input<'_>) -> Option<u32> {
    let (kind, field) = input.spec.seats?;
    let id = input
        .desired
        .resources
        .get(kind)?
        .values()
        .next()?
        .id
        .clone();
    let value = input.ledger.field(&id, field)?.value.as_integer()?;
    u32::try_from(value).ok()
}

/// Seats in use now.
pub(super) fn used(input: &diff::Input<'_>) -> usize {
    input
        .spec
        .kinds
        .iter()
        .filter_map(|spec| {
            let live = input.live.kinds.get(spec.name)?;
            Some(
                live.resources
                    .values()
                    .filter(|resource| spec.seat.taken_by(&resource.fields))
                    .count(),
            )
        })
        .sum()
}

pub(super) fn after(step: &Step) -> Fields {
    step.fields
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
}

/// Orders the drafts, numbers what is manual, and says what waits for it.
pub(super) fn arrange(mut drafts: Vec<Draft>, refusals: &mut Vec<Refusal>) -> Vec<Step> {
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
        drafts[*index].step = step.seal();
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
