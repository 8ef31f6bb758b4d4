//! The rules of planning, one test each, against the toy vendor.
#![allow(clippy::unwrap_used)]

mod by_hand;
mod dates;
mod document;
mod guards;
mod identity;
mod laws;
mod lifecycle;
mod order;
mod random;
mod seats;
mod selection;

use crate::testing::toy::{World, shown};

/// Compares a plan, as lines, with what is expected of it; indentation and blank lines do not matter.
#[track_caller]
fn expect(world: &World, expected: &str) {
    let plan = world.plan();
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(
        shown(&plan),
        expected,
        "\nplan:\n{}\nrefusals: {:#?}",
        shown(&plan),
        plan.refusals
    );
}

/// Does the plan, then expects that nothing is left.
#[track_caller]
fn expect_convergence(world: &mut World) {
    let plan = world.plan();
    assert_eq!(plan.refusals, [], "{}", shown(&plan));
    world.apply(&plan);
    let again = world.plan();
    assert!(again.is_empty(), "left:\n{}", shown(&again));
    assert_eq!(again.refusals, []);
}
