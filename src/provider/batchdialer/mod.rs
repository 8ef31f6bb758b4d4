//! BatchDialer: accounts that no API writes, behind `app.batchdialer.com/api` (2026-11-21).
//!
//! The plan is a runbook: people follow it in the dashboard, and confirm each step. The ledger is the inventory of the
//! account. With an API key, what little the API shows of people is looked at, and told where it speaks against the
//! inventory; it never makes a difference by itself.

pub mod capability;
mod check;
pub mod connect;
mod facts;
mod lower;
pub mod manifest;
pub mod observe;
mod permissions;
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
use crate::model::Rate;
use crate::provider::registry::Registered;

pub use connect::{Settings, connect};

/// The provider's name in manifests.
const PROVIDER: &str = "batchdialer";

/// The manifests of BatchDialer accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct BatchDialerDialect;

impl Dialect for BatchDialerDialect {
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

/// BatchDialer in the table of providers.
pub static REGISTERED: Registered = Registered {
    spec: &capability::BATCHDIALER,
    dialect: &BatchDialerDialect,
    credentials: &[connect::API_KEY],
    // The vendor documents no limit; public clients pause between pages.
    rate: Rate {
        requests: 60,
        per_seconds: 60,
        reserve_percent: 10,
    },
    open: connect::open,
    import: None,
    uploads: None,
};
