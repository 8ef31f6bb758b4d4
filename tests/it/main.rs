//! The integration tests.

#![allow(clippy::unwrap_used)]

mod crowd;
mod exits;
mod faults;
mod kill;
mod laws;
mod manifests;
mod run;
mod saved;
