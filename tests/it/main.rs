//! The integration tests.

#![allow(clippy::unwrap_used)]

mod action;
mod architecture;
mod authoring;
mod batchdialer;
mod crowd;
mod economy;
mod examples;
mod exits;
mod faults;
mod gitlab;
mod golden;
mod guards;
mod hostile;
mod kill;
mod laws;
mod ledger;
mod manifests;
mod manual;
mod passwords;
mod picture;
mod pipeline;
mod places;
mod providers;
mod rate;
mod readme;
mod run;
mod rust_source;
mod saved;
mod smartflo;
