//! Every format of every command at three sizes, through the binary and over HTTP.
//!
//! What is printed is kept below `tests/golden`; with `SEATWRIGHT_BLESS=1` it is written anew. A text of more than
//! [`WHOLE`] bytes is kept as an outline: its digest, its first and last lines, and every shape of line with how often
//! it comes. The simulator's port differs from run to run and with it the digests over the manifests and the plan;
//! they are zeros in what is kept, and the address itself must never be told.
//!
//! Every run is searched for planted secrets, as all runs of [`crate::run`] are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use seatwright::sandbox::cloudtalk::{RouteKind, Seed, SeedNumber};
use sha2::{Digest as _, Sha256};

use crate::run::{Account, Call, Setup, agent, groups_only};

/// The most bytes of a text that is kept whole.
const WHOLE: usize = 64 * 1024;

/// 2026-11-23, noon.
const NOON: i64 = 1_795_435_200;

const OF_ENV: &str = "Planted-Env-8#kd81";
const OF_FILE: &str = "Planted-File-1!qm22";
const OF_COMMAND: &str = "Planted-Command-6?zz07";
const ARGUMENT: &str = "planted-argument-b7e3";
const HOOK: &str = "planted-hook-55c0";

#[derive(Clone, Copy)]
struct Size {
    name: &'static str,
    people: usize,
    /// How often a format is printed, with the same bytes each time; a plan as JSON always ten times.
    runs: usize,
    /// How often all that is planned is applied.
    applies: usize,
}

const SIZES: [Size; 3] = [
    Size {
        name: "small",
        people: 5,
        runs: 10,
        applies: 10,
    },
    Size {
        name: "medium",
        people: 60,
        runs: 10,
        applies: 10,
    },
    Size {
        name: "large",
        people: 1000,
        runs: 2,
        // It is a thousand requests, and each of these is on the disk before it is sent.
        applies: 1,
    },
];

fn email(n: usize) -> String {
    format!("person{n:04}@acme.example")
}

/// Of each five people one is created, one is created and needs hands, one changes, one leaves and one is replaced.
fn body(people: usize) -> String {
    let mut text = format!(
        "seats: {{ purchased: {}, price_per_month: {{ amount: 29, currency: EUR }} }}
extensions:
  pools: {{ office: 4000-5999 }}
groups:
  - name: Sales EU
  - name: VIP
numbers:
  - {{ number: \"+421220510801\", name: Sales line, route: {{ group: Sales EU }} }}
users:
",
        people * 2
    );
    for n in 0..people {
        let password = match n / 5 % 3 {
            0 => "{ env: PW }".to_owned(),
            1 => "{ file: secrets/pw }".to_owned(),
            _ => "generate".to_owned(),
        };
        let email = email(n);
        let _ = match n % 5 {
            0 => writeln!(
                text,
                "  - {{ email: {email}, first_name: Ada, last_name: New{n}, extension: {{ pool: office }}, groups: [Sales EU], password: {password} }}"
            ),
            1 => writeln!(
                text,
                "  - {{ email: {email}, first_name: Bea, last_name: New{n}, role: supervisor, language: sk, groups: [VIP], password: {{ command: [sh, -c, \"cat secrets/command\", {ARGUMENT}] }} }}"
            ),
            2 => writeln!(
                text,
                "  - {{ email: {email}, first_name: Ľuboš, last_name: Changed{n}, daily_price_limit: 20 }}"
            ),
            3 => writeln!(
                text,
                "  - {{ email: {email}, state: absent, reason: left on 2026-11-20 }}"
            ),
            _ => writeln!(
                text,
                "  - {{ email: {email}, first_name: Eve, last_name: Old, extension: {}, replace: true, groups: [Sales EU] }}",
                6000 + n
            ),
        };
    }
    text
}

fn seed(people: usize) -> Seed {
    let kept = (0..people).filter(|n| n % 5 >= 2).map(|n| {
        let mut kept = agent(&email(n), 1000 + u16::try_from(n).unwrap(), &["Support"]);
        kept.lastname = "Old".to_owned();
        kept.firstname = if n % 5 == 4 { "Eve" } else { "Luboš" }.to_owned();
        kept
    });
    let mut agents: Vec<_> = kept.collect();
    agents.push(agent("unmanaged@acme.example", 9001, &[]));
    // Whoever writes this name wants to be the whole page.
    let mut hostile = agent("mallory@acme.example", 9002, &[]);
    hostile.lastname = "</details><img src=x>`@team`\u{202e}".to_owned();
    agents.push(hostile);
    Seed {
        agents,
        numbers: vec![SeedNumber {
            e164: "+421220510801".to_owned(),
            name: "Old line".to_owned(),
            connected_to: Some(RouteKind::Group),
            source: Some("Support".to_owned()),
        }],
        ..groups_only(&["Sales EU", "Support"])
    }
}

fn account(size: Size) -> Account {
    let all = size.people;
    let account = Setup::new(seed(all), &body(all))
        .policy(&format!(
            "guards: {{ max_deletions: {all}, max_deletion_percent: 100 }}"
        ))
        .start();
    for secret in [OF_ENV, OF_FILE, OF_COMMAND, HOOK] {
        account.plant(secret);
    }
    account.plant_in_manifests(ARGUMENT);
    account.write("secrets/pw", OF_FILE);
    account.write("secrets/command", OF_COMMAND);
    account
}

fn call<'a>(account: &'a Account, args: &[&str]) -> Call<'a> {
    account.call(args).at(NOON).env("PW", OF_ENV)
}

