//! A process that is killed, and two that want the same account.

use std::time::{Duration, Instant};

use seatwright::sandbox::{Effect, Fault};

use crate::crowd::{self, expect_resumed, side_by_side};
use crate::run::{Account, demo};

/// Every write takes that long, so that it can be met on its way.
const SLOW: u64 = 150;

fn slow(account: &Account) {
    let mut fault = Fault::on_write(1, Effect::Latency(SLOW));
    fault.times = None;
    account.control.add_fault(fault);
}

fn wait_until(account: &Account, what: &str, met: impl Fn(&Account) -> bool) {
    let start = Instant::now();
    while !met(account) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} never came"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn answered(account: &Account) -> usize {
    account
        .control
        .requests()
        .iter()
        .filter(|entry| entry.write && entry.status.is_some())
        .count()
}

/// What the service has begun, it ends, whoever waits for it.
fn settle(account: &Account) {
    wait_until(account, "the end of the requests under way", |account| {
        account
            .control
            .requests()
            .iter()
            .all(|entry| entry.status.is_some())
    });
}

#[cfg(unix)]
fn signal(process: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([&format!("-{name}"), &process.to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[test]
fn a_run_that_a_pipeline_cancels_ends_its_request_tells_and_gives_the_lock_back() {
    side_by_side(&["INT", "TERM"], |name| {
        let account = crowd::account();
        slow(&account);
        let running = account
            .call(&["apply", "--auto-approve", "--format", "json"])
            .start();
        wait_until(&account, "the second write", |account| {
            account.writes() >= 2
        });
        signal(running.id(), name);
        let report = running.wait().expect(5).json();
        assert_eq!(report["outcome"], "partial", "{name}");
        assert_eq!(report["steps"][0]["outcome"], "done", "{name}");
        assert!(!account.ledger_folder().join("lock").exists(), "{name}");
        expect_resumed(&account, name);
    });
}

#[cfg(unix)]
#[test]
fn a_run_that_is_cancelled_while_it_reads_gives_the_lock_back() {
    let account = crowd::account();
    account
        .control
        .add_fault(Fault::always(Effect::Latency(2000)));
    let running = account.call(&["apply", "--auto-approve"]).start();
    wait_until(&account, "the first request", |account| {
        account.control.counters().total >= 1
    });
    signal(running.id(), "TERM");
    running
        .wait()
        .expect(1)
        .says(&["stopped by SIGTERM; nothing was written"]);
    assert!(!account.ledger_folder().join("lock").exists());
    assert_eq!(account.writes(), 0);
}

#[test]
fn a_run_that_is_killed_is_resumed_and_nothing_is_lost_or_done_twice() {
    #[derive(Clone, Copy, Debug)]
    enum Moment {
        Within,
        After,
    }
    let cases: Vec<(usize, Moment, bool)> = [1, 2, 5, 12, 19, 33]
        .into_iter()
        .flat_map(|k| {
            [
                (k, Moment::Within, true),
                (k, Moment::Within, false),
                (k, Moment::After, true),
            ]
        })
        .collect();
    side_by_side(&cases, |(k, moment, wait)| {
        let case = format!("killed {moment:?} write {k}, waiting: {wait}");
        let account = crowd::account();
        slow(&account);
        let running = account.call(&["apply", "--auto-approve"]).start();
        match moment {
            Moment::Within => wait_until(&account, &case, |account| account.writes() >= *k as u64),
            Moment::After => wait_until(&account, &case, |account| answered(account) >= *k),
        }
        let process = running.id();
        let killed = running.kill();
        assert_eq!(killed.code(), None, "{case}: it ended before it was killed");
        if *wait {
            settle(&account);
        }
        account.control.clear_faults();
        let first = account.run(&["resume"]);
        assert!(
            matches!(first.code(), Some(0 | 5)),
            "{case}: {}{}",
            first.stdout,
            first.stderr
        );
        assert!(
            first.stderr.contains("took over the lock of tester")
                && first.stderr.contains(&format!("process {process}")),
            "{case}: {}",
            first.stderr
        );
        settle(&account);
        expect_resumed(&account, &case);
        account.run(&["ledger", "verify"]).expect(0);
        account.run(&["history"]).expect(0);
    });
}

#[test]
fn after_a_kill_a_new_apply_reaches_the_goal_as_well() {
    let cases = [1_u64, 3, 14];
    side_by_side(&cases, |k| {
        let case = format!("killed at write {k}, applied anew");
        let account = crowd::account();
        slow(&account);
        let running = account.call(&["apply", "--auto-approve"]).start();
        wait_until(&account, &case, |account| account.writes() >= *k);
        let _ = running.kill();
        settle(&account);
        account.control.clear_faults();
        account.apply().expect(0);
        crowd::expect_as_declared(&account, &case);
        account.expect_converged();
        account.run(&["resume"]).expect(0);
    });
}

#[test]
fn of_two_applies_at_once_the_second_is_refused_and_names_the_first() {
    let account = crowd::account();
    slow(&account);
    let first = account.call(&["apply", "--auto-approve"]).start();
    wait_until(&account, "the first write", |account| account.writes() >= 1);
    let process = format!("process {}", first.id());
    for args in [
        vec!["apply", "--auto-approve"],
        vec!["resume"],
        vec!["confirm", "m-0"],
    ] {
        account
            .run(&args)
            .expect(4)
            .says(&["tester", "`apply`", &process]);
    }
    // Reading needs no lock.
    account.run(&["plan"]).expect(0);
    account.control.clear_faults();
    first.wait().expect(0);
    crowd::expect_as_declared(&account, "beside a refused one");
    account.expect_converged();
}

#[test]
fn unlock_takes_the_lock_away_and_says_whose_it_was() {
    let account = crowd::account();
    let done = account.run(&["unlock"]).expect(0);
    assert!(done.stdout.contains("was not locked"), "{}", done.stdout);
    slow(&account);
    let running = account.call(&["apply", "--auto-approve"]).start();
    wait_until(&account, "the first write", |account| account.writes() >= 1);
    let process = running.id();
    let _ = running.kill();
    let done = account.run(&["unlock"]).expect(0);
    for word in ["tester", &format!("process {process}"), "`apply`"] {
        assert!(
            done.stdout.contains(word),
            "`{word}` is not in {}",
            done.stdout
        );
    }
    settle(&account);
    account.control.clear_faults();
    let resumed = account.run(&["resume"]).expect(0);
    assert!(!resumed.stderr.contains("took over"), "{}", resumed.stderr);
    crowd::expect_as_declared(&account, "unlocked");
}

#[test]
fn a_create_that_lands_after_a_resume_looked_has_the_password_that_was_handed_over() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New, last_name: Person }\n",
    );
    let create = |millis| Fault::on("PUT", "agents/add", Effect::Latency(millis));
    account.control.add_fault(create(1500));
    let running = account.call(&["apply", "--auto-approve"]).start();
    wait_until(&account, "the create", |account| account.writes() >= 1);
    let _ = running.kill();
    // The first create lands while the second is under way, so that the second is refused.
    account.control.clear_faults();
    account.control.add_fault(create(3000));
    let _ = account.run(&["resume"]);
    settle(&account);
    account.run(&["resume"]).expect(0);
    let passwords = account.passwords();
    let (email, password) = passwords.last().unwrap();
    assert_eq!(email, "new@acme.example");
    let agent = account.live().agent_by_email(email).unwrap().clone();
    assert_eq!(
        agent.pass_sha256,
        Some(seatwright::sandbox::cloudtalk::digest(password))
    );
    account.expect_converged();
}
