//! Call-center accounts as code.

pub mod http;
pub mod ledger;
pub mod model;
pub mod provider;
pub mod sandbox;
