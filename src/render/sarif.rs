//! Diagnostics for code scanning: SARIF 2.1.0 (OASIS, 2020-03-27).

use std::path::Path;

use serde::Serialize;

use super::artifact;
use super::escape::visible;
use super::excerpt::concealed;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceFile, Sources, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const INFORMATION: &str = "https://github.com/seatwright/seatwright";
/// Longer excerpts help nobody, and a report of many would be large.
const MOST_SNIPPET_CHARACTERS: usize = 400;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What happened on the way; mistakes that lie in no file are told here, as a result without a place is shown by nobody.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference>,
}

#[derive(Serialize)]
struct RuleReference {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet>,
}

#[derive(Serialize)]
struct Snippet {
    text: String,
}

/// One SARIF log, indented, with a line break at its end; the same input gives the same bytes.
///
/// Files are named relative to `base`, an absolute folder. Columns count UTF-16 code units, from 1.
pub fn sarif(diagnostics: &Diagnostics, sources: &Sources, base: &Path) -> String {
    let mut notifications = Vec::new();
    let mut results = Vec::new();
    for diagnostic in &diagnostics.items {
        match diagnostic.primary.span {
            Some(span) => results.push(result(diagnostic, span, sources, base)),
            None => notifications.push(Notification {
                level: diagnostic.severity.as_str(),
                message: message(diagnostic),
                associated_rule: Some(RuleReference {
                    id: diagnostic.code.as_str(),
                    index: index(diagnostic.code),
                }),
            }),
        }
    }
    if diagnostics.omitted > 0 {
        notifications.push(Notification {
            level: "warning",
            message: Message {
                text: format!("{} more diagnostics are not shown", diagnostics.omitted),
            },
            associated_rule: None,
        });
    }
    let successful = diagnostics
        .items
        .iter()
        .all(|it| it.primary.span.is_some() || it.severity != Severity::Error);
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: driver() },
            column_kind: "utf16CodeUnits",
            invocations: [Invocation {
                execution_successful: successful,
                tool_execution_notifications: notifications,
            }],
            results,
        }],
    };
    super::json::to_string(&log)
}

fn driver() -> Driver {
    Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: INFORMATION,
        rules: Code::ALL
            .iter()
            .map(|code| Rule {
                id: code.as_str(),
                short_description: Message {
                    text: code.description().to_owned(),
                },
                default_configuration: Configuration {
                    level: code.severity().as_str(),
                },
            })
            .collect(),
    }
}

fn index(code: Code) -> usize {
    Code::ALL
        .iter()
        .position(|known| *known == code)
        .expect("the table holds every code")
}

fn result(diagnostic: &Diagnostic, span: Span, sources: &Sources, base: &Path) -> Outcome {
    let place = |span: Span, hide: bool| PhysicalLocation {
        artifact_location: Artifact {
            uri: artifact::uri(sources.file(span.file), base),
            uri_base_id: "%SRCROOT%",
        },
        region: region(sources.file(span.file), span, hide),
    };
    let label = |label: &Label| {
        (!label.text.is_empty()).then(|| Message {
            text: visible(&label.text).into_owned(),
        })
    };
    let related = diagnostic
        .related
        .iter()
        .filter_map(|other| Some((other, other.span?)))
        .enumerate();
    Outcome {
        rule_id: diagnostic.code.as_str(),
        rule_index: index(diagnostic.code),
        level: diagnostic.severity.as_str(),
        message: message(diagnostic),
        locations: [Location {
            id: None,
            physical_location: place(span, diagnostic.confidential),
            message: label(&diagnostic.primary),
        }],
        related_locations: related
            .map(|(index, (other, span))| Location {
                id: Some(index + 1),
                physical_location: place(span, diagnostic.confidential),
                message: label(other),
            })
            .collect(),
    }
}

fn message(diagnostic: &Diagnostic) -> Message {
    let mut text = visible(&diagnostic.message).into_owned();
    if let Some(hint) = &diagnostic.hint {
        text.push_str("\nhelp: ");
        text.push_str(&visible(hint));
    }
    Message { text }
}

fn region(file: &SourceFile, span: Span, hide: bool) -> Region {
    let start = file.position_utf16(span.start);
    let end = file.position_utf16(span.end.max(span.start));
    let content = file
        .text()
        .get(span.start as usize..span.end as usize)
        .filter(|content| !hide && !content.is_empty())
        .filter(|content| content.chars().nth(MOST_SNIPPET_CHARACTERS).is_none());
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        snippet: content.map(|content| Snippet {
            text: content
                .lines()
                .map(concealed)
                .collect::<Vec<_>>()
                .join("\n"),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostic::Collector;
    use serde_json::{Value, json};

    fn log(text: &str, diagnostics: Vec<Diagnostic>) -> Value {
        let mut sources = Sources::new();
        sources.add("users.yaml", text).unwrap();
        let mut collector = Collector::new();
        for diagnostic in diagnostics {
            collector.push(diagnostic);
        }
        serde_json::from_str(&sarif(&collector.finish(), &sources, Path::new("/work"))).unwrap()
    }

    fn span(start: u32, end: u32) -> Span {
        let file = Sources::new().add("x", "").unwrap();
        Span { file, start, end }
    }

    #[test]
    fn columns_count_utf16_units_and_excerpts_are_harmless() {
        let text = "a: 1\n\u{1F600}ž: \u{1b}[2J\n";
        let at = u32::try_from(text.find('\u{1b}').unwrap()).unwrap();
        let diagnostic = Diagnostic::new(Code::BadValue, "no\u{202e}")
            .at(span(at, at + 4))
            .label("here")
            .related(span(0, 1), "first")
            .hint("do");
        let log = log(text, vec![diagnostic]);
        assert_eq!(
            log["runs"][0]["results"][0],
            json!({
                "ruleId": "bad-value",
                "ruleIndex": index(Code::BadValue),
                "level": "error",
                "message": { "text": "no\\u{202e}\nhelp: do" },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": "users.yaml", "uriBaseId": "%SRCROOT%" },
                        "region": { "startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 10, "snippet": { "text": "\\u{1b}[2J" } },
                    },
                    "message": { "text": "here" },
                }],
                "relatedLocations": [{
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": { "uri": "users.yaml", "uriBaseId": "%SRCROOT%" },
                        "region": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2, "snippet": { "text": "a" } },
                    },
                    "message": { "text": "first" },
                }],
            })
        );
    }

    #[test]
    fn what_lies_in_no_file_is_a_notification_and_secrets_are_not_quoted() {
        let log = log(
            "key: hunter2\n",
            vec![
                Diagnostic::new(Code::NoAccount, "none"),
                Diagnostic::new(Code::BadValue, "no")
                    .at(span(5, 12))
                    .confidential(),
            ],
        );
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), 1);
        assert!(!log.to_string().contains("hunter2"));
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let told = &invocation["toolExecutionNotifications"][0];
        assert_eq!(told["message"]["text"], "none");
        assert_eq!(told["associatedRule"]["id"], "no-account");
    }

    #[test]
    fn every_code_is_a_rule_with_a_description() {
        let log = log("", Vec::new());
        let driver = &log["runs"][0]["tool"]["driver"];
        let rules = driver["rules"].as_array().unwrap();
        assert_eq!(rules.len(), Code::ALL.len());
        for (rule, code) in rules.iter().zip(Code::ALL) {
            assert_eq!(rule["id"], code.as_str());
            assert_eq!(rule["shortDescription"]["text"], code.description());
        }
        assert_eq!(log["runs"][0]["results"], json!([]));
    }
}
