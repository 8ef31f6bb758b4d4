//! A YAML document in which every node knows its place.
//!
//! Nodes lie in one arena of 20 bytes each; a scalar that stands in the text as it is read (nearly
//! all do) is a range of that text. An alias shares the nodes of its anchor, so that repeating
//! costs no memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{FileId, Span};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: the only style that may mean a number, a boolean or null.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// After `|` or `>`.
    Block,
}

/// The tags of the YAML core schema that a scalar can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// No tag.
    None,
    /// `!!str` or `!`.
    Str,
    /// `!!int`.
    Int,
    /// `!!float`.
    Float,
    /// `!!bool`.
    Bool,
    /// `!!null`.
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Scalar(Style),
    Sequence,
    Mapping,
}

/// One node. For a scalar `first` and `len` are a range of text, for a sequence its items in the
/// arena, for a mapping its keys and values in turns (`len` counts both).
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) first: u32,
    pub(super) len: u32,
    pub(super) form: Form,
    pub(super) tag: Tag,
    /// The text lies in `Tree::decoded`, as escapes or line folding changed it.
    pub(super) decoded: bool,
}

/// From this many keys on, a mapping has an index of its keys.
const INDEXED_KEYS: usize = 32;

/// One YAML document.
#[derive(Debug)]
pub struct Tree {
    pub(super) file: FileId,
    pub(super) text: Arc<str>,
    pub(super) decoded: String,
    pub(super) slots: Vec<Slot>,
    pub(super) root: Slot,
    /// For large mappings, by the place of their first key: the places of the keys in order of text.
    pub(super) key_order: BTreeMap<u32, Box<[u32]>>,
}

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    slot: Slot,
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'t> {
    /// A single value.
    Scalar(Scalar<'t>),
    /// A list.
    Sequence(Sequence<'t>),
    /// Keys with values.
    Mapping(Mapping<'t>),
}

/// A single value, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar<'t> {
    /// The text after escapes and line folding; never converted to a number and back.
    pub text: &'t str,
    /// How it is written.
    pub style: Style,
    /// Its tag.
    pub tag: Tag,
}

/// A list.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'t> {
    node: Node<'t>,
}

/// Keys with values, each key once, in the order of the text; merged keys come last.
#[derive(Clone, Copy, Debug)]
pub struct Mapping<'t> {
    node: Node<'t>,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'t> {
    /// The key.
    pub key: &'t str,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node<'t>,
}

/// What a JSON pointer leads to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'t> {
    /// Where the key stands; `None` for the root and for items of lists.
    pub key_span: Option<Span>,
    /// The value.
    pub value: Node<'t>,
}

impl Place<'_> {
    /// The key, or the value where there is no key.
    pub fn name_span(&self) -> Span {
        self.key_span.unwrap_or_else(|| self.value.span())
    }
}

impl Tree {
    /// The file that the document stands in.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The outermost node.
    pub fn root(&self) -> Node<'_> {
        self.node(self.root)
    }

    /// What a JSON pointer (RFC 6901) leads to.
    ///
    /// Takes time in proportion to the depth, times the logarithm of the keys of large mappings.
    pub fn at(&self, pointer: &str) -> Option<Place<'_>> {
        let mut place = Place {
            key_span: None,
            value: self.root(),
        };
        if pointer.is_empty() {
            return Some(place);
        }
        for part in pointer.strip_prefix('/')?.split('/') {
            place = match place.value.kind() {
                Kind::Scalar(_) => return None,
                Kind::Sequence(items) => Place {
                    key_span: None,
                    value: items.get(part.parse().ok()?)?,
                },
                Kind::Mapping(entries) => {
                    let entry = if part.contains('~') {
                        entries.get(&part.replace("~1", "/").replace("~0", "~"))?
                    } else {
                        entries.get(part)?
                    };
                    Place {
                        key_span: Some(entry.key_span),
                        value: entry.value,
                    }
                }
            };
        }
        Some(place)
    }

    /// How many bytes of memory the nodes take, not counting the text of the file.
    pub fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
            + self.decoded.capacity()
            + self
                .key_order
                .values()
                .map(|keys| keys.len() * 4)
                .sum::<usize>()
    }

    fn node(&self, slot: Slot) -> Node<'_> {
        Node { tree: self, slot }
    }

    pub(super) fn scalar_text(&self, slot: &Slot) -> &str {
        scalar_text(&self.text, &self.decoded, slot)
    }

    /// Sorts the keys of a large mapping for [`Mapping::get`].
    pub(super) fn index_keys(&mut self, first: u32, len: u32) {
        if (len as usize) < INDEXED_KEYS * 2 {
            return;
        }
        let mut order: Vec<u32> = (first..first + len).step_by(2).collect();
        order.sort_by_key(|place| self.scalar_text(&self.slots[*place as usize]));
        self.key_order.insert(first, order.into_boxed_slice());
    }
}

