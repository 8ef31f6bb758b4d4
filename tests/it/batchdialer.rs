//! A runbook, followed to the letter in a model of the dashboard, leads to the declared account.

mod operator;
mod teams;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use seatwright::model::Live;
use seatwright::plan::{self, Plan, Selection, Step};
use seatwright::provider::batchdialer::capability::BATCHDIALER;
use seatwright::render::instructions::instructions;
use seatwright::sandbox::batchdialer::UserForm;

use operator::{Operator, TODAY, lowered, planned};
use teams::{CAMPAIGNS, Team, team};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// From an empty account to one team, and on to another: no step is refused, no seat is taken that is not there,
    /// each account is as declared, and nothing is left to do.
    #[test]
    fn a_runbook_followed_to_the_letter_reaches_the_declared_account(teams in proptest::collection::vec(team(), 2..4)) {
        let mut operator = Operator::default();
        for name in CAMPAIGNS {
            operator.dashboard.campaigns.insert(name.to_owned(), BTreeSet::new());
        }
        let mut before: Option<&Team> = None;
        for team in &teams {
            let manifest = team.manifest(before);
            let lowered = lowered(&manifest);
            let charged = operator.dashboard.charged;
            let had = operator.dashboard.seats;
            operator.follow(&lowered);
            team.is_shown_by(&operator.dashboard);
            let again = planned(&lowered, &operator.ledger);
            prop_assert!(again.is_empty(), "{:?}\n{manifest}", again.steps);
            operator.dashboard.end_period();
            prop_assert_eq!(operator.dashboard.seats, team.seats());
            prop_assert_eq!(operator.dashboard.charged - charged, team.seats().saturating_sub(had));
            before = Some(team);
        }
    }
}

fn kinds_and_tasks(plan: &Plan) -> Vec<String> {
    let shown = |step: &Step| {
        let made = instructions(step, &BATCHDIALER).unwrap();
        format!("{} {}: {}", made.number, made.title, made.path.join(" > "))
    };
    plan.steps.iter().map(shown).collect()
}

const HEAD: &str = "version: 1\naccount: { name: acme, provider: batchdialer }\n";

