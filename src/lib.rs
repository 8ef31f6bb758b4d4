//! Call-center accounts as code.

pub mod apply;
pub mod ledger;
pub mod model;
pub mod provider;
pub mod secrets;
