//! What holds for every format: foreign names are inert, secrets stay out, equal plans give equal bytes.

use super::human::Options;
use super::sample::{self, HOSTILE, SPEC};
use super::{Purpose, Style, html, human, json, markdown};
use crate::model::{SecretRef, Value};
use crate::plan::Plan;

/// A plan in every format, by name.
fn formats(plan: &Plan) -> Vec<(&'static str, String)> {
    let terminal = |color, width, verbose| {
        let style = Style {
            color,
            width,
            unicode: true,
        };
        human::plan(
            plan,
            &SPEC,
            Options {
                style,
                verbose,
                purpose: Purpose::Plan,
            },
        )
    };
    let mut all = vec![
        ("human", terminal(false, 100, false)),
        ("human in colour", terminal(true, 60, true)),
        ("json", json::plan(plan, &SPEC)),
    ];
    for purpose in [Purpose::Plan, Purpose::Saved, Purpose::Drift] {
        all.push((
            "markdown",
            markdown::plan(plan, &SPEC, purpose, markdown::COMMENT_LIMIT),
        ));
        all.push(("html", html::plan(plan, &SPEC, purpose)));
    }
    all
}

#[test]
fn no_format_lets_a_name_control_a_terminal_or_reorder_text() {
    for (format, text) in formats(&sample::hostile()) {
        let bare = anstream::adapter::strip_str(&text).to_string();
        // The style sheet and the script hold tabs and the like nowhere either.
        for (index, line) in bare.lines().enumerate() {
            let unsafe_one = line
                .chars()
                .find(|c| super::escape::is_unsafe(*c, Some('a')));
            assert_eq!(unsafe_one, None, "{format}, line {}: {line}", index + 1);
        }
        if format != "human in colour" {
            assert!(!text.contains('\u{1b}'), "{format}");
        }
    }
}

#[test]
fn colour_escapes_are_ours_only() {
    let (_, text) = formats(&sample::hostile()).swap_remove(1);
    for sequence in text.split('\u{1b}').skip(1) {
        let end = sequence.find('m').unwrap_or(sequence.len());
        let parameters = &sequence[1..end];
        assert!(sequence.starts_with('['), "{sequence}");
        assert!(
            parameters
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';'),
            "{sequence}"
        );
    }
}

#[test]
fn a_page_has_no_markup_but_ours_and_reaches_for_nothing() {
    let page = html::plan(&sample::hostile(), &SPEC, Purpose::Plan);
    let benign = html::plan(&sample::small(), &SPEC, Purpose::Plan);
    for text in [&page, &benign] {
        assert_eq!(text.matches("<script").count(), 1);
        assert_eq!(text.matches("</script").count(), 1);
        assert_eq!(text.matches("</style").count(), 1);
        for absent in ["<img", "<a href=\"http", "<iframe", "<link", "url("] {
            assert!(!text.contains(absent), "{absent}");
        }
        for tag in [
            "section", "div", "p", "li", "ul", "table", "bdi", "details", "code",
        ] {
            let opened = text.matches(&format!("<{tag}>")).count()
                + text.matches(&format!("<{tag} ")).count();
            let closed = text.matches(&format!("</{tag}>")).count();
            assert_eq!(opened, closed, "{tag}");
        }
    }
    assert!(!benign.contains(" src=") && !benign.contains(" style="));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("&quot; onmouseover=&quot;alert(1)"));
}

#[test]
fn the_policy_of_a_page_allows_exactly_its_own_style_and_script() {
    let page = html::plan(&sample::small(), &SPEC, Purpose::Drift);
    let policy = page
        .lines()
        .find(|line| line.contains("Content-Security-Policy"))
        .unwrap_or_default();
    assert!(policy.contains("default-src 'none'"));
    assert_eq!(policy.matches("'sha256-").count(), 2);
    assert!(!policy.contains("unsafe"));
}

#[test]
fn a_page_is_usable_by_keyboard_and_by_ear() {
    let page = html::plan(&sample::small(), &SPEC, Purpose::Plan);
    for needed in [
        "<html lang=\"en\">",
        "<a class=\"skip\" href=\"#changes-title\">",
        "<main>",
        "role=\"img\" aria-label=\"Seats: 10 of 12 used, 11 after\"",
        "role=\"status\" aria-live=\"polite\"",
        "<th scope=\"row\">",
        "prefers-color-scheme: dark",
        "@media print",
        "<code class=\"origin soft\">users.yaml:11</code>",
        "href=\"#manual-1\"",
        "id=\"manual-1\"",
    ] {
        assert!(page.contains(needed), "{needed}");
    }
}

#[test]
fn a_page_grows_with_the_plan_and_no_faster() {
    let size = |people| html::plan(&sample::large(people), &SPEC, Purpose::Plan).len();
    let (some, many) = (size(500), size(5000));
    assert!(many < some * 11, "{some} {many}");
}

#[test]
fn every_name_of_a_hostile_plan_is_still_told() {
    let text = html::plan(&sample::hostile(), &SPEC, Purpose::Plan);
    for name in HOSTILE {
        let shown = super::escape::html(&super::escape::name(name));
        assert!(text.contains(&shown), "{shown}");
    }
}

#[test]
fn a_planted_secret_reaches_no_format() {
    // A plan knows where a secret comes from; the arguments of a program are the one place where people put a token.
    let planted = "hunter2-canary";
    let step = sample::create_user(1, &[("first_name", Value::text("Ada"))])
        .secret(
            "password",
            SecretRef::Command(vec!["vault".to_owned(), format!("--token={planted}")]),
        )
        .build();
    let by_hand = sample::manual(1, crate::plan::Task::Create, "user", "bob@acme.example")
        .secret(
            "password",
            SecretRef::Command(vec!["vault".to_owned(), planted.to_owned()]),
        )
        .build();
    let plan = sample::plan(vec![step, by_hand]);
    for (format, text) in formats(&plan) {
        assert!(!text.contains(planted), "{format}");
        assert!(text.contains("vault"), "{format}");
    }
}

#[test]
fn ten_runs_give_the_same_bytes() {
    for make in [sample::small, sample::refused, sample::hostile, || {
        sample::large(60)
    }] {
        let first = formats(&make());
        for _ in 0..9 {
            assert_eq!(formats(&make()), first);
        }
    }
}
