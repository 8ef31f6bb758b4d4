//! From documents to canonical text.

use std::collections::BTreeMap;

use super::WIDTH;
use super::document::{Beside, Content, Document, Entry, Node, Remark};
use super::scalar::{Reading, quoted, reading};
use crate::manifest::key_order::{KeyOrder, PlaceId};

/// The text of the documents. `quote_numbers` puts phone numbers in quotes, which is right only where a schema takes texts.
pub(super) fn text(
    documents: Vec<Document>,
    order: &KeyOrder,
    root: Option<PlaceId>,
    quote_numbers: bool,
) -> String {
    let mut writer = Writer {
        text: String::new(),
        quote_numbers,
        blanks_kept: false,
    };
    for (index, mut document) in documents.into_iter().enumerate() {
        let arranging = Arranging {
            order,
            has_aliases: document.has_aliases,
        };
        let header = header(&mut document.root);
        arranging.node(&mut document.root, root);
        writer.remarks(&document.before, 0, index == 0);
        if document.marked || index > 0 {
            writer.text.push_str("---");
            writer.beside(document.beside.as_ref());
            writer.line();
        }
        let begin = writer.text.len();
        writer.remarks(&header, 0, true);
        if document.root.is_block_collection() {
            let first = writer.text.len() == begin;
            writer.collection(&document.root, 0, first, false);
        }
        let first = writer.text.len() == begin;
        writer.remarks(&document.after, 0, first);
    }
    writer.text
}

/// The comments at the top that are about the file, not about the first key: those before a blank line, and modelines.
fn header(root: &mut Node) -> Vec<Remark> {
    let (Content::Mapping { entries, .. } | Content::Sequence { entries, .. }) = &mut root.content
    else {
        return Vec::new();
    };
    let Some(first) = entries.first_mut() else {
        return Vec::new();
    };
    let modeline = |remark: &Remark| {
        let text = remark.text.trim_start_matches(['#', ' ', '!']);
        [
            "yaml-language-server:",
            "yamllint ",
            "prettier-ignore",
            "vim:",
            "-*-",
        ]
        .iter()
        .any(|start| text.starts_with(start))
    };
    let modelines = first.lead.iter().rposition(modeline).map_or(0, |at| at + 1);
    let count = if first.blank {
        first.lead.len()
    } else {
        let separate = first.lead.iter().rposition(|remark| remark.blank);
        modelines.max(separate.unwrap_or(0))
    };
    let rest = first.lead.split_off(count);
    std::mem::replace(&mut first.lead, rest)
}

/// Puts keys in order, and comments where they can stand.
struct Arranging<'o> {
    order: &'o KeyOrder,
    has_aliases: bool,
}

impl Arranging<'_> {
    fn node(&self, node: &mut Node, place: Option<PlaceId>) {
        match &mut node.content {
            Content::Mapping { entries, .. } => {
                for entry in entries.iter_mut() {
                    let key = entry.key.as_ref().map(key_text).unwrap_or_default();
                    let below = place.and_then(|place| self.order.key(place, &key));
                    self.node(&mut entry.value, below);
                }
                if let Some(place) = place {
                    self.sort(entries, place);
                }
            }
            Content::Sequence { entries, flow, .. } => {
                let below = place.and_then(|place| self.order.item(place));
                for entry in entries.iter_mut() {
                    self.node(&mut entry.value, below);
                    if !*flow {
                        hoist(entry);
                    }
                }
            }
            _ => {}
        }
    }

    fn sort(&self, entries: &mut Vec<Entry>, place: PlaceId) {
        let rank = |entry: &Entry| {
            let key = entry.key.as_ref().map(key_text).unwrap_or_default();
            match self.order.rank(place, &key) {
                _ if key == "<<" => (0, 0),
                Some(rank) => (1, rank),
                None => (2, 0),
            }
        };
        let mut sequence: Vec<usize> = (0..entries.len()).collect();
        sequence.sort_by_key(|index| rank(&entries[*index]));
        if sequence.is_sorted() || (self.has_aliases && breaks_aliases(entries, &sequence)) {
            return;
        }
        let mut slots: Vec<Option<Entry>> = std::mem::take(entries).into_iter().map(Some).collect();
        entries.extend(sequence.into_iter().filter_map(|index| slots[index].take()));
    }
}

/// Whether an alias would come before its anchor, or after another anchor of the name.
fn breaks_aliases(entries: &[Entry], sequence: &[usize]) -> bool {
    let mut new_place = vec![0; entries.len()];
    for (place, index) in sequence.iter().enumerate() {
        new_place[*index] = place;
    }
    let mut names = Vec::new();
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let (mut anchors, mut aliases) = (BTreeMap::new(), Vec::new());
        if let Some(key) = &entry.key {
            key.names(&mut anchors, &mut aliases);
        }
        entry.value.names(&mut anchors, &mut aliases);
        for (name, count) in &anchors {
            *all.entry(name).or_default() += count;
        }
        names.push((anchors, aliases));
    }
    if all.values().any(|count| *count > 1) {
        return true;
    }
    names.iter().enumerate().any(|(user, (_, aliases))| {
        aliases.iter().any(|alias| {
            names.iter().enumerate().any(|(owner, (anchors, _))| {
                anchors.contains_key(alias) && owner < user && new_place[owner] > new_place[user]
            })
        })
    })
}

