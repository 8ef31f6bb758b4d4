use serde_json::{Value, json};

use crate::manifest::diagnostic_lines::parsed;

fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "version": { "const": 1 },
            "users": { "type": "array", "items": { "$ref": "#/$defs/User" } },
            "any": {},
        },
        "required": ["version"],
        "$defs": {
            "User": {
                "type": "object",
                "additionalProperties": false,
                "required": ["email"],
                "properties": {
                    "email": { "type": "string", "format": "email", "description": "The address that names the user." },
                    "last_name": { "type": "string", "minLength": 1 },
                    "phone": { "description": "A phone number in E.164 form.", "$ref": "#/$defs/Phone" },
                    "extension": { "oneOf": [
                        { "type": "integer", "minimum": 0 },
                        { "type": "string" },
                        { "type": "object", "additionalProperties": false, "required": ["pool"],
                          "properties": { "pool": { "type": "string" } } },
                    ] },
                    "role": { "description": "What the user may do.", "oneOf": [
                        { "const": "admin", "description": "All." },
                        { "const": "supervisor", "description": "Much." },
                        { "const": "agent", "description": "Some." },
                    ] },
                    "limit": { "type": "integer", "minimum": 1, "maximum": 200, "x-hint": "from 1 to 200 EUR" },
                    "share": { "type": "number" },
                    "blocked": { "type": "boolean" },
                    "groups": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
                    "password": { "anyOf": [
                        { "const": "generate" },
                        { "type": "string", "pattern": "^env:", "x-hint": "`generate` or `env:NAME`" },
                    ] },
                    "route": { "oneOf": [
                        { "type": "object", "additionalProperties": false, "required": ["kind", "group"],
                          "properties": { "kind": { "const": "group" }, "group": { "type": "string" } } },
                        { "type": "object", "additionalProperties": false, "required": ["kind", "count"],
                          "properties": { "kind": { "const": "number" }, "count": { "type": "integer" } } },
                    ] },
                    "visible": { "oneOf": [ { "const": "all" }, { "type": "array", "items": { "type": "string" } } ] },
                    "tags": { "type": "object", "additionalProperties": { "type": "string" },
                              "propertyNames": { "maxLength": 5 } },
                },
            },
            "Phone": { "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$" },
        },
    })
}

fn user(body: &str) -> (Value, String) {
    let mut case = parsed(&format!(
        "version: 1\nusers:\n  - email: a@b.example\n    {body}\n"
    ));
    let value = case.read(&schema());
    (value["users"][0].clone(), case.lines())
}

#[test]
fn where_text_is_wanted_plain_scalars_stay_as_they_are_written() {
    for text in [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "true",
        "False",
        "0123",
        "007",
        "1e3",
        "1_000",
        "+421900123456",
        "12:30",
        "12:30:45",
        "2026-12-01",
        "1001",
        "1.10",
        "0x1F",
        "0o17",
        ".5",
        "-0",
        "-1",
        ".inf",
        ".nan",
        "=",
        "123456789012345678901234567890",
        "Ľuboš",
    ] {
        let (user, lines) = user(&format!("last_name: {text}"));
        assert_eq!(lines, "", "{text}");
        assert_eq!(user["last_name"], text);
    }
}

#[test]
fn where_a_number_or_a_text_is_wanted_only_canonical_whole_numbers_are_numbers() {
    for (text, value) in [
        ("1001", json!(1001)),
        ("0", json!(0)),
        ("0123", json!("0123")),
        ("+42", json!("+42")),
        ("1e3", json!("1e3")),
        ("1.0", json!("1.0")),
        ("\"1001\"", json!("1001")),
        ("!!str 1001", json!("1001")),
        ("!!int \"1001\"", json!(1001)),
        ("99999999999999999999", json!("99999999999999999999")),
        ("true", json!("true")),
    ] {
        let (user, lines) = user(&format!("extension: {text}"));
        assert_eq!(lines, "", "{text}");
        assert_eq!(user["extension"], value, "{text}");
    }
}

