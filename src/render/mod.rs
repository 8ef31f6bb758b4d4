//! From results to text. Everything returns a `String`; nothing here prints.

pub mod diagnostics;
pub mod inert;
pub mod json_diagnostics;
