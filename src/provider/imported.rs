//! What all imports have in common: files with a modeline, and names that a manifest takes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

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
        left_out: Vec::new(),
    }
}

/// Keeps book of what the account has and no manifest could hold: what is left out must not look as if it were not there.
#[derive(Default)]
pub(super) struct LeftOut(RefCell<BTreeSet<String>>);

impl LeftOut {
    /// The value of a field that a manifest takes; one that the object has and that is not taken is noted.
    pub(super) fn field<T>(
        &self,
        found: &LiveResource,
        field: &str,
        taken: Option<T>,
    ) -> Option<T> {
        let has = found.fields.get(field);
        let empty =
            has.is_none_or(|value| value.as_text().is_some_and(|text| text.trim().is_empty()));
        if taken.is_none() && !empty {
            self.note(format!("`{field}` of {} {}", found.id.kind, key(found)));
        }
        taken
    }

    /// What a manifest says of an object; one that cannot be named in a manifest is noted as a whole.
    pub(super) fn object<T>(&self, found: &LiveResource, taken: Option<T>) -> Option<T> {
        if taken.is_none() {
            self.note(format!("{} {}", found.id.kind, key(found)));
        }
        taken
    }

    fn note(&self, what: String) {
        self.0.borrow_mut().insert(what);
    }

    /// Says it in the file: after the modeline and its note, before the document.
    pub(super) fn tell(self, mut file: ImportedFile) -> ImportedFile {
        let all = self.0.into_inner();
        if all.is_empty() {
            return file;
        }
        let mut comment =
            "# Left out, since no manifest can hold it as the account has it:\n".to_owned();
        for what in &all {
            comment.push_str(&format!("# - {what}\n"));
        }
        let at = file
            .text
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#'))
            .map(str::len)
            .sum();
        file.text.insert_str(at, &comment);
        file.left_out = all.into_iter().collect();
        file
    }
}

/// An object's key with everything in it made visible.
fn key(found: &LiveResource) -> String {
    let text: String = found.id.key.as_str().chars().take(100).collect();
    format!("`{}`", text.escape_debug())
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{RemoteId, ResourceId};

    #[test]
    fn what_no_manifest_can_hold_is_said_in_the_file_and_to_the_caller_made_visible() {
        let mut found = LiveResource {
            id: ResourceId::new("user", "ada@acme.example"),
            remote: RemoteId::from("1"),
            title: "Ada".to_owned(),
            member_count: None,
            fields: Default::default(),
        };
        found
            .fields
            .insert("first_name".into(), Value::text("\u{1b}[2J"));
        found.fields.insert("last_name".into(), Value::text(""));
        let left = LeftOut::default();
        for field in ["first_name", "last_name", "extension"] {
            let named = text(&found, field).filter(|name| is_name(name));
            assert_eq!(left.field(&found, field, named), None);
        }
        let list = one("users", ["x"]);
        let made = left.tell(file(
            "https://schema.example",
            "users.yaml",
            "# A note.\n",
            &list,
        ));
        assert_eq!(made.left_out, ["`first_name` of user `ada@acme.example`"]);
        assert!(
            made.text.contains(
                "# A note.\n# Left out, since no manifest can hold it as the account has it:\n\
                 # - `first_name` of user `ada@acme.example`\nusers:\n"
            ),
            "{}",
            made.text
        );
    }
}
