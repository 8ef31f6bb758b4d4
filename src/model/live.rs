//! What a provider read from the account.

use std::collections::{BTreeMap, BTreeSet};

use super::{FieldName, Fields, Key, Kind, RemoteId, ResourceId};

/// A snapshot of the kinds that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The kinds that were read; a kind that is not here is unknown, not empty.
    pub kinds: BTreeMap<Kind, LiveKind>,
    /// The requests that the reading took.
    pub requests: u64,
    /// The requests of a connection, from its opening to its end, that list no kind: a login and a logout, a look for hints.
    pub beside: u64,
    /// What was seen of objects of kinds that cannot be listed.
    pub hints: Vec<Hint>,
}

/// What a service shows of objects that it does not list: names, which speak for or against an inventory, and prove nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The kind of the objects.
    pub kind: Kind,
    /// Where they were seen, such as `campaign search`.
    pub source: &'static str,
    /// The names that were seen.
    pub seen: Seen,
}

/// The names that were seen: what people call the objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// For each value of a field, all the objects that have it.
    With(FieldName, BTreeMap<String, BTreeSet<String>>),
    /// Some of the objects that there are, or were.
    Some(BTreeSet<String>),
}

/// The live objects of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveKind {
    /// The objects by canonical key.
    pub resources: BTreeMap<Key, LiveResource>,
}

/// One live object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveResource {
    /// Kind and canonical key.
    pub id: ResourceId,
    /// The service's id.
    pub remote: RemoteId,
    /// What people call it.
    pub title: String,
    /// The readable fields that the answer held.
    pub fields: Fields,
    /// How many members the service counts in it, where it says so: a checksum for membership that cannot be read.
    pub member_count: Option<u64>,
}

/// What to read: no more than the manifests make necessary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The kinds to list.
    pub kinds: BTreeSet<Kind>,
    /// Whether membership is managed, so that member counts are worth a request.
    pub member_counts: bool,
}

impl Live {
    /// The live object of this identity.
    pub fn get(&self, id: &ResourceId) -> Option<&LiveResource> {
        self.kinds.get(&id.kind)?.resources.get(&id.key)
    }

    /// All live objects, by kind and key.
    pub fn iter(&self) -> impl Iterator<Item = &LiveResource> {
        self.kinds.values().flat_map(|kind| kind.resources.values())
    }

    /// Adds an object, making its kind known.
    pub fn insert(&mut self, resource: LiveResource) {
        self.kinds
            .entry(resource.id.kind.clone())
            .or_default()
            .resources
            .insert(resource.id.key.clone(), resource);
    }

    /// Marks a kind as read, even when it has no objects.
    pub fn mark_read(&mut self, kind: Kind) {
        self.kinds.entry(kind).or_default();
    }
}
