//! Users, and the profiles that they share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::choice::{AllowedIps, CdrUsers, ExtensionChoice, LoginIdText};
use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{
    DateText, EmailText, NameText, PasswordSource, PhoneText, Presence,
};

/// A named profile: what all its holders have in common.
///
/// What a user says of itself overrides the profile; agent groups and departments are joined, and the web login is
/// joined key by key.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    description = "A named profile: what all its holders have in common. What a user says of itself overrides the profile; agent groups and departments are joined, and the web login is joined key by key."
)]
pub struct RoleProfile {
    /// Whether holders have an agent, which takes calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub agent: Option<bool>,
    /// The agent groups that holders are in, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Outbound"])]
    pub agent_groups: Option<Vec<NameText>>,
    /// The departments that holders are in, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Sales"])]
    pub departments: Option<Vec<String>>,
    /// The numbers that holders may call from, in order; the first is the extension's caller id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+918065000001"])]
    pub caller_ids: Option<Vec<PhoneText>>,
    /// Whether the agents of holders have an extension; the service picks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub extension: Option<bool>,
    /// What the web logins of holders have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_login: Option<WebLoginProfile>,
    /// Whether calls go to holders only while they are logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub login_based_calling: Option<bool>,
    /// The hours in which holders are called, by the name of the time group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_group: Option<NameText>,
}

/// What web logins have in common.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebLoginProfile {
    /// Whether the login is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub enabled: Option<bool>,
    /// The title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub designation: Option<NameText>,
    /// The role in the panel, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Agent")]
    pub role: Option<NameText>,
    /// Whether the login is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub blocked: Option<bool>,
    /// Whose calls are seen in reports: `all`, or users by login id; `[]` means nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cdr_users: Option<CdrUsers>,
    /// Where logins may come from: `all`, or addresses and networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<AllowedIps>,
}

/// A person. A key that is left out is not managed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The login id, which identifies the user: at least 6 characters; case does not count.
    pub login_id: LoginIdText,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Ada Lovelace")]
    pub name: Option<NameText>,
    /// The phone, in E.164 form and in quotes; calls are forwarded to it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneText>,
    /// A profile of `roles`. The role in the panel is `web_login.role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"sales")]
    pub role: Option<String>,
    /// Whether the user has an agent, which takes calls; fixed when the user is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub agent: Option<bool>,
    /// The id of an agent to take over, instead of creating one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{5,20}$"), example = &"0502842370002")]
    pub existing_agent: Option<String>,
    /// The agent groups that the user is in, by name; those of the profile are added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Outbound"])]
    pub agent_groups: Option<Vec<NameText>>,
    /// The departments that the user is in, by name; those of the profile are added. When left out, they can be assigned later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["Sales"])]
    pub departments: Option<Vec<String>>,
    /// The numbers that the user may call from, in order; the first is the extension's caller id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = ["+918065000001", "+918065000002"])]
    pub caller_ids: Option<Vec<PhoneText>>,
    /// Whether the agent has an extension, which the service picks; or the one that a person chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionChoice>,
    /// The login to the panel; each key overrides that of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_login: Option<WebLogin>,
    /// Whether calls go to the user only while logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub login_based_calling: Option<bool>,
    /// The hours in which the agent is called, by the name of the time group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Office hours")]
    pub time_group: Option<NameText>,
    /// The number that the agent's calls go to; another than `phone` is set by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_forward_number: Option<PhoneText>,
    /// The former login id, when it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<LoginIdText>,
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

impl User {
    pub(in crate::provider::smartflo) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}

/// The login to the panel.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebLogin {
    /// Whether the login is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub enabled: Option<bool>,
    /// The title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Sales lead")]
    pub designation: Option<NameText>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailText>,
    /// The role in the panel, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Agent")]
    pub role: Option<NameText>,
    /// The first password, for a new user only; `generate` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordSource>,
    /// Whether the login is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub blocked: Option<bool>,
    /// Whose calls are seen in reports: `all`, or users by login id; `[]` means nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cdr_users: Option<CdrUsers>,
    /// Where logins may come from: `all`, or addresses and networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<AllowedIps>,
}
