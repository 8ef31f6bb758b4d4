//! What was written and cannot be read back.

use seatwright::sandbox::cloudtalk::Seed;
use serde_json::Value;

use crate::run::{Account, Setup, agent, demo, groups_only, outline};

const BODY: &str = "\
numbers:
  - { number: \"+421220510801\", name: Sales line, route: { group: VIP } }
users:
  - { email: ada@acme.example, first_name: Ada, last_name: Lovelace, groups: [Sales EU, VIP] }
  - { email: grace@acme.example, first_name: Grace, last_name: Hopper, groups: [Sales EU] }
  - { email: new@acme.example, first_name: New, last_name: Person, groups: [VIP] }
";

fn applied() -> Account {
    let account = Account::new(demo(), BODY);
    account.apply().expect(0);
    account.expect_converged();
    account
}

fn leave(account: &Account, email: &str, group: &str) {
    let id = account.agent_id(email);
    account.by_hand(|company| {
        let group = company.group_by_name(group).unwrap().id;
        assert!(company.remove_member(group, id));
    });
}

fn reasons(plan: &Value) -> Vec<String> {
    plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| {
            step["reason"]["because"]
                .as_str()
                .unwrap_or("none")
                .to_owned()
        })
        .collect()
}

#[test]
fn memberships_and_routes_are_taken_from_the_ledger_and_told_to_be_so() {
    let account = applied();
    let plan = account.plan();
    assert!(outline(&plan).is_empty());
    let warnings = plan["warnings"].to_string();
    assert!(warnings.contains("unverifiable"), "{warnings}");
}

#[test]
fn a_member_who_was_removed_behind_our_back_is_put_back() {
    let account = applied();
    leave(&account, "new@acme.example", "VIP");
    let plan = account.plan();
    assert!(
        outline(&plan).contains(&"add_member user new@acme.example -> VIP".to_owned()),
        "{:?}",
        outline(&plan)
    );
    assert!(outline(&plan).iter().all(|step| step.ends_with("-> VIP")));
    assert!(
        reasons(&plan)
            .iter()
            .all(|reason| reason == "count_mismatch")
    );
    account.run(&["drift"]).expect(2);
    account.apply().expect(0);
    assert!(account.members("VIP").contains("new@acme.example"));
    account.expect_converged();
}

#[test]
fn somebody_unknown_who_leaves_a_group_is_asked_after_once_only() {
    let account = applied();
    // Hedy is in the group, and no manifest says so.
    leave(&account, "hedy@acme.example", "Sales EU");
    account.run(&["plan", "--detailed-exitcode"]).expect(2);
    account.apply().expect(0);
    account.expect_converged();
}

#[test]
fn an_unknown_member_who_joins_changes_nothing() {
    let account = applied();
    let id = account.agent_id("radia@acme.example");
    account.by_hand(|company| {
        let group = company.group_by_name("VIP").unwrap().id;
        company.add_member(group, id);
    });
    account.expect_converged();
    assert!(outline(&account.plan()).is_empty());
    account.apply().expect(0);
    // Counted from now on: who leaves again, is missed.
    leave(&account, "radia@acme.example", "VIP");
    account.run(&["plan", "--detailed-exitcode"]).expect(2);
}

#[test]
fn somebody_deleted_by_the_plan_who_was_in_a_group_unknown_to_us_is_no_drift() {
    let account = applied();
    account.write_manifest(&format!(
        "{BODY}  - {{ email: hedy@acme.example, state: absent, reason: left }}\n"
    ));
    account.apply().expect(0);
    account.expect_converged();
}

#[test]
fn a_person_who_was_deleted_and_created_anew_by_hand_gets_the_memberships_again() {
    let account = applied();
    let id = account.agent_id("new@acme.example");
    account.by_hand(|company| {
        assert!(company.delete_agent(id));
        let mut anew = agent("new@acme.example", 1777, &[]);
        anew.firstname = "New".into();
        anew.lastname = "Person".into();
        company.create_agent(&anew).unwrap();
    });
    let plan = account.plan();
    assert_eq!(outline(&plan), ["add_member user new@acme.example -> VIP"]);
    account.apply().expect(0);
    assert!(account.members("VIP").contains("new@acme.example"));
    account.expect_converged();
}

#[test]
fn a_person_renamed_in_the_dashboard_is_known_by_id_and_renamed_back() {
    let account = applied();
    let id = account.agent_id("new@acme.example");
    account.by_hand(|company| {
        company.agents.get_mut(id).unwrap().email = "other@acme.example".into();
    });
    let plan = account.plan();
    assert_eq!(outline(&plan), ["update user new@acme.example"]);
    assert_eq!(reasons(&plan), ["moved"]);
    account.apply().expect(0);
    account.expect_converged();
    assert_eq!(account.agent_id("new@acme.example"), id);
}

