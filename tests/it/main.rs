//! The integration tests.

#![allow(clippy::unwrap_used)]

mod batchdialer;
mod manifests;
