//! The plan as a document: cost, hash, fingerprint, places.

use crate::model::{FieldName, ResourceId};
use crate::plan::{ApprovedPlan, NotApproved, Place, Plan, Requests, moved, place_origins};
use crate::testing::toy::{World, declare, line, person, team, tombstone};

fn busy() -> World {
    let mut world = World::settled(declare([
        person("ada").with("name", "Ada").in_teams(&["Sales"]),
        person("zoe"),
        team("Sales"),
    ]));
    world.desired.put(
        person("ada")
            .with("name", "Eve")
            .in_teams(&["Sales", "VIP"]),
    );
    world.desired.put(person("bob").with("name", "Bob"));
    world.desired.put(tombstone("zoe"));
    world
}

#[test]
fn requests_are_counted_for_reading_writing_and_reading_again() {
    // People come 100 to a page; teams are one request, and one for their counts.
    let mut world = World::settled(declare((0..100).map(|n| person(&format!("p{n:03}")))));
    world
        .desired
        .put(person("q").with("badge", "b").in_teams(&["Sales"]));
    world.appears("team", "Sales", &[]);
    let requests = world.plan().requests;
    assert_eq!(
        requests,
        Requests {
            read: 3,
            write: 3,
            verify: 4
        }
    );
    // 60 each minute, of which 10 % are left to others: 54.
    assert_eq!(world.plan().eta_seconds, (10_u64 * 60).div_ceil(54));
}

#[test]
fn blocked_and_manual_steps_cost_nothing_now() {
    let mut world = World::settled(declare([]));
    world.desired.put(team("Sales"));
    world.desired.put(person("ada").in_teams(&["Sales"]));
    assert_eq!(world.plan().requests.write, 1);
}

#[test]
fn a_plan_without_writes_is_not_followed_by_reading_again() {
    let world = World::settled(declare([person("ada")]));
    assert_eq!(
        world.plan().requests,
        Requests {
            read: 1,
            write: 0,
            verify: 0
        }
    );
}

#[test]
fn a_plan_reads_back_as_it_was_written_with_the_same_hash() {
    let plan = busy().plan();
    let text = serde_json::to_string(&plan).unwrap();
    let back: Plan = serde_json::from_str(&text).unwrap();
    assert_eq!(back, plan);
    assert_eq!(back.compute_hash(), plan.hash);
}

