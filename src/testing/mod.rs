//! What only tests use.

#[allow(clippy::unwrap_used)]
mod conformance;
mod shown;
pub mod toy;
mod world;
