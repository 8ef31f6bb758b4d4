//! Call-center accounts as code.

pub mod apply;
pub mod diagnostic;
pub mod diff;
pub mod http;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod plan;
pub mod provider;
pub mod render;
pub mod sandbox;
pub mod secrets;
pub mod source;
#[cfg(test)]
mod testing;
