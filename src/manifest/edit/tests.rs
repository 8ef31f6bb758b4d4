use super::*;
use crate::diagnostic::Collector;
use crate::manifest::parse::parse;
use crate::provider::cloudtalk::manifest::Manifest;
use proptest::prelude::*;

fn changed(text: &str, entry: &str, key: &str, value: &Value) -> Result<String, EditError> {
    let mut sources = Sources::new();
    let file = sources.add("users.yaml", text).unwrap();
    let mut found = Collector::new();
    let trees = parse(sources.file(file), &mut found);
    assert!(!found.has_errors(), "{text}");
    let keys: Vec<String> = key.split('/').map(str::to_owned).collect();
    let edits = set(&trees[0], entry, &keys, value, &KeyOrder::of::<Manifest>())?;
    Ok(apply(&sources, &edits)?.remove(&file).unwrap())
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::text(*item)).collect())
}

#[test]
fn a_value_is_replaced_in_its_style() {
    for (old, value, new) in [
        ("Ada", Value::text("Bob"), "Bob"),
        ("Ada", Value::text("no"), "\"no\""),
        ("'Ada'", Value::text("O'Brian"), "'O''Brian'"),
        ("\"Ada\"", Value::text("Bob"), "\"Bob\""),
        ("\"Ada\"", Value::text("a\"b"), "\"a\\\"b\""),
        ("1001", Value::text("1002"), "1002"),
        ("1001", Value::text("0102"), "\"0102\""),
        ("\"1001\"", Value::text("1002"), "\"1002\""),
        ("20", Value::Integer(30), "30"),
        ("true", Value::Bool(false), "false"),
        ("*name", Value::text("Bob"), "Bob"),
        ("&name Ada", Value::text("Bob"), "&name Bob"),
        ("[A, 'B c', C]", list(&["B c", "D"]), "['B c', D]"),
        ("[A]", list(&[]), "[]"),
        ("all", list(&["10.0.0.1"]), "[\"10.0.0.1\"]"),
        ("{ pool: x }", Value::text("1001"), "\"1001\""),
    ] {
        let text = |value: &str| {
            format!(
                "x: &name0 y\nz: &name y\nusers:\n  # c\n  - email: a@b.example\n    first_name:   {value}   # why\n"
            )
        };
        let result = changed(&text(old), "/users/0", "first_name", &value);
        assert_eq!(result.unwrap(), text(new), "{old}");
    }
}

#[test]
fn a_list_of_lines_changes_line_by_line() {
    let text = "users:\n  - email: a@b.example\n    groups:\n      # first\n      - A # a\n      - \"B\"\n      # third\n      - C # c\n    role: agent\n";
    let cases = [
        (
            list(&["A", "C"]),
            "      # first\n      - A # a\n      # third\n      - C # c\n",
        ),
        (
            list(&["A", "B", "C", "D"]),
            "      # first\n      - A # a\n      - \"B\"\n      # third\n      - C # c\n      - D\n",
        ),
        (
            list(&["X"]),
            "      # first\n      - X # a\n      # third\n",
        ),
        (
            list(&["B"]),
            "      # first\n      - \"B\"\n      # third\n",
        ),
    ];
    for (value, lines) in cases {
        let expected =
            format!("users:\n  - email: a@b.example\n    groups:\n{lines}    role: agent\n");
        assert_eq!(
            changed(text, "/users/0", "groups", &value).unwrap(),
            expected
        );
    }
    let none = changed(text, "/users/0", "groups", &list(&[]));
    assert_eq!(none, Err(EditError::Layout), "its comments would be lost");
    let bare = "users:\n- groups:\n  - A\n  - B\n  email: a@b.example\n";
    assert_eq!(
        changed(bare, "/users/0", "groups", &list(&[])).unwrap(),
        "users:\n- groups: []\n  email: a@b.example\n"
    );
    assert_eq!(
        changed(bare, "/users/0", "groups", &list(&["B", "A", "C"])).unwrap(),
        "users:\n- groups:\n  - B\n  - A\n  - C\n  email: a@b.example\n",
        "an order that matters"
    );
}

