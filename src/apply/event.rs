//! The lines of the journal.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::RemoteId;

/// The id of a run: its start in UTC and the first digits of its plan's hash, such as `20261121T100000Z-3f9a02b1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// It is so now.
    Done,
    /// The service said no: nothing happened.
    Refused,
    /// It was tried and did not come about.
    Failed,
    /// It may have happened: nothing proves either.
    Unknown,
    /// It was not tried, since it depends on one that is not done.
    Blocked,
}

impl StepOutcome {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
        }
    }
}

/// What came of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// The account is as declared.
    Converged,
    /// Something is left to do: the run can be resumed.
    Partial,
    /// Only manual steps are left.
    Manual,
}

impl RunOutcome {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Partial => "partial",
            Self::Manual => "manual",
        }
    }
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// A run begins; its plan is on the disk.
    RunStarted {
        /// The run.
        run: RunId,
        /// The hash of the plan's file.
        plan_hash: String,
        /// The command that runs it.
        command: String,
        /// The version of the tool.
        tool_version: String,
    },
    /// A run that stopped, or ended in part, goes on.
    RunResumed {
        /// The run.
        run: RunId,
        /// The command that goes on with it.
        command: String,
        /// The version of the tool.
        tool_version: String,
    },
    /// A request of this step is about to be sent.
    Intent {
        /// In which run.
        run: RunId,
        /// The step's id.
        step: String,
        /// Which try it is, from 1.
        attempt: u32,
    },
    /// A step has come to something.
    Outcome {
        /// In which run.
        run: RunId,
        /// The step's id.
        step: String,
        /// What came of it.
        outcome: StepOutcome,
        /// The service's id of the object, where it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remote: Option<RemoteId>,
        /// What is to be told about it; never a secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A run ended in good order.
    RunFinished {
        /// The run.
        run: RunId,
        /// What came of it.
        outcome: RunOutcome,
        /// The requests that it took, since it was started or last resumed.
        requests: u64,
    },
}
