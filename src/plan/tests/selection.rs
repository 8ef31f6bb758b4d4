//! Cutting a plan down with what it depends on.

use super::expect;
use crate::testing::toy::{World, declare, person, team, tombstone};

fn world() -> World {
    let mut world = World::settled(declare([]));
    world.desired.put(team("Sales"));
    world.desired.put(person("ada").in_teams(&["Sales"]));
    world.desired.put(person("bob"));
    world
}

#[test]
fn only_keeps_what_the_kept_steps_depend_on() {
    let mut world = world();
    world.selection.only = vec!["ada".into()];
    expect(
        &world,
        "1 by hand create team Sales
         2 create person ada
         3 join person ada > Sales after 1,2 waits 1",
    );
}

#[test]
fn except_takes_away_what_depends_on_it_too() {
    let mut world = world();
    world.selection.except = vec!["team:Sales".into()];
    expect(
        &world,
        "1 create person ada
         2 create person bob",
    );
    world.selection.except = vec!["ada".into()];
    expect(
        &world,
        "1 by hand create team Sales
         2 create person bob",
    );
}

#[test]
fn except_wins_over_only() {
    let mut world = world();
    world.selection.only = vec!["person:".into()];
    world.selection.except = vec!["ada".into(), "Sales".into()];
    expect(&world, "1 create person bob");
}

#[test]
fn a_freed_value_is_a_dependency() {
    let mut world = World::settled(declare([person("zoe").with("code", "1"), person("yan")]));
    world.desired.put(tombstone("zoe"));
    world.desired.put(tombstone("yan"));
    world.desired.put(person("ada").with("code", "1"));
    world.selection.only = vec!["ada".into()];
    expect(
        &world,
        "1 delete person zoe
         2 create person ada code=1 after 1",
    );
    world.selection.only.clear();
    world.selection.except = vec!["zoe".into()];
    expect(&world, "1 delete person yan");
}

#[test]
fn the_selection_is_in_the_plan_and_in_its_hash() {
    let mut world = world();
    let whole = world.plan();
    world.selection.only = vec!["*".into()];
    let cut = world.plan();
    assert_eq!(whole.steps, cut.steps);
    assert_ne!(whole.hash, cut.hash);
}
