//! Which object a declaration is about.

use super::{expect, expect_convergence};
use crate::model::ResourceId;
use crate::plan::Reason;
use crate::testing::toy::{World, declare, line, person, route, team, tombstone};

#[test]
fn a_rename_is_an_update_and_keeps_what_is_remembered() {
    let mut world = World::settled(declare([
        person("ada").with("greeting", "hi").in_teams(&["Sales"]),
        team("Sales"),
    ]));
    world.desired.resources.get_mut("person").unwrap().clear();
    world.desired.put(
        person("ann")
            .with("greeting", "hi")
            .in_teams(&["Sales"])
            .formerly("ada"),
    );
    expect(&world, "1 update person ann email=ada>ann");
    expect_convergence(&mut world);
    world
        .desired
        .put(person("ann").with("greeting", "hi").in_teams(&["Sales"]));
    expect(&world, "warning unverifiable");
}

#[test]
fn what_leads_to_a_renamed_person_need_not_be_written_again() {
    let ada = |key: &str| person(key).with("code", "1");
    let lines = |key: &str| line("+1").with("route", route("person", key));
    let mut world = World::settled(declare([ada("ada"), lines("ada")]));
    world.desired.resources.get_mut("person").unwrap().clear();
    world.desired.put(ada("ann").formerly("ada"));
    world.desired.put(lines("ann"));
    expect(
        &world,
        "1 update person ann email=ada>ann
         warning unverifiable",
    );
    expect_convergence(&mut world);
    world.desired.put(ada("ann"));
    expect(&world, "warning unverifiable");
}

#[test]
fn members_of_a_team_that_is_renamed_by_hand_stay_members() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.desired.resources.get_mut("team").unwrap().clear();
    world.desired.put(team("Sales EU").formerly("Sales"));
    world.desired.put(person("ada").in_teams(&["Sales EU"]));
    world.desired.put(person("bob").in_teams(&["Sales EU"]));
    expect(
        &world,
        "1 by hand update team Sales EU name=Sales>Sales EU
         2 create person bob
         3 join person bob > Sales EU after 1,2 waits 1",
    );
    let plan = world.plan();
    world.apply(&plan);
    world.do_by_hand(&plan);
    expect(&world, "1 join person bob > Sales EU");
    expect_convergence(&mut world);
    world.desired.put(team("Sales EU"));
    expect(&world, "warning unverifiable");
}

#[test]
fn somebody_who_moved_to_another_key_is_found_by_the_id_and_moved_back() {
    let mut world = World::settled(declare([person("ada").with("name", "Ada")]));
    let mut ada = world.vanishes("person", "ada");
    ada.id = ResourceId::new("person", "eve");
    world.live.insert(ada);
    expect(&world, "1 update person ada email=eve>ada");
    assert_eq!(
        world.plan().steps[0].reason,
        Some(Reason::Moved { from: "eve".into() })
    );
    expect_convergence(&mut world);
}

#[test]
fn a_former_name_never_takes_an_object_from_the_entry_that_names_it() {
    let mut world = World::settled(declare([person("ada"), person("bob")]));
    world.desired.put(person("cid").formerly("bob"));
    let plan = world.plan();
    assert_eq!(plan.refusals[0].code, "contested-identity");
}

#[test]
fn a_tombstone_under_the_present_key_deletes_what_the_ledger_knows_by_id() {
    let mut world = World::settled(declare([person("ada"), person("bob")]));
    let mut ada = world.vanishes("person", "ada");
    ada.id = ResourceId::new("person", "eve");
    world.live.insert(ada);
    world.desired.put(tombstone("ada"));
    expect(&world, "1 delete person eve");
    expect_convergence(&mut world);
}

#[test]
fn nothing_that_is_remembered_is_about_a_stranger_with_a_known_key() {
    let ada = person("ada").with("greeting", "hi").in_teams(&["Sales"]);
    let mut world = World::settled(declare([ada, team("Sales"), team("Care")]));
    world.vanishes("person", "ada");
    world.object("team", "Sales").member_count = Some(0);
    world.appears("person", "ada", &[]);
    expect(
        &world,
        "1 update person ada greeting=->hi
         2 join person ada > Sales
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_stranger_joins_even_when_no_field_is_written() {
    let mut world = World::settled(declare([
        person("ada").in_teams(&["Care", "Sales"]),
        team("Sales"),
        team("Care"),
    ]));
    world.vanishes("person", "ada");
    world.appears("person", "ada", &[]);
    for key in ["Sales", "Care"] {
        world.object("team", key).member_count = Some(0);
    }
    world.desired.put(person("ada").in_teams(&["Sales"]));
    expect(
        &world,
        "1 join person ada > Sales
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn membership_in_a_team_that_was_made_anew_under_the_same_name_is_written_again() {
    let mut world = World::settled(declare([person("ada").in_teams(&["Sales"]), team("Sales")]));
    world.vanishes("team", "Sales");
    world.appears("team", "Sales", &[]);
    expect(
        &world,
        "1 join person ada > Sales
         warning unverifiable",
    );
    expect_convergence(&mut world);
}
