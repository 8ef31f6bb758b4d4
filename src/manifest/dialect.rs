//! What a provider says about its manifests: their schema, their rules, and what they come to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::key_order::KeyOrder;
use super::origins::Origins;
use super::schema;
use super::tree::Tree;
use crate::diagnostic::{Code, Collector, Diagnostic};
use crate::model::{Desired, SecretRef};

/// The manifests of one provider.
pub trait Dialect: Send + Sync {
    /// The provider's name, as `account.provider` has it.
    fn provider(&self) -> &'static str;

    /// The JSON Schema (draft 2020-12) of one document, with the marks of rules in it.
    fn generated_schema(&self) -> Value;

    /// The JSON Schema for editors.
    fn schema(&self) -> Value {
        schema::published(self.generated_schema())
    }

    /// The canonical order of keys: [`KeyOrder::of`] the type of a document. Without it, keys keep the order that they have.
    fn key_order(&self) -> KeyOrder {
        KeyOrder::default()
    }

    /// Checks the documents of one account against every rule, and turns them into what the engine takes.
    ///
    /// The values fit the schema. `None` when an error was pushed.
    fn lower(&self, input: Input<'_>, diagnostics: &mut Collector) -> Option<Lowered>;
}

/// The documents of one account.
#[derive(Debug)]
pub struct Input<'a> {
    /// The folder of the account, which relative paths in manifests start from.
    pub folder: &'a Path,
    /// The documents with their places.
    pub trees: &'a Arc<[Tree]>,
    /// The documents as JSON, in the order of `trees`.
    pub values: Vec<Value>,
    /// The day that rules on dates go by. Nothing but diagnostics depends on it.
    pub as_of: Date,
}

/// Reads the documents into the types of a dialect; tells of those that cannot be read.
///
/// The schema lets nothing through that the types refuse, but for sizes of numbers. The JSON is given up part by part while the
/// types are made of it: both would double what a large account takes.
pub fn read<M: DeserializeOwned>(
    trees: &[Tree],
    values: Vec<Value>,
    diagnostics: &mut Collector,
) -> Vec<M> {
    let mut manifests = Vec::with_capacity(values.len());
    for (tree, value) in trees.iter().zip(values) {
        match M::deserialize(value) {
            Ok(manifest) => manifests.push(manifest),
            Err(error) => {
                let diagnostic = Diagnostic::new(
                    Code::BadValue,
                    format!("the document cannot be read: {error}"),
                )
                .at(tree.root().span());
                diagnostics.push(diagnostic);
            }
        }
    }
    manifests
}

/// What the manifests of one account come to.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The engine's input.
    pub desired: Desired,
    /// Where each resource and field is declared.
    pub origins: Origins,
    /// How the account is reached.
    pub connection: ConnectionSettings,
}

/// How the account is reached, and where its records are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// The API's address, where it is not the vendor's.
    pub api_url: Option<String>,
    /// The credentials by name, as references; the vendor's defaults are filled in.
    pub credentials: BTreeMap<String, SecretRef>,
    /// The ledger's place, where it is not the default: a path relative to the account's folder, or a URL.
    pub ledger: Option<String>,
    /// Where generated passwords go.
    pub passwords: PasswordSink,
    /// A file with more certificate authorities, relative to the account's folder.
    pub ca_file: Option<String>,
    /// What only one provider has.
    pub extras: Map<String, Value>,
}

/// Where generated passwords go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PasswordSink {
    /// `.seatwright/passwords.jsonl` in the account's folder.
    #[default]
    Default,
    /// A file, relative to the account's folder.
    File(String),
    /// A program with its arguments, on its standard input.
    Command(Vec<String>),
}
