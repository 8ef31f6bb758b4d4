use jiff::civil::date;
use serde_json::json;

use crate::manifest::dialect::{Dialect, Lowered, PasswordSink};
use crate::manifest::load::load_sources;
use crate::model::{DeclaredResource, FieldName, Fields, Rate, ResourceId, SecretRef, Unmanaged};
use crate::provider::smartflo::SmartfloDialect;
use crate::source::Sources;

const HEAD: &str = r#"version: 1
account:
  name: acme
  provider: smartflo
  role_ids: { Agent: 54742, Supervisor: "54743" }
  agent_group_ids: { Inbound: "301", Outbound: 302 }
"#;

struct One {
    lowered: Lowered,
    sources: Sources,
}

fn read(text: &str) -> One {
    let mut sources = Sources::new();
    sources.add("acme.yaml", text).unwrap();
    let dialects: [&dyn Dialect; 1] = [&SmartfloDialect];
    let mut loaded = load_sources(sources, &dialects, date(2026, 11, 21));
    let told: Vec<_> = loaded
        .diagnostics
        .items
        .iter()
        .map(|it| &it.message)
        .collect();
    assert_eq!(loaded.diagnostics.errors, 0, "{told:?}");
    One {
        lowered: loaded.accounts.remove(0).lowered.unwrap(),
        sources: loaded.sources,
    }
}

fn one(text: &str) -> Lowered {
    read(&format!("{HEAD}{text}")).lowered
}

fn lines(fields: &Fields) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect()
}

fn user(lowered: &Lowered, login_id: &str) -> DeclaredResource {
    lowered
        .desired
        .get(&ResourceId::new("user", login_id))
        .unwrap()
        .clone()
}

const ADA: &str = r#"
roles:
  sales:
    agent: true
    agent_groups: [Outbound]
    departments: [Sales]
    caller_ids: ["+918065000009"]
    extension: true
    web_login: { enabled: true, designation: Sales, role: Agent, cdr_users: all, allowed_ips: all }
users:
  - login_id: Ada.Lovelace
    name: Ada Lovelace
    phone: "+919876543210"
    role: sales
    agent_groups: [Inbound]
    caller_ids: ["+918065000002", "+918065000001"]
    web_login:
      designation: Sales lead
      email: Ada@ACME.example
      role: Supervisor
      blocked: false
      cdr_users: [Bob.Noyce, ada.lovelace]
      allowed_ips: [203.0.113.7]
    time_group: Office hours
    call_forward_number: "+919876543210"
  - { login_id: bob.noyce, role: sales, phone: "+919876543211", call_forward_number: "+919876543299", extension: 1001 }
  - { login_id: desk.only, existing_agent: "0502842370002" }
"#;

