use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::diagnostic_lines::parsed;
use super::super::tree::{Kind, Node, Scalar};
use super::*;

/// The tree as one line: texts in quotes, with a mark for the style.
fn outline(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Scalar(Scalar { text, style, .. }) => match style {
            Style::Plain => format!("{text:?}"),
            Style::Quoted => format!("q{text:?}"),
            Style::Block => format!("b{text:?}"),
        },
        Kind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(outline).collect();
            format!("[{}]", items.join(" "))
        }
        Kind::Mapping(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|entry| format!("{}={}", entry.key, outline(entry.value)))
                .collect();
            format!("{{{}}}", entries.join(" "))
        }
    }
}

fn outlines(text: &str) -> Vec<String> {
    let case = parsed(text);
    let outlines = case.trees.iter().map(|tree| outline(tree.root())).collect();
    assert_eq!(case.lines(), "", "{text}");
    outlines
}

fn lines(text: &str) -> String {
    parsed(text).lines()
}

#[test]
fn scalars_keep_the_text_that_is_written() {
    for text in [
        "no",
        "yes",
        "on",
        "off",
        "~",
        "null",
        "0123",
        "1e3",
        "1_000",
        "+421900123456",
        "12:30:45",
        "2026-12-01",
        "0x1F",
        "=",
        ".5",
        "a b  c",
        "Ľuboš 東京",
        "a#b",
        "a:b",
        "http://x/y?z=1",
    ] {
        assert_eq!(outlines(&format!("k: {text}")), [format!("{{k={text:?}}}")]);
        assert_eq!(
            outlines(&format!("k: {text} # c\r\n")),
            [format!("{{k={text:?}}}")]
        );
        assert_eq!(
            outlines(&format!("[{{k: '{text}'}}]")),
            [format!("[{{k=q{text:?}}}]")]
        );
    }
}

