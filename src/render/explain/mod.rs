//! The capability table for people and programs: what can be read, created, updated, done by hand, and where.

mod human;
mod json;

use thiserror::Error;

use crate::model::{Confidence, FieldSpec, KindSpec, ProviderSpec, Read, Shape, Way};

pub use human::human;
pub use json::json;

/// What is explained.
#[derive(Clone, Copy, Debug)]
pub enum Topic {
    /// All kinds of a provider.
    Provider(&'static ProviderSpec),
    /// One kind.
    Kind(&'static ProviderSpec, &'static KindSpec),
    /// One field.
    Field(&'static ProviderSpec, &'static KindSpec, &'static FieldSpec),
}

/// A topic that there is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{owner} has no {what} `{name}`; {hint}")]
pub struct UnknownTopic {
    /// What was looked in, such as ``kind `user` of `cloudtalk` ``.
    pub owner: String,
    /// What was looked for: `provider`, `kind` or `field`.
    pub what: &'static str,
    /// The name that is not known, made visible.
    pub name: String,
    /// The nearest known name, or all of them.
    pub hint: String,
}

/// Finds `PROVIDER`, `PROVIDER.KIND` or `PROVIDER.KIND.FIELD`; a field's own path may have dots.
///
/// A kind may be named in the plural, as the manifest's list is.
pub fn resolve(providers: &[&'static ProviderSpec], topic: &str) -> Result<Topic, UnknownTopic> {
    let mut parts = topic.splitn(3, '.');
    let provider = parts.next().unwrap_or_default();
    let spec = *providers
        .iter()
        .find(|spec| spec.name == provider)
        .ok_or_else(|| {
            let known = providers.iter().map(|spec| spec.name).collect();
            unknown("this program".to_owned(), "provider", provider, known)
        })?;
    let Some(kind) = parts.next() else {
        return Ok(Topic::Provider(spec));
    };
    let kind_spec = spec
        .kinds
        .iter()
        .find(|row| row.name == kind || row.plural == kind)
        .ok_or_else(|| {
            let known = spec.kinds.iter().map(|row| row.name).collect();
            unknown(format!("provider `{}`", spec.name), "kind", kind, known)
        })?;
    let Some(field) = parts.next() else {
        return Ok(Topic::Kind(spec, kind_spec));
    };
    let field_spec = kind_spec
        .fields
        .iter()
        .find(|row| row.name == field)
        .ok_or_else(|| {
            let known = kind_spec.fields.iter().map(|row| row.name).collect();
            let owner = format!("kind `{}` of `{}`", kind_spec.name, spec.name);
            unknown(owner, "field", field, known)
        })?;
    Ok(Topic::Field(spec, kind_spec, field_spec))
}

fn unknown(
    owner: String,
    what: &'static str,
    name: &str,
    known: Vec<&'static str>,
) -> UnknownTopic {
    // Past a third of the letters, a name is another name.
    let near = known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(far, candidate)| *far <= (candidate.chars().count() / 3).max(1))
        .min();
    let hint = match near {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None => format!("it has {}", known.join(", ")),
    };
    UnknownTopic {
        owner,
        what,
        name: super::escape::name(name),
        hint,
    }
}

/// The distance to a name, or to the last part of a path.
fn distance(name: &str, candidate: &str) -> usize {
    let name = name.to_lowercase();
    let whole = strsim::damerau_levenshtein(&name, candidate);
    match candidate.rsplit_once('.') {
        Some((_, last)) => whole.min(strsim::damerau_levenshtein(&name, last)),
        None => whole,
    }
}

fn read_word(read: Read) -> &'static str {
    match read {
        Read::Yes => "yes",
        Read::Sometimes => "sometimes",
        Read::No => "no",
    }
}

fn way_word(way: Way) -> &'static str {
    match way {
        Way::Api => "api",
        Way::ApiAfterCreate => "api_after_create",
        Way::Manual => "manual",
        Way::Never => "never",
    }
}

fn confidence_word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Specified => "specified",
        Confidence::Observed => "observed",
        Confidence::Documented => "documented",
        Confidence::Inferred => "inferred",
    }
}

