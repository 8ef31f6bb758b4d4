//! What the API cannot do: manual steps, and what waits for them.

use super::{expect, expect_convergence};
use crate::plan::{Task, Verification};
use crate::testing::toy::{World, declare, line, person, route, team};

#[test]
fn a_team_to_be_made_by_hand_blocks_the_joining_and_not_the_person() {
    let mut world = World::settled(declare([]));
    world.desired.put(team("Sales"));
    world.desired.put(person("ada").in_teams(&["Sales"]));
    expect(
        &world,
        "1 by hand create team Sales
         2 create person ada
         3 join person ada > Sales after 1,2 waits 1",
    );
    let plan = world.plan();
    assert_eq!(
        (
            plan.summary.create,
            plan.summary.manual,
            plan.summary.blocked
        ),
        (1, 1, 1)
    );
    let manual = plan.steps[0].manual.clone().unwrap();
    assert_eq!(manual.number, 1);
    assert_eq!(manual.task, Task::Create);
    assert_eq!(manual.verified_by, Verification::Read);
    world.apply(&plan);
    expect(
        &world,
        "1 by hand create team Sales
         2 join person ada > Sales after 1 waits 1",
    );
    world.do_by_hand(&plan);
    expect(&world, "1 join person ada > Sales");
    expect_convergence(&mut world);
}

#[test]
fn what_is_referred_to_and_nowhere_is_a_manual_step_of_its_own() {
    let mut world = World::settled(declare([]));
    world.desired.put(person("ada").in_teams(&["Sales"]));
    expect(
        &world,
        "1 by hand create team Sales
         2 create person ada
         3 join person ada > Sales after 1,2 waits 1",
    );
}

#[test]
fn a_reference_to_nobody_is_refused_where_the_api_creates() {
    let mut world = World::settled(declare([line("+1"), person("bob")]));
    world
        .desired
        .put(line("+1").with("route", route("person", "nobody")));
    let plan = world.plan();
    assert!(
        plan.refusals.iter().any(|r| r.code == "unknown-reference"),
        "{:?}",
        plan.refusals
    );
}

#[test]
fn a_number_that_must_be_bought_blocks_its_name_and_the_phones_that_use_it_only() {
    let mut world = World::settled(declare([]));
    world.desired.put(
        line("+1")
            .with("name", "Main")
            .with("route", route("person", "ada")),
    );
    world
        .desired
        .put(person("ada").with("phone", "+1").with("name", "Ada"));
    expect(
        &world,
        "1 by hand create line +1
         2 create person ada name=Ada
         3 update person ada phone=->+1 after 1,2 waits 1
         4 update line +1 name=->Main route=->person: ada after 1,2 waits 1",
    );
    let plan = world.plan();
    world.apply(&plan);
    world.do_by_hand(&plan);
    expect_convergence(&mut world);
}

#[test]
fn a_field_that_only_a_person_can_set_is_remembered_once_it_is_confirmed() {
    let mut world = World::settled(declare([person("ada")]));
    world
        .desired
        .put(person("ada").with("desk", "7").with("name", "Ada"));
    expect(
        &world,
        "1 update person ada name=->Ada
         2 by hand update person ada desk=->7",
    );
    let plan = world.plan();
    assert_eq!(
        plan.steps[1].manual.clone().unwrap().verified_by,
        Verification::Confirm
    );
    world.apply(&plan);
    expect(&world, "1 by hand update person ada desk=->7");
    world.do_by_hand(&plan);
    expect(&world, "warning unverifiable");
}

#[test]
fn what_a_new_object_gets_by_itself_needs_no_doing() {
    let mut world = World::settled(declare([]));
    world.desired.put(person("ada").with("role", "agent"));
    expect(&world, "1 create person ada");
    expect_convergence(&mut world);
    world.desired.put(person("ada").with("role", "lead"));
    expect(
        &world,
        "1 by hand update person ada role=agent>lead
         warning unverifiable",
    );
}

#[test]
fn steps_for_people_are_numbered_from_one_in_order() {
    let mut world = World::settled(declare([]));
    for key in ["A", "B", "C"] {
        world.desired.put(team(key));
    }
    let numbers: Vec<u32> = world
        .plan()
        .steps
        .iter()
        .filter_map(|step| step.manual.as_ref())
        .map(|manual| manual.number)
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
}
