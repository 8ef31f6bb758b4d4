//! Seats: which steps take one, which give one back, and which waits for which.

use std::collections::BTreeSet;

use crate::diff;
use crate::model::{Fields, KindSpec, Read, ResourceId, Seat};

use super::draft::{Draft, Phase};
use super::order::{account_id, after, is_make, is_remove};
use super::{Action, Refusal, Step};

/// A change that gives a seat back while its object stays is done before everything else: before seats are bought, too.
pub(super) fn free_first(input: &diff::Input<'_>, drafts: &mut [Draft]) {
    for draft in drafts {
        if !is_remove(&draft.step) && change(input, &draft.step) < 0 {
            draft.phase = Phase::Free;
        }
    }
}

/// Creates that find no free seat wait for deletions, or for a person who buys seats.
pub(super) fn connect(input: &diff::Input<'_>, drafts: &mut [Draft], refusals: &mut Vec<Refusal>) {
    let Some(declared) = input.desired.seats else {
        return;
    };
    let bought = remembered(input).unwrap_or(declared);
    let used = used(input);
    let mut takers = Vec::new();
    let mut givers = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        match change(input, &draft.step) {
            1.. => takers.push(index),
            0 => {}
            ..0 => givers.push(index),
        }
    }
    takers.sort_by(|a, b| drafts[*a].place().cmp(&drafts[*b].place()));
    givers.sort_by(|a, b| drafts[*a].place().cmp(&drafts[*b].place()));
    let fewer: Vec<usize> = (0..drafts.len())
        .filter(|index| sets_seats(input, &drafts[*index]))
        .filter(|index| drafts[*index].phase == Phase::Afterwards)
        .collect();
    let total = (used + takers.len()).saturating_sub(givers.len());
    if total > declared as usize && !(takers.is_empty() && fewer.is_empty()) {
        refusals.push(Refusal {
            code: "seats".into(),
            message: format!("{total} seats would be in use, {declared} are declared as purchased"),
            hint: "raise `seats.purchased`, or remove people first".into(),
        });
        return;
    }
    let buying = drafts
        .iter()
        .position(|draft| draft.phase != Phase::Afterwards && sets_seats(input, draft));
    let free = (bought as usize).saturating_sub(used);
    let waiting = takers.split_off(free.min(takers.len()));
    if !waiting.is_empty() {
        // A person who goes only after a newcomer has taken over a number cannot make room for that newcomer.
        let new: BTreeSet<usize> = takers.iter().chain(&waiting).copied().collect();
        givers.sort_by_cached_key(|giver| waits_for_any(drafts, *giver, &new));
    }
    let mut freed = givers.iter();
    for taker in waiting {
        if let Some(giver) = freed.next() {
            drafts[taker].after.insert(*giver);
        } else if let Some(buying) = buying {
            drafts[taker].after.insert(buying);
        }
    }
    // Fewer seats come last: the service wants the people gone first.
    for index in fewer {
        drafts[index].after.extend(givers.iter().copied());
    }
}

fn sets_seats(input: &diff::Input<'_>, draft: &Draft) -> bool {
    input.spec.seats.is_some_and(|(kind, field)| {
        draft.step.kind == kind && draft.step.fields.iter().any(|change| change.path == field)
    })
}

fn waits_for_any(drafts: &[Draft], from: usize, any: &BTreeSet<usize>) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        for before in &drafts[index].after {
            if any.contains(before) {
                return true;
            }
            if seen.insert(*before) {
                open.push(*before);
            }
        }
    }
    false
}

/// How many seats a step takes: one, none, or minus one.
pub(super) fn change(input: &diff::Input<'_>, step: &Step) -> i64 {
    let Some(spec) = input.spec.kind(&step.kind) else {
        return 0;
    };
    if matches!(spec.seat, Seat::Never)
        || matches!(step.action, Action::AddMember | Action::RemoveMember)
    {
        return 0;
    }
    let before = fields(input, spec, &account_id(input, step));
    let held = before
        .as_ref()
        .is_some_and(|fields| spec.seat.taken_by(fields));
    let holds = if is_remove(step) {
        false
    } else {
        match before {
            // The fields that follow a create do not make another seat.
            None => is_make(step) && spec.seat.taken_by(&after(step)),
            Some(mut fields) => {
                fields.extend(after(step));
                spec.seat.taken_by(&fields)
            }
        }
    };
    i64::from(holds) - i64::from(held)
}

/// The fields of an object that is in the account, as far as known; for kinds that cannot be listed, the ledger's.
fn fields(input: &diff::Input<'_>, spec: &KindSpec, id: &ResourceId) -> Option<Fields> {
    if spec.read != Read::No {
        return input.live.get(id).map(|found| found.fields.clone());
    }
    let fields = input.ledger.fields.get(id);
    if fields.is_none() && !input.ledger.members.contains_key(id) {
        return None;
    }
    Some(
        fields
            .into_iter()
            .flatten()
            .map(|(name, remembered)| (name.clone(), remembered.value.clone()))
            .collect(),
    )
}

/// Seats in use now.
pub(super) fn used(input: &diff::Input<'_>) -> usize {
    let mut used = 0;
    for spec in input.spec.kinds {
        if matches!(spec.seat, Seat::Never) {
            continue;
        }
        if spec.read != Read::No {
            let live = input.live.kinds.get(spec.name);
            used += live
                .into_iter()
                .flat_map(|live| live.resources.values())
                .filter(|resource| spec.seat.taken_by(&resource.fields))
                .count();
            continue;
        }
        let known: BTreeSet<&ResourceId> = input
            .ledger
            .fields
            .keys()
            .chain(input.ledger.members.keys())
            .filter(|id| id.kind == spec.name)
            .collect();
        used += known
            .into_iter()
            .filter(|id| fields(input, spec, id).is_some_and(|held| spec.seat.taken_by(&held)))
            .count();
    }
    used
}

/// The number of bought seats that the ledger remembers.
pub(super) fn remembered(input: &diff::Input<'_>) -> Option<u32> {
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
