//! What a text means, and whether two texts mean the same.

use granit_parser::{Event, Parser};
use serde_json::Value;

use super::scalar::{Reading, reading};
use crate::diagnostic::{Collector, Diagnostics};
use crate::manifest::shape::Shape;
use crate::manifest::tree::{Kind, Node, Scalar, Style, Tag, Tree};
use crate::source::SourceFile;

/// The values and the comments of a text.
pub(super) struct Meaning {
    trees: Vec<Tree>,
    /// As the dialect's schema reads them.
    values: Option<Vec<Value>>,
    /// Sorted.
    comments: Vec<String>,
}

impl Meaning {
    /// The meaning of a text, or what is wrong with its YAML.
    pub(super) fn of(source: &SourceFile, shape: Option<&Shape>) -> Result<Self, Diagnostics> {
        let (trees, found) = super::mistakes(source);
        if found.errors > 0 {
            return Err(found);
        }
        let values = shape.map(|shape| {
            // Whether the values fit the schema is not asked here.
            let mut ignored = Collector::new();
            let read = |tree| shape.read(tree, &mut ignored).value;
            trees.iter().map(read).collect()
        });
        let text = source.text().clone();
        let mut comments: Vec<String> = Parser::new_from_str(&text)
            .filter_map(Result::ok)
            .filter_map(|(event, _)| match event {
                Event::Comment(comment, _) => Some(comment.trim_end().to_owned()),
                _ => None,
            })
            .collect();
        comments.sort();
        Ok(Self {
            trees,
            values,
            comments,
        })
    }

    /// Says what differs.
    pub(super) fn same_as(&self, after: &Self) -> Result<(), &'static str> {
        let Self {
            trees,
            values,
            comments,
        } = self;
        if *comments != after.comments {
            return Err("lose a comment");
        }
        // Where a schema tells numbers from texts, a phone number may get quotes.
        let exact = values.is_none();
        let same = trees.len() == after.trees.len()
            && trees
                .iter()
                .zip(&after.trees)
                .all(|(a, b)| same(a.root(), b.root(), exact))
            && *values == after.values;
        if same {
            Ok(())
        } else {
            Err("not mean the same")
        }
    }
}

fn same(a: Node<'_>, b: Node<'_>, exact: bool) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Scalar(a), Kind::Scalar(b)) => same_scalar(a, b, exact),
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b, exact))
        }
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().all(|entry| {
                    b.get(entry.key)
                        .is_some_and(|other| same(entry.value, other.value, exact))
                })
        }
        _ => false,
    }
}

fn same_scalar(a: Scalar<'_>, b: Scalar<'_>, exact: bool) -> bool {
    if a.text != b.text || a.tag != b.tag {
        return false;
    }
    let text = |scalar: Scalar<'_>| {
        scalar.style != Style::Plain
            || scalar.tag == Tag::Str
            || match reading(scalar.text) {
                Reading::Text => true,
                Reading::Phone => !exact,
                Reading::Other => false,
            }
    };
    text(a) == text(b)
}
