//! Groups and numbers.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::{EmailText, NameText, PhoneText, Presence};

/// A ring group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The name, which identifies the group; case counts.
    pub name: NameText,
    /// The former name, when the group was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<NameText>,
    /// `true` guards the group against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the group to be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the group is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"merged into Sales EU")]
    pub reason: Option<String>,
}

impl Group {
    pub(in crate::provider::cloudtalk) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}

/// A phone number.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberEntry {
    /// The number in E.164 form, in quotes; it identifies the entry.
    pub number: PhoneText,
    /// What the number is called in the dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<NameText>,
    /// Where calls to the number go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// The former number, when this one took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<PhoneText>,
    /// `true` guards the number against deletion; `false` lifts the guard, together with `state: absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = true)]
    pub protected: Option<bool>,
    /// `absent` asks for the number to be given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"absent")]
    pub state: Option<Presence>,
    /// Why the number is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"office closed")]
    pub reason: Option<String>,
}

impl NumberEntry {
    pub(in crate::provider::cloudtalk) fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            reason: self.reason.as_deref(),
            protected: self.protected,
        }
    }
}

/// Where calls to a number go: `none`, or one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Route {
    /// The word `none`: nowhere, the number is free.
    None(String),
    /// One target.
    To(RouteTarget),
}

/// One target of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteTarget {
    /// A ring group, by name.
    Group(String),
    /// A user, by e-mail address.
    User(EmailText),
    /// A conference room, by the service's id.
    Conference(String),
    /// A fax, by the service's id.
    Fax(String),
}

impl JsonSchema for Route {
    fn schema_name() -> Cow<'static, str> {
        "Route".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut user = generator.subschema_for::<EmailText>();
        user.insert(
            "description".to_owned(),
            "The user that calls go to, by e-mail address.".into(),
        );
        json_schema!({
            "type": ["string", "object"],
            "pattern": "^none$",
            "x-hint": "write `none`, or one of `{ group: NAME }`, `{ user: EMAIL }`, `{ conference: ID }` and `{ fax: ID }`",
            "properties": {
                "group": {
                    "type": "string",
                    "description": "The ring group that calls go to, by name.",
                    "minLength": 1,
                    "examples": ["Sales EU"],
                },
                "user": user,
                "conference": {
                    "type": "string",
                    "description": "The conference room that calls go to, by the service's id.",
                    "pattern": "^[0-9]+$",
                    "examples": ["17"],
                },
                "fax": {
                    "type": "string",
                    "description": "The fax that calls go to, by the service's id.",
                    "pattern": "^[0-9]+$",
                    "examples": ["4"],
                },
            },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "examples": [{ "group": "Sales EU" }, { "user": "ada@acme.example" }, "none"],
        })
    }
}
