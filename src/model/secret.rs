//! Secrets and the references by which manifests name them.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A secret's text: no `Display`, no `Serialize`, and a `Debug` that hides it.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text in.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Shows the text, for the one place that must send or store it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The secrets of one resource, by field: few each, and held for everybody.
pub type SecretRefs = litemap::LiteMap<super::FieldName, SecretRef>;

/// Where a secret comes from, as a manifest says it and a resolver takes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretRef {
    /// Made by the tool when it is needed, and handed to the account's password sink.
    Generate,
    /// An environment variable.
    Env(String),
    /// A file, relative to the account's folder; one trailing line break is cut off.
    File(String),
    /// A program and its arguments; its standard output, one trailing line break cut off.
    Command(Vec<String>),
}

impl SecretRef {
    /// What may be told of it: a program's arguments are left out, since people put tokens there.
    pub fn source(&self) -> SecretSource {
        match self {
            Self::Generate => SecretSource::Generate,
            Self::Env(name) => SecretSource::Env(name.clone()),
            Self::File(path) => SecretSource::File(path.clone()),
            Self::Command(argv) => SecretSource::Command(argv.first().cloned().unwrap_or_default()),
        }
    }
}

/// Where a secret comes from, as plans tell it. It is not enough to get the secret: that takes the manifest's reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// Made by the tool when it is needed.
    Generate,
    /// An environment variable.
    Env(String),
    /// A file.
    File(String),
    /// A program, without its arguments.
    Command(String),
}
