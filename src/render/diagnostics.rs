//! Diagnostics for people: code, place, excerpt with the text underlined, hint.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::escape::visible;
use super::excerpt::Excerpt;
use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::Sources;

/// All diagnostics and a last line that counts them; empty when there are none.
///
/// `styled` adds colours as ANSI sequences. Nothing from the files can add any.
pub fn human(diagnostics: &Diagnostics, sources: &Sources, styled: bool) -> String {
    let mut text = String::new();
    for diagnostic in &diagnostics.items {
        text.push_str(&one(diagnostic, sources, styled));
        text.push_str("\n\n");
    }
    if !diagnostics.is_empty() {
        text.push_str(&counted(diagnostics));
        text.push('\n');
    }
    text
}

/// One diagnostic, without a line break at its end.
pub fn one(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(
        level
            .primary_title(visible(&diagnostic.message))
            .id(diagnostic.code.as_str()),
    );
    group = place(
        group,
        &diagnostic.primary,
        AnnotationKind::Primary,
        sources,
        diagnostic.confidential,
    );
    for related in &diagnostic.related {
        group = place(group, related, AnnotationKind::Context, sources, false);
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(visible(hint)));
    }
    renderer.render(&[group])
}

fn counted(diagnostics: &Diagnostics) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    };
    let mut text = match (diagnostics.errors, diagnostics.warnings) {
        (errors, 0) => count(errors, "error"),
        (0, warnings) => count(warnings, "warning"),
        (errors, warnings) => {
            format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
        }
    };
    if diagnostics.omitted > 0 {
        text.push_str(&format!(" ({} not shown)", diagnostics.omitted));
    }
    text
}

fn place<'a>(
    group: Group<'a>,
    label: &'a Label,
    kind: AnnotationKind,
    sources: &'a Sources,
    hide: bool,
) -> Group<'a> {
    let Some(span) = label.span else {
        return group;
    };
    let file = sources.file(span.file);
    let position = file.position(span.start);
    let excerpt = Excerpt::new(file, span.start as usize..span.end as usize, hide);
    let mut annotation = kind.span(excerpt.place.clone());
    if !label.text.is_empty() {
        annotation = annotation.label(visible(&label.text));
    }
    let column = excerpt.text[..excerpt.place.start].chars().count() + 1;
    let snippet = Snippet::source(excerpt.text)
        .line_start(position.line as usize)
        .annotation(annotation);
    if column == position.column as usize {
        return group.element(snippet.path(visible(file.shown())));
    }
    // The snippet would tell the column in the cut line, so the place is told beside it.
    let origin = Origin::path(visible(file.shown()))
        .line(position.line as usize)
        .char_column(position.column as usize);
    group.element(origin).element(snippet)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Collector};
    use crate::source::Span;

    fn shown(text: &str, place: &str, styled: bool) -> String {
        let mut sources = Sources::new();
        let file = sources.add("teams/users.yaml", text).unwrap();
        let start = u32::try_from(text.rfind(place).unwrap()).unwrap();
        let span = Span {
            file,
            start,
            end: start + u32::try_from(place.len()).unwrap(),
        };
        let first = Span {
            file,
            start: 0,
            end: 5,
        };
        let mut collector = Collector::new();
        collector.push(
            Diagnostic::new(Code::DuplicateEmail, "`ada@acme.example` has two users")
                .at(span)
                .label("again")
                .related(first, "first here")
                .hint("remove one of the two"),
        );
        human(&collector.finish(), &sources, styled)
    }

    #[test]
    fn a_place_is_shown_with_its_line_and_a_hint() {
        let text = "users:\n  - meno: Ľuboš, email: ada@acme.example\n";
        insta::assert_snapshot!(shown(text, "ada@acme.example", false), @r##"
        error[duplicate-email]: `ada@acme.example` has two users
         --> teams/users.yaml:2:25
          |
        2 |   - meno: Ľuboš, email: ada@acme.example
          |                         ^^^^^^^^^^^^^^^^ again
          |
         ::: teams/users.yaml:1:1
          |
        1 | users:
          | ----- first here
          |
          = help: remove one of the two

        1 error
        "##);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place_and_its_column_stays_true() {
        let text = format!("users: [{}BAD{}]", "x, ".repeat(5_000), ", y".repeat(5_000));
        let shown = shown(&text, "BAD", false);
        assert!(shown.contains("teams/users.yaml:1:15009"), "{shown}");
        assert!(
            shown.lines().all(|line| line.chars().count() < 160),
            "{shown}"
        );
        insta::assert_snapshot!(shown, @r##"
        error[duplicate-email]: `ada@acme.example` has two users
         --> teams/users.yaml:1:15009
          |
         ::: 
        1 | …, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, BAD, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y,…
          |                                                    ^^^ again
          |
         ::: teams/users.yaml:1:1
          |
        1 | users: [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x…
          | ----- first here
          |
          = help: remove one of the two

        1 error
        "##);
    }

    #[test]
    fn excerpts_cannot_drive_the_terminal() {
        let text = "users: \x1b]0;owned\x07\x1b[2J\u{202e}evil\u{9b}31m\tBAD\r\n";
        let plain = shown(text, "BAD", false);
        assert!(!plain.contains(['\x1b', '\x07', '\r', '\u{202e}', '\u{9b}']));
        insta::assert_snapshot!(plain, @r##"
        error[duplicate-email]: `ada@acme.example` has two users
         --> teams/users.yaml:1:32
          |
         ::: 
        1 | users: \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\u{9b}31m    BAD
          |                                                             ^^^ again
          |
         ::: teams/users.yaml:1:1
          |
        1 | users: \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\u{9b}31m    BAD
          | ----- first here
          |
          = help: remove one of the two

        1 error
        "##);
        let styled = shown(text, "BAD", true);
        assert!(styled.contains("\x1b["));
        assert!(!styled.contains("\x1b]") && !styled.contains("\x1b[2J"));
    }

    #[test]
    fn the_last_line_counts() {
        let mut collector = Collector::new();
        for number in 0..1_500 {
            collector.push(Diagnostic::new(Code::NoAccount, format!("{number}")));
        }
        collector.push(Diagnostic::new(Code::UnusedRole, "`x` is not used"));
        let text = human(&collector.finish(), &Sources::new(), false);
        assert!(text.ends_with("\n1500 errors, 1 warning (501 not shown)\n"));
    }

    #[test]
    fn a_place_at_the_very_end_of_a_file_can_be_shown() {
        let mut sources = Sources::new();
        for text in ["", "a: [", "a: [\n", "ž"] {
            let file = sources.add("a.yaml", text).unwrap();
            let end = u32::try_from(text.len()).unwrap();
            for start in 0..=end {
                let span = Span { file, start, end };
                let diagnostic = Diagnostic::new(Code::Syntax, "x").at(span);
                assert!(one(&diagnostic, &sources, false).contains("a.yaml:"));
            }
        }
    }
}
