//! Makes foreign text inert: names come from manifests and live accounts, and may hold anything.
//!
//! Every renderer passes foreign text through here. What would move a cursor, reorder or hide text,
//! open markup, mention a team or link an issue comes out as visible characters.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most characters of one name that are shown.
pub const NAME_LIMIT: usize = 120;

/// Whether a character must not reach a reader as it is.
///
/// These are the control characters, the marks that reorder text (Unicode Standard Annex 9), and the
/// characters that show nothing. Joiners stay where Persian and Indic names and emoji need them:
/// after a character that is not ASCII.
pub(super) fn is_unsafe(c: char, before: Option<char>) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => before.is_none_or(|b| b.is_ascii() || b == c),
        '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control(),
    }
}

/// Adds a character that follows `before`, spelled out when it is unsafe.
pub(super) fn push(out: &mut String, c: char, before: Option<char>) {
    if !is_unsafe(c, before) {
        out.push(c);
        return;
    }
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Writing into a `String` cannot fail.
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// The text with every unsafe character spelled out, such as `\n` and `\u{202e}`: one line, no control over a terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut before = None;
    let clean = text.chars().all(|c| {
        let safe = !is_unsafe(c, before);
        before = Some(c);
        safe
    });
    if clean {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    for c in text.chars() {
        push(&mut out, c, before);
        before = Some(c);
    }
    Cow::Owned(out)
}

/// The first `limit` characters, with an ellipsis when there were more.
pub fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let keep = limit.saturating_sub(1);
            let end = text.char_indices().nth(keep).map_or(0, |(at, _)| at);
            Cow::Owned(format!("{}…", &text[..end]))
        }
    }
}

/// A name for a terminal: visible, and at most [`NAME_LIMIT`] characters long.
pub fn name(text: &str) -> String {
    let shown = visible(text);
    if shown.trim().is_empty() {
        return if shown.is_empty() {
            "(empty)".to_owned()
        } else {
            "(blank)".to_owned()
        };
    }
    cut(&shown, NAME_LIMIT).into_owned()
}

/// A name as Markdown that stays itself in every place: a code span.
///
/// In code neither GitHub nor GitLab looks for mentions, issues, links or markup. A name that could end
/// the span or split a table's cell is written as an HTML code element of character references, which
/// are never taken for structure.
pub fn markdown_code(text: &str) -> String {
    code(&name(text))
}

fn code(shown: &str) -> String {
    let awkward =
        shown.contains(['`', '|']) || shown.starts_with(' ') || shown.ends_with([' ', '\\']);
    if !awkward {
        return format!("`{shown}`");
    }
    let mut out = String::with_capacity(shown.len() * 2);
    out.push_str("<code>");
    for c in shown.chars() {
        if c.is_ascii_alphanumeric() || !c.is_ascii() {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out.push_str("</code>");
    out
}

/// A name in running Markdown: as it is where all its words are harmless, else in code word by word.
pub fn markdown_words(text: &str) -> String {
    words(&name(text))
}

/// A value that was put into words already, as a code span; at most 1,000 characters.
pub fn markdown_value(text: &str) -> String {
    code(&cut(&visible(text), 1000))
}

/// A sentence of ours that may hold foreign names, as Markdown: what is in backticks becomes code, and
/// so does every word that could mean something to Markdown or to the forge.
pub fn markdown_sentence(text: &str) -> String {
    let shown = visible(text);
    let shown = cut(&shown, 1000);
    let parts: Vec<&str> = shown.split('`').collect();
    // An odd number of backticks leaves an even number of parts.
    if parts.len().is_multiple_of(2) {
        return words(&shown);
    }
    let mut out = String::with_capacity(shown.len() + 16);
    for (index, part) in parts.iter().enumerate() {
        if index.is_multiple_of(2) {
            out.push_str(&words(part));
        } else if part.is_empty() {
            out.push_str("(empty)");
        } else {
            out.push_str(&code(&cut(part, NAME_LIMIT)));
        }
    }
    out
}

fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if word.is_empty() || is_plain_word(word) {
            out.push_str(word);
        } else {
            out.push_str(&code(word));
        }
    }
    out
}

