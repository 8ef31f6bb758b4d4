//! Create, update, replace, delete; what is compared with what.

use super::{expect, expect_convergence};
use crate::ledger::{Confidence, Entry};
use crate::model::{ResourceId, Unmanaged};
use crate::plan::{Basis, Reason};
use crate::testing::toy::{World, declare, line, person, team, tombstone};

#[test]
fn what_is_as_declared_needs_no_step() {
    let world = World::settled(declare([
        person("ada").with("name", "Ada").in_teams(&["Sales"]),
        team("Sales"),
    ]));
    expect(&world, "warning unverifiable");
}

#[test]
fn a_new_person_joins_teams_at_once_before_the_next_person_is_created() {
    let mut world = World::settled(declare([team("Sales"), team("Care")]));
    for key in ["ada", "bob"] {
        world
            .desired
            .put(person(key).with("badge", "b").in_teams(&["Sales", "Care"]));
    }
    expect(
        &world,
        "1 create person ada
         2 update person ada badge=->b after 1
         3 join person ada > Care after 1
         4 join person ada > Sales after 1
         5 create person bob
         6 update person bob badge=->b after 5
         7 join person bob > Care after 5
         8 join person bob > Sales after 5",
    );
    expect_convergence_after_memory(&mut world);
}

/// Memberships that cannot be read leave a warning behind, and nothing else.
#[track_caller]
fn expect_convergence_after_memory(world: &mut World) {
    expect_convergence(world);
    expect(world, "warning unverifiable");
}

#[test]
fn a_field_that_differs_is_updated_and_others_are_left_alone() {
    let mut world = World::settled(declare([person("ada").with("name", "Ada")]));
    world
        .object("person", "ada")
        .fields
        .insert("name".into(), "Eve".into());
    world
        .object("person", "ada")
        .fields
        .insert("badge".into(), "kept".into());
    expect(&world, "1 update person ada name=Eve>Ada");
    expect_convergence(&mut world);
    assert_eq!(
        world.object("person", "ada").fields[&"badge".into()].as_text(),
        Some("kept")
    );
}

#[test]
fn a_field_that_is_not_declared_is_not_managed() {
    let mut world = World::settled(declare([person("ada")]));
    world
        .object("person", "ada")
        .fields
        .insert("name".into(), "Eve".into());
    expect(&world, "");
}

#[test]
fn a_changed_create_only_field_is_a_replacement_and_is_refused() {
    let mut world = World::settled(declare([person("ada").with("code", "1")]));
    world.desired.put(person("ada").with("code", "2"));
    expect(
        &world,
        "1 replace person ada code=1>2
         refused replacement",
    );
    world.allowances.insert("replacements".into(), 1);
    expect(&world, "1 replace person ada code=1>2");
    world.allowances.clear();
    world
        .desired
        .put(person("ada").with("code", "2").replaceable());
    expect(&world, "1 replace person ada code=1>2");
    assert_eq!(world.plan().steps[0].requests, 2);
}

#[test]
fn a_replacement_is_followed_by_all_that_the_new_object_lacks() {
    let ada = |code: &str| {
        person("ada")
            .with("code", code)
            .with("greeting", "hi")
            .with("badge", "b")
            .with("desk", "7")
            .in_teams(&["Sales"])
            .replaceable()
    };
    let mut world = World::settled(declare([ada("1"), team("Sales")]));
    world.desired.put(ada("2"));
    expect(
        &world,
        "1 replace person ada code=1>2 greeting=->hi
         2 update person ada badge=->b after 1
         3 join person ada > Sales after 1
         4 by hand update person ada desk=->7 after 1
         warning unverifiable",
    );
    let plan = world.plan();
    world.apply(&plan);
    expect(
        &world,
        "1 by hand update person ada desk=->7
         warning unverifiable",
    );
    world.do_by_hand(&world.plan());
    assert!(world.plan().is_empty());
}

#[test]
fn memberships_that_nobody_declares_are_not_lost_by_a_replacement() {
    let mut world = World::settled(declare([
        person("ada").with("code", "1").in_teams(&["Sales"]),
        team("Sales"),
    ]));
    world
        .desired
        .put(person("ada").with("code", "2").replaceable());
    expect(
        &world,
        "1 replace person ada code=1>2
         2 join person ada > Sales after 1",
    );
}

