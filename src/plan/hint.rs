//! What names that a service shows say for or against an inventory: warnings, never differences.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff;
use crate::model::{DeclaredResource, Hint, Kind, Seen, State};

use super::Warning;

/// Names are compared without case and without repeated blanks.
fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn folded_all(names: &BTreeSet<String>) -> BTreeSet<String> {
    names.iter().map(|name| folded(name)).collect()
}

/// The declared resources of a kind that people call by a name of their own.
struct Named<'a> {
    present: BTreeMap<String, Vec<&'a DeclaredResource>>,
    absent: Vec<&'a DeclaredResource>,
}

impl<'a> Named<'a> {
    fn of(input: &diff::Input<'a>, kind: &Kind) -> Self {
        let mut named = Self {
            present: BTreeMap::new(),
            absent: Vec::new(),
        };
        let declared = input.desired.resources.get(kind);
        for resource in declared.into_iter().flat_map(|list| list.values()) {
            if resource.title == resource.id.key.as_str() {
                continue;
            }
            match resource.state {
                State::Present => {
                    let same = named.present.entry(folded(&resource.title));
                    same.or_default().push(resource);
                }
                State::Absent { .. } => named.absent.push(resource),
            }
        }
        named
    }
}

/// The warnings that the hints come to.
pub(super) fn warnings(input: &diff::Input<'_>) -> Vec<Warning> {
    let mut messages: BTreeSet<String> = BTreeSet::new();
    for hint in &input.live.hints {
        let named = Named::of(input, &hint.kind);
        for same in named.present.values().filter(|same| same.len() > 1) {
            let ids: Vec<String> = same.iter().map(|it| format!("`{}`", it.id.key)).collect();
            messages.insert(format!(
                "{} have the same name: {} shows nothing else, and cannot tell them apart",
                ids.join(" and "),
                hint.source
            ));
        }
        match &hint.seen {
            Seen::With(field, places) => {
                messages.extend(with_value(hint, field.as_str(), places, &named));
            }
            Seen::Some(names) => {
                if input.desired.resources.contains_key(&hint.kind) {
                    messages.extend(anywhere(hint, names, &named));
                }
            }
        }
    }
    let warning = |message| Warning {
        code: "hint".into(),
        message,
    };
    messages.into_iter().map(warning).collect()
}

/// Who should be where and is not, or is and should not be.
fn with_value(
    hint: &Hint,
    field: &str,
    places: &BTreeMap<String, BTreeSet<String>>,
    named: &Named<'_>,
) -> Vec<String> {
    let source = hint.source;
    let mut messages = Vec::new();
    for resource in named.present.values().flatten() {
        let wanted = resource.fields.get(field);
        for value in wanted.into_iter().flat_map(|value| value.texts()) {
            match places.get(value) {
                None => messages.push(format!(
                    "{source} does not know `{value}`, which {} is to have as `{field}`",
                    resource.id
                )),
                Some(names) if folded_all(names).contains(&folded(&resource.title)) => {}
                Some(_) => messages.push(format!(
                    "{source} does not list `{}` in `{value}`",
                    resource.title
                )),
            }
        }
    }
    for resource in &named.absent {
        let name = folded(&resource.title);
        // Somebody else of the same name may be the one who is listed.
        if named.present.contains_key(&name) {
            continue;
        }
        for (value, names) in places {
            if folded_all(names).contains(&name) {
                messages.push(format!(
                    "{source} lists `{}` in `{value}`, and {} is declared absent",
                    resource.title, resource.id
                ));
            }
        }
    }
    messages
}

/// Whom nobody declares.
fn anywhere(hint: &Hint, names: &BTreeSet<String>, named: &Named<'_>) -> Vec<String> {
    let mut messages = Vec::new();
    for name in names {
        let known = folded(name);
        if named.present.contains_key(&known) {
            continue;
        }
        let gone = named.absent.iter().find(|it| folded(&it.title) == known);
        messages.push(match gone {
            Some(resource) => format!(
                "{} shows `{name}`, and {} is declared absent: what it shows may be old",
                hint.source, resource.id
            ),
            None => format!(
                "{} shows the {} `{name}`, whom no manifest names",
                hint.source, hint.kind
            ),
        });
    }
    messages
}
