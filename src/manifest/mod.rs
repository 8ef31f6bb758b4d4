//! From the text of manifests to values with places.
//!
//! [`parse::parse`] reads YAML into a [`tree::Tree`] in which every node knows its bytes;
//! [`shape::Shape`] holds the tree against a JSON Schema and hands out the JSON value.
//! Numbers and booleans are recognised only there, where the schema says what is wanted, so that
//! a phone number or an extension never loses a zero or a plus sign.
//!
//! [`load::load`] does all of it for the accounts below a path, and lets the provider's
//! [`dialect::Dialect`] check the rules and make the engine's input.

pub mod accept;
pub mod check;
mod convert;
#[cfg(test)]
mod diagnostic_lines;
pub mod dialect;
pub mod digest;
pub mod edit;
pub mod format;
pub mod key_order;
pub mod load;
pub mod lower;
pub mod named;
pub mod origins;
pub mod parse;
pub mod placed;
pub mod schema;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod schema_laws;
pub mod shape;
pub mod suggest;
mod translate;
pub mod tree;
pub mod vocabulary;
mod wanted;
mod wording;