#[test]
fn a_person_who_is_renamed_and_replaced_leaves_nothing_behind() {
    let mut world = World::settled(declare([person("ada").with("code", "1")]));
    world.desired.resources.clear();
    world.desired.put(
        person("ann")
            .with("code", "2")
            .formerly("ada")
            .replaceable(),
    );
    expect(&world, "1 replace person ann email=ada>ann code=1>2");
    expect_convergence(&mut world);
    assert!(world.live.get(&ResourceId::new("person", "ada")).is_none());
    assert!(
        !world
            .ledger
            .identities
            .contains_key(&ResourceId::new("person", "ada"))
    );
}

#[test]
fn a_secret_is_set_once_and_never_compared() {
    let mut world = World::settled(declare([]));
    world.desired.put(person("ada").with_password());
    let plan = world.plan();
    assert_eq!(plan.steps[0].secrets.len(), 1);
    expect_convergence(&mut world);
}

#[test]
fn nothing_is_deleted_because_a_line_is_missing() {
    let mut world = World::settled(declare([person("ada"), person("bob")]));
    world.desired.resources.clear();
    world.desired.put(person("ada"));
    expect(&world, "warning unmanaged");
    assert_eq!(world.plan().summary.unmanaged, 1);
    world.desired.unmanaged("person", Unmanaged::Ignore);
    expect(&world, "");
    assert_eq!(world.plan().summary.unmanaged, 0);
    world.desired.unmanaged("person", Unmanaged::Delete);
    expect(&world, "1 delete person bob");
    assert_eq!(world.plan().steps[0].reason, Some(Reason::Unmanaged));
    expect_convergence(&mut world);
}

#[test]
fn a_kind_that_nobody_declares_is_not_even_counted() {
    let mut world = World::settled(declare([person("ada")]));
    world.desired.resources.clear();
    world.desired.put(team("Sales"));
    world.appears("team", "Sales", &[]);
    expect(&world, "");
    // The file that declared them got lost: not even this policy takes that for "nobody is left".
    for policy in [Unmanaged::Delete, Unmanaged::Warn] {
        world.desired.unmanaged("person", policy);
        expect(&world, "warning unmanaged");
    }
}

#[test]
fn a_tombstone_deletes_and_is_nothing_once_it_has() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.desired.put(tombstone("ada"));
    expect(&world, "1 delete person ada");
    let plan = world.plan();
    assert_eq!(
        plan.steps[0].reason,
        Some(Reason::Leaver {
            reason: "left".into()
        })
    );
    assert_eq!(plan.steps[0].remote, Some("person-ada".into()));
    expect_convergence(&mut world);
    assert_eq!(world.object("team", "Sales").member_count, Some(0));
    assert!(world.ledger.members.is_empty());
}

#[test]
fn a_tombstone_for_what_nobody_can_delete_is_refused() {
    let mut desired = declare([]);
    desired.buy(3);
    let mut world = World::settled(desired);
    let site = world.desired.resources["site"]
        .values()
        .next()
        .unwrap()
        .clone();
    world.desired.put(crate::model::DeclaredResource {
        state: crate::model::State::Absent {
            reason: "closed".into(),
        },
        ..site
    });
    expect(&world, "refused not-deletable");
}

#[test]
fn a_write_only_field_is_compared_with_the_ledger() {
    let mut world = World::settled(declare([person("ada").with("greeting", "hi")]));
    expect(&world, "warning unverifiable");
    world.desired.put(person("ada").with("greeting", "hello"));
    let plan = world.plan();
    assert_eq!(plan.steps[0].fields[0].before, Some("hi".into()));
    assert_eq!(plan.steps[0].fields[0].basis, Basis::Ledger);
    expect_convergence(&mut world);
}

#[test]
fn a_write_only_field_that_the_ledger_does_not_know_is_written_once() {
    let mut world = World::settled(declare([person("ada")]));
    world.desired.put(person("ada").with("greeting", "hi"));
    assert_eq!(world.plan().steps[0].fields[0].basis, Basis::Unknown);
    expect_convergence(&mut world);
}

