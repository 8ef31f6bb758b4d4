//! Checks that names are used once.

use std::collections::BTreeMap;

use super::{Reporter, Spot};
use crate::diagnostic::Code;
use crate::model::Key;

/// An entry with its canonical key.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// The canonical key.
    pub key: Key,
    /// The entry.
    pub spot: Spot<'a>,
    /// Whether it is to exist.
    pub present: bool,
    /// The canonical former key.
    pub previously: Option<Key>,
}

/// What the entries are called in messages.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// One of them, such as `user`.
    pub one: &'static str,
    /// The field that holds the key, such as `email`.
    pub field: &'static str,
    /// The code for two of the same key.
    pub duplicate: Code,
}

/// Checks that every key is declared once.
pub fn unique(entries: &[Named<'_>], words: Words, report: &mut Reporter<'_>) {
    let Words {
        one,
        field,
        duplicate,
    } = words;
    let mut seen: BTreeMap<&Key, &Named<'_>> = BTreeMap::new();
    for entry in entries {
        let Some(first) = seen.get(&entry.key) else {
            seen.insert(&entry.key, entry);
            continue;
        };
        let key = &entry.key;
        let diagnostic = if first.present == entry.present {
            report
                .at(
                    duplicate,
                    entry.spot.at(field),
                    format!("the {one} `{key}` is declared twice"),
                )
                .hint("keep one of the two")
        } else {
            report
                .at(
                    Code::PresentAndAbsent,
                    entry.spot.at(field),
                    format!("the {one} `{key}` is declared both present and absent"),
                )
                .hint("keep the entry that is meant")
        };
        let diagnostic = report.related(diagnostic, first.spot.at(field), "first declared here");
        report.push(diagnostic);
    }
}

/// Checks that a former key is claimed once, and that nothing else has it now.
pub fn previously(entries: &[Named<'_>], words: Words, report: &mut Reporter<'_>) {
    let Words { one, field, .. } = words;
    if entries.iter().all(|entry| entry.previously.is_none()) {
        return;
    }
    let current: BTreeMap<&Key, &Named<'_>> =
        entries.iter().map(|entry| (&entry.key, entry)).collect();
    let mut claimed: BTreeMap<&Key, &Named<'_>> = BTreeMap::new();
    for entry in entries {
        let Some(former) = &entry.previously else {
            continue;
        };
        let place = entry.spot.at("previously");
        if former == &entry.key {
            let diagnostic = report
                .at(
                    Code::PreviouslyConflict,
                    place,
                    format!("the {one} `{former}` names itself as its former name"),
                )
                .hint("give the name that the service still has, or remove `previously`");
            report.push(diagnostic);
        } else if let Some(other) = current.get(former) {
            let diagnostic = report
                .at(
                    Code::PreviouslyConflict,
                    place,
                    format!("`{former}` is given as a former name, and is declared as well"),
                )
                .hint(format!(
                    "remove `previously` when these are two {one}s, or the other entry when it is one"
                ));
            let diagnostic = report.related(diagnostic, other.spot.at(field), "declared here");
            report.push(diagnostic);
        } else if let Some(first) = claimed.insert(former, entry) {
            let diagnostic = report
                .at(
                    Code::PreviouslyConflict,
                    place,
                    format!("two {one}s give `{former}` as their former name"),
                )
                .hint("only one can have been renamed: remove `previously` from the other");
            let diagnostic = report.related(diagnostic, first.spot.at("previously"), "also here");
            report.push(diagnostic);
        }
    }
}

/// Checks that every name of a mapping is declared once in all documents.
///
/// Within one document YAML itself refuses the second.
pub fn twice<'a>(
    entries: impl Iterator<Item = (&'a str, Spot<'a>)>,
    code: Code,
    one: &str,
    report: &mut Reporter<'_>,
) {
    let mut seen: BTreeMap<&str, Spot<'_>> = BTreeMap::new();
    for (name, spot) in entries {
        let Some(first) = seen.get(name) else {
            seen.insert(name, spot);
            continue;
        };
        let diagnostic = report
            .at_key(
                code,
                spot.whole(),
                format!("the {one} `{name}` is declared in two documents"),
            )
            .hint("keep one of the two, or give one another name");
        let diagnostic = match report.key(first.whole()) {
            Some(span) => diagnostic.related(span, "first declared here"),
            None => diagnostic,
        };
        report.push(diagnostic);
    }
}
