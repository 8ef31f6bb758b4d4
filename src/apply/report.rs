//! What came of a run, as data.

use super::{RunId, RunOutcome, StepOutcome};
use crate::model::{Key, Kind, ResourceId};
use crate::plan::{Action, StepId};

/// What came of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// The step.
    pub id: StepId,
    /// What it does.
    pub action: Action,
    /// To which kind of resource.
    pub kind: Kind,
    /// To which resource.
    pub key: Key,
    /// What people call it.
    pub title: String,
    /// For a membership: of what.
    pub member_of: Option<ResourceId>,
    /// What came of it.
    pub outcome: StepOutcome,
    /// What there is to tell.
    pub message: Option<String>,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The run; `None` when there was nothing to write, and so no run.
    pub run: Option<RunId>,
    /// The outcome of the whole.
    pub outcome: RunOutcome,
    /// The steps that the API was to do.
    pub steps: Vec<StepReport>,
    /// The steps that a person is still to do.
    pub manual: Vec<StepId>,
    /// The requests of this run, all kinds.
    pub requests: u64,
    /// What still differs after the run although its step was done: `resource: field`.
    pub left: Vec<String>,
    /// Why the run ended before its last step, when it did.
    pub stopped: Option<Stop>,
    /// Whether the account could not be read again at the end, and why.
    pub unproven: Option<String>,
}

/// Why a run ended before its last step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The credentials were refused.
    Unauthorized(String),
    /// The service could not be reached several times in a row.
    Unreachable(String),
    /// The operator asked for it.
    Interrupted,
}

impl Report {
    /// How many steps came to this.
    pub fn count(&self, outcome: StepOutcome) -> usize {
        self.steps
            .iter()
            .filter(|step| step.outcome == outcome)
            .count()
    }
}
