//! Guards at the limit, one below and one above.

use super::expect_convergence;
use crate::ledger::Entry;
use crate::model::{ResourceId, Unmanaged};
use crate::testing::toy::{World, declare, person, shown, team, tombstone};

fn population(count: usize) -> World {
    World::settled(declare((0..count).map(|n| person(&format!("p{n:03}")))))
}

fn delete(world: &mut World, count: usize) {
    for n in 0..count {
        world.desired.put(tombstone(&format!("p{n:03}")));
    }
}

fn refused(world: &World) -> Vec<String> {
    world.plan().refusals.into_iter().map(|r| r.code).collect()
}

#[test]
fn as_many_deletions_as_the_limit_pass_and_one_more_is_refused() {
    for (count, expected) in [(4, vec![]), (5, vec![]), (6, vec!["too-many-deletions"])] {
        let mut world = population(100);
        delete(&mut world, count);
        assert_eq!(refused(&world), expected, "{count}");
    }
}

#[test]
fn as_large_a_share_as_the_limit_passes_and_one_more_is_refused() {
    // 20 % of 15 are 3.
    for (count, expected) in [
        (2, vec![]),
        (3, vec![]),
        (4, vec!["too-large-a-share-deleted"]),
    ] {
        let mut world = population(15);
        delete(&mut world, count);
        assert_eq!(refused(&world), expected, "{count}");
    }
}

#[test]
fn the_share_does_not_count_in_a_small_account() {
    for (population_, expected) in [(9, vec![]), (10, vec!["too-large-a-share-deleted"])] {
        let mut world = population(population_);
        delete(&mut world, 5);
        assert_eq!(refused(&world), expected, "{population_}");
    }
}

#[test]
fn an_allowance_is_for_a_number_and_not_for_all() {
    let mut world = population(12);
    delete(&mut world, 7);
    assert_eq!(
        refused(&world),
        ["too-large-a-share-deleted", "too-many-deletions"]
    );
    for (allowed, expected) in [(6, vec!["too-many-deletions"]), (7, vec![]), (8, vec![])] {
        world.allowances.insert("deletions".into(), allowed);
        assert_eq!(refused(&world), expected, "{allowed}");
        assert_eq!(world.plan().allowances["deletions"], allowed);
    }
}

#[test]
fn the_message_names_several_by_their_plural() {
    let mut world = population(10);
    delete(&mut world, 3);
    assert!(world.plan().refusals[0].message.contains("3 of 10 people"));
}

#[test]
fn deletions_by_hand_and_of_the_unmanaged_count_too() {
    let mut world = World::settled(declare([]));
    for n in 0..6 {
        world.appears("team", &format!("t{n}"), &[]);
    }
    world.desired.unmanaged("team", Unmanaged::Delete);
    assert_eq!(refused(&world), [""; 0], "a kind without a key is spared");
    world.desired.resources.entry("team".into()).or_default();
    assert_eq!(refused(&world), ["too-many-deletions"]);
}

fn admins(count: usize) -> World {
    let people = ["ada", "bob", "cid"].into_iter().take(count);
    World::settled(declare(people.map(|key| person(key).with("role", "admin"))))
}

#[test]
fn the_last_administrator_cannot_go_by_deletion_demotion_or_date() {
    for (count, expected) in [(1, vec!["too-few-admins"]), (2, vec![])] {
        let mut world = admins(count);
        world.desired.put(tombstone("ada"));
        assert_eq!(refused(&world), expected, "deleted, {count}");
        world.desired.put(person("ada").with("role", "agent"));
        assert_eq!(refused(&world), expected, "demoted, {count}");
        world.desired.put(
            person("ada")
                .with("role", "admin")
                .until(jiff::civil::date(2026, 1, 1)),
        );
        assert_eq!(refused(&world), expected, "left, {count}");
    }
}

#[test]
fn the_fewest_administrators_are_the_policys_or_the_allowances() {
    let mut world = admins(3);
    world.desired.policy.guards.min_admins = 3;
    world.desired.put(tombstone("ada"));
    assert_eq!(refused(&world), ["too-few-admins"]);
    world.allowances.insert("admins".into(), 2);
    assert_eq!(refused(&world), Vec::<String>::new());
}

