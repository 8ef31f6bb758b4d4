//! Plans that are saved, reviewed and applied later.

use crate::run::{Account, demo, text_of};

const BODY: &str = "\
groups:
  - name: VIP
users:
  - { email: ada@acme.example, first_name: Augusta, last_name: Lovelace, groups: [VIP] }
  - { email: new@acme.example, first_name: New, last_name: Person }
";

/// A moment, in seconds of Unix time.
const THEN: i64 = 1_795_255_200;
const DAY: i64 = 24 * 60 * 60;

fn saved() -> Account {
    let account = Account::new(demo(), BODY);
    account.run(&["plan", "--out", "p.json"]).expect(0);
    account
}

fn untouched(account: &Account) {
    assert_eq!(account.writes(), 0);
    assert!(account.live().agent_by_email("new@acme.example").is_none());
}

#[test]
fn a_fresh_plan_is_applied_as_it_is_and_asks_nobody() {
    let account = saved();
    account.run(&["apply", "--plan", "p.json"]).expect(0);
    account.expect_converged();
}

#[test]
fn a_plan_is_not_applied_twice() {
    let account = saved();
    account.run(&["apply", "--plan", "p.json"]).expect(0);
    account.control.reset_requests();
    account.run(&["apply", "--plan", "p.json"]).expect(6);
    assert_eq!(account.writes(), 0);
}

#[test]
fn a_plan_of_other_manifests_is_stale() {
    let account = saved();
    account.write_manifest(&BODY.replace("New, last", "Newer, last"));
    account
        .run(&["apply", "--plan", "p.json"])
        .expect(6)
        .says(&["the manifests have changed"]);
    untouched(&account);
}

#[test]
fn a_comment_makes_no_plan_stale() {
    let account = saved();
    account.write_manifest(&format!("# Nothing else\n{BODY}\n"));
    account.run(&["apply", "--plan", "p.json"]).expect(0);
}

#[test]
fn a_field_in_scope_that_moved_makes_the_plan_stale_and_is_named() {
    let account = saved();
    let id = account.agent_id("ada@acme.example");
    account.by_hand(|company| {
        company.agents.get_mut(id).unwrap().firstname = "Other".into();
    });
    account
        .run(&["apply", "--plan", "p.json"])
        .expect(6)
        .says(&["ada@acme.example", "first_name"]);
    untouched(&account);
}

#[test]
fn somebody_who_was_created_by_hand_meanwhile_makes_the_plan_stale() {
    let account = saved();
    account.by_hand(|company| {
        let agent = crate::run::agent("new@acme.example", 1999, &[]);
        company.create_agent(&agent).unwrap();
    });
    account
        .run(&["apply", "--plan", "p.json"])
        .expect(6)
        .says(&["new@acme.example"]);
    assert_eq!(account.writes(), 0);
}

#[test]
fn what_no_manifest_names_may_move() {
    let account = saved();
    let id = account.agent_id("radia@acme.example");
    account.by_hand(|company| {
        let radia = company.agents.get_mut(id).unwrap();
        radia.firstname = "Another".into();
        radia.status_outbound = false;
        company.create_group("Unrelated");
        let number = company.number_by_e164("+442045770101").unwrap().id;
        company.numbers.get_mut(number).unwrap().internal_name = "Unrelated".into();
    });
    account.run(&["apply", "--plan", "p.json"]).expect(0);
    account.expect_converged();
}

#[test]
fn a_plan_that_was_edited_is_refused() {
    for (from, to) in [
        ("Augusta", "Mallory"),
        ("\"requests\": 1", "\"requests\": 2"),
        ("\"create\": 1", "\"create\": 0"),
    ] {
        let account = saved();
        let path = account.folder().join("p.json");
        let text = std::fs::read_to_string(&path).unwrap();
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "{from}");
        std::fs::write(&path, edited).unwrap();
        let done = account.run(&["apply", "--plan", "p.json"]);
        assert_eq!(
            done.code(),
            Some(6),
            "{from}: {}{}",
            done.stdout,
            done.stderr
        );
        untouched(&account);
    }
}

#[test]
fn a_plan_expires() {
    let account = Account::new(demo(), BODY);
    account
        .call(&["plan", "--out", "p.json"])
        .at(THEN)
        .done()
        .expect(0);
    account
        .call(&["apply", "--plan", "p.json"])
        .at(THEN + DAY)
        .done()
        .expect(6)
        .says(&["expired"]);
    untouched(&account);
    account
        .call(&["apply", "--plan", "p.json"])
        .at(THEN + DAY - 1)
        .done()
        .expect(0);
}

#[test]
fn a_plan_finds_its_account_from_where_the_file_lies() {
    let account = saved();
    // Another working directory: the way to the account is kept in the file.
    account
        .call(&["apply", "--plan", "acme/p.json"])
        .within(account.root())
        .done()
        .expect(0);
    account.expect_converged();
}

#[test]
fn a_plan_that_moves_with_its_folder_is_still_found() {
    let account = Account::new(demo(), BODY);
    let root = account.root().to_owned();
    std::fs::create_dir(root.join("plans")).unwrap();
    account.run(&["plan", "--out", "../plans/p.json"]).expect(0);
    let elsewhere = root.join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    for name in ["plans", "acme"] {
        std::fs::rename(root.join(name), elsewhere.join(name)).unwrap();
    }
    account
        .call(&["apply", "--plan", "plans/p.json"])
        .within(&elsewhere)
        .done()
        .expect(0);
    std::fs::rename(elsewhere.join("acme"), root.join("acme")).unwrap();
    account.expect_converged();
}

