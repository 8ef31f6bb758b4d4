//! Performing an approved plan, one journalled step after the other.

pub mod event;
pub mod journal;

pub use event::{Event, RunId, RunOutcome, StepOutcome};
pub use journal::{InterruptedRun, Interruption, Journal, JournalError, RunSummary, StepRecord};

#[cfg(test)]
mod journal_tests;