fn shape_word(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "text",
        Shape::Integer => "integer",
        Shape::Bool => "bool",
        Shape::Set => "set",
        Shape::Sequence => "sequence",
        Shape::Reference(_) => "reference",
        Shape::References(_) => "references",
        Shape::Members(_) => "members",
        Shape::ReferenceSequence(_) => "reference_sequence",
        Shape::ReferencesOrAll(_) => "references_or_all",
        Shape::ReferenceOneOf(_) => "reference_one_of",
        Shape::Secret => "secret",
    }
}

/// Where a person finds a field: below the kind's procedure for changing, or else for creating. Empty when no place is known.
fn click_path(kind: &KindSpec, field: &FieldSpec) -> Vec<&'static str> {
    let by_hand = field.create == Way::Manual || field.update == Way::Manual;
    if !by_hand && field.place.is_empty() {
        return Vec::new();
    }
    if let Some(page) = field.page {
        let mut path = (page.procedure)(None, None).path.to_vec();
        path.extend(field.place);
        path.push(field.label);
        return path;
    }
    // What stands on an existing object's page is found there also by those who have just made it.
    let base = if kind.by_hand_update.path.is_empty() {
        kind.by_hand_create.path
    } else {
        kind.by_hand_update.path
    };
    let mut path = base.to_vec();
    path.extend(field.place);
    path.push(field.label);
    path
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::render::Style;
    use crate::render::sample::SPEC;

    fn told(topic: &str) -> String {
        human(resolve(&[&SPEC], topic).unwrap(), Style::PLAIN)
    }

    #[test]
    fn a_provider_is_a_table_of_every_field() {
        insta::assert_snapshot!(told("toyphone"), @r##"
        ToyPhone (toyphone), facts of 1.7 of 2026-11-21

        users: A person who takes calls.
          listed by the API; created by the API; deleted by the API; known by `email`; when deleted, lost
          for good: call history; recordings
          field                     read       create      update   where by hand
          email                     yes        API         API
          first_name                yes        API         API
          extension                 yes        API         replace
          outbound_calls            yes        API         API
          daily_price_limit         sometimes  API         API
          role                      no         by hand     by hand  Basic settings › Role
          groups                    no         API, after  API
          settings.pause_recording  no         by hand     by hand  Advanced settings › Calls › Pause
                                                                    recording
          password                  no         API         replace

        groups: People who are rung together.
          listed by the API; created by hand; deleted by hand; known by `name`
          field     read       create      update   where by hand
          name      yes        API         API
          strategy  no         by hand     by hand  Ringing strategy

        numbers: A telephone number.
          listed by the API; created by nobody; deleted by nobody; known by `number`
          field   read       create      update   where by hand
          number  yes        API         API
          route   no         API         API

        `seatwright explain toyphone.KIND` tells the procedures by hand, `toyphone.KIND.FIELD` all of one
        field
        "##);
    }

    #[test]
    fn a_kind_tells_its_procedures_by_hand() {
        insta::assert_snapshot!(told("toyphone.users"), @r##"
        ToyPhone (toyphone), facts of 1.7 of 2026-11-21

        users: A person who takes calls.
          listed by the API; created by the API; deleted by the API; known by `email`; when deleted, lost
          for good: call history; recordings
          field                     read       create      update   where by hand
          email                     yes        API         API
          first_name                yes        API         API
          extension                 yes        API         replace
          outbound_calls            yes        API         API
          daily_price_limit         sometimes  API         API
          role                      no         by hand     by hand  Basic settings › Role
          groups                    no         API, after  API
          settings.pause_recording  no         by hand     by hand  Advanced settings › Calls › Pause
                                                                    recording
          password                  no         API         replace

        create by hand (the API does it too)
          Dashboard › Users › Add user
          - Enter the e-mail the user
          - Save
          caution: a seat is charged at once
          source: help page 1

        change by hand
          Dashboard › Users › the user › Edit
          - Save
          source: help page 2

        delete by hand (the API does it too)
          Dashboard › Users › the user
          - Delete
          source: help page 3
        "##);
    }

    #[test]
    fn a_field_tells_where_it_is_and_how_sure_that_is() {
        insta::assert_snapshot!(told("toyphone.user.role"), @r##"
        toyphone.user.role
        What the person may do.

          label       Role
          value       text
          read        no: compared with the ledger, and never called in sync
          create      by hand
          update      by hand
          at first    agent, which every new object has
          by hand     Dashboard › Users › the user › Edit › Basic settings › Role
          source      help page 2
          confidence  documented: the vendor's help pages say so
          facts of    1.7 of 2026-11-21
        "##);
        assert!(told("toyphone.user.settings.pause_recording").contains("Advanced settings"));
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest_known_one() {
        let table = [
            (
                "toyfone",
                "this program has no provider `toyfone`; did you mean `toyphone`?",
            ),
            (
                "acme",
                "this program has no provider `acme`; it has toyphone",
            ),
            (
                "toyphone.usr",
                "provider `toyphone` has no kind `usr`; did you mean `user`?",
            ),
            (
                "toyphone.seat",
                "provider `toyphone` has no kind `seat`; it has user, group, number",
            ),
            (
                "toyphone.user.Extention",
                "kind `user` of `toyphone` has no field `Extention`; did you mean `extension`?",
            ),
            (
                "toyphone.user.pause_recordings",
                "kind `user` of `toyphone` has no field `pause_recordings`; did you mean `settings.pause_recording`?",
            ),
            (
                "a\u{1b}[2J",
                "this program has no provider `a\\u{1b}[2J`; it has toyphone",
            ),
        ];
        for (topic, expected) in table {
            assert_eq!(resolve(&[&SPEC], topic).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn json_has_one_form_for_every_topic() {
        let kinds = |topic: &str| {
            let text = json(resolve(&[&SPEC], topic).unwrap());
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(told["format"], "seatwright/explain/v1");
            let kinds = told["kinds"].as_array().unwrap();
            kinds
                .iter()
                .map(|kind| kind["fields"].as_array().unwrap().len())
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds("toyphone"), [9, 2, 2]);
        assert_eq!(kinds("toyphone.group"), [2]);
        assert_eq!(kinds("toyphone.user.role"), [1]);
        insta::assert_snapshot!(json(resolve(&[&SPEC], "toyphone.user.groups").unwrap()), @r##"
        {
          "format": "seatwright/explain/v1",
          "provider": "toyphone",
          "title": "ToyPhone",
          "facts": "1.7 of 2026-11-21",
          "kinds": [
            {
              "kind": "user",
              "list": "users",
              "about": "A person who takes calls.",
              "key": "email",
              "person": true,
              "read": "yes",
              "create": "api",
              "delete": "api",
              "lost_on_delete": [
                "call history",
                "recordings"
              ],
              "by_hand": {
                "create": {
                  "path": [
                    "Dashboard",
                    "Users",
                    "Add user"
                  ],
                  "lines": [
                    "Enter the e-mail {key}",
                    "Save"
                  ],
                  "caution": "a seat is charged at once",
                  "source": "help page 1"
                },
                "update": {
                  "path": [
                    "Dashboard",
                    "Users",
                    "{title}",
                    "Edit"
                  ],
                  "lines": [
                    "Save"
                  ],
                  "caution": null,
                  "source": "help page 2"
                },
                "delete": {
                  "path": [
                    "Dashboard",
                    "Users",
                    "{title}"
                  ],
                  "lines": [
                    "Delete"
                  ],
                  "caution": null,
                  "source": "help page 3"
                }
              },
              "fields": [
                {
                  "field": "groups",
                  "label": "Groups",
                  "about": "",
                  "shape": "members",
                  "refers_to": [
                    "group"
                  ],
                  "read": "no",
                  "create": "api_after_create",
                  "update": "api",
                  "unique": false,
                  "baseline": null,
                  "where": [],
                  "source": "",
                  "confidence": "specified"
                }
              ]
            }
          ]
        }
        "##);
    }
}
