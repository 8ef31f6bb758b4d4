//! From the text of manifests to values with places.
//!
//! [`parse::parse`] reads YAML into a [`tree::Tree`] in which every node knows its bytes;
//! [`shape::Shape`] holds the tree against a JSON Schema and hands out the JSON value.
//! Numbers and booleans are recognised only there, where the schema says what is wanted, so that
//! a phone number or an extension never loses a zero or a plus sign.

mod convert;
#[cfg(test)]
mod diagnostic_lines;
pub mod parse;
pub mod shape;
pub mod suggest;
mod translate;
pub mod tree;
mod wanted;
