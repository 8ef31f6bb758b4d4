//! An entry as it stands in its line: all keys side by side.
//!
//! It is read in one pass. The reader that serde derives for a tagged enum with flattened parts copies every value twice before
//! it knows what it is for, and took most of the time of opening a large ledger.

use jiff::civil::Date;
use serde::Deserialize;

use super::record::{Confidence, Entry};
use crate::model::{FieldName, Key, Kind, RemoteId, ResourceId, Value};

#[derive(Deserialize)]
pub(super) struct Flat {
    entry: Tag,
    kind: Option<Kind>,
    key: Option<Key>,
    field: Option<FieldName>,
    value: Option<Value>,
    target: Option<Key>,
    joined: Option<bool>,
    confidence: Option<Confidence>,
    remote: Option<RemoteId>,
    to: Option<Key>,
    protected: Option<bool>,
    count: Option<u64>,
    known: Option<u64>,
    since: Option<Date>,
    step: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tag {
    Field,
    Member,
    Identity,
    Renamed,
    Gone,
    Protection,
    MemberCount,
    Population,
    Leaving,
    Confirmation,
}

fn there<T>(value: Option<T>, key: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("the entry has no `{key}`"))
}

impl TryFrom<Flat> for Entry {
    type Error = String;

    fn try_from(flat: Flat) -> Result<Self, String> {
        let Flat {
            entry,
            kind,
            key,
            field,
            value,
            target,
            joined,
            confidence,
            remote,
            to,
            protected,
            count,
            known,
            since,
            step,
            note,
        } = flat;
        let kind = there(kind, "kind")?;
        if let Tag::Population = entry {
            let count = there(count, "count")?;
            return Ok(Self::Population { kind, count });
        }
        let key = there(key, "key")?;
        let id = ResourceId { kind, key };
        Ok(match entry {
            Tag::Field => Self::Field {
                id,
                field: there(field, "field")?,
                value: there(value, "value")?,
                confidence: there(confidence, "confidence")?,
            },
            Tag::Member => Self::Member {
                id,
                field: there(field, "field")?,
                target: there(target, "target")?,
                joined: there(joined, "joined")?,
                confidence: there(confidence, "confidence")?,
            },
            Tag::Identity => Self::Identity {
                id,
                remote: there(remote, "remote")?,
            },
            Tag::Renamed => Self::Renamed {
                id,
                to: there(to, "to")?,
            },
            Tag::Gone => Self::Gone { id },
            Tag::Protection => Self::Protection {
                id,
                protected: there(protected, "protected")?,
            },
            Tag::MemberCount => Self::MemberCount {
                id,
                count: there(count, "count")?,
                known: there(known, "known")?,
            },
            Tag::Population => Self::Population {
                kind: id.kind,
                count: there(count, "count")?,
            },
            Tag::Leaving => Self::Leaving {
                id,
                since: there(since, "since")?,
            },
            Tag::Confirmation => Self::Confirmation {
                step: there(step, "step")?,
                id,
                note,
            },
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_as_it_was_written() {
        let id = ResourceId::new("user", "ada@acme.example");
        let entries = [
            Entry::Field {
                id: id.clone(),
                field: "role".into(),
                value: Value::text("admin"),
                confidence: Confidence::Confirmed,
            },
            Entry::Member {
                id: id.clone(),
                field: "groups".into(),
                target: "VIP".into(),
                joined: false,
                confidence: Confidence::Unknown,
            },
            Entry::Identity {
                id: id.clone(),
                remote: "0017".into(),
            },
            Entry::Renamed {
                id: id.clone(),
                to: "eve@acme.example".into(),
            },
            Entry::Gone { id: id.clone() },
            Entry::Protection {
                id: id.clone(),
                protected: true,
            },
            Entry::MemberCount {
                id: id.clone(),
                count: 3,
                known: 2,
            },
            Entry::Population {
                kind: "user".into(),
                count: 9,
            },
            Entry::Leaving {
                id: id.clone(),
                since: jiff::civil::date(2026, 11, 22),
            },
            Entry::Confirmation {
                step: "m-1".into(),
                id: id.clone(),
                note: None,
            },
            Entry::Confirmation {
                step: "m-1".into(),
                id,
                note: Some("done".into()),
            },
        ];
        for entry in entries {
            let text = serde_json::to_string(&entry).unwrap();
            assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
        }
    }

    #[test]
    fn an_entry_that_lacks_something_is_told_by_what_it_lacks() {
        let told = |text: &str| serde_json::from_str::<Entry>(text).unwrap_err().to_string();
        assert!(told(r#"{"entry":"member","kind":"user"}"#).contains("no `key`"));
        assert!(told(r#"{"entry":"gone","kind":"user"}"#).contains("no `key`"));
        let text = r#"{"entry":"identity","kind":"user","key":"a"}"#;
        assert!(told(text).contains("no `remote`"));
        assert!(told(r#"{"entry":"other","kind":"user","key":"a"}"#).contains("unknown variant"));
    }
}
