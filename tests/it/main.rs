//! The integration tests.

#![allow(clippy::unwrap_used)]

mod action;
mod laws;
mod manifests;
mod run;