#[test]
fn a_write_only_field_that_something_speaks_against_is_written_again() {
    let mut world = World::settled(declare([person("ada").with("greeting", "hi")]));
    world.take(Entry::Field {
        id: ResourceId::new("person", "ada"),
        field: "greeting".into(),
        value: "hi".into(),
        confidence: Confidence::Unknown,
    });
    expect(
        &world,
        "1 update person ada greeting=hi>hi
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn memberships_are_compared_with_the_ledger_and_only_the_difference_is_sent() {
    let mut world = World::settled(declare([
        person("ada").in_teams(&["Care", "Sales"]),
        team("Sales"),
        team("Care"),
        team("VIP"),
    ]));
    world.desired.put(person("ada").in_teams(&["Sales", "VIP"]));
    expect(
        &world,
        "1 join person ada > VIP
         2 leave person ada > Care
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn an_empty_list_means_none_and_an_absent_one_means_hands_off() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.desired.put(person("ada"));
    expect(&world, "");
    world.desired.put(person("ada").in_teams(&[]));
    expect(&world, "1 leave person ada > Sales");
}

#[test]
fn too_few_members_make_known_memberships_be_asserted_again() {
    let mut world = World::settled(declare([
        person("ada").in_teams(&["Sales"]),
        person("bob").in_teams(&["Sales"]),
        team("Sales"),
    ]));
    world.object("team", "Sales").member_count = Some(1);
    expect(
        &world,
        "1 join person ada > Sales
         2 join person bob > Sales
         warning member-count-mismatch
         warning unverifiable",
    );
    assert_eq!(
        world.plan().steps[0].reason,
        Some(Reason::CountMismatch {
            counted: 1,
            expected: 2
        })
    );
    expect_convergence(&mut world);
}

#[test]
fn more_members_than_known_are_no_reason_for_doubt() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.object("team", "Sales").member_count = Some(9);
    expect(&world, "warning unverifiable");
}

#[test]
fn a_person_deleted_behind_our_back_explains_a_lower_count() {
    let mut world = World::settled(declare([
        person("ada").in_teams(&["Sales"]),
        person("bob").in_teams(&["Sales"]),
        team("Sales"),
    ]));
    world.vanishes("person", "bob");
    world.object("team", "Sales").member_count = Some(1);
    world.desired.put(tombstone("bob"));
    expect(&world, "warning unverifiable");
}

#[test]
fn who_was_deleted_behind_our_back_is_created_with_what_is_declared_now() {
    let mut world = World::settled(declare([
        person("ada")
            .in_teams(&["Care", "Sales"])
            .with("greeting", "hi"),
        team("Sales"),
        team("Care"),
    ]));
    world.vanishes("person", "ada");
    world.object("team", "Sales").member_count = Some(0);
    world.object("team", "Care").member_count = Some(0);
    world
        .desired
        .put(person("ada").in_teams(&["Sales"]).with("greeting", "hi"));
    expect(
        &world,
        "1 create person ada greeting=hi
         2 join person ada > Sales after 1
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_membership_goes_with_its_team() {
    let mut world = World::settled(declare([
        person("ada")
            .with("name", "Ada")
            .in_teams(&["Care", "Sales"]),
        team("Sales"),
        team("Care"),
    ]));
    world.vanishes("team", "Care");
    world
        .desired
        .resources
        .get_mut("team")
        .unwrap()
        .remove("Care");
    world
        .desired
        .put(person("ada").with("name", "Eve").in_teams(&["Sales"]));
    expect(
        &world,
        "1 update person ada name=Ada>Eve
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_team_that_was_deleted_is_made_and_joined_again() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.vanishes("team", "Sales");
    expect(
        &world,
        "1 by hand create team Sales
         2 join person ada > Sales after 1 waits 1
         warning unverifiable",
    );
    world.do_by_hand(&world.plan());
    expect(
        &world,
        "1 join person ada > Sales
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_reference_that_can_be_read_is_compared_by_key() {
    let mut world = World::settled(declare([
        person("ada").with("phone", "+1"),
        line("+1"),
        line("+2"),
    ]));
    world
        .object("person", "ada")
        .fields
        .insert("phone".into(), "+2".into());
    expect(&world, "1 update person ada phone=+2>+1");
}
