use super::*;
use crate::provider::cloudtalk::CloudTalkDialect;
use proptest::prelude::*;

fn try_format(text: &str, dialect: Option<&dyn Dialect>) -> Result<String, FormatError> {
    let mut sources = Sources::new();
    let id = sources.add("users.yaml", text).unwrap();
    Formatter::new(dialect).format(sources.file(id))
}

/// The canonical form, which has to be its own.
fn format(text: &str) -> String {
    let once = try_format(text, Some(&CloudTalkDialect)).unwrap();
    let twice = try_format(&once, Some(&CloudTalkDialect)).unwrap();
    assert_eq!(once, twice, "not its own canonical form");
    once
}

#[test]
fn keys_are_ordered_and_take_their_comments_along() {
    let text = "\
# yaml-language-server: $schema=x
# people
users:
- last_name: Lovelace   # family
  # the login
  email:   'ada@acme.example'
  first_name: \"Ada\"


  # where she sits
  # since May
  groups: [ Sales EU,VIP ]
  extension: \"1001\"
# end of users
groups:
    - name:  'Sales EU'
    - {name: VIP}
version: 1
account: {provider: cloudtalk, name: acme}
";
    insta::assert_snapshot!(format(text), @r#"
    # yaml-language-server: $schema=x
    version: 1
    account: { name: acme, provider: cloudtalk }
    # end of users
    groups:
      - name: Sales EU
      - { name: VIP }
    # people
    users:
      # the login
      - email: ada@acme.example
        first_name: Ada
        last_name: Lovelace   # family
        extension: "1001"

        # where she sits
        # since May
        groups: [Sales EU, VIP]
    "#);
}

#[test]
fn the_contracts_order_of_users_is_kept() {
    let text = "\
users:
  - email: ada@acme.example
    first_name: Ada
    last_name: Lovelace
    role: sales-agent
    extension: 1001              # or { pool: sales }
    groups: [Sales EU, VIP]
    default_number: \"+421220510801\"
    language: en
    password: generate           # or a reference
    starts_on: 2026-12-01
  - email: leaver@acme.example
    state: absent
    reason: left on 2026-11-30
";
    assert_eq!(format(text), text);
}

#[test]
fn phone_numbers_get_quotes_and_other_texts_lose_what_they_do_not_need() {
    let text = "numbers:\n  - number: +421220510801\n    name: 'Sales'\nusers:\n  - email: a@b.example\n    first_name: 'No'\n    last_name: 'say \"x\"'\n    language: 'a: b'\n";
    insta::assert_snapshot!(format(text), @r#"
    numbers:
      - number: "+421220510801"
        name: Sales
    users:
      - email: a@b.example
        first_name: "No"
        last_name: 'say "x"'
        language: "a: b"
    "#);
    let unknown = try_format("a: +421220510801\n", None).unwrap();
    assert_eq!(unknown, "a: +421220510801\n", "it may be a number there");
}

#[test]
fn what_is_too_wide_for_the_line_is_opened_up() {
    let long = "users:\n  - { email: ada@acme.example, first_name: Ada, last_name: Lovelace, role: agent, groups: [Sales EU, VIP, Third] } # pioneer\nroles: {a: {grants: agent, groups: [aaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccc]}} # r\n";
    insta::assert_snapshot!(format(long), @r"
    roles: # r
      a:
        grants: agent
        groups:
          - aaaaaaaaaaaaaaaaaaaaaaaaaaa
          - bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
          - ccccccccccccccccccccccc
    users:
      # pioneer
      - email: ada@acme.example
        first_name: Ada
        last_name: Lovelace
        role: agent
        groups: [Sales EU, VIP, Third]
    ");
}

#[test]
fn comments_stay_wherever_they_stand() {
    let text = "\
# top

# about the version
version: 1 # v

account: # the account
   # inside
   name: acme

   provider: cloudtalk
   # last of the account
  # between
# before users


users: # people
  # first
- # dash
  email: a@b.example # e
  groups: # g
    # g1
    - One # one

    # g2
    - Two
    # tail of groups
  skills: [
      German, # de
    Sales
  ]
  # tail of a
- email: b@b.example

# the end
";
    insta::assert_snapshot!(format(text), @r"
    # top

    # about the version
    version: 1 # v

    account: # the account
      # inside
      name: acme

      provider: cloudtalk
      # last of the account
    # between
    # before users

    users: # people
      # first
      # dash
      - email: a@b.example # e
        groups: # g
          # g1
          - One # one

          # g2
          - Two
          # tail of groups
        skills: [
            German, # de
          Sales
        ]
        # tail of a
      - email: b@b.example

    # the end
    ");
}

#[test]
fn anchors_aliases_and_texts_of_several_lines_stay() {
    let text = "\
roles:
    base: &base   # shared
        grants: agent
        groups: &g [One,  Two]
    lead:
        <<: *base
        daily_price_limit: 20
users:
- &ada
  first_name: Ada
  email: a@b.example
  groups: *g
- email: b@b.example
  state: absent
  reason: |
      left
        on a day

      at last
- email: c@b.example
  state: absent
  reason: >-
    folded
    text
- email: d@b.example
  state: absent
  reason: \"over
     two  \\
     lines\"
- email: e@b.example
  state: absent
  reason: plain
    over lines
";
    insta::assert_snapshot!(format(text), @r#"
    roles:
      base: &base   # shared
        grants: agent
        groups: &g [One, Two]
      lead:
        <<: *base
        daily_price_limit: 20
    users:
      - &ada
        email: a@b.example
        first_name: Ada
        groups: *g
      - email: b@b.example
        state: absent
        reason: |
          left
            on a day

          at last
      - email: c@b.example
        state: absent
        reason: >-
          folded
          text
      - email: d@b.example
        state: absent
        reason: "over
          two  \
          lines"
      - email: e@b.example
        state: absent
        reason: plain
          over lines
    "#);
}

#[test]
fn an_alias_never_comes_before_its_anchor() {
    let text = "users:\n  - email: &who a@b.example\nnumbers:\n  - number: \"+421220510801\"\n    route: { user: *who }\n";
    assert_eq!(format(text), text, "numbers would stand before users");
}

#[test]
fn texts_that_keep_their_line_breaks_keep_them() {
    let text = "users:\n  - email: a@b.example\n    reason: |+\n      x\n\n\n    state: absent\n  - email: b@b.example\n    state: absent\n    reason: |2-\n        deep\n      x\n\n# end\n";
    let formatted = format(text);
    assert!(
        formatted.contains("|2-\n        deep\n      x\n"),
        "{formatted}"
    );
    assert!(formatted.contains("|+\n      x\n\n\n"), "{formatted}");
}

#[test]
fn documents_and_windows_line_breaks() {
    let text = "---\r\nversion: 1\r\n--- # second\r\nusers:\r\n- email: a@b.example\r\n";
    assert_eq!(
        format(text),
        "---\nversion: 1\n--- # second\nusers:\n  - email: a@b.example\n"
    );
    assert_eq!(format(""), "");
    assert_eq!(
        format("\n\n# only\n\n\n# comments"),
        "# only\n\n# comments\n"
    );
}

#[test]
fn what_cannot_be_kept_is_refused() {
    for text in [
        "%YAML 1.2\n---\na: 1\n",
        "? a\n: b\n",
        "just text\n",
        "&x\na: 1\n",
    ] {
        let result = try_format(text, None);
        assert!(
            matches!(result, Err(FormatError::Unsupported(_))),
            "{text}: {result:?}"
        );
    }
    assert!(matches!(
        try_format("a: [1\n", None),
        Err(FormatError::Invalid(_))
    ));
    assert!(matches!(
        try_format("a: 1\na: 2\n", None),
        Err(FormatError::Invalid(_))
    ));
}

#[test]
fn the_manifests_of_the_other_tests_have_a_canonical_form() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/manifests");
    let mut seen = 0;
    for kind in ["valid", "invalid"] {
        for entry in std::fs::read_dir(format!("{folder}/{kind}")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            match try_format(&text, Some(&CloudTalkDialect)) {
                Ok(once) => {
                    let twice = try_format(&once, Some(&CloudTalkDialect)).unwrap();
                    assert_eq!(once, twice, "{}", path.display());
                    assert!(
                        !once.lines().any(|line| line.ends_with(' ')),
                        "{}",
                        path.display()
                    );
                    seen += 1;
                }
                Err(FormatError::Changed(why)) => panic!("{}: {why}", path.display()),
                Err(FormatError::Invalid(_) | FormatError::Unsupported(_)) => {}
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

/// A manifest in any style, with comments everywhere.
fn manifest() -> impl Strategy<Value = String> {
    let comment = prop_oneof![
        5 => Just(String::new()),
        1 => Just("# x".to_owned()),
        1 => Just("#é  y".to_owned()),
    ];
    let lines = prop_oneof![
        6 => Just(String::new()),
        1 => Just("\n".to_owned()),
        1 => Just("\n\n\n".to_owned()),
        1 => Just("@# own\n".to_owned()),
        1 => Just("   # odd\n".to_owned()),
        1 => Just("\n@# a\n\n@# b\n".to_owned()),
        1 => Just("# zero\n".to_owned()),
    ];
    let value = prop_oneof![
        Just("first_name: Ada".to_owned()),
        Just("first_name: 'Ada'".to_owned()),
        Just("last_name:    \"Lovelace\"".to_owned()),
        Just("role: agent".to_owned()),
        Just("extension: 1001".to_owned()),
        Just("extension: {pool: sales}".to_owned()),
        Just("groups: [ A,B , 'C d' ]".to_owned()),
        Just("groups:\n@- A\n@- B".to_owned()),
        Just("groups:\n@  # in\n@  - A # a\n\n@  - B\n@  # tail".to_owned()),
        Just("groups: [A, # in\n@   B]".to_owned()),
        Just("default_number: +421220510801".to_owned()),
        Just("reason: |\n@   a\n@    b\n\n@   c".to_owned()),
        Just("reason: |+\n@   a\n\n".to_owned()),
        Just("reason: >- # head\n@  a\n@  b".to_owned()),
        Just("reason: a\n@  b".to_owned()),
        Just("reason: 'a\n\n@  b'".to_owned()),
        Just("settings:\n@  pause_recording: true\n@  # s\n@  call_monitor_access: false".to_owned()),
        Just("settings: {pause_recording: true, max_concurrent_calls: 2, message_visibility: 'own messages', can_change_own_groups: false}".to_owned()),
        Just("settings: &s {}".to_owned()),
        Just("language:\n@  # why\n@  en".to_owned()),
        Just("previously: !!str x".to_owned()),
    ];
    let entry = (lines, value, comment.clone());
    let user = (
        prop::collection::vec(entry, 1..7),
        any::<bool>(),
        comment,
        0usize..3,
    );
    (prop::collection::vec(user, 1..4), any::<bool>()).prop_map(|(users, unindented)| {
        let mut text = String::from("users:\n");
        let outer = if unindented { 0 } else { 3 };
        for (number, (entries, dash_alone, comment, extra)) in users.into_iter().enumerate() {
            let indent = outer + 2 + extra;
            let pad = " ".repeat(indent);
            text.push_str(&" ".repeat(outer));
            text.push('-');
            if dash_alone {
                if !comment.is_empty() {
                    text.push(' ');
                    text.push_str(&comment);
                }
                text.push('\n');
                text.push_str(&pad);
            } else {
                text.push_str(&" ".repeat(indent - outer - 1));
            }
            text.push_str(&format!("email: u{number}@b.example\n"));
            let mut seen = std::collections::BTreeSet::new();
            for (lines, value, comment) in entries {
                let key = value.split(':').next().unwrap().to_owned();
                if !seen.insert(key) {
                    continue;
                }
                text.push_str(&lines.replace('@', &pad));
                text.push_str(&pad);
                text.push_str(&value.replace('@', &pad));
                let last = value.lines().last().unwrap_or_default();
                let simple = !value.contains('|') && !value.contains('>') && !last.contains('#');
                if simple && !comment.is_empty() {
                    text.push_str("  ");
                    text.push_str(&comment);
                }
                text.push('\n');
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_style_has_one_canonical_form_with_the_same_meaning(text in manifest()) {
        // Meaning and comments are compared inside; a difference is an error.
        let once = match try_format(&text, Some(&CloudTalkDialect)) {
            Ok(once) => once,
            Err(FormatError::Invalid(_)) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        };
        let twice = try_format(&once, Some(&CloudTalkDialect));
        prop_assert_eq!(&once, &twice.unwrap(), "from:\n{}", text);
        prop_assert!(once.ends_with('\n'));
    }
}
