//! From results to text; nothing here prints.

pub mod escape;
pub mod instructions;
pub mod style;
pub mod subject;
pub mod wording;

#[cfg(test)]
mod sample;

pub use style::{Purpose, Role, Style};
