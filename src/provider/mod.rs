//! What a provider must be able to do: observe an account, and perform one approved operation after the other.
//!
//! A provider sees neither plans nor manifests' files; it converts between the model and the vendor's wire format.

pub mod batchdialer;
pub mod cloudtalk;
mod imported;
pub mod registry;
pub mod scaffold;
pub mod smartflo;

use std::collections::BTreeMap;

use async_trait::async_trait;
use thiserror::Error;

use crate::model::{
    FieldName, Fields, Live, LiveResource, Permit, RemoteId, ResourceId, Scope, Secret,
};

/// The requests that a connection has sent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCount {
    /// Requests that only read.
    pub reads: u64,
    /// Requests that may write.
    pub writes: u64,
}

impl RequestCount {
    /// All requests.
    pub fn total(self) -> u64 {
        self.reads + self.writes
    }
}

/// Reads an account. Has no way to write.
#[async_trait]
pub trait Observe: Send {
    /// Reads the kinds in scope, whole, and refuses an answer that does not add up.
    async fn observe(&mut self, scope: &Scope) -> Result<Live, ProviderError>;

    /// Looks one object up afresh, by the service's id when it is known, else by its natural key.
    async fn look_up(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError>;

    /// The requests sent so far.
    fn requests(&self) -> RequestCount;

    /// What the operator should hear about the connection itself, such as a password that expires soon.
    ///
    /// Complete only after something was read; each sentence stands for itself.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// What was learned on the way of a reading that is no object, by the key of `account` that manifests keep it under.
    fn learned(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }

    /// Ends the session with the service, where there is one to end.
    async fn close(&mut self) {}
}

/// A connection that was opened for reading, and can be opened for writing with a permit.
pub trait Connection: Observe {
    /// Hands out the writer.
    fn into_writer(self: Box<Self>, permit: Permit) -> Box<dyn Perform>;
}

/// Performs single operations. Never retries a write whose outcome is unknown.
#[async_trait]
pub trait Perform: Observe {
    /// Sends the requests of one operation.
    async fn perform(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure>;
}

/// Which ids the service gave to which resources; references are resolved in it.
pub type Directory = BTreeMap<ResourceId, RemoteId>;

/// One write, as data.
#[derive(Debug)]
pub struct Operation<'a> {
    /// What is done.
    pub act: Act<'a>,
    /// To which resource.
    pub id: &'a ResourceId,
    /// The service's id; absent for a create.
    pub remote: Option<&'a RemoteId>,
    /// What the resource is called.
    pub title: &'a str,
    /// The whole resource as it shall be: live fields overlaid with declared ones, for services that want the whole object.
    pub wanted: &'a Fields,
    /// The secrets that the operation needs, resolved.
    pub secrets: &'a BTreeMap<FieldName, Secret>,
    /// Ids of the resources that values refer to.
    pub directory: &'a Directory,
}

/// What an operation does.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Creates the object with these fields.
    Create {
        /// The fields that the creating request can set.
        fields: &'a Fields,
    },
    /// Changes these fields.
    Update {
        /// The changed fields with their new values.
        fields: &'a Fields,
    },
    /// Deletes the object.
    Delete,
    /// Adds the object to another, such as a user to a group.
    AddMember {
        /// The field that names the relation.
        field: &'a FieldName,
        /// The object that it joins.
        target: &'a ResourceId,
    },
    /// Takes the object out of another.
    RemoveMember {
        /// The field that names the relation.
        field: &'a FieldName,
        /// The object that it leaves.
        target: &'a ResourceId,
    },
}

/// What a performed operation told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Performed {
    /// The id of a created object, when the answer held one.
    pub remote: Option<RemoteId>,
    /// The answer says that the account was already so: a member added twice, an object deleted twice.
    pub already_so: bool,
    /// That it was already so is only the likeliest reading of a refusal without a reason; nothing was seen.
    pub presumed: bool,
}

/// Why an operation was not performed, or may not have been.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The service answered that it will not: nothing happened.
    #[error("the service refused: {0}")]
    Refused(String),
    /// The service has no seat, or other countable thing, left: the same request of others would fail too.
    #[error("the service has none left: {0}")]
    Exhausted(String),
    /// The credentials were refused: nothing happened, and nothing more can.
    #[error("the credentials were refused: {0}")]
    Unauthorized(String),
    /// The request was never sent, or was answered by a refusal to take requests: nothing happened.
    #[error("the service could not be reached: {0}")]
    NotSent(String),
    /// No answer, or one that proves nothing: it may have happened.
    #[error("no answer that can be believed: {0}")]
    Unknown(String),
}

/// Why an account could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProviderError {
    /// The credentials are missing or refused.
    #[error("{0}")]
    Unauthorized(String),
    /// The service could not be reached, or was not willing.
    #[error("{0}")]
    Unreachable(String),
    /// The service answered, and the answer does not add up.
    #[error("{0}")]
    Unbelievable(String),
    /// The connection's settings are wrong.
    #[error("{0}")]
    Settings(String),
}
