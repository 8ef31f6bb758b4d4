//! Seats: free ones first, then freed ones, then bought ones.

use super::{expect, expect_convergence};
use crate::model::Desired;
use crate::plan::Seats;
use crate::testing::toy::{World, declare, line, person, route, tombstone};

fn account(seats: u32, people: &[&str]) -> World {
    let mut desired: Desired = declare(people.iter().map(|key| person(key)));
    desired.buy(seats);
    World::settled(desired)
}

fn seats(world: &World) -> (Option<u32>, u32, u32) {
    let Seats {
        purchased,
        used,
        after,
        cost: _,
    } = world.plan().seats.unwrap();
    (purchased, used, after)
}

#[test]
fn a_free_seat_is_taken_without_waiting() {
    let mut world = account(2, &["ada"]);
    world.desired.put(person("bob"));
    expect(&world, "1 create person bob");
    assert_eq!(seats(&world), (Some(2), 1, 2));
}

#[test]
fn a_create_without_a_free_seat_waits_for_a_deletion() {
    let mut world = account(2, &["ada", "bob"]);
    world.desired.put(tombstone("bob"));
    world.desired.put(person("cid"));
    expect(
        &world,
        "1 delete person bob
         2 create person cid after 1",
    );
    assert_eq!(seats(&world), (Some(2), 2, 2));
    expect_convergence(&mut world);
}

#[test]
fn only_the_creates_beyond_the_free_seats_wait_for_more_to_be_bought() {
    let mut world = account(2, &["ada"]);
    world.desired.buy(4);
    for key in ["bob", "cid", "dan"] {
        world.desired.put(person(key));
    }
    expect(
        &world,
        "1 by hand update site site seats=2>4
         2 create person bob
         3 create person cid after 1 waits 1
         4 create person dan after 1 waits 1",
    );
    assert_eq!(seats(&world), (Some(4), 1, 4));
    let plan = world.plan();
    world.apply(&plan);
    world.do_by_hand(&plan);
    expect_convergence(&mut world);
}

#[test]
fn more_people_than_declared_seats_are_refused() {
    let mut world = account(1, &["ada"]);
    world.desired.put(person("bob"));
    expect(
        &world,
        "1 create person bob
         refused seats",
    );
}

#[test]
fn fewer_seats_come_after_the_deletions() {
    let mut world = account(3, &["ada", "bob", "cid"]);
    world.desired.buy(2);
    world.desired.put(tombstone("cid"));
    expect(
        &world,
        "1 delete person cid
         2 by hand update site site seats=3>2 after 1",
    );
}

#[test]
fn fewer_seats_than_people_are_refused() {
    let mut world = account(3, &["ada", "bob", "cid"]);
    world.desired.buy(2);
    expect(
        &world,
        "1 by hand update site site seats=3>2
         refused seats",
    );
}

#[test]
fn an_account_that_is_over_its_seats_may_still_be_worked_on() {
    let mut world = account(1, &["ada"]);
    world.appears("person", "eve", &[]);
    world.desired.put(person("ada").with("name", "Ada"));
    expect(
        &world,
        "1 update person ada name=->Ada
         warning unmanaged",
    );
}

#[test]
fn switching_somebody_off_frees_a_seat_and_switching_on_takes_one() {
    let mut world = account(2, &["bob"]);
    world.desired.put(person("ada").with("active", false));
    let ada = person("ada").with("active", false);
    world.settle(&ada);
    world.desired.put(person("ada").with("active", true));
    world.desired.put(person("bob").with("active", false));
    world.desired.put(person("cid"));
    assert_eq!(seats(&world), (Some(2), 1, 2));
    expect(
        &world,
        "1 update person bob active=->off
         2 update person ada active=off>on
         3 create person cid after 1",
    );
    expect_convergence(&mut world);
}

#[test]
fn room_is_made_by_whoever_can_go_before_the_newcomer_comes() {
    let mut desired = declare([
        person("ada"),
        person("bob"),
        line("+1").with("route", route("person", "ada")),
    ]);
    desired.buy(2);
    let mut world = World::settled(desired);
    world.desired.put(tombstone("ada"));
    world.desired.put(tombstone("bob"));
    world.desired.put(person("cid"));
    world
        .desired
        .put(line("+1").with("route", route("person", "cid")));
    expect(
        &world,
        "1 delete person bob
         2 create person cid after 1
         3 update line +1 route=person: ada>person: cid after 2
         4 delete person ada after 3
         warning unverifiable",
    );
    expect_convergence(&mut world);
}

#[test]
fn seats_cost_what_is_declared_for_each() {
    let mut world = account(2, &["ada"]);
    world.desired.seat_price = Some((2900, "EUR".into()));
    world.desired.buy(3);
    let cost = world.plan().seats.unwrap().cost.unwrap();
    assert_eq!((cost.before, cost.after), (5800, 8700));
}
