//! What an answer's body is: the vendor's envelope, an error of something before it, or no JSON at all.

use serde_json::{Map, Value as Json};

use super::wire::id_of;
use crate::http::{Answer, HttpError, excerpt};

/// What an answer's body is.
#[derive(Debug)]
pub(super) enum Reply {
    /// The vendor's own envelope, `{"responseData": …}`.
    Envelope(Envelope),
    /// JSON of another shape: a framework's or a gateway's error.
    Foreign {
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
            return Self::Foreign {
                message: answer.excerpt(),
            };
        };
        if let Some(content) = body.remove("responseData") {
            let inside = content.as_object();
            return Self::Envelope(Envelope {
                status: inside.and_then(|inside| status_of(inside.get("status"))),
                message: inside.and_then(message_of).map(|text| clean(&text)),
                content,
            });
        }
        Self::Foreign {
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
    let message = inside
        .get("message")
        .and_then(Json::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let details = match inside.get("data") {
        Some(Json::Object(fields)) => fields
            .iter()
            .filter_map(|(field, texts)| Some(format!("{field}: {}", joined(texts)?)))
            .collect::<Vec<_>>()
            .join("; "),
        // A list of objects is a page of rows, and says nothing of the answer as a whole.
        Some(Json::Array(list)) if !list.iter().any(Json::is_object) => {
            all_joined(list.iter()).unwrap_or_default()
        }
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
        Json::Array(list) => all_joined(list.iter()),
        Json::Object(map) => all_joined(map.values()),
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

fn all_joined<'a>(values: impl Iterator<Item = &'a Json>) -> Option<String> {
    let texts: Vec<String> = values.filter_map(joined).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The message in an error body that is not the vendor's envelope.
///
/// CakePHP gives `{name, message, url}`, NestJS `{statusCode, message, error}` with a text or a list, gateways
/// `{code, message}`, `{success, errors}` or a bare `{error}`.
fn foreign_message(body: &Map<String, Json>) -> Option<String> {
    let text = ["message", "errors", "error", "name"]
        .into_iter()
        .find_map(|key| joined(body.get(key)?))?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_of_single_fields_are_joined_to_the_general_one() {
        let text = |inside: Json| message_of(inside.as_object().unwrap());
        assert_eq!(
            text(json!({"message": "Invalid input data.", "data": {
                "email": ["Please supply a valid email address.", "Taken."], "extension": "Taken.", "x": null,
            }})).unwrap(),
            "Invalid input data. (email: Please supply a valid email address. Taken.; extension: Taken.)"
        );
        assert_eq!(
            text(json!({"message": "Not found."})).unwrap(),
            "Not found."
        );
        assert_eq!(text(json!({"data": ["one", "two"]})).unwrap(), "one two");
        assert_eq!(text(json!({"status": 500, "data": {"id": 3}})), None);
    }

    #[test]
    fn errors_of_frameworks_and_gateways_give_their_message() {
        for (body, expected) in [
            (
                json!({"name": "Not Found", "message": "Not Found", "url": "/api/x.json"}),
                "Not Found (/api/x.json)",
            ),
            (
                json!({"statusCode": 400, "message": ["a", "b"], "error": "Bad Request"}),
                "a b",
            ),
            (
                json!({"code": "UNAUTHORIZED", "message": "no key"}),
                "no key",
            ),
            (
                json!({"success": false, "errors": [{"detail": "bad card"}]}),
                "bad card",
            ),
            (json!({"error": "boom"}), "boom"),
        ] {
            assert_eq!(
                foreign_message(body.as_object().unwrap()).as_deref(),
                Some(expected),
                "{body}"
            );
        }
        assert_eq!(
            foreign_message(json!({"ok": true}).as_object().unwrap()),
            None
        );
    }

    #[test]
    fn a_created_id_is_text_or_a_number_or_missing() {
        let id = |content: Json| {
            Envelope {
                status: None,
                message: None,
                content,
            }
            .created_id()
        };
        assert_eq!(
            id(json!({"data": {"id": "12345"}})).as_deref(),
            Some("12345")
        );
        assert_eq!(
            id(json!({"data": {"id": 1_583_318_602}})).as_deref(),
            Some("1583318602")
        );
        assert_eq!(
            id(json!({"data": {"Agent": {"id": 7}}})).as_deref(),
            Some("7")
        );
        for none in [
            json!({}),
            json!({"data": null}),
            json!({"data": {"id": 0}}),
            json!({"data": {"id": [1]}}),
        ] {
            assert_eq!(id(none), None);
        }
    }
}