#[test]
fn a_path_on_the_command_line_stands_over_the_one_in_the_plan() {
    let account = saved();
    let root = account.root().to_owned();
    std::fs::rename(root.join("acme/p.json"), root.join("p.json")).unwrap();
    // The plan says that its account is in the folder of the file, where it is not any more.
    let lost = account
        .call(&["apply", "--plan", "p.json"])
        .within(&root.join("home"))
        .done();
    assert_ne!(lost.code(), Some(0));
    account
        .call(&["apply", "acme", "--plan", "p.json"])
        .within(&root)
        .done()
        .expect(0);
    account.expect_converged();
}

#[test]
fn a_plan_of_another_account_is_refused() {
    let account = saved();
    let other = account
        .head()
        .replace("name: acme-test", "name: acme-other");
    let folder = account.root().join("other");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("other.yaml"), format!("{other}{BODY}")).unwrap();
    account
        .run(&["apply", "../other", "--plan", "p.json"])
        .expect(6)
        .says(&["acme-test", "acme-other"]);
    untouched(&account);
}

#[test]
fn a_saved_plan_is_shown_as_it_was_made_without_the_network() {
    let account = saved();
    account.control.reset_requests();
    let human = account.run(&["show", "p.json"]).expect(0);
    assert!(
        human.stdout.contains("new@acme.example"),
        "{}",
        human.stdout
    );
    let json = account
        .run(&["show", "p.json", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(json["format"], "seatwright/plan/v1");
    assert_eq!(json["account"], "acme-test");
    assert_eq!(account.control.counters().total, 0);
}

#[test]
fn a_plan_carries_its_allowances_and_its_selection() {
    let body = "users:\n  - { email: leaver@acme.example, state: absent, reason: left }\n  - { email: hedy@acme.example, state: absent, reason: left }\n  - { email: ada@acme.example, first_name: Augusta }\n";
    let account = crate::run::Setup::new(demo(), body)
        .policy("guards: { max_deletions: 1 }")
        .start();
    account.run(&["plan", "--out", "p.json"]).expect(4);
    assert!(
        !account.folder().join("p.json").exists(),
        "a refused plan was saved"
    );
    account
        .run(&[
            "plan",
            "--out",
            "p.json",
            "--allow",
            "deletions=2",
            "--except",
            "ada@acme.example",
        ])
        .expect(0);
    account.run(&["apply", "--plan", "p.json"]).expect(0);
    let live = account.live();
    assert!(live.agent_by_email("hedy@acme.example").is_none());
    assert_eq!(
        live.agent_by_email("ada@acme.example").unwrap().firstname,
        "Ada"
    );
}

#[test]
fn a_plan_file_that_was_edited_anywhere_is_refused() {
    type Edit = fn(&mut serde_json::Value);
    let edits: [(&str, Edit); 5] = [
        ("the time of its expiry", |plan| {
            plan["expires_at"] = "2099-01-01T00:00:00Z".into();
        }),
        ("when it was made", |plan| {
            plan["created_at"] = "2099-01-01T00:00:00Z".into();
        }),
        ("the folder", |plan| plan["folder"] = "elsewhere".into()),
        ("what was observed", |plan| {
            plan["observed"] = serde_json::json!({});
        }),
        ("a place in a file", |plan| {
            plan["steps"][0]["origin"]["line"] = 1.into();
        }),
    ];
    for (what, edit) in edits {
        let account = saved();
        let file = account.folder().join("p.json");
        let mut plan: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        edit(&mut plan);
        std::fs::write(&file, plan.to_string()).unwrap();
        let done = account.run(&["apply", "--plan", "p.json"]);
        assert_eq!(done.code(), Some(6), "{what}");
        done.says(&["it was edited"]);
        untouched(&account);
    }
}

#[test]
fn a_plan_is_never_saved_over_a_manifest() {
    let account = Account::new(demo(), BODY);
    let before = std::fs::read(account.folder().join("acme.yaml")).unwrap();
    account
        .run(&["plan", "--out", "acme.yaml"])
        .expect(64)
        .says(&["`acme.yaml` is a manifest of this account"]);
    let after = std::fs::read(account.folder().join("acme.yaml")).unwrap();
    assert_eq!(before, after);
}

#[test]
fn what_moved_is_told_a_line_each() {
    let account = saved();
    account.by_hand(|live| {
        let id = live.agent_by_email("ada@acme.example").unwrap().id;
        live.agents.get_mut(id).unwrap().firstname = "Moved".to_owned();
    });
    account
        .run(&["apply", "--plan", "p.json"])
        .expect(6)
        .says(&["since it was made\n  user `ada@acme.example`: `first_name` changed\n"]);
    untouched(&account);
}

#[test]
fn json_is_a_document_also_when_there_is_nothing_to_go_on_with_or_a_line_is_bad() {
    let account = saved();
    account.run(&["apply", "--plan", "p.json"]).expect(0);
    let report = account
        .run(&["resume", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(text_of(&report["format"]), "seatwright/apply/v1");
    assert_eq!(report["steps"].as_array().unwrap().len(), 0);
    let ledger = account.ledger_folder().join("ledger.jsonl");
    let text = std::fs::read_to_string(&ledger).unwrap();
    std::fs::write(
        &ledger,
        text.replacen("ada@acme.example", "eve@acme.example", 1),
    )
    .unwrap();
    let found = account
        .run(&["ledger", "verify", "--format", "json"])
        .expect(1)
        .json();
    assert_eq!(found["whole"], false);
    assert!(found["files"][0]["bad_line"].is_u64(), "{found}");
    assert_eq!(found["files"][1]["bad_line"], serde_json::Value::Null);
}
