//! Changing single values in a manifest's text, and nothing beside them.
//!
//! Edits are made from the places that a [`Tree`] knows: comments, order and quoting of everything else stay to the byte.
//! An edit is a proposal; whoever makes it reads the text again and compares what it means.

use std::collections::BTreeMap;

use super::format::{plain, written};
use super::key_order::{KeyOrder, PlaceId};
use super::tree::{Entry, Kind, Mapping, Node, Scalar, Sequence, Style, Tree};
use crate::model::Value;
use crate::source::{FileId, Sources, Span};

/// Text that comes in place of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// Why a value cannot be set by an edit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The pointer leads to no mapping.
    #[error("its entry was not found")]
    NoEntry,
    /// The entry stands elsewhere, and is used more than once.
    #[error("its entry is an alias; what stands there counts for others too")]
    BehindAlias,
    /// The entry has no key of its own, behind which another could be put.
    #[error("its entry has no key of its own")]
    NoOwnKey,
    /// The value is written in a way that cannot be changed line by line.
    #[error("its value is written in a way that is changed better by hand")]
    Layout,
    /// Two edits change the same text.
    #[error("two changes touch the same text")]
    Overlap,
}

/// Sets a value below an entry, such as `settings`, `pause_recording` below `/users/3`.
///
/// A value that stands at the entry itself is replaced in its style. One that does not (it comes from a profile, or is
/// merged in by `<<`) is put behind the keys that come before it in `order`.
pub fn set(
    tree: &Tree,
    entry: &str,
    keys: &[String],
    value: &Value,
    order: &KeyOrder,
) -> Result<Vec<TextEdit>, EditError> {
    let node = tree.at(entry).ok_or(EditError::NoEntry)?.value;
    let mut editor = Editor {
        tree,
        order,
        edits: Vec::new(),
    };
    let place = order.root().and_then(|root| {
        entry.split('/').skip(1).try_fold(root, |place, part| {
            let item = order.item(place).filter(|_| is_index(part));
            item.or_else(|| order.key(place, part))
        })
    });
    editor.set(node, place, keys, value)?;
    Ok(editor.edits)
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The texts of the files that edits touch, with the edits made.
pub fn apply(sources: &Sources, edits: &[TextEdit]) -> Result<BTreeMap<FileId, String>, EditError> {
    let mut by_file: BTreeMap<FileId, Vec<&TextEdit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut texts = BTreeMap::new();
    for (file, mut edits) in by_file {
        let source = sources.file(file).text();
        // Stable: insertions at one place keep their order, and come before what is replaced there.
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let mut text = String::with_capacity(source.len() + 64);
        let mut at = 0;
        for edit in edits {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            if start < at || end < start {
                return Err(EditError::Overlap);
            }
            text.push_str(source.get(at..start).ok_or(EditError::Overlap)?);
            text.push_str(&edit.text);
            at = end;
        }
        text.push_str(source.get(at..).ok_or(EditError::Overlap)?);
        texts.insert(file, text);
    }
    Ok(texts)
}

struct Editor<'t> {
    tree: &'t Tree,
    order: &'t KeyOrder,
    edits: Vec<TextEdit>,
}

impl<'t> Editor<'t> {
    fn text(&self) -> &'t str {
        &self.tree.text
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text()
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    fn is_alias(&self, node: Node<'_>) -> bool {
        self.slice(node.span()).starts_with('*')
    }

