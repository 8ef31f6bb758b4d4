//! The YAML loader: YAML 1.2 with aliases and merge keys, within limits.
//!
//! What YAML leaves to the reader is decided for the safe side: a key set twice is an error, a
//! tag outside the core schema is an error, and whatever would grow beyond the limits is refused
//! before it grows.

use std::collections::BTreeMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle};

use super::suggest::shortened;
use super::tree::{Form, Slot, Style, Tag, Tree, scalar_text};
use crate::diagnostic::{Code, Collector, Diagnostic};
use crate::source::{SourceFile, Span};

/// How deep lists and mappings may lie within each other, aliases included.
pub const MAX_DEPTH: usize = 64;
/// How many nodes (keys, values, lists, mappings) a file may have, aliases expanded.
pub const MAX_NODES: u64 = 2_000_000;
/// Aliases may repeat this many nodes, and in addition ten for each node that is written out.
const FREE_ALIAS_NODES: u64 = 100_000;
const ALIAS_NODES_PER_NODE: u64 = 10;

/// Reads every document of a file; empty documents are left out.
///
/// Mistakes go to `diagnostics`. After a mistake in the YAML itself the documents before it are
/// returned; after a repeated key the first one counts.
pub fn parse(source: &SourceFile, diagnostics: &mut Collector) -> Vec<Tree> {
    let mut loader = Loader::new(source, diagnostics);
    if let Err(stop) = loader.run() {
        loader.diagnostics.push(*stop);
    }
    loader.done
}

/// A list or mapping that is not closed yet.
struct Open {
    slot: Slot,
    anchor: usize,
    flow: bool,
    /// Where its children begin in `Loader::closed`.
    children: usize,
    /// Nodes in it, aliases expanded, itself included.
    weight: u64,
    /// Greatest depth of what lies in it.
    height: usize,
}

#[derive(Clone, Copy)]
struct Anchored {
    slot: Slot,
    weight: u64,
    height: usize,
}

struct Loader<'s, 'c> {
    source: &'s SourceFile,
    diagnostics: &'c mut Collector,
    done: Vec<Tree>,
    tree: Tree,
    open: Vec<Open>,
    /// Finished nodes whose parent is still open.
    closed: Vec<Slot>,
    anchors: BTreeMap<usize, Anchored>,
    written_nodes: u64,
    alias_nodes: u64,
}

type Stop = Box<Diagnostic>;