#[test]
fn administrators_that_a_cut_plan_leaves_alone_are_not_counted_as_going() {
    let mut world = admins(1);
    world.desired.put(tombstone("ada"));
    world.desired.put(person("bob"));
    world.selection.only = vec!["bob".into()];
    assert_eq!(refused(&world), Vec::<String>::new());
}

#[test]
fn who_is_protected_cannot_go_until_a_tombstone_releases() {
    let mut world = World::settled(declare([person("ada").protected(true)]));
    expect_convergence(&mut world);
    world.take(Entry::Protection {
        id: ResourceId::new("person", "ada"),
        protected: true,
    });
    let passed = jiff::civil::date(2026, 1, 1);
    for (entry, expected) in [
        (tombstone("ada"), vec!["protected"]),
        (tombstone("ada").protected(true), vec!["protected"]),
        (person("ada").until(passed), vec!["protected"]),
        (
            person("ada").until(passed).protected(false),
            vec!["protected"],
        ),
        (tombstone("ada").protected(false), vec![]),
    ] {
        world.desired.put(entry.clone());
        assert_eq!(refused(&world), expected, "{entry:?}");
    }
}

#[test]
fn protection_outlives_the_entry_and_holds_against_the_policy() {
    let mut world = World::settled(declare([person("ada"), person("bob")]));
    world.take(Entry::Protection {
        id: ResourceId::new("person", "ada"),
        protected: true,
    });
    world
        .desired
        .resources
        .get_mut("person")
        .unwrap()
        .remove("ada");
    let plan = world.plan();
    assert!(
        plan.warnings
            .iter()
            .any(|w| w.code == "protected-not-declared")
    );
    world.desired.unmanaged("person", Unmanaged::Delete);
    assert_eq!(refused(&world), ["protected"]);
}

#[test]
fn protection_goes_with_a_rename_and_holds_under_a_key_that_somebody_else_gave() {
    let mut world = World::settled(declare([person("ada")]));
    world.take(Entry::Protection {
        id: ResourceId::new("person", "ada"),
        protected: true,
    });
    let mut ada = world.vanishes("person", "ada");
    ada.id = ResourceId::new("person", "eve");
    world.live.insert(ada);
    world.desired.put(tombstone("ada"));
    assert_eq!(
        shown(&world.plan()),
        "1 delete person eve\nrefused protected\n"
    );
}

#[test]
fn an_apply_protects_and_does_not_release_who_stays() {
    let mut world = World::settled(declare([person("ada").protected(true)]));
    let id = ResourceId::new("person", "ada");
    let plan = world.plan();
    world.apply(&plan);
    assert!(world.ledger.protected.contains(&id));
    world.desired.put(person("ada").protected(false));
    world.apply(&plan);
    assert!(world.ledger.protected.contains(&id));
}

#[test]
fn a_protected_person_is_not_replaced_either() {
    let mut world = World::settled(declare([person("ada").with("code", "1").protected(true)]));
    world.desired.put(
        person("ada")
            .with("code", "2")
            .protected(true)
            .replaceable(),
    );
    assert_eq!(refused(&world), ["protected"]);
}

#[test]
fn an_account_that_lost_more_than_half_since_it_was_read_is_not_believed() {
    for (before, now, expected) in [
        (20, 10, vec![]),
        (20, 9, vec!["account-shrank"]),
        (9, 0, vec![]),
    ] {
        let mut world = population(now);
        world.desired.put(team("Sales"));
        world.live.mark_read("person".into());
        world.take(Entry::Population {
            kind: "person".into(),
            count: before,
        });
        assert_eq!(refused(&world), expected, "{before} {now}");
        world.allowances.insert("shrink".into(), now as u64);
        assert_eq!(refused(&world), Vec::<String>::new(), "{before} {now}");
    }
}

#[test]
fn a_plan_that_costs_more_requests_than_asked_for_is_refused() {
    let mut world = population(3);
    world.desired.put(person("new"));
    let total = world.plan().requests.total();
    for (most, expected) in [
        (total - 1, vec!["too-many-requests"]),
        (total, vec![]),
        (total + 1, vec![]),
    ] {
        world.max_requests = Some(most);
        assert_eq!(refused(&world), expected, "{most}");
    }
}
