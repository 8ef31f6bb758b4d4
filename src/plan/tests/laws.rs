//! What holds for every plan.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::random;
use crate::diff;
use crate::model::{Seat, State, Unmanaged, Value};
use crate::plan::{Action, Plan, Step, StepId, Summary, Task, effect};
use crate::testing::toy::{TOY, World, declare, line, person, route, shown, team};

fn removes(step: &Step) -> bool {
    step.action == Action::Delete
        || step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Delete)
}

/// Refusals that say that the tool itself is wrong, or that the order is.
fn defects(plan: &Plan) -> Vec<String> {
    plan.refusals
        .iter()
        .filter(|refusal| refusal.code == "not-converging")
        .map(|refusal| refusal.message.clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_that_is_done_leaves_nothing_that_could_be_sent(mut world in random::world()) {
        let plan = world.plan();
        prop_assert_eq!(defects(&plan), Vec::<String>::new(), "{}", shown(&plan));
        if plan.refusals.is_empty() {
            world.apply(&plan);
            let again = world.plan();
            let sent: Vec<&Step> = again.steps.iter().filter(|step| step.is_sent()).collect();
            prop_assert!(sent.is_empty(), "first:\n{}\nagain:\n{}", shown(&plan), shown(&again));
            prop_assert_eq!(&again.refusals, &vec![]);
        }
    }

    #[test]
    fn a_plan_whose_manual_steps_are_done_too_ends_with_nothing(mut world in random::world()) {
        for round in 0..4 {
            let plan = world.plan();
            if !plan.refusals.is_empty() {
                return Ok(());
            }
            if plan.is_empty() {
                let left = diff::diff(&world.compared());
                prop_assert!(left.resources.is_empty(), "{:?}", left.resources);
                return Ok(());
            }
            prop_assert!(round < 3, "round {round}:\n{}", shown(&plan));
            world.apply(&plan);
            world.do_by_hand(&plan);
        }
    }

    #[test]
    fn nobody_but_tombstones_dates_and_the_policy_deletes(world in random::world()) {
        for step in world.plan().steps.iter().filter(|step| removes(step)) {
            let declared = world.desired.resources.get(&step.kind);
            let tombstone = declared.into_iter().flat_map(|list| list.values()).any(|resource| {
                resource.state != State::Present
                    && (resource.id.key == step.key
                        || world.ledger.identities.get(&resource.id) == step.remote.as_ref())
            });
            let policy = world.desired.policy.unmanaged.get(&step.kind) == Some(&Unmanaged::Delete)
                && world.desired.get(&step.resource()).is_none();
            prop_assert!(tombstone || policy, "{}", step.resource());
        }
    }

    #[test]
    fn steps_depend_on_earlier_steps_only_and_are_counted_once(world in random::world()) {
        let plan = world.plan();
        let mut seen: BTreeSet<&StepId> = BTreeSet::new();
        let circular = plan.refusals.iter().any(|refusal| refusal.code == "circular");
        for step in &plan.steps {
            if !circular {
                prop_assert!(step.depends_on.iter().all(|id| seen.contains(id)), "{}", shown(&plan));
                prop_assert!(step.blocked_by.iter().all(|id| seen.contains(id)), "{}", shown(&plan));
            }
            prop_assert!(seen.insert(&step.id), "twice: {}", shown(&plan));
        }
        let Summary { create, update, replace, delete, add_member, remove_member, manual, blocked, unmanaged: _ } = plan.summary;
        let counted = create + update + replace + delete + add_member + remove_member + manual + blocked;
        prop_assert_eq!(counted as usize, plan.steps.len());
        let sent = plan.steps.iter().filter(|step| step.is_sent());
        prop_assert_eq!(plan.summary.sent() as usize, sent.clone().count());
        prop_assert_eq!(plan.requests.write, sent.map(|step| u64::from(step.requests)).sum::<u64>());
    }

    #[test]
    fn every_state_on_the_way_keeps_unique_values_and_seats(world in random::world()) {
        let plan = world.plan();
        if !plan.refusals.is_empty() {
            return Ok(());
        }
        let (mut live, mut ledger) = (world.live.clone(), world.ledger.clone());
        let seats = |live: &crate::model::Live| -> usize {
            live.iter().filter(|found| {
                let seat = TOY.kind(&found.id.kind).map_or(Seat::Never, |kind| kind.seat);
                seat.taken_by(&found.fields)
            }).count()
        };
        let start = seats(&live);
        for step in plan.steps.iter().filter(|step| step.is_sent()) {
            effect::apply_to_model(&TOY, step, &mut live, &mut ledger);
            let codes: Vec<&str> = live.kinds["person"].resources.values()
                .filter_map(|found| found.fields.get("code")?.as_text()).collect();
            let distinct: BTreeSet<&&str> = codes.iter().collect();
            prop_assert_eq!(distinct.len(), codes.len(), "after {} in\n{}", step.id, shown(&plan));
            if let Some(bought) = world.desired.seats {
                prop_assert!(seats(&live) <= start.max(bought as usize), "{}", shown(&plan));
            }
        }
        let unblocked = plan.steps.iter().all(|step| step.blocked_by.is_empty() && step.manual.is_none());
        if let (Some(expected), true) = (&plan.seats, unblocked) {
            prop_assert_eq!(seats(&live), expected.after as usize);
        }
    }

    #[test]
    fn a_plan_reads_back_equal_with_an_equal_hash(world in random::world()) {
        let plan = world.plan();
        let back: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
        prop_assert_eq!(back.compute_hash(), plan.hash.clone());
        prop_assert_eq!(back, plan);
    }

    #[test]
    fn the_order_in_which_things_are_declared_and_read_does_not_matter(world in random::world(), seed in any::<u64>()) {
        let mut shuffled = World::empty(declare([]));
        let mut declared: Vec<_> = world.desired.iter().cloned().collect();
        let mut live: Vec<_> = world.live.iter().cloned().collect();
        // A cheap shuffle: sorted by a hash of place and seed.
        let scramble = |n: usize| (n as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
        let mut places: Vec<usize> = (0..declared.len()).collect();
        places.sort_by_key(|n| scramble(*n));
        declared = places.into_iter().map(|n| declared[n].clone()).collect();
        let mut places: Vec<usize> = (0..live.len()).collect();
        places.sort_by_key(|n| scramble(*n));
        live = places.into_iter().map(|n| live[n].clone()).collect();
        shuffled.desired.resources.clear();
        for kind in world.desired.resources.keys() {
            shuffled.desired.resources.entry(kind.clone()).or_default();
        }
        for resource in declared {
            shuffled.desired.put(resource);
        }
        for resource in live {
            shuffled.live.insert(resource);
        }
        shuffled.desired.policy = world.desired.policy.clone();
        shuffled.desired.seats = world.desired.seats;
        shuffled.ledger = world.ledger.clone();
        prop_assert_eq!(
            serde_json::to_string(&shuffled.plan()).unwrap(),
            serde_json::to_string(&world.plan()).unwrap()
        );
    }

    #[test]
    fn one_flipped_field_is_exactly_that_change(mut world in random::world(), at in any::<prop::sample::Index>()) {
        // Settle it first, as if everything had been done.
        let mut desired = world.desired.clone();
        for list in desired.resources.values_mut() {
            list.retain(|_, resource| resource.state == State::Present);
        }
        desired.policy.unmanaged.clear();
        for name in ["Care", "Sales", "VIP"] {
            desired.put(team(name));
        }
        world = World::settled(desired);
        prop_assert!(world.plan().is_empty(), "{}", shown(&world.plan()));
        let fields: Vec<_> = world.desired.iter()
            .flat_map(|resource| resource.fields.keys().map(|field| (resource.id.clone(), field.clone())))
            .filter(|(_, field)| ["name", "badge", "greeting"].contains(&field.as_str()))
            .collect();
        if fields.is_empty() {
            return Ok(());
        }
        let (id, field) = at.get(&fields);
        let list = world.desired.resources.get_mut(&id.kind).unwrap();
        let before = list.get_mut(&id.key).unwrap().fields.insert(field.clone(), "flipped".into());
        let plan = world.plan();
        prop_assert_eq!(plan.steps.len(), 1, "{}", shown(&plan));
        let step = &plan.steps[0];
        prop_assert_eq!(step.action, Action::Update);
        prop_assert_eq!(&step.resource(), id);
        prop_assert_eq!(step.fields.len(), 1);
        prop_assert_eq!(&step.fields[0].path, field);
        prop_assert_eq!(&step.fields[0].before, &before);
        prop_assert_eq!(&step.fields[0].after, &Some(Value::text("flipped")));
    }
}

/// Every kind of field, flipped once: the whole table of what follows.
#[test]
fn each_kind_of_field_has_its_own_step_when_it_is_flipped() {
    let ada = || {
        person("ada")
            .with("code", "1")
            .with("name", "Ada")
            .with("active", true)
            .with("greeting", "hi")
            .with("badge", "b")
            .with("phone", "+1")
            .with("desk", "7")
            .in_teams(&["Sales"])
            .replaceable()
    };
    let settled = World::settled(declare([
        ada(),
        team("Sales"),
        team("VIP"),
        line("+1"),
        line("+2"),
    ]));
    let cases = [
        (
            ada().with("name", "Eve"),
            "1 update person ada name=Ada>Eve",
        ),
        (
            ada().with("active", false),
            "1 update person ada active=on>off",
        ),
        (
            ada().with("greeting", "x"),
            "1 update person ada greeting=hi>x",
        ),
        (ada().with("badge", "x"), "1 update person ada badge=b>x"),
        (ada().with("phone", "+2"), "1 update person ada phone=+1>+2"),
        (
            ada().with("desk", "8"),
            "1 by hand update person ada desk=7>8",
        ),
        (ada().in_teams(&["Sales", "VIP"]), "1 join person ada > VIP"),
        (ada().in_teams(&[]), "1 leave person ada > Sales"),
    ];
    for (declared, step) in cases {
        let mut world = settled.clone();
        world.desired.put(declared);
        let plan = world.plan();
        let steps: Vec<&str> = shown(&plan)
            .leak()
            .lines()
            .filter(|l| !l.starts_with("warning"))
            .collect();
        assert_eq!(steps, [step]);
    }
    let mut world = settled.clone();
    world.desired.put(
        line("+1")
            .with("route", route("team", "VIP"))
            .with("name", "Main"),
    );
    assert_eq!(
        shown(&world.plan()).lines().next(),
        Some("1 update line +1 name=->Main route=->team: VIP")
    );
}
