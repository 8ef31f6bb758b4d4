//! People come and go by date.

use jiff::civil::{Date, date};

use super::{expect, expect_convergence};
use crate::plan::Reason;
use crate::testing::toy::{World, declare, person, team, tombstone};

const DAY: Date = date(2026, 12, 1);
const BEFORE: Date = date(2026, 11, 30);
const AFTER: Date = date(2026, 12, 2);

fn on(world: &mut World, day: Date, expected: &str) {
    world.as_of = day;
    expect(world, expected);
}

#[test]
fn a_newcomer_is_created_on_the_first_day_and_not_before() {
    let mut world = World::settled(declare([]));
    world.desired.put(person("ada").starting(DAY));
    on(&mut world, BEFORE, "warning pending-later");
    on(&mut world, DAY, "1 create person ada");
    on(&mut world, AFTER, "1 create person ada");
}

#[test]
fn who_is_already_there_before_the_first_day_is_kept_as_declared() {
    let mut world = World::settled(declare([person("ada")]));
    world
        .desired
        .put(person("ada").starting(DAY).with("name", "Ada"));
    on(&mut world, BEFORE, "1 update person ada name=->Ada");
}

#[test]
fn a_leaver_is_deleted_on_the_day_after_the_last_one() {
    let mut world = World::settled(declare([person("ada").until(DAY)]));
    on(&mut world, BEFORE, "warning pending-later");
    on(&mut world, DAY, "warning pending-later");
    on(&mut world, AFTER, "1 delete person ada");
}

#[test]
fn a_tombstone_with_a_date_takes_effect_after_it() {
    let mut world = World::settled(declare([person("ada")]));
    world.desired.put(tombstone("ada").until(DAY));
    on(&mut world, DAY, "warning pending-later");
    on(&mut world, AFTER, "1 delete person ada");
}

#[test]
fn a_leaver_leaves_everything_first_and_is_deleted_when_the_grace_is_over() {
    let mut desired = declare([person("ada").in_teams(&["Sales"]).until(DAY), team("Sales")]);
    desired.policy.grace_days = 7;
    let mut world = World::settled(desired);
    on(
        &mut world,
        AFTER,
        "1 update person ada active=->off
         2 leave person ada > Sales
         warning pending-later
         warning unverifiable",
    );
    assert_eq!(
        world.plan().steps[0].reason,
        Some(Reason::Leaver {
            reason: "last day 2026-12-01; deleted from 2026-12-08 on".into()
        })
    );
    expect_convergence(&mut world);
    on(&mut world, date(2026, 12, 7), "warning pending-later");
    on(&mut world, date(2026, 12, 8), "1 delete person ada");
    expect_convergence(&mut world);
}

#[test]
fn a_leaver_without_a_date_is_deleted_when_the_grace_since_the_first_apply_is_over() {
    let mut desired = declare([person("ada"), team("Sales")]);
    desired.policy.grace_days = 7;
    let mut world = World::settled(desired);
    world.desired.put(tombstone("ada"));
    on(
        &mut world,
        DAY,
        "1 update person ada active=->off
         warning pending-later",
    );
    expect_convergence(&mut world);
    on(&mut world, date(2026, 12, 7), "warning pending-later");
    on(&mut world, date(2026, 12, 8), "1 delete person ada");
}

#[test]
fn somebody_who_should_have_left_long_ago_is_deleted_at_once() {
    let mut desired = declare([person("ada").until(DAY)]);
    desired.policy.grace_days = 7;
    let mut world = World::settled(desired);
    on(&mut world, date(2027, 3, 1), "1 delete person ada");
}

#[test]
fn what_a_leaver_is_in_is_read_even_when_no_manifest_names_it() {
    let mut desired = declare([tombstone("ada")]);
    let kinds = |desired: &crate::model::Desired| -> Vec<String> {
        crate::plan::scope(&crate::testing::toy::TOY, desired)
            .kinds
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(kinds(&desired), ["person"]);
    desired.policy.grace_days = 7;
    assert_eq!(kinds(&desired), ["person", "team"]);
}

#[test]
fn what_a_date_will_bring_is_told_by_name_and_day_and_many_are_counted() {
    let mut desired = declare([person("ada").until(DAY), person("bob")]);
    for key in ["fay", "gus", "hal", "ida"] {
        desired.put(person(key).until(date(2027, 1, 31)));
    }
    desired.policy.grace_days = 7;
    let mut world = World::settled(desired);
    world.desired.put(tombstone("bob"));
    world.desired.put(person("eve").starting(AFTER));
    world.as_of = BEFORE;
    let told: Vec<String> = world
        .plan()
        .warnings
        .iter()
        .map(|warning| warning.message.clone())
        .collect();
    assert_eq!(
        told,
        [
            "1 person has left and will be deleted: `bob` from 2026-12-07",
            "1 person is created later: `eve` from 2026-12-02",
            "5 people leave later: `ada` after 2026-12-01, `fay` after 2027-01-31, `gus` after 2027-01-31 and 2 more",
        ]
    );
}
