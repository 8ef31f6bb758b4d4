//! What a look at a large account costs in requests.

use seatwright::sandbox::cloudtalk::{Seed, SeedAgent};

use crate::run::{Account, Setup, groups_only};

fn email(n: usize) -> String {
    format!("user{n:05}@acme.example")
}

/// An account of so many users, of whom the first are put into a group by the manifest.
fn account(users: usize, in_groups: usize) -> Account {
    let agents = (0..users)
        .map(|n| SeedAgent {
            // The service has extensions for 9000 only.
            extension: u16::try_from(n + 1000)
                .ok()
                .filter(|extension| *extension <= 9999),
            ..SeedAgent::new(&email(n), "First", "Last")
        })
        .collect();
    let seed = Seed {
        agents,
        ..groups_only(&["A", "B", "C"])
    };
    let mut body = String::from("users:\n");
    for n in 0..users {
        let groups = match n {
            n if n >= in_groups => String::new(),
            n => format!(", groups: [{}]", ["A", "B", "C"][n % 3]),
        };
        body.push_str(&format!(
            "  - {{ email: {}, first_name: First, last_name: Last{groups} }}\n",
            email(n)
        ));
    }
    Setup::new(seed, &body).start()
}

fn reads_of_a_plan_without_changes(account: &Account) -> u64 {
    account.apply().expect(0);
    account.control.reset_requests();
    account.expect_converged();
    let counters = account.control.counters();
    assert_eq!(counters.writes, 0);
    counters.reads
}

#[test]
fn a_look_at_a_thousand_users_in_groups_costs_three_reads() {
    let account = account(1000, 120);
    assert!(reads_of_a_plan_without_changes(&account) <= 3);
}

#[test]
fn a_look_at_ten_thousand_users_costs_twelve_reads() {
    let account = account(10_000, 9);
    assert!(reads_of_a_plan_without_changes(&account) <= 12);
}

#[test]
fn what_is_not_managed_is_not_read() {
    let account = Account::new(
        crate::run::demo(),
        "numbers:\n  - { number: \"+421220510801\", name: Sales line }\n",
    );
    account.expect_converged();
    let paths: Vec<String> = account
        .control
        .requests()
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
}
