//! The integration tests.

#![allow(clippy::unwrap_used)]

mod action;
mod architecture;
mod examples;
mod laws;
mod manifests;
mod picture;
mod readme;
mod run;
mod rust_source;
