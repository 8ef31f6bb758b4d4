//! A document in which every comment belongs to something.

use std::collections::BTreeMap;

/// One document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Whether `---` stands before it.
    pub(super) marked: bool,
    /// The comment beside `---`.
    pub(super) beside: Option<Beside>,
    /// Comments before `---`.
    pub(super) before: Vec<Remark>,
    pub(super) root: Node,
    /// Comments that belong to nothing in particular.
    pub(super) after: Vec<Remark>,
    pub(super) has_aliases: bool,
}

/// A comment on its own line.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    pub(super) text: String,
    /// Whether a blank line stands before it.
    pub(super) blank: bool,
}

/// A comment at the end of a line.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub(super) text: String,
    /// The spaces before it: people line comments up.
    pub(super) gap: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The anchor with its `&`.
    pub(super) anchor: Option<String>,
    /// The tag as it was written.
    pub(super) tag: Option<String>,
    pub(super) content: Content,
    /// Without the anchor and the tag.
    pub(super) start: usize,
    pub(super) end: usize,
    /// With the anchor and the tag.
    pub(super) outer_start: usize,
    /// Where the anchor and the tag end; 0 without them.
    pub(super) properties_end: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Empty,
    /// With its `*`.
    Alias(String),
    /// On one line, without quotes.
    Plain(String),
    /// On one line, in quotes: as written, and its value.
    Quoted {
        raw: String,
        value: String,
    },
    /// Over several lines, each without the white space around it.
    Lines(Vec<String>),
    /// After `|` or `>`.
    Block(Block),
    /// In brackets, with comments between: as written, the first line without and the others with their indentation
    /// beyond the line that it begins on.
    Kept {
        first: String,
        others: Vec<(isize, String)>,
    },
    Mapping {
        flow: bool,
        entries: Vec<Entry>,
        tail: Vec<Remark>,
    },
    Sequence {
        flow: bool,
        entries: Vec<Entry>,
        tail: Vec<Remark>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    /// `|` or `>`.
    pub(super) style: char,
    /// Whether the header says how far the text is indented.
    pub(super) indented: bool,
    /// `+`, `-` or nothing.
    pub(super) chomping: &'static str,
    pub(super) comment: Option<Beside>,
    /// The lines without their indentation.
    pub(super) lines: Vec<String>,
    /// Blank lines at the end that are part of the text.
    pub(super) kept_blanks: usize,
}

/// An entry of a mapping, or an item of a list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Comments above it.
    pub(super) lead: Vec<Remark>,
    /// Whether a blank line stands right before it.
    pub(super) blank: bool,
    /// `None` for an item.
    pub(super) key: Option<Node>,
    /// A comment beside the key or the dash.
    pub(super) beside: Option<Beside>,
    /// Comments between the key and a single value.
    pub(super) inner: Vec<Remark>,
    pub(super) value: Node,
    /// A comment after a single value.
    pub(super) trailing: Option<Beside>,
}

impl Node {
    pub(super) fn empty(at: usize) -> Self {
        Self {
            anchor: None,
            tag: None,
            content: Content::Empty,
            start: at,
            end: at,
            outer_start: at,
            properties_end: 0,
        }
    }

    pub(super) fn is_block_collection(&self) -> bool {
        matches!(
            self.content,
            Content::Mapping { flow: false, .. } | Content::Sequence { flow: false, .. }
        )
    }

    /// The names of the anchors and aliases in it, with how often each anchor is set.
    pub(super) fn names<'n>(
        &'n self,
        anchors: &mut BTreeMap<&'n str, usize>,
        aliases: &mut Vec<&'n str>,
    ) {
        if let Some(anchor) = &self.anchor {
            *anchors.entry(&anchor[1..]).or_default() += 1;
        }
        match &self.content {
            Content::Alias(name) => aliases.push(&name[1..]),
            Content::Mapping { entries, .. } | Content::Sequence { entries, .. } => {
                for entry in entries {
                    if let Some(key) = &entry.key {
                        key.names(anchors, aliases);
                    }
                    entry.value.names(anchors, aliases);
                }
            }
            _ => {}
        }
    }
}

impl Entry {
    pub(super) fn new(key: Option<Node>, value: Node) -> Self {
        Self {
            lead: Vec::new(),
            blank: false,
            key,
            beside: None,
            inner: Vec::new(),
            value,
            trailing: None,
        }
    }
}
