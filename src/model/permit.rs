//! The proof, carried to a provider, that writing was approved.

/// Proof that a plan passed its guards and was approved; without one, no provider hands out a writer.
///
/// Only `plan::approve` issues it; a test over the sources holds that.
#[derive(Debug)]
pub struct Permit(());

impl Permit {
    /// Issues the proof, for `plan::approve` alone.
    pub(crate) fn issue() -> Self {
        Self(())
    }
}
