//! The integration tests.

#![allow(clippy::unwrap_used)]

mod manifests;
