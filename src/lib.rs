//! Call-center accounts as code.

pub mod diagnostic;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod provider;
pub mod render;
pub mod source;
