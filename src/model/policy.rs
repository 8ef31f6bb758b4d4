//! What the operators of an account allow: unmanaged objects, guards, rate, grace.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Kind;

/// What happens to live objects that no manifest names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmanaged {
    /// Not mentioned.
    Ignore,
    /// Counted, with a warning.
    #[default]
    Warn,
    /// Deleted.
    Delete,
}

/// Limits on the whole changeset, looked at before the first write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The most deletions in one plan.
    pub max_deletions: u32,
    /// The most deletions in one plan, in percent of the live objects of the kind.
    pub max_deletion_percent: u32,
    /// The percentage counts only from this many live objects on.
    pub min_population: u32,
    /// The fewest holders of the privileged role that a plan may leave.
    pub min_admins: u32,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_deletions: 5,
            max_deletion_percent: 20,
            min_population: 10,
            min_admins: 1,
        }
    }
}

/// The request budget that the account grants us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests in one window.
    pub requests: u32,
    /// The window's length in seconds.
    pub per_seconds: u32,
    /// The share of the budget left to others, in percent (0 to 90).
    pub reserve_percent: u8,
}

/// What the operators of an account allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// For each kind, what happens to unmanaged objects; [`Unmanaged::Warn`] when absent.
    pub unmanaged: BTreeMap<Kind, Unmanaged>,
    /// The guards.
    pub guards: Guards,
    /// The request budget.
    pub rate: Rate,
    /// Days between a leaver's last day and the deletion.
    pub grace_days: u32,
}
