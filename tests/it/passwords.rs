//! The passwords of new users: made and handed over, or had by reference.

use std::os::unix::fs::PermissionsExt as _;

use seatwright::sandbox::cloudtalk::digest;
use seatwright::sandbox::{Effect, Fault};

use crate::run::{Account, Setup, demo, groups_only};

fn people(count: usize) -> String {
    let mut body = String::from("users:\n");
    for n in 0..count {
        body.push_str(&format!(
            "  - {{ email: p{n}@acme.example, first_name: P, last_name: X }}\n"
        ));
    }
    body
}

fn has_password(account: &Account, email: &str, password: &str) -> bool {
    account.live().agent_by_email(email).unwrap().pass_sha256 == Some(digest(password))
}

#[test]
fn made_passwords_go_to_a_file_for_its_owner_only_one_line_for_each_new_user() {
    let account = Account::new(groups_only(&[]), &people(3));
    account.apply().expect(0);
    let passwords = account.passwords();
    let emails: Vec<&str> = passwords.iter().map(|(email, _)| email.as_str()).collect();
    assert_eq!(
        emails,
        ["p0@acme.example", "p1@acme.example", "p2@acme.example"]
    );
    for (email, password) in &passwords {
        assert!(password.len() >= 12);
        assert!(has_password(&account, email, password));
    }
    let file = account.ledger_folder().join("passwords.jsonl");
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let ignored = std::fs::read_to_string(account.folder().join(".gitignore")).unwrap();
    assert!(ignored.contains("passwords"), "{ignored}");
}

#[test]
fn a_made_password_is_handed_over_before_the_user_is_created() {
    let account = Account::new(groups_only(&[]), &people(1));
    account
        .control
        .add_fault(Fault::on("PUT", "agents/add", Effect::DropAfter));
    account.apply().expect(0);
    // The answer was lost, the user is there, and the password is known.
    let (email, password) = account.passwords().pop().unwrap();
    assert!(has_password(&account, &email, &password));

    let account = Account::new(groups_only(&[]), &people(1));
    let mut drop = Fault::on("PUT", "agents/add", Effect::DropBefore);
    drop.times = None;
    account.control.add_fault(drop);
    account.apply().expect(5);
    assert!(!account.passwords().is_empty());
    assert!(account.live().agents.is_empty());
}

#[test]
fn where_the_password_cannot_be_handed_over_nobody_is_created() {
    let account = Setup::new(groups_only(&[]), &people(1))
        .account("passwords: { command: [\"false\"] }")
        .start();
    let done = account.apply();
    assert_ne!(done.code(), Some(0));
    assert_eq!(account.writes(), 0);
    assert!(account.live().agents.is_empty());
}

#[test]
fn a_command_takes_made_passwords_on_its_standard_input() {
    let account = Setup::new(groups_only(&[]), &people(2))
        .account(
            "passwords: { command: [\"sh\", \"-c\", \"mkdir -p secrets; cat >> secrets/handed\"] }",
        )
        .start();
    account.apply().expect(0);
    let handed = std::fs::read_to_string(account.folder().join("secrets/handed")).unwrap();
    assert_eq!(handed.lines().count(), 2);
    for line in handed.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let (email, password) = (
            line["email"].as_str().unwrap(),
            line["password"].as_str().unwrap(),
        );
        assert!(has_password(&account, email, password));
        account.plant(password);
    }
    account.run(&["plan"]).expect(0);
    account.run(&["history"]).expect(0);
}

