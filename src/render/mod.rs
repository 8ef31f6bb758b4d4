//! From results to text. Everything returns a `String`; nothing here prints.

pub mod diagnostics;
pub mod escape;
pub mod inert;
pub mod instructions;
pub mod json_diagnostics;
pub mod style;
pub mod subject;
pub mod wording;

#[cfg(test)]
mod sample;

pub use style::{Purpose, Role, Style};
