//! Every manifest under `tests/manifests`: the invalid ones with the diagnostics that they must give.
//!
//! A case is a YAML file and, when it is invalid, an `.expected` file beside it. Its name begins with the code that
//! it is about. A line `# file: PATH` begins another file of the same case. With `SEATWRIGHT_BLESS=1` the expected
//! files are written anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use seatwright::diagnostic::{Code, Diagnostic};
use seatwright::manifest::load::{Loaded, load, load_sources};
use seatwright::provider::registry::dialects;
use seatwright::source::{Sources, Span};

const TODAY: Date = date(2026, 11, 21);

/// Codes that no case can give: about the file system, or about keys of any type, which these manifests do not have.
const ELSEWHERE: &[Code] = &[
    Code::MissingFile,
    Code::UnreadableFile,
    Code::TooLarge,
    Code::NotUtf8,
    Code::NumberNeedsQuotes,
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/manifests")
        .join(name)
}

fn cases(name: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    cases.sort();
    cases
}

fn read(path: &Path) -> Loaded {
    let text = std::fs::read_to_string(path).unwrap();
    let mut sources = Sources::new();
    let mut parts = text.split("# file: ");
    let first = parts.next().unwrap();
    if !first.trim().is_empty() {
        sources.add("manifest.yaml", first).unwrap();
    }
    for part in parts {
        let (name, text) = part.split_once('\n').unwrap();
        sources.add(name.trim(), text).unwrap();
    }
    let dialects = dialects();
    load_sources(sources, &dialects, TODAY)
}

fn place(sources: &Sources, span: Option<Span>) -> String {
    let Some(span) = span else {
        return "-".to_owned();
    };
    let position = sources.position(span.file, span.start);
    let underlined = sources.slice(span);
    let first = underlined.lines().next().unwrap_or_default();
    let more = if underlined.lines().count() > 1 {
        " …"
    } else {
        ""
    };
    format!(
        "{}:{position} \"{first}{more}\"",
        sources.file(span.file).shown()
    )
}

fn told(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let mut text = String::new();
    let at = place(sources, diagnostic.primary.span);
    let (severity, code) = (diagnostic.severity.as_str(), diagnostic.code);
    write!(text, "{severity} {code} {at} {}", diagnostic.message).unwrap();
    if let Some(hint) = &diagnostic.hint {
        write!(text, " | {hint}").unwrap();
    }
    text.push('\n');
    for label in &diagnostic.related {
        writeln!(text, "  + {} {}", place(sources, label.span), label.text).unwrap();
    }
    text
}

fn shown(loaded: &Loaded) -> String {
    let items = &loaded.diagnostics.items;
    items
        .iter()
        .map(|diagnostic| told(&loaded.sources, diagnostic))
        .collect()
}