impl<'s, 'c> Loader<'s, 'c> {
    fn new(source: &'s SourceFile, diagnostics: &'c mut Collector) -> Self {
        Self {
            source,
            diagnostics,
            done: Vec::new(),
            tree: empty_tree(source),
            open: Vec::new(),
            closed: Vec::new(),
            anchors: BTreeMap::new(),
            written_nodes: 0,
            alias_nodes: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let options = granit_parser::options! {
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        let text = self.source.text().clone();
        for next in Parser::new_from_str_with_options(&text, options) {
            let (event, span) = next.map_err(|error| self.syntax(&error))?;
            let range = span.byte_range().unwrap_or(0..0);
            let (start, end) = (offset(range.start), offset(range.end));
            let tag_start = span
                .tag_span()
                .and_then(|span| span.byte_range())
                .map(|range| self.span(offset(range.start), offset(range.end)));
            let tag_span = tag_start.unwrap_or(self.span(start, end));
            match event {
                Event::Scalar(value, style, anchor, tag) => {
                    self.count_written(start)?;
                    let tag = self.tag(tag.as_deref(), tag_span, |tag| {
                        !matches!(tag, "seq" | "map")
                    });
                    let mut slot = self.scalar(&value, style, start, end);
                    slot.tag = tag;
                    self.close_node(slot, anchor, 1, 0);
                }
                Event::SequenceStart(style, anchor, tag) => {
                    self.tag(tag.as_deref(), tag_span, |tag| tag == "seq");
                    self.begin(Form::Sequence, style, anchor, start, end)?;
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.tag(tag.as_deref(), tag_span, |tag| tag == "map");
                    self.begin(Form::Mapping, style, anchor, start, end)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(end),
                Event::Alias(anchor) => self.alias(anchor, start, end)?,
                Event::DocumentEnd => self.finish_document(),
                _ => {}
            }
        }
        Ok(())
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, start: u32, end: u32) -> Slot {
        let raw = &self.source.text()[start as usize..end as usize];
        let (style, quotes) = match style {
            ScalarStyle::Plain => (Style::Plain, 0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (Style::Quoted, 1),
            _ => (Style::Block, 0),
        };
        // The parser tells `~` for a value that is not there.
        let value = if style == Style::Plain && raw.is_empty() {
            ""
        } else {
            value
        };
        let end = if style == Style::Block {
            start + offset(raw.trim_end().len())
        } else {
            end
        };
        let inner = raw.get(quotes..raw.len().saturating_sub(quotes));
        let decoded = inner != Some(value);
        let first = if decoded {
            let first = self.tree.decoded.len();
            self.tree.decoded.push_str(value);
            offset(first)
        } else {
            start + offset(quotes)
        };
        Slot {
            start,
            end,
            first,
            len: offset(value.len()),
            form: Form::Scalar(style),
            tag: Tag::None,
            decoded,
        }
    }

    fn begin(
        &mut self,
        form: Form,
        style: StructureStyle,
        anchor: usize,
        start: u32,
        end: u32,
    ) -> Result<(), Stop> {
        self.count_written(start)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep(self.span(start, end)));
        }
        self.open.push(Open {
            slot: Slot {
                start,
                end,
                first: 0,
                len: 0,
                form,
                tag: Tag::None,
                decoded: false,
            },
            anchor,
            flow: style == StructureStyle::Flow,
            children: self.closed.len(),
            weight: 1,
            height: 0,
        });
        Ok(())
    }

    fn end(&mut self, end: u32) {
        let Some(Open {
            mut slot,
            anchor,
            flow,
            children,
            weight,
            height,
        }) = self.open.pop()
        else {
            return;
        };
        let mut content = self.closed.split_off(children);
        // A block ends for the parser at the next token, lines later; for people at its last value.
        slot.end = if flow {
            end
        } else {
            content.iter().map(|child| child.end).max().unwrap_or(end)
        };
        if !flow
            && slot.form == Form::Mapping
            && let Some(first) = content.first()
        {
            slot.start = first.start;
        }
        slot.end = slot.end.max(slot.start);
        if slot.form == Form::Mapping {
            content = self.settle_keys(content);
        }
        slot.first = offset(self.tree.slots.len());
        slot.len = offset(content.len());
        self.tree.slots.extend_from_slice(&content);
        if slot.form == Form::Mapping {
            self.tree.index_keys(slot.first, slot.len);
        }
        self.close_node(slot, anchor, weight, height + 1);
    }

    fn alias(&mut self, anchor: usize, start: u32, end: u32) -> Result<(), Stop> {
        let span = self.span(start, end);
        let Some(target) = self.anchors.get(&anchor).copied() else {
            return Err(Box::new(
                Diagnostic::new(Code::UnknownAlias, "the alias stands within its own anchor")
                    .at(span)
                    .hint("an alias can repeat only what is complete before it"),
            ));
        };
        self.alias_nodes += target.weight;
        let limit = FREE_ALIAS_NODES + ALIAS_NODES_PER_NODE * self.written_nodes;
        if self.alias_nodes > limit || self.written_nodes + self.alias_nodes > MAX_NODES {
            return Err(Box::new(
                Diagnostic::new(
                    Code::AliasLimit,
                    format!("aliases repeat more than {} nodes", limit.min(MAX_NODES)),
                )
                .at(span)
                .hint("write the content out, or use a role for what users have in common"),
            ));
        }
        if self.open.len() + target.height > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        let slot = Slot {
            start,
            end,
            ..target.slot
        };
        self.close_node(slot, 0, target.weight, target.height);
        Ok(())
    }

    /// Hands a finished node to its parent, or makes it the root.
    fn close_node(&mut self, slot: Slot, anchor: usize, weight: u64, height: usize) {
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchored {
                    slot,
                    weight,
                    height,
                },
            );
        }
        match self.open.last_mut() {
            Some(parent) => {
                parent.weight += weight;
                parent.height = parent.height.max(height);
                self.closed.push(slot);
            }
            None => self.tree.root = slot,
        }
    }

