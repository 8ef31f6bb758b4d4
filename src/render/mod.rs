//! From results to text. Everything returns a `String`; nothing here prints.

mod artifact;
pub mod diagnostics;
pub mod escape;
mod excerpt;
pub mod explain;
pub mod fold;
pub mod github;
pub mod html;
pub mod human;
pub mod instructions;
pub mod json;
pub mod json_diagnostics;
pub mod junit;
pub mod ledger;
pub mod markdown;
pub mod metrics;
pub mod notice;
pub mod report;
pub mod sarif;
pub mod style;
pub mod subject;
pub mod text_diff;
pub mod wording;

#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod human_tests;
#[cfg(test)]
mod sample;

pub use style::{Purpose, Role, Style};
