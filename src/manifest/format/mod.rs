//! The canonical form of a manifest: order of keys, indentation, quotes; comments and meaning stay.
//!
//! - Keys stand in the order of the dialect's types; keys that people choose, and unknown ones, keep theirs.
//! - Two spaces a level, lists below their key included; `[a, b]` and `{ a: b }` while they fit in the width.
//! - Quotes only where a text could be read as something else; phone numbers always have them.
//! - Comments stay with what they stand before or beside; at most one blank line in a row.
//!
//! Whatever is written is read again: where the values or the comments are not the same as before, there is no result.

mod document;
mod meaning;
mod read;
mod scalar;
mod write;

pub(super) use scalar::{plain, written};

use super::dialect::Dialect;
use super::key_order::KeyOrder;
use super::schema::checked;
use super::shape::Shape;
use crate::diagnostic::{Collector, Diagnostics};
use crate::source::{SourceFile, Sources};

/// The widest line that a list or mapping in brackets may fill, in characters.
pub const WIDTH: usize = 100;

/// Brings manifests of one provider into canonical form.
#[derive(Debug)]
pub struct Formatter {
    order: KeyOrder,
    shape: Option<Shape>,
}

/// Why a file has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It is not YAML that can be read.
    #[error("it has mistakes in its YAML")]
    Invalid(Box<Diagnostics>),
    /// It has something that would not survive.
    #[error("{0} cannot be kept")]
    Unsupported(&'static str),
    /// The canonical form would not mean the same: a mistake in this program.
    #[error("the canonical form would {0}")]
    Changed(&'static str),
}

impl Formatter {
    /// For the manifests of a provider; without one, keys keep their order.
    pub fn new(dialect: Option<&dyn Dialect>) -> Self {
        Self {
            order: dialect.map(Dialect::key_order).unwrap_or_default(),
            shape: dialect.and_then(|dialect| Shape::new(checked(dialect.generated_schema())).ok()),
        }
    }

    /// The canonical form of a file's text.
    pub fn format(&self, source: &SourceFile) -> Result<String, FormatError> {
        let before = meaning::Meaning::of(source, self.shape.as_ref())
            .map_err(|found| FormatError::Invalid(Box::new(found)))?;
        let documents = read::documents(source.text())?;
        let arranged = self.write(documents.clone(), true, &before);
        // An alias may need the order as it is.
        match arranged {
            Err(FormatError::Changed(_)) => self.write(documents, false, &before),
            result => result,
        }
    }

    fn write(
        &self,
        documents: Vec<document::Document>,
        reorder: bool,
        before: &meaning::Meaning,
    ) -> Result<String, FormatError> {
        let order = if reorder { self.order.root() } else { None };
        let text = write::text(documents, &self.order, order, self.shape.is_some());
        let mut sources = Sources::new();
        let id = sources
            .add("formatted", &text)
            .map_err(|_| FormatError::Changed("be too large"))?;
        let after = meaning::Meaning::of(sources.file(id), self.shape.as_ref())
            .map_err(|_| FormatError::Changed("not be YAML"))?;
        before.same_as(&after).map_err(FormatError::Changed)?;
        Ok(text)
    }
}

/// The mistakes in a text's YAML; empty when it can be read.
pub(super) fn mistakes(source: &SourceFile) -> (Vec<super::tree::Tree>, Diagnostics) {
    let mut collector = Collector::new();
    let trees = super::parse::parse(source, &mut collector);
    (trees, collector.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
