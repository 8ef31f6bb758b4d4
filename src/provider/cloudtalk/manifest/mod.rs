//! The types of a CloudTalk manifest: each YAML document is one [`Manifest`].
//!
//! The JSON Schema is generated from these types, so that doc comments are what editors show.

mod account;
mod person;
mod telephony;

pub use account::{Account, Credentials, Extensions, Plan, Policy, PoolRanges, RatePolicy};
pub use person::{
    BUILT_IN_ROLES, BuiltInRole, ExtensionChoice, PoolChoice, RoleProfile, Settings, User,
};
pub use telephony::{Group, NumberEntry, Route, RouteTarget};

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::vocabulary::Seats;

/// Where the published schema can be had.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/seatwright/seatwright/main/schemas/cloudtalk.schema.json";

/// One document of a CloudTalk account.
///
/// All documents of an account add up: lists are joined, and everything else stands in one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "CloudTalk account",
    description = "One document of a CloudTalk account. All documents of an account add up: lists are joined, and everything else stands in one of them.",
    extend("dependentRequired" = { "account": ["version"] }, "x-rule" = "unsupported-version")
)]
pub struct Manifest {
    /// The version of the manifest format; required beside `account`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 1, extend("const" = 1, "x-rule" = "unsupported-version"))]
    pub version: Option<u32>,
    /// The account; exactly one document has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The seats that are bought; the API does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
    /// What plans may do, and how fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Extensions that users can ask for without choosing one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Extensions>,
    /// Named profiles: a built-in role, with what all its holders have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "sales-agent": { "grants": "agent", "groups": ["Sales EU"] } }))]
    pub roles: Option<BTreeMap<String, RoleProfile>>,
    /// Ring groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "name": "Sales EU" }]))]
    pub groups: Option<Vec<Group>>,
    /// Phone numbers and their routes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "number": "+421220510801", "route": { "group": "Sales EU" } }]))]
    pub numbers: Option<Vec<NumberEntry>>,
    /// People with a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "email": "ada@acme.example", "first_name": "Ada", "last_name": "Lovelace", "role": "agent" }]))]
    pub users: Option<Vec<User>>,
}

/// The schema as generated, with the marks of rules in it; see [`crate::manifest::schema`].
pub fn generated_schema() -> Value {
    let mut schema: Schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Manifest>();
    schema.insert("$id".to_owned(), SCHEMA_ID.into());
    schema.to_value()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::manifest::schema::published;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/cloudtalk.schema.json");

    #[test]
    fn the_schema_in_the_repository_is_the_one_of_the_types() {
        let text = serde_json::to_string_pretty(&published(generated_schema())).unwrap() + "\n";
        if std::env::var_os("SEATWRIGHT_BLESS").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
            std::fs::write(FILE, &text).unwrap();
        }
        let kept = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(
            kept == text,
            "run the tests once with SEATWRIGHT_BLESS=1 to write {FILE} anew"
        );
    }

    /// Calls `visit` with the path and schema of every property, `$ref` followed for the second.
    fn each_property(
        root: &Value,
        schema: &Value,
        path: &str,
        visit: &mut dyn FnMut(&str, &Value, &Value),
    ) {
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            let path = format!("{path}.{name}");
            let target = match property["$ref"].as_str() {
                Some(reference) => root.pointer(&reference[1..]).unwrap(),
                None => property,
            };
            visit(&path, property, target);
            each_property(root, target, &path, visit);
            let items = match target["items"]["$ref"].as_str() {
                Some(reference) => root.pointer(&reference[1..]).unwrap(),
                None => &target["items"],
            };
            each_property(root, items, &format!("{path}[]"), visit);
            let values = match target["additionalProperties"]["$ref"].as_str() {
                Some(reference) => root.pointer(&reference[1..]).unwrap(),
                None => &target["additionalProperties"],
            };
            each_property(root, values, &format!("{path}.*"), visit);
        }
    }

    #[test]
    fn every_key_is_described_and_has_an_example() {
        let schema = published(generated_schema());
        let mut seen = 0;
        each_property(&schema, &schema, "", &mut |path, property, target| {
            seen += 1;
            assert!(property["description"].is_string(), "{path}: description");
            let shown = property["examples"].is_array() || target["examples"].is_array();
            let whole = target["properties"].is_object();
            assert!(shown || whole, "{path}: examples");
        });
        assert!(seen > 90, "{seen}");
    }

    #[test]
    fn no_mapping_takes_keys_that_it_does_not_know_and_nothing_may_be_null() {
        let schema = published(generated_schema());
        let mut open = Vec::new();
        let text = serde_json::to_string(&schema).unwrap();
        assert!(!text.contains("\"null\"") && !text.contains("x-rule"));
        each_property(&schema, &schema, "", &mut |path, _, target| {
            if target["properties"].is_object()
                && target["additionalProperties"] != Value::Bool(false)
            {
                open.push(path.to_owned());
            }
        });
        assert_eq!(open, Vec::<String>::new());
        assert_eq!(schema["additionalProperties"], Value::Bool(false));
    }
}
