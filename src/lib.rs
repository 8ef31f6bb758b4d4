//! Call-center accounts as code.

pub mod diff;
pub mod http;
pub mod ledger;
pub mod model;
pub mod plan;
pub mod provider;
pub mod sandbox;
