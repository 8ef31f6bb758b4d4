//! Call-center accounts as code.

pub mod sandbox;
