//! Names that want to be more than names, through the binary and in every format.

use seatwright::sandbox::cloudtalk::Seed;

use crate::run::{Account, Done, agent, groups_only};

const HOSTILE: [&str; 9] = [
    "@team see #12 and https://evil.example/x",
    "</details><script>alert(1)</script>",
    "`x` ``y`` ```\n# z",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "txt\u{202e}exe\u{2066}\u{200b}",
    "a | b \\| c",
    "![x](http://127.0.0.1:9/x) [y](javascript:z)",
    "<!channel> <@U1> <img src=x onerror=alert(2)>",
    "100%\r\n::error::owned\" onmouseover='x' &lt;",
];

fn email(n: usize) -> String {
    format!("h{n}@acme.example")
}

/// The live account has the hostile names, and so have groups that nobody declares.
fn seed(long: &str) -> Seed {
    let names = HOSTILE.iter().copied().chain([long]);
    Seed {
        agents: names
            .clone()
            .enumerate()
            .map(|(n, name)| {
                let mut user = agent(&email(n), 1000 + u16::try_from(n).unwrap(), &[]);
                user.lastname = name.to_owned();
                user.firstname = name.to_owned();
                user
            })
            .collect(),
        ..groups_only(&names.collect::<Vec<_>>())
    }
}

/// A text in quotes, all but ASCII as escapes: a manifest may not hold it otherwise.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match char::from_u32(unit.into()) {
            Some(c @ (' '..='!' | '#'..='[' | ']'..='~')) => out.push(c),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.push('"');
    out
}

/// What of the hostile names a manifest may hold is declared for somebody else, as a YAML text in quotes.
fn body(long: &str) -> String {
    let mut text = String::from("users:\n");
    let names: Vec<&str> = HOSTILE.iter().copied().chain([long]).collect();
    for n in 0..names.len() {
        let other = names[(n + 1) % names.len()];
        let quoted = quoted(other);
        text.push_str(&format!(
            "  - {{ email: {}, first_name: {quoted}, last_name: New, extension: {}, replace: true }}\n",
            email(n),
            2000 + n
        ));
    }
    text
}

/// Whether a character moves a cursor, reorders text or shows nothing.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[track_caller]
fn harmless<'a>(text: &'a str, what: &str) -> &'a str {
    let found = text.char_indices().find(|(_, c)| is_unsafe(*c));
    if let Some((at, c)) = found {
        let around: String = text[at..].chars().take(40).collect();
        panic!("{what} has {c:?} before {around:?}");
    }
    text
}

