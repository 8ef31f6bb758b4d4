//! A part of a document, with its place.

use super::check::Spot;

/// A part of a document, with its place.
#[derive(Debug)]
pub struct Placed<'a, T> {
    /// Where it stands.
    pub spot: Spot<'a>,
    /// The part itself.
    pub it: &'a T,
}

// Derived, these would ask the same of the part itself.
impl<T> Clone for Placed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Placed<'_, T> {}

impl<'a, T> Placed<'a, T> {
    /// The part of a document that is no list, such as `/policy`, where the document has it.
    pub fn section(document: usize, section: &'static str, it: Option<&'a T>) -> Option<Self> {
        let spot = Spot::section(document, section);
        it.map(|it| Self { spot, it })
    }
}