fn printed(account: &Account, args: &[&str], code: i32) -> String {
    let done = call(account, args).done().expect(code);
    let address = account.sandbox.url();
    let host = address.split('/').nth(2).unwrap();
    for told in [&done.stdout, &done.stderr] {
        assert!(!told.contains(host), "{args:?} tells the address");
    }
    done.stdout
}

/// What all runs print, which is the same.
fn repeated(account: &Account, args: &[&str], code: i32, size: Size) -> String {
    let first = printed(account, args, code);
    let runs = if args.starts_with(&["plan", "--format", "json"]) {
        10
    } else {
        size.runs
    };
    for _ in 1..runs {
        let again = printed(account, args, code);
        assert!(again == first, "{args:?} gives other bytes");
    }
    first
}

/// Blots out what depends on the simulator's port, and the version.
struct Mask(Vec<String>);

impl Mask {
    fn of(plan: &serde_json::Value) -> Self {
        let texts = ["manifest_digest", "hash"].map(|key| crate::run::text_of(&plan[key]));
        Self(texts.into())
    }

    fn apply(&self, text: &str) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let mut text = text
            .replace(&format!("\"{version}\""), "\"VERSION\"")
            .replace(&format!("seatwright {version}"), "seatwright VERSION");
        // Of each document its own.
        let seal = "\"seal\": \"sha256:";
        let seals: Vec<usize> = text
            .match_indices(seal)
            .map(|(at, _)| at + seal.len())
            .collect();
        for at in seals {
            text.replace_range(at..at + 64, &"0".repeat(64));
        }
        for digest in &self.0 {
            // A digest may be cut.
            for end in (20..=digest.len()).rev() {
                let part = &digest[..end];
                text = text.replace(part, &format!("sha256:{}", "0".repeat(end - 7)));
            }
        }
        text
    }
}

/// A line with every number as `#` and every digest as `%`, which lines of different people share.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let hex = rest
            .find(|c: char| !matches!(c, '0'..='9' | 'a'..='f'))
            .unwrap_or(rest.len());
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (sign, length) = match (hex, digits) {
            (10.., _) => ('%', hex),
            (_, 1..) => ('#', digits),
            _ => (first, first.len_utf8()),
        };
        shape.push(sign);
        rest = &rest[length..];
    }
    shape
}

fn outline(text: &str) -> String {
    const EDGE: usize = 30;
    const COLUMNS: usize = 300;
    let lines: Vec<&str> = text.lines().collect();
    let cut = |line: &str| {
        let mut shown: String = line.chars().take(COLUMNS).collect();
        if shown.len() < line.len() {
            let _ = write!(shown, "… ({} bytes)", line.len());
        }
        shown
    };
    let mut digest = String::new();
    for byte in Sha256::digest(text) {
        let _ = write!(digest, "{byte:02x}");
    }
    let mut out = format!(
        "{} bytes, {} lines, sha256 {digest}\n",
        text.len(),
        lines.len()
    );
    out.push_str("\n=== the first lines\n");
    for line in lines.iter().take(EDGE) {
        let _ = writeln!(out, "{}", cut(line));
    }
    let mut shapes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        shapes.entry(shape(&cut(line))).or_insert((at, 0)).1 += 1;
    }
    let mut shapes: Vec<_> = shapes.into_iter().collect();
    shapes.sort_by_key(|(_, (first, _))| *first);
    out.push_str("\n=== shapes of lines, each with how often it comes\n");
    for (shape, (_, count)) in shapes {
        let _ = writeln!(out, "{count:6}  {shape}");
    }
    out.push_str("\n=== the last lines\n");
    for line in lines.iter().rev().take(EDGE).rev() {
        let _ = writeln!(out, "{}", cut(line));
    }
    out
}

