//! CloudTalk.

pub mod capability;
pub mod manifest;