/// Comments cannot stand between a dash and the first key on its line: they go above the dash.
fn hoist(item: &mut Entry) {
    let bare = item.value.anchor.is_none() && item.value.tag.is_none();
    if !bare || !item.value.is_block_collection() {
        return;
    }
    let (Content::Mapping { entries, .. } | Content::Sequence { entries, .. }) =
        &mut item.value.content
    else {
        return;
    };
    let Some(first) = entries.first_mut() else {
        return;
    };
    let beside = item.beside.take().map(|beside| beside.text);
    let lead = std::mem::take(&mut first.lead);
    let texts = beside
        .into_iter()
        .chain(lead.into_iter().map(|remark| remark.text));
    for text in texts {
        item.lead.push(Remark {
            text,
            blank: std::mem::take(&mut item.blank),
        });
    }
    first.blank = false;
}

fn key_text(key: &Node) -> String {
    match &key.content {
        Content::Plain(text) => text.clone(),
        Content::Quoted { value, .. } => value.clone(),
        _ => String::new(),
    }
}

struct Writer {
    text: String,
    quote_numbers: bool,
    /// Blank lines were written that are part of a text, so that any more would be too.
    blanks_kept: bool,
}

impl Writer {
    fn line(&mut self) {
        self.text.push('\n');
        self.blanks_kept = false;
    }

