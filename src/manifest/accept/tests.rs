use super::*;
use crate::model::{FieldName, Kind};
use crate::provider::cloudtalk::CloudTalkDialect;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 21);

const ACCOUNT: &str = "version: 1\naccount: { name: acme, provider: cloudtalk }\n";

const USERS: &str = "\
# people
roles:
  caller:
    grants: agent
    outbound_calls: true   # all of them
    daily_price_limit: 20

numbers:
  - number: \"+421220510801\"
    name: 'Sales line'
    route: { user: bob@acme.example }
users:
  - email: ada@acme.example    # pioneer
    first_name: Ada
    last_name: \"Lovelace\"
    role: caller
    extension: 1001

  - { email: bob@acme.example, first_name: &bob Bob, role: agent }
  # two Bobs
  - email: bob2@acme.example
    first_name: *bob
    protected: true
";

fn user(key: &str, field: &'static str, value: Value) -> Correction {
    Correction {
        id: ResourceId::new(Kind::from_static("user"), key),
        what: Corrected::Field {
            field: FieldName::from_static(field),
            value,
        },
    }
}

fn gone(key: &str) -> Correction {
    Correction {
        id: ResourceId::new(Kind::from_static("user"), key),
        what: Corrected::Gone {
            reason: "accepted from drift on 2026-11-21".to_owned(),
        },
    }
}

fn accepted(texts: &[(&str, &str)], corrections: &[Correction]) -> Accepted {
    let mut sources = Sources::new();
    for (name, text) in texts {
        sources.add(*name, text).unwrap();
    }
    let loaded = load_sources(sources, &[&CloudTalkDialect], TODAY);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let account = &loaded.accounts[0];
    accept(
        &Account {
            sources: &loaded.sources,
            files: &account.files,
            lowered: account.lowered.as_ref().unwrap(),
            dialect: &CloudTalkDialect,
            as_of: TODAY,
        },
        corrections,
    )
}

/// The lines that went, and those that came.
fn changed_lines(accepted: &Accepted) -> String {
    let mut text = String::new();
    for file in &accepted.files {
        let diff = similar::TextDiff::from_lines(&file.before, &file.after);
        for change in diff.iter_all_changes() {
            if change.tag() != similar::ChangeTag::Equal {
                text.push_str(&format!("{}{}", change.tag(), change.value()));
            }
        }
    }
    text
}

fn whys(accepted: &Accepted) -> Vec<String> {
    let one = |it: &Uncorrected| format!("{}: {}", it.id.key, it.why);
    accepted.left.iter().map(one).collect()
}

#[test]
fn only_the_lines_concerned_change() {
    let result = accepted(
        &[("account.yaml", ACCOUNT), ("users.yaml", USERS)],
        &[
            user("ada@acme.example", "last_name", Value::text("King")),
            user("ada@acme.example", "extension", Value::text("1002")),
            user("ada@acme.example", "daily_price_limit", Value::Integer(50)),
            user("bob2@acme.example", "first_name", Value::text("Robert")),
        ],
    );
    assert_eq!(whys(&result), Vec::<String>::new());
    assert_eq!(result.files.len(), 1);
    insta::assert_snapshot!(changed_lines(&result), @r#"
    -    last_name: "Lovelace"
    +    last_name: "King"
    -    extension: 1001
    +    extension: 1002
    +    daily_price_limit: 50
    -    first_name: *bob
    +    first_name: Robert
    "#);
    assert_eq!(result.files[0].shown, "users.yaml");
}

#[test]
fn who_disappeared_becomes_absent_unless_something_speaks_against_it() {
    let result = accepted(
        &[("account.yaml", ACCOUNT), ("users.yaml", USERS)],
        &[
            gone("ada@acme.example"),
            gone("bob@acme.example"),
            gone("bob2@acme.example"),
        ],
    );
    insta::assert_snapshot!(changed_lines(&result), @r"
    +    state: absent
    +    reason: accepted from drift on 2026-11-21
    ");
    let whys = whys(&result);
    assert_eq!(whys.len(), 2, "{whys:?}");
    assert!(
        whys[0].starts_with("bob@acme.example: the manifests would not be valid: "),
        "{whys:?}"
    );
    assert!(
        whys[1].starts_with("bob2@acme.example: the manifests would not be valid: "),
        "{whys:?}"
    );
    assert_eq!(result.made, [gone("ada@acme.example")]);
}

#[test]
fn what_would_change_others_too_is_left() {
    let result = accepted(
        &[("account.yaml", ACCOUNT), ("users.yaml", USERS)],
        &[
            user("bob@acme.example", "first_name", Value::text("Robert")),
            user("ada@acme.example", "first_name", Value::text("Augusta")),
            user("nobody@acme.example", "first_name", Value::text("X")),
        ],
    );
    assert_eq!(
        whys(&result),
        [
            "nobody@acme.example: its entry was not found",
            "bob@acme.example: the manifests would say something else differently too"
        ]
    );
    assert_eq!(
        changed_lines(&result),
        "-    first_name: Ada\n+    first_name: Augusta\n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn each_accepted_value_is_what_the_manifests_say_afterwards(
        first in "[A-Za-zŠž][A-Za-zŠž '\"#:&*,-]{0,10}[a-z]",
        limit in 1i64..=200,
        calls in any::<bool>(),
    ) {
        let corrections = [
            user("ada@acme.example", "first_name", Value::text(first.as_str())),
            user("ada@acme.example", "outbound_calls", Value::Bool(calls)),
            user("bob2@acme.example", "daily_price_limit", Value::Integer(limit)),
        ];
        let result = accepted(&[("account.yaml", ACCOUNT), ("users.yaml", USERS)], &corrections);
        prop_assert_eq!(whys(&result), Vec::<String>::new());
        prop_assert_eq!(result.made.len(), 3);
        let lines = changed_lines(&result).lines().count();
        prop_assert!(lines <= 4, "{}", changed_lines(&result));
    }
}