#[test]
fn a_number_whose_route_was_changed_to_another_kind_is_led_back() {
    let account = applied();
    account.by_hand(|company| {
        let number = company.number_by_e164("+421220510801").unwrap().id;
        company.numbers.get_mut(number).unwrap().route = None;
    });
    account.run(&["plan", "--detailed-exitcode"]).expect(2);
    account.apply().expect(0);
    account.expect_converged();
    let live = account.live();
    let group = live.group_by_name("VIP").unwrap().id;
    let route = live.number_by_e164("+421220510801").unwrap().route.unwrap();
    assert_eq!(route.source_id, Some(group));
}

#[test]
fn a_lost_ledger_means_asserting_again_and_nothing_worse() {
    let account = applied();
    let before = account.live();
    std::fs::remove_dir_all(account.ledger_folder()).unwrap();
    let plan = account.plan();
    assert!(
        outline(&plan)
            .iter()
            .all(|step| step.starts_with("add_member") || step.starts_with("update number")),
        "{:?}",
        outline(&plan)
    );
    account.apply().expect(0);
    account.expect_converged();
    assert_eq!(account.live(), before);
}

#[test]
fn a_flipped_byte_is_found_and_named() {
    for name in ["ledger.jsonl", "journal.jsonl"] {
        let account = applied();
        account.run(&["ledger", "verify"]).expect(0);
        let file = account.ledger_folder().join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let second = lines[1].replacen("example", "exampel", 1);
        let flipped = if second == lines[1] {
            lines[1].replacen("\"data\":{\"", "\"data\":{ \"", 1)
        } else {
            second
        };
        assert_ne!(flipped, lines[1]);
        let mut changed: Vec<&str> = lines.clone();
        changed[1] = &flipped;
        std::fs::write(&file, changed.join("\n") + "\n").unwrap();
        let found = account.run(&["ledger", "verify"]).expect(1);
        assert!(
            found.stderr.contains(name) && found.stderr.contains("line 2"),
            "{}",
            found.stderr
        );
    }
}

#[test]
fn lines_cut_off_the_end_are_found() {
    let account = applied();
    let file = account.ledger_folder().join("ledger.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let cut: Vec<&str> = text.lines().take(3).collect();
    std::fs::write(&file, cut.join("\n") + "\n").unwrap();
    account.run(&["ledger", "verify"]).expect(1);
}

#[test]
fn protection_outlives_the_manifest_entry() {
    let protect = "users:\n  - { email: ada@acme.example, first_name: Ada, protected: true }\n";
    let account = Setup::new(demo(), protect)
        .policy("users: { unmanaged: ignore }")
        .start();
    account.apply().expect(0);
    for gone in [
        "users:\n  - { email: ada@acme.example, state: absent, reason: left }\n",
        "users:\n  - { email: ada@acme.example, state: absent, reason: left, protected: true }\n",
    ] {
        account.write_manifest(gone);
        let refused = account.run(&["plan"]);
        assert!(matches!(refused.code(), Some(3 | 4)), "{gone}");
        let refused = account.apply();
        assert!(matches!(refused.code(), Some(3 | 4)), "{gone}");
        assert!(account.live().agent_by_email("ada@acme.example").is_some());
    }
    account.write_manifest(
        "users:\n  - { email: ada@acme.example, state: absent, reason: left, protected: false }\n",
    );
    account.apply().expect(0);
    assert!(account.live().agent_by_email("ada@acme.example").is_none());
}

#[test]
fn somebody_protected_whom_no_manifest_names_any_more_is_not_swept_away() {
    let seed = Seed {
        agents: vec![
            agent("ada@acme.example", 1001, &[]),
            agent("bob@acme.example", 1002, &[]),
        ],
        ..groups_only(&[])
    };
    let both = "users:\n  - { email: ada@acme.example, protected: true }\n  - { email: bob@acme.example, first_name: First }\n";
    let account = Setup::new(seed, both)
        .policy("users: { unmanaged: delete }")
        .start();
    account.apply().expect(0);
    account.write_manifest("users:\n  - { email: bob@acme.example, first_name: First }\n");
    let refused = account.apply().expect(4);
    assert!(refused.stdout.contains("protected") || refused.stderr.contains("protected"));
    assert!(account.live().agent_by_email("ada@acme.example").is_some());
}
