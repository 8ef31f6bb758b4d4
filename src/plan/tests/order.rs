//! Order: references, freed values, successors, pools.

use super::{expect, expect_convergence};
use crate::testing::toy::{World, declare, from_pool, line, person, route, team, tombstone};

#[test]
fn a_unique_value_is_given_out_after_its_holder_is_gone() {
    let mut world = World::settled(declare([person("zoe").with("code", "1")]));
    world.desired.put(tombstone("zoe"));
    world.desired.put(person("ada").with("code", "1"));
    expect(
        &world,
        "1 delete person zoe
         2 create person ada code=1 after 1",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_unique_value_of_somebody_who_stays_is_refused() {
    let mut world = World::settled(declare([person("zoe")]));
    world
        .object("person", "zoe")
        .fields
        .insert("code".into(), "1".into());
    world.desired.put(person("ada").with("code", "1"));
    expect(
        &world,
        "1 create person ada code=1
         refused value-taken",
    );
}

#[test]
fn a_unique_value_is_freed_by_a_replacement_also_of_a_renamed_person() {
    let mut world = World::settled(declare([person("zoe").with("code", "1")]));
    world.desired.resources.clear();
    world.desired.put(
        person("zed")
            .with("code", "2")
            .formerly("zoe")
            .replaceable(),
    );
    world.desired.put(person("ada").with("code", "1"));
    expect(
        &world,
        "1 replace person zed email=zoe>zed code=1>2
         2 create person ada code=1 after 1",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_swap_is_refused_as_circular() {
    let mut world = World::settled(declare([
        person("ada").with("code", "1"),
        person("bob").with("code", "2"),
    ]));
    world
        .desired
        .put(person("ada").with("code", "2").replaceable());
    world
        .desired
        .put(person("bob").with("code", "1").replaceable());
    let codes: Vec<String> = world.plan().refusals.into_iter().map(|r| r.code).collect();
    assert!(codes.contains(&"circular".to_owned()), "{codes:?}");
}

#[test]
fn pools_give_the_lowest_free_value_in_the_order_of_keys() {
    let mut world = World::settled(declare([person("zoe").with("code", "11")]));
    world.desired.pool("sales", 10, 14);
    world.desired.put(person("yan").with("code", "13"));
    for key in ["cid", "bob"] {
        world
            .desired
            .put(person(key).with("code", from_pool("sales")));
    }
    expect(
        &world,
        "1 create person bob code=10
         2 create person cid code=12
         3 create person yan code=13",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_value_that_this_plan_frees_is_not_given_out_by_a_pool() {
    let mut world = World::settled(declare([person("zoe").with("code", "10")]));
    world.desired.pool("sales", 10, 11);
    world.desired.put(tombstone("zoe"));
    world
        .desired
        .put(person("ada").with("code", from_pool("sales")));
    expect(
        &world,
        "1 create person ada code=11
         2 delete person zoe",
    );
}

#[test]
fn an_exhausted_pool_is_refused_by_name() {
    let mut world = World::settled(declare([]));
    world.desired.pool("sales", 10, 10);
    for key in ["ada", "bob"] {
        world
            .desired
            .put(person(key).with("code", from_pool("sales")));
    }
    let plan = world.plan();
    assert_eq!(plan.refusals[0].code, "pool-exhausted");
    assert!(plan.refusals[0].message.contains("`sales`"));
    assert!(plan.refusals[0].message.contains("`bob`"));
}

#[test]
fn who_has_a_value_keeps_it_when_a_pool_is_declared() {
    let mut world = World::settled(declare([person("ada").with("code", "99")]));
    world.desired.pool("sales", 10, 14);
    world
        .desired
        .put(person("ada").with("code", from_pool("sales")));
    expect(&world, "");
}

#[test]
fn a_line_is_led_to_its_successor_before_the_person_goes() {
    let mut world = World::settled(declare([
        person("ada"),
        line("+1").with("route", route("person", "ada")),
    ]));
    world.desired.put(tombstone("ada"));
    world.desired.put(person("bob"));
    world
        .desired
        .put(line("+1").with("route", route("person", "bob")));
    expect(
        &world,
        "1 create person bob
         2 update line +1 route=person: ada>person: bob after 1
         3 delete person ada after 2
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn a_person_to_whom_a_line_still_leads_cannot_go() {
    let mut world = World::settled(declare([
        person("ada"),
        line("+1").with("route", route("person", "ada")),
    ]));
    world.desired.put(tombstone("ada"));
    world.desired.put(line("+1"));
    expect(
        &world,
        "1 delete person ada
         refused successor-needed",
    );
}

#[test]
fn nothing_is_led_to_a_person_who_goes() {
    let mut world = World::settled(declare([person("ada"), team("Sales"), line("+1")]));
    world.desired.put(tombstone("ada"));
    world
        .desired
        .put(line("+1").with("route", route("person", "ada")));
    expect(
        &world,
        "1 update line +1 route=->person: ada
         2 delete person ada
         refused successor-needed",
    );
}

#[test]
fn a_line_that_somebody_uses_cannot_go_even_when_nobody_declares_the_use() {
    let mut world = World::settled(declare([person("ada").with("phone", "+1"), line("+1")]));
    world.desired.put(person("ada"));
    world.desired.put(crate::model::DeclaredResource {
        state: crate::model::State::Absent {
            reason: "given back".into(),
        },
        ..line("+1")
    });
    expect(
        &world,
        "1 by hand delete line +1
         refused successor-needed",
    );
}
