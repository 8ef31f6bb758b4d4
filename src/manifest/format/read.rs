//! From text to documents in which every comment belongs to something.

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

use super::FormatError;
use super::document::{Beside, Block, Content, Document, Entry, Node, Remark};

struct Comment {
    start: usize,
    own_line: bool,
    column: usize,
    text: String,
}

/// Reads a text that our loader has accepted.
pub(super) fn documents(text: &str) -> Result<Vec<Document>, FormatError> {
    let mut events = Vec::new();
    let mut comments = Vec::new();
    let options = granit_parser::options! {
        emit_comments: true,
        emit_anchor_events: true,
    };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|_| FormatError::Unsupported("a mistake in the YAML"))?;
        if let Event::Comment(..) = event {
            let start = span.byte_range().unwrap_or_default().start;
            let line = line_start(text, start);
            comments.push(Comment {
                start,
                own_line: text[line..start].trim().is_empty(),
                column: start - line,
                text: rest_of_line(text, start).trim_end().to_owned(),
            });
        } else {
            events.push((event, span));
        }
    }
    comments.sort_by_key(|comment| comment.start);
    if text.lines().any(|line| line.starts_with('%')) {
        return Err(FormatError::Unsupported("a directive"));
    }
    let mut reader = Reader {
        text,
        events: events.into_iter().peekable(),
        comments,
        next: 0,
        aliases: 0,
    };
    reader.stream()
}

struct Reader<'t> {
    text: &'t str,
    events: std::iter::Peekable<std::vec::IntoIter<(Event<'t>, Span)>>,
    comments: Vec<Comment>,
    /// The first comment that belongs to nothing yet.
    next: usize,
    aliases: usize,
}

impl<'t> Reader<'t> {
    fn stream(&mut self) -> Result<Vec<Document>, FormatError> {
        let mut starts = Vec::new();
        let mut nodes = Vec::new();
        while let Some((event, span)) = self.events.next() {
            if let Event::DocumentStart(marked, _) = event {
                let aliases = self.aliases;
                let at = span.byte_range().unwrap_or_default().start;
                let node = match self.events.peek() {
                    Some((Event::DocumentEnd, _)) | None => Node::empty(at),
                    Some(_) => self.node()?,
                };
                starts.push((marked, at));
                nodes.push((node, self.aliases > aliases));
            }
        }
        let mut documents = Vec::new();
        for (index, (mut root, has_aliases)) in nodes.into_iter().enumerate() {
            let (marked, at) = starts[index];
            let limit = starts
                .get(index + 1)
                .map_or(self.text.len(), |(_, next)| *next);
            documents.push(self.document(&mut root, marked, at, limit, has_aliases)?);
        }
        if documents.is_empty() {
            let after = self.remarks_until(self.text.len());
            documents.push(Document {
                marked: false,
                beside: None,
                before: Vec::new(),
                root: Node::empty(0),
                after,
                has_aliases: false,
            });
        }
        Ok(documents)
    }

    fn document(
        &mut self,
        root: &mut Node,
        marked: bool,
        at: usize,
        limit: usize,
        has_aliases: bool,
    ) -> Result<Document, FormatError> {
        if root.anchor.is_some() || root.tag.is_some() {
            return Err(FormatError::Unsupported(
                "an anchor or a tag of a whole document",
            ));
        }
        let (mut before, mut beside) = (Vec::new(), None);
        if marked {
            if !self.text[at..].starts_with("---") {
                return Err(FormatError::Unsupported("this way to begin a document"));
            }
            before = self.remarks_until(at);
            beside = self.beside(at + 3);
        }
        match &root.content {
            Content::Mapping { .. } | Content::Sequence { .. } | Content::Empty => {}
            _ => {
                return Err(FormatError::Unsupported(
                    "a document that is a single value",
                ));
            }
        }
        let mut after = Vec::new();
        if root.is_block_collection() {
            self.attach(root, -1, limit)?;
        } else if !matches!(root.content, Content::Empty) {
            return Err(FormatError::Unsupported("a document in brackets"));
        }
        after.extend(self.remarks_until(limit));
        Ok(Document {
            marked,
            beside,
            before,
            root: root.clone(),
            after,
            has_aliases,
        })
    }

