//! Envelopes: what the account's answers look like.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::message::Answer;
use super::quirks::Quirks;

/// 200 with success and a message.
pub(super) fn done(quirks: &Quirks, message: &str) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({ "success": flag(quirks, true), "message": message }),
    )
}

/// 200 with success, a message and data.
pub(super) fn made(quirks: &Quirks, message: &str, data: &Value) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({ "success": flag(quirks, true), "message": message, "data": data }),
    )
}

/// `success` as a boolean, or as text where that is switched on.
pub(super) fn flag(quirks: &Quirks, on: bool) -> Value {
    if quirks.text_success {
        json!(on.to_string())
    } else {
        json!(on)
    }
}

/// A refusal; `errors` names the fields.
pub(super) fn refused(status: StatusCode, message: &str, errors: Value) -> Answer {
    let mut body = json!({ "success": false, "message": message });
    if errors.as_object().is_some_and(|errors| !errors.is_empty()) {
        body["errors"] = errors;
    }
    Answer::json(status, &body)
}

/// 404 for an id that does not exist.
pub(super) fn not_found(what: &str) -> Answer {
    refused(
        StatusCode::NOT_FOUND,
        &format!("{what} not found."),
        json!({}),
    )
}

/// Fields that were refused, each with its message.
#[derive(Debug, Default)]
pub(super) struct Invalid(Map<String, Value>);

impl Invalid {
    /// Refuses a field.
    pub(super) fn field(&mut self, field: &str, why: &str) {
        self.0.insert(field.to_owned(), json!([why]));
    }

    /// The 400 that lists them; `None` when there are none.
    pub(super) fn answer(self, quirks: &Quirks) -> Option<Answer> {
        if self.0.is_empty() {
            return None;
        }
        let body = json!({
            "success": flag(quirks, quirks.refusal_with_success),
            "message": "The given data was invalid.",
            "errors": self.0,
        });
        Some(Answer::json(StatusCode::BAD_REQUEST, &body))
    }
}

/// A request's fields, read the way a loosely typed service reads them.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Fields(fields)
    }

    /// Whether the key is there at all, null included.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The value as it came; null counts as left out.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Text, or a number as text; blank text counts as left out.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.value(key)
            .and_then(text_of)
            .filter(|text| !text.trim().is_empty())
    }

    /// A whole number, or text that is one.
    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.text(key)?.trim().parse().ok()
    }

    /// A flag: a boolean, 0 or 1, or text that is one of these.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(on) => Some(*on),
            other => match text_of(other)?.as_str() {
                "1" | "true" => Some(true),
                "0" | "false" => Some(false),
                _ => None,
            },
        }
    }

    /// A list of texts, numbers taken as text; `None` when it is left out or no list.
    pub(super) fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.value(key)?.as_array()?.iter().map(text_of).collect()
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
