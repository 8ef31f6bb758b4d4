//! The account and its policy.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::manifest::vocabulary::{
    GuardPolicy, KindPolicy, LeaverPolicy, PasswordsTo, SecretSource,
};

/// The account: how it is called and reached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The name of the account, unique in the repository; it names the ledger. Letters, digits, `.`, `_` and `-`, a letter or digit first.
    #[schemars(
        regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
        length(max = 64),
        example = &"acme-in"
    )]
    pub name: String,
    /// The service.
    #[schemars(extend("enum" = ["smartflo"]), example = &"smartflo")]
    pub provider: String,
    /// The brand under which the service is sold; `smartflo` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"smartflo")]
    pub dialect: Option<Brand>,
    /// The API's address, where it is not the vendor's; plain http for this computer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^https?://\S+$"),
        example = &"https://api-smartflo.tatateleservices.com",
        extend("x-rule" = "insecure-api-url")
    )]
    pub api_url: Option<String>,
    /// The ids of roles by name, for roles that no user has yet: the API lists no roles. The id stands in the panel's address while the role is edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "Agent": 54742, "Supervisor": 54743 }))]
    pub role_ids: Option<BTreeMap<String, VendorId>>,
    /// The ids of agent groups by name: the API neither lists nor shows them, so that every group that is named must stand here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "Inbound": "301", "Outbound": "302" }))]
    pub agent_group_ids: Option<BTreeMap<String, VendorId>>,
    /// The time zone, as an IANA name, in which days begin; UTC when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Asia/Kolkata")]
    pub time_zone: Option<String>,
    /// Where the ledger lies: a folder, relative to the account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &".seatwright")]
    pub ledger: Option<String>,
    /// Where generated passwords go; `.seatwright/passwords.jsonl` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passwords: Option<PasswordsTo>,
    /// The API token, or a login; environment variables when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// A file with more certificate authorities to trust, in PEM form, relative to the account's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"proxy-ca.pem")]
    pub ca_file: Option<String>,
}

/// A token, or a login that fetches one. A login's password expires after 90 days.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// A token from API Connect > API Tokens; `{env: SMARTFLO_TOKEN}` when nothing is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretSource>,
    /// The login id of a user with access to the API; `{env: SMARTFLO_LOGIN_ID}` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_id: Option<SecretSource>,
    /// The password of that user; `{env: SMARTFLO_PASSWORD}` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretSource>,
}

/// A brand of the service; all have the same API, but for small things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Brand {
    /// Tata Tele Business Services Smartflo.
    #[default]
    Smartflo,
    /// Acefone in India.
    AcefoneIn,
    /// Acefone in the United Kingdom.
    AcefoneUk,
    /// Servetel.
    Servetel,
}

impl Brand {
    /// The word in manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Smartflo => "smartflo",
            Self::AcefoneIn => "acefone-in",
            Self::AcefoneUk => "acefone-uk",
            Self::Servetel => "servetel",
        }
    }
}

/// An id that the service gave, with or without quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum VendorId {
    /// Digits without quotes.
    Number(u64),
    /// Digits in quotes.
    Text(String),
}

impl VendorId {
    /// The digits.
    pub fn digits(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl JsonSchema for VendorId {
    fn schema_name() -> Cow<'static, str> {
        "VendorId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "description": "An id that the service gave: digits.",
            "x-hint": "write the digits of the id, such as `54742`",
            "minimum": 1,
            "pattern": "^[0-9]{1,18}$",
            "examples": [54742, "301"],
        })
    }
}

/// What plans may do, and how fast.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The policy for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<KindPolicy>,
    /// The policy for departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departments: Option<KindPolicy>,
    /// Limits on a whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guards: Option<GuardPolicy>,
    /// How fast requests are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<RatePolicy>,
    /// How people who leave are treated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leavers: Option<LeaverPolicy>,
}

/// How fast requests are sent; the account's budget is shared with all that dials through the API.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePolicy {
    /// Requests in a second; 1 when left out, and never more than the calls per second of the account's trunks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100), example = 1)]
    pub requests_per_second: Option<u32>,
    /// The share of them that is left to others, in percent; 0 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 90), example = 0)]
    pub reserve_percent: Option<u8>,
}
