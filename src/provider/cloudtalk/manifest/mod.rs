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

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::schema::generate;
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
    generate::<Manifest>(SCHEMA_ID)
}

#[cfg(test)]
mod tests {
    use super::generated_schema;
    use crate::manifest::schema_laws;

    #[test]
    fn the_schema_in_the_repository_is_the_one_of_the_types() {
        schema_laws::is_the_one_in_the_repository("cloudtalk", generated_schema());
    }

    #[test]
    fn every_key_is_described_and_has_an_example() {
        let seen = schema_laws::every_key_is_described(generated_schema());
        assert!(seen > 90, "{seen}");
    }

    #[test]
    fn no_mapping_takes_keys_that_it_does_not_know_and_nothing_may_be_null() {
        schema_laws::nothing_is_open(generated_schema());
    }
}