fn keep(size: Size, name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(size.name);
    let (file, text): (PathBuf, String) = if text.len() > WHOLE {
        (folder.join(format!("{name}.outline")), outline(text))
    } else {
        (folder.join(name), text.to_owned())
    };
    if std::env::var_os("SEATWRIGHT_BLESS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept == text {
        return;
    }
    let first = kept
        .lines()
        .zip(text.lines())
        .enumerate()
        .find(|(_, (kept, text))| kept != text);
    panic!(
        "{} is another, first at {first:?}: run the tests once with SEATWRIGHT_BLESS=1, and look at what changed",
        file.display()
    );
}

fn plans(size: Size) {
    let account = account(size);
    let json = repeated(&account, &["plan", "--format", "json"], 0, size);
    let mask = Mask::of(&serde_json::from_str(&json).unwrap());
    keep(size, "plan.json", &mask.apply(&json));
    for (name, args) in [
        ("plan.txt", vec!["plan"]),
        ("plan.ansi", vec!["plan", "--color", "always"]),
        ("plan.md", vec!["plan", "--format", "markdown"]),
        ("plan.html", vec!["plan", "--format", "html"]),
    ] {
        keep(size, name, &mask.apply(&repeated(&account, &args, 0, size)));
    }
    let out = account.folder().join("saved.json");
    let mut saved = Vec::new();
    for _ in 0..size.runs {
        printed(
            &account,
            &["plan", "--out", "saved.json", "--uploads", "uploads"],
            0,
        );
        saved.push(std::fs::read_to_string(&out).unwrap());
    }
    assert!(saved.iter().all(|text| *text == saved[0]));
    keep(size, "saved.json", &mask.apply(&saved[0]));
    assert!(!saved[0].contains(&account.sandbox.url()));
    let mut uploads: Vec<PathBuf> = std::fs::read_dir(account.folder().join("uploads"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    uploads.sort();
    assert!(!uploads.is_empty());
    for file in uploads {
        let name = format!("uploads-{}", file.file_name().unwrap().to_string_lossy());
        keep(size, &name, &std::fs::read_to_string(&file).unwrap());
    }
    // What is shown of a saved plan is what was shown of it when it was made.
    let shown = repeated(
        &account,
        &["show", "saved.json", "--format", "markdown"],
        0,
        size,
    );
    keep(size, "plan.md", &mask.apply(&shown));
    assert_eq!(account.writes(), 0);
}

#[test]
fn plans_of_five_people_are_as_kept() {
    plans(SIZES[0]);
}

#[test]
fn plans_of_sixty_people_are_as_kept() {
    plans(SIZES[1]);
}

#[test]
fn plans_of_a_thousand_people_are_as_kept() {
    plans(SIZES[2]);
}

/// Answers every request with 200, and gives the bodies.
fn webhook(times: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/services/{HOOK}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        (0..times)
            .map(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                let mut part = [0; 4096];
                let body = loop {
                    let read = stream.read(&mut part).unwrap();
                    assert_ne!(read, 0, "the whole body comes");
                    request.extend_from_slice(&part[..read]);
                    let text = String::from_utf8_lossy(&request).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let head = head.to_ascii_lowercase();
                    let (_, length) = head.split_once("content-length: ").unwrap();
                    let length: usize = length.lines().next().unwrap().parse().unwrap();
                    if body.len() == length {
                        break body.to_owned();
                    }
                };
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    .unwrap();
                body
            })
            .collect()
    });
    (address, heard)
}

