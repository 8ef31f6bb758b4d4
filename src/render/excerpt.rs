//! The line of a place in a manifest, as it may be shown.

use std::ops::Range;

use super::escape::{push, visible};
use crate::source::SourceFile;

/// The widest excerpt, in characters; a longer line is cut on both sides of the place.
const WIDTH: usize = 120;
/// How many characters before the place are shown of a line that is cut.
const BEFORE: usize = 50;
/// Stands for a text that must not be shown. The length of a secret tells something too.
pub(super) const HIDDEN: &str = "••••••";
/// The keys of the manifests whose values name secrets.
const SECRET_KEYS: [&str; 3] = ["password", "passwords", "credentials"];

/// The line of a place, made harmless and cut to a bearable width.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// The place in `text`, in bytes.
    pub(super) place: Range<usize>,
}

impl Excerpt {
    pub(super) fn new(file: &SourceFile, place: Range<usize>, hide: bool) -> Self {
        let line = file.line_range(u32::try_from(place.start).unwrap_or(u32::MAX));
        let content = &file.text()[line.clone()];
        let start = place.start.clamp(line.start, line.end) - line.start;
        let end = place.end.clamp(line.start + start, line.end) - line.start;
        let (mut from, mut to) = (0, content.len());
        if content.chars().count() > WIDTH {
            let before = content[..start].char_indices().rev();
            from = before.take(BEFORE).last().map_or(start, |(at, _)| at);
            to = content[from..]
                .char_indices()
                .nth(WIDTH)
                .map_or(content.len(), |(at, _)| from + at);
        }
        let mut hidden = secrets(content);
        if hide && start < end {
            hidden.push(start..end);
        }
        let mut text = String::new();
        if from > 0 {
            text.push('…');
        }
        let mut shown_start = None;
        let mut shown_end = None;
        let mut inside = false;
        let mut covered = 0;
        let mut before = None;
        for (at, c) in content[from..to].char_indices() {
            let at = from + at;
            let was_inside = inside;
            inside = hidden.iter().any(|range| range.contains(&at));
            if inside && !was_inside {
                covered = text.len();
            }
            if at >= start {
                // A place within what is hidden is all of it.
                shown_start.get_or_insert(if inside { covered } else { text.len() });
            }
            if at >= end {
                shown_end.get_or_insert(text.len());
            }
            match c {
                _ if inside && was_inside => {}
                _ if inside => text.push_str(HIDDEN),
                // The renderer widens tabs itself.
                '\t' => text.push('\t'),
                c => push(&mut text, c, before),
            }
            before = Some(c);
        }
        let place = shown_start.unwrap_or(text.len())..shown_end.unwrap_or(text.len());
        if to < content.len() {
            text.push('…');
        }
        Self { text, place }
    }
}

/// A line of a manifest, or a part of one, harmless and without what may be a secret.
pub(super) fn concealed(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut at = 0;
    for range in secrets(line) {
        if range.start >= at {
            text.push_str(&visible(&line[at..range.start]));
            text.push_str(HIDDEN);
            at = range.end;
        }
    }
    text.push_str(&visible(&line[at..]));
    text
}

/// Where in a line secrets may stand, in order: a password that somebody wrote down, an argument of a program.
///
/// This looks at the text and not at the tree, since the line of a syntax error is shown as well.
fn secrets(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = SECRET_KEYS
        .iter()
        .flat_map(|key| {
            line.match_indices(key)
                .filter_map(|(at, key)| value(line, at, at + key.len()))
        })
        .filter(|range| !is_reference(&line[range.clone()]))
        .collect();
    found.sort_by_key(|range| range.start);
    found
}

/// The value in the same line of the key at `start..end`, when it is one.
fn value(line: &str, start: usize, end: usize) -> Option<Range<usize>> {
    let before = &line[..start];
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    let after = line[end..].trim_start_matches(['"', '\'']).trim_start();
    let value = after.strip_prefix(':')?.trim_start();
    if value.is_empty() || value.starts_with('#') {
        return None;
    }
    let from = line.len() - value.len();
    let opened = before.matches(['{', '[']).count();
    let in_flow = opened > before.matches(['}', ']']).count();
    let length = match value.as_bytes()[0] {
        b'{' | b'[' => closed(value),
        b'"' => quoted(value, true),
        b'\'' => quoted(value, false),
        _ if in_flow => value.find([',', '}', ']']),
        _ => None,
    };
    let whole = &value[..length.unwrap_or(value.len())];
    Some(from..from + whole.trim_end().len())
}

/// The length of quoted text with its quotes: in double ones `\\` escapes, in single ones a quote is doubled.
fn quoted(value: &str, double: bool) -> Option<usize> {
    let bytes = value.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if double => at += 2,
            byte if byte == quote && !double && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length up to the bracket that closes the first one.
fn closed(value: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in value.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Whether a value says no more than where a secret is.
fn is_reference(value: &str) -> bool {
    if value == "generate" {
        return true;
    }
    let inner = value
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let Some((key, name)) = inner.and_then(|inner| inner.split_once(':')) else {
        return false;
    };
    let name = name.trim();
    match key.trim() {
        "env" => name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        "file" => !name.contains([',', '{', '[']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_hidden_wherever_it_stands_in_a_line() {
        let table = [
            ("password: hunter2", "password: ••••••"),
            ("    password: \"hunter 2\" # x", "    password: •••••• # x"),
            (
                "- { a: b, password: hunter2, c: d }",
                "- { a: b, password: ••••••, c: d }",
            ),
            (
                "- { password: { command: [vault, {a: --token=hunter2}] }, c: d }",
                "- { password: ••••••, c: d }",
            ),
            ("{\"password\":\"hunter2\"}", "{\"password\":••••••}"),
            ("password: [hunter2", "password: ••••••"),
            ("credentials: { token: hunter2 }", "credentials: ••••••"),
            ("password: { env: a, hunter2: b }", "password: ••••••"),
        ];
        for (line, shown) in table {
            assert_eq!(concealed(line), shown);
        }
    }

    #[test]
    fn what_only_says_where_a_secret_is_stays() {
        for line in [
            "password: generate",
            "- { password: generate, c: d }",
            "- { password: { env: ADA_PASSWORD }, c: d }",
            "password: { file: ../secrets/ada }",
            "password:",
            "passwords: { file: x }",
            "no_password: x",
            "the password of ada",
        ] {
            assert_eq!(concealed(line), line);
        }
    }
}
