//! Every invalid manifest through the binary: all formats tell the same places, in the unit that each counts in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::authoring::{assert_fits, case, schema};
use crate::crowd::side_by_side;

/// 2026-11-21, noon.
const NOON: &str = "1795262400";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests/invalid");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    cases.sort();
    cases
}

fn validate(folder: &Path, format: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(["validate", "--format", format])
        .current_dir(folder)
        .env_clear()
        .env("SOURCE_DATE_EPOCH", NOON)
        .output()
        .unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{}: {}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A place as it is told: the code, the file, the line and the column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    code: String,
    file: String,
    line: usize,
    column: usize,
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// As JSON tells it, columns in characters.
fn of_json(log: &str) -> Vec<Told> {
    let log: Value = serde_json::from_str(log).unwrap();
    log["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| !found["file"].is_null())
        .map(|found| Told {
            code: text(&found["code"]),
            file: text(&found["file"]),
            line: number(&found["line"]),
            column: number(&found["column"]),
        })
        .collect()
}

/// The properties of each workflow command.
fn of_github(commands: &str) -> Vec<(Told, usize, Option<usize>)> {
    commands
        .lines()
        .filter(|line| line.contains(" file="))
        .map(|line| {
            let (_, rest) = line.split_once(' ').unwrap();
            let (properties, _) = rest.split_once("::").unwrap();
            let get = |wanted: &str| {
                let mut all = properties.split(',').filter_map(|it| it.split_once('='));
                all.find(|(name, _)| *name == wanted)
                    .map(|(_, value)| value)
            };
            let number = |name: &str| get(name).map(|value| value.parse::<usize>().unwrap());
            let told = Told {
                code: get("title").unwrap().to_owned(),
                file: get("file").unwrap().to_owned(),
                line: number("line").unwrap(),
                column: number("col").unwrap(),
            };
            (told, number("endLine").unwrap(), number("endColumn"))
        })
        .collect()
}

/// The places at the beginning of each failure or warning, in the order of the report: by file.
fn of_junit(report: &str) -> Vec<Told> {
    let mut code = String::new();
    let mut told = Vec::new();
    for line in report.lines() {
        let line = line.trim_start();
        if let Some((_, rest)) = line.split_once(" name=\"")
            && line.starts_with("<testcase")
        {
            code = rest.split(':').next().unwrap().to_owned();
        }
        let body = if line.starts_with("<failure") {
            // No attribute holds a `>`.
            line.split_once('>').unwrap().1
        } else if let Some(rest) = line.strip_prefix("<system-out>warning: ") {
            rest
        } else {
            continue;
        };
        let mut parts = body.splitn(4, ':');
        let (Some(file), Some(Ok(line)), Some(Ok(column))) = (
            parts.next(),
            parts.next().map(str::parse),
            parts.next().map(str::parse),
        ) else {
            continue;
        };
        told.push(Told {
            code: code.clone(),
            file: file.to_owned(),
            line,
            column,
        });
    }
    told
}

fn sorted(mut places: Vec<Told>) -> Vec<Told> {
    places.sort_by(|a, b| {
        (&a.file, a.line, a.column, &a.code).cmp(&(&b.file, b.line, b.column, &b.code))
    });
    places
}

/// A column in characters as one in UTF-16 code units.
fn utf16(line: &str, column: usize) -> usize {
    line.chars()
        .take(column - 1)
        .map(char::len_utf16)
        .sum::<usize>()
        + 1
}

#[test]
fn all_formats_tell_the_same_places() {
    let schema = schema();
    let (places, wide) = (AtomicUsize::new(0), AtomicUsize::new(0));
    side_by_side(&cases(), |path| {
        let name = path.display();
        let folder = tempfile::tempdir().unwrap();
        let texts = case(path);
        for (name, text) in &texts {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let line = |told: &Told, number: usize| {
            let (_, text) = texts
                .iter()
                .find(|(name, _)| *name == told.file)
                .unwrap_or_else(|| panic!("{name}: no file `{}`", told.file));
            text.lines()
                .nth(number - 1)
                .unwrap_or_default()
                .trim_start_matches('\u{feff}')
                .to_owned()
        };
        let json = of_json(&validate(folder.path(), "json"));
        assert!(!json.is_empty(), "{name}");

        let log: Value = serde_json::from_str(&validate(folder.path(), "sarif")).unwrap();
        assert_fits(&schema, &log, &name.to_string());
        let run = &log["runs"][0];
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        let results = run["results"].as_array().unwrap();
        let github = of_github(&validate(folder.path(), "github"));
        assert_eq!(
            (results.len(), github.len()),
            (json.len(), json.len()),
            "{name}"
        );
        for ((told, result), (command, end_line, end_column)) in
            json.iter().zip(results).zip(&github)
        {
            let location = &result["locations"][0]["physicalLocation"];
            let region = &location["region"];
            assert_eq!(text(&result["ruleId"]), told.code, "{name}");
            assert_eq!(
                text(&location["artifactLocation"]["uri"]),
                told.file,
                "{name}"
            );
            assert_eq!(number(&region["startLine"]), told.line, "{name}: {told:?}");
            let start = utf16(&line(told, told.line), told.column);
            assert_eq!(number(&region["startColumn"]), start, "{name}: {told:?}");
            assert_eq!(command, told, "{name}");
            assert_eq!(number(&region["endLine"]), *end_line, "{name}: {told:?}");
            let end = number(&region["endColumn"]);
            assert!(
                *end_line > told.line || end >= start,
                "{name}: {told:?} ends before it begins"
            );
            // GitHub's last column is inclusive, and only there for a place within one line.
            assert_eq!(end_column.is_some(), *end_line == told.line, "{name}");
            if let Some(last) = end_column
                && end > start
            {
                assert_eq!(
                    utf16(&line(told, told.line), last + 1),
                    end,
                    "{name}: {told:?}"
                );
            }
            places.fetch_add(1, Ordering::Relaxed);
            wide.fetch_add(usize::from(start != told.column), Ordering::Relaxed);
        }
        let junit = of_junit(&validate(folder.path(), "junit"));
        assert_eq!(sorted(junit), sorted(json), "{name}");
    });
    assert!(places.into_inner() > 100);
    assert!(
        wide.into_inner() > 0,
        "no case has a wide character before its place"
    );
}
