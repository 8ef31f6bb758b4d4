//! Call-center accounts as code.

pub mod http;