#[test]
fn steps_come_in_the_order_seats_groups_statuses_users_campaigns_removals_fewer_seats() {
    let mut operator = Operator::default();
    operator
        .dashboard
        .campaigns
        .insert("Spring".into(), BTreeSet::new());
    let first = "seats: { purchased: 3 }
users:
  - { email: boss@acme.example, first_name: G, last_name: H, designation: administrator, calling: true, phone: \"5550101000\" }
  - { email: old@acme.example, first_name: O, last_name: L, designation: agent, phone: \"5550101000\" }
  - { email: two@acme.example, first_name: T, last_name: W, designation: agent, phone: \"5550101000\" }
";
    operator.follow(&lowered(&format!("{HEAD}{first}")));
    let second = "seats: { purchased: 2 }
agent_statuses: [{ name: Coaching, color: \"#3366cc\", enabled: true }]
groups: [{ name: Closers }]
users:
  - { email: boss@acme.example, designation: administrator, calling: false }
  - { email: old@acme.example, state: absent, reason: left }
  - { email: two@acme.example, designation: agent, group: Closers }
  - { email: ada@acme.example, first_name: Ada, last_name: Lovelace, designation: agent, phone: \"5550101000\", group: Closers, campaigns: [Spring] }
";
    let plan = operator.follow(&lowered(&format!("{HEAD}{second}")));
    assert_eq!(
        kinds_and_tasks(&plan),
        [
            "1 change calling of user `boss@acme.example`: name of boss@acme.example > Profile",
            "2 create agent_status `Coaching`: Users > Agent Statuses > +",
            "3 create group `Closers`: Users > User Groups (older pages: Agent Groups) > +",
            "4 create user `ada@acme.example` (Ada Lovelace): Users > Add New User (newer pages: ADD NEW)",
            "5 change group of user `two@acme.example`: Users > row of two@acme.example > Edit",
            "6 change campaigns of user `ada@acme.example` (Ada Lovelace): Campaigns > each campaign that is listed > Agents",
            "7 delete user `old@acme.example`: Users > row of old@acme.example",
            "8 change purchased seats of account `acme`: your name > Billing",
        ]
    );
    assert_eq!(operator.dashboard.seats_next_period, Some(2));
    let warnings: Vec<&str> = plan.warnings.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(warnings, ["unverifiable"]);
}

#[test]
fn whoever_leaves_makes_room_for_whoever_comes_when_no_seat_is_free_or_bought() {
    let mut operator = Operator::default();
    let person = |name: &str, rest: &str| {
        format!(
            "  - {{ email: {name}@acme.example, first_name: A, last_name: B, designation: {rest}, phone: \"5550101000\" }}\n"
        )
    };
    let boss = person("boss", "administrator, calling: false");
    let before = format!(
        "{HEAD}seats: {{ purchased: 1 }}\nusers:\n{boss}{}",
        person("old", "agent")
    );
    operator.follow(&lowered(&before));
    let gone = "  - { email: old@acme.example, state: absent, reason: left }\n";
    let after = format!(
        "{HEAD}seats: {{ purchased: 1 }}\nusers:\n{boss}{gone}{}",
        person("new", "agent")
    );
    let plan = operator.follow(&lowered(&after));
    let titles = kinds_and_tasks(&plan);
    assert!(
        titles[0].contains("delete user `old@acme.example`"),
        "{titles:?}"
    );
    assert!(
        titles[1].contains("create user `new@acme.example`"),
        "{titles:?}"
    );
}

#[test]
fn a_renamed_login_and_a_renamed_group_stay_what_they_are() {
    let mut operator = Operator::default();
    let boss = "  - { email: boss@acme.example, first_name: A, last_name: B, designation: administrator, calling: false, phone: \"5550101000\" }\n";
    let before = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Dialers }}]\nusers:\n{boss}  - {{ email: ada@acme.example, first_name: A, last_name: L, designation: agent, phone: \"5550101000\", group: Dialers }}\n"
    );
    operator.follow(&lowered(&before));
    let renamed = "  - { email: ada@new.example, previously: ada@acme.example, designation: agent, group: Closers, protected: true }\n";
    let after = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Closers, previously: Dialers }}]\nusers:\n{boss}{renamed}"
    );
    let plan = operator.follow(&lowered(&after));
    assert_eq!(plan.steps.len(), 2, "{:?}", kinds_and_tasks(&plan));
    assert_eq!(
        operator.dashboard.users["ada@new.example"].group.as_deref(),
        Some("Closers")
    );
    // The former names can be forgotten; the protection stays.
    let settled = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Closers }}]\nusers:\n{boss}  - {{ email: ada@new.example, designation: agent, group: Closers }}\n"
    );
    assert!(planned(&lowered(&settled), &operator.ledger).is_empty());
    let tombstone = format!(
        "{HEAD}users:\n{boss}  - {{ email: ada@new.example, state: absent, reason: left }}\n"
    );
    let refused = planned(&lowered(&tombstone), &operator.ledger);
    assert_eq!(refused.refusals[0].code, "protected");
}

#[test]
fn whom_nobody_declares_is_named_and_deleted_only_by_policy() {
    let mut operator = Operator::default();
    let boss = "  - { email: boss@acme.example, first_name: A, last_name: B, designation: administrator, calling: false, phone: \"5550101000\" }\n";
    let other = "  - { email: x@acme.example, first_name: X, last_name: Y, designation: supervisor, phone: \"5550101000\" }\n";
    operator.follow(&lowered(&format!("{HEAD}users:\n{boss}{other}")));
    let silent = planned(&lowered(&format!("{HEAD}users:\n{boss}")), &operator.ledger);
    assert!(silent.is_empty());
    assert_eq!(silent.summary.unmanaged, 1);
    let named = silent
        .warnings
        .iter()
        .find(|it| it.code == "unmanaged")
        .unwrap();
    assert!(
        named.message.contains("`x@acme.example`"),
        "{}",
        named.message
    );
    let policy = "policy: { users: { unmanaged: delete } }\n";
    let plan = operator.follow(&lowered(&format!("{HEAD}{policy}users:\n{boss}")));
    assert_eq!(plan.steps.len(), 1);
    assert!(!operator.dashboard.users.contains_key("x@acme.example"));
}

