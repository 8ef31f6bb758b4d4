//! From documents without mistakes to the engine's input: what every dialect does alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::dialect::{ConnectionSettings, PasswordSink};
use super::origins::Origins;
use super::tree::Tree;
use super::vocabulary::{
    GuardPolicy, KindPolicy, LeaverPolicy, PasswordSource, PasswordsTo, Presence, SecretSource,
    is_present,
};
use crate::model::{
    DeclaredResource, Email, FieldName, Fields, Key, Kind, PhoneNumber, Policy, Rate, ResourceId,
    SecretRef, State, Unmanaged, Value,
};

/// The resources that are declared, and where.
#[derive(Debug)]
pub struct Lowering {
    /// Where each resource and field is declared.
    pub origins: Origins,
    /// The resources by kind and key; a kind that is here is managed.
    pub resources: BTreeMap<Kind, BTreeMap<Key, DeclaredResource>>,
}

impl Lowering {
    /// Nothing declared yet.
    pub fn new(trees: &Arc<[Tree]>) -> Self {
        Self {
            origins: Origins::new(Arc::clone(trees)),
            resources: BTreeMap::new(),
        }
    }

    /// Makes a kind managed, even when nothing of it is declared.
    pub fn manage(&mut self, kind: Kind) {
        self.resources.entry(kind).or_default();
    }

    /// Adds a resource.
    pub fn insert(&mut self, resource: DeclaredResource) {
        let kind = resource.id.kind.clone();
        let key = resource.id.key.clone();
        self.resources
            .entry(kind)
            .or_default()
            .insert(key, resource);
    }
}

/// What every entry may say of its own existence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// Whether it is to exist.
    pub state: Option<Presence>,
    /// Why it is absent.
    pub reason: Option<&'a str>,
    /// Whether it is guarded against deletion.
    pub protected: Option<bool>,
}

impl Standing<'_> {
    /// A resource without fields that stands as its entry says.
    pub fn resource(
        self,
        id: ResourceId,
        title: &str,
        previously: Option<Key>,
    ) -> DeclaredResource {
        let mut resource = DeclaredResource::present(id, title);
        if !is_present(self.state) {
            resource.state = State::Absent {
                reason: self.reason.unwrap_or_default().to_owned(),
            };
        }
        resource.previously = previously;
        resource.protected = self.protected;
        resource
    }
}

/// Sets a field when it is declared.
pub fn set<T: Into<Value>>(fields: &mut Fields, name: &'static str, value: Option<T>) {
    if let Some(value) = value {
        fields.insert(FieldName::from_static(name), value.into());
    }
}

/// A list as a sorted set, when it is declared.
pub fn set_of<S: AsRef<str>>(list: Option<&Vec<S>>) -> Option<Value> {
    list.map(|list| Value::set(list.iter().map(AsRef::as_ref)))
}

/// The canonical number; what is no number was refused by a rule.
pub fn phone(text: &str) -> String {
    PhoneNumber::parse(text).map_or_else(|| text.to_owned(), |number| number.as_str().to_owned())
}

/// The canonical address; what is no address was refused by a rule.
pub fn email(text: &str) -> String {
    Email::parse(text).map_or_else(|| text.to_owned(), |email| email.as_str().to_owned())
}

/// The password of a new user; one is generated when none is named.
pub fn password(source: Option<&PasswordSource>) -> SecretRef {
    source
        .and_then(|source| source.reference().ok())
        .unwrap_or(SecretRef::Generate)
}

/// A credential: the reference that is given, or else an environment variable.
pub fn credential(source: Option<&SecretSource>, variable: &str) -> SecretRef {
    source
        .and_then(|source| source.reference().ok())
        .unwrap_or_else(|| SecretRef::Env(variable.to_owned()))
}

/// What accounts of all providers say of how they are reached.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The API's address.
    pub api_url: &'a Option<String>,
    /// Where the ledger lies.
    pub ledger: &'a Option<String>,
    /// Where generated passwords go.
    pub passwords: &'a Option<PasswordsTo>,
    /// A file with more certificate authorities.
    pub ca_file: &'a Option<String>,
}

impl Reach<'_> {
    /// How the account is reached, with what only its provider has.
    pub fn settings(
        self,
        credentials: BTreeMap<String, SecretRef>,
        extras: Map<String, Json>,
    ) -> ConnectionSettings {
        let given = self.passwords.clone().unwrap_or_default();
        ConnectionSettings {
            api_url: self.api_url.clone(),
            credentials,
            ledger: self.ledger.clone(),
            passwords: match (given.file, given.command) {
                (Some(path), _) => PasswordSink::File(path),
                (None, Some(command)) => PasswordSink::Command(command),
                (None, None) => PasswordSink::Default,
            },
            ca_file: self.ca_file.clone(),
            extras,
        }
    }
}

/// What the operators allow, with defaults for what is left out.
pub fn policy(
    kinds: impl IntoIterator<Item = (Kind, Option<KindPolicy>)>,
    guards: Option<GuardPolicy>,
    leavers: Option<LeaverPolicy>,
    rate: Rate,
) -> Policy {
    Policy {
        unmanaged: kinds
            .into_iter()
            .filter_map(|(kind, policy)| Some((kind, Unmanaged::from(policy?.unmanaged?))))
            .collect(),
        guards: guards.unwrap_or_default().guards(),
        rate,
        grace_days: leavers.and_then(|leavers| leavers.grace_days).unwrap_or(0),
    }
}
