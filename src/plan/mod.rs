//! The plan: an ordered, costed, guarded list of steps, as data. Pure: the same input gives the same bytes.

pub use crate::diff::Basis;

mod approve;
mod build;
mod cause;
mod document;
mod draft;
pub mod effect;
mod fingerprint;
mod guard;
mod hint;
mod make;
mod memberships;
mod order;
mod pending;
mod pools;
mod references;
mod seating;
mod select;
mod simulate;
mod standing;
mod step;
#[cfg(test)]
mod tests;

pub use approve::{ApprovedPlan, NotApproved};
pub use cause::{Cause, mark_causes};

pub use document::{Cost, FORMAT, Plan, Refusal, Requests, Seats, Selection, Summary, Warning};
pub use fingerprint::{Observed, moved};
pub use guard::ALLOWANCES;
pub use make::{Input, place_origins, plan, scope};
pub use select::unmatched;
pub use simulate::{Simulated, simulate};
pub use step::{
    Action, FieldChange, Manual, MemberOf, Place, Reason, Step, StepId, Task, Verification,
};
