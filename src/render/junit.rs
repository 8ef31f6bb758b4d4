//! Diagnostics for test reports: JUnit XML, one suite for each file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::artifact;
use super::escape::visible;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::{FileId, Sources};

/// One suite for each of `files`: a failed case for each error, a passed one with output for each warning, and
/// one passed case where there is neither. Files are named relative to `base`, the working folder.
pub fn junit(
    diagnostics: &Diagnostics,
    sources: &Sources,
    files: &[FileId],
    base: &Path,
) -> String {
    let mut suites: BTreeMap<String, Vec<&Diagnostic>> = BTreeMap::new();
    for file in files {
        let path = artifact::path(sources.file(*file), base);
        suites.entry(path).or_default();
    }
    for diagnostic in &diagnostics.items {
        let file = match diagnostic.primary.span {
            Some(span) => artifact::path(sources.file(span.file), base),
            None => "seatwright".to_owned(),
        };
        suites.entry(file).or_default().push(diagnostic);
    }
    let cases: usize = suites.values().map(|found| found.len().max(1)).sum();
    let failures = count(&diagnostics.items.iter().collect::<Vec<_>>());
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "<testsuites name=\"seatwright validate\" tests=\"{cases}\" failures=\"{failures}\" errors=\"0\">"
    );
    for (file, found) in &suites {
        suite(&mut text, file, found, sources);
    }
    text.push_str("</testsuites>\n");
    text
}

fn count(found: &[&Diagnostic]) -> usize {
    let errors = found.iter().filter(|it| it.severity == Severity::Error);
    errors.count()
}

fn suite(text: &mut String, file: &str, found: &[&Diagnostic], sources: &Sources) {
    let name = escaped(file);
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
        found.len().max(1),
        count(found)
    );
    if found.is_empty() {
        let _ = writeln!(
            text,
            "    <testcase classname=\"{name}\" name=\"valid\" file=\"{name}\"/>"
        );
    }
    for diagnostic in found {
        let (place, line) = match diagnostic.primary.span {
            Some(span) => {
                let position = sources.position(span.file, span.start);
                let line = format!(" file=\"{name}\" line=\"{}\"", position.line);
                (format!("{name}:{position}: "), line)
            }
            None => (String::new(), String::new()),
        };
        let code = diagnostic.code.as_str();
        let message = escaped(&diagnostic.message);
        let mut body = format!("{place}{message}");
        if let Some(hint) = &diagnostic.hint {
            let _ = write!(body, "\nhelp: {}", escaped(hint));
        }
        let _ = writeln!(
            text,
            "    <testcase classname=\"{name}\" name=\"{code}: {message}\"{line}>"
        );
        let _ = match diagnostic.severity {
            Severity::Error => writeln!(
                text,
                "      <failure type=\"{code}\" message=\"{message}\">{body}</failure>"
            ),
            Severity::Warning => {
                writeln!(text, "      <system-out>warning: {body}</system-out>")
            }
        };
        text.push_str("    </testcase>\n");
    }
    text.push_str("  </testsuite>\n");
}

/// Harmless, and without characters that XML takes for its own or does not have.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => result.push('\u{fffd}'),
            c => result.push(c),
        }
    }
    result
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Collector};
    use crate::source::Span;

    #[test]
    fn errors_fail_warnings_pass_and_a_file_without_either_is_a_passed_case() {
        let mut sources = Sources::new();
        let file = sources.add("users.yaml", "a: 1\nb: 2\n").unwrap();
        let fine = sources.add("groups.yaml", "").unwrap();
        let span = Span {
            file,
            start: 5,
            end: 6,
        };
        let mut collector = Collector::new();
        collector.push(
            Diagnostic::new(Code::BadValue, "`<b>` & \"c\"\u{1b}")
                .at(span)
                .hint("do"),
        );
        collector.push(Diagnostic::new(Code::UnusedRole, "unused").at(span));
        collector.push(Diagnostic::new(Code::MissingFile, "gone"));
        let text = junit(
            &collector.finish(),
            &sources,
            &[file, fine],
            Path::new("/work"),
        );
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="seatwright validate" tests="4" failures="2" errors="0">
          <testsuite name="groups.yaml" tests="1" failures="0" errors="0">
            <testcase classname="groups.yaml" name="valid" file="groups.yaml"/>
          </testsuite>
          <testsuite name="seatwright" tests="1" failures="1" errors="0">
            <testcase classname="seatwright" name="missing-file: gone">
              <failure type="missing-file" message="gone">gone</failure>
            </testcase>
          </testsuite>
          <testsuite name="users.yaml" tests="2" failures="1" errors="0">
            <testcase classname="users.yaml" name="bad-value: `&lt;b&gt;` &amp; &quot;c&quot;\u{1b}" file="users.yaml" line="2">
              <failure type="bad-value" message="`&lt;b&gt;` &amp; &quot;c&quot;\u{1b}">users.yaml:2:1: `&lt;b&gt;` &amp; &quot;c&quot;\u{1b}
        help: do</failure>
            </testcase>
            <testcase classname="users.yaml" name="unused-role: unused" file="users.yaml" line="2">
              <system-out>warning: users.yaml:2:1: unused</system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