    fn blank(&mut self) {
        if !self.blanks_kept {
            self.text.push('\n');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn beside(&mut self, beside: Option<&Beside>) {
        if let Some(Beside { text, gap }) = beside {
            self.indent(*gap);
            self.text.push_str(text);
        }
    }

    /// `first`: nothing stands before, from which a blank line could set them apart.
    fn remarks(&mut self, remarks: &[Remark], indent: usize, first: bool) {
        for (index, remark) in remarks.iter().enumerate() {
            if remark.blank && !(first && index == 0) {
                self.blank();
            }
            self.indent(indent);
            self.text.push_str(&remark.text);
            self.line();
        }
    }

    /// `first`: no blank line before the first entry. `inline`: the first entry goes on where the text ends.
    fn collection(&mut self, node: &Node, indent: usize, first: bool, inline: bool) {
        let (Content::Mapping { entries, tail, .. } | Content::Sequence { entries, tail, .. }) =
            &node.content
        else {
            return;
        };
        for (index, entry) in entries.iter().enumerate() {
            if !(inline && index == 0) {
                let mut lead = entry.lead.clone();
                let mut blank = entry.blank;
                // What is beside brackets that are opened up goes above the dash.
                if entry.key.is_none()
                    && self.opens_up(&entry.value, indent + 2)
                    && is_bare(&entry.value)
                {
                    for beside in [&entry.beside, &entry.trailing].into_iter().flatten() {
                        lead.push(Remark {
                            text: beside.text.clone(),
                            blank: std::mem::take(&mut blank),
                        });
                    }
                }
                let nothing_before = first && index == 0;
                self.remarks(&lead, indent, nothing_before);
                if blank && !(nothing_before && lead.is_empty()) {
                    self.blank();
                }
                self.indent(indent);
            }
            self.entry(entry, indent);
        }
        self.remarks(tail, indent, false);
    }

    fn entry(&mut self, entry: &Entry, indent: usize) {
        let is_item = entry.key.is_none();
        match &entry.key {
            Some(key) => {
                let key = self.inline_node(key).unwrap_or_default();
                self.text.push_str(&key);
                // Without the space the colon would be part of the name.
                let alias = matches!(
                    entry.key.as_ref().map(|key| &key.content),
                    Some(Content::Alias(_))
                );
                self.text.push_str(if alias { " :" } else { ":" });
            }
            None => self.text.push('-'),
        }
        let value = &entry.value;
        let line_used = self.text.len() - self.text.rfind('\n').map_or(0, |at| at + 1);
        let opens_up = value.is_block_collection() || self.opens_up(value, line_used + 1);
        let properties = properties(value);
        if opens_up {
            if is_item && properties.is_empty() {
                self.text.push(' ');
                self.collection(value, indent + 2, true, true);
                return;
            }
            self.text.push_str(&properties);
            self.beside(entry.beside.as_ref().or(entry.trailing.as_ref()));
            self.line();
            if let (Some(_), Some(trailing)) = (&entry.beside, &entry.trailing) {
                let remark = Remark {
                    text: trailing.text.clone(),
                    blank: false,
                };
                self.remarks(&[remark], indent + 2, true);
            }
            self.remarks(&entry.inner, indent + 2, true);
            self.collection(value, indent + 2, true, false);
            return;
        }
        self.text.push_str(&properties);
        if let Content::Empty = value.content {
            self.beside(entry.beside.as_ref());
            self.line();
            return;
        }
        let two_comments = entry.beside.is_some() && entry.trailing.is_some();
        if entry.inner.is_empty() && !two_comments {
            self.text.push(' ');
            self.single(value, indent);
            self.beside(entry.beside.as_ref().or(entry.trailing.as_ref()));
        } else {
            self.beside(entry.beside.as_ref());
            self.line();
            self.remarks(&entry.inner, indent + 2, true);
            self.indent(indent + 2);
            self.single(value, indent);
            self.beside(entry.trailing.as_ref());
        }
        let Content::Block(block) = &value.content else {
            self.line();
            return;
        };
        self.line();
        for line in &block.lines {
            if !line.is_empty() {
                self.indent(indent + 2);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
        if block.kept_blanks > 0 {
            self.text
                .extend(std::iter::repeat_n('\n', block.kept_blanks));
            self.blanks_kept = true;
        }
        // Right behind a text that keeps its end, a blank line would become part of it.
        self.blanks_kept |= block.chomping == "+";
    }

    /// A value that is neither empty nor a collection over several lines; the text after a block's header is not here.
    fn single(&mut self, value: &Node, indent: usize) {
        match &value.content {
            Content::Lines(lines) => {
                for (index, line) in lines.iter().enumerate() {
                    if index > 0 {
                        self.text.push('\n');
                        if !line.is_empty() {
                            self.indent(indent + 2);
                        }
                    }
                    self.text.push_str(line);
                }
            }
            Content::Kept { first, others } => {
                self.text.push_str(first);
                for (deeper, line) in others {
                    self.text.push('\n');
                    if !line.is_empty() {
                        self.indent(indent.saturating_add_signed(*deeper));
                        self.text.push_str(line);
                    }
                }
            }
            Content::Block(block) => {
                self.text.push(block.style);
                if block.indented {
                    self.text.push('2');
                }
                self.text.push_str(block.chomping);
                self.beside(block.comment.as_ref());
            }
            _ => {
                let text = self.inline(value).unwrap_or_default();
                self.text.push_str(&text);
            }
        }
    }

    /// Whether a collection in brackets is too wide for the line.
    fn opens_up(&self, value: &Node, used: usize) -> bool {
        let (Content::Mapping {
            flow: true,
            entries,
            ..
        }
        | Content::Sequence {
            flow: true,
            entries,
            ..
        }) = &value.content
        else {
            return false;
        };
        let properties = properties(value);
        !entries.is_empty()
            && self
                .inline(value)
                .is_none_or(|text| used + properties.chars().count() + text.chars().count() > WIDTH)
    }

    /// A node with its anchor and tag.
    fn inline_node(&self, node: &Node) -> Option<String> {
        let text = self.inline(node)?;
        let properties = properties(node);
        let properties = properties.trim_start();
        Some(match (properties.is_empty(), text.is_empty()) {
            (true, _) => text,
            (false, true) => properties.to_owned(),
            (false, false) => format!("{properties} {text}"),
        })
    }

    /// The content on one line, if it can stand on one.
    fn inline(&self, node: &Node) -> Option<String> {
        Some(match &node.content {
            Content::Empty => String::new(),
            Content::Alias(text) => text.clone(),
            Content::Plain(text) => {
                if self.quote_numbers && node.tag.is_none() && reading(text) == Reading::Phone {
                    format!("\"{text}\"")
                } else {
                    text.clone()
                }
            }
            Content::Quoted { raw, value } => {
                if node.tag.is_some() {
                    raw.clone()
                } else {
                    quoted(raw, value)
                }
            }
            Content::Sequence {
                flow: true,
                entries,
                ..
            } => {
                let items: Option<Vec<String>> = entries
                    .iter()
                    .map(|entry| self.inline_node(&entry.value))
                    .collect();
                format!("[{}]", items?.join(", "))
            }
            Content::Mapping {
                flow: true,
                entries,
                ..
            } if entries.is_empty() => "{}".to_owned(),
            Content::Mapping {
                flow: true,
                entries,
                ..
            } => {
                let items: Option<Vec<String>> =
                    entries.iter().map(|entry| self.pair(entry)).collect();
                format!("{{ {} }}", items?.join(", "))
            }
            Content::Lines(_)
            | Content::Block(_)
            | Content::Kept { .. }
            | Content::Mapping { .. }
            | Content::Sequence { .. } => return None,
        })
    }

    fn pair(&self, entry: &Entry) -> Option<String> {
        let key = entry.key.as_ref()?;
        let value = self.inline_node(&entry.value)?;
        let key_text = self.inline_node(key)?;
        let colon = if matches!(key.content, Content::Alias(_)) {
            " :"
        } else {
            ":"
        };
        Some(if value.is_empty() {
            format!("{key_text}{colon}")
        } else {
            format!("{key_text}{colon} {value}")
        })
    }
}

fn is_bare(node: &Node) -> bool {
    node.anchor.is_none() && node.tag.is_none()
}

/// The anchor and the tag, each with a space before it.
fn properties(node: &Node) -> String {
    let mut text = String::new();
    for part in [&node.anchor, &node.tag].into_iter().flatten() {
        text.push(' ');
        text.push_str(part);
    }
    text
}
