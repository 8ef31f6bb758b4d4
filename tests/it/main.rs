//! The integration tests.

#![allow(clippy::unwrap_used)]

mod action;
mod architecture;
mod batchdialer;
mod crowd;
mod examples;
mod exits;
mod faults;
mod kill;
mod laws;
mod manifests;
mod picture;
mod readme;
mod run;
mod rust_source;
mod saved;
