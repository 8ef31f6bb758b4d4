//! Performing an approved plan, one journalled step after the other.

mod attempt;
mod converge;
pub mod event;
mod execute;
pub mod journal;
#[cfg(test)]
mod journal_tests;
mod report;

use thiserror::Error;

pub use event::{Event, RunId, RunOutcome, StepOutcome};
pub use execute::{HandOver, Progress, Run, Start};
pub use journal::{InterruptedRun, Interruption, Journal, JournalError, RunSummary, StepRecord};
pub use report::{Report, StepReport, Stop};

use crate::ledger::LedgerError;

/// Why a run could not keep its records; it stopped there.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The ledger could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
