//! The value of one field.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::FieldName;

/// The fields of a resource that are known (live) or managed (declared); an absent key is neither.
pub type Fields = litemap::LiteMap<FieldName, Value>;

/// The value of one field, in the form that plans and ledgers store.
///
/// References are the text of the target's key; the field's [`Shape`](super::Shape) says that it is one.
/// Sets are lists in sorted order. A secret is never a value: see [`SecretRef`](super::SecretRef).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// On or off.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Text, kept to the letter.
    Text(String),
    /// Several values; sorted when the field is a set.
    List(Vec<Value>),
    /// Named parts, such as `{pool: sales}`.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// Makes a text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a sorted list without repeats out of texts.
    pub fn set<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Self {
        let mut list: Vec<Value> = items.into_iter().map(|s| Value::Text(s.into())).collect();
        list.sort();
        list.dedup();
        Self::List(list)
    }

    /// The text, when this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bool(_) | Self::Integer(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The whole number, when this is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The truth value, when this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(on) => Some(*on),
            Self::Integer(_) | Self::Text(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The texts of a list, in order; a single text counts as a list of one.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::List(items) => items.iter().filter_map(Value::as_text).collect(),
            Self::Text(text) => vec![text],
            Self::Bool(_) | Self::Integer(_) | Self::Map(_) => Vec::new(),
        }
    }

    /// The pool's name, when this asks for a value out of a pool: `{pool: NAME}`.
    pub fn pool(&self) -> Option<&str> {
        match self {
            Self::Map(map) => map.get("pool").and_then(Value::as_text),
            Self::Bool(_) | Self::Integer(_) | Self::Text(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("on"),
            Self::Bool(false) => f.write_str("off"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::List(items) if items.is_empty() => f.write_str("none"),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                Ok(())
            }
            Self::Map(map) => {
                for (index, (name, value)) in map.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{name}: {value}")?;
                }
                Ok(())
            }
        }
    }
}

impl From<bool> for Value {
    fn from(on: bool) -> Self {
        Self::Bool(on)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
