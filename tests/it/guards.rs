//! Guards, which look at the whole plan before the first write.

use seatwright::sandbox::cloudtalk::{Role, Seed};

use crate::run::{Account, Done, Setup, agent, demo, groups_only};

fn email(n: usize) -> String {
    format!("p{n:02}@acme.example")
}

fn seed(users: usize) -> Seed {
    Seed {
        agents: (0..users)
            .map(|n| agent(&email(n), 1000 + u16::try_from(n).unwrap(), &[]))
            .collect(),
        ..groups_only(&[])
    }
}

/// So many of the users declared gone.
fn without(count: usize) -> String {
    let mut body = String::from("users:\n");
    for n in 0..count {
        body.push_str(&format!(
            "  - {{ email: {}, state: absent, reason: left }}\n",
            email(n)
        ));
    }
    body
}

fn guarded(users: usize, gone: usize, guards: &str) -> Account {
    Setup::new(seed(users), &without(gone))
        .policy(&format!("guards: {guards}"))
        .start()
}

#[track_caller]
fn refused(account: &Account, done: Done, why: &str) {
    let done = done.expect(4);
    let told = format!("{}{}", done.stdout, done.stderr);
    assert!(told.contains(why), "`{why}` is not told:\n{told}");
    assert_eq!(account.writes(), 0);
}

#[test]
fn deletions_up_to_the_limit_pass_and_one_more_is_refused() {
    for (gone, passes) in [(2, true), (3, true), (4, false)] {
        let account = guarded(9, gone, "{ max_deletions: 3 }");
        if passes {
            account.apply().expect(0);
            assert_eq!(account.live().agents.len(), 9 - gone);
        } else {
            let done = account.run(&["plan"]);
            refused(&account, done, "4 deletions");
            let done = account.apply();
            refused(&account, done, "max_deletions");
            assert_eq!(account.live().agents.len(), 9);
        }
    }
}

#[test]
fn the_share_counts_from_the_least_population_on() {
    // 20 % of ten are two; nine are too few for a share.
    for (users, gone, passes) in [
        (10, 2, true),
        (10, 3, false),
        (9, 3, true),
        (15, 3, true),
        (14, 3, false),
    ] {
        let account = guarded(users, gone, "{ max_deletions: 100 }");
        let done = account.apply();
        if passes {
            done.expect(0);
        } else {
            refused(&account, done, "max_deletion_percent");
        }
    }
}

#[test]
fn an_allowance_covers_what_it_names_and_no_more() {
    let account = guarded(12, 4, "{ max_deletions: 3 }");
    let done = account.run(&["apply", "--auto-approve", "--allow", "deletions=3"]);
    refused(&account, done, "4 deletions, 3 allowed");
    let done = account.run(&["apply", "--auto-approve", "--allow", "replacements=9"]);
    refused(&account, done, "deletions");
    account
        .run(&["apply", "--auto-approve", "--allow", "deletions=4"])
        .expect(0);
    assert_eq!(account.live().agents.len(), 8);
}

#[test]
fn a_plan_that_costs_more_requests_than_asked_for_is_refused() {
    let account = guarded(8, 2, "{ max_deletions: 3 }");
    let plan = account.plan();
    let cost: u64 = ["read", "write", "verify"]
        .iter()
        .map(|key| plan["requests"][key].as_u64().unwrap())
        .sum();
    let one_less = (cost - 1).to_string();
    let done = account.run(&["apply", "--auto-approve", "--max-requests", &one_less]);
    refused(&account, done, "--max-requests");
    account
        .run(&[
            "apply",
            "--auto-approve",
            "--max-requests",
            &cost.to_string(),
        ])
        .expect(0);
}

#[test]
fn a_replacement_needs_a_word_in_the_manifest_or_an_allowance() {
    let body = |more: &str| {
        format!(
            "users:\n  - {{ email: p00@acme.example, first_name: First, last_name: Last, extension: 1500{more} }}\n"
        )
    };
    let account = Account::new(seed(3), &body(""));
    let done = account.apply();
    refused(&account, done, "--allow replacements=1");
    account
        .run(&["apply", "--auto-approve", "--allow", "replacements=1"])
        .expect(0);
    account.expect_converged();
    account.write_manifest(&body(", replace: true").replace("1500", "1501"));
    account.apply().expect(0);
    assert_eq!(
        account.live().agent_by_email(&email(0)).unwrap().extension,
        Some(1501)
    );
}

