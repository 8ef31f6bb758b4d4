//! Every exit code, reached the way an operator reaches it.

use seatwright::sandbox::{Effect, Fault};

use crate::run::{Account, demo};

const CHANGE: &str = "users:\n  - { email: ada@acme.example, first_name: Augusta }\n";
const NOTHING: &str = "users:\n  - { email: ada@acme.example, first_name: Ada }\n";
const BY_HAND: &str = "users:\n  - { email: ada@acme.example, first_name: Ada, language: sk }\n";

fn with(body: &str) -> Account {
    Account::new(demo(), body)
}

#[test]
fn zero_is_done() {
    let account = with(CHANGE);
    account.run(&["validate"]).expect(0);
    account.run(&["plan"]).expect(0);
    account.apply().expect(0);
    account.run(&["drift"]).expect(0);
    account.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn one_is_a_failure_of_the_machine() {
    let account = with(CHANGE);
    account
        .run(&["show", "no-such-plan.json"])
        .expect(1)
        .says(&["no-such-plan.json"]);
    account
        .run(&["plan", "--out", "no/such/folder/p.json"])
        .expect(1);
    assert_eq!(account.writes(), 0);
}

#[test]
fn two_is_changes_pending() {
    let account = with(CHANGE);
    account.run(&["plan", "--detailed-exitcode"]).expect(2);
    account.run(&["drift"]).expect(2);
}

#[test]
fn three_is_invalid_manifests_and_nothing_is_asked_of_the_service() {
    let account = with("users:\n  - { email: not-an-address }\n");
    let found = account.run(&["validate"]).expect(3);
    assert!(found.stdout.contains("invalid-email"), "{}", found.stdout);
    for args in [
        vec!["plan"],
        vec!["drift"],
        vec!["apply", "--auto-approve"],
        vec!["resume"],
        vec!["unlock"],
    ] {
        account
            .run(&args)
            .expect(3)
            .says(&["invalid-email", "acme.yaml:"]);
    }
    assert_eq!(account.control.counters().total, 0);
}

#[test]
fn four_is_a_refusal_before_anything_is_written() {
    let account = with(CHANGE);
    // Standard input is no terminal: nobody can say yes.
    account
        .run(&["apply"])
        .expect(4)
        .says(&["--plan", "--auto-approve"]);
    assert_eq!(account.control.counters().total, 0);
    account.run(&["plan", "--max-requests", "1"]).expect(4);
    account
        .run(&["apply", "--auto-approve", "--max-requests", "1"])
        .expect(4);
    assert_eq!(account.writes(), 0);
}

#[test]
fn five_is_applied_in_part() {
    let account = with(
        "users:\n  - { email: ada@acme.example, first_name: Augusta }\n  - { email: new@acme.example, first_name: N, last_name: P }\n",
    );
    let mut fault = Fault::on("PUT", "agents/add", Effect::BeforeEffect500);
    fault.times = None;
    account.control.add_fault(fault);
    let report = account
        .run(&["apply", "--auto-approve", "--format", "json"])
        .expect(5)
        .json();
    assert_eq!(report["format"], "seatwright/apply/v1");
    assert_eq!(report["outcome"], "partial");
    account.control.clear_faults();
    account.run(&["resume"]).expect(0);
    account.expect_converged();
    account
        .run(&["resume"])
        .expect(0)
        .says(&["nothing to resume"]);
}

#[test]
fn six_is_a_stale_plan() {
    let account = with(CHANGE);
    account.run(&["plan", "--out", "p.json"]).expect(0);
    account.write_manifest(NOTHING);
    account.run(&["apply", "--plan", "p.json"]).expect(6);
    assert_eq!(account.writes(), 0);
}

#[test]
fn seven_is_missing_or_refused_credentials() {
    let account = with(CHANGE);
    for args in [vec!["plan"], vec!["drift"], vec!["apply", "--auto-approve"]] {
        account
            .call(&args)
            .without_env("CLOUDTALK_ACCESS_KEY_SECRET")
            .done()
            .expect(7)
            .says(&["CLOUDTALK_ACCESS_KEY_SECRET"]);
    }
    assert_eq!(account.control.counters().total, 0);
    account
        .call(&["plan"])
        .env("CLOUDTALK_ACCESS_KEY_ID", "another-key")
        .done()
        .expect(7);
    assert_eq!(
        account.control.counters().total,
        1,
        "wrong keys are not tried again"
    );
}

#[test]
fn eight_is_a_service_that_cannot_be_reached_or_believed() {
    let account = with(CHANGE);
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let head = account.head().replace(
        &account.sandbox.url(),
        &format!("http://127.0.0.1:{port}/api"),
    );
    account.write("acme.yaml", &format!("{head}{CHANGE}"));
    account.run(&["plan"]).expect(8).says(&["127.0.0.1"]);
    account.write_manifest(CHANGE);
    account.control.add_fault(Fault::always(Effect::Html(200)));
    account.run(&["plan"]).expect(8);
    account.run(&["apply", "--auto-approve"]).expect(8);
    assert_eq!(account.writes(), 0);
}

#[test]
fn nine_is_nothing_left_but_manual_steps() {
    let account = with(BY_HAND);
    account.run(&["plan"]).expect(0);
    account.run(&["plan", "--detailed-exitcode"]).expect(9);
    account.run(&["drift"]).expect(9);
    account.apply().expect(9);
    assert_eq!(account.writes(), 0);
}

#[test]
fn sixty_four_is_a_wrong_command_line_which_never_reaches_the_network() {
    let account = with(CHANGE);
    for args in [
        vec!["plan", "--no-such-flag"],
        vec!["plan", "--force"],
        vec!["apply", "--auto-aprove"],
        vec!["aplly"],
        vec!["plan", "--allow", "deletions"],
        vec!["plan", "--allow", "everything=1"],
        vec!["plan", "--as-of", "yesterday"],
        vec!["plan", "--format", "xml"],
        vec!["apply", "--plan", "p.json", "--only", "x"],
        vec!["confirm"],
        vec![],
    ] {
        let done = account.run(&args);
        assert_eq!(
            done.code(),
            Some(64),
            "{args:?}: {}{}",
            done.stdout,
            done.stderr
        );
    }
    assert_eq!(account.control.counters().total, 0);
}

#[test]
fn help_and_version_are_no_errors() {
    let account = with(CHANGE);
    account.run(&["--help"]).expect(0);
    account.run(&["plan", "--help"]).expect(0);
    let version = account.run(&["--version"]).expect(0);
    assert!(version.stdout.starts_with("seatwright "));
}
