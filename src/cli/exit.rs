//! The one table from outcomes to exit codes.

use std::fmt;
use std::process::ExitCode;

use seatwright::apply::{ApplyError, RunOutcome};
use seatwright::ledger::{LedgerError, LockError};
use seatwright::provider::ProviderError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; nothing is left to do.
    Done = 0,
    /// An internal error, or the file system.
    Internal = 1,
    /// Changes are pending.
    Changes = 2,
    /// The manifests are invalid.
    Invalid = 3,
    /// A guard or a policy refused; nothing was written.
    Refused = 4,
    /// Applied in part, or not converged.
    Partial = 5,
    /// The saved plan is stale; nothing was written.
    Stale = 6,
    /// Credentials are missing or refused.
    Unauthorized = 7,
    /// The service cannot be reached or believed.
    Service = 8,
    /// Only manual steps are pending.
    Manual = 9,
    /// The command line is wrong.
    Usage = 64,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<RunOutcome> for Exit {
    fn from(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::Converged => Self::Done,
            RunOutcome::Partial => Self::Partial,
            RunOutcome::Manual => Self::Manual,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// More of it, a line each.
    pub(crate) lines: Vec<String>,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            lines: Vec::new(),
            hint: None,
        }
    }

    pub(crate) fn lines(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A failure that was told about already.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Internal, format!("{error:#}"))
    }
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        match &error {
            ProviderError::Unauthorized(_) => Self::new(Exit::Unauthorized, &error),
            ProviderError::Unreachable(_) => Self::new(Exit::Service, &error)
                .hint("nothing was written; try again when the service answers"),
            ProviderError::Unbelievable(_) => Self::new(Exit::Service, &error)
                .hint("nothing is planned from a read that does not add up; try again, and report it when it stays"),
            ProviderError::Settings(_) => Self::new(Exit::Invalid, &error),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::new(Exit::Internal, error)
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        Self::new(Exit::Internal, error)
            .hint("the run stopped there; `seatwright resume` goes on when the cause is mended")
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        match &error {
            LockError::Held { .. } => Self::new(Exit::Refused, &error)
                .hint("wait for it to end; `seatwright unlock` takes the lock away when its owner is gone"),
            LockError::Unreadable { .. } => Self::new(Exit::Internal, &error)
                .hint("when no other run is going on, `seatwright unlock` takes the lock away"),
            LockError::Io { .. } => Self::new(Exit::Internal, &error),
        }
    }
}
