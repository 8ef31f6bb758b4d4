//! What the API cannot do is done by a person, and the tool says what, waits for it and sees it.

use seatwright::sandbox::cloudtalk::SeedNumber;
use serde_json::Value;

use crate::run::{Account, demo, outline, paths};

const BODY: &str = "\
groups:
  - name: VIP
  - name: New team
numbers:
  - { number: \"+421220510801\", name: Sales line }
  - { number: \"+4930999000111\", name: Bought later, route: { group: New team } }
users:
  - email: boss@acme.example
    first_name: The
    last_name: Boss
    role: supervisor
    groups: [VIP, New team]
    language: sk
    settings: { download_reports: true }
  - email: seller@acme.example
    first_name: A
    last_name: Seller
    skills: [German]
    settings: { max_concurrent_calls: 1 }
    default_number: \"+4930999000111\"
";

fn manual(plan: &Value) -> Vec<&Value> {
    plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["action"] == "manual")
        .collect()
}

fn step<'a>(plan: &'a Value, kind: &str, key: &str) -> &'a Value {
    manual(plan)
        .into_iter()
        .find(|step| step["kind"] == kind && step["key"] == key)
        .unwrap_or_else(|| panic!("no manual step for {kind} {key}: {:?}", outline(plan)))
}

fn id(step: &Value) -> String {
    step["id"].as_str().unwrap().to_owned()
}

#[test]
fn manual_steps_are_numbered_say_where_to_click_and_block_what_waits_for_them() {
    let account = Account::new(demo(), BODY);
    let plan = account.plan();
    let numbers: Vec<u64> = manual(&plan)
        .iter()
        .map(|step| step["manual"]["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let steps = outline(&plan);
    for wanted in [
        "manual group New team",
        "manual number +4930999000111",
        "manual user boss@acme.example",
        "manual user seller@acme.example",
        "create user boss@acme.example",
        "create user seller@acme.example",
        "add_member user boss@acme.example -> VIP",
        "add_member user boss@acme.example -> New team (blocked)",
        "update user seller@acme.example (blocked)",
        "update number +4930999000111 (blocked)",
    ] {
        assert!(
            steps.contains(&wanted.to_owned()),
            "`{wanted}` is not in {steps:#?}"
        );
    }
    let by_hand = step(&plan, "user", "boss@acme.example");
    let mut fields = paths(by_hand);
    fields.sort();
    assert_eq!(fields, ["language", "role", "settings.download_reports"]);
    assert!(by_hand.to_string().contains("Users"), "{by_hand}");
    assert_eq!(plan["summary"]["manual"], 4);
    assert_eq!(plan["summary"]["blocked"], 3);
}

#[test]
fn an_apply_sends_nothing_for_what_is_blocked_and_ends_with_nine() {
    let account = Account::new(demo(), BODY);
    let report = account
        .run(&["apply", "--auto-approve", "--format", "json"])
        .expect(9)
        .json();
    assert_eq!(report["outcome"], "manual");
    let writes: Vec<String> = account
        .control
        .requests()
        .iter()
        .filter(|entry| entry.write)
        .map(|entry| entry.path.clone())
        .collect();
    // Two creates and one membership.
    assert_eq!(writes.len(), 3, "{writes:?}");
    let live = account.live();
    assert!(live.agent_by_email("seller@acme.example").is_some());
    assert!(account.members("VIP").contains("boss@acme.example"));
    account.run(&["plan", "--detailed-exitcode"]).expect(9);
    account.run(&["drift"]).expect(9);
    account.apply().expect(9);
}

#[test]
fn what_cannot_be_read_back_is_confirmed_and_then_known() {
    let account = Account::new(demo(), BODY);
    account.apply().expect(9);
    let plan = account.plan();
    let boss = id(step(&plan, "user", "boss@acme.example"));
    let seller = id(step(&plan, "user", "seller@acme.example"));
    account
        .run(&["confirm", &boss, &seller, "--note", "done by tester"])
        .expect(0);
    let plan = account.plan();
    assert!(
        manual(&plan).iter().all(|step| step["kind"] != "user"),
        "{:?}",
        outline(&plan)
    );
    assert_eq!(account.writes(), 3);
    // Twice is once.
    account.run(&["confirm", &boss]).expect(0);
    account.run(&["confirm", "m-none"]).expect(4);
    account.write_manifest(&BODY.replace("language: sk", "language: de"));
    let plan = account.plan();
    assert_eq!(
        paths(step(&plan, "user", "boss@acme.example")),
        ["language"]
    );
}

#[test]
fn what_can_be_read_back_is_seen_and_not_believed() {
    let account = Account::new(demo(), BODY);
    account.apply().expect(9);
    let plan = account.plan();
    let group = id(step(&plan, "group", "New team"));
    account
        .run(&["confirm", &group])
        .expect(4)
        .says(&["not done yet"]);
    account.by_hand(|company| {
        company.create_group("New team");
        company
            .create_number(&SeedNumber {
                e164: "+4930999000111".into(),
                name: "Other name".into(),
                ..SeedNumber::default()
            })
            .unwrap();
    });
    account
        .run(&["confirm", &group])
        .expect(4)
        .says(&["drops out by itself"]);
    let plan = account.plan();
    assert!(manual(&plan).iter().all(|step| step["kind"] == "user"));
    assert!(
        outline(&plan)
            .iter()
            .all(|step| !step.ends_with("(blocked)")),
        "{:?}",
        outline(&plan)
    );
    account.apply().expect(9);
    assert!(account.members("New team").contains("boss@acme.example"));
    let live = account.live();
    let number = live.number_by_e164("+4930999000111").unwrap();
    assert_eq!(number.internal_name, "Bought later");
    assert_eq!(
        live.agent_by_email("seller@acme.example")
            .unwrap()
            .call_number_id,
        Some(number.id)
    );
    let plan = account.plan();
    let left: Vec<String> = manual(&plan).into_iter().map(id).collect();
    let mut confirm = vec!["confirm"];
    confirm.extend(left.iter().map(String::as_str));
    account.run(&confirm).expect(0);
    account.expect_converged();
}

#[test]
fn assigned_numbers_are_set_by_hand_and_seen_when_they_are() {
    let body = "users:\n  - { email: ada@acme.example, first_name: Ada, assigned_numbers: [\"+421220510801\"] }\n";
    let account = Account::new(demo(), body);
    let plan = account.plan();
    assert_eq!(outline(&plan), ["manual user ada@acme.example"]);
    let by_hand = id(step(&plan, "user", "ada@acme.example"));
    account.run(&["confirm", &by_hand]).expect(4);
    let ada = account.agent_id("ada@acme.example");
    account.by_hand(|company| {
        let number = company.number_by_e164("+421220510801").unwrap().id;
        company.agents.get_mut(ada).unwrap().associated_numbers = [number].into();
    });
    account.expect_converged();
}

#[test]
fn seats_are_bought_by_hand_and_people_wait_for_them() {
    let mut seed = demo();
    seed.seats = Some(10);
    let body = |seats: u32, more: &str| {
        format!(
            "seats: {{ purchased: {seats} }}\nusers:\n  - {{ email: ada@acme.example, first_name: Ada }}\n{more}"
        )
    };
    let account = Account::new(seed, &body(10, ""));
    account.apply().expect(0);
    account.write_manifest(&body(
        11,
        "  - { email: new@acme.example, first_name: N, last_name: P }\n",
    ));
    let plan = account.plan();
    assert_eq!(outline(&plan).len(), 2, "{:?}", outline(&plan));
    assert!(outline(&plan).contains(&"create user new@acme.example (blocked)".to_owned()));
    account.apply().expect(9);
    assert_eq!(account.writes(), 0);
    let seats = manual(&plan).into_iter().map(id).next().unwrap();
    account
        .by_hand(|company| company.set_seats(Some(11)))
        .unwrap();
    account.run(&["confirm", &seats]).expect(0);
    account.apply().expect(0);
    account.expect_converged();
    assert_eq!(account.live().agents.len(), 11);
}

#[test]
fn a_role_of_somebody_who_is_there_is_asked_for_once() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: annie@acme.example, role: supervisor }\n",
    );
    let plan = account.plan();
    assert_eq!(outline(&plan), ["manual user annie@acme.example"]);
    let role = id(step(&plan, "user", "annie@acme.example"));
    // A beginning that fits one step only is enough.
    account.run(&["confirm", &role[..6]]).expect(0);
    account.expect_converged();
    account.write_manifest("users:\n  - { email: annie@acme.example, role: agent }\n");
    let plan = account.plan();
    assert_eq!(plan["steps"][0]["fields"][0]["before"], "supervisor");
}