#[test]
fn invalid_manifests_give_the_expected_diagnostics() {
    let bless = std::env::var_os("SEATWRIGHT_BLESS").is_some();
    let mut wrong = String::new();
    for path in cases("invalid") {
        let loaded = read(&path);
        let got = shown(&loaded);
        let expected_path = path.with_extension("expected");
        if bless {
            std::fs::write(&expected_path, &got).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if got != expected {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            writeln!(wrong, "--- {name}\nexpected:\n{expected}got:\n{got}").unwrap();
        }
        let accepted = loaded
            .accounts
            .iter()
            .any(|account| account.lowered.is_some());
        if loaded.diagnostics.errors > 0 && loaded.accounts.len() == 1 {
            assert!(!accepted, "{}: errors, and yet desired", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_name_of_each_case_begins_with_a_code_that_it_gives_and_no_code_is_left_out() {
    let mut covered: BTreeSet<Code> = BTreeSet::new();
    for path in cases("invalid") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let loaded = read(&path);
        let given: BTreeSet<Code> = loaded.diagnostics.items.iter().map(|it| it.code).collect();
        let about = given.iter().find(|code| {
            name.strip_prefix(code.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        assert!(about.is_some(), "{name}: gives {given:?}");
        covered.extend(about.copied());
    }
    let missing: Vec<&Code> = Code::ALL
        .iter()
        .filter(|code| !covered.contains(code) && !ELSEWHERE.contains(code))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn every_diagnostic_in_a_text_has_a_place_and_says_what_to_do() {
    for path in cases("invalid") {
        let loaded = read(&path);
        for diagnostic in &loaded.diagnostics.items {
            let text = told(&loaded.sources, diagnostic);
            assert!(
                diagnostic.primary.span.is_some(),
                "{}: {text}",
                path.display()
            );
            assert!(diagnostic.hint.is_some(), "{}: {text}", path.display());
            let first = diagnostic.message.chars().next().unwrap();
            assert!(!first.is_uppercase(), "{}: {text}", path.display());
        }
    }
}

#[test]
fn valid_manifests_give_no_diagnostics() {
    let mut seen = 0;
    for path in cases("valid") {
        let loaded = read(&path);
        assert_eq!(shown(&loaded), "", "{}", path.display());
        assert!(!loaded.accounts.is_empty(), "{}", path.display());
        for account in &loaded.accounts {
            assert!(account.lowered.is_some(), "{}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn checking_does_not_depend_on_the_order_of_files() {
    for path in cases("invalid").into_iter().chain(cases("valid")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let parts: Vec<&str> = text.split("# file: ").skip(1).collect();
        if parts.len() < 2 {
            continue;
        }
        let digests = |parts: &mut dyn Iterator<Item = &str>| {
            let mut sources = Sources::new();
            for part in parts {
                let (name, text) = part.split_once('\n').unwrap();
                sources.add(name.trim(), text).unwrap();
            }
            let dialects = dialects();
            let loaded = load_sources(sources, &dialects, TODAY);
            let digest = |account: &seatwright::manifest::load::Account| {
                account
                    .lowered
                    .as_ref()
                    .map(|lowered| lowered.desired.digest.clone())
            };
            let codes: BTreeSet<Code> = loaded.diagnostics.items.iter().map(|it| it.code).collect();
            (
                loaded.accounts.iter().map(digest).collect::<Vec<_>>(),
                codes,
            )
        };
        assert_eq!(
            digests(&mut parts.iter().copied()),
            digests(&mut parts.iter().rev().copied()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn an_account_folder_is_read_with_everything_below_it_but_hidden_folders() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "account.yaml",
        "version: 1\naccount: { name: acme, provider: cloudtalk }\n",
    );
    write("people/users.yml", "users:\n  - email: ada@acme.example\n");
    write(".github/workflow.yaml", "on: push\n");
    let dialects = dialects();
    let loaded = load(&[folder.path()], &dialects, TODAY);
    assert_eq!(shown(&loaded), "");
    let account = loaded.account(None).unwrap();
    assert_eq!(
        (account.name.as_str(), account.provider.as_str()),
        ("acme", "cloudtalk")
    );
    assert_eq!(account.folder, folder.path());
    assert_eq!(account.files.len(), 2);
    assert_eq!(account.lowered.as_ref().unwrap().desired.iter().count(), 1);

    write("people/broken.yaml", "users: [\n");
    let loaded = load(&[folder.path()], &dialects, TODAY);
    assert_eq!(loaded.diagnostics.errors, 1);
    assert!(
        loaded.account(None).unwrap().lowered.is_none(),
        "half an account is none"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    /// Lines of a good manifest, some of them left out or doubled, one character replaced: whatever comes of it,
    /// there is something to plan exactly when there is no error.
    #[test]
    fn a_damaged_manifest_is_refused_or_understood(
        copies in proptest::collection::vec(0usize..8, 90),
        at in 0usize..3000,
        name in proptest::sample::select(vec!["whole.yaml", "smartflo-whole.yaml"]),
        character in proptest::sample::select(vec!['"', ':', '{', ']', '-', ' ', '0', '~', '&', '\u{202e}', '#']),
    ) {
        let whole = std::fs::read_to_string(folder("valid").join(name)).unwrap();
        let mut text = String::new();
        for (line, copies) in whole.lines().zip(copies.iter().chain(std::iter::repeat(&1))) {
            // Mostly once, seldom twice or never.
            let times = match copies { 0 => 0, 7 => 2, _ => 1 };
            for _ in 0..times {
                text.push_str(line);
                text.push('\n');
            }
        }
        if let Some((at, old)) = text.char_indices().nth(at) {
            text.replace_range(at..at + old.len_utf8(), character.encode_utf8(&mut [0; 4]));
        }
        let mut sources = Sources::new();
        sources.add("manifest.yaml", &text).unwrap();
        let dialects = dialects();
        let loaded = load_sources(sources, &dialects, TODAY);
        let understood = loaded.accounts.len() == 1 && loaded.accounts[0].lowered.is_some();
        proptest::prop_assert_eq!(understood, loaded.diagnostics.errors == 0, "{}", shown(&loaded));
    }
}