#[test]
fn styles_escapes_and_folding_are_read_as_yaml_says() {
    for (text, wanted) in [
        (r#"k: "a\tb\u00e9\n""#, r#"{k=q"a\tbé\n"}"#),
        ("k: 'it''s'", r#"{k=q"it's"}"#),
        ("k: |\n  a\n  b\n", r#"{k=b"a\nb\n"}"#),
        ("k: >-\n  a\n  b\n", r#"{k=b"a b"}"#),
        ("k: a\n  b\n", r#"{k="a b"}"#),
        ("k: |\r\n  a\r\n  b\r\n", r#"{k=b"a\nb\n"}"#),
        ("? k\n: v", r#"{k="v"}"#),
        ("k:\nl: ''", r#"{k="" l=q""}"#),
        ("\"<<\": x", r#"{<<="x"}"#),
        ("\u{feff}k: v", r#"{k="v"}"#),
        ("!!str k: !!int 5", r#"{k="5"}"#),
        ("k: ! 5", r#"{k="5"}"#),
        ("k: !!seq [!!map {}]", "{k=[{}]}"),
    ] {
        assert_eq!(outlines(text), [wanted], "{text}");
    }
}

#[test]
fn a_file_may_hold_several_documents_and_empty_ones_do_not_count() {
    assert_eq!(
        outlines("# c\n---\na: 1\n---\n---\n# x\n...\n---\nb: 2\n"),
        [r#"{a="1"}"#, r#"{b="2"}"#]
    );
    for empty in ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n"] {
        assert!(outlines(empty).is_empty(), "{empty:?}");
    }
}

#[test]
fn aliases_and_merge_keys_are_followed() {
    for (text, wanted) in [
        ("a: &x [1]\nb: *x", r#"{a=["1"] b=["1"]}"#),
        (
            "a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}",
            r#"{a={k="1" l="2"} b={k="3" l="2"}}"#,
        ),
        (
            "a: &x {k: 1}\nb: {k: 3, <<: *x}",
            r#"{a={k="1"} b={k="3"}}"#,
        ),
        (
            "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}",
            r#"{a={k="1"} b={k="2" l="2"} c={k="1" l="2"}}"#,
        ),
        (
            "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}",
            r#"{a={k="1"} b={l="2" k="1"} c={l="2" k="1"}}"#,
        ),
        ("a: {<<: {k: 1}}", r#"{a={k="1"}}"#),
        ("a: &x 1\nb: &x 2\nc: *x", r#"{a="1" b="2" c="2"}"#),
        ("&k a: 1\nb: *k", r#"{a="1" b="a"}"#),
    ] {
        assert_eq!(outlines(text), [wanted], "{text}");
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let mut told = String::new();
    for text in [
        "a: 1\nb: 2\na: 3",
        "users:\n  - {email: x, email: y, email: z}",
        "a: &x {k: 1, k: 2}\nb: {<<: *x, l: 1, l: 2}",
        "\"a\": 1\na: 2",
        "a: {<<: 5}",
        "a: {<<: [{k: 1}, x]}",
        "<<: {a: 1}\n<<: {b: 1}",
        "? [a, b]\n: 1",
        "a: {{ name }}",
        ": 1",
        "a: *nothing",
        "a: &x [*x]",
        "a: !secret x",
        "a: !!binary aGk=",
        "a: !!seq {}",
        "a:\n\t- b",
        "a: b: c",
        "a: [1, 2",
        "a: {b: 1]",
        "a: \"open",
        "a: @x",
        "a: `x`",
        "a: \"\\d\"",
        "a: 1\n b: 2",
        "a: 1\nb\nc: 2",
        "%YAML 3.0\n---\na: 1",
        "a: 1\n---\nb: [",
        "ž: ľ\nč: 'ď' x",
        "a: \u{7}",
    ] {
        told.push_str(&lines(text));
    }
    insta::assert_snapshot!(told, @r##"
    duplicate-key a.yaml:3:1 "a" the key `a` is set twice [a.yaml:1:1 "a" first set here] / remove one of the two
    duplicate-key a.yaml:2:16 "email" the key `email` is set twice [a.yaml:2:6 "email" first set here] / remove one of the two
    duplicate-key a.yaml:2:26 "email" the key `email` is set twice [a.yaml:2:6 "email" first set here] / remove one of the two
    duplicate-key a.yaml:1:14 "k" the key `k` is set twice [a.yaml:1:8 "k" first set here] / remove one of the two
    duplicate-key a.yaml:2:19 "l" the key `l` is set twice [a.yaml:2:13 "l" first set here] / remove one of the two
    duplicate-key a.yaml:2:1 "a" the key `a` is set twice [a.yaml:1:1 "\"a\"" first set here] / remove one of the two
    invalid-merge a.yaml:1:9 "5" `<<` takes a mapping or a list of mappings / write `<<: *name`, where `&name` stands before a mapping
    invalid-merge a.yaml:1:18 "x" `<<` takes a mapping or a list of mappings / write `<<: *name`, where `&name` stands before a mapping
    duplicate-key a.yaml:2:1 "<<" the key `<<` is set twice [a.yaml:1:1 "<<" first set here] / remove one of the two
    invalid-key a.yaml:1:3 "[a, b]" a list or mapping cannot be a key / keys are single pieces of text; `{{ … }}` templates need quotes
    invalid-key a.yaml:1:5 "{ name }" a list or mapping cannot be a key / keys are single pieces of text; `{{ … }}` templates need quotes
    invalid-key a.yaml:1:1 "" there is no key before `:` / write the key, or quote the colon if it is part of a text
    unknown-alias a.yaml:1:4 "*nothing" the alias names an anchor that is not defined before it / a `*name` needs a `&name` before it in the same document; text that begins with `*` needs quotes
    unknown-alias a.yaml:1:8 "*x" the alias stands within its own anchor / an alias can repeat only what is complete before it
    unknown-tag a.yaml:1:4 "!secret" the tag `!secret` is not known / remove the tag; a text that begins with `!` needs quotes
    unknown-tag a.yaml:1:4 "!!binary" the tag `!!binary` is not known / remove the tag; a text that begins with `!` needs quotes
    unknown-tag a.yaml:1:4 "!!seq" the tag `!!seq` does not fit this value / remove the tag; a text that begins with `!` needs quotes
    syntax a.yaml:2:2 "-" the YAML cannot be read here: tabs disallowed within this context (block indentation) / indent with spaces; YAML does not take tabs there
    syntax a.yaml:1:5 ":" the YAML cannot be read here: mapping values are not allowed in this context / a text that holds `: ` needs quotes; else look at the indentation
    syntax a.yaml:1:4 "[" the YAML cannot be read here: unclosed bracket '[' / close the `[` or `{`
    syntax a.yaml:1:4 "{" the YAML cannot be read here: mismatched bracket '{' closed by ']' / close the `[` or `{`
    syntax a.yaml:1:4 "\"" the YAML cannot be read here: unclosed quote / close the quotes
    syntax a.yaml:1:4 "@" the YAML cannot be read here: unexpected character '@' / a text that begins with this character needs quotes
    syntax a.yaml:1:4 "`" the YAML cannot be read here: unexpected character '`' / a text that begins with this character needs quotes
    syntax a.yaml:1:4 "\"" the YAML cannot be read here: while parsing a quoted scalar, found unknown escape character / use single quotes, or write `\\` for a backslash
    syntax a.yaml:2:3 ":" the YAML cannot be read here: mapping values are not allowed in this context / a text that holds `: ` needs quotes; else look at the indentation
    syntax a.yaml:2:1 "b" the YAML cannot be read here: simple key expected ':' / look at the indentation, and for a missing `:`
    syntax a.yaml:1:1 "%" the YAML cannot be read here: unsupported YAML major version
    syntax a.yaml:3:4 "[" the YAML cannot be read here: unclosed bracket '[' / close the `[` or `{`
    syntax a.yaml:2:8 "x" the YAML cannot be read here: invalid trailing content after single-quoted scalar
    syntax a.yaml:1:4 "\u{7}" the YAML cannot be read here: unexpected character '\u{7}' / a text that begins with this character needs quotes
    "##);
}

#[test]
fn bombs_end_at_once() {
    // Ten levels of ten aliases: ten thousand million nodes, were they expanded.
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    assert!(laughs.len() < 700);
    let long = "k".repeat(1_000_000);
    let mut merges = String::from("m0: &m0 {a: 1}\n");
    for level in 1..40 {
        merges.push_str(&format!(
            "m{level}: &m{level} {{x{level}: {{<<: *m{0}, y: *m{0}}}, <<: *m{0}}}\n",
            level - 1
        ));
    }
    // Depth by aliases: each level holds the one before.
    let mut deep = String::from("d0: &d0 x\n");
    for level in 1..200 {
        deep.push_str(&format!("d{level}: &d{level} [*d{}]\n", level - 1));
    }
    for (text, code) in [
        (laughs, "alias-limit"),
        (merges, "limit"),
        (deep, "nesting-limit"),
        ("{".repeat(20_000), "nesting-limit"),
        ("[".repeat(20_000), "nesting-limit"),
        ("- ".repeat(20_000), "nesting-limit"),
        ("{a: ".repeat(20_000), "nesting-limit"),
        (format!("{long}: 1"), "syntax"),
        (format!("? {long}\n: 1\n? {long}\n: 2"), "duplicate-key"),
        ("- ".to_owned() + &"&a ".repeat(10_000), "syntax"),
        ("[]: 1\n".repeat(1_000), "invalid-key"),
        ("!".repeat(100_000), ""),
        ("a: *".repeat(10_000), ""),
    ] {
        let started = Instant::now();
        let told = lines(&text);
        let beginning: String = text.chars().take(20).collect();
        assert!(
            told.contains(code) && !told.is_empty(),
            "{beginning}: {told}"
        );
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{beginning}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn many_keys_and_many_anchors_are_read_in_linear_time() {
    let mut text = String::new();
    for number in 0..50_000 {
        text.push_str(&format!("k{number}: &a{number} v\n"));
    }
    let case = parsed(&text);
    let tree = &case.trees[0];
    for number in (0..50_000).step_by(7) {
        let entry = tree.root().mapping().unwrap().get(&format!("k{number}"));
        assert_eq!(entry.unwrap().value.scalar().unwrap().text, "v");
    }
    assert!(tree.root().mapping().unwrap().get("k50000").is_none());
    assert!(tree.memory_bytes() < 100_000 * 20 + 50_000 * 4 + 1_000);
    text.push_str("k49999: again\n");
    assert!(lines(&text).starts_with("duplicate-key a.yaml:50001:1 \"k49999\""));
}

/// Every span lies in the text, on character boundaries, and no node outgrows the limits.
fn check_spans(text: &str) {
    let case = parsed(text);
    for tree in &case.trees {
        let mut left = vec![tree.root()];
        let mut visited = 0;
        while let Some(node) = left.pop() {
            visited += 1;
            assert!(visited <= MAX_NODES);
            let span = node.span();
            assert!(text_of(&case, span).is_some(), "{span:?} in {text:?}");
            match node.kind() {
                Kind::Scalar(_) => {}
                Kind::Sequence(items) => left.extend(items.iter()),
                Kind::Mapping(entries) => {
                    for entry in entries.iter() {
                        assert!(text_of(&case, entry.key_span).is_some());
                        left.push(entry.value);
                    }
                }
            }
        }
    }
    let found = case.diagnostics.finish();
    for item in &found.items {
        let span = item.primary.span.unwrap();
        let text = case.sources.file(span.file).text();
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{item:?} in {text:?}"
        );
        let _ = crate::render::diagnostics::one(item, &case.sources, true);
    }
}

fn text_of(case: &super::super::diagnostic_lines::Case, span: Span) -> Option<&str> {
    let text = case.sources.file(span.file).text();
    text.get(span.start as usize..span.end as usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_soon_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let started = Instant::now();
        check_spans(&String::from_utf8_lossy(&bytes));
        prop_assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn yaml_like_text_ends_soon_without_a_panic(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "&a ", "*a", "<<: ", "<<: *a\n",
            "\"", "'", "|\n", ">-\n", "#", "!", "!!str ", "!x ", "---\n", "...\n", "%YAML 1.2\n", "\t", "\r\n", "\r", "ž", "東", "~", "null",
            "\u{feff}", "\u{2028}", "\\", "\0", "\u{85}",
        ]), 0..60),
    ) {
        let started = Instant::now();
        check_spans(&parts.concat());
        prop_assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[test]
    fn what_is_written_as_a_double_quoted_scalar_is_read_back(text in any::<String>()) {
        let written = serde_json::to_string(&text).unwrap().replace('\u{7f}', "\\u007f");
        prop_assume!(!text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')));
        let case = parsed(&format!("k: {written}\n"));
        let read = case.trees.first().and_then(|tree| tree.at("/k")).and_then(|place| place.value.scalar());
        prop_assert_eq!(read.map(|scalar| scalar.text), Some(text.as_str()));
    }
}
