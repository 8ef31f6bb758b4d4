//! Where each resource and field is declared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::tree::{Kind as NodeKind, Node, Tree};
use crate::model::{FieldName, Kind, ResourceId};
use crate::source::Span;

/// A place in one of an account's documents, by JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    /// The document, counted from 0.
    pub document: usize,
    /// The JSON pointer within the document.
    pub path: Arc<str>,
}

impl Pointer {
    /// Names a place.
    pub fn new(document: usize, path: impl Into<Arc<str>>) -> Self {
        Self {
            document,
            path: path.into(),
        }
    }
}

/// Finds the places of resources and fields; they are looked up in the text only when asked for.
#[derive(Clone, Debug)]
pub struct Origins {
    trees: Arc<[Tree]>,
    resources: BTreeMap<ResourceId, Entry>,
    /// Fields that stand elsewhere than in their resource's entry.
    fields: BTreeMap<(ResourceId, FieldName), Pointer>,
    /// Fields that stand under another name than their own.
    renamed: BTreeMap<(Kind, FieldName), &'static str>,
}

#[derive(Clone, Debug)]
struct Entry {
    own: Pointer,
    /// Where a field comes from that the resource's own entry does not have.
    inherited: Option<Pointer>,
}

impl Origins {
    /// Nothing declared yet.
    pub fn new(trees: Arc<[Tree]>) -> Self {
        Self {
            trees,
            resources: BTreeMap::new(),
            fields: BTreeMap::new(),
            renamed: BTreeMap::new(),
        }
    }

    /// Tells where a resource is declared, and the profile that it takes further fields from.
    ///
    /// A field `a.b` stands below either at `/a/b`.
    pub fn declare(&mut self, id: ResourceId, own: Pointer, inherited: Option<Pointer>) {
        self.resources.insert(id, Entry { own, inherited });
    }

    /// Tells where a field stands that is not below its resource's place.
    pub fn declare_field(&mut self, id: ResourceId, field: FieldName, place: Pointer) {
        self.fields.insert((id, field), place);
    }

    /// Tells that a field of every resource of a kind stands at another key, such as `route`.
    pub fn rename(&mut self, kind: Kind, field: FieldName, key: &'static str) {
        self.renamed.insert((kind, field), key);
    }

    /// The place of a field or, without one, of the resource; the most specific one that is known.
    pub fn place(&self, id: &ResourceId, field: Option<&FieldName>) -> Option<Span> {
        field
            .and_then(|field| self.field(id, field, None))
            .or_else(|| {
                let entry = self.resources.get(id)?;
                self.tree(&entry.own)?
                    .at(&entry.own.path)
                    .map(|place| short(place.value))
            })
    }

    /// The place of one item of a list, such as one group of a user; else that of the field.
    pub fn place_of_item(&self, id: &ResourceId, field: &FieldName, item: &str) -> Option<Span> {
        self.field(id, field, Some(item))
            .or_else(|| self.place(id, Some(field)))
    }

    /// The document and the pointer of the entry that declares a resource.
    pub fn entry(&self, id: &ResourceId) -> Option<(&Tree, &Pointer)> {
        let own = &self.resources.get(id)?.own;
        Some((self.tree(own)?, own))
    }

    /// The keys that lead from a resource's entry to a field of it; `None` for a field that stands elsewhere.
    pub fn keys(&self, id: &ResourceId, field: &FieldName) -> Option<Vec<String>> {
        if self.fields.contains_key(&(id.clone(), field.clone())) {
            return None;
        }
        Some(match self.renamed.get(&(id.kind.clone(), field.clone())) {
            Some(key) => vec![(*key).to_owned()],
            None => field.as_str().split('.').map(str::to_owned).collect(),
        })
    }

    fn field(&self, id: &ResourceId, field: &FieldName, item: Option<&str>) -> Option<Span> {
        if let Some(place) = self.fields.get(&(id.clone(), field.clone())) {
            let node = self.tree(place)?.at(&place.path)?.value;
            return find(node, item);
        }
        let entry = self.resources.get(id)?;
        let below = match self.renamed.get(&(id.kind.clone(), field.clone())) {
            Some(key) => (*key).to_owned(),
            None => field.as_str().replace('.', "/"),
        };
        std::iter::once(&entry.own)
            .chain(&entry.inherited)
            .find_map(|place| {
                let node = self
                    .tree(place)?
                    .at(&format!("{}/{below}", place.path))?
                    .value;
                find(node, item)
            })
    }

    fn tree(&self, place: &Pointer) -> Option<&Tree> {
        self.trees.get(place.document)
    }
}

fn find(node: Node<'_>, item: Option<&str>) -> Option<Span> {
    let Some(item) = item else {
        return Some(short(node));
    };
    node.sequence()?
        .iter()
        .find(|node| node.scalar().is_some_and(|scalar| scalar.text == item))
        .map(Node::span)
}

/// The node's place or, for a mapping, that of its first line.
pub(super) fn short(node: Node<'_>) -> Span {
    let span = node.span();
    match node.kind() {
        NodeKind::Mapping(entries) => {
            let first = entries.iter().find(|entry| {
                entry.key_span.file == span.file && entry.key_span.start >= span.start
            });
            match first {
                Some(entry) => {
                    let value = entry.value.span();
                    let end = if entry.value.scalar().is_some() && value.start >= entry.key_span.end
                    {
                        value.end
                    } else {
                        entry.key_span.end
                    };
                    Span {
                        start: entry.key_span.start,
                        end,
                        ..span
                    }
                }
                None => span,
            }
        }
        NodeKind::Scalar(_) | NodeKind::Sequence(_) => span,
    }
}