pub(super) fn scalar_text<'a>(text: &'a str, decoded: &'a str, slot: &Slot) -> &'a str {
    let range = slot.first as usize..(slot.first + slot.len) as usize;
    if slot.decoded {
        &decoded[range]
    } else {
        &text[range]
    }
}

impl<'t> Node<'t> {
    /// Where the node stands. An alias stands where its `*name` is, its content at the anchor.
    pub fn span(self) -> Span {
        Span {
            file: self.tree.file,
            start: self.slot.start,
            end: self.slot.end,
        }
    }

    /// What the node is.
    pub fn kind(self) -> Kind<'t> {
        match self.slot.form {
            Form::Scalar(style) => Kind::Scalar(Scalar {
                text: self.tree.scalar_text(&self.slot),
                style,
                tag: self.slot.tag,
            }),
            Form::Sequence => Kind::Sequence(Sequence { node: self }),
            Form::Mapping => Kind::Mapping(Mapping { node: self }),
        }
    }

    /// The scalar, if it is one.
    pub fn scalar(self) -> Option<Scalar<'t>> {
        match self.kind() {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn sequence(self) -> Option<Sequence<'t>> {
        match self.kind() {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn mapping(self) -> Option<Mapping<'t>> {
        match self.kind() {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }
}

impl<'t> Sequence<'t> {
    /// Number of items.
    pub fn len(self) -> usize {
        self.node.slot.len as usize
    }

    /// Whether there is no item.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// One item, counted from 0.
    pub fn get(self, index: usize) -> Option<Node<'t>> {
        let tree = self.node.tree;
        (index < self.len()).then(|| tree.node(tree.slots[self.node.slot.first as usize + index]))
    }

    /// The items in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Node<'t>> {
        let Node { tree, slot } = self.node;
        let first = slot.first as usize;
        tree.slots[first..first + slot.len as usize]
            .iter()
            .map(|slot| tree.node(*slot))
    }
}

impl<'t> Mapping<'t> {
    /// Number of keys.
    pub fn len(self) -> usize {
        self.node.slot.len as usize / 2
    }

    /// Whether there is no key.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The keys with their values, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Entry<'t>> {
        let Node { tree, slot } = self.node;
        let first = slot.first as usize;
        tree.slots[first..first + slot.len as usize]
            .chunks_exact(2)
            .map(move |pair| entry(tree, &pair[0], pair[1]))
    }

    /// A key with its value.
    pub fn get(self, key: &str) -> Option<Entry<'t>> {
        let Node { tree, slot } = self.node;
        let Some(order) = tree.key_order.get(&slot.first) else {
            return self.iter().find(|entry| entry.key == key);
        };
        let text = |place: u32| tree.scalar_text(&tree.slots[place as usize]);
        let found = order.binary_search_by(|place| text(*place).cmp(key)).ok()?;
        let place = order[found] as usize;
        Some(entry(tree, &tree.slots[place], tree.slots[place + 1]))
    }
}

fn entry<'t>(tree: &'t Tree, key: &Slot, value: Slot) -> Entry<'t> {
    Entry {
        key: tree.scalar_text(key),
        key_span: tree.node(*key).span(),
        value: tree.node(value),
    }
}
