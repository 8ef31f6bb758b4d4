//! One step of a plan: a write, or a thing for a person to do.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diff::Basis;
use crate::model::{FieldName, Key, Kind, RemoteId, ResourceId, SecretSource, Value};

/// The id of a step: the same for the same change, whatever stands around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Creates an object.
    Create,
    /// Changes fields of an object.
    Update,
    /// Deletes an object and creates it anew, since a create-only field changes.
    Replace,
    /// Deletes an object.
    Delete,
    /// Adds an object to another.
    AddMember,
    /// Takes an object out of another.
    RemoveMember,
    /// Is done by a person.
    Manual,
}

impl Action {
    /// The name in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::AddMember => "add_member",
            Self::RemoveMember => "remove_member",
            Self::Manual => "manual",
        }
    }
}

/// One field, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which field.
    pub path: FieldName,
    /// The value before; `null` when there is none or it is not known.
    pub before: Option<Value>,
    /// The value after; `null` when it is taken away.
    pub after: Option<Value>,
    /// How the value before is known.
    #[serde(default, skip_serializing_if = "Basis::is_read")]
    pub basis: Basis,
}

/// Where in the manifests a step comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to the account's folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Which object a member step is about, on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOf {
    /// The field that names the relation.
    pub field: FieldName,
    /// The object that is joined or left.
    #[serde(flatten)]
    pub target: ResourceId,
}

/// What a person has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manual {
    /// The number in this plan, from 1.
    pub number: u32,
    /// Which of the kind's procedures.
    pub task: Task,
    /// Whether the next plan sees by itself that it was done.
    pub verified_by: Verification,
}

/// A kind's procedure by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Make the object.
    Create,
    /// Change fields of it.
    Update,
    /// Take it away.
    Delete,
}

/// How it is known that a manual step was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// The account is read.
    Read,
    /// An operator says so.
    Confirm,
}

/// Why a step is there, when the manifest's difference alone does not say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Reason {
    /// The service counts fewer members than expected, so membership is asserted again.
    CountMismatch {
        /// What the service counted.
        counted: u64,
        /// What was expected.
        expected: u64,
    },
    /// A person has left, or leaves.
    Leaver {
        /// Why, or when.
        reason: String,
    },
    /// No manifest names the object, and the policy says `delete`.
    Unmanaged,
    /// The object moved to another key in the dashboard; the ledger knows its id.
    Moved {
        /// The key that it has now.
        from: Key,
    },
    /// Nobody declared the object, but others refer to it.
    Referenced,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The id.
    pub id: StepId,
    /// What it does.
    pub action: Action,
    /// To which kind of resource.
    pub kind: Kind,
    /// To which resource.
    pub key: Key,
    /// What people call the resource.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The service's id, when the object exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteId>,
    /// The fields, before and after.
    pub fields: Vec<FieldChange>,
    /// Secrets that the step needs, by where they come from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<FieldName, SecretSource>,
    /// The other side of a membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_of: Option<MemberOf>,
    /// Where it is declared.
    pub origin: Option<Place>,
    /// The requests that it costs.
    pub requests: u32,
    /// The steps that must be done before.
    pub depends_on: Vec<StepId>,
    /// The manual steps that must be done, and seen or confirmed, before this plan can do it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<StepId>,
    /// What a person has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<Manual>,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether a proposal asks for it, or the account had moved before; only in plans that were made against a base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<super::Cause>,
}

impl Step {
    /// A step without fields; its id is computed by [`Step::seal`].
    pub fn new(action: Action, id: ResourceId, title: impl Into<String>) -> Self {
        Self {
            id: StepId(String::new()),
            action,
            kind: id.kind,
            key: id.key,
            title: title.into(),
            remote: None,
            fields: Vec::new(),
            secrets: BTreeMap::new(),
            member_of: None,
            origin: None,
            requests: 0,
            depends_on: Vec::new(),
            blocked_by: Vec::new(),
            manual: None,
            reason: None,
            cause: None,
        }
    }

    /// The identity of the resource.
    pub fn resource(&self) -> ResourceId {
        ResourceId {
            kind: self.kind.clone(),
            key: self.key.clone(),
        }
    }

    /// Whether this plan sends it: not manual, not blocked.
    pub fn is_sent(&self) -> bool {
        self.action != Action::Manual && self.blocked_by.is_empty()
    }

    /// Computes the id out of what the step does.
    pub fn seal(self) -> Self {
        self.seal_without(&|_| false)
    }

    /// The same, but what a reading shows (`seen`) is no part of a manual step's id as long as something else is: half of the
    /// step is seen as soon as it was done, and the other half must still be confirmed under the same id.
    pub fn seal_without(mut self, seen: &dyn Fn(&FieldName) -> bool) -> Self {
        let mixed = self.manual.is_some() && !self.fields.iter().all(|change| seen(&change.path));
        let mut hash = Sha256::new();
        let mut feed = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        feed(self.action.as_str());
        feed(self.kind.as_str());
        feed(self.key.as_str());
        if let Some(manual) = &self.manual {
            feed(match manual.task {
                Task::Create => "create",
                Task::Update => "update",
                Task::Delete => "delete",
            });
        }
        if let Some(member) = &self.member_of {
            feed(member.field.as_str());
            feed(member.target.kind.as_str());
            feed(member.target.key.as_str());
        }
        for change in &self.fields {
            if mixed && seen(&change.path) {
                continue;
            }
            feed(change.path.as_str());
            feed(&serde_json::to_string(&change.after).unwrap_or_default());
        }
        let digest = hash.finalize();
        let letter = match self.action {
            Action::Create => 'c',
            Action::Update => 'u',
            Action::Replace => 'r',
            Action::Delete => 'd',
            Action::AddMember => 'j',
            Action::RemoveMember => 'l',
            Action::Manual => 'm',
        };
        let mut id = String::with_capacity(12);
        id.push(letter);
        id.push('-');
        for byte in &digest[..5] {
            use fmt::Write as _;
            // Writing into a `String` cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        self.id = StepId(id);
        self
    }
}
