//! Two versions of a text, as a unified diff.

use similar::{ChangeTag, TextDiff};

use super::escape::visible;
use super::style::Style;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;

/// The difference as `diff -u` shows it, control characters made visible; empty when there is none.
///
/// With colours where the style has them.
pub fn unified(name: &str, before: &str, after: &str, style: Style) -> String {
    if before == after {
        return String::new();
    }
    let paint = |code: &str, text: &str| {
        if style.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m\n")
        } else {
            format!("{text}\n")
        }
    };
    let name = visible(name);
    let mut text = paint("1", &format!("--- {name}"));
    text.push_str(&paint("1", &format!("+++ {name}")));
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        text.push_str(&paint("36", hunk.header().to_string().trim_end()));
        for change in hunk.iter_changes() {
            let line = change.value();
            let shown = visible(line.strip_suffix('\n').unwrap_or(line));
            let (sign, code) = match change.tag() {
                ChangeTag::Equal => (' ', None),
                ChangeTag::Delete => ('-', Some("31")),
                ChangeTag::Insert => ('+', Some("32")),
            };
            let shown = format!("{sign}{shown}");
            match code {
                Some(code) => text.push_str(&paint(code, &shown)),
                None => {
                    text.push_str(&shown);
                    text.push('\n');
                }
            }
            if !line.ends_with('\n') {
                text.push_str("\\ no line break at the end\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_shown_with_what_is_around_them_and_cannot_drive_the_terminal() {
        let before = "a: 1\nb: \u{1b}[2J\nc: 3\n";
        let after = "a: 1\nb: 2\nc: 3";
        insta::assert_snapshot!(unified("x.yaml", before, after, Style::PLAIN), @r"
        --- x.yaml
        +++ x.yaml
        @@ -1,3 +1,3 @@
         a: 1
        -b: \u{1b}[2J
        -c: 3
        +b: 2
        +c: 3
        \ no line break at the end
        ");
        assert_eq!(unified("x.yaml", before, before, Style::PLAIN), "");
    }
}
