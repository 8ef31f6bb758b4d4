//! Agent statuses and groups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{NameText, Presence};

/// An agent status of the account's own: what agents can choose besides the built-in ones.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentStatus {
    /// The name, 3 to 15 characters, which identifies the status.
    #[schemars(example = &"Coaching")]
    pub name: NameText,
    /// The color, as `#rrggbb`: the nearest that the dashboard offers is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^#[0-9a-fA-F]{6}$"),
        example = &"#3366cc",
        extend("x-hint" = "write it in quotes, as `\"#3366cc\"`: without them YAML takes it for a comment")
    )]
    pub color: Option<String>,
    /// Whether agents find it in their availability dropdown; a new status is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub enabled: Option<bool>,
    /// The former name, when the status was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Training")]
    pub previously: Option<NameText>,
    /// `true` guards the status against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the status to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the status is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"nobody used it")]
    pub reason: Option<String>,
}

/// A group of users, called Agent Group or User Group in the dashboard.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The name, 3 to 15 characters, which identifies the group; case counts.
    #[schemars(example = &"Closers")]
    pub name: NameText,
    /// The former name, when the group was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Sales")]
    pub previously: Option<NameText>,
    /// `true` guards the group against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the group to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the group is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"merged into Closers")]
    pub reason: Option<String>,
}

impl AgentStatus {
    pub(in crate::provider::batchdialer) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}

impl Group {
    pub(in crate::provider::batchdialer) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}
