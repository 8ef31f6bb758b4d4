//! The integration tests.

#![allow(clippy::unwrap_used)]

mod architecture;
mod examples;
mod manifests;
mod picture;
mod readme;
mod rust_source;
