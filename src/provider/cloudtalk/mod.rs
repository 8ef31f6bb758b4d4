//! CloudTalk: accounts behind `my.cloudtalk.io/api`, as of the public API 1.7 (2026-11-21).

pub mod capability;
mod check;
pub mod connect;
mod convert;
mod facts;
mod import;
mod lower;
pub mod manifest;
pub mod observe;
pub mod perform;
mod reply;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod scripted;
mod uploads;
mod wire;

use serde_json::Value;

use self::check::Subject;
use self::facts::Facts;
use self::manifest::Manifest;
use crate::diagnostic::Collector;
use crate::manifest::check::Reporter;
use crate::manifest::dialect::{Dialect, Input, Lowered, read};
use crate::manifest::key_order::KeyOrder;
use crate::model::Rate;
use crate::provider::registry::{OpenOptions, Registered};
use crate::provider::{Connection, ProviderError};

pub use connect::{Settings, connect};

/// The provider's name in manifests.
const PROVIDER: &str = "cloudtalk";

/// The manifests of CloudTalk accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudTalkDialect;

impl Dialect for CloudTalkDialect {
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
            as_of: input.as_of,
        };
        check::run(&subject, &mut Reporter::new(input.trees, diagnostics));
        if diagnostics.error_count() > before {
            return None;
        }
        lower::lower(&subject.facts, input.trees)
    }
}

/// CloudTalk in the table of providers.
pub static REGISTERED: Registered = Registered {
    spec: &capability::CLOUDTALK,
    dialect: &CloudTalkDialect,
    credentials: &[
        ("access_key_id", "CLOUDTALK_ACCESS_KEY_ID"),
        ("access_key_secret", "CLOUDTALK_ACCESS_KEY_SECRET"),
    ],
    // 60 operations a minute for the whole company (OpenAPI 1.7), a tenth of it left to others.
    rate: Rate {
        requests: 60,
        per_seconds: 60,
        reserve_percent: 10,
    },
    open,
    import: Some(import::files),
    uploads: Some(uploads::files),
};

fn open(options: OpenOptions) -> Result<Box<dyn Connection>, ProviderError> {
    connect(Settings {
        access_key_id: options.credential("access_key_id")?,
        access_key_secret: options.credential("access_key_secret")?,
        api_url: options.api_url,
        rate: options.rate,
        timeout: None,
        ca_file: options.ca_file,
        observer: options.observer,
        trace: options.trace,
        call_log: options.call_log,
    })
}