fn drifts(size: Size) {
    let account = account(size);
    let mask = Mask::of(&account_plan(&account));
    for (name, format) in [
        ("drift.txt", "human"),
        ("drift.json", "json"),
        ("drift.md", "markdown"),
        ("drift.html", "html"),
    ] {
        let text = repeated(&account, &["drift", "--format", format], 2, size);
        keep(size, name, &mask.apply(&text));
    }
    let metrics = account.folder().join("drift.prom");
    for shape in ["json", "slack"] {
        let (address, heard) = webhook(size.runs);
        let mut told = Vec::new();
        for _ in 0..size.runs {
            call(
                &account,
                &["drift", "--notify", shape, "--metrics", "drift.prom"],
            )
            .env("SEATWRIGHT_WEBHOOK_URL", &address)
            .done()
            .expect(2);
            told.push(std::fs::read_to_string(&metrics).unwrap());
        }
        let bodies = heard.join().unwrap();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        assert!(!bodies[0].contains("planted"), "{}", bodies[0]);
        keep(
            size,
            &format!("notify-{shape}.json"),
            &mask.apply(&bodies[0]),
        );
        assert!(told.iter().all(|text| *text == told[0]));
        keep(size, "drift.prom", &mask.apply(&told[0]));
    }
}

fn account_plan(account: &Account) -> serde_json::Value {
    serde_json::from_str(&printed(account, &["plan", "--format", "json"], 0)).unwrap()
}

#[test]
fn drift_of_five_people_is_told_as_kept() {
    drifts(SIZES[0]);
}

#[test]
fn drift_of_sixty_people_is_told_as_kept() {
    drifts(SIZES[1]);
}

#[test]
fn drift_of_a_thousand_people_is_told_as_kept() {
    drifts(SIZES[2]);
}

/// Applies as often, each time to the account as it was, with no records of the runs before.
fn applies(size: Size) {
    let account = account(size);
    let plan = account_plan(&account);
    let mask = Mask::of(&plan);
    for (name, format) in [("apply.txt", "human"), ("apply.json", "json")] {
        let mut first: Option<String> = None;
        for _ in 0..size.applies {
            account.by_hand(|company| *company = seed(size.people).account().unwrap());
            let _ = std::fs::remove_dir_all(account.ledger_folder());
            let text = printed(
                &account,
                &["apply", "--auto-approve", "--format", format],
                9,
            );
            assert!(
                first.as_ref().is_none_or(|first| *first == text),
                "{name} is another"
            );
            first = Some(text);
        }
        let text = first.unwrap();
        let run = crate::run::text_of(
            &account
                .run(&["history", "--format", "json"])
                .expect(0)
                .json()["runs"][0]["run"],
        );
        keep(size, name, &mask.apply(&text.replace(&run, "RUN")));
    }
    let left = repeated(&account, &["drift"], 9, size);
    keep(size, "after.txt", &mask.apply(&left));
}

#[test]
fn applies_to_five_people_are_told_as_kept() {
    applies(SIZES[0]);
}

#[test]
fn applies_to_sixty_people_are_told_as_kept() {
    applies(SIZES[1]);
}

#[test]
fn applies_to_a_thousand_people_are_told_as_kept() {
    applies(SIZES[2]);
}

/// Of each five people four are mistakes: a list where text belongs, an unknown key behind text that is not ASCII, a
/// password in plain text beside another mistake in the same line, and a state that there is not.
fn mistakes(people: usize) -> String {
    let mut text = String::from("users:\n");
    for n in 0..people {
        let email = email(n);
        let _ = match n % 5 {
            0 => writeln!(text, "  - {{ email: {email}, last_name: [New] }}"),
            1 => writeln!(
                text,
                "  - {{ first_name: Ľuboš 😀, extention: 10, email: {email} }}"
            ),
            2 => writeln!(
                text,
                "  - {{ email: {email}, password: {OF_ENV}, lastname: x }}"
            ),
            3 => writeln!(text, "  - email: {email}\n    state: gone"),
            _ => writeln!(text, "  - {{ email: {email}, first_name: Eve }}"),
        };
    }
    text
}

fn validations(size: Size) {
    let account = Account::new(groups_only(&[]), &mistakes(size.people));
    account.plant_in_manifests(OF_ENV);
    let mask = Mask(Vec::new());
    for (name, format) in [
        ("validate.txt", "human"),
        ("validate.json", "json"),
        ("validate.sarif", "sarif"),
        ("validate.github", "github"),
        ("validate.junit.xml", "junit"),
    ] {
        let text = repeated(&account, &["validate", "--format", format], 3, size);
        keep(size, name, &mask.apply(&text));
    }
    assert_eq!(account.control.counters().total, 0);
}

#[test]
fn mistakes_of_five_people_are_told_as_kept() {
    validations(SIZES[0]);
}

#[test]
fn mistakes_of_sixty_people_are_told_as_kept() {
    validations(SIZES[1]);
}

#[test]
fn mistakes_of_a_thousand_people_are_told_as_kept() {
    validations(SIZES[2]);
}