fn example(name: &str, file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let text = std::fs::read_to_string(path.join(name).join(file)).unwrap();
    text.split_once('\n').unwrap().1.to_owned()
}

fn operator() -> Operator {
    let mut operator = Operator::default();
    let campaigns = ["Spring"].map(|name| (name.to_owned(), BTreeSet::new()));
    operator.dashboard.campaigns = BTreeMap::from(campaigns);
    operator
}

#[test]
fn the_example_of_a_small_team_is_set_up_by_its_runbook() {
    let mut operator = operator();
    let lowered = lowered(&example("batchdialer-small-team", "account.yaml"));
    operator.follow(&lowered);
    assert_eq!(operator.dashboard.seats_used(), 2);
    let roles: Vec<String> = operator
        .dashboard
        .users
        .values()
        .map(UserForm::shown_role)
        .collect();
    assert_eq!(
        roles,
        [
            "Agent",
            "Agent (Custom)",
            "Supervisor (Custom)",
            "Administrator"
        ]
    );
    assert_eq!(operator.dashboard.campaigns["Spring"].len(), 2);
    assert!(planned(&lowered, &operator.ledger).is_empty());
}

#[test]
fn the_example_of_a_freed_seat_buys_nothing() {
    let mut operator = operator();
    let account = example("batchdialer-freed-seat", "account.yaml");
    let users = example("batchdialer-freed-seat", "users.yaml");
    let before = users.split_once("  # New.").unwrap().0;
    let before = before.replace("calling: false", "calling: true");
    operator.follow(&lowered(&format!("{account}{before}")));
    assert_eq!(
        (operator.dashboard.seats_used(), operator.dashboard.charged),
        (2, 2)
    );
    let plan = operator.follow(&lowered(&format!("{account}{users}")));
    let seats = plan.seats.as_ref().unwrap();
    assert_eq!((seats.purchased, seats.used, seats.after), (Some(2), 2, 2));
    assert_eq!(operator.dashboard.charged, 2);
    assert_eq!(plan.steps.len(), 3);
    assert!(plan.steps[1].depends_on.contains(&plan.steps[0].id));
    assert!(operator.dashboard.campaigns["Spring"].contains("vera@acme.example"));
}

#[test]
fn hints_warn_and_make_no_difference() {
    use seatwright::model::{Hint, Seen};
    let mut operator = operator();
    let lowered = lowered(&example("batchdialer-small-team", "account.yaml"));
    operator.follow(&lowered);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let listed = BTreeMap::from([("Spring".to_owned(), names(&["ada  LOVELACE"]))]);
    let hint = |source, seen| Hint {
        kind: "user".into(),
        source,
        seen,
    };
    let live = Live {
        hints: vec![
            hint("campaign search", Seen::With("campaigns".into(), listed)),
            hint(
                "a call record",
                Seen::Some(names(&["Ada Lovelace", "Zed Zed"])),
            ),
        ],
        ..Live::default()
    };
    let plan = plan::plan(&plan::Input {
        desired: &lowered.desired,
        live: &live,
        ledger: &operator.ledger,
        spec: &BATCHDIALER,
        as_of: TODAY,
        now: Timestamp::UNIX_EPOCH,
        allowances: &BTreeMap::new(),
        selection: &Selection::default(),
        max_requests: None,
        keep_observed: false,
    });
    assert!(plan.is_empty());
    let hints = plan
        .warnings
        .iter()
        .filter(|warning| warning.code == "hint");
    let hints: Vec<&str> = hints.map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        hints,
        [
            "a call record shows the user `Zed Zed`, whom no manifest names",
            "campaign search does not list `Alan Turing` in `Spring`",
        ]
    );
}