#[test]
fn the_hash_does_not_depend_on_the_time_and_places_and_does_on_all_else() {
    let plan = busy().plan();
    let mut later = busy();
    later.now = jiff::Timestamp::from_second(1_000_000).unwrap();
    assert_eq!(later.plan().hash, plan.hash);
    let mut placed = plan.clone();
    place_origins(&mut placed, &|_, _| {
        Some(Place {
            file: "a.yaml".into(),
            line: 1,
            column: 1,
        })
    });
    placed.folder = "accounts/acme".into();
    assert_eq!(placed.compute_hash(), plan.hash);
    type Edit = (&'static str, fn(&mut Plan));
    let altered: Vec<Edit> = vec![
        ("a value", |plan| {
            plan.steps[1].fields[0].after = Some("x".into())
        }),
        ("a step less", |plan| {
            plan.steps.pop();
        }),
        ("the order", |plan| plan.steps.swap(0, 1)),
        ("an allowance", |plan| {
            plan.allowances.insert("deletions".into(), 9);
        }),
        ("the fingerprint", |plan| plan.live_fingerprint.push('0')),
        ("the digest", |plan| plan.manifest_digest.push('0')),
        ("the account", |plan| plan.account.push('0')),
        ("a refusal less", |plan| plan.refusals.clear()),
        ("the day", |plan| {
            plan.as_of = plan.as_of.tomorrow().unwrap()
        }),
    ];
    for (what, alter) in altered {
        let mut edited = plan.clone();
        edited.refusals.push(crate::plan::Refusal {
            code: "x".into(),
            message: String::new(),
            hint: String::new(),
        });
        let before = edited.compute_hash();
        alter(&mut edited);
        assert_ne!(edited.compute_hash(), before, "{what}");
    }
}

#[test]
fn a_refused_or_an_edited_plan_is_not_approved() {
    let plan = busy().plan();
    assert!(ApprovedPlan::approve(plan.clone()).is_ok());
    let mut edited = plan.clone();
    edited.steps.pop();
    assert_eq!(
        ApprovedPlan::approve(edited).unwrap_err(),
        NotApproved::Altered
    );
    let mut world = busy();
    world.max_requests = Some(1);
    assert!(matches!(
        ApprovedPlan::approve(world.plan()),
        Err(NotApproved::Refused(_))
    ));
}

#[test]
fn ten_plans_of_the_same_are_the_same_bytes() {
    let first = serde_json::to_vec(&busy().plan()).unwrap();
    for _ in 0..10 {
        assert_eq!(serde_json::to_vec(&busy().plan()).unwrap(), first);
    }
}

#[test]
fn the_fingerprint_moves_with_what_is_in_scope_and_with_nothing_else() {
    type Case = (&'static str, fn(&mut World), Vec<&'static str>);
    let cases: Vec<Case> = vec![
        (
            "a declared field",
            |w| set(w, "ada", "name", "X"),
            vec!["person `ada`: `name` changed"],
        ),
        (
            "a field that is not declared",
            |w| set(w, "ada", "badge", "X"),
            vec![],
        ),
        (
            "somebody whom no manifest names",
            |w| w.appears("person", "eve", &[]),
            vec![],
        ),
        (
            "a declared person goes",
            |w| {
                w.vanishes("person", "ada");
            },
            vec!["person `ada` went away"],
        ),
        (
            "a new person appears by hand",
            |w| w.appears("person", "bob", &[]),
            vec!["person `bob` appeared"],
        ),
        (
            "another object under the same key",
            |w| w.object("person", "zoe").remote = "other".into(),
            vec!["person `zoe`: `id` changed"],
        ),
        (
            "the count of a team that is joined",
            |w| w.object("team", "Sales").member_count = Some(7),
            vec!["team `Sales`: `member count` changed"],
        ),
        (
            "the count of a team that nobody is put into",
            |w| w.object("team", "Other").member_count = Some(7),
            vec![],
        ),
    ];
    for (what, alter, lines) in cases {
        let mut world = busy();
        world.appears("team", "Other", &[]);
        let before = world.plan();
        alter(&mut world);
        let after = world.plan();
        assert_eq!(moved(&before.observed, &after.observed), lines, "{what}");
        assert_eq!(
            before.live_fingerprint == after.live_fingerprint,
            lines.is_empty(),
            "{what}"
        );
    }
}

fn set(world: &mut World, key: &str, field: &'static str, value: &str) {
    world
        .object("person", key)
        .fields
        .insert(field.into(), value.into());
}

#[test]
fn the_fingerprint_follows_somebody_who_moved_to_another_key() {
    let mut world = busy();
    let mut ada = world.vanishes("person", "ada");
    ada.id = ResourceId::new("person", "eve");
    world.live.insert(ada);
    let before = world.plan();
    set(&mut world, "eve", "name", "X");
    let after = world.plan();
    assert_eq!(
        moved(&before.observed, &after.observed),
        ["person `ada`: `name` changed"]
    );
}

#[test]
fn each_step_is_given_the_place_of_its_field() {
    let mut plan = busy().plan();
    place_origins(&mut plan, &|id, field| {
        Some(Place {
            file: format!("{}/{}", id.kind, id.key),
            line: match field.map(FieldName::as_str) {
                None => 1,
                Some("name") => 2,
                Some("teams") => 3,
                Some(_) => 4,
            },
            column: 1,
        })
    });
    let places: Vec<String> = plan
        .steps
        .iter()
        .map(|step| {
            let place = step.origin.clone().unwrap();
            format!("{} {}:{}", step.action.as_str(), place.file, place.line)
        })
        .collect();
    assert_eq!(
        places,
        [
            "manual team/VIP:1",
            "update person/ada:2",
            "add_member person/ada:3",
            "create person/bob:1",
            "delete person/zoe:1",
        ]
    );
}

#[test]
fn a_step_has_the_same_id_whatever_stands_around_it() {
    let mut world = World::settled(declare([line("+1")]));
    world.desired.put(person("bob").with("name", "Bob"));
    let alone = world.plan().steps[0].id.clone();
    let among = busy().plan();
    assert!(among.steps.iter().any(|step| step.id == alone));
}

#[test]
fn a_plan_expires_after_a_day() {
    let plan = busy().plan();
    assert_eq!(
        plan.expires_at.as_second() - plan.created_at.as_second(),
        86_400
    );
}