const REFERENCES: &str = "\
users:
  - { email: a@acme.example, first_name: A, last_name: X, password: { env: PW_OF_A } }
  - { email: b@acme.example, first_name: B, last_name: X, password: { file: secrets/b } }
  - { email: c@acme.example, first_name: C, last_name: X, password: { command: [sh, -c, \"cat secrets/c # $1\", sh, planted-argument-40d1] } }
";

const OF_A: &str = "Planted-Env-3#kd81";
const OF_B: &str = "Planted-File-9!qm22";
const OF_C: &str = "Planted-Command-5?zz07";

fn with_references() -> Account {
    let account = Account::new(groups_only(&[]), REFERENCES);
    for secret in [OF_A, OF_B, OF_C] {
        account.plant(secret);
    }
    account.plant_in_manifests("planted-argument-40d1");
    account.write("secrets/b", &format!("{OF_B}\n"));
    account.write("secrets/c", &format!("{OF_C}\n"));
    account
}

#[test]
fn passwords_by_reference_are_set_and_written_nowhere() {
    let account = with_references();
    account
        .call(&["plan", "--out", "p.json"])
        .env("PW_OF_A", OF_A)
        .done()
        .expect(0);
    account
        .call(&["apply", "--plan", "p.json", "-vv"])
        .env("PW_OF_A", OF_A)
        .done()
        .expect(0);
    assert!(has_password(&account, "a@acme.example", OF_A));
    assert!(has_password(&account, "b@acme.example", OF_B));
    assert!(has_password(&account, "c@acme.example", OF_C));
    assert!(account.passwords().is_empty());
    account.expect_converged();
}

#[test]
fn a_plan_needs_no_secret() {
    let account = with_references();
    std::fs::remove_dir_all(account.folder().join("secrets")).unwrap();
    account.run(&["plan"]).expect(0);
}

#[test]
fn a_reference_to_nothing_is_told_before_the_first_request() {
    type Break = fn(&Account);
    let breaks: [(Break, Option<&str>, &str); 3] = [
        (|_| {}, None, "PW_OF_A"),
        (
            |account| std::fs::remove_file(account.folder().join("secrets/b")).unwrap(),
            Some(OF_A),
            "secrets/b",
        ),
        (
            |account| std::fs::remove_file(account.folder().join("secrets/c")).unwrap(),
            Some(OF_A),
            "sh",
        ),
    ];
    for (spoil, of_a, told) in breaks {
        let account = with_references();
        account.run(&["plan", "--out", "p.json"]).expect(0);
        spoil(&account);
        account.control.reset_requests();
        let mut call = account.call(&["apply", "--plan", "p.json"]);
        if let Some(of_a) = of_a {
            call = call.env("PW_OF_A", of_a);
        }
        let done = call.done();
        assert_eq!(done.code(), Some(3), "{}", done.stderr);
        assert!(
            done.stderr.contains(told),
            "`{told}` is not in {}",
            done.stderr
        );
        assert_eq!(account.control.counters().total, 0);
        // Without a saved plan it takes a reading to know who is new, and still no write.
        let mut call = account.call(&["apply", "--auto-approve"]);
        if let Some(of_a) = of_a {
            call = call.env("PW_OF_A", of_a);
        }
        call.done().expect(3);
        assert_eq!(account.writes(), 0);
    }
}

#[test]
fn credentials_by_reference_work_and_are_written_nowhere() {
    let account = Setup::new(groups_only(&[]), &people(1))
        .account("credentials: { access_key_id: { file: secrets/id }, access_key_secret: { command: [cat, secrets/key] } }")
        .start();
    account.write("secrets/id", crate::run::KEY_ID);
    account.write("secrets/key", crate::run::KEY_SECRET);
    account
        .call(&["apply", "--auto-approve", "-vv"])
        .without_env("CLOUDTALK_ACCESS_KEY_ID")
        .without_env("CLOUDTALK_ACCESS_KEY_SECRET")
        .done()
        .expect(0);
}

#[test]
fn made_passwords_stay_beside_the_manifests_wherever_the_ledger_is() {
    let account = Setup::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New, last_name: Person }\n",
    )
    .account("ledger: ../elsewhere")
    .start();
    account.run(&["apply", "--auto-approve"]).expect(0);
    let here = account.folder().join(".seatwright/passwords.jsonl");
    assert!(here.is_file());
    assert!(
        !account
            .folder()
            .join("../elsewhere/passwords.jsonl")
            .exists()
    );
}

#[test]
fn a_reference_that_cannot_be_had_is_found_out_before_the_first_request() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New, last_name: Person, password: { env: NOPE } }\n",
    );
    account.control.reset_requests();
    account
        .run(&["apply", "--auto-approve"])
        .expect(3)
        .says(&["NOPE", "nothing was written"]);
    assert_eq!(account.control.requests().len(), 0);
}

#[test]
fn whoever_is_created_anew_gets_a_new_password() {
    let person = |extension: u16| {
        format!(
            "users:\n  - {{ email: new@acme.example, first_name: New, last_name: Person, extension: {extension}, replace: true }}\n"
        )
    };
    let account = Account::new(demo(), &person(2001));
    for extension in [2001, 2002, 2003] {
        account.write_manifest(&person(extension));
        account.run(&["apply", "--auto-approve"]).expect(0);
        let passwords = account.passwords();
        let (_, newest) = passwords.last().unwrap();
        assert!(
            has_password(&account, "new@acme.example", newest),
            "{extension}"
        );
    }
    let made: std::collections::BTreeSet<String> =
        account.passwords().into_iter().map(|(_, it)| it).collect();
    assert_eq!(made.len(), 3);
}
