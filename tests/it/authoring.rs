//! What people and pipelines use while they write manifests: reports in every format, `fmt`, `init`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use seatwright::manifest::load::load_sources;
use seatwright::provider::registry::dialects;
use seatwright::render::sarif::sarif;
use seatwright::source::Sources;
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("SOURCE_DATE_EPOCH", "1795219200")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

const ACCOUNT: &str = "version: 1\naccount: { name: acme, provider: cloudtalk }\n";

pub(crate) fn schema() -> jsonschema::Validator {
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/data/sarif-schema-2.1.0.json"));
    let mut schema: Value = serde_json::from_str(&text.unwrap()).unwrap();
    // The pattern of languages has a bracket that nothing opens, which only some regular expressions allow; no run names one.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    jsonschema::validator_for(&schema).unwrap()
}

pub(crate) fn assert_fits(schema: &jsonschema::Validator, log: &Value, what: &str) {
    let errors: Vec<String> = schema
        .iter_errors(log)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new(), "{what}");
}

/// The texts of a case, as the other tests of manifests split it.
pub(crate) fn case(path: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut parts = text.split("# file: ");
    let first = parts.next().unwrap().to_owned();
    let mut texts = Vec::new();
    if !first.trim().is_empty() {
        texts.push(("manifest.yaml".to_owned(), first));
    }
    for part in parts {
        let (name, text) = part.split_once('\n').unwrap();
        texts.push((name.trim().to_owned(), text.to_owned()));
    }
    texts
}

#[test]
fn every_diagnostic_of_the_invalid_manifests_has_its_place_in_a_valid_sarif_log() {
    let schema = schema();
    let mut places = 0;
    for entry in std::fs::read_dir(Path::new(ROOT).join("tests/manifests/invalid")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let texts = case(&path);
        let mut sources = Sources::new();
        for (name, text) in &texts {
            sources.add(name.as_str(), text).unwrap();
        }
        let loaded = load_sources(sources, &dialects(), jiff::civil::date(2026, 11, 21));
        let text = sarif(&loaded.diagnostics, &loaded.sources, Path::new("/work"));
        let log: Value = serde_json::from_str(&text).unwrap();
        assert_fits(&schema, &log, &path.display().to_string());
        assert_eq!(
            text,
            sarif(&loaded.diagnostics, &loaded.sources, Path::new("/work"))
        );

        let results = log["runs"][0]["results"].as_array().unwrap();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        // `error bad-value FILE:LINE:COLUMN "TEXT" …`, columns in characters.
        let expected: Vec<&str> = expected
            .lines()
            .filter(|line| !line.starts_with(' '))
            .collect();
        assert_eq!(results.len(), expected.len(), "{}", path.display());
        for (result, expected) in results.iter().zip(expected) {
            let place = expected.split(' ').nth(2).unwrap();
            let mut numbers = place.rsplit(':');
            let column: usize = numbers.next().unwrap().parse().unwrap();
            let line: usize = numbers.next().unwrap().parse().unwrap();
            let location = &result["locations"][0]["physicalLocation"];
            let region = &location["region"];
            assert_eq!(region["startLine"], line, "{}: {expected}", path.display());
            let file = location["artifactLocation"]["uri"].as_str().unwrap();
            let text = &texts.iter().find(|(name, _)| name == file).unwrap().1;
            let line_text = text.lines().nth(line - 1).unwrap_or_default();
            let before: String = line_text.chars().take(column - 1).collect();
            let start = before.encode_utf16().count() + 1;
            assert_eq!(
                region["startColumn"],
                start,
                "{}: {expected}",
                path.display()
            );
            // The excerpt is what the numbers say it is.
            if let Some(snippet) = region["snippet"]["text"].as_str()
                && region["endLine"] == line
                && !snippet.contains(['\\', '•'])
            {
                let end = usize::try_from(region["endColumn"].as_u64().unwrap()).unwrap();
                let units: Vec<u16> = line_text.encode_utf16().collect();
                let shown = String::from_utf16(&units[start - 1..end - 1]).unwrap();
                assert_eq!(snippet, shown, "{}: {expected}", path.display());
            }
            assert_eq!(expected.split(' ').nth(1), result["ruleId"].as_str());
            places += 1;
        }
    }
    assert!(places > 60, "{places}");
}

