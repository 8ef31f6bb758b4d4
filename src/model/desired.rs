//! What the manifests declare, after validation: the engine's input.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::{Fields, Key, Kind, Policy, ResourceId, Unmanaged};

/// Everything that the manifests of one account declare. Only manifests without errors become one.
#[derive(Clone, Debug)]
pub struct Desired {
    /// The account's name in the repository.
    pub account: String,
    /// The provider's name.
    pub provider: String,
    /// The account's time zone (IANA name); `UTC` when not declared.
    pub time_zone: String,
    /// The declared resources by kind and key. A kind that is present here is managed, even when empty.
    pub resources: BTreeMap<Kind, BTreeMap<Key, DeclaredResource>>,
    /// What the operators allow.
    pub policy: Policy,
    /// The pools that values can be asked from, by name.
    pub pools: BTreeMap<String, Pool>,
    /// Seats bought, as declared.
    pub seats: Option<u32>,
    /// Price of a seat each month, for the forecast: amount in hundredths and currency.
    pub seat_price: Option<(u64, String)>,
    /// The digest of the manifests' meaning, `sha256:…`.
    pub digest: String,
}

/// One declared resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredResource {
    /// Kind and canonical key.
    pub id: ResourceId,
    /// What people call it: a person's name, a group's name.
    pub title: String,
    /// Whether it is to exist.
    pub state: State,
    /// The former key, when it was renamed.
    pub previously: Option<Key>,
    /// `Some(true)` protects from deletion; `Some(false)` releases, together with `state: absent`.
    pub protected: Option<bool>,
    /// Whether a create-only field may be changed by delete and create.
    pub replace: bool,
    /// The first day on which it is to exist, in the account's time zone.
    pub starts_on: Option<Date>,
    /// The last day on which it is to exist.
    pub ends_on: Option<Date>,
    /// The managed fields. A value `{pool: NAME}` is filled from the pool when the object is created.
    pub fields: Fields,
    /// Secret fields, such as the password of a new user.
    pub secrets: super::SecretRefs,
}

/// Whether a resource is to exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to exist.
    Present,
    /// It is to be gone: a tombstone.
    Absent {
        /// Why, for the plan and the ledger.
        reason: String,
    },
}

/// A pool of whole numbers that unique values are taken from, lowest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The ranges, in declared order.
    pub ranges: Vec<RangeInclusive<u32>>,
}

impl DeclaredResource {
    /// Where the secrets come from, as a plan tells it.
    pub fn secret_sources(&self) -> BTreeMap<super::FieldName, super::SecretSource> {
        self.secrets
            .iter()
            .map(|(field, reference)| (field.clone(), reference.source()))
            .collect()
    }

    /// A present resource without fields.
    pub fn present(id: ResourceId, title: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            state: State::Present,
            previously: None,
            protected: None,
            replace: false,
            starts_on: None,
            ends_on: None,
            fields: Fields::new(),
            secrets: super::SecretRefs::default(),
        }
    }
}

impl Desired {
    /// All declared resources, by kind and key.
    pub fn iter(&self) -> impl Iterator<Item = &DeclaredResource> {
        self.resources.values().flat_map(|kind| kind.values())
    }

    /// What happens to live objects of a kind that no manifest names.
    ///
    /// Of a kind that no manifest has a key for, nothing is deleted: it is not managed, and the file that declared it may have got
    /// lost.
    pub fn unmanaged_policy(&self, kind: &Kind) -> Unmanaged {
        let policy = self.policy.unmanaged.get(kind).copied().unwrap_or_default();
        match policy {
            Unmanaged::Delete if !self.resources.contains_key(kind) => Unmanaged::Warn,
            policy => policy,
        }
    }

    /// The declared resource of this identity.
    pub fn get(&self, id: &ResourceId) -> Option<&DeclaredResource> {
        self.resources.get(&id.kind)?.get(&id.key)
    }
}
