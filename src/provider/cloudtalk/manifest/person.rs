//! Users, and the profiles that they share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{
    DateText, EmailText, NameText, PasswordSource, PhoneText, Presence,
};

/// A role that the service knows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum BuiltInRole {
    /// Manages the whole company, and calls.
    Admin,
    /// Sees reports and recordings, watches calls, and calls.
    Supervisor,
    /// Calls.
    Agent,
    /// Sees reports and recordings; cannot call.
    Analyst,
}

/// The roles that the service knows.
pub const BUILT_IN_ROLES: [BuiltInRole; 4] = [
    BuiltInRole::Admin,
    BuiltInRole::Supervisor,
    BuiltInRole::Agent,
    BuiltInRole::Analyst,
];

impl BuiltInRole {
    /// The word in manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Agent => "agent",
            Self::Analyst => "analyst",
        }
    }

    /// The role of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        BUILT_IN_ROLES
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// A named profile: a built-in role, with what all its holders have in common.
///
/// What a user says of itself overrides the profile; groups are joined, settings are joined key by key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    description = "A named profile: a built-in role, with what all its holders have in common. What a user says of itself overrides the profile; groups are joined, settings are joined key by key."
)]
pub struct RoleProfile {
    /// The built-in role that holders get.
    #[schemars(example = &"agent")]
    pub grants: BuiltInRole,
    /// Whether holders may call out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub outbound_calls: Option<bool>,
    /// The most that a holder's calls may cost in a day, in EUR.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 200), example = 20, extend("x-rule" = "price-limit-out-of-range"))]
    pub daily_price_limit: Option<i64>,
    /// The number that called people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_number: Option<PhoneText>,
    /// The language of the dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"en")]
    pub language: Option<String>,
    /// The ring groups that holders are in, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Sales EU"])]
    pub groups: Option<Vec<String>>,
    /// The advanced settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// The skills by which calls are routed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["German"])]
    pub skills: Option<Vec<NameText>>,
    /// The numbers that holders may call and text from; `[]` means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+421220510801"])]
    pub assigned_numbers: Option<Vec<PhoneText>>,
}

/// A person with a login. A key that is left out is not managed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The e-mail address, which identifies the user; case does not count.
    pub email: EmailText,
    /// The given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<NameText>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<NameText>,
    /// A profile of `roles`, or a built-in role: `admin`, `supervisor`, `agent` or `analyst`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"agent")]
    pub role: Option<String>,
    /// The four-digit extension, or a pool to take it from; fixed when the user is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionChoice>,
    /// The ring groups that the user is in, by name; those of the profile are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Sales EU", "VIP"])]
    pub groups: Option<Vec<String>>,
    /// Whether the user may call out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub outbound_calls: Option<bool>,
    /// The most that the user's calls may cost in a day, in EUR.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 200), example = 20, extend("x-rule" = "price-limit-out-of-range"))]
    pub daily_price_limit: Option<i64>,
    /// The number that called people see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_number: Option<PhoneText>,
    /// The language of the dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"en")]
    pub language: Option<String>,
    /// A phone outside of CloudTalk that calls can be sent on to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_phone: Option<PhoneText>,
    /// The skills by which calls are routed; they replace those of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["German"])]
    pub skills: Option<Vec<NameText>>,
    /// The numbers that the user may call and text from; `[]` means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+421220510801"])]
    pub assigned_numbers: Option<Vec<PhoneText>>,
    /// The advanced settings; each key overrides that of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// The first password, for a new user only; `generate` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordSource>,
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
    /// Whether the user may be deleted and created anew to change the extension; call-flow steps are lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub replace: Option<bool>,
    /// The first day, in the account's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<DateText>,
    /// The last day, in the account's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<DateText>,
}

impl User {
    pub(in crate::provider::cloudtalk) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}

/// A user's extension: four digits, or a pool that it is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExtensionChoice {
    /// Digits without quotes.
    Number(i64),
    /// Digits in quotes.
    Text(String),
    /// The lowest free one of a pool.
    Pool(PoolChoice),
}

/// A pool that an extension is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolChoice {
    /// The pool's name.
    pub pool: String,
}

impl JsonSchema for ExtensionChoice {
    fn schema_name() -> Cow<'static, str> {
        "Extension".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string", "object"],
            "minimum": 1000,
            "maximum": 9999,
            "pattern": "^[1-9][0-9]{3}$",
            "properties": {
                "pool": {
                    "type": "string",
                    "description": "The pool of `extensions.pools` whose lowest free extension is taken.",
                    "minLength": 1,
                    "examples": ["sales"],
                },
            },
            "required": ["pool"],
            "additionalProperties": false,
            "examples": [1001, { "pool": "sales" }],
            "x-rule": "invalid-extension",
        })
    }
}

/// The advanced settings of a user, in the order of the dashboard. Each is for certain roles only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Access to the call monitor. For agents; supervisors and administrators have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub call_monitor_access: Option<bool>,
    /// Access to the real-time tab of the analytics. For agents; supervisors and administrators have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub realtime_analytics_access: Option<bool>,
    /// Whether the company's setting decides which calls and recordings are visible. For agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub global_call_visibility: Option<bool>,
    /// Which messages are visible, in the dashboard's words. For agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"own messages")]
    pub message_visibility: Option<String>,
    /// How many calls are possible at once. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100), example = 1)]
    pub max_concurrent_calls: Option<i64>,
    /// Whether a recording can be paused during the call. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub pause_recording: Option<bool>,
    /// Whether calls are announced while the app is in the background. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub incoming_call_notifications: Option<bool>,
    /// Whether a call must be tagged before it is completed. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub mandatory_call_tagging: Option<bool>,
    /// Whether dialed calls are picked up by themselves. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub auto_answer_dialed_calls: Option<bool>,
    /// Whether inbound calls are picked up by themselves. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub auto_answer_inbound_calls: Option<bool>,
    /// Whether the user may join and leave groups alone. For agents, supervisors and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub can_change_own_groups: Option<bool>,
    /// The users whose data is visible, by e-mail address. For supervisors and analysts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["ada@acme.example"])]
    pub visible_users: Option<Vec<EmailText>>,
    /// The groups whose data is visible, by name. For supervisors and analysts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Sales EU"])]
    pub visible_groups: Option<Vec<String>>,
    /// The numbers whose data is visible. For supervisors and analysts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+421220510801"])]
    pub visible_numbers: Option<Vec<PhoneText>>,
    /// The external numbers whose data is visible. For supervisors and analysts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+4930123456"])]
    pub visible_external_numbers: Option<Vec<PhoneText>>,
    /// Whether recordings can be downloaded. For supervisors and analysts; administrators can.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub download_recordings: Option<bool>,
    /// Whether reports can be downloaded. For supervisors and analysts; administrators can.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub download_reports: Option<bool>,
}
