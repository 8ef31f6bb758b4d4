//! Values that the manifests of every provider have in common.
//!
//! A schema may carry `x-rule` beside limits that a rule checks too: the rule knows more and says it
//! better, so [`schema::checked`](super::schema::checked) leaves the limits to it, while
//! [`schema::published`](super::schema::published) keeps them for editors.

use std::borrow::Cow;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::model::{self, SecretRef};

/// Declares a text as written, whose pattern a rule checks.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $rule:literal, $pattern:literal, [$($example:literal),+]) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "examples": [$($example),+],
                    "x-rule": $rule,
                })
            }
        }
    };
}

pub(crate) use text;

text! {
    /// An e-mail address as written; see [`model::Email`] for its canonical form.
    EmailText, "invalid-email", r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$", ["ada@acme.example"]
}
text! {
    /// A phone number as written, in E.164 form.
    PhoneText, "invalid-number", r"^\+[1-9][0-9]{6,14}$", ["+421220510801"]
}
text! {
    /// A day of the calendar as written.
    DateText, "invalid-date", r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", ["2026-12-01"]
}
text! {
    /// A name that people read, as written.
    NameText, "whitespace-in-value", r"^\S(.*\S)?$", ["Sales EU"]
}

/// Whether something is to exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Presence {
    /// It is to exist.
    #[default]
    Present,
    /// It is to be gone.
    Absent,
}

/// Whether an entry that may say so is to exist.
pub fn is_present(state: Option<Presence>) -> bool {
    state.unwrap_or_default() == Presence::Present
}

impl DateText {
    /// The day; `None` when it is none of the calendar.
    pub fn day(&self) -> Option<Date> {
        self.as_str().parse().ok()
    }
}

/// A secret that is named, never written down: one of an environment variable, a file and a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSource {
    /// The environment variable that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// The file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The program, with its arguments, that prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
}

fn secret_properties() -> serde_json::Value {
    serde_json::json!({
        "env": {
            "type": "string",
            "description": "The environment variable that holds the secret.",
            "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
            "examples": ["ACME_API_SECRET"],
            "x-rule": "invalid-password-rule",
        },
        "file": {
            "type": "string",
            "description": "The file that holds the secret, relative to the account's folder; one line break at its end is cut off.",
            "minLength": 1,
            "examples": ["../secrets/acme"],
            "x-rule": "invalid-password-rule",
        },
        "command": {
            "type": "array",
            "description": "The program, with its arguments, that prints the secret; no shell is involved.",
            "minItems": 1,
            "items": { "type": "string", "examples": ["pass"] },
            "examples": [["pass", "show", "acme"]],
            "x-rule": "invalid-password-rule",
        },
    })
}

impl JsonSchema for SecretSource {
    fn schema_name() -> Cow<'static, str> {
        "SecretSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": secret_properties(),
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "examples": [{ "env": "ACME_API_SECRET" }],
            "writeOnly": true,
            "x-rule": "invalid-password-rule",
        })
    }
}

impl SecretSource {
    /// The reference, or what is wrong with it.
    pub fn reference(&self) -> Result<SecretRef, &'static str> {
        match (&self.env, &self.file, &self.command) {
            (Some(name), None, None) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let ok = name.chars().all(plain)
                    && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
                ok.then(|| SecretRef::Env(name.clone()))
                    .ok_or("is not the name of an environment variable")
            }
            (None, Some(path), None) => (!path.trim().is_empty() && !path.contains('\0'))
                .then(|| SecretRef::File(path.clone()))
                .ok_or("names no file"),
            (None, None, Some(command)) => command
                .first()
                .is_some_and(|program| !program.trim().is_empty())
                .then(|| SecretRef::Command(command.clone()))
                .ok_or("names no program"),
            _ => Err("must have exactly one of `env`, `file` and `command`"),
        }
    }
}

/// Where the password of a new user comes from: `generate`, or a secret that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PasswordSource {
    /// The word `generate`; any other text is a mistake.
    Word(String),
    /// A secret that is named.
    Named(SecretSource),
}

/// The word that asks for a generated password.
pub const GENERATE: &str = "generate";

impl JsonSchema for PasswordSource {
    fn schema_name() -> Cow<'static, str> {
        "PasswordSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "object"],
            "pattern": "^generate$",
            "properties": secret_properties(),
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "examples": ["generate", { "env": "ADA_PASSWORD" }],
            "writeOnly": true,
            "x-rule": "invalid-password-rule",
        })
    }
}

impl PasswordSource {
    /// The reference, or what is wrong with it.
    pub fn reference(&self) -> Result<SecretRef, &'static str> {
        match self {
            Self::Word(word) if word == GENERATE => Ok(SecretRef::Generate),
            Self::Word(_) => Err("is neither `generate` nor a reference to a secret"),
            Self::Named(source) => source.reference(),
        }
    }
}