    fn replace(&mut self, start: usize, end: usize, text: String) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.edits.push(TextEdit {
            span: Span {
                file: self.tree.file(),
                start: offset(start),
                end: offset(end),
            },
            text,
        });
    }

    fn set(
        &mut self,
        node: Node<'t>,
        place: Option<PlaceId>,
        keys: &[String],
        value: &Value,
    ) -> Result<(), EditError> {
        let Some((key, rest)) = keys.split_first() else {
            return Err(EditError::NoEntry);
        };
        if self.is_alias(node) {
            return Err(EditError::BehindAlias);
        }
        let mapping = node.mapping().ok_or(EditError::NoEntry)?;
        let below = place.and_then(|place| self.order.key(place, key));
        match mapping.get(key).filter(|entry| is_own(node, *entry)) {
            Some(entry) if rest.is_empty() => self.replace_value(entry, value),
            Some(entry) => self.set(entry.value, below, rest, value),
            None => {
                let nested = rest.iter().rev().fold(value.clone(), |value, key| {
                    Value::Map(BTreeMap::from([(key.clone(), value)]))
                });
                self.insert(node, mapping, place, key, &nested)
            }
        }
    }

    fn replace_value(&mut self, entry: Entry<'t>, value: &Value) -> Result<(), EditError> {
        let node = entry.value;
        let span = node.span();
        let (start, end) = (span.start as usize, span.end as usize);
        if self.is_alias(node) {
            self.replace(start, end, flow(value));
            return Ok(());
        }
        let raw = self.slice(span);
        let in_brackets = raw.starts_with(['[', '{']);
        match (node.kind(), value) {
            (Kind::Scalar(scalar), _) if scalar.style == Style::Block => Err(EditError::Layout),
            // What stands nowhere has no place.
            (Kind::Scalar(_), _) if raw.is_empty() => Err(EditError::Layout),
            (Kind::Scalar(scalar), value) => {
                self.replace(start, end, restyled(scalar, raw, value));
                Ok(())
            }
            (Kind::Sequence(items), Value::List(wanted)) if !in_brackets && !wanted.is_empty() => {
                self.block_list(items, wanted)
            }
            (Kind::Sequence(items), Value::List(wanted)) if in_brackets => {
                if raw.contains('#') {
                    return Err(EditError::Layout);
                }
                let text = self.flow_list(items, wanted);
                self.replace(start, end, text);
                Ok(())
            }
            (Kind::Sequence(_) | Kind::Mapping(_), value) if in_brackets => {
                if raw.contains('#') {
                    return Err(EditError::Layout);
                }
                self.replace(start, end, flow(value));
                Ok(())
            }
            (Kind::Sequence(_) | Kind::Mapping(_), value) => {
                // From the key to the last line of the block.
                let key_end = entry.key_span.end as usize;
                let between = self.text().get(key_end..end).unwrap_or_default();
                let colon = between.find(':').ok_or(EditError::Layout)?;
                if between.contains('#') || between.contains(['&', '!']) {
                    return Err(EditError::Layout);
                }
                self.replace(key_end + colon + 1, end, format!(" {}", flow(value)));
                Ok(())
            }
        }
    }

    /// The items that stay, as they are written, and the new ones behind them.
    fn flow_list(&self, items: Sequence<'t>, wanted: &[Value]) -> String {
        let (kept, added) = sorted_out(items, wanted);
        let kept = kept
            .iter()
            .map(|(_, node)| self.slice(node.span()).to_owned());
        let texts: Vec<String> = kept.chain(added.iter().map(|value| flow(value))).collect();
        format!("[{}]", texts.join(", "))
    }

    /// Takes out the lines of items that are not wanted, and adds lines for new ones.
    fn block_list(&mut self, items: Sequence<'t>, wanted: &[Value]) -> Result<(), EditError> {
        let (kept, added) = sorted_out(items, wanted);
        let Some(first) = items.get(0) else {
            return Err(EditError::Layout);
        };
        let is_kept = |index: usize| kept.iter().any(|(kept, _)| *kept == index);
        let mut anchor = None;
        for (index, item) in items.iter().enumerate() {
            let (line, end) = self.lines(item)?;
            if kept.is_empty() && index == 0 && !added.is_empty() {
                // One of the new items takes the place of the first, so that the list never becomes empty.
                let span = item.span();
                self.replace(span.start as usize, span.end as usize, flow(added[0]));
                anchor = Some(end);
            } else if is_kept(index) {
                anchor = Some(end);
            } else {
                self.replace(line, end, String::new());
            }
        }
        let rest = if kept.is_empty() {
            added.get(1..)
        } else {
            Some(&added[..])
        };
        let (Some(anchor), Some(rest)) = (anchor, rest) else {
            return Err(EditError::Layout);
        };
        let (line, _) = self.lines(first)?;
        let start = first.span().start as usize;
        let lead = self.text().get(line..start).unwrap_or_default();
        let lead = lead.trim_start_matches(['\r', '\n']);
        for value in rest {
            let text = format!("{}{lead}{}", self.line_break(anchor), flow(value));
            self.replace(anchor, anchor, text);
        }
        Ok(())
    }

    /// The bytes of an item's lines: from the line break before it to the one behind it, which is left.
    fn lines(&self, item: Node<'t>) -> Result<(usize, usize), EditError> {
        let span = item.span();
        let (start, end) = (span.start as usize, span.end as usize);
        let text = self.text();
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        // A dash and nothing else: not the first item of a list within a list, no anchor.
        if item.scalar().is_none_or(|it| it.style == Style::Block)
            || text[line..start].trim() != "-"
        {
            return Err(EditError::Layout);
        }
        let before = line.saturating_sub(1);
        let before = if text[..before].ends_with('\r') {
            before - 1
        } else {
            before
        };
        Ok((before, self.line_end(end)))
    }

    /// Puts a key behind those that come before it.
    fn insert(
        &mut self,
        node: Node<'t>,
        mapping: Mapping<'t>,
        place: Option<PlaceId>,
        key: &str,
        value: &Value,
    ) -> Result<(), EditError> {
        let raw = self.slice(node.span());
        let in_brackets = raw.starts_with('{');
        let pair = format!("{}: {}", written(key), flow(value));
        let mut own: Vec<Entry<'t>> = mapping
            .iter()
            .filter(|entry| is_own(node, *entry))
            .collect();
        own.sort_by_key(|entry| entry.key_span.start);
        let rank = |key: &str| place.and_then(|place| self.order.rank(place, key));
        let before = match rank(key) {
            Some(wanted) => own
                .iter()
                .rev()
                .find(|entry| rank(entry.key).is_some_and(|rank| rank < wanted)),
            None => own.last(),
        };
        let Some(before) = before.or(own.first()) else {
            if in_brackets && mapping.is_empty() {
                let span = node.span();
                self.replace(
                    span.start as usize,
                    span.end as usize,
                    format!("{{ {pair} }}"),
                );
                return Ok(());
            }
            return Err(EditError::NoOwnKey);
        };
        let end = before.value.span().end.max(before.key_span.end) as usize;
        if in_brackets {
            self.replace(end, end, format!(", {pair}"));
            return Ok(());
        }
        let key_start = before.key_span.start as usize;
        let line = self.text()[..key_start].rfind('\n').map_or(0, |at| at + 1);
        let column = self.text()[line..key_start].chars().count();
        let end = self.line_end(end);
        let text = format!("{}{}{pair}", self.line_break(end), " ".repeat(column));
        self.replace(end, end, text);
        Ok(())
    }

    /// The end of the line, before its line break.
    fn line_end(&self, at: usize) -> usize {
        let text = self.text();
        let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
        if end > at && text[..end].ends_with('\r') {
            end - 1
        } else {
            end
        }
    }

    /// How lines are broken there.
    fn line_break(&self, at: usize) -> &'static str {
        if self.text()[at..].starts_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }
}

