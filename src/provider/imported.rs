//! What all imports have in common: files with a modeline, and names that a manifest takes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::registry::ImportedFile;
use crate::model::{Kind, Live, LiveResource, Value};

/// A document that holds one list.
pub(super) fn one<T: Serialize>(name: &'static str, items: T) -> BTreeMap<&'static str, T> {
    BTreeMap::from([(name, items)])
}

/// A file: the modeline, a note in comments, and a document.
pub(super) fn file<T: Serialize>(schema: &str, name: &str, note: &str, value: &T) -> ImportedFile {
    let options = serde_yaml::ser_options! { compact_list_indent: false };
    let body = serde_yaml::to_string_with_options(value, options)
        .expect("texts, numbers and truth values can always be written as YAML");
    ImportedFile {
        name: name.to_owned(),
        text: format!("# yaml-language-server: $schema={schema}\n{note}{body}"),
    }
}

/// The objects of a kind, by key.
pub(super) fn of<'a>(live: &'a Live, kind: &Kind) -> Vec<&'a LiveResource> {
    let found = live.kinds.get(kind).into_iter();
    found.flat_map(|found| found.resources.values()).collect()
}

/// A field's text.
pub(super) fn text<'a>(found: &'a LiveResource, field: &str) -> Option<&'a str> {
    found.fields.get(field).and_then(Value::as_text)
}

/// A field's truth value.
pub(super) fn flag(found: &LiveResource, field: &str) -> Option<bool> {
    found.fields.get(field).and_then(Value::as_bool)
}

/// Whether a manifest takes this as a name: something in it, and no white space around it.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