#[test]
fn an_upload_file_is_written_for_new_people_with_another_role() {
    let account = Account::new(demo(), BODY);
    account.run(&["plan", "--uploads", "up"]).expect(0);
    let files: Vec<String> = std::fs::read_dir(account.folder().join("up"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(
        files.iter().any(|text| text.contains("boss@acme.example")),
        "{files:?}"
    );
}

#[test]
fn an_empty_id_and_a_step_on_somebody_who_is_not_there_yet_are_not_confirmed() {
    let account = Account::new(
        demo(),
        "users:\n  - { email: new@acme.example, first_name: New, last_name: Person, language: sk }\n",
    );
    account
        .run(&["confirm", ""])
        .expect(4)
        .says(&["no pending manual step"]);
    let plan = account.plan();
    let step = id(step(&plan, "user", "new@acme.example"));
    account.run(&["confirm", &step]).expect(4).says(&[
        "new@acme.example",
        "not in the account yet",
        "apply first",
    ]);
    account.run(&["apply", "--auto-approve"]).expect(9);
    account.run(&["confirm", &step]).expect(0);
    account.expect_converged();
}

#[test]
fn a_number_waits_whole_for_a_group_that_a_person_has_to_make() {
    let account = Account::new(
        demo(),
        "groups:\n  - name: New team\nnumbers:\n  - { number: \"+421220510801\", route: { group: New team } }\n",
    );
    let steps = outline(&account.plan());
    assert_eq!(
        steps
            .iter()
            .filter(|step| step.starts_with("update"))
            .collect::<Vec<_>>(),
        ["update number +421220510801 (blocked)"],
        "{steps:?}"
    );
    account.run(&["apply", "--auto-approve"]).expect(9);
    account.by_hand(|company| company.create_group("New team"));
    account.run(&["apply", "--auto-approve"]).expect(0);
    account.expect_converged();
}

#[test]
fn fewer_seats_are_removed_and_more_are_bought() {
    for (before, after, click) in [(30, 29, "Remove unused seats"), (29, 30, "Add seat")] {
        let seats = |count: u32| format!("seats: {{ purchased: {count} }}\n");
        let account = Account::new(demo(), &seats(before));
        account.run(&["apply", "--auto-approve"]).expect(0);
        account.write_manifest(&seats(after));
        let done = account.run(&["plan"]).expect(0);
        assert!(done.stdout.contains(click), "{}", done.stdout);
    }
}