    /// Drops repeated and impossible keys, and puts in what `<<` brings.
    fn settle_keys(&mut self, content: Vec<Slot>) -> Vec<Slot> {
        let mut kept: Vec<Slot> = Vec::with_capacity(content.len());
        let mut merges: Vec<Slot> = Vec::new();
        let mut found = Vec::new();
        {
            let text_of = |slot: &Slot| scalar_text(self.source.text(), &self.tree.decoded, slot);
            let mut seen = Seen::default();
            for pair in content.chunks_exact(2) {
                let [key, value] = [pair[0], pair[1]];
                let span = self.span(key.start, key.end);
                let Form::Scalar(style) = key.form else {
                    found.push(
                        Diagnostic::new(Code::InvalidKey, "a list or mapping cannot be a key")
                            .at(span)
                            .hint(
                                "keys are single pieces of text; `{{ … }}` templates need quotes",
                            ),
                    );
                    continue;
                };
                let text = text_of(&key);
                if text.is_empty() && style == Style::Plain {
                    found.push(
                        Diagnostic::new(Code::InvalidKey, "there is no key before `:`")
                            .at(span)
                            .hint("write the key, or quote the colon if it is part of a text"),
                    );
                    continue;
                }
                if let Some(first) = seen.insert(text, key) {
                    found.push(
                        Diagnostic::new(
                            Code::DuplicateKey,
                            format!("the key `{}` is set twice", shortened(text)),
                        )
                        .at(span)
                        .label("set again here")
                        .related(self.span(first.start, first.end), "first set here")
                        .hint("remove one of the two"),
                    );
                    continue;
                }
                if text == "<<" && style == Style::Plain && key.tag == Tag::None {
                    merges.push(value);
                } else {
                    kept.extend_from_slice(&[key, value]);
                }
            }
            for value in merges {
                let sources = match value.form {
                    Form::Mapping => vec![value],
                    Form::Sequence => self.children(&value).to_vec(),
                    Form::Scalar(_) => vec![value],
                };
                for source in sources {
                    if source.form != Form::Mapping {
                        found.push(
                            Diagnostic::new(
                                Code::InvalidMerge,
                                "`<<` takes a mapping or a list of mappings",
                            )
                            .at(self.span(source.start, source.end))
                            .hint("write `<<: *name`, where `&name` stands before a mapping"),
                        );
                        continue;
                    }
                    for pair in self.children(&source).chunks_exact(2) {
                        if seen.insert(text_of(&pair[0]), pair[0]).is_none() {
                            kept.extend_from_slice(pair);
                        }
                    }
                }
            }
        }
        for diagnostic in found {
            self.diagnostics.push(diagnostic);
        }
        kept
    }

    fn children(&self, slot: &Slot) -> &[Slot] {
        &self.tree.slots[slot.first as usize..(slot.first + slot.len) as usize]
    }

    fn finish_document(&mut self) {
        let mut tree = std::mem::replace(&mut self.tree, empty_tree(self.source));
        self.anchors.clear();
        let root = &tree.root;
        let empty = matches!(root.form, Form::Scalar(Style::Plain)) && root.len == 0;
        if !empty {
            tree.slots.shrink_to_fit();
            tree.decoded.shrink_to_fit();
            self.done.push(tree);
        }
    }

