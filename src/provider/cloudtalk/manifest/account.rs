//! The account, its policy and its pools.

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
        example = &"acme-eu"
    )]
    pub name: String,
    /// The service.
    #[schemars(extend("enum" = ["cloudtalk"]), example = &"cloudtalk")]
    pub provider: String,
    /// The time zone, as an IANA name, in which days begin; UTC when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Europe/Bratislava")]
    pub time_zone: Option<String>,
    /// The API's address, where it is not the vendor's; plain http for this computer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^https?://\S+$"),
        example = &"https://my.cloudtalk.io/api",
        extend("x-rule" = "insecure-api-url")
    )]
    pub api_url: Option<String>,
    /// The plan that is booked; the API needs Essential or higher.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"essential")]
    pub plan: Option<Plan>,
    /// Where the ledger lies: a folder, relative to the account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &".seatwright")]
    pub ledger: Option<String>,
    /// Where generated passwords go; `.seatwright/passwords.jsonl` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passwords: Option<PasswordsTo>,
    /// The API key; environment variables when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// A file with more certificate authorities to trust, in PEM form, relative to the account's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"proxy-ca.pem")]
    pub ca_file: Option<String>,
}

/// The two parts of an API key.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The key's id; `{env: CLOUDTALK_ACCESS_KEY_ID}` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<SecretSource>,
    /// The key's secret; `{env: CLOUDTALK_ACCESS_KEY_SECRET}` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_secret: Option<SecretSource>,
}

/// A plan that CloudTalk sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Plan {
    /// One ring group, no API.
    Lite,
    /// No API.
    Starter,
    /// The lowest plan with an API.
    Essential,
    /// Three users at least.
    Expert,
    /// By agreement.
    Custom,
}

impl Plan {
    /// The word in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lite => "lite",
            Self::Starter => "starter",
            Self::Essential => "essential",
            Self::Expert => "expert",
            Self::Custom => "custom",
        }
    }

    /// Whether the plan comes with an API.
    pub fn has_api(self) -> bool {
        match self {
            Self::Lite | Self::Starter => false,
            Self::Essential | Self::Expert | Self::Custom => true,
        }
    }
}

/// What plans may do, and how fast.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The policy for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<KindPolicy>,
    /// The policy for groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<KindPolicy>,
    /// The policy for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<KindPolicy>,
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

/// How fast requests are sent; the company's budget is shared by all its keys.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePolicy {
    /// The company's requests in a minute; 60 when left out, more only by agreement with the vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000), example = 60)]
    pub requests_per_minute: Option<u32>,
    /// The share that is left to others, in percent; 10 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 90), example = 10)]
    pub reserve_percent: Option<u8>,
}

/// Extensions that users can ask for without choosing one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extensions {
    /// Named ranges of extensions; the lowest free one is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({ "sales": "1000-1099", "support": ["1100-1149", "1180-1199"] }))]
    pub pools: Option<BTreeMap<String, PoolRanges>>,
}

/// The ranges of a pool: one, such as `1000-1099`, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PoolRanges {
    /// One range, or one extension.
    One(String),
    /// Several, in the order in which they are used up.
    Several(Vec<String>),
}

impl PoolRanges {
    /// The texts of the ranges, in order.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }
}

impl JsonSchema for PoolRanges {
    fn schema_name() -> Cow<'static, str> {
        "PoolRanges".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        const RANGE: &str = r"^[1-9][0-9]{3}(-[1-9][0-9]{3})?$";
        json_schema!({
            "type": ["string", "array"],
            "description": "A range of four-digit extensions, or several.",
            "pattern": RANGE,
            "minItems": 1,
            "items": { "type": "string", "pattern": RANGE, "examples": ["1000-1099"], "x-rule": "invalid-pool" },
            "examples": ["1000-1099", ["1000-1049", "1080-1099"]],
            "x-rule": "invalid-pool",
        })
    }
}