/// Markdown without its code, which neither markup nor mentions leave.
fn without_code(markdown: &str) -> String {
    let mut out = String::new();
    for line in markdown.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['`', '<']) {
            out.push_str(&rest[..at]);
            let code = &rest[at..];
            let (open, close) = if code.starts_with("<code>") {
                ("<code>", "</code>")
            } else if code.starts_with('`') {
                ("`", "`")
            } else {
                out.push('<');
                rest = &code[1..];
                continue;
            };
            let inner = &code[open.len()..];
            let end = inner
                .find(close)
                .unwrap_or_else(|| panic!("code is left open: {line}"));
            rest = &inner[end + close.len()..];
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

#[track_caller]
fn is_plain_markdown(text: &str, what: &str) {
    let bare = without_code(harmless(text, what));
    for markup in [
        "@team", "#12", "https://", "<script", "<img", "![", "](", "::error", "channel",
    ] {
        assert!(
            !bare.contains(markup),
            "{what} has `{markup}` outside of code:\n{bare}"
        );
    }
    let count = |tag: &str| text.lines().filter(|line| line.starts_with(tag)).count();
    assert_eq!(count("<details>"), count("</details>"), "{what}");
    assert!(text.len() <= 65_536, "{what} is {} bytes long", text.len());
}

#[track_caller]
fn is_plain_page(text: &str, what: &str) {
    harmless(text, what);
    for markup in [
        "<script>alert",
        "<img",
        "onerror=alert(2)>",
        " onmouseover='",
    ] {
        assert!(!text.contains(markup), "{what} has `{markup}`");
    }
    // A page does not grow with the length of a name.
    assert!(text.len() < 300_000, "{what} is {} bytes long", text.len());
}

fn both(done: &Done, what: &str) {
    harmless(&done.stdout, what);
    harmless(&done.stderr, what);
}

#[test]
fn names_of_a_live_account_drive_no_terminal_no_forge_and_no_page() {
    let long = "N".repeat(1_000_000);
    let account = Account::new(seed(&long), &body("Long"));
    for command in ["plan", "drift"] {
        for format in ["human", "json", "markdown", "html"] {
            let what = format!("{command} --format {format}");
            let done = account.run(&[command, "--format", format, "-vv"]);
            assert!(
                matches!(done.code(), Some(0 | 2 | 4)),
                "{what}: {}",
                done.stderr
            );
            both(&done, &what);
            match format {
                "markdown" => is_plain_markdown(&done.stdout, &what),
                "html" => is_plain_page(&done.stdout, &what),
                "json" => {
                    // A program is told the very name.
                    let told = done.json();
                    let steps = told["steps"].as_array().unwrap();
                    for (n, name) in HOSTILE.iter().enumerate() {
                        let step = steps.iter().find(|step| step["key"] == email(n)).unwrap();
                        let fields = step["fields"].as_array().unwrap();
                        assert!(
                            fields.iter().any(|field| field["before"] == *name),
                            "{name:?}"
                        );
                    }
                }
                _ => assert!(done.stdout.len() < 100_000, "{what}: {}", done.stdout.len()),
            }
        }
    }
}

/// A manifest may hold most of these names.
#[test]
fn names_in_manifests_drive_nothing_either() {
    let account = Account::new(seed("Long"), &body(&"N".repeat(1_000_000)));
    for format in ["human", "json", "sarif", "github", "junit"] {
        let what = format!("validate --format {format}");
        let done = account.run(&["validate", "--format", format]);
        both(&done, &what);
        match format {
            "github" => assert!(
                done.stdout.lines().all(|line| line.starts_with("::")),
                "{}",
                done.stdout
            ),
            "junit" => assert!(!done.stdout.contains("<script") && !done.stdout.contains("<img")),
            _ => {}
        }
        assert!(done.stdout.len() < 200_000, "{what}: {}", done.stdout.len());
    }
    let fmt = account.run(&["fmt", "--check"]);
    both(&fmt, "fmt --check");
}

/// Names that a manifest may hold reach the account, the ledger and the journal, and all that is told of them.
#[test]
fn names_that_are_applied_drive_nothing_on_the_way_or_afterwards() {
    let mut text = String::from("groups:\n");
    for name in HOSTILE {
        text.push_str(&format!("  - name: {}\n", quoted(name)));
    }
    text.push_str("users:\n");
    for (n, name) in HOSTILE.iter().enumerate() {
        text.push_str(&format!(
            "  - {{ email: {}, first_name: {}, last_name: New, language: sk, groups: [{}] }}\n",
            email(n),
            quoted(name),
            quoted(HOSTILE[(n + 3) % HOSTILE.len()])
        ));
    }
    let account = Account::new(groups_only(&HOSTILE), &text);
    for format in ["markdown", "html", "json", "human"] {
        let done = account.run(&["plan", "--format", format, "--uploads", "uploads"]);
        both(&done.expect(0), format);
    }
    let markdown = account.run(&["plan", "--format", "markdown"]).expect(0);
    is_plain_markdown(&markdown.stdout, "plan --format markdown");
    let page = account.run(&["plan", "--format", "html"]).expect(0);
    is_plain_page(&page.stdout, "plan --format html");
    both(
        &account.run(&["plan", "--out", "saved.json"]).expect(0),
        "plan --out",
    );
    let done = account
        .run(&["apply", "--plan", "saved.json", "-v"])
        .expect(9);
    both(&done, "apply");
    assert_eq!(account.live().agents.len(), HOSTILE.len());
    for command in [
        &["ledger", "show"][..],
        &["history"],
        &["drift"],
        &["resume"],
    ] {
        for format in ["human", "json"] {
            let mut args = command.to_vec();
            args.extend(["--format", format]);
            both(&account.run(&args), &format!("{args:?}"));
        }
    }
    let plan = account.plan();
    let steps = plan["steps"].as_array().unwrap();
    let ids: Vec<String> = steps
        .iter()
        .map(|step| crate::run::text_of(&step["id"]))
        .collect();
    let mut args = vec!["confirm"];
    args.extend(ids.iter().map(String::as_str));
    both(&account.run(&args).expect(0), "confirm");
    account.expect_converged();
}