/// Where generated passwords go: a file, or a program's standard input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct PasswordsTo {
    /// The file that generated passwords are appended to, relative to the account's folder; only its owner may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &".seatwright/passwords.jsonl")]
    pub file: Option<String>,
    /// The program, with its arguments, that takes generated passwords on its standard input, one JSON line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = ["vault-put", "call-center"])]
    pub command: Option<Vec<String>>,
}

/// What happens to live objects that no manifest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum UnmanagedRule {
    /// Nothing, silently.
    Ignore,
    /// They are counted, with a warning.
    Warn,
    /// They are deleted.
    Delete,
}

impl From<UnmanagedRule> for model::Unmanaged {
    fn from(rule: UnmanagedRule) -> Self {
        match rule {
            UnmanagedRule::Ignore => Self::Ignore,
            UnmanagedRule::Warn => Self::Warn,
            UnmanagedRule::Delete => Self::Delete,
        }
    }
}

/// The policy for one kind of object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindPolicy {
    /// What happens to live objects that no manifest names; `warn` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"warn")]
    pub unmanaged: Option<UnmanagedRule>,
}

/// Limits on a whole plan, checked before the first write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardPolicy {
    /// The most deletions in one plan; 5 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 3)]
    pub max_deletions: Option<u32>,
    /// The most deletions in one plan, in percent of the live objects of the kind; 20 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100), example = 20)]
    pub max_deletion_percent: Option<u32>,
    /// The percentage counts only from this many live objects on; 10 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 10)]
    pub min_population: Option<u32>,
    /// The fewest administrators that a plan may leave; 1 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 1)]
    pub min_admins: Option<u32>,
}

impl GuardPolicy {
    /// The guards, with defaults for what is left out.
    pub fn guards(self) -> model::Guards {
        let Self {
            max_deletions,
            max_deletion_percent,
            min_population,
            min_admins,
        } = self;
        let default = model::Guards::default();
        model::Guards {
            max_deletions: max_deletions.unwrap_or(default.max_deletions),
            max_deletion_percent: max_deletion_percent.unwrap_or(default.max_deletion_percent),
            min_population: min_population.unwrap_or(default.min_population),
            min_admins: min_admins.unwrap_or(default.min_admins),
        }
    }
}

/// How people who leave are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaverPolicy {
    /// Days between a leaver's last day and the deletion; 0 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3650), example = 14)]
    pub grace_days: Option<u32>,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// The amount, with at most two decimals.
    #[schemars(with = "f64", range(min = 0, max = 1_000_000), example = 29)]
    pub amount: Number,
    /// The currency, as three letters of ISO 4217.
    #[schemars(regex(pattern = r"^[A-Z]{3}$"), example = &"EUR")]
    pub currency: String,
}

impl Money {
    /// The amount in hundredths; `None` when it has more than two decimals.
    pub fn hundredths(&self) -> Option<u64> {
        if let Some(whole) = self.amount.as_u64() {
            return whole.checked_mul(100);
        }
        // The schema bounds the amount, so that the product is exact enough and the cast cannot wrap.
        let hundredths = self.amount.as_f64()? * 100.0;
        let rounded = hundredths.round();
        ((hundredths - rounded).abs() < 1e-6 && (0.0..=1e8).contains(&rounded))
            .then_some(rounded as u64)
    }
}

/// The seats that are bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// How many seats are bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000_000), example = 12)]
    pub purchased: Option<u32>,
    /// What a seat costs each month, for the forecast in plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_per_month: Option<Money>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn money_is_kept_in_hundredths_and_has_two_decimals_at_most() {
        let money = |text: &str| Money {
            amount: serde_json::from_str(text).unwrap(),
            currency: "EUR".to_owned(),
        };
        assert_eq!(money("29").hundredths(), Some(2900));
        assert_eq!(money("29.99").hundredths(), Some(2999));
        assert_eq!(money("0.1").hundredths(), Some(10));
        assert_eq!(money("29.999").hundredths(), None);
    }

    #[test]
    fn a_password_is_generated_or_named_and_never_written_down() {
        let read = |text: &str| -> PasswordSource { serde_json::from_str(text).unwrap() };
        assert_eq!(read("\"generate\"").reference(), Ok(SecretRef::Generate));
        assert_eq!(
            read(r#"{"env":"ADA_PASSWORD"}"#).reference(),
            Ok(SecretRef::Env("ADA_PASSWORD".to_owned()))
        );
        for bad in [
            "\"hunter2\"",
            "{}",
            r#"{"env":""}"#,
            r#"{"env":"A-B"}"#,
            r#"{"env":"A","file":"b"}"#,
            r#"{"command":[]}"#,
        ] {
            assert!(read(bad).reference().is_err(), "{bad}");
        }
    }
}
