//! Departments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{NameText, Presence};

/// A department: calls are offered to its agents. Users name the departments that they are in.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    description = "A department: calls are offered to its agents. Users name the departments that they are in."
)]
pub struct Department {
    /// The name, which identifies the department; case counts.
    pub name: NameText,
    /// The former name, when the department was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<NameText>,
    /// `true` guards the department against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the department to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the department is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"merged into Sales")]
    pub reason: Option<String>,
}

impl Department {
    pub(in crate::provider::smartflo) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}
