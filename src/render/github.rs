//! Diagnostics as GitHub Actions workflow commands, which become annotations on the changed lines.

use std::fmt::Write as _;
use std::path::Path;

use super::artifact;
use super::escape::visible;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Sources;

/// One workflow command a line; files are named relative to `base`, the working folder.
pub fn github(diagnostics: &Diagnostics, sources: &Sources, base: &Path) -> String {
    let mut text = String::new();
    for diagnostic in &diagnostics.items {
        command(&mut text, diagnostic, sources, base);
    }
    if diagnostics.omitted > 0 {
        let _ = writeln!(
            text,
            "::warning title=seatwright::{} more diagnostics are not shown",
            diagnostics.omitted
        );
    }
    text
}

fn command(text: &mut String, diagnostic: &Diagnostic, sources: &Sources, base: &Path) {
    text.push_str("::");
    text.push_str(diagnostic.severity.as_str());
    text.push(' ');
    if let Some(span) = diagnostic.primary.span {
        let file = sources.file(span.file);
        let start = file.position(span.start);
        let end = file.position(span.end.max(span.start));
        let path = property(&visible(&artifact::path(file, base)));
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "file={path},line={},col={},endLine={}",
            start.line, start.column, end.line
        );
        // GitHub drops all columns when it is given one for a place of several lines; its last column is inclusive.
        if start.line == end.line {
            let last = end.column.saturating_sub(1).max(start.column);
            let _ = write!(text, ",endColumn={last}");
        }
        text.push(',');
    }
    let _ = write!(text, "title={}::", property(diagnostic.code.as_str()));
    text.push_str(&data(&visible(&diagnostic.message)));
    if let Some(hint) = &diagnostic.hint {
        text.push_str("%0Ahelp: ");
        text.push_str(&data(&visible(hint)));
    }
    text.push('\n');
}

/// Escapes the text of a command (actions/toolkit, `escapeData`, 2026-11-21).
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of a command (actions/toolkit, `escapeProperty`, 2026-11-21).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Collector};
    use crate::source::Span;

    #[test]
    fn each_diagnostic_is_one_command_that_no_text_can_break_out_of() {
        let mut sources = Sources::new();
        let file = sources
            .add("a,b:c%.yaml", "a: 1\nž: 2\n::warning::x\n")
            .unwrap();
        let span = |start, end| Span { file, start, end };
        let mut collector = Collector::new();
        collector.push(Diagnostic::new(Code::NoAccount, "none: 100%"));
        collector.push(
            Diagnostic::new(Code::BadValue, "a\r\n::error::b")
                .at(span(5, 7))
                .hint("do\nit"),
        );
        collector.push(Diagnostic::new(Code::UnusedRole, "two lines").at(span(0, 7)));
        let text = github(&collector.finish(), &sources, Path::new("/work"));
        insta::assert_snapshot!(text, @r"
        ::error title=no-account::none: 100%25
        ::warning file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=2,title=unused-role::two lines
        ::error file=a%2Cb%3Ac%25.yaml,line=2,col=1,endLine=2,endColumn=1,title=bad-value::a\r\n::error::b%0Ahelp: do\nit
        ");
    }
}