    fn count_written(&mut self, start: u32) -> Result<(), Stop> {
        self.written_nodes += 1;
        if self.written_nodes + self.alias_nodes <= MAX_NODES {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::new(
                Code::TooLarge,
                format!("the file has more than {MAX_NODES} nodes"),
            )
            .at(self.span(start, start))
            .hint("split it into several files"),
        ))
    }

    fn tag(
        &mut self,
        tag: Option<&granit_parser::Tag>,
        span: Span,
        allowed: impl Fn(&str) -> bool,
    ) -> Tag {
        let Some(tag) = tag else { return Tag::None };
        let name = match tag.core_suffix() {
            Some(name) if allowed(name) => name,
            // A lone `!` only says "not by its looks".
            None if tag.original() == "!" => "str",
            other => {
                let message = match other {
                    Some(name) => format!("the tag `!!{name}` does not fit this value"),
                    None => format!("the tag `{}` is not known", shortened(&tag.original())),
                };
                self.diagnostics.push(
                    Diagnostic::new(Code::UnknownTag, message)
                        .at(span)
                        .hint("remove the tag; a text that begins with `!` needs quotes"),
                );
                return Tag::None;
            }
        };
        match name {
            "str" => Tag::Str,
            "int" => Tag::Int,
            "float" => Tag::Float,
            "bool" => Tag::Bool,
            "null" => Tag::Null,
            _ => Tag::None,
        }
    }

    fn syntax(&self, error: &ScanError) -> Stop {
        let at = offset(error.marker().byte_offset().unwrap_or(0));
        let rest = &self.source.text()[(at as usize).min(self.source.text().len())..];
        // An alias is underlined as a whole, everything else at its first character.
        let width = match error.kind() {
            ErrorKind::UnknownAnchor => rest
                .find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}'))
                .unwrap_or(rest.len()),
            _ => rest
                .chars()
                .next()
                .filter(|c| *c != '\n' && *c != '\r')
                .map_or(0, char::len_utf8),
        };
        let span = self.span(at, at + offset(width));
        let (code, hint) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => return self.too_deep(span),
            ErrorKind::UnknownAnchor => (
                Code::UnknownAlias,
                Some(
                    "a `*name` needs a `&name` before it in the same document; text that begins with `*` needs quotes",
                ),
            ),
            kind => (Code::Syntax, syntax_hint(kind)),
        };
        let message = match code {
            Code::UnknownAlias => {
                "the alias names an anchor that is not defined before it".to_owned()
            }
            _ if let ErrorKind::UnexpectedCharacter { character } = error.kind() => {
                format!("the YAML cannot be read here: unexpected character {character:?}")
            }
            _ => format!(
                "the YAML cannot be read here: {}",
                lower_first(&error.info())
            ),
        };
        Box::new(
            Diagnostic::new(code, message)
                .at(span)
                .maybe_hint(hint.map(str::to_owned)),
        )
    }

    fn too_deep(&self, span: Span) -> Stop {
        Box::new(
            Diagnostic::new(
                Code::NestingLimit,
                format!("lists and mappings lie more than {MAX_DEPTH} deep within each other"),
            )
            .at(span)
            .hint("no manifest needs this; look for a missing `]` or `}`"),
        )
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span {
            file: self.source.id(),
            start,
            end: end.max(start),
        }
    }
}

/// Keys of one mapping: a list while they are few, as most mappings are small.
#[derive(Default)]
struct Seen<'t> {
    few: Vec<(&'t str, Slot)>,
    many: BTreeMap<&'t str, Slot>,
}

impl<'t> Seen<'t> {
    /// Adds a key, or says where it was before.
    fn insert(&mut self, text: &'t str, key: Slot) -> Option<Slot> {
        if self.many.is_empty() {
            if let Some((_, first)) = self.few.iter().find(|(seen, _)| *seen == text) {
                return Some(*first);
            }
            self.few.push((text, key));
            if self.few.len() > 24 {
                self.many = self.few.drain(..).collect();
            }
            return None;
        }
        if let Some(first) = self.many.get(text) {
            return Some(*first);
        }
        self.many.insert(text, key);
        None
    }
}

fn empty_tree(source: &SourceFile) -> Tree {
    Tree {
        file: source.id(),
        text: source.text().clone(),
        decoded: String::new(),
        slots: Vec::new(),
        root: Slot {
            start: 0,
            end: 0,
            first: 0,
            len: 0,
            form: Form::Scalar(Style::Plain),
            tag: Tag::None,
            decoded: false,
        },
        key_order: BTreeMap::new(),
    }
}

fn syntax_hint(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "indent with spaces; YAML does not take tabs there",
        ErrorKind::UnexpectedCharacter { .. } => {
            "a text that begins with this character needs quotes"
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a text that holds `: ` needs quotes; else look at the indentation"
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            "close the quotes"
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => "close the `[` or `{`",
        ErrorKind::UnknownQuotedScalarEscape => {
            "use single quotes, or write `\\\\` for a backslash"
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::SimpleKeyExpected => "look at the indentation, and for a missing `:`",
        _ => return None,
    })
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// Files are at most 64 MiB; decoded text can be longer only by escapes that stand for more.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
