//! Call-center accounts as code.

pub mod diff;
pub mod ledger;
pub mod model;
pub mod plan;
pub mod provider;
#[cfg(test)]
mod testing;