/// Whether neither Markdown nor a forge gives the word a meaning.
fn is_plain_word(word: &str) -> bool {
    let ordinary =
        |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || ".,;:?()'=/-".contains(c);
    let percentage = word.starts_with(|c: char| c.is_ascii_digit());
    let only_ordinary = word
        .chars()
        .all(|c| ordinary(c) || (percentage && c == '%'));
    let lower = word.to_ascii_lowercase();
    let link = lower.contains("://") || lower.contains("www.") || lower.contains("gh-");
    let hex = word.len() >= 7
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit());
    only_ordinary && !link && !hex
}

/// Text for HTML, in elements and in quoted attributes.
pub fn html(text: &str) -> String {
    let shown = visible(text);
    let mut out = String::with_capacity(shown.len() + 8);
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// The columns that a text takes in a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Breaks a sentence into lines of at most `columns`; a longer word is broken. No limit when `columns` is `0`.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    if columns == 0 || width(text) <= columns {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let wide = width(word);
        if used > 0 && used + 1 + wide > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > columns && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_is_spelled_out() {
        let table = [
            ("Ada Lovelace", "Ada Lovelace"),
            ("Zoë Łukasz 李 שלום", "Zoë Łukasz 李 שלום"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("\u{1b}]8;;http://x\u{7}y", "\\u{1b}]8;;http://x\\u{7}y"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("txt\u{202e}exe", "txt\\u{202e}exe"),
            ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("a\u{200d}b", "a\\u{200d}b"),
            ("\u{e0041}", "\\u{e0041}"),
            ("علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("👩\u{200d}🔧", "👩\u{200d}🔧"),
        ];
        for (input, expected) in table {
            assert_eq!(visible(input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_with_an_ellipsis() {
        let long = "ä".repeat(500);
        let shown = name(&long);
        assert_eq!(shown.chars().count(), NAME_LIMIT);
        assert!(shown.ends_with('…'));
        assert_eq!(name(&"ä".repeat(NAME_LIMIT)), "ä".repeat(NAME_LIMIT));
        assert_eq!(name(""), "(empty)");
        assert_eq!(name("  "), "(blank)");
    }

    #[test]
    fn a_name_in_markdown_cannot_leave_its_code_span() {
        let table = [
            ("ada@acme.example", "`ada@acme.example`"),
            ("</details><img src=x>", "`</details><img src=x>`"),
            ("a`b", "<code>a&#96;b</code>"),
            ("a | b", "<code>a&#32;&#124;&#32;b</code>"),
            ("a\\", "<code>a&#92;</code>"),
            ("a\n# b", "`a\\n# b`"),
            (" a", "<code>&#32;a</code>"),
        ];
        for (input, expected) in table {
            assert_eq!(markdown_code(input), expected, "{input:?}");
        }
    }

    #[test]
    fn a_sentence_in_markdown_mentions_and_links_nothing() {
        let table = [
            ("3 users, 20% of them", "3 users, 20% of them"),
            (
                "user `ada@acme.example` is new",
                "user `ada@acme.example` is new",
            ),
            ("ask @team about #12", "ask `@team` about `#12`"),
            (
                "see https://x.example/ or www.x.example",
                "see `https://x.example/` or `www.x.example`",
            ),
            (
                "a [link](x) <b> *bold* _it_",
                "a `[link](x)` `<b>` `*bold*` `_it_`",
            ),
            ("one ` only @team", "one <code>&#96;</code> only `@team`"),
            ("name `a|b`", "name <code>a&#124;b</code>"),
            ("at 25f0071", "at `25f0071`"),
            ("x\ny", "`x\\ny`"),
        ];
        for (input, expected) in table {
            assert_eq!(markdown_sentence(input), expected, "{input:?}");
        }
    }

    #[test]
    fn html_text_opens_no_markup_and_leaves_no_attribute() {
        assert_eq!(
            html("<a href=\"x\" onclick='y'>&\u{202e}"),
            "&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;\\u{202e}"
        );
    }

    #[test]
    fn lines_are_broken_by_columns_not_by_characters() {
        assert_eq!(wrap("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrap("李李李 a", 4), ["李李", "李 a"]);
        assert_eq!(wrap("abcdef", 0), ["abcdef"]);
        assert_eq!(wrap("abcdef", 4), ["abcd", "ef"]);
    }
}