#[test]
fn where_a_number_or_a_boolean_is_wanted_plain_scalars_become_one() {
    for (body, key, value) in [
        ("limit: 20", "limit", json!(20)),
        ("blocked: true", "blocked", json!(true)),
        ("blocked: FALSE", "blocked", json!(false)),
        ("share: 1.50", "share", json!(1.5)),
        ("share: .5", "share", json!(0.5)),
        ("share: 1e3", "share", json!(1000.0)),
        ("share: -3", "share", json!(-3)),
        (
            "tags: { a: 01, b: no }",
            "tags",
            json!({"a": "01", "b": "no"}),
        ),
        (
            "route: { kind: number, count: 3 }",
            "route",
            json!({"kind": "number", "count": 3}),
        ),
        (
            "route: { kind: group, group: 3 }",
            "route",
            json!({"kind": "group", "group": "3"}),
        ),
        ("visible: [1, 02]", "visible", json!(["1", "02"])),
    ] {
        let (user, lines) = user(body);
        assert_eq!(lines, "", "{body}");
        assert_eq!(user[key], value, "{body}");
    }
}

#[test]
fn numbers_that_would_lose_something_are_told() {
    let mut lines = String::new();
    for body in [
        "limit: 020",
        "limit: +20",
        "limit: 0x1f",
        "limit: 1e3",
        "limit: 99999999999999999999",
        "share: .inf",
        "limit: !!int abc",
    ] {
        lines.push_str(&user(body).1);
    }
    let mut case = parsed("version: 1\nany: [0123, +421900123456, 1e3, no, 1001, 12:30, 1.5, ~]\n");
    let value = case.read(&schema());
    lines.push_str(&case.lines());
    assert_eq!(
        value["any"],
        json!([
            "0123",
            "+421900123456",
            "1e3",
            "no",
            1001,
            "12:30",
            1.5,
            null
        ])
    );
    insta::assert_snapshot!(lines, @r##"
    wrong-type a.yaml:4:12 "020" `020` is not written as a plain number / write `20`
    wrong-type a.yaml:4:12 "+20" `+20` is not written as a plain number / write `20`
    wrong-type a.yaml:4:12 "0x1f" `0x1f` is not a whole number / write digits only
    wrong-type a.yaml:4:12 "1e3" `1e3` is not a whole number / write digits only
    wrong-type a.yaml:4:12 "99999999999999999999" `99999999999999999999` is too large a number / write a smaller number
    wrong-type a.yaml:4:12 ".inf" `.inf` is not written as a plain number / write it with digits and at most one point
    bad-value a.yaml:4:18 "abc" `abc` does not fit the tag before it / remove the tag
    number-needs-quotes a.yaml:2:7 "0123" `0123` may be a number or a text / write `"0123"` for the text
    number-needs-quotes a.yaml:2:13 "+421900123456" `+421900123456` may be a number or a text / write `"+421900123456"` for the text
    number-needs-quotes a.yaml:2:28 "1e3" `1e3` may be a number or a text / write `"1e3"` for the text
    null-value a.yaml:2:55 "~" `~` is not a value here / remove it, or write a value
    "##);
}

#[test]
fn keys_without_a_value_are_told_once() {
    let mut lines = String::new();
    for body in [
        "last_name:",
        "last_name: Null",
        "extension: ~",
        "role:",
        "groups: [a, ]",
        "groups:\n      - a\n      -",
        "limit:",
        "extension: { pool: }",
    ] {
        lines.push_str(&user(body).1);
    }
    insta::assert_snapshot!(lines, @r##"
    null-value a.yaml:4:5 "last_name" `last_name` has no value / leave the key out: an absent key is not managed; `[]` means none
    null-value a.yaml:4:16 "Null" `last_name` is set to `Null` / leave the key out: an absent key is not managed; `[]` means none, and `"Null"` the text
    null-value a.yaml:4:16 "~" `extension` is set to `~` / leave the key out: an absent key is not managed; `[]` means none
    null-value a.yaml:4:5 "role" `role` has no value / leave the key out: an absent key is not managed; `[]` means none
    null-value a.yaml:6:8 "" an item of the list is empty / remove it, or write a value
    null-value a.yaml:4:5 "limit" `limit` has no value / leave the key out: an absent key is not managed; `[]` means none
    null-value a.yaml:4:18 "pool" `pool` has no value / leave the key out: an absent key is not managed; `[]` means none
    "##);
}

#[test]
fn each_mistake_gives_one_diagnostic_on_the_exact_place() {
    let mut lines = String::new();
    for body in [
        "lastname: X",
        "zzz: X",
        "role: superviser",
        "role: 5",
        "role: [agent]",
        "limit: 500",
        "limit: many",
        "limit: \"20\"",
        "blocked: yes",
        "groups: Sales",
        "groups: { a: b }",
        "groups: [a, b, a]",
        "phone: 0900123456",
        "last_name: \"\"",
        "last_name: { a: b }",
        "extension: { pol: sales }",
        "extension: [1]",
        "extension: -5",
        "password: generat",
        "password: hunter2",
        "route: { kind: numbr, count: 3 }",
        "route: { kind: number, count: x }",
        "route: { kind: number, cuont: 3 }",
        "route: { count: 3 }",
        "route: sales",
        "visible: al",
        "visible: nobody",
        "visible: { a: b }",
        "tags: { toolong: x }",
    ] {
        lines.push_str(&user(body).1);
    }
    insta::assert_snapshot!(lines, @r##"
    unknown-key a.yaml:4:5 "lastname" an item of `users` has no key `lastname` / did you mean `last_name`?
    unknown-key a.yaml:4:5 "zzz" an item of `users` has no key `zzz` / known keys are `blocked`, `email`, `extension`, `groups`, `last_name`, `limit`, `password`, `phone`, `role`, `route`, `share`, `tags` and 1 more
    bad-value a.yaml:4:11 "superviser" `role`: expected one of `admin`, `supervisor` or `agent`, not `superviser` / did you mean `supervisor`?
    bad-value a.yaml:4:11 "5" `role`: expected one of `admin`, `supervisor` or `agent`, not `5` / What the user may do.
    wrong-type a.yaml:4:11 "[agent]" `role` takes `admin`, `supervisor` or `agent`, not a list / What the user may do.
    bad-value a.yaml:4:12 "500" `limit`: `500` is more than 200 / from 1 to 200 EUR
    wrong-type a.yaml:4:12 "many" `limit` takes a whole number, not `many` / from 1 to 200 EUR
    wrong-type a.yaml:4:12 "\"20\"" `limit` takes a whole number, not the text `20` / write `20` without quotes
    wrong-type a.yaml:4:14 "yes" `blocked` takes `true` or `false`, not `yes` / write `true`
    wrong-type a.yaml:4:13 "Sales" `groups` takes a list, not `Sales` / write `[Sales]`
    wrong-type a.yaml:4:13 "{ a: b }" `groups` takes a list, not a mapping / put `- ` before it
    bad-value a.yaml:4:13 "[a, b, a]" `groups`: a list holds an item twice
    bad-value a.yaml:4:12 "0900123456" `phone`: `0900123456` is not of the allowed form / A phone number in E.164 form.
    bad-value a.yaml:4:16 "\"\"" `last_name`: an empty text is shorter than 1 character
    wrong-type a.yaml:4:16 "{ a: b }" `last_name` takes a text, not a mapping
    unknown-key a.yaml:4:18 "pol" `extension` has no key `pol` / did you mean `pool`?
    wrong-type a.yaml:4:16 "[1]" `extension` takes a whole number, a text or a mapping, not a list
    bad-value a.yaml:4:16 "-5" `extension`: `-5` is less than 0
    bad-value a.yaml:4:15 "generat" `password`: expected `generate`, not `generat` / did you mean `generate`?
    bad-value a.yaml:4:15 "hunter2" `password`: `hunter2` is not of the allowed form / `generate` or `env:NAME`
    bad-value a.yaml:4:20 "numbr" `kind`: expected one of `group` or `number`, not `numbr` / did you mean `number`?
    wrong-type a.yaml:4:35 "x" `count` takes a whole number, not `x`
    unknown-key a.yaml:4:28 "cuont" `route` has no key `cuont` / did you mean `count`?
    missing-key a.yaml:4:14 "count" `route` lacks the key `kind` / add `kind:`
    wrong-type a.yaml:4:12 "sales" `route` takes a mapping, not `sales`
    bad-value a.yaml:4:14 "al" `visible`: expected `all` or a list, not `al` / did you mean `all`?
    bad-value a.yaml:4:14 "nobody" `visible`: expected `all` or a list, not `nobody`
    wrong-type a.yaml:4:14 "{ a: b }" `visible` takes `all` or a list, not a mapping / put `- ` before it
    bad-value a.yaml:4:13 "toolong" the name `toolong` is longer than 5 characters
    "##);
}

#[test]
fn missing_keys_are_told_where_the_mapping_begins() {
    let mut lines = String::new();
    for text in [
        "users: []",
        "version: 2",
        "- a",
        "just text",
        "{}",
        "version: 1\nusers: [{}, {last_name: X}, {emial: a@b.example}]",
        "version: 1\nusers:\n  - email: not an address",
    ] {
        let mut case = parsed(text);
        case.read(&schema());
        lines.push_str(&case.lines());
        lines.push('\n');
    }
    insta::assert_snapshot!(lines, @r##"
    missing-key a.yaml:1:1 "users" the key `version` is missing / add `version:`

    bad-value a.yaml:1:10 "2" `version`: expected `1`, not `2`

    wrong-type a.yaml:1:1 "- a" the document takes a mapping, not a list

    wrong-type a.yaml:1:1 "just text" the document takes a mapping, not `just text`

    missing-key a.yaml:1:1 "{}" the key `version` is missing / add `version:`

    missing-key a.yaml:2:9 "{}" an item of `users` lacks the key `email` / add `email:`: The address that names the user.
    missing-key a.yaml:2:14 "last_name" an item of `users` lacks the key `email` / add `email:`: The address that names the user.
    unknown-key a.yaml:2:30 "emial" an item of `users` has no key `emial` / did you mean `email`?

    bad-value a.yaml:3:12 "not an address" `email`: `not an address` is not of the form `email` / The address that names the user.
    "##);
}

#[test]
fn a_secret_value_is_not_repeated() {
    let schema = json!({
        "type": "object",
        "properties": { "password": { "$ref": "#/$defs/Password" } },
        "$defs": { "Password": { "writeOnly": true, "x-hint": "`generate` or `env:NAME`", "anyOf": [
            { "const": "generate" }, { "type": "string", "pattern": "^env:" } ] } },
    });
    for text in [
        "password: hunter2",
        "password: [hunter2]",
        "password:\n  hunter2: x",
    ] {
        let mut case = parsed(text);
        case.read(&schema);
        let found = case.diagnostics.finish();
        assert_eq!(found.errors, 1, "{text}");
        let human = crate::render::diagnostics::human(&found, &case.sources, false);
        let json = crate::render::json_diagnostics::json(&found, &case.sources);
        assert!(!human.contains("hunter2"), "{human}");
        assert!(!json.contains("hunter2"), "{json}");
        assert!(
            human.contains("••••••") && human.contains("env:NAME"),
            "{human}"
        );
    }
}

#[test]
fn pointers_lead_to_keys_and_values() {
    let case = parsed("a/b: {c~d: [x, {é: yé}]}\nbase: &b {k: v}\nuse: {<<: *b}\n");
    let tree = &case.trees[0];
    let at = |pointer: &str| {
        tree.at(pointer).map(|place| {
            (
                place.key_span.map(|span| case.sources.slice(span)),
                case.sources.slice(place.value.span()),
            )
        })
    };
    assert_eq!(at("/a~1b/c~0d/1/é"), Some((Some("é"), "yé")));
    assert_eq!(at("/a~1b/c~0d/0"), Some((None, "x")));
    assert_eq!(at("/use/k"), Some((Some("k"), "v")));
    for nothing in ["/x", "/a~1b/c~0d/2", "/a~1b/c~0d/-", "/base/k/z", "no"] {
        assert_eq!(at(nothing), None, "{nothing}");
    }
}

#[test]
fn ten_thousand_users_are_read_in_little_memory_and_looked_up() {
    let mut text = String::from("version: 1\nusers:\n");
    for number in 0..10_000 {
        text.push_str(&format!(
            "  - email: user{number}@acme.example\n    last_name: Name {number}\n    phone: +421900{number:06}\n    extension: {number}\n    role: agent\n    limit: 20\n    share: 0.5\n    blocked: false\n    groups: [Sales, VIP]\n    password: generate\n    visible: all\n"
        ));
    }
    let mut case = parsed(&text);
    let value = case.read(&schema());
    assert_eq!(value["users"].as_array().unwrap().len(), 10_000);
    assert!(case.trees[0].memory_bytes() < 8_000_000);
    for number in 0..10_000 {
        assert!(
            case.trees[0]
                .at(&format!("/users/{number}/phone"))
                .is_some()
        );
    }
    assert_eq!(case.lines(), "");
}

#[test]
fn of_thirty_thousand_mistakes_all_are_counted_and_a_thousand_told() {
    let mut text = String::from("version: 1\nusers:\n");
    for number in 0..10_000 {
        text.push_str(&format!(
            "  - emial: user{number}@acme.example\n    role: agnet\n    limit: 500\n"
        ));
    }
    let mut case = parsed(&text);
    case.read(&schema());
    let found = case.diagnostics.finish();
    assert_eq!((found.errors, found.items.len()), (30_000, 1_000));
}
