//! The only door from a plan to a writer.

use crate::model::Permit;

use super::{Plan, Refusal};

/// A plan that passed its guards and was approved; the executor takes nothing else.
#[derive(Debug)]
pub struct ApprovedPlan {
    plan: Plan,
    permit: Option<Permit>,
}

/// Why a plan cannot be approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotApproved {
    /// Guards refused it.
    Refused(Vec<Refusal>),
    /// Its hash is not the hash of what it says: it was edited.
    Altered,
}

impl ApprovedPlan {
    /// Approves a plan; the caller has asked whoever had to be asked.
    pub fn approve(plan: Plan) -> Result<Self, NotApproved> {
        if !plan.refusals.is_empty() {
            return Err(NotApproved::Refused(plan.refusals));
        }
        if plan.hash != plan.compute_hash() {
            return Err(NotApproved::Altered);
        }
        Ok(Self {
            plan,
            permit: Some(Permit::issue()),
        })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The proof for the provider; there is one for each approval.
    pub fn take_permit(&mut self) -> Option<Permit> {
        self.permit.take()
    }
}