#[test]
fn a_user_overrides_the_profile_and_joins_its_groups_and_departments() {
    let lowered = one(ADA);
    insta::assert_snapshot!(lines(&user(&lowered, "ada.lovelace").fields), @r"
    agent: on
    agent_groups: Inbound, Outbound
    caller_ids: +918065000002, +918065000001
    departments: Sales
    extension: on
    login_id: ada.lovelace
    name: Ada Lovelace
    phone: +919876543210
    time_group: Office hours
    web_login: on
    web_login.allowed_ips: 203.0.113.7
    web_login.blocked: off
    web_login.cdr_users: ada.lovelace, bob.noyce
    web_login.designation: Sales lead
    web_login.email: ada@acme.example
    web_login.enabled: on
    web_login.role: Supervisor
    ");
    assert_eq!(user(&lowered, "ada.lovelace").title, "Ada Lovelace");
}

#[test]
fn a_chosen_extension_and_another_forward_number_are_left_to_a_person() {
    let lowered = one(ADA);
    insta::assert_snapshot!(lines(&user(&lowered, "bob.noyce").fields), @r"
    agent: on
    agent_groups: Outbound
    call_forward_number: +919876543299
    caller_ids: +918065000009
    departments: Sales
    extension_number: 1001
    login_id: bob.noyce
    phone: +919876543211
    web_login: on
    web_login.allowed_ips: all
    web_login.cdr_users: all
    web_login.designation: Sales
    web_login.enabled: on
    web_login.role: Agent
    ");
    assert_eq!(user(&lowered, "bob.noyce").title, "bob.noyce");
    insta::assert_snapshot!(lines(&user(&lowered, "desk.only").fields), @r"
    existing_agent: 0502842370002
    login_id: desk.only
    ");
}

#[test]
fn caller_ids_keep_their_order() {
    let ada = user(&one(ADA), "ada.lovelace");
    let numbers = &ada.fields[&"caller_ids".into()];
    assert_eq!(numbers.texts(), ["+918065000002", "+918065000001"]);
}

#[test]
fn a_new_user_gets_a_generated_password_unless_one_is_named() {
    let lowered = one(
        "users:\n  - login_id: ada.lovelace\n  - { login_id: bob.noyce, web_login: { password: { file: b.txt } } }\n  - { login_id: leaver1, state: absent, reason: left }\n",
    );
    let secrets = |login_id| {
        user(&lowered, login_id)
            .secrets
            .into_iter()
            .map(|(_, it)| it)
            .collect::<Vec<_>>()
    };
    assert_eq!(secrets("ada.lovelace"), [SecretRef::Generate]);
    assert_eq!(secrets("bob.noyce"), [SecretRef::File("b.txt".to_owned())]);
    assert_eq!(secrets("leaver1"), []);
    assert_eq!(user(&lowered, "leaver1").fields, Fields::new());
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
    assert_eq!(kinds("departments: []\n"), ["department"]);
    assert_eq!(
        kinds("users:\n  - { login_id: ada.lovelace, departments: [Sales], time_group: Day }\n"),
        ["user"]
    );
}

#[test]
fn ids_and_the_brand_go_to_the_connection_as_texts() {
    let lowered = one("");
    assert_eq!(
        serde_json::Value::Object(lowered.connection.extras),
        json!({
            "dialect": "smartflo",
            "role_ids": { "Agent": "54742", "Supervisor": "54743" },
            "agent_group_ids": { "Inbound": "301", "Outbound": "302" },
        })
    );
    let lowered =
        read("version: 1\naccount: { name: a, provider: smartflo, dialect: acefone-uk }\n").lowered;
    assert_eq!(
        serde_json::Value::Object(lowered.connection.extras),
        json!({ "dialect": "acefone-uk", "role_ids": {}, "agent_group_ids": {} })
    );
}

#[test]
fn credentials_come_from_the_environment_unless_some_are_named() {
    let credentials = |given: &str| {
        let text = format!("version: 1\naccount: {{ name: a, provider: smartflo{given} }}\n");
        read(&text).lowered.connection.credentials
    };
    let env = |name: &str, variable: &str| (name.to_owned(), SecretRef::Env(variable.to_owned()));
    assert_eq!(
        credentials(""),
        [
            env("token", "SMARTFLO_TOKEN"),
            env("login_id", "SMARTFLO_LOGIN_ID"),
            env("password", "SMARTFLO_PASSWORD"),
        ]
        .into()
    );
    assert_eq!(
        credentials(", credentials: { token: { env: MINE } }"),
        [env("token", "MINE")].into()
    );
    assert_eq!(
        credentials(", credentials: { login_id: { env: ROBOT } }"),
        [
            env("login_id", "ROBOT"),
            env("password", "SMARTFLO_PASSWORD")
        ]
        .into(),
        "a token in the environment does not take the place of the login"
    );
}

#[test]
fn policy_has_a_budget_for_each_second() {
    let lowered = one("");
    let rate = |requests, reserve_percent| Rate {
        requests,
        per_seconds: 1,
        reserve_percent,
    };
    assert_eq!(lowered.desired.policy.rate, rate(1, 0));
    let lowered = one(
        "policy: { rate: { requests_per_second: 3, reserve_percent: 20 }, departments: { unmanaged: delete }, leavers: { grace_days: 7 } }\n",
    );
    assert_eq!(lowered.desired.policy.rate, rate(3, 20));
    assert_eq!(
        lowered.desired.policy.unmanaged,
        [("department".into(), Unmanaged::Delete)].into()
    );
    assert_eq!(lowered.desired.policy.grace_days, 7);
    assert_eq!(lowered.connection.passwords, PasswordSink::Default);
}

#[test]
fn every_field_is_found_where_it_is_written() {
    let text = format!("{HEAD}{ADA}");
    let One { lowered, sources } = read(&text);
    let place = |login_id: &str, field: &'static str| {
        let id = ResourceId::new("user", login_id);
        let field = FieldName::from_static(field);
        let span = lowered.origins.place(&id, Some(&field)).unwrap();
        sources.slice(span).to_owned()
    };
    assert_eq!(place("ada.lovelace", "web_login.role"), "Supervisor");
    assert_eq!(place("ada.lovelace", "web_login.enabled"), "true");
    assert_eq!(
        place("ada.lovelace", "web_login"),
        "designation: Sales lead"
    );
    assert_eq!(place("bob.noyce", "extension_number"), "1001");
    assert_eq!(place("bob.noyce", "agent_groups"), "[Outbound]");
}

#[test]
fn the_digest_depends_on_ids_and_on_nothing_but_the_meaning() {
    let digest = |text: &str| read(text).lowered.desired.digest;
    let base = format!(
        "{HEAD}users:\n  - {{ login_id: ada.lovelace, agent_groups: [Inbound, Outbound] }}\n"
    );
    let same = base
        .replace("[Inbound, Outbound]", "[Outbound, Inbound]")
        .replace("302 }", "\"302\" }");
    assert_ne!(base, same);
    assert_eq!(digest(&base), digest(&same));
    assert_ne!(digest(&base), digest(&base.replace("\"301\"", "\"300\"")));
}

#[test]
fn every_lowered_field_is_one_of_the_table() {
    let lowered = one(ADA);
    for resource in lowered.desired.iter() {
        let kind = super::super::capability::SMARTFLO
            .kind(&resource.id.kind)
            .unwrap();
        for field in resource.fields.keys().chain(resource.secrets.keys()) {
            assert!(kind.field(field).is_some(), "{field}");
        }
    }
}
