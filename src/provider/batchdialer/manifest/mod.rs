//! The types of a BatchDialer manifest: each YAML document is one [`Manifest`].
//!
//! The JSON Schema is generated from these types, so that doc comments are what editors show.

mod account;
mod lists;
mod person;

pub use account::{Account, Credentials, Plan, Policy, RatePolicy};
pub use lists::{AgentStatus, Group};
pub use person::{DESIGNATIONS, Designation, Permissions, RoleProfile, TenDigits, User};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::schema::generate;
use crate::manifest::vocabulary::Seats;

/// Where the published schema can be had.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/seatwright/seatwright/main/schemas/batchdialer.schema.json";

/// One document of a BatchDialer account.
///
/// All documents of an account add up: lists are joined, and everything else stands in one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "BatchDialer account",
    description = "One document of a BatchDialer account. All documents of an account add up: lists are joined, and everything else stands in one of them.",
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
    /// The agent seats that are bought: each agent takes one, and each administrator who calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
    /// What plans may do, and how fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Named profiles: what all users have in common who name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "closer": { "designation": "agent", "group": "Closers" } }))]
    pub roles: Option<BTreeMap<String, RoleProfile>>,
    /// The account's own agent statuses; the nine built-in ones are always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "name": "Coaching", "color": "#3366cc", "enabled": true }]))]
    pub agent_statuses: Option<Vec<AgentStatus>>,
    /// The groups that campaigns can be assigned to instead of naming agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "name": "Closers" }]))]
    pub groups: Option<Vec<Group>>,
    /// People with a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "email": "ada@acme.example", "first_name": "Ada", "last_name": "Lovelace", "designation": "agent", "phone": "5550101234" }]))]
    pub users: Option<Vec<User>>,
}

/// The schema as generated, with the marks of rules in it; see [`crate::manifest::schema`].
pub fn generated_schema() -> Value {
    generate::<Manifest>(SCHEMA_ID)
}

#[cfg(test)]
mod tests {
    use super::generated_schema;
    use crate::manifest::schema_laws::{
        every_key_is_described, is_the_one_in_the_repository, nothing_is_open,
    };

    #[test]
    fn the_schema_in_the_repository_is_the_one_of_the_types() {
        is_the_one_in_the_repository("batchdialer", generated_schema());
    }

    #[test]
    fn every_key_is_described_and_has_an_example() {
        let seen = every_key_is_described(generated_schema());
        assert!(seen > 60, "{seen}");
    }

    #[test]
    fn no_mapping_takes_keys_that_it_does_not_know_and_nothing_may_be_null() {
        nothing_is_open(generated_schema());
    }
}
