use jiff::civil::date;

use crate::manifest::dialect::{Dialect, Lowered, PasswordSink};
use crate::manifest::load::{Loaded, load_sources};
use crate::model::{FieldName, Fields, Key, ResourceId, SecretRef, State, Unmanaged, Value};
use crate::provider::cloudtalk::CloudTalkDialect;
use crate::source::Sources;

const HEAD: &str = "version: 1\naccount: { name: acme, provider: cloudtalk }\n";

fn load(files: &[(&str, &str)]) -> Loaded {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(*name, text).unwrap();
    }
    let dialects: [&dyn Dialect; 1] = [&CloudTalkDialect];
    load_sources(sources, &dialects, date(2026, 11, 21))
}

fn lowered(files: &[(&str, &str)]) -> Lowered {
    let mut loaded = load(files);
    let told: Vec<_> = loaded
        .diagnostics
        .items
        .iter()
        .map(|it| &it.message)
        .collect();
    assert_eq!(loaded.diagnostics.errors, 0, "{told:?}");
    loaded.accounts.remove(0).lowered.unwrap()
}

fn one(text: &str) -> Lowered {
    lowered(&[("acme.yaml", &format!("{HEAD}{text}"))])
}

fn lines(fields: &Fields) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect()
}

fn user(lowered: &Lowered, email: &str) -> crate::model::DeclaredResource {
    lowered
        .desired
        .get(&ResourceId::new("user", email))
        .unwrap()
        .clone()
}

