//! The vendor's answers, read tolerantly in form and strictly in substance.
//!
//! Tolerant: ids and figures as numbers or text, flags as booleans or `0` and `1`, nulls, missing and unknown keys, wrapper
//! names that drift. Strict: a value that fits no known form is an error that names its row and key, never a default.
//! The forms are those of the vendor's OpenAPI 1.7 and of answers that others saw live (2026-11-21).

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::http::{Answer, HttpError, excerpt};

/// What an answer's body is.
#[derive(Debug)]
pub(super) enum Reply {
    /// The vendor's own envelope, `{"responseData": …}`.
    Envelope(Envelope),
    /// JSON of another shape: a framework's or a gateway's error.
    Foreign {
        /// The status that the body claims, where it does.
        status: Option<u16>,
        /// Its message, or an excerpt of the body.
        message: String,
    },
    /// No JSON at all; the error says what it is instead.
    NotJson(HttpError),
}

/// The content of `responseData`.
#[derive(Debug)]
pub(super) struct Envelope {
    /// `status`, which may contradict the HTTP status: an error can come inside a 200.
    pub(super) status: Option<u16>,
    /// `message`, redacted and fit to be shown.
    pub(super) message: Option<String>,
    /// Everything in `responseData`.
    pub(super) content: Json,
}

impl Reply {
    /// Reads an answer's body.
    pub(super) fn of(answer: &Answer) -> Self {
        let json = match answer.json() {
            Ok(json) => json,
            Err(error) => return Self::NotJson(error),
        };
        let clean = |text: &str| excerpt(answer.redact(text).as_bytes(), &[]);
        let Json::Object(mut body) = json else {
            return Self::Foreign { status: None, message: answer.excerpt() };
        };
        if let Some(content) = body.remove("responseData") {
            let inside = content.as_object();
            return Self::Envelope(Envelope {
                status: inside.and_then(|inside| status_of(inside.get("status"))),
                message: inside.and_then(|inside| message_of(inside)).map(|text| clean(&text)),
                content,
            });
        }
        Self::Foreign {
            status: status_of(body.get("statusCode")).or_else(|| status_of(body.get("status"))),
            message: foreign_message(&body).map_or_else(|| answer.excerpt(), |text| clean(&text)),
        }
    }
}

impl Envelope {
    /// Whether the service explained its refusal field by field.
    pub(super) fn has_details(&self) -> bool {
        match self.content.get("data") {
            None | Some(Json::Null) => false,
            Some(Json::Array(list)) => !list.is_empty(),
            Some(Json::Object(map)) => !map.is_empty(),
            Some(_) => true,
        }
    }

    /// The id of the object that the request created.
    ///
    /// The specification shows text, live answers of sister endpoints held a number; both are taken.
    pub(super) fn created_id(&self) -> Option<String> {
        let data = self.content.get("data")?;
        let inside = data.get("Agent").unwrap_or(data);
        id_of(inside.get("id")?).ok().flatten()
    }
}

/// The message, followed by the messages of single fields: `Invalid input data. (email: Please …)`.
fn message_of(inside: &Map<String, Json>) -> Option<String> {
    let message = inside.get("message").and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty());
    let details = match inside.get("data") {
        Some(Json::Object(fields)) => fields
            .iter()
            .filter_map(|(field, texts)| Some(format!("{field}: {}", joined(texts)?)))
            .collect::<Vec<_>>()
            .join("; "),
        Some(list @ Json::Array(_)) => joined(list).unwrap_or_default(),
        _ => String::new(),
    };
    match (message, details.as_str()) {
        (None, "") => None,
        (None, details) => Some(details.to_owned()),
        (Some(message), "") => Some(message.to_owned()),
        (Some(message), details) => Some(format!("{message} ({details})")),
    }
}

