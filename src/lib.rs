//! Call-center accounts as code.
