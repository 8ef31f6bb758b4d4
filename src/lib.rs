//! Call-center accounts as code.

pub mod ledger;
pub mod model;
pub mod plan;
pub mod provider;
pub mod render;