/// Whether an entry is written in the mapping, not merged in from elsewhere.
fn is_own(node: Node<'_>, entry: Entry<'_>) -> bool {
    let (outer, key) = (node.span(), entry.key_span);
    outer.start <= key.start && key.end <= outer.end
}

/// The items that stay, by place, and the values that are new. Where order matters and the items that stay are not in the
/// wanted order, none stays.
fn sorted_out<'t, 'v>(
    items: Sequence<'t>,
    wanted: &'v [Value],
) -> (Vec<(usize, Node<'t>)>, Vec<&'v Value>) {
    let text_of = |node: Node<'t>| node.scalar().map(|scalar| scalar.text.to_owned());
    let texts: Vec<String> = wanted.iter().map(raw_text).collect();
    let mut kept: Vec<(usize, Node<'t>)> = Vec::new();
    let mut kept_texts: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(text) = text_of(item)
            && texts.contains(&text)
            && !kept_texts.contains(&text)
        {
            kept.push((index, item));
            kept_texts.push(text);
        }
    }
    let added: Vec<&Value> = wanted
        .iter()
        .filter(|value| !kept_texts.contains(&raw_text(value)))
        .collect();
    let result: Vec<String> = kept_texts
        .iter()
        .cloned()
        .chain(added.iter().map(|value| raw_text(value)))
        .collect();
    // Sets come sorted, and are the same in any order.
    if result == texts || texts.is_sorted() {
        (kept, added)
    } else {
        (Vec::new(), wanted.iter().collect())
    }
}

fn raw_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => flow(other),
    }
}

/// A scalar in the style of the one that it replaces.
fn restyled(old: Scalar<'_>, raw: &str, value: &Value) -> String {
    let Value::Text(text) = value else {
        return flow(value);
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match old.style {
        // Such as an extension.
        Style::Plain if digits(raw) && digits(text) && !text.starts_with('0') => text.clone(),
        Style::Plain => written(text),
        Style::Quoted if raw.starts_with('\'') && !text.chars().any(char::is_control) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        Style::Quoted | Style::Block if plain(text) => format!("\"{text}\""),
        Style::Quoted | Style::Block => written(text),
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Bool(on) => on.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => written(text),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) if map.is_empty() => "{}".to_owned(),
        Value::Map(map) => {
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", written(key), flow(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
