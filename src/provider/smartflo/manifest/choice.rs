//! Values that can be written in more than one way.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::manifest::vocabulary::text;
use crate::model::ALL;

text! {
    /// A login id as written: at least 6 characters without blanks; case does not count.
    LoginIdText, "invalid-login-id", r"^\S{6,}$", ["ada.lovelace"]
}

/// An agent's extension: whether there is one, or the one that a person chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExtensionChoice {
    /// Whether there is one; the service picks it.
    Given(bool),
    /// Digits without quotes.
    Number(u64),
    /// Digits in quotes.
    Text(String),
}

impl ExtensionChoice {
    /// The extension that a person chooses, as written.
    pub fn chosen(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Given(_) => None,
            Self::Number(number) => Some(number.to_string().into()),
            Self::Text(text) => Some(text.as_str().into()),
        }
    }
}

impl JsonSchema for ExtensionChoice {
    fn schema_name() -> Cow<'static, str> {
        "Extension".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["boolean", "integer", "string"],
            "minimum": 100,
            "pattern": "^[0-9]{3,15}$",
            "examples": [true, "1001"],
            "x-rule": "invalid-extension",
        })
    }
}

macro_rules! all_or_some {
    ($(#[$doc:meta])* $name:ident, $fewest:literal, $item:literal, $rule:literal, [$($example:literal),+]) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum $name {
            /// The word `all`; any other text is a mistake.
            Word(String),
            /// Some of them.
            Some(Vec<String>),
        }

        impl $name {
            /// Whether this is the word `all`.
            pub fn is_all(&self) -> bool {
                matches!(self, Self::Word(word) if word == ALL)
            }

            /// The items of the list; none when it is a word.
            pub fn some(&self) -> &[String] {
                match self {
                    Self::Word(_) => &[],
                    Self::Some(items) => items,
                }
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": ["string", "array"],
                    "pattern": "^all$",
                    "minItems": $fewest,
                    "items": { "type": "string", "description": $item, "examples": [$($example),+] },
                    "examples": ["all", [$($example),+]],
                    "x-rule": $rule,
                })
            }
        }
    };
}

all_or_some! {
    /// Whose calls are seen in reports; an empty list means nobody's.
    CdrUsers, 0, "A user, by login id.", "bad-value", ["ada.lovelace"]
}
all_or_some! {
    /// Where logins may come from.
    AllowedIps, 1, "An address, or a network.", "invalid-ip", ["203.0.113.7", "198.51.100.0/24"]
}