#[test]
fn the_last_administrator_stays() {
    let mut seed = seed(3);
    seed.agents[0].role = Role::Admin;
    let admin = "  - { email: p00@acme.example, role: admin }\n";
    let account = Account::new(seed, &format!("users:\n{admin}"));
    // The role cannot be read: an operator says that it is so.
    let step = account.plan()["steps"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    account.run(&["confirm", &step]).expect(0);
    account.expect_converged();
    account
        .write_manifest("users:\n  - { email: p00@acme.example, state: absent, reason: left }\n");
    let done = account.apply();
    refused(&account, done, "min_admins");
    // Another one who is only declared is enough for the guard.
    account.write_manifest("users:\n  - { email: p00@acme.example, state: absent, reason: left }\n  - { email: p01@acme.example, role: admin }\n");
    let plan = account.run(&["plan", "--format", "json"]);
    assert_eq!(plan.code(), Some(0), "{}", plan.stderr);
    account
        .write_manifest("users:\n  - { email: p00@acme.example, state: absent, reason: left }\n");
    account
        .run(&["apply", "--auto-approve", "--allow", "admins=0"])
        .expect(0);
}

#[test]
fn nobody_is_created_without_a_seat() {
    let body = |seats: u32, gone: &str| {
        format!(
            "seats: {{ purchased: {seats} }}\nusers:\n  - {{ email: new@acme.example, first_name: N, last_name: P }}\n{gone}"
        )
    };
    let full = Seed {
        seats: Some(3),
        ..seed(3)
    };
    let account = Account::new(full, &body(3, ""));
    let done = account.apply();
    refused(&account, done, "seats");
    // Whoever goes makes room, and goes first.
    account.write_manifest(&body(
        3,
        "  - { email: p00@acme.example, state: absent, reason: left }\n",
    ));
    account.apply().expect(0);
    account.expect_converged();
    assert_eq!(account.live().agents.len(), 3);
}

#[test]
fn seats_that_are_fewer_than_declared_stop_the_creates_and_nothing_else() {
    let seed = Seed {
        seats: Some(4),
        ..seed(3)
    };
    let account = Account::new(
        seed,
        "seats: { purchased: 9 }\nusers:\n  - { email: a@acme.example, first_name: A, last_name: X }\n  - { email: b@acme.example, first_name: B, last_name: X }\n  - { email: c@acme.example, first_name: C, last_name: X }\n  - { email: p00@acme.example, first_name: Renamed }\n",
    );
    let done = account.apply().expect(5);
    assert!(done.stdout.contains("not tried"), "{}", done.stdout);
    let live = account.live();
    assert_eq!(live.agents.len(), 4);
    assert_eq!(live.agent_by_email(&email(0)).unwrap().firstname, "Renamed");
    // The service refused one create, and was not asked for the other.
    let creates = account
        .control
        .requests()
        .iter()
        .filter(|entry| entry.path.contains("agents/add"))
        .count();
    assert_eq!(creates, 2);
    account
        .by_hand(|company| company.set_seats(Some(9)))
        .unwrap();
    account.run(&["resume"]).expect(0);
    account.expect_converged();
}

#[test]
fn what_the_policy_would_sweep_away_is_guarded_as_well() {
    let account = Setup::new(
        seed(9),
        "users:\n  - { email: p00@acme.example, first_name: First }\n",
    )
    .policy("users: { unmanaged: delete }")
    .start();
    let done = account.apply();
    refused(&account, done, "8 deletions");
}

#[test]
fn a_user_without_what_the_service_demands_is_refused_before_anything_is_sent() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New }\n",
    );
    let done = account.run(&["apply", "--auto-approve"]).expect(4);
    let wanted =
        "creates no user without `last_name`, which is not declared for `new@acme.example`";
    let told = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(wanted), "{}", done.stdout);
    assert_eq!(account.writes(), 0);
}

#[test]
fn a_selector_that_fits_nothing_is_a_slip_and_not_an_account_in_order() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New, last_name: Person }\n",
    );
    for selector in ["nobody@acme.example", "foo:bar", ""] {
        for flag in ["--only", "--except"] {
            for command in ["plan", "drift"] {
                account
                    .run(&[command, flag, selector])
                    .expect(64)
                    .says(&["nothing fits"]);
            }
            account
                .run(&["apply", "--auto-approve", flag, selector])
                .expect(64);
        }
    }
    let done = account.run(&["plan", "--except", "new@acme.example"]);
    let done = done.expect(0);
    assert!(
        done.stdout.contains("all that was selected"),
        "{}",
        done.stdout
    );
    assert_eq!(account.writes(), 0);
}
