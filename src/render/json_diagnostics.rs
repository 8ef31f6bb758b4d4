//! Diagnostics for programs: `seatwright/diagnostics/v1`.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Sources;

/// The name of the format.
pub const FORMAT: &str = "seatwright/diagnostics/v1";

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    diagnostics: Vec<Item<'a>>,
    /// Number of diagnostics beyond those listed; left out when there are none.
    #[serde(skip_serializing_if = "is_zero")]
    omitted: usize,
}

/// `file`, `line` and `column` are null for a mistake that lies in no file.
#[derive(Serialize)]
struct Item<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    hint: Option<&'a str>,
}

/// One JSON document, indented, with a line break at its end.
///
/// Lines and columns count from 1, columns in characters.
pub fn json(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let document = Document {
        format: FORMAT,
        diagnostics: diagnostics
            .items
            .iter()
            .map(|diagnostic| item(diagnostic, sources))
            .collect(),
        omitted: diagnostics.omitted,
    };
    super::json::to_string(&document)
}

fn item<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Item<'a> {
    let place = diagnostic.primary.span.map(|span| {
        let file = sources.file(span.file);
        (file.shown(), file.position(span.start))
    });
    Item {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        file: place.map(|(file, _)| file),
        line: place.map(|(_, position)| position.line),
        column: place.map(|(_, position)| position.column),
        hint: diagnostic.hint.as_deref(),
    }
}

// The signature is the one that serde asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Collector};
    use crate::source::Span;

    #[test]
    fn every_field_of_the_contract_is_there() {
        let mut sources = Sources::new();
        let file = sources.add("users.yaml", "a: 1\nž: 2\n").unwrap();
        let span = Span {
            file,
            start: 9,
            end: 10,
        };
        let mut collector = Collector::new();
        collector.push(
            Diagnostic::new(Code::BadValue, "`a`: no")
                .at(span)
                .hint("do"),
        );
        collector.push(Diagnostic::new(Code::NoAccount, "none"));
        insta::assert_snapshot!(json(&collector.finish(), &sources), @r##"
        {
          "format": "seatwright/diagnostics/v1",
          "diagnostics": [
            {
              "code": "no-account",
              "severity": "error",
              "message": "none",
              "file": null,
              "line": null,
              "column": null,
              "hint": null
            },
            {
              "code": "bad-value",
              "severity": "error",
              "message": "`a`: no",
              "file": "users.yaml",
              "line": 2,
              "column": 4,
              "hint": "do"
            }
          ]
        }
        "##);
    }
}
