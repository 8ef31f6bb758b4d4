//! The account and its policy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::vocabulary::{GuardPolicy, KindPolicy, LeaverPolicy, SecretSource};

/// The account: how it is called and reached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The name of the account, unique in the repository; it names the ledger. Letters, digits, `.`, `_` and `-`, a letter or digit first.
    #[schemars(
        regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
        length(max = 64),
        example = &"acme-us"
    )]
    pub name: String,
    /// The service.
    #[schemars(extend("enum" = ["batchdialer"]), example = &"batchdialer")]
    pub provider: String,
    /// The API's address, where it is not the vendor's; plain http for this computer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^https?://\S+$"),
        example = &"https://app.batchdialer.com/api",
        extend("x-rule" = "insecure-api-url")
    )]
    pub api_url: Option<String>,
    /// The plan that is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"multi-line")]
    pub plan: Option<Plan>,
    /// The time zone, as an IANA name, in which days begin; UTC when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"America/Chicago")]
    pub time_zone: Option<String>,
    /// Where the ledger lies, which is the inventory of the account: a folder, relative to the account's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &".seatwright")]
    pub ledger: Option<String>,
    /// The API key, for a look at what the API shows; without one nothing is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// A file with more certificate authorities to trust, in PEM form, relative to the account's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"proxy-ca.pem")]
    pub ca_file: Option<String>,
}

/// The API key.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The key of Settings > Integrations > Integration Keys; `{env: BATCHDIALER_API_KEY}`, where it is set, when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<SecretSource>,
}

/// A plan that BatchDialer sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Plan {
    /// Single Line Dialer.
    SingleLine,
    /// Multi-Line Dialer.
    MultiLine,
}

impl Plan {
    /// The word in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SingleLine => "single-line",
            Self::MultiLine => "multi-line",
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
    /// The policy for agent statuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_statuses: Option<KindPolicy>,
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

/// How fast requests are sent; the vendor documents no limit.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePolicy {
    /// Requests in a minute; 60 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 6000), example = 60)]
    pub requests_per_minute: Option<u32>,
    /// The share that is left to others, in percent; 10 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 90), example = 10)]
    pub reserve_percent: Option<u8>,
}
