//! What manifests would have to say to agree with the account.

use super::{FieldName, ResourceId, Value};

/// One thing that the manifests would have to say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Of which resource.
    pub id: ResourceId,
    /// What.
    pub what: Corrected,
}

/// What is to be said of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// A field has this value.
    Field {
        /// The field.
        field: FieldName,
        /// The value that was read.
        value: Value,
    },
    /// It is absent.
    Gone {
        /// Why, for people.
        reason: String,
    },
}

/// A difference that no change of a manifest takes away, or that could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncorrected {
    /// Of which resource.
    pub id: ResourceId,
    /// In which field; `None` for the resource itself.
    pub field: Option<FieldName>,
    /// Why, in lower case.
    pub why: String,
}

impl Correction {
    /// The field that it is about.
    pub fn field(&self) -> Option<&FieldName> {
        match &self.what {
            Corrected::Field { field, .. } => Some(field),
            Corrected::Gone { .. } => None,
        }
    }
}
