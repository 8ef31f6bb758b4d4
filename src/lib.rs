//! Call-center accounts as code.

pub mod diagnostic;
pub mod manifest;
pub mod render;
pub mod source;
