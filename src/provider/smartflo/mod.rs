//! Smartflo and its family: accounts behind `api-smartflo.tatateleservices.com`, as documented on 2026-11-21.
//!
//! The vendor has three kinds of id for one person (user, agent, extension), three styles of list, and several names for
//! one fact; [`wire`] keeps them apart by types, and nothing outside of it knows them.

pub mod connect;
mod convert;
mod departments;
pub mod observe;
pub mod perform;
mod reply;
mod session;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod wire;

use crate::provider::registry::OpenOptions;
use crate::provider::{Connection, ProviderError};

pub use connect::{Brand, Login, Settings, connect};
pub use convert::{login_key, name_key};
pub use perform::write_cost;

/// The credentials that a connection takes, with the environment variables that hold them by default.
pub const CREDENTIALS: &[(&str, &str)] = &[
    ("token", "SMARTFLO_TOKEN"),
    ("login_id", "SMARTFLO_LOGIN_ID"),
    ("password", "SMARTFLO_PASSWORD"),
];

/// Opens a connection with what the command line resolved. Sends nothing yet.
#[allow(dead_code, reason = "the table of providers takes it")]
pub(super) fn open(options: OpenOptions) -> Result<Box<dyn Connection>, ProviderError> {
    connect(Settings::from_options(options)?)
}
