//! What was written and cannot be read back, what operators confirmed, what is protected.

mod record;

pub use record::{Confidence, Entry, Known, LedgerState, MemberCount, Remembered};
