//! The types of a Smartflo manifest: each YAML document is one [`Manifest`].
//!
//! The JSON Schema is generated from these types, so that doc comments are what editors show.

mod account;
mod choice;
mod department;
mod person;

pub use account::{Account, Brand, Credentials, Policy, RatePolicy, VendorId};
pub use choice::{AllowedIps, CdrUsers, ExtensionChoice, LoginIdText};
pub use department::Department;
pub use person::{RoleProfile, User, WebLogin, WebLoginProfile};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::manifest::schema::generate;

/// Where the published schema can be had.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/seatwright/seatwright/main/schemas/smartflo.schema.json";

/// One document of a Smartflo account.
///
/// All documents of an account add up: lists are joined, and everything else stands in one of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "Smartflo account",
    description = "One document of a Smartflo account. All documents of an account add up: lists are joined, and everything else stands in one of them.",
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
    /// What plans may do, and how fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Named profiles: what all their holders have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "sales": { "agent": true, "departments": ["Sales"] } }))]
    pub roles: Option<BTreeMap<String, RoleProfile>>,
    /// Departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "name": "Sales" }]))]
    pub departments: Option<Vec<Department>>,
    /// People.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!([{ "login_id": "ada.lovelace", "name": "Ada Lovelace", "phone": "+919876543210" }]))]
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
        schema_laws::is_the_one_in_the_repository("smartflo", generated_schema());
    }

    #[test]
    fn every_key_is_described_and_has_an_example() {
        let seen = schema_laws::every_key_is_described(generated_schema());
        assert!(seen > 70, "{seen}");
    }

    #[test]
    fn no_mapping_takes_keys_that_it_does_not_know_and_nothing_may_be_null() {
        schema_laws::nothing_is_open(generated_schema());
    }
}