#[test]
fn reports_come_in_every_format_with_paths_from_the_working_folder() {
    let wrong = "users:\n  - email: ada\n";
    let folder = folder(&[
        ("accounts/eu/account.yaml", ACCOUNT),
        ("accounts/eu/users.yaml", wrong),
    ]);
    let validate = |format: &str| {
        run(
            folder.path(),
            &["validate", "accounts/eu", "--format", format],
            "",
        )
    };
    let output = validate("sarif");
    assert_eq!(code(&output), 3);
    let log: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_fits(&schema(), &log, "accounts/eu");
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        location["artifactLocation"]["uri"],
        "accounts/eu/users.yaml"
    );
    let output = validate("github");
    assert_eq!(code(&output), 3);
    let begin = "::error file=accounts/eu/users.yaml,line=2,col=12,endLine=2,endColumn=14,title=invalid-email::";
    assert!(out(&output).starts_with(begin), "{}", out(&output));
    let report = out(&validate("junit"));
    assert!(
        report.contains("<testsuite name=\"accounts/eu/account.yaml\" tests=\"1\" failures=\"0\""),
        "{report}"
    );
    assert!(
        report.contains("<failure type=\"invalid-email\""),
        "{report}"
    );
    let missing = run(
        folder.path(),
        &["validate", "nowhere", "--format", "sarif"],
        "",
    );
    assert_eq!(code(&missing), 3);
    assert_fits(
        &schema(),
        &serde_json::from_str(&out(&missing)).unwrap(),
        "nowhere",
    );
}