    /// Takes the next node with everything in it.
    fn node(&mut self) -> Result<Node, FormatError> {
        let Some((event, span)) = self.events.next() else {
            return Err(FormatError::Unsupported("the end of the text"));
        };
        let range = span.byte_range().unwrap_or_default();
        let tag = span.tag_span().and_then(|span| span.byte_range());
        let mut node = Node {
            tag: tag.clone().map(|range| self.text[range].to_owned()),
            ..Node::empty(range.start)
        };
        node.end = range.end;
        if let Some(tag) = tag {
            node.outer_start = node.outer_start.min(tag.start);
            node.properties_end = tag.end;
        }
        if let Some((Event::Anchor(..), span)) = self.events.peek()
            && let Some(range) = span.byte_range()
        {
            node.outer_start = node.outer_start.min(range.start);
            node.properties_end = node.properties_end.max(range.end);
            node.anchor = Some(self.text[range].to_owned());
            self.events.next();
        }
        match event {
            Event::Alias(_) => {
                self.aliases += 1;
                node.content = Content::Alias(self.text[node.start..node.end].to_owned());
            }
            Event::Scalar(value, style, ..) => self.scalar(&mut node, &value, style),
            Event::SequenceStart(style, ..) => {
                let mut entries = Vec::new();
                while !matches!(self.events.peek(), Some((Event::SequenceEnd, _)) | None) {
                    let value = self.node()?;
                    entries.push(Entry::new(None, value));
                }
                self.close(&mut node, style, &entries);
                let flow = style == StructureStyle::Flow;
                node.content = Content::Sequence {
                    flow,
                    entries,
                    tail: Vec::new(),
                };
            }
            Event::MappingStart(style, ..) => {
                let mut entries = Vec::new();
                while !matches!(self.events.peek(), Some((Event::MappingEnd, _)) | None) {
                    let key = self.node()?;
                    let value = self.node()?;
                    entries.push(Entry::new(Some(key), value));
                }
                self.close(&mut node, style, &entries);
                let flow = style == StructureStyle::Flow;
                if let Some(Entry { key: Some(key), .. }) = entries.first()
                    && !flow
                {
                    node.start = key.outer_start;
                    if node.anchor.is_none() && node.tag.is_none() {
                        node.outer_start = node.start;
                    }
                }
                node.content = Content::Mapping {
                    flow,
                    entries,
                    tail: Vec::new(),
                };
            }
            _ => return Err(FormatError::Unsupported("this kind of YAML")),
        }
        Ok(node)
    }

    fn close(&mut self, node: &mut Node, style: StructureStyle, entries: &[Entry]) {
        let end = self.events.next().and_then(|(_, span)| span.byte_range());
        node.end = match (style, end) {
            (StructureStyle::Flow, Some(end)) => end.end,
            _ => entries.last().map_or(node.end, |entry| entry.value.end),
        };
    }