/// The texts of a value and of what it holds, one after the other.
fn joined(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Array(list) => {
            let texts: Vec<String> = list.iter().filter_map(joined).collect();
            (!texts.is_empty()).then(|| texts.join(" "))
        }
        Json::Object(map) => {
            let texts: Vec<String> = map.values().filter_map(joined).collect();
            (!texts.is_empty()).then(|| texts.join(" "))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

/// The message in an error body that is not the vendor's envelope.
///
/// CakePHP gives `{name, message, url}`, NestJS `{statusCode, message, error}` with a text or a list, gateways
/// `{code, message}`, `{success, errors}` or a bare `{error}`.
fn foreign_message(body: &Map<String, Json>) -> Option<String> {
    let text = ["message", "errors", "error", "name"].into_iter().find_map(|key| joined(body.get(key)?))?;
    match body.get("url").and_then(Json::as_str) {
        Some(url) => Some(format!("{text} ({url})")),
        None => Some(text),
    }
}

/// A status, which the specification types as text and its examples show as a number.
fn status_of(value: Option<&Json>) -> Option<u16> {
    match value? {
        Json::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A value that fits none of the forms in which the vendor writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misshapen {
    /// The key in the object.
    pub(super) key: String,
    /// What was expected.
    expected: &'static str,
    /// What was there, without its content.
    found: &'static str,
}

impl fmt::Display for Misshapen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is {}, where {} was expected", self.key, self.found, self.expected)
    }
}

/// One object of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a>(&'a Map<String, Json>);

impl<'a> Object<'a> {
    /// Reads a value as an object.
    pub(super) fn of(value: &'a Json, key: &str) -> Result<Self, Misshapen> {
        value.as_object().map(Self).ok_or_else(|| misshapen(key, "an object", value))
    }

    /// Takes the object out of the first of these wrappers that is there.
    pub(super) fn unwrap_as(value: &'a Json, wrappers: &[&str]) -> Result<Self, Misshapen> {
        let first = wrappers.first().copied().unwrap_or_default();
        let outer = Self::of(value, first)?;
        let inner = wrappers.iter().find_map(|wrapper| outer.0.get(*wrapper));
        Self::of(inner.unwrap_or(&Json::Null), first)
    }

    /// A value as it is; null when missing.
    pub(super) fn get(self, key: &str) -> &'a Json {
        self.0.get(key).unwrap_or(&Json::Null)
    }

    /// Text; numbers count as the text of their digits, null, missing and blank as nothing.
    pub(super) fn text(self, key: &str) -> Result<Option<String>, Misshapen> {
        text_of(self.get(key), key)
    }

    /// An id; null, missing, blank and zero are nothing.
    pub(super) fn id(self, key: &str) -> Result<Option<String>, Misshapen> {
        let value = self.get(key);
        id_of(value).map_err(|()| misshapen(key, "an id", value))
    }

    /// A flag: a boolean, or 0 and 1 as a number or text; null, missing and blank are nothing.
    pub(super) fn flag(self, key: &str) -> Result<Option<bool>, Misshapen> {
        let value = self.get(key);
        match value {
            Json::Null => Ok(None),
            Json::Bool(on) => Ok(Some(*on)),
            Json::Number(number) if number.as_u64() == Some(0) => Ok(Some(false)),
            Json::Number(number) if number.as_u64() == Some(1) => Ok(Some(true)),
            Json::String(text) => match text.trim() {
                "" => Ok(None),
                "0" | "false" => Ok(Some(false)),
                "1" | "true" => Ok(Some(true)),
                _ => Err(misshapen(key, "a flag", value)),
            },
            _ => Err(misshapen(key, "a flag", value)),
        }
    }

    /// A whole number, also as text and with a fraction of zero; null, missing and blank are nothing.
    pub(super) fn whole(self, key: &str) -> Result<Option<u64>, Misshapen> {
        let value = self.get(key);
        let digits = match value {
            Json::Null => return Ok(None),
            Json::Number(number) => number.to_string(),
            Json::String(text) if text.trim().is_empty() => return Ok(None),
            Json::String(text) => text.trim().to_owned(),
            _ => return Err(misshapen(key, "a whole number", value)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if fraction.bytes().any(|digit| digit != b'0') {
            return Err(misshapen(key, "a whole number", value));
        }
        whole.parse().map(Some).map_err(|_| misshapen(key, "a whole number", value))
    }

    /// A list of texts; null and missing are nothing, null entries are left out.
    pub(super) fn texts(self, key: &str) -> Result<Option<Vec<String>>, Misshapen> {
        match self.get(key) {
            Json::Null => Ok(None),
            Json::Array(list) => {
                let texts: Result<Vec<_>, _> = list.iter().map(|entry| text_of(entry, key)).collect();
                Ok(Some(texts?.into_iter().flatten().collect()))
            }
            other => Err(misshapen(key, "a list", other)),
        }
    }

    /// A list of anything; null and missing count as empty.
    pub(super) fn list(self, key: &str) -> Result<&'a [Json], Misshapen> {
        match self.get(key) {
            Json::Null => Ok(&[]),
            Json::Array(list) => Ok(list),
            other => Err(misshapen(key, "a list", other)),
        }
    }
}

fn text_of(value: &Json, key: &str) -> Result<Option<String>, Misshapen> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) if text.trim().is_empty() => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        Json::Number(number) => Ok(Some(number.to_string())),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err(misshapen(key, "text", value)),
    }
}

