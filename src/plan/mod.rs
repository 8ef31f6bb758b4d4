//! The plan: an ordered, costed, guarded list of steps, as data. Pure: the same input gives the same bytes.

mod document;
mod step;

pub use document::{Cost, FORMAT, Plan, Refusal, Requests, Seats, Selection, Summary, Warning};
pub use step::{
    Action, Basis, FieldChange, Manual, MemberOf, Place, Reason, Step, StepId, Task, Verification,
};
