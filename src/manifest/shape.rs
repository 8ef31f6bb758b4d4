//! Holding a tree against a JSON Schema.

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::convert::to_json;
use super::translate::Translator;
use super::tree::Tree;
use super::wanted::Wanted;
use crate::diagnostic::Collector;

/// A JSON Schema (draft 2020-12), made ready to read many trees.
///
/// Keywords that only people read are used in messages: `x-hint` of a schema, or else its
/// `description`, tells what to do about a value that does not fit.
#[derive(Debug)]
pub struct Shape {
    schema: Value,
    validator: Validator,
    wanted: Wanted,
}

/// A schema that is none. Schemas are built in, so this is a mistake in the program.
#[derive(Debug, thiserror::Error)]
#[error("the JSON schema cannot be used: {0}")]
pub struct ShapeError(String);

/// What [`Shape::read`] made of a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The value; where the tree does not fit, as near as can be.
    pub value: Value,
    /// Whether the tree fits the schema. Only then the value may be deserialised.
    pub fits: bool,
}

impl Shape {
    /// Compiles a schema. References must lie within it (`#/$defs/…`); formats are checked.
    pub fn new(schema: Value) -> Result<Self, ShapeError> {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|error| ShapeError(error.to_string()))?;
        let wanted = Wanted::new(&schema);
        Ok(Self {
            schema,
            validator,
            wanted,
        })
    }

    /// The schema.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Turns a tree into JSON, and tells every place where it does not fit the schema.
    ///
    /// A plain scalar becomes text where only text is wanted, verbatim; a number or a boolean
    /// where one is wanted; and where both are, a number only if it is a canonical one.
    pub fn read(&self, tree: &Tree, diagnostics: &mut Collector) -> Read {
        let before = diagnostics.error_count();
        let converted = to_json(tree.root(), &self.wanted, diagnostics);
        if !self.validator.is_valid(&converted.value) {
            let errors = self.validator.iter_errors(&converted.value).collect();
            Translator::new(&self.schema, tree, &converted, diagnostics).all(errors);
        }
        // A value that a diagnostic was given for can still be valid, as `null` where anything goes.
        let fits = diagnostics.error_count() == before;
        Read {
            value: converted.value,
            fits,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