/// An id as text. Only characters that are safe in a path are believed to be one.
fn id_of(value: &Json) -> Result<Option<String>, ()> {
    let text = match value {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_u64().ok_or(())?.to_string(),
        Json::String(text) => text.trim().to_owned(),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(()),
    };
    if text.bytes().all(|digit| digit == b'0') {
        return Ok(None);
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain { Ok(Some(text)) } else { Err(()) }
}

fn misshapen(key: &str, expected: &'static str, value: &Json) -> Misshapen {
    let found = match value {
        Json::Null => "missing or null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "another number",
        Json::String(_) => "other text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Misshapen { key: key.to_owned(), expected, found }
}

/// A row of `agents/index.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AgentRow {
    pub(super) id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) extension: Option<String>,
    pub(super) outbound: Option<bool>,
    /// EUR a day, 1 to 200; answers leave it out for the company's default.
    pub(super) daily_price_limit: Option<u64>,
    pub(super) default_number: Option<String>,
    pub(super) default_number_id: Option<String>,
    pub(super) assigned_numbers: Option<Vec<String>>,
}

/// A row of `groups/index.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupRow {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
}

/// A row of `numbers/index.json`. The target of the route is not in it, whatever the specification says (seen live by others).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberRow {
    pub(super) id: Option<String>,
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
    pub(super) route: Option<u64>,
}

/// A group in `statistics/realtime/groups.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupCount {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) members: Option<u64>,
}

/// A row of a list: how it is unwrapped, read and recognised.
pub(super) trait Row: Sized {
    /// Reads the row.
    fn read(value: &Json) -> Result<Self, Misshapen>;

    /// The id; rows without one are counted and otherwise ignored.
    fn id(&self) -> Option<&str>;
}

impl Row for AgentRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["Agent"])?;
        Ok(Self {
            id: row.id("id")?,
            email: row.text("email")?,
            first_name: row.text("firstname")?,
            last_name: row.text("lastname")?,
            extension: row.text("extension")?,
            outbound: row.flag("status_outbound")?,
            // Zero lies outside of the documented range and can only stand for "not set".
            daily_price_limit: row.whole("daily_price_limit")?.filter(|limit| *limit > 0),
            default_number: row.text("default_number")?,
            default_number_id: row.id("call_number_id")?,
            assigned_numbers: row.texts("associated_numbers")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Row for GroupRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["Group", "Groups"])?;
        Ok(Self { id: row.id("id")?, name: row.text("internal_name")? })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Row for NumberRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["CallNumber"])?;
        Ok(Self {
            id: row.id("id")?,
            number: row.text("caller_id_e164")?,
            name: row.text("internal_name")?,
            route: row.whole("connected_to")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Row for GroupCount {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "groups")?;
        Ok(Self { id: row.id("id")?, name: row.text("name")?, members: row.whole("operators")? })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// The figures and rows of one page of a list.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// All rows of the list, over all pages.
    pub(super) items: u64,
    /// The number of pages.
    pub(super) pages: u64,
    /// The number of this page, from 1.
    pub(super) number: u64,
    /// The most rows on a page; the service may have lowered what was asked.
    pub(super) limit: Option<u64>,
    /// The rows of this page.
    pub(super) rows: &'a [Json],
}

impl<'a> Page<'a> {
    /// Reads the figures; all but `limit` have to be there, since nothing else proves that a list is whole.
    pub(super) fn read(content: &'a Json) -> Result<Self, Misshapen> {
        let content_object = Object::of(content, "responseData")?;
        let figure = |key: &str| {
            content_object.whole(key)?.ok_or_else(|| misshapen(key, "a whole number", &Json::Null))
        };
        Ok(Self {
            items: figure("itemsCount")?,
            pages: figure("pageCount")?,
            number: figure("pageNumber")?,
            limit: content_object.whole("limit")?,
            rows: content_object.list("data")?,
        })
    }
}