    fn scalar(&self, node: &mut Node, value: &str, style: ScalarStyle) {
        let raw = &self.text[node.start..node.end];
        node.content = match style {
            ScalarStyle::Plain if raw.is_empty() => Content::Empty,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // Its lines are read when its column is known.
                let newlines = value.len() - value.trim_end_matches('\n').len();
                let own = usize::from(!value.trim_end_matches('\n').is_empty());
                Content::Block(Block {
                    style: if style == ScalarStyle::Literal {
                        '|'
                    } else {
                        '>'
                    },
                    indented: false,
                    chomping: "",
                    comment: None,
                    lines: Vec::new(),
                    kept_blanks: newlines.saturating_sub(own),
                })
            }
            _ if raw.contains('\n') => {
                let mut lines: Vec<String> = Vec::new();
                for (index, line) in raw.lines().enumerate() {
                    let line = if index == 0 {
                        line
                    } else {
                        line.trim_start_matches([' ', '\t'])
                    };
                    let ended = line.trim_end_matches([' ', '\t']);
                    // The space after a backslash is part of the text.
                    lines.push(if ended.ends_with('\\') { line } else { ended }.to_owned());
                }
                Content::Lines(lines)
            }
            ScalarStyle::Plain => Content::Plain(raw.to_owned()),
            _ => Content::Quoted {
                raw: raw.to_owned(),
                value: value.to_owned(),
            },
        };
    }

    /// Gives the comments in and around a block collection to its entries. `parent` is the column of the collection
    /// around it, `limit` the place where the next thing begins.
    fn attach(&mut self, node: &mut Node, parent: isize, limit: usize) -> Result<(), FormatError> {
        let text = self.text;
        let start = node.start;
        let (Content::Mapping { entries, tail, .. } | Content::Sequence { entries, tail, .. }) =
            &mut node.content
        else {
            return Ok(());
        };
        let starts = self.starts(entries, start)?;
        let column = starts.first().map_or(0, |start| column(text, *start));
        for (index, entry) in entries.iter_mut().enumerate() {
            let at = starts[index];
            let limit = starts.get(index + 1).copied().unwrap_or(limit);
            entry.lead = self.remarks_until(at);
            entry.blank = blank_above(text, at);
            if let Some(key) = &entry.key {
                match key.content {
                    Content::Plain(_) | Content::Quoted { .. } | Content::Alias(_) => {}
                    _ => return Err(FormatError::Unsupported("a key of several lines")),
                }
            }
            let head = entry.key.as_ref().map_or(at + 1, |key| key.end);
            self.attach_value(entry, head, column, limit)?;
        }
        let own = isize::try_from(column).unwrap_or(isize::MAX);
        while let Some(comment) = self.comments.get(self.next)
            && comment.start < limit
            && comment.own_line
            && own > parent
            && comment.column >= column
            && isize::try_from(comment.column).unwrap_or(0) > parent
        {
            tail.push(self.remark());
        }
        Ok(())
    }

    fn attach_value(
        &mut self,
        entry: &mut Entry,
        head: usize,
        column: usize,
        limit: usize,
    ) -> Result<(), FormatError> {
        let value = &mut entry.value;
        let from = head.max(value.properties_end);
        match &value.content {
            // The parser tells a list that is not indented from behind its first dash, and a text from behind its header.
            Content::Sequence { flow: false, .. } if entry.key.is_some() => {
                value.start = self.mark(from, &['-'])?;
            }
            Content::Block(_) => value.start = self.mark(from, &['|', '>'])?,
            _ => {}
        }
        if let Content::Empty = value.content {
            value.end = head.max(value.end.min(limit));
            let end = if value.anchor.is_some() || value.tag.is_some() {
                value.end
            } else {
                head
            };
            entry.beside = self.beside(end).or_else(|| self.beside(head));
            return Ok(());
        }
        let block = value.is_block_collection();
        let content = value.start;
        entry.beside = self.beside_before(head, content);
        if block {
            return self.attach(value, isize::try_from(column).unwrap_or(isize::MAX), limit);
        }
        entry.inner = self.remarks_until(content);
        let commented = self
            .comments
            .get(self.next)
            .is_some_and(|comment| comment.start < value.end);
        match &mut value.content {
            Content::Block(_) => {
                self.block(value, column, limit)?;
                while self
                    .comments
                    .get(self.next)
                    .is_some_and(|comment| comment.start < value.end)
                {
                    self.next += 1;
                }
                return Ok(());
            }
            Content::Mapping { .. } | Content::Sequence { .. } if commented => {
                let raw = &self.text[value.start..value.end];
                let base = isize::try_from(column).unwrap_or(0);
                let mut lines = raw.lines();
                let first = lines.next().unwrap_or_default().trim_end().to_owned();
                let others = lines
                    .map(|line| {
                        let content = line.trim_start_matches(' ');
                        let indent = isize::try_from(line.len() - content.len()).unwrap_or(0);
                        (indent - base, content.trim_end().to_owned())
                    })
                    .collect();
                while self
                    .comments
                    .get(self.next)
                    .is_some_and(|comment| comment.start < value.end)
                {
                    self.next += 1;
                }
                value.content = Content::Kept { first, others };
            }
            _ => {}
        }
        entry.trailing = self.beside(value.end);
        Ok(())
    }

    /// Reads the header and the lines of a block scalar.
    fn block(&self, node: &mut Node, column: usize, limit: usize) -> Result<(), FormatError> {
        let Content::Block(block) = &mut node.content else {
            return Ok(());
        };
        let header = rest_of_line(self.text, node.start);
        let (indicators, comment) = match header.find('#') {
            Some(at) => (&header[..at], Some(&header[at..])),
            None => (header, None),
        };
        let gap = indicators.len() - indicators.trim_end().len();
        block.comment = comment.map(|text| Beside {
            text: text.trim_end().to_owned(),
            gap: gap.max(1),
        });
        block.chomping = match (indicators.contains('+'), indicators.contains('-')) {
            (true, _) => "+",
            (_, true) => "-",
            _ => "",
        };
        let digit = indicators.chars().find_map(|c| c.to_digit(10));
        block.indented = digit.is_some();
        let from = node.start + header.len();
        let body = self.text[from..limit]
            .strip_prefix('\n')
            .or_else(|| self.text[from..limit].strip_prefix("\r\n"));
        let body = body.unwrap_or("");
        let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let base = match digit {
            Some(digit) => column + digit as usize,
            None => body
                .lines()
                .find(|line| !line.trim().is_empty())
                .map_or(0, spaces),
        };
        let mut end = node.start + header.len();
        for line in body.lines() {
            let blank = line.chars().all(|c| c == ' ') && line.len() <= base;
            if !blank && spaces(line) < base {
                break;
            }
            block.lines.push(line.get(base..).unwrap_or("").to_owned());
            if !blank {
                end = offset_of(self.text, line) + line.len();
            }
        }
        while block.lines.last().is_some_and(String::is_empty) {
            block.lines.pop();
        }
        if block.lines.is_empty() && !block.chomping.contains('+') {
            block.kept_blanks = 0;
        }
        if block.chomping != "+" {
            block.kept_blanks = 0;
        }
        node.end = end;
        Ok(())
    }

    /// Where the entries begin: at their keys, or at their dashes.
    fn starts(&self, entries: &[Entry], first: usize) -> Result<Vec<usize>, FormatError> {
        let mut starts = Vec::with_capacity(entries.len());
        let mut at = first;
        for entry in entries {
            let start = match &entry.key {
                Some(key) => {
                    let line = line_start(self.text, key.outer_start);
                    if self.text[line..key.outer_start].trim_end().ends_with('?') {
                        return Err(FormatError::Unsupported("an explicit key (`?`)"));
                    }
                    key.outer_start
                }
                None => self.mark(at, &['-'])?,
            };
            starts.push(start);
            at = match entry.value.content {
                Content::Empty if entry.value.anchor.is_none() && entry.value.tag.is_none() => {
                    start + 1
                }
                _ => entry.value.end.max(start + 1),
            };
        }
        Ok(starts)
    }

    /// Where one of these characters comes next, after white space, comments and the colon of a key.
    fn mark(&self, from: usize, marks: &[char]) -> Result<usize, FormatError> {
        let mut at = from;
        let mut colon = false;
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start().len();
            match self.text[at..].chars().next() {
                Some(c) if marks.contains(&c) => return Ok(at),
                Some('#') => at += rest_of_line(self.text, at).len(),
                Some(':') if !colon => {
                    colon = true;
                    at += 1;
                }
                _ => {
                    return Err(FormatError::Unsupported(
                        "this way to write a list or a text",
                    ));
                }
            }
        }
    }

    fn remark(&mut self) -> Remark {
        let comment = &self.comments[self.next];
        self.next += 1;
        Remark {
            text: comment.text.clone(),
            blank: comment.own_line && blank_above(self.text, comment.start),
        }
    }

    fn remarks_until(&mut self, limit: usize) -> Vec<Remark> {
        let mut remarks = Vec::new();
        while self
            .comments
            .get(self.next)
            .is_some_and(|comment| comment.start < limit)
        {
            remarks.push(self.remark());
        }
        remarks
    }

    /// The next comment, when it stands on the line of `end`, after it.
    fn beside(&mut self, end: usize) -> Option<Beside> {
        self.beside_before(end, usize::MAX)
    }

    fn beside_before(&mut self, end: usize, limit: usize) -> Option<Beside> {
        let comment = self.comments.get(self.next)?;
        let between = self.text.get(end..comment.start)?;
        if comment.start >= limit || comment.own_line || between.contains('\n') {
            return None;
        }
        self.next += 1;
        Some(Beside {
            text: comment.text.clone(),
            gap: (between.len() - between.trim_end_matches([' ', '\t']).len()).max(1),
        })
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

fn rest_of_line(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let line = rest.split('\n').next().unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

/// Whether the line above is blank, and nothing stands before on the line itself.
fn blank_above(text: &str, at: usize) -> bool {
    let line = line_start(text, at);
    line > 0
        && text[line..at].trim().is_empty()
        && text[..line - 1]
            .rsplit('\n')
            .next()
            .is_some_and(|above| above.trim().is_empty())
}

/// The offset of a part of a text.
fn offset_of(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}
