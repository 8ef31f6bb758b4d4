//! CloudTalk: accounts behind `my.cloudtalk.io/api`, as of the public API 1.7 (2026-11-21).

pub mod connect;
mod convert;
pub mod observe;
pub mod perform;
mod reply;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod scripted;
mod wire;

pub use connect::{Settings, connect};
