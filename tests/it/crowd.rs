//! An account in the middle of a change of many steps, and what must be true of it afterwards.

use std::collections::{BTreeMap, BTreeSet};

use seatwright::sandbox::cloudtalk::{RouteKind, Seed, SeedNumber};

use crate::run::{Account, Setup, agent, groups_only};

/// How many users the plan creates.
const NEW: usize = 12;

fn new(n: usize) -> String {
    format!("new{n:02}@acme.example")
}

fn groups_of(n: usize) -> Vec<&'static str> {
    match n % 3 {
        0 => vec!["A"],
        1 => vec!["A", "B"],
        _ => vec!["B", "C"],
    }
}

fn seed() -> Seed {
    let number = |e164: &str, name: &str| SeedNumber {
        e164: e164.into(),
        name: name.into(),
        connected_to: Some(RouteKind::Group),
        source: Some("A".into()),
    };
    Seed {
        seats: Some(40),
        numbers: vec![
            number("+421220510801", "One"),
            number("+421220510802", "Two"),
            number("+421220510803", "Three"),
        ],
        agents: vec![
            agent("old1@acme.example", 2001, &["A"]),
            agent("old2@acme.example", 2002, &["A"]),
            agent("moved@acme.example", 2003, &["B"]),
            agent("leaver@acme.example", 2004, &["C"]),
        ],
        ..groups_only(&["A", "B", "C"])
    }
}

fn body() -> String {
    let mut text = String::from(
        "numbers:
  - { number: \"+421220510801\", name: One, route: { group: B } }
  - { number: \"+421220510802\", name: Second, route: none }
  - { number: \"+421220510803\", name: Three, route: { user: new00@acme.example } }
users:
  - { email: old1@acme.example, first_name: Renamed, last_name: Last, groups: [C] }
  - { email: second@acme.example, previously: old2@acme.example, daily_price_limit: 30 }
  - { email: moved@acme.example, first_name: First, last_name: Last, extension: 2103, replace: true, groups: [B] }
  - { email: leaver@acme.example, state: absent, reason: left }
",
    );
    for n in 0..NEW {
        text.push_str(&format!(
            "  - {{ email: {}, first_name: N{n}, last_name: New, extension: {}, groups: [{}] }}\n",
            new(n),
            3000 + n,
            groups_of(n).join(", ")
        ));
    }
    text
}

/// The account before the change.
pub(crate) fn account() -> Account {
    Setup::new(seed(), &body()).start()
}

/// Whether a user who was there before is in the group still, since nothing can be known about it.
fn of_old(group: &str) -> BTreeSet<String> {
    match group {
        "A" => ["old1@acme.example", "second@acme.example"]
            .map(str::to_owned)
            .into(),
        _ => BTreeSet::new(),
    }
}

/// Holds that the account is as declared: nobody twice, nobody lost.
pub(crate) fn expect_as_declared(account: &Account, case: &str) {
    let live = account.live();
    let mut emails: BTreeMap<String, u32> = BTreeMap::new();
    for user in live.agents.iter() {
        *emails.entry(user.email.to_lowercase()).or_default() += 1;
    }
    let mut wanted: BTreeMap<String, u32> = (0..NEW).map(|n| (new(n), 1)).collect();
    for email in [
        "old1@acme.example",
        "second@acme.example",
        "moved@acme.example",
    ] {
        wanted.insert(email.into(), 1);
    }
    assert_eq!(emails, wanted, "{case}");
    // Every create that took effect was handed an id: one for each new user, and one for the one who was replaced.
    let first = seed().account().unwrap().next_ids.agent;
    assert_eq!(
        live.next_ids.agent - first,
        NEW as u64 + 1,
        "{case}: somebody was created twice"
    );
    for group in ["A", "B", "C"] {
        let mut members = of_old(group);
        members.extend((0..NEW).filter(|n| groups_of(*n).contains(&group)).map(new));
        if group == "B" {
            members.insert("moved@acme.example".into());
        }
        if group == "C" {
            members.insert("old1@acme.example".into());
        }
        assert_eq!(account.members(group), members, "{case}: group {group}");
    }
    let number = |e164: &str| live.number_by_e164(e164).unwrap();
    let group = live.group_by_name("B").unwrap().id;
    let first_new = live.agent_by_email(&new(0)).unwrap().id;
    assert_eq!(
        number("+421220510801").route.unwrap().source_id,
        Some(group),
        "{case}"
    );
    assert_eq!(number("+421220510802").internal_name, "Second", "{case}");
    assert!(number("+421220510802").route.is_none(), "{case}");
    assert_eq!(
        number("+421220510803").route.unwrap().source_id,
        Some(first_new),
        "{case}"
    );
    assert_eq!(
        live.agent_by_email("moved@acme.example").unwrap().extension,
        Some(2103),
        "{case}"
    );
    let old = live.agent_by_email("old1@acme.example").unwrap();
    assert_eq!(old.firstname, "Renamed", "{case}");
    let second = live.agent_by_email("second@acme.example").unwrap();
    assert_eq!(second.daily_price_limit, Some(30), "{case}");
    expect_passwords(account, case);
}

/// Holds that everybody who was created has the password that was handed over last.
fn expect_passwords(account: &Account, case: &str) {
    let last: BTreeMap<String, String> = account.passwords().into_iter().collect();
    let live = account.live();
    for email in (0..NEW).map(new).chain(["moved@acme.example".to_owned()]) {
        let sha = live.agent_by_email(&email).unwrap().pass_sha256.clone();
        let password = last
            .get(&email)
            .unwrap_or_else(|| panic!("{case}: no password for {email}"));
        assert_eq!(
            sha,
            Some(seatwright::sandbox::cloudtalk::digest(password)),
            "{case}: {email}"
        );
    }
}

/// Resumes until nothing is left, three times at most, then holds that the account is as declared.
pub(crate) fn expect_resumed(account: &Account, case: &str) {
    let mut told = String::new();
    for _ in 0..3 {
        let done = account.run(&["resume"]);
        told = format!("exit {:?}\n{}{}", done.code(), done.stdout, done.stderr);
        match done.code() {
            Some(0) => {
                expect_as_declared(account, case);
                let plan = account.run(&["plan", "--detailed-exitcode"]);
                assert_eq!(
                    plan.code(),
                    Some(0),
                    "{case}: the plan is not empty\n{}",
                    plan.stdout
                );
                return;
            }
            Some(5) => {}
            _ => break,
        }
    }
    let plan = account.run(&["plan"]);
    panic!("{case}: not resumed: {told}\n{}", plan.stdout);
}

/// Runs cases side by side, each with its own simulator.
pub(crate) fn side_by_side<C: Send + Sync>(cases: &[C], run: impl Fn(&C) + Sync) {
    const LANES: usize = 4;
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    let Some(case) = cases.get(index) else { return };
                    run(case);
                }
            });
        }
    });
}
