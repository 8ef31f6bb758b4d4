//! What the rules of every dialect share: places for diagnostics, and checks of common values.

mod account;
mod presence;
mod references;
mod unique;
mod values;

pub use account::{api_url, ledger, password, secret, section, time_zone};
pub use presence::tombstone;
pub use references::{absent, unknown};
pub use unique::{Named, Words, previously, twice, unique};
pub use values::{day, email, is_plain, name, period, phone, phones, readable, suspicious};

use std::fmt::Write as _;

use super::origins::{Pointer, short};
use super::suggest::suggest;
use super::tree::Tree;
use crate::diagnostic::{Code, Collector, Diagnostic};
use crate::source::Span;

/// Comparing a misspelt name with all others takes time; beyond this many, nobody reads on.
const MOST_SUGGESTIONS: u32 = 200;

/// One entry of a document, such as the third user: where fields are looked up when there is something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot<'a> {
    document: usize,
    list: &'static str,
    item: Item<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item<'a> {
    Whole,
    Index(usize),
    Key(&'a str),
}

impl<'a> Spot<'a> {
    /// A section of a document, by JSON pointer, such as `/account`.
    pub fn section(document: usize, section: &'static str) -> Self {
        Self {
            document,
            list: section,
            item: Item::Whole,
        }
    }

    /// An item of a list, such as the fourth below `/users`.
    pub fn item(document: usize, list: &'static str, index: usize) -> Self {
        Self {
            document,
            list,
            item: Item::Index(index),
        }
    }

    /// A named entry of a mapping, such as a profile below `/roles`.
    pub fn entry(document: usize, mapping: &'static str, key: &'a str) -> Self {
        Self {
            document,
            list: mapping,
            item: Item::Key(key),
        }
    }

    /// The entry itself.
    pub fn whole(self) -> Place<'a> {
        self.at("")
    }

    /// A place below the entry, such as `email` or `settings/pause_recording`.
    pub fn at(self, below: &'a str) -> Place<'a> {
        Place {
            spot: self,
            below,
            index: None,
        }
    }

    /// The JSON pointer of the entry itself.
    pub fn pointer(self) -> Pointer {
        self.whole().pointer()
    }
}

/// A place in a document; the text of its JSON pointer is made only when there is something to say.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    spot: Spot<'a>,
    below: &'a str,
    index: Option<usize>,
}

impl Place<'_> {
    /// An item of the list at this place.
    pub fn nth(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    /// The place as a JSON pointer.
    pub fn pointer(self) -> Pointer {
        let mut path = self.spot.list.to_owned();
        // Writing to a String cannot fail.
        let _ = match self.spot.item {
            Item::Whole => Ok(()),
            Item::Index(index) => write!(path, "/{index}"),
            Item::Key(key) => write!(path, "/{}", key.replace('~', "~0").replace('/', "~1")),
        };
        if !self.below.is_empty() {
            path.push('/');
            path.push_str(self.below);
        }
        if let Some(index) = self.index {
            let _ = write!(path, "/{index}");
        }
        Pointer::new(self.spot.document, path)
    }
}

/// What a rule reports to.
#[derive(Debug)]
pub struct Reporter<'a> {
    trees: &'a [Tree],
    diagnostics: &'a mut Collector,
    suggestions: u32,
}

impl<'a> Reporter<'a> {
    /// Reports on the documents with these trees.
    pub fn new(trees: &'a [Tree], diagnostics: &'a mut Collector) -> Self {
        Self {
            trees,
            diagnostics,
            suggestions: 0,
        }
    }

    /// The place of a value; of a mapping its first line.
    pub fn value(&self, place: Place<'_>) -> Option<Span> {
        let pointer = place.pointer();
        let place = self.trees.get(pointer.document)?.at(&pointer.path)?;
        Some(short(place.value))
    }

    /// The place of a key, or of the value where there is no key.
    pub fn key(&self, place: Place<'_>) -> Option<Span> {
        let pointer = place.pointer();
        let place = self.trees.get(pointer.document)?.at(&pointer.path)?;
        Some(place.key_span.unwrap_or_else(|| short(place.value)))
    }

    /// A diagnostic at a value.
    pub fn at(&self, code: Code, place: Place<'_>, message: impl Into<String>) -> Diagnostic {
        put(Diagnostic::new(code, message), self.value(place))
    }

    /// A diagnostic at a key.
    pub fn at_key(&self, code: Code, place: Place<'_>, message: impl Into<String>) -> Diagnostic {
        put(Diagnostic::new(code, message), self.key(place))
    }

    /// Adds the place of a value that explains a diagnostic.
    pub fn related(&self, diagnostic: Diagnostic, place: Place<'_>, text: &str) -> Diagnostic {
        match self.value(place) {
            Some(span) => diagnostic.related(span, text),
            None => diagnostic,
        }
    }

    /// Keeps a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The name that was probably meant, as long as there are not too many mistakes.
    pub fn suggest<'n>(
        &mut self,
        given: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        self.suggestions += 1;
        if self.suggestions > MOST_SUGGESTIONS {
            return None;
        }
        suggest(given, names)
    }

    /// Whether any error was pushed.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.has_errors()
    }
}

fn put(diagnostic: Diagnostic, span: Option<Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span),
        None => diagnostic,
    }
}
