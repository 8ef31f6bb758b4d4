use jiff::civil::date;

use crate::manifest::load::load_sources;
use crate::model::{FieldName, Kind, ResourceId, SecretRef, State, Value};
use crate::provider::batchdialer::BatchDialerDialect;
use crate::source::Sources;

const TEXT: &str = "version: 1
account: { name: acme, provider: batchdialer, plan: multi-line }
seats: { purchased: 2, price_per_month: { amount: 139.5, currency: USD } }
roles:
  closer: { designation: agent, group: Closers, contact_edit_access: true, campaigns: [Spring], permissions: { grant: [View All Reports] } }
agent_statuses: []
groups: [{ name: Closers, previously: Dialers }]
users:
  - { email: ADA@acme.example, first_name: Ada, last_name: Lovelace, role: closer, contact_edit_access: false, campaigns: [Autumn], phone: 0123456789, starts_on: 2026-12-01 }
  - { email: gone@acme.example, state: absent, reason: left }
";

fn lowered(text: &str) -> crate::manifest::dialect::Lowered {
    let mut sources = Sources::new();
    sources.add("a.yaml", text).unwrap();
    let mut loaded = load_sources(sources, &[&BatchDialerDialect], date(2026, 11, 21));
    assert_eq!(
        loaded.diagnostics.errors, 0,
        "{:?}",
        loaded.diagnostics.items
    );
    loaded.accounts.remove(0).lowered.unwrap()
}

#[test]
fn a_user_has_its_own_keys_over_those_of_the_profile_and_the_campaigns_of_both() {
    let desired = lowered(TEXT).desired;
    let ada = desired
        .get(&ResourceId::new("user", "ada@acme.example"))
        .unwrap();
    assert_eq!(ada.title, "Ada Lovelace");
    assert_eq!(ada.starts_on, Some(date(2026, 12, 1)));
    let fields: Vec<(&str, String)> = ada
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    let expected = [
        ("campaigns", "Autumn, Spring"),
        ("contact_edit_access", "off"),
        ("designation", "agent"),
        ("email", "ada@acme.example"),
        ("first_name", "Ada"),
        ("group", "Closers"),
        ("last_name", "Lovelace"),
        ("permissions.grant", "View All Reports"),
        ("phone", "0123456789"),
    ];
    assert_eq!(
        fields,
        expected.map(|(name, value)| (name, value.to_owned()))
    );
    assert!(ada.secrets.is_empty(), "a password is never made");
}

#[test]
fn what_is_listed_is_managed_and_what_goes_says_why() {
    let desired = lowered(TEXT).desired;
    let kinds: Vec<&str> = desired.resources.keys().map(Kind::as_str).collect();
    assert_eq!(kinds, ["account", "agent_status", "group", "user"]);
    let gone = desired
        .get(&ResourceId::new("user", "gone@acme.example"))
        .unwrap();
    let reason = "left".to_owned();
    assert_eq!(gone.state, State::Absent { reason });
    let group = desired.get(&ResourceId::new("group", "Closers")).unwrap();
    assert_eq!(group.previously.as_ref().unwrap().as_str(), "Dialers");
    let account = desired.get(&ResourceId::new("account", "acme")).unwrap();
    let seats = account.fields.get(&FieldName::from("purchased_seats"));
    assert_eq!(seats, Some(&Value::Integer(2)));
    assert_eq!(desired.seat_price, Some((13_950, "USD".to_owned())));
}

#[test]
fn the_key_is_taken_from_the_environment_unless_the_manifest_names_another() {
    let connection = lowered(TEXT).connection;
    let reference = &connection.credentials["api_key"];
    assert_eq!(*reference, SecretRef::Env("BATCHDIALER_API_KEY".to_owned()));
    assert_eq!(connection.extras["key_is_named"], false);
    let named = TEXT.replace(
        "plan: multi-line",
        "credentials: { api_key: { env: ACME_KEY } }",
    );
    let connection = lowered(&named).connection;
    let reference = &connection.credentials["api_key"];
    assert_eq!(*reference, SecretRef::Env("ACME_KEY".to_owned()));
    assert_eq!(connection.extras["key_is_named"], true);
}
