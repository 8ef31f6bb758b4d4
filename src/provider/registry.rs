//! The one table of providers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Connection, ProviderError, batchdialer, cloudtalk, smartflo};
use crate::http::{RateObserver, TraceHook};
use crate::manifest::dialect::Dialect;
use crate::model::{Live, ProviderSpec, Rate, Secret};

/// A provider, with everything that the command line needs of it.
pub struct Registered {
    /// What its API can do.
    pub spec: &'static ProviderSpec,
    /// Its manifests.
    pub dialect: &'static dyn Dialect,
    /// The credentials that a connection takes, with the environment variables that hold them by default.
    pub credentials: &'static [(&'static str, &'static str)],
    /// The request budget, when no manifest says otherwise.
    pub rate: Rate,
    /// Opens a connection. Sends nothing yet.
    pub open: fn(OpenOptions) -> Result<Box<dyn Connection>, ProviderError>,
    /// Writes manifests for a live account, where the API can list enough of it.
    pub import: Option<fn(&Live, &ImportOptions) -> Vec<ImportedFile>>,
    /// Writes the files that the vendor's bulk upload takes, where there is one.
    pub uploads: Option<UploadsOf>,
}

/// Makes upload files out of the steps that a person does.
pub type UploadsOf = fn(&[UploadRow]) -> Vec<ImportedFile>;

/// One new person for a bulk upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRow {
    /// The natural key.
    pub key: String,
    /// The fields that are declared for the person, as text, by field name.
    pub fields: BTreeMap<String, String>,
}

/// How to reach an account.
#[derive(Clone)]
pub struct OpenOptions {
    /// The API's address, where it is not the vendor's.
    pub api_url: Option<String>,
    /// The credentials that could be resolved, by name.
    pub credentials: BTreeMap<String, Secret>,
    /// Why the others could not be, by name.
    pub missing: BTreeMap<String, String>,
    /// The request budget.
    pub rate: Rate,
    /// A file of further certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// What only one provider has.
    pub extras: Map<String, Value>,
    /// Told before each wait.
    pub observer: Option<Arc<dyn RateObserver>>,
    /// Told after each request.
    pub trace: Option<Arc<dyn TraceHook>>,
    /// The file in which calls are noted for the next command.
    pub call_log: Option<std::path::PathBuf>,
}

impl OpenOptions {
    /// The credential of this name, or the error that says how to provide it.
    pub fn credential(&self, name: &str) -> Result<Secret, ProviderError> {
        self.credentials.get(name).cloned().ok_or_else(|| {
            let why = self
                .missing
                .get(name)
                .cloned()
                .unwrap_or_else(|| format!("the credential `{name}` is missing"));
            ProviderError::Unauthorized(why)
        })
    }
}

/// What an import is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOptions {
    /// The account's name in the repository.
    pub account: String,
    /// The API's address, where it is not the vendor's.
    pub api_url: Option<String>,
    /// What the reading learned besides, by the key of `account`.
    pub learned: Map<String, Value>,
}

/// A file that a provider wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFile {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What the account has and no manifest could hold, one sentence each; the file says it in a comment as well.
    pub left_out: Vec<String>,
}

/// All providers, in the order in which they are shown.
pub static PROVIDERS: &[&Registered] = &[
    &cloudtalk::REGISTERED,
    &smartflo::REGISTERED,
    &batchdialer::REGISTERED,
];

/// The provider of this name.
pub fn find(name: &str) -> Option<&'static Registered> {
    PROVIDERS
        .iter()
        .copied()
        .find(|provider| provider.spec.name == name)
}

/// The manifests of all providers.
pub fn dialects() -> Vec<&'static dyn Dialect> {
    PROVIDERS.iter().map(|provider| provider.dialect).collect()
}
