//! Users and the profiles that they share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{DateText, EmailText, NameText, Presence};

/// What a user is, which the dashboard calls designation or User Role.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Designation {
    /// Calls; takes a seat.
    Agent,
    /// Sees reports and listens in; never calls, never takes a seat.
    Supervisor,
    /// May do everything; takes a seat only when calling is on.
    Administrator,
}

/// All of them, in the order of the dashboard.
pub const DESIGNATIONS: [Designation; 3] = [
    Designation::Agent,
    Designation::Supervisor,
    Designation::Administrator,
];

impl Designation {
    /// The word in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
        }
    }
}

/// Permissions that differ from what the role has by default, by the names that the dashboard shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// Permissions beyond the role's default; `[]` means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Export Contact Lists"])]
    pub grant: Option<Vec<String>>,
    /// Default permissions of the role that are taken away; `[]` means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Download Audio"])]
    pub revoke: Option<Vec<String>>,
}

/// What all users have in common who name the profile as their `role`; a user's own keys override it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleProfile {
    /// What the users are: `agent`, `supervisor` or `administrator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"agent")]
    pub designation: Option<Designation>,
    /// The server that is nearest to where the users sit, as the form names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"US East")]
    pub server_location: Option<NameText>,
    /// Whether the users may edit contacts. For agents; other roles have the permission `Edit Contact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub contact_edit_access: Option<bool>,
    /// The group that the users are in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Closers")]
    pub group: Option<NameText>,
    /// Whether the users call, by Agent Features. For administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub calling: Option<bool>,
    /// Permissions that differ from the role's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// The campaigns that the users are assigned to by name; those of the user are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Spring"])]
    pub campaigns: Option<Vec<NameText>>,
}

/// A person with a login. A key that is left out is not managed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The e-mail address, which identifies the user and is the login; case does not count.
    pub email: EmailText,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Ada")]
    pub first_name: Option<NameText>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Lovelace")]
    pub last_name: Option<NameText>,
    /// A profile of `roles`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"closer")]
    pub role: Option<String>,
    /// What the user is: `agent`, `supervisor` or `administrator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"agent")]
    pub designation: Option<Designation>,
    /// The phone number: any ten digits, in quotes; nobody checks whether it rings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<TenDigits>,
    /// The server that is nearest to where the user sits, as the form names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"US East")]
    pub server_location: Option<NameText>,
    /// Whether the user may edit contacts. For agents; other roles have the permission `Edit Contact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub contact_edit_access: Option<bool>,
    /// The group that the user is in; the form takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Closers")]
    pub group: Option<NameText>,
    /// Whether the user calls, by Agent Features; takes a seat. For administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub calling: Option<bool>,
    /// Permissions that differ from the role's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// The campaigns that the user is assigned to by name; those of the profile are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Spring"])]
    pub campaigns: Option<Vec<NameText>>,
    /// The former e-mail address, when it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<EmailText>,
    /// `true` guards the user against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the user to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the user is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"left on 2026-11-30")]
    pub reason: Option<String>,
    /// The first day, in the account's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<DateText>,
    /// The last day, in the account's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<DateText>,
}

/// A phone number as the form takes it: ten digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenDigits(pub String);

impl TenDigits {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the form takes it.
    pub fn is_valid(&self) -> bool {
        self.0.len() == 10 && self.0.bytes().all(|byte| byte.is_ascii_digit())
    }
}

impl JsonSchema for TenDigits {
    fn schema_name() -> Cow<'static, str> {
        "TenDigits".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{10}$",
            "examples": ["5550101234"],
            "x-rule": "invalid-phone",
        })
    }
}

impl User {
    pub(in crate::provider::batchdialer) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}