#[test]
fn a_value_that_stands_elsewhere_is_put_behind_the_keys_before_it() {
    let set = |text: &str, key: &str| changed(text, "/users/0", key, &Value::Bool(true)).unwrap();
    assert_eq!(
        set(
            "users:\n  - email: a@b.example # e\n    role: x # r\n    skills: [a]\n",
            "language"
        ),
        "users:\n  - email: a@b.example # e\n    role: x # r\n    language: true\n    skills: [a]\n"
    );
    assert_eq!(
        set(
            "users:\r\n- { email: a@b.example, role: x }\r\n",
            "language"
        ),
        "users:\r\n- { email: a@b.example, role: x, language: true }\r\n"
    );
    assert_eq!(
        set("users:\r\n- email: a@b.example", "settings/pause_recording"),
        "users:\r\n- email: a@b.example\n  settings: { pause_recording: true }"
    );
    let merged =
        "x: &x { language: en, groups: [A] }\nusers:\n  - <<: *x\n    email: a@b.example\n";
    assert_eq!(
        set(merged, "language"),
        "x: &x { language: en, groups: [A] }\nusers:\n  - <<: *x\n    email: a@b.example\n    language: true\n"
    );
    let settings = "users:\n  - email: a@b.example\n    settings:\n      # c\n      max_concurrent_calls: 1\n    state: present\n";
    assert_eq!(
        set(settings, "settings/pause_recording"),
        settings.replace("calls: 1\n", "calls: 1\n      pause_recording: true\n")
    );
}

#[test]
fn what_cannot_be_changed_line_by_line_is_refused() {
    let text = |value: &str| {
        format!(
            "y: &a {{ first_name: x }}\nusers:\n  - email: a@b.example\n    first_name: {value}\n"
        )
    };
    for value in ["|\n      x", "[A, # c\n      B]"] {
        let result = changed(&text(value), "/users/0", "first_name", &list(&["Z"]));
        assert_eq!(result, Err(EditError::Layout), "{value}");
    }
    let alias = "y: &a { first_name: x }\nusers:\n  - *a\n";
    let result = changed(alias, "/users/0", "first_name", &Value::text("Z"));
    assert_eq!(result, Err(EditError::BehindAlias));
    let result = changed(alias, "/users/7", "first_name", &Value::text("Z"));
    assert_eq!(result, Err(EditError::NoEntry));
    let only_merged = "y: &a { first_name: x }\nusers:\n  - <<: *a\n";
    let result = changed(only_merged, "/users/0", "first_name", &Value::text("Z"));
    assert_eq!(result, Err(EditError::NoOwnKey));
}

/// Every value of a tree, by pointer.
fn values(tree: &Tree) -> BTreeMap<String, String> {
    fn walk(node: Node<'_>, at: String, found: &mut BTreeMap<String, String>) {
        match node.kind() {
            Kind::Scalar(scalar) => {
                found.insert(at, scalar.text.to_owned());
            }
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, format!("{at}/{index}"), found);
                }
            }
            Kind::Mapping(entries) => {
                for entry in entries.iter() {
                    walk(entry.value, format!("{at}/{}", entry.key), found);
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(tree.root(), String::new(), &mut found);
    found
}

fn tree_of(text: &str) -> Tree {
    let mut sources = Sources::new();
    let file = sources.add("x", text).unwrap();
    let mut found = Collector::new();
    let mut trees = parse(sources.file(file), &mut found);
    assert!(!found.has_errors(), "{text}");
    trees.remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn an_edit_changes_its_value_and_no_other_and_at_most_one_line(
        users in prop::collection::vec((0usize..6, any::<bool>(), 0usize..4), 1..5),
        which in 0usize..5,
        key in prop::sample::select(vec!["first_name", "last_name", "language", "default_number"]),
        new in "\\PC{0,12}",
    ) {
        let mut text = String::from("# top\nusers:\n");
        for (number, (style, flow, extra)) in users.iter().enumerate() {
            let value = ["Ada", "'Ada L'", "\"A\\u0064a\"", "A b  # c", "&n Ada", "\"+4211234567\""][*style];
            if *flow {
                let value = if value.contains('#') { "Ada" } else { value };
                text.push_str(&format!("  - {{ email: u{number}@b.example,  first_name: {value} }}  # u\n"));
            } else {
                text.push_str(&format!("  # user\n  -{}email: u{number}@b.example # e\n", " ".repeat(extra + 1)));
                let pad = " ".repeat(extra + 4);
                text.push_str(&format!("{pad}first_name: {value}\n\n{pad}groups: [A,  B]\n"));
            }
        }
        let which = which % users.len();
        let entry = format!("/users/{which}");
        let result = changed(&text, &entry, key, &Value::text(new.as_str())).unwrap();
        let mut expected = values(&tree_of(&text));
        expected.insert(format!("{entry}/{key}"), new.clone());
        prop_assert_eq!(values(&tree_of(&result)), expected, "{}", result);
        let old: Vec<&str> = text.lines().collect();
        let lines: Vec<&str> = result.lines().collect();
        let same_before = old.iter().zip(&lines).take_while(|(a, b)| a == b).count();
        let same_after = old.iter().rev().zip(lines.iter().rev()).take_while(|(a, b)| a == b).count();
        prop_assert!(lines.len() <= same_before + same_after + 1, "{}", result);
        prop_assert!(old.len() <= same_before + same_after + 1, "{}", result);
    }
}
