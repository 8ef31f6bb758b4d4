//! The plan as a document: what `plan --format json` prints, what a plan file holds, what the hash covers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::digest;

use super::{Action, Step};

/// The name of this format's version.
pub const FORMAT: &str = "seatwright/plan/v1";

/// A plan, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The format's name: `seatwright/plan/v1`.
    pub format: String,
    /// The tool's version that made it.
    pub tool: String,
    /// The account's name.
    pub account: String,
    /// The provider's name.
    pub provider: String,
    /// The account's folder, relative to the plan file; empty until the plan is saved.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    /// The day that dates are compared with, in the account's time zone.
    pub as_of: Date,
    /// The digest of the manifests' meaning.
    pub manifest_digest: String,
    /// The digest of the live objects in scope.
    pub live_fingerprint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is stale.
    pub expires_at: Timestamp,
    /// Counts of steps. Each step counts once: as blocked, or under its action.
    pub summary: Summary,
    /// What applying costs in requests.
    pub requests: Requests,
    /// How long applying takes under the account's rate limit, in seconds.
    pub eta_seconds: u64,
    /// Seats, where the provider has them.
    pub seats: Option<Seats>,
    /// The steps, in the order in which they are done.
    pub steps: Vec<Step>,
    /// What a reviewer should know.
    pub warnings: Vec<Warning>,
    /// Why the plan must not be applied; empty when it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// The allowances that the plan was made with, such as `deletions: 3`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub allowances: BTreeMap<String, u64>,
    /// What part of the account the plan was cut down to.
    #[serde(default, skip_serializing_if = "Selection::is_whole")]
    pub selection: Selection,
    /// Short digests of the live fields in scope, by `kind:key`, to name what moved; only in saved plans.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub observed: BTreeMap<String, BTreeMap<String, String>>,
    /// The hash over all that a reviewer approves; see [`Plan::compute_hash`].
    #[serde(default)]
    pub hash: String,
    /// The digest of the whole file, times and places included; see [`Plan::compute_seal`]. Empty until the plan is written.
    #[serde(default)]
    pub seal: String,
}

/// Counts of steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Objects created.
    pub create: u32,
    /// Objects changed.
    pub update: u32,
    /// Objects deleted and created anew.
    pub replace: u32,
    /// Objects deleted.
    pub delete: u32,
    /// Memberships added.
    pub add_member: u32,
    /// Memberships taken away.
    pub remove_member: u32,
    /// Steps for a person.
    pub manual: u32,
    /// Steps that wait for a manual step.
    pub blocked: u32,
    /// Live objects that no manifest names.
    pub unmanaged: u32,
}

impl Summary {
    /// Counts the steps.
    pub fn of(steps: &[Step], unmanaged: u32) -> Self {
        let mut summary = Self {
            unmanaged,
            ..Self::default()
        };
        for step in steps {
            let count = if step.blocked_by.is_empty() {
                match step.action {
                    Action::Create => &mut summary.create,
                    Action::Update => &mut summary.update,
                    Action::Replace => &mut summary.replace,
                    Action::Delete => &mut summary.delete,
                    Action::AddMember => &mut summary.add_member,
                    Action::RemoveMember => &mut summary.remove_member,
                    Action::Manual => &mut summary.manual,
                }
            } else {
                &mut summary.blocked
            };
            *count += 1;
        }
        summary
    }

    /// Steps that the API does now.
    pub fn sent(&self) -> u32 {
        let Self {
            create,
            update,
            replace,
            delete,
            add_member,
            remove_member,
            manual: _,
            blocked: _,
            unmanaged: _,
        } = self;
        create + update + replace + delete + add_member + remove_member
    }
}

/// What applying costs in requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Reading the account before the first write.
    pub read: u64,
    /// The writes.
    pub write: u64,
    /// Reading the account again, to prove convergence.
    pub verify: u64,
}

impl Requests {
    /// All requests.
    pub fn total(self) -> u64 {
        self.read + self.write + self.verify
    }
}

/// Seats before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Seats bought, as declared.
    pub purchased: Option<u32>,
    /// Seats in use now.
    pub used: u32,
    /// Seats in use after the plan.
    pub after: u32,
    /// What the seats cost each month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

/// The monthly cost of the bought seats, in hundredths of the currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Each seat.
    pub each: u64,
    /// All seats bought before, as far as known.
    pub before: u64,
    /// All seats bought after.
    pub after: u64,
    /// The currency's code.
    pub currency: String,
}

/// Something that a reviewer should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// A stable kebab-case code.
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// Why a plan must not be applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    /// The guard's stable kebab-case code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What part of the account a plan was cut down to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Selectors of what stays, with what it depends on; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Selectors of what goes, with what depends on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

impl Selection {
    /// Whether nothing was cut.
    pub fn is_whole(&self) -> bool {
        self.only.is_empty() && self.except.is_empty()
    }
}

impl Plan {
    /// Whether the API has something to do.
    pub fn has_changes(&self) -> bool {
        self.steps.iter().any(Step::is_sent)
    }

    /// Whether a person has something to do.
    pub fn has_manual(&self) -> bool {
        self.steps.iter().any(|step| step.action == Action::Manual)
    }

    /// Whether there is nothing to do at all.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The hash over all that a reviewer approves: everything but times, places in files,
    /// causes, the folder, the cost of reading and the hash itself.
    ///
    /// What reading costs depends on the credentials too: who plans may have others than who applies.
    pub fn compute_hash(&self) -> String {
        let mut bare = self.clone();
        bare.hash = String::new();
        bare.seal = String::new();
        bare.folder = String::new();
        bare.observed = BTreeMap::new();
        bare.created_at = Timestamp::UNIX_EPOCH;
        bare.expires_at = Timestamp::UNIX_EPOCH;
        bare.requests.read = 0;
        bare.requests.verify = 0;
        bare.eta_seconds = 0;
        for step in &mut bare.steps {
            step.origin = None;
            step.cause = None;
        }
        digest(&bare)
    }

    /// The digest over the whole document but for itself. The hash is equal for equal plans, whenever they were made, so that it
    /// can be approved; the seal tells whether a file was edited where the hash does not look, as in the time of its expiry.
    pub fn compute_seal(&self) -> String {
        let mut bare = self.clone();
        bare.seal = String::new();
        digest(&bare)
    }
}
