//! The integration tests.

#![allow(clippy::unwrap_used)]

mod authoring;
mod manifests;
