//! The integration tests.

#![allow(clippy::unwrap_used)]

mod laws;
mod manifests;
mod run;