#[test]
fn a_user_overrides_the_profile_joins_its_groups_and_merges_its_settings() {
    let lowered = one(r#"
roles:
  sales:
    grants: agent
    outbound_calls: true
    daily_price_limit: 20
    groups: [Sales, All]
    skills: [Czech]
    settings: { max_concurrent_calls: 1, pause_recording: true }
users:
  - email: ada@ACME.example
    role: sales
  - email: Bob@ACME.example
    first_name: Bob
    last_name: Noyce
    role: sales
    outbound_calls: false
    groups: [VIP, All]
    skills: [German, Czech]
    settings: { max_concurrent_calls: 3 }
    extension: 1001
"#);
    insta::assert_snapshot!(lines(&user(&lowered, "bob@acme.example").fields), @r"
    daily_price_limit: 20
    email: bob@acme.example
    extension: 1001
    first_name: Bob
    groups: All, Sales, VIP
    last_name: Noyce
    outbound_calls: off
    role: agent
    settings.max_concurrent_calls: 3
    settings.pause_recording: on
    skills: Czech, German
    ");
    insta::assert_snapshot!(lines(&user(&lowered, "ada@acme.example").fields), @r"
    daily_price_limit: 20
    email: ada@acme.example
    groups: All, Sales
    outbound_calls: on
    role: agent
    settings.max_concurrent_calls: 1
    settings.pause_recording: on
    skills: Czech
    ");
    assert_eq!(user(&lowered, "bob@acme.example").title, "Bob Noyce");
    assert_eq!(user(&lowered, "ada@acme.example").title, "ada@acme.example");
}

#[test]
fn a_key_that_is_left_out_is_not_managed_and_an_empty_list_means_none() {
    let lowered =
        one("users:\n  - { email: a@acme.example, groups: [] }\n  - { email: b@acme.example }\n");
    let a = user(&lowered, "a@acme.example").fields;
    assert_eq!(a.get("groups"), Some(&Value::List(Vec::new())));
    let b = user(&lowered, "b@acme.example").fields;
    assert_eq!(
        b.keys().map(FieldName::as_str).collect::<Vec<_>>(),
        ["email"]
    );
}

#[test]
fn a_kind_is_managed_only_when_a_document_has_its_list() {
    let kinds = |text: &str| {
        let lowered = one(text);
        let kinds = lowered.desired.resources.keys();
        kinds
            .map(|kind| kind.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(""), Vec::<String>::new());
    assert_eq!(kinds("groups: []\nnumbers: []\n"), ["group", "number"]);
    assert_eq!(
        kinds("users: []\nseats: { purchased: 3 }\n"),
        ["account", "user"]
    );
}

#[test]
fn a_new_user_gets_a_generated_password_unless_one_is_named() {
    let lowered = one(
        "users:\n  - email: a@acme.example\n  - { email: b@acme.example, password: { file: b.txt } }\n  - { email: c@acme.example, state: absent, reason: left }\n",
    );
    let secrets = |email| {
        user(&lowered, email)
            .secrets
            .into_iter()
            .map(|(_, it)| it)
            .collect::<Vec<_>>()
    };
    assert_eq!(secrets("a@acme.example"), [SecretRef::Generate]);
    assert_eq!(
        secrets("b@acme.example"),
        [SecretRef::File("b.txt".to_owned())]
    );
    assert_eq!(secrets("c@acme.example"), []);
}

#[test]
fn a_pool_a_route_and_a_former_name_keep_their_form() {
    let lowered = one(r#"
extensions: { pools: { sales: [1000-1009, 1020] } }
numbers:
  - { number: "+421220510801", route: { user: Ada@acme.example } }
  - { number: "+421220510802", route: none, previously: "+421220510803" }
users:
  - { email: ada@acme.example, extension: { pool: sales }, previously: Countess@acme.example, replace: true }
  - { email: old@acme.example, state: absent, reason: left, protected: false }
"#);
    let ada = user(&lowered, "ada@acme.example");
    assert_eq!(ada.fields[&"extension".into()].pool(), Some("sales"));
    assert_eq!(ada.previously, Some(Key::from("countess@acme.example")));
    assert!(ada.replace);
    let ranges = &lowered.desired.pools["sales"].ranges;
    assert_eq!(ranges, &[1000..=1009, 1020..=1020]);
    let number = |key| {
        lowered
            .desired
            .get(&ResourceId::new("number", key))
            .unwrap()
    };
    insta::assert_snapshot!(lines(&number("+421220510801").fields), @r"
    number: +421220510801
    route: user: ada@acme.example
    route_type: user
    ");
    insta::assert_snapshot!(lines(&number("+421220510802").fields), @r"
    number: +421220510802
    route_type: none
    ");
    let old = user(&lowered, "old@acme.example");
    assert_eq!(
        old.state,
        State::Absent {
            reason: "left".to_owned()
        }
    );
    assert_eq!((old.protected, old.fields.len()), (Some(false), 0));
}

#[test]
fn every_declared_field_is_in_the_capability_table() {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/manifests/valid/whole.yaml"
    ));
    let lowered = lowered(&[("whole.yaml", text)]);
    let mut seen = std::collections::BTreeSet::new();
    for resource in lowered.desired.iter() {
        let kind = super::super::capability::CLOUDTALK
            .kind(&resource.id.kind)
            .unwrap();
        for name in resource.fields.keys().chain(resource.secrets.keys()) {
            assert!(kind.field(name).is_some(), "{}.{name}", kind.name);
            seen.insert((kind.name, name.as_str().to_owned()));
        }
    }
    for kind in super::super::capability::CLOUDTALK.kinds {
        for field in kind.fields {
            let known = seen.contains(&(kind.name, field.name.to_owned()));
            // The name of the account is not a field of what is declared: nothing can change it.
            assert!(
                known || (kind.name, field.name) == ("account", "name"),
                "{}.{}",
                kind.name,
                field.name
            );
        }
    }
}

#[test]
fn what_is_left_out_of_the_policy_has_the_defaults_of_the_contract() {
    let lowered = one("policy: { users: { unmanaged: delete }, leavers: { grace_days: 7 } }\n");
    let policy = &lowered.desired.policy;
    assert_eq!(policy.unmanaged.get("user"), Some(&Unmanaged::Delete));
    assert_eq!(policy.unmanaged.get("group"), None);
    let guards = policy.guards;
    assert_eq!((guards.max_deletions, guards.max_deletion_percent), (5, 20));
    assert_eq!((guards.min_population, guards.min_admins), (10, 1));
    let rate = policy.rate;
    assert_eq!(
        (rate.requests, rate.per_seconds, rate.reserve_percent),
        (60, 60, 10)
    );
    assert_eq!(policy.grace_days, 7);
    assert_eq!(lowered.desired.time_zone, "UTC");
    assert_eq!(lowered.connection.passwords, PasswordSink::Default);
    assert_eq!(
        lowered.connection.credentials["access_key_secret"],
        SecretRef::Env("CLOUDTALK_ACCESS_KEY_SECRET".to_owned())
    );
}

#[test]
fn a_place_is_that_of_the_field_in_the_users_entry_or_in_the_profile() {
    let users = "users:\n  - email: ada@acme.example\n    role: sales\n    outbound_calls: false\n    groups: [VIP]\n";
    let roles = "roles:\n  sales:\n    grants: agent\n    outbound_calls: true\n    daily_price_limit: 20\n    groups: [Sales]\n    settings:\n      pause_recording: true\nseats: { purchased: 5 }\nnumbers:\n  - number: \"+421220510801\"\n    route: none\n";
    let mut loaded = load(&[
        ("account.yaml", HEAD),
        ("roles.yaml", roles),
        ("users.yaml", users),
    ]);
    let lowered = loaded.accounts.remove(0).lowered.unwrap();
    let sources = loaded.sources;
    let shown = |span: Option<crate::source::Span>| {
        let span = span.unwrap();
        let position = sources.position(span.file, span.start);
        format!(
            "{}:{position} {}",
            sources.file(span.file).shown(),
            sources.slice(span)
        )
    };
    let ada = ResourceId::new("user", "ada@acme.example");
    let place = |field: &str| shown(lowered.origins.place(&ada, Some(&FieldName::from(field))));
    assert_eq!(
        shown(lowered.origins.place(&ada, None)),
        "users.yaml:2:5 email: ada@acme.example"
    );
    assert_eq!(place("outbound_calls"), "users.yaml:4:21 false");
    assert_eq!(place("daily_price_limit"), "roles.yaml:5:24 20");
    assert_eq!(place("settings.pause_recording"), "roles.yaml:8:24 true");
    assert_eq!(place("last_name"), "users.yaml:2:5 email: ada@acme.example");
    let groups = FieldName::from("groups");
    let item = |name| shown(lowered.origins.place_of_item(&ada, &groups, name));
    assert_eq!(item("VIP"), "users.yaml:5:14 VIP");
    assert_eq!(item("Sales"), "roles.yaml:6:14 Sales");
    let account = ResourceId::new("account", "acme");
    let seats = FieldName::from("purchased_seats");
    assert_eq!(
        shown(lowered.origins.place(&account, Some(&seats))),
        "roles.yaml:9:21 5"
    );
    let number = ResourceId::new("number", "+421220510801");
    let route = FieldName::from("route_type");
    assert_eq!(
        shown(lowered.origins.place(&number, Some(&route))),
        "roles.yaml:12:12 none"
    );
}

#[test]
fn the_digest_is_that_of_the_meaning_and_not_of_the_text() {
    let digest = |files: &[(&str, &str)]| lowered(files).desired.digest;
    let whole = digest(&[(
        "a.yaml",
        "version: 1\naccount: { name: acme, provider: cloudtalk }\nroles: { sales: { grants: agent, groups: [A] } }\nusers:\n  - { email: a@acme.example, role: sales, groups: [C, B] }\n  - { email: b@acme.example, extension: 1001 }\n",
    )]);
    let split = digest(&[
        ("z.yaml", HEAD),
        (
            "b.yaml",
            "# the second\nusers:\n  - email: B@acme.example\n    extension: \"1001\"\n",
        ),
        (
            "a.yaml",
            "users:\n  - groups: [B, A, C]\n    role: agent\n    email: a@acme.example\n",
        ),
    ]);
    assert_eq!(whole, split);
    assert!(whole.starts_with("sha256:") && whole.len() == 71, "{whole}");
    for other in [
        "users:\n  - { email: a@acme.example, role: agent, groups: [A, B] }\n  - { email: b@acme.example, extension: 1001 }\n",
        "users:\n  - { email: a@acme.example, role: agent, groups: [A, B, C] }\n  - { email: b@acme.example, extension: 1002 }\n",
        "users:\n  - { email: a@acme.example, role: agent, groups: [A, B, C] }\n  - { email: b@acme.example, extension: 1001, password: { env: B } }\n",
        "seats: { purchased: 3 }\nusers:\n  - { email: a@acme.example, role: agent, groups: [A, B, C] }\n  - { email: b@acme.example, extension: 1001 }\n",
    ] {
        assert_ne!(
            whole,
            digest(&[("a.yaml", &format!("{HEAD}{other}"))]),
            "{other}"
        );
    }
}

#[test]
fn an_account_is_chosen_by_name_when_there_are_several() {
    let us = HEAD.replace("acme", "acme-us");
    let loaded = load(&[("eu/a.yaml", HEAD), ("us/a.yaml", &us)]);
    assert_eq!(
        loaded.account(Some("acme-us")).unwrap().folder.to_str(),
        Some("us")
    );
    assert_eq!(
        loaded.account(None).unwrap_err().to_string(),
        "several accounts are declared here: `acme` or `acme-us`; name one of their folders"
    );
    assert!(loaded.account(Some("acme-in")).is_err());
}
