//! The laws of a reconciler: what is applied stays applied, and a plan says what is done, no more and no less.

use seatwright::sandbox::cloudtalk::{Quirks, Seed, SeedNumber};
use serde_json::Value;

use crate::run::{Account, Setup, agent, demo, groups_only, outline, paths};

/// The time of the plans whose bytes are compared.
const THEN: i64 = 1_795_255_200;

/// A create with groups from two places, an update, a rename, a route, a cleared route and a deletion.
const MIXED: &str = "\
roles:
  sales-agent: { grants: agent, outbound_calls: true, daily_price_limit: 20, groups: [Sales EU] }
extensions:
  pools: { sales: 1000-1099 }
groups:
  - name: Sales EU
  - name: Support
  - name: VIP
numbers:
  - { number: \"+421220510801\", name: Sales line, route: { group: Sales EU } }
  - { number: \"+4930220510803\", name: Berlin line, route: { group: Support } }
  - { number: \"+421220510802\", name: Old desk, route: none }
users:
  - email: alan@acme.example
    first_name: Alan
    last_name: Turing
    role: sales-agent
    extension: { pool: sales }
    groups: [VIP]
    default_number: \"+421220510801\"
  - { email: hedy@acme.example, first_name: Hedy, last_name: Lamarr-Kiesler, role: sales-agent, daily_price_limit: 40 }
  - { email: ada@acme.example, groups: [VIP], outbound_calls: false }
  - { email: leaver@acme.example, state: absent, reason: left }
";

#[test]
fn after_an_apply_the_plan_is_empty() {
    let account = Account::new(demo(), MIXED);
    assert_eq!(
        account.run(&["plan", "--detailed-exitcode"]).code(),
        Some(2)
    );
    account.apply().expect(0);
    account.expect_converged();
    assert!(outline(&account.plan()).is_empty());
    account.run(&["drift"]).expect(0);
    let live = account.live();
    let alan = live.agent_by_email("alan@acme.example").unwrap();
    assert_eq!(alan.extension, Some(1000));
    assert_eq!(live.groups_of(alan.id), ["Sales EU", "VIP"]);
    assert!(live.agent_by_email("leaver@acme.example").is_none());
    assert!(
        live.number_by_e164("+421220510802")
            .unwrap()
            .route
            .is_none()
    );
    account.run(&["ledger", "verify"]).expect(0);
}

#[test]
fn a_second_apply_of_the_same_manifests_writes_nothing() {
    let account = Account::new(demo(), MIXED);
    account.apply().expect(0);
    account.control.reset_requests();
    account.apply().expect(0);
    assert_eq!(account.writes(), 0);
}

#[test]
fn a_removed_membership_and_a_moved_route_come_out_even() {
    let account = Account::new(demo(), MIXED);
    account.apply().expect(0);
    account.write_manifest(&MIXED.replace("groups: [VIP]", "groups: []").replace(
        "route: { group: Support }",
        "route: { user: ada@acme.example }",
    ));
    let plan = account.plan();
    assert_eq!(
        outline(&plan),
        [
            "remove_member user ada@acme.example -> VIP",
            "remove_member user alan@acme.example -> VIP",
            "update number +4930220510803",
        ]
    );
    account.apply().expect(0);
    account.expect_converged();
    assert!(!account.members("VIP").contains("alan@acme.example"));
    let live = account.live();
    let route = live
        .number_by_e164("+4930220510803")
        .unwrap()
        .route
        .unwrap();
    assert_eq!(
        route.source_id,
        live.agent_by_email("ada@acme.example").map(|ada| ada.id)
    );
}

#[test]
fn an_import_validates_and_plans_nothing() {
    let odd = Quirks {
        ghost_groups: true,
        integer_numbers: true,
        text_flags: true,
        null_lists: true,
        extra_keys: true,
        default_limit: 30,
        ..Quirks::default()
    };
    let hidden_limits = Quirks {
        show_daily_price_limit: false,
        ..Quirks::default()
    };
    let seeds = [
        demo(),
        Seed::default(),
        Seed {
            quirks: odd,
            ..demo()
        },
        Seed {
            quirks: hidden_limits,
            ..demo()
        },
        Seed::generated(230, 7, 11),
    ];
    for (index, seed) in seeds.into_iter().enumerate() {
        let account = Account::new(seed, "");
        let url = account.sandbox.url();
        account
            .run(&[
                "import",
                "--provider",
                "cloudtalk",
                "--account",
                "imported",
                "--api-url",
                &url,
                "--out",
                "../imported",
            ])
            .expect(0);
        account.run(&["validate", "../imported"]).expect(0);
        let plan = account
            .run(&["plan", "../imported", "--detailed-exitcode"])
            .expect(0);
        assert!(plan.stdout.len() < 2000, "seed {index}: {}", plan.stdout);
        assert_eq!(account.writes(), 0);
    }
}

const SETTLED: &str = "\
groups:
  - name: Sales EU
  - name: VIP
numbers:
  - { number: \"+421220510801\", name: Sales line, route: { group: Sales EU } }
  - { number: \"+421220510802\" }
users:
  - email: ada@acme.example
    first_name: Ada
    last_name: Lovelace
    role: agent
    extension: 1001
    outbound_calls: true
    daily_price_limit: 20
    default_number: \"+421220510801\"
    groups: [Sales EU]
  - { email: grace@acme.example, first_name: Grace, last_name: Hopper, groups: [Sales EU, VIP] }
";

fn settled() -> Account {
    let account = Account::new(demo(), SETTLED);
    account.apply().expect(0);
    account.expect_converged();
    account
}

#[test]
fn one_field_flipped_in_the_manifest_is_exactly_that_change() {
    let account = settled();
    for (from, to, step, path) in [
        (
            "first_name: Ada",
            "first_name: Augusta",
            "update user ada@acme.example",
            "first_name",
        ),
        (
            "last_name: Hopper",
            "last_name: Murray",
            "update user grace@acme.example",
            "last_name",
        ),
        (
            "outbound_calls: true",
            "outbound_calls: false",
            "update user ada@acme.example",
            "outbound_calls",
        ),
        (
            "daily_price_limit: 20",
            "daily_price_limit: 21",
            "update user ada@acme.example",
            "daily_price_limit",
        ),
        (
            "default_number: \"+421220510801\"",
            "default_number: \"+421220510802\"",
            "update user ada@acme.example",
            "default_number",
        ),
        (
            "name: Sales line",
            "name: Sales desk",
            "update number +421220510801",
            "name",
        ),
        (
            "route: { group: Sales EU }",
            "route: { group: VIP }",
            "update number +421220510801",
            "route",
        ),
        (
            "groups: [Sales EU, VIP]",
            "groups: [Sales EU]",
            "remove_member user grace@acme.example -> VIP",
            "groups",
        ),
        (
            "groups: [Sales EU]\n",
            "groups: [Sales EU, VIP]\n",
            "add_member user ada@acme.example -> VIP",
            "groups",
        ),
        (
            "role: agent",
            "role: supervisor",
            "manual user ada@acme.example",
            "role",
        ),
        (
            "email: ada@acme.example",
            "email: augusta@acme.example\n    previously: ada@acme.example",
            "update user augusta@acme.example",
            "email",
        ),
    ] {
        let changed = SETTLED.replacen(from, to, 1);
        assert_ne!(changed, SETTLED, "{from}");
        account.write_manifest(&changed);
        let plan = account.plan();
        assert_eq!(outline(&plan), [step], "{from} -> {to}");
        assert_eq!(paths(&plan["steps"][0]), [path], "{from} -> {to}");
    }
    account.write_manifest(SETTLED);
    account.expect_converged();
}

#[test]
fn one_field_flipped_in_the_account_is_exactly_that_change() {
    type Flip = fn(&mut seatwright::sandbox::cloudtalk::Account);
    fn ada(
        account: &mut seatwright::sandbox::cloudtalk::Account,
    ) -> &mut seatwright::sandbox::cloudtalk::Agent {
        let id = account.agent_by_email("ada@acme.example").unwrap().id;
        account.agents.get_mut(id).unwrap()
    }
    fn number(
        account: &mut seatwright::sandbox::cloudtalk::Account,
    ) -> &mut seatwright::sandbox::cloudtalk::Number {
        let id = account.number_by_e164("+421220510801").unwrap().id;
        account.numbers.get_mut(id).unwrap()
    }
    let flips: [(Flip, &str, &str); 7] = [
        (
            |a| ada(a).firstname = "Augusta".into(),
            "update user ada@acme.example",
            "first_name",
        ),
        (
            |a| ada(a).lastname = "King".into(),
            "update user ada@acme.example",
            "last_name",
        ),
        (
            |a| ada(a).status_outbound = false,
            "update user ada@acme.example",
            "outbound_calls",
        ),
        (
            |a| ada(a).daily_price_limit = Some(99),
            "update user ada@acme.example",
            "daily_price_limit",
        ),
        (
            |a| ada(a).call_number_id = None,
            "update user ada@acme.example",
            "default_number",
        ),
        (
            |a| number(a).internal_name = "Other".into(),
            "update number +421220510801",
            "name",
        ),
        (
            |a| number(a).route = None,
            "update number +421220510801",
            "route_type",
        ),
    ];
    let account = settled();
    for (flip, step, path) in flips {
        account.by_hand(flip);
        let plan = account.plan();
        assert_eq!(outline(&plan), [step], "{path}");
        let changed = paths(&plan["steps"][0]);
        assert!(
            changed == [path]
                || (path == "route_type" && changed.iter().all(|p| p.starts_with("route"))),
            "{path}: {changed:?}"
        );
        account.run(&["drift"]).expect(2);
        account.apply().expect(0);
        account.expect_converged();
    }
}

/// A plan without the places in files, and without the seal, which covers them.
fn without_places(mut plan: Value) -> Value {
    plan.as_object_mut().unwrap().remove("seal");
    for step in plan["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("origin");
    }
    plan
}

#[test]
fn ten_runs_over_shuffled_files_and_lists_give_one_plan() {
    let account = Account::new(demo(), "");
    let people: Vec<String> = (0..12)
        .map(|n| {
            format!(
                "  - {{ email: new{n:02}@acme.example, first_name: N{n}, last_name: New, groups: [VIP, Support] }}\n"
            )
        })
        .collect();
    let others = [
        (
            "groups.yaml",
            "groups:\n  - name: VIP\n  - name: Support\n  - name: Not there yet\n",
        ),
        (
            "numbers.yaml",
            "numbers:\n  - { number: \"+4930220510803\", name: Berlin, route: { group: VIP } }\n",
        ),
        (
            "gone.yaml",
            "users:\n  - { email: leaver@acme.example, state: absent, reason: left }\n",
        ),
    ];
    let mut bytes: Option<String> = None;
    let mut first: Option<Value> = None;
    for round in 0..10_usize {
        for (name, _) in others {
            let _ = std::fs::remove_file(account.folder().join(name));
        }
        // Another order of creation, for folders that list their files in it.
        let mut files = others.to_vec();
        files.rotate_left(round % 3);
        for (name, text) in files {
            account.write(name, text);
        }
        let mut list = people.clone();
        let shuffled = round >= 5;
        if shuffled {
            list.rotate_left(round);
            list.swap(0, round);
        }
        account.write("people.yaml", &format!("users:\n{}", list.concat()));
        let plan = account
            .call(&["plan", "--format", "json"])
            .at(THEN)
            .done()
            .expect(0);
        if !shuffled {
            assert_eq!(
                bytes.get_or_insert_with(|| plan.stdout.clone()),
                &plan.stdout
            );
        }
        let plain = without_places(plan.json());
        assert_eq!(
            first.get_or_insert_with(|| plain.clone()),
            &plain,
            "round {round}"
        );
    }
}

#[test]
fn the_order_in_which_the_service_lists_its_rows_is_no_part_of_the_plan() {
    let body = "users:\n  - { email: b@acme.example, first_name: B, last_name: X }\n  - { email: a@acme.example, first_name: A, last_name: X }\n";
    let outlines: Vec<Vec<String>> = [["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]]
        .into_iter()
        .map(|order| {
            let mut seed = groups_only(&[]);
            for name in order {
                let extension = 1000 + u16::from(name.as_bytes()[0]);
                seed.agents
                    .push(agent(&format!("{name}@acme.example"), extension, &[]));
            }
            let account = Account::new(seed, body);
            outline(&account.plan())
        })
        .collect();
    assert_eq!(outlines[0], outlines[1]);
    assert_eq!(outlines[0], outlines[2]);
}

#[test]
fn nothing_but_apply_and_resume_writes_to_the_account() {
    let account = Account::new(
        demo(),
        &format!(
            "{MIXED}  - {{ email: boss@acme.example, first_name: B, last_name: Oss, role: supervisor }}\n"
        ),
    );
    let url = account.sandbox.url();
    let plan = account.plan();
    let step = plan["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["action"] == "manual")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for args in [
        vec!["validate"],
        vec!["plan"],
        vec!["plan", "--out", "p.json", "--uploads", "up"],
        vec!["plan", "--format", "json", "--detailed-exitcode"],
        vec!["show", "p.json"],
        vec!["show", "p.json", "--format", "json"],
        vec!["drift"],
        vec!["apply"],
        vec![
            "import",
            "--provider",
            "cloudtalk",
            "--account",
            "x",
            "--api-url",
            &url,
            "--out",
            "../in",
        ],
        vec!["confirm", &step, "--note", "seen"],
        vec!["ledger", "show"],
        vec!["ledger", "verify"],
        vec!["unlock"],
        vec!["history"],
        vec!["explain", "cloudtalk"],
        vec!["explain", "diagnostics"],
        vec!["schema", "cloudtalk"],
        vec!["completions", "bash"],
        vec!["man"],
        vec!["resume"],
    ] {
        let done = account.run(&args);
        assert!(
            matches!(done.code(), Some(0 | 2 | 4)),
            "{args:?}: {:?}\n{}",
            done.code(),
            done.stderr
        );
        assert_eq!(account.writes(), 0, "{args:?}");
    }
}

fn people(count: usize, groups: &str) -> String {
    (0..count)
        .map(|n| format!("  - {{ email: p{n:03}@acme.example, first_name: P{n}, last_name: X, groups: {groups} }}\n"))
        .collect()
}

#[test]
fn a_plan_says_how_many_requests_its_apply_costs() {
    let exactly_a_page = Seed {
        groups: vec!["Group 0001".into()],
        ..Seed::generated(1000, 1, 0)
    };
    let beyond_a_page = Seed::generated(2001, 3, 4);
    let mut numbers = groups_only(&["A", "B"]);
    numbers.numbers = (0..4)
        .map(|n| SeedNumber {
            e164: format!("+42122051080{n}"),
            name: format!("Line {n}"),
            ..SeedNumber::default()
        })
        .collect();
    let mut routed = numbers.clone();
    for number in &mut routed.numbers {
        number.connected_to = Some(seatwright::sandbox::cloudtalk::RouteKind::Group);
        number.source = Some("A".into());
    }
    let cases: Vec<(&str, Setup)> = vec![
        ("all sorts", Setup::new(demo(), MIXED)),
        ("creates with memberships", Setup::new(groups_only(&["A", "B"]), &format!("users:\n{}", people(7, "[A, B]")))),
        ("creates without groups", Setup::new(groups_only(&[]), "users:\n  - { email: a@acme.example, first_name: A, last_name: B }\n")),
        ("a default number of a new person", Setup::new(numbers.clone(), "users:\n  - { email: a@acme.example, first_name: A, last_name: B, default_number: \"+421220510802\" }\n")),
        ("routes cleared and renamed", Setup::new(routed.clone(), "numbers:\n  - { number: \"+421220510800\", name: Renamed, route: none }\n  - { number: \"+421220510801\", route: none }\n  - { number: \"+421220510802\", name: Only named }\n  - { number: \"+421220510803\", name: Line 3, route: { group: B } }\n")),
        ("a replacement", Setup::new(demo(), "users:\n  - { email: ada@acme.example, first_name: Ada, last_name: Lovelace, extension: 1050, replace: true, groups: [VIP] }\n")),
        ("deletions", Setup::new(demo(), "users:\n  - { email: leaver@acme.example, state: absent, reason: left }\n  - { email: hedy@acme.example, state: absent, reason: left }\n")),
        ("a create on top of a full page", Setup::new(exactly_a_page, &format!("users:\n{}", people(2, "[Group 0001]"))).policy("users: { unmanaged: ignore }")),
        ("several pages", Setup::new(beyond_a_page, "users:\n  - { email: user00001@generated.example, first_name: Other }\n  - { email: user01500@generated.example, state: absent, reason: left }\nnumbers:\n  - { number: \"+421200000001\", name: Other }\n").policy("users: { unmanaged: ignore }")),
        ("a renamed person", Setup::new(demo(), "users:\n  - { email: augusta@acme.example, previously: ada@acme.example, first_name: Augusta }\n")),
        ("manual steps and what they block", Setup::new(groups_only(&["A"]), "groups:\n  - name: A\n  - name: New\nusers:\n  - { email: a@acme.example, first_name: A, last_name: B, role: supervisor, groups: [A, New] }\n")),
        ("everybody by policy", Setup::new(Seed { agents: vec![agent("x@acme.example", 1001, &[])], ..groups_only(&[]) }, "users:\n  - { email: y@acme.example, first_name: Y, last_name: X }\n").policy("users: { unmanaged: delete }")),
    ];
    for (name, setup) in cases {
        let account = setup.start();
        let saved = account
            .run(&["plan", "--out", "p.json", "--format", "json"])
            .expect(0)
            .json();
        let requests = &saved["requests"];
        let part = |key: &str| requests[key].as_u64().unwrap();
        account.control.reset_requests();
        let report = account.run(&["apply", "--plan", "p.json", "--format", "json"]);
        assert!(
            matches!(report.code(), Some(0 | 9)),
            "{name}: {}{}",
            report.stdout,
            report.stderr
        );
        let counters = account.control.counters();
        let log: Vec<String> = account
            .control
            .requests()
            .iter()
            .map(|entry| format!("{} {}", entry.method, entry.path))
            .collect();
        assert_eq!(
            (part("read") + part("verify"), part("write")),
            (counters.reads, counters.writes),
            "{name}: {requests}\n{}",
            log.join("\n")
        );
        assert_eq!(report.json()["requests"], counters.total, "{name}");
        assert_eq!(counters.throttled, 0);
    }
}
