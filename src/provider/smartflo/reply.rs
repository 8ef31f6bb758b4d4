//! What an answer says about itself: `success`, a message, errors of single fields, data.

use serde_json::{Map, Value as Json};

use crate::http::{Answer, HttpError, excerpt};

/// An answer's body, with what the vendor's envelope says where it is one.
#[derive(Debug)]
pub(super) struct Reply {
    /// `success`: a boolean by the documentation, and text in at least one documented answer.
    pub(super) success: Option<bool>,
    /// The body.
    pub(super) body: Json,
    message: Option<String>,
}

impl Reply {
    /// Reads an answer's body; the error says what the body is instead of JSON.
    pub(super) fn of(answer: &Answer) -> Result<Self, HttpError> {
        let body = answer.json()?;
        let message = body
            .as_object()
            .and_then(message_of)
            .map(|text| excerpt(answer.redact(&text).as_bytes(), &[]));
        Ok(Self {
            success: body.get("success").and_then(flag),
            body,
            message,
        })
    }

    /// The message, with those of single fields.
    pub(super) fn message(&self) -> String {
        self.message
            .clone()
            .unwrap_or_else(|| "no message".to_owned())
    }

    /// Whether the body is of the vendor's make, and not of something before it.
    pub(super) fn is_own(&self) -> bool {
        self.success.is_some()
    }
}

fn flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(on) => Some(*on),
        Json::Number(number) => match number.as_u64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The message, followed by those of single fields: `The given data was invalid. (email: …)`.
fn message_of(body: &Map<String, Json>) -> Option<String> {
    let message = body.get("message").and_then(joined);
    let details = ["errors", "error"]
        .into_iter()
        .find_map(|key| match body.get(key)? {
            Json::Object(fields) => {
                let texts: Vec<String> = fields
                    .iter()
                    .filter_map(|(field, texts)| Some(format!("{field}: {}", joined(texts)?)))
                    .collect();
                (!texts.is_empty()).then(|| texts.join("; "))
            }
            other => joined(other),
        });
    match (message, details) {
        (Some(message), Some(details)) if message != details => {
            Some(format!("{message} ({details})"))
        }
        (message, details) => message.or(details),
    }
}

/// The texts of a value and of what it holds.
fn joined(value: &Json) -> Option<String> {
    let texts: Vec<String> = match value {
        Json::String(text) => vec![text.trim().to_owned()],
        Json::Array(list) => list.iter().filter_map(joined).collect(),
        Json::Object(map) => map.values().filter_map(joined).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) => Vec::new(),
    };
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn success_is_a_boolean_a_figure_or_text() {
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("false"), Some(false)),
            (json!("True"), Some(true)),
            (json!(0), Some(false)),
            (json!(null), None),
            (json!("yes"), None),
        ] {
            assert_eq!(flag(&value), expected, "{value}");
        }
    }

    #[test]
    fn messages_of_single_fields_are_joined_to_the_general_one() {
        let text = |body: Json| message_of(body.as_object().unwrap());
        assert_eq!(
            text(
                json!({"message": "Invalid.", "errors": {"email": ["Taken.", "Bad."], "x": null}})
            )
            .unwrap(),
            "Invalid. (email: Taken. Bad.)"
        );
        assert_eq!(text(json!({"error": "boom"})).unwrap(), "boom");
        assert_eq!(text(json!({"message": "a", "error": "a"})).unwrap(), "a");
        assert_eq!(text(json!({"success": false})), None);
    }
}
