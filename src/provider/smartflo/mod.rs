//! Smartflo, of Tata Tele Business Services, and the brands that share its API: Acefone and Servetel.

pub mod capability;
mod check;
pub mod connect;
mod convert;
mod departments;
mod facts;
mod import;
mod lower;
pub mod manifest;
pub mod observe;
pub mod perform;
mod reply;
mod session;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod wire;

use serde_json::Value;

use self::check::Subject;
use self::facts::Facts;
use self::manifest::Manifest;
use crate::diagnostic::Collector;
use crate::manifest::check::Reporter;
use crate::manifest::dialect::{Dialect, Input, Lowered, read};
use crate::manifest::key_order::KeyOrder;
use crate::provider::registry::{OpenOptions, Registered};
use crate::provider::{Connection, ProviderError};

pub use connect::{Brand, Login, Settings, connect};

/// The provider's name in manifests.
const PROVIDER: &str = "smartflo";

/// The manifests of Smartflo accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmartfloDialect;

impl Dialect for SmartfloDialect {
    fn provider(&self) -> &'static str {
        PROVIDER
    }

    fn generated_schema(&self) -> Value {
        manifest::generated_schema()
    }

    fn key_order(&self) -> KeyOrder {
        KeyOrder::of::<Manifest>()
    }

    fn lower(&self, input: Input<'_>, diagnostics: &mut Collector) -> Option<Lowered> {
        let before = diagnostics.error_count();
        let manifests: Vec<Manifest> = read(input.trees, input.values, diagnostics);
        if diagnostics.error_count() > before {
            return None;
        }
        let subject = Subject {
            facts: Facts::gather(&manifests),
        };
        check::run(&subject, &mut Reporter::new(input.trees, diagnostics));
        if diagnostics.error_count() > before {
            return None;
        }
        lower::lower(&subject.facts, input.trees)
    }
}

/// Smartflo in the table of providers.
pub static REGISTERED: Registered = Registered {
    spec: &capability::SMARTFLO,
    dialect: &SmartfloDialect,
    credentials: &lower::CREDENTIALS,
    rate: lower::RATE,
    open,
    import: Some(import::files),
    uploads: None,
};

fn open(options: OpenOptions) -> Result<Box<dyn Connection>, ProviderError> {
    connect(Settings::from_options(options)?)
}
