//! What was written and cannot be read back, what operators confirmed, what is protected; and who may write now.

pub mod chain;
#[cfg(test)]
mod chain_tests;
pub(crate) mod durable;
mod error;
mod flat;
pub mod lock;
mod process;
mod record;
mod store;

pub use error::LedgerError;
pub use lock::{Lock, LockError, LockInfo};
pub use process::{Started, host_name};
pub use record::{Confidence, Entry, Known, LedgerState, MemberCount, Remembered};
pub use store::{Ledger, ledger_folder};