#[test]
fn single_files_and_standard_input_are_checked_within_their_account() {
    let folder = folder(&[
        ("eu/account.yaml", ACCOUNT),
        ("eu/groups.yaml", "groups:\n  - name: Sales\n"),
        (
            "eu/users.yaml",
            "users:\n  - { email: ada@acme.example, groups: [Sales] }\n",
        ),
        (
            "eu/wrong.yaml",
            "users:\n  - { email: bob@acme.example, groups: [Slaes] }\n",
        ),
    ]);
    assert_eq!(
        code(&run(folder.path(), &["validate", "eu/users.yaml"], "")),
        0
    );
    assert_eq!(
        code(&run(
            folder.path(),
            &["validate", "eu/wrong.yaml", "eu/users.yaml"],
            ""
        )),
        3
    );
    let edited = "users:\n  - { email: ada@acme.example, groups: [Salse] }\n";
    let output = run(
        folder.path(),
        &[
            "validate",
            "-",
            "--stdin-path",
            "eu/users.yaml",
            "--format",
            "json",
        ],
        edited,
    );
    assert_eq!(code(&output), 3);
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(told["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(told["diagnostics"][0]["code"], "unknown-group");
    let whole = format!("{ACCOUNT}users:\n  - email: ada@acme.example\n");
    assert_eq!(code(&run(folder.path(), &["validate", "-"], &whole)), 0);
    assert_eq!(
        code(&run(folder.path(), &["validate", "-", "eu"], &whole)),
        64
    );
    assert_eq!(
        code(&run(
            folder.path(),
            &["validate", "--stdin-path", "x", "eu"],
            ""
        )),
        64
    );
}

#[test]
fn fmt_writes_the_canonical_form_and_check_only_shows_it() {
    let users = "users:\n- first_name: 'Ada' # who\n  email: ada@acme.example\n";
    let canonical = "users:\n  - email: ada@acme.example\n    first_name: Ada # who\n";
    let folder = folder(&[("account.yaml", ACCOUNT), ("users.yaml", users)]);
    let check = run(folder.path(), &["fmt", "--check"], "");
    assert_eq!(code(&check), 3);
    assert!(
        out(&check).contains("-- first_name: 'Ada' # who\n"),
        "{}",
        out(&check)
    );
    assert!(out(&check).contains("+    first_name: Ada # who\n"));
    assert_eq!(read(&folder, "users.yaml"), users);
    let piped = run(
        folder.path(),
        &["fmt", "-", "--stdin-path", "users.yaml"],
        users,
    );
    assert_eq!((code(&piped), out(&piped).as_str()), (0, canonical));
    let written = run(folder.path(), &["fmt"], "");
    assert_eq!(
        (code(&written), out(&written).as_str()),
        (0, "./users.yaml\n")
    );
    assert_eq!(read(&folder, "users.yaml"), canonical);
    assert_eq!(read(&folder, "account.yaml"), ACCOUNT);
    let again = run(folder.path(), &["fmt", "--check", "users.yaml"], "");
    assert_eq!((code(&again), out(&again).as_str()), (0, ""));
}

#[test]
fn fmt_leaves_alone_what_it_cannot_keep_and_goes_on_with_the_rest() {
    let directive = "%YAML 1.2\n---\nusers: []\n";
    let folder = folder(&[
        ("account.yaml", ACCOUNT),
        ("broken.yaml", "users: [\n"),
        ("directive.yaml", directive),
        ("groups.yaml", "groups:\n- name: Sales\n"),
    ]);
    let output = run(folder.path(), &["fmt"], "");
    assert_eq!(code(&output), 3, "{}", err(&output));
    assert!(
        err(&output).contains("`./directive.yaml` was left as it is: a directive cannot be kept")
    );
    assert!(err(&output).contains("broken.yaml:"), "{}", err(&output));
    assert_eq!(read(&folder, "broken.yaml"), "users: [\n");
    assert_eq!(read(&folder, "directive.yaml"), directive);
    assert_eq!(read(&folder, "groups.yaml"), "groups:\n  - name: Sales\n");
}

#[test]
fn init_makes_a_folder_that_validates_and_never_writes_over_a_file() {
    for provider in seatwright::provider::registry::PROVIDERS {
        let name = provider.spec.name;
        let folder = folder(&[]);
        let output = run(folder.path(), &["init", "acme-eu", "--provider", name], "");
        assert_eq!(code(&output), 0, "{}", err(&output));
        let account = folder.path().join("acme-eu");
        assert_eq!(code(&run(&account, &["validate"], "")), 0);
        assert_eq!(code(&run(&account, &["fmt", "--check"], "")), 0);
        let manifest = read(&folder, "acme-eu/account.yaml");
        assert!(manifest.contains("name: acme-eu"), "{manifest}");
        let modeline = manifest.lines().next().unwrap();
        let schema = modeline
            .strip_prefix("# yaml-language-server: $schema=")
            .unwrap();
        let copy: Value =
            serde_json::from_str(&read(&folder, &format!("acme-eu/{schema}"))).unwrap();
        assert_eq!(copy, provider.dialect.schema());
        assert!(read(&folder, "acme-eu/.gitignore").contains(".seatwright/passwords.jsonl"));
        assert_eq!(read(&folder, "acme-eu/.gitattributes"), "*.jsonl -text\n");

        let again = run(
            folder.path(),
            &["init", "acme-eu", "--provider", name, "--account", "other"],
            "",
        );
        assert_eq!(code(&again), 4);
        assert_eq!(read(&folder, "acme-eu/account.yaml"), manifest);
    }
    let folder = folder(&[]);
    let bad = run(
        folder.path(),
        &["init", "x", "--provider", "cloudtalk", "--account", "a b"],
        "",
    );
    assert_eq!(code(&bad), 64);
    assert!(!folder.path().join("x").exists());
    assert_eq!(
        code(&run(folder.path(), &["init", "--provider", "nobody"], "")),
        64
    );
}

/// A simulator that ends with the test.
struct Simulator {
    child: std::process::Child,
    url: String,
}

impl Simulator {
    fn start(seed: &Path) -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new(env!("CARGO_BIN_EXE_seatwright"))
            .args(["sandbox", "serve", "--rate", "0", "--seed"])
            .arg(seed)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn drift_can_be_accepted_and_changes_only_the_lines_concerned() {
    let seed = r#"{ "agents": [ { "email": "ada@acme.example", "firstname": "Ada", "lastname": "Lovelace", "extension": 1001 } ] }"#;
    let folder = folder(&[("seed.json", seed), ("key", "demo\n")]);
    let simulator = Simulator::start(&folder.path().join("seed.json"));
    let account = format!(
        "version: 1\naccount:\n  name: acme\n  provider: cloudtalk\n  api_url: {}\n  credentials: {{ access_key_id: {{ file: ../key }}, access_key_secret: {{ file: ../key }} }}\n",
        simulator.url
    );
    let users = "\
# our people
users:
  - email: ada@acme.example   # the first
    first_name: Ada
    last_name: 'Lovelace'

  - { email: bob@acme.example, first_name: Bob, last_name: Noyce, outbound_calls: true }
";
    let elsewhere = "\
users:
  - { email: ada@acme.example, first_name: Ada, last_name: King, outbound_calls: false }
  - { email: bob@acme.example, state: absent, reason: left }
";
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for (name, users) in [("ours", users), ("theirs", elsewhere)] {
        write(&format!("{name}/account.yaml"), &account);
        write(&format!("{name}/users.yaml"), users);
        let applied = run(folder.path(), &["apply", name, "--auto-approve"], "");
        assert_eq!(
            code(&applied),
            0,
            "{name}: {}{}",
            out(&applied),
            err(&applied)
        );
    }

    let drift = run(folder.path(), &["drift", "ours"], "");
    assert_eq!(code(&drift), 2, "{}{}", out(&drift), err(&drift));
    assert_eq!(read(&folder, "ours/users.yaml"), users);
    let accepted = run(folder.path(), &["drift", "ours", "--accept"], "");
    assert_eq!(code(&accepted), 0, "{}{}", out(&accepted), err(&accepted));
    assert!(
        out(&accepted).contains("+    last_name: 'King'\n"),
        "{}",
        out(&accepted)
    );
    let expected = users.replace("'Lovelace'", "'King'").replace(
        "outbound_calls: true }",
        "outbound_calls: true, state: absent, reason: accepted from drift on 2026-11-21 }",
    );
    assert_eq!(read(&folder, "ours/users.yaml"), expected);
    assert_eq!(read(&folder, "ours/account.yaml"), account);
    let again = run(folder.path(), &["drift", "ours"], "");
    assert_eq!(code(&again), 0, "{}{}", out(&again), err(&again));
}
