//! Compares what is declared with what is live and what the ledger remembers. Pure; knows no vendor.
//!
//! The result is one [`ResourceDiff`] for each declared resource that is not as declared, and the list of unmanaged live
//! objects. Nothing is decided here: order, cost, guards and what a person has to do are the planner's.

mod compare;
mod correct;
mod identity;
mod membership;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::ledger::LedgerState;
use crate::model::{
    DeclaredResource, Desired, FieldName, FieldSpec, Key, KindSpec, Live, LiveResource,
    ProviderSpec, ResourceId, Value,
};

pub use compare::Basis;
pub(crate) use compare::goal;
pub(crate) use compare::translated;
pub use correct::corrections;
pub(crate) use identity::Renamed;
pub use membership::{Doubt, doubts};

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// What the manifests declare.
    pub desired: &'a Desired,
    /// What was read.
    pub live: &'a Live,
    /// What is remembered.
    pub ledger: &'a LedgerState,
    /// What the API can do.
    pub spec: &'static ProviderSpec,
    /// The day that dates are compared with.
    pub as_of: Date,
}

/// All differences.
#[derive(Debug, Default)]
pub struct Diff<'a> {
    /// The declared resources that are not as declared, by kind and key.
    pub resources: Vec<ResourceDiff<'a>>,
    /// Live objects that no manifest names, in managed kinds.
    pub unmanaged: Vec<&'a LiveResource>,
    /// The same of kinds that cannot be listed: objects that the ledger, which is their inventory, knows.
    pub unnamed: Vec<&'a ResourceId>,
    /// Relations whose member count speaks against the ledger.
    pub doubts: BTreeMap<ResourceId, Doubt>,
    /// Two declared resources that claim one live object: the second, and the object.
    pub contested: Vec<(&'a ResourceId, &'a LiveResource)>,
    /// Declared keys by the keys that their objects have, or had.
    pub renamed: BTreeMap<ResourceId, Key>,
}

/// One declared resource that is not as declared.
#[derive(Debug)]
pub struct ResourceDiff<'a> {
    /// The declaration.
    pub declared: &'a DeclaredResource,
    /// The kind's capabilities.
    pub spec: &'static KindSpec,
    /// What it is to become.
    pub goal: Goal,
    /// The live object, when there is one; for kinds that cannot be listed, what the ledger knows.
    pub existing: Option<Existing<'a>>,
    /// Fields that differ; for a new resource, all declared ones.
    pub fields: Vec<FieldDiff>,
    /// Memberships to add.
    pub joins: Vec<MemberDiff>,
    /// Memberships to take away.
    pub leaves: Vec<MemberDiff>,
}

/// What a resource is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To exist as declared.
    Present,
    /// To be gone.
    Gone {
        /// Why, for people.
        reason: String,
    },
    /// To be switched off now and gone later.
    Leaving {
        /// Why, for people.
        reason: String,
        /// The day of the deletion.
        until: Date,
    },
}

/// The object that a declaration is about.
#[derive(Clone, Debug)]
pub struct Existing<'a> {
    /// The key that it has now.
    pub key: Key,
    /// The live object; `None` for a kind whose inventory is the ledger.
    pub live: Option<&'a LiveResource>,
    /// Whether it was found by the id that the ledger keeps, under a key that no manifest names.
    pub moved: bool,
    /// Whether the ledger knows another object under this key: what it remembers is not about this one.
    pub stranger: bool,
}

/// One field that differs.
#[derive(Clone, Debug)]
pub struct FieldDiff {
    /// The field's capabilities.
    pub spec: &'static FieldSpec,
    /// The value before, as far as known.
    pub before: Option<Value>,
    /// The declared value.
    pub after: Value,
    /// How the value before is known.
    pub basis: Basis,
}

/// One membership that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDiff {
    /// The field that names the relation.
    pub field: FieldName,
    /// The object on the other side.
    pub target: ResourceId,
    /// The doubt that makes it be asserted again.
    pub doubt: Option<Doubt>,
}

impl ResourceDiff<'_> {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let Self {
            declared: _,
            spec: _,
            goal,
            existing,
            fields,
            joins,
            leaves,
        } = self;
        match (goal, existing) {
            (Goal::Gone { .. }, existing) => existing.is_none(),
            (Goal::Present, None) => false,
            (Goal::Leaving { .. }, None) => true,
            (Goal::Present | Goal::Leaving { .. }, Some(_)) => {
                fields.is_empty() && joins.is_empty() && leaves.is_empty()
            }
        }
    }
}

/// The difference of a declaration from nothing: all that a new object would need.
pub fn as_new<'a>(
    input: &Input<'a>,
    spec: &'static KindSpec,
    declared: &'a DeclaredResource,
) -> ResourceDiff<'a> {
    let mut found = ResourceDiff {
        declared,
        spec,
        goal: Goal::Present,
        existing: None,
        fields: Vec::new(),
        joins: Vec::new(),
        leaves: Vec::new(),
    };
    compare::present(input, &mut found, &BTreeMap::new(), &Renamed::new());
    found
}

/// The declared keys of what a resource is known to be a member of.
pub fn known_targets(
    input: &Input<'_>,
    declared: &DeclaredResource,
    existing: &Existing<'_>,
    field: &FieldSpec,
    renamed: &BTreeMap<ResourceId, Key>,
) -> BTreeSet<Key> {
    compare::known_memberships(input, declared, existing, field, renamed)
        .into_keys()
        .collect()
}

/// Whether what the ledger remembers as a target is still the same object in the account; a kind that was not read is believed.
pub(crate) fn is_in_account(
    input: &Input<'_>,
    renamed: &BTreeMap<ResourceId, Key>,
    kind: &'static str,
    remembered: &Key,
) -> bool {
    let declared = match renamed.is_empty() {
        true => None,
        false => renamed.get(&ResourceId::new(kind, remembered.clone())),
    };
    let declared = declared.unwrap_or(remembered);
    compare::key_in_account(input, kind, declared, remembered, renamed).is_some()
}

/// Compares.
pub fn diff<'a>(input: &Input<'a>) -> Diff<'a> {
    let matched = identity::match_all(input);
    let doubts = doubts(input);
    let mut resources = Vec::new();
    for (kind, declared) in &input.desired.resources {
        let Some(spec) = input.spec.kind(kind) else {
            continue;
        };
        for resource in declared.values() {
            let existing = matched.existing.get(&resource.id).cloned();
            if let Some(found) =
                compare::resource(input, spec, resource, existing, &doubts, &matched.renamed)
                && !found.is_empty()
            {
                resources.push(found);
            }
        }
    }
    Diff {
        resources,
        unmanaged: matched.unmanaged,
        unnamed: matched.unnamed,
        doubts,
        contested: matched.contested,
        renamed: matched.renamed,
    }
}
