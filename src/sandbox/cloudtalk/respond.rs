//! The vendor's envelopes, pages and errors.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::super::distort;
use super::super::message::{Answer, JSON, Received};
use super::quirks::Quirks;

/// The largest page. Documented (specification 1.7, 2026-11-21); larger limits are clamped, as the framework does.
const LARGEST_PAGE: usize = 1000;

/// `{"responseData":{"status":…}}`.
pub(super) fn done() -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({ "responseData": { "status": 200 } }),
    )
}

/// 200 with a message under `data`.
pub(super) fn message(text: &str) -> Answer {
    Answer::json(
        StatusCode::OK,
        &json!({ "responseData": { "status": 200, "data": { "message": text } } }),
    )
}

/// 201 with the new id.
pub(super) fn created(id: u64, quirks: &Quirks) -> Answer {
    let id = if quirks.integer_create_ids {
        json!(id)
    } else {
        json!(id.to_string())
    };
    Answer::json(
        StatusCode::CREATED,
        &json!({ "responseData": { "status": 201, "data": { "id": id } } }),
    )
}

/// An error in the usual envelope, byte for byte with the status first.
pub(super) fn error(status: StatusCode, text: &str) -> Answer {
    let message = Value::from(text);
    let body = format!(
        r#"{{"responseData":{{"status":{},"message":{message}}}}}"#,
        status.as_u16()
    );
    Answer {
        status,
        content_type: JSON,
        headers: Vec::new(),
        body: body.into_bytes(),
    }
}

/// 404 for an id that does not exist.
pub(super) fn not_found() -> Answer {
    error(StatusCode::NOT_FOUND, "Not found.")
}

/// 406 that does not say which field.
pub(super) fn unacceptable() -> Answer {
    error(StatusCode::NOT_ACCEPTABLE, "Invalid input data.")
}

/// The framework's own 404, for a path that is no operation: no envelope, slashes escaped.
pub(super) fn no_such_path(path: &str) -> Answer {
    let url = Value::from(path).to_string().replace('/', "\\/");
    let body = format!(r#"{{"name":"Not Found","message":"Not Found","url":{url}}}"#);
    Answer {
        status: StatusCode::NOT_FOUND,
        content_type: JSON,
        headers: Vec::new(),
        body: body.into_bytes(),
    }
}

/// Fields that were refused, each with its messages.
#[derive(Debug, Default)]
pub(super) struct Invalid(BTreeMap<&'static str, Vec<&'static str>>);

impl Invalid {
    /// Refuses a field.
    pub(super) fn field(&mut self, field: &'static str, why: &'static str) {
        self.0.entry(field).or_default().push(why);
    }

    /// The 406 that lists them; `None` when there are none.
    pub(super) fn answer(self) -> Option<Answer> {
        if self.0.is_empty() {
            return None;
        }
        let body = json!({ "responseData": { "status": 406, "message": "Invalid input data.", "data": self.0 } });
        Some(Answer::json(StatusCode::NOT_ACCEPTABLE, &body))
    }
}

#[derive(Serialize)]
struct Envelope<T> {
    #[serde(rename = "responseData")]
    response_data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<R> {
    items_count: usize,
    page_count: usize,
    page_number: usize,
    limit: usize,
    data: Vec<R>,
}

/// The page that the request asks for, of `rows`.
pub(super) fn page<T, R: Serialize>(
    request: &Received,
    quirks: &Quirks,
    rows: &[T],
    render: impl Fn(&T) -> R,
) -> Answer {
    let number = |name| {
        request
            .query(name)
            .map(|text| text.trim().parse::<usize>().unwrap_or(0).max(1))
    };
    let limit = number("limit")
        .unwrap_or(quirks.default_limit.max(1))
        .min(LARGEST_PAGE);
    let page_number = number("page").unwrap_or(1);
    let page_count = rows.len().div_ceil(limit);
    if page_number > page_count.max(1) && !quirks.empty_page_past_end {
        return not_found();
    }
    let skipped = (page_number - 1).saturating_mul(limit).min(rows.len());
    let data = rows[skipped..].iter().take(limit).map(render).collect();
    envelope(
        quirks,
        &Page {
            items_count: rows.len(),
            page_count,
            page_number,
            limit,
            data,
        },
    )
}

/// A 200 with `response_data` in the envelope.
pub(super) fn envelope(quirks: &Quirks, response_data: &impl Serialize) -> Answer {
    let mut answer = Answer::json(StatusCode::OK, &Envelope { response_data });
    if (quirks.extra_keys || quirks.null_lists)
        && let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
    {
        if quirks.null_lists {
            rows(&mut body)
                .into_iter()
                .flatten()
                .for_each(distort::null_lists);
        }
        if quirks.extra_keys {
            distort::add_extra_keys(&mut body);
        }
        answer.body = body.to_string().into_bytes();
    }
    answer
}

/// The rows of a list: `responseData.data`, `responseData.data.groups`, or `responseData` itself.
pub(super) fn rows(body: &mut Value) -> Option<&mut Vec<Value>> {
    let mut place = body.get_mut("responseData")?;
    for key in ["data", "groups"] {
        if place.get(key).is_some() {
            place = place.get_mut(key)?;
        }
    }
    place.as_array_mut()
}

/// A flag in a row, true and false or `"1"` and `"0"`.
pub(super) struct Flag {
    pub(super) on: bool,
    pub(super) text: bool,
}

impl Serialize for Flag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.text, self.on) {
            (false, on) => serializer.serialize_bool(on),
            (true, true) => serializer.serialize_str("1"),
            (true, false) => serializer.serialize_str("0"),
        }
    }
}

/// A request's fields, read the way a loosely typed service reads them. Null and empty text count as left out.
pub(super) struct Fields(Map<String, Value>);

/// One field as it was sent.
pub(super) enum Sent<T> {
    /// Left out.
    No,
    /// There, and of the right kind.
    Good(T),
    /// There, and not of the right kind.
    Bad,
}

impl Fields {
    pub(super) fn of(request: &Received) -> Self {
        Fields(request.fields())
    }

    /// Text, or a number as text.
    pub(super) fn text(&self, name: &str) -> Sent<String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Sent::No,
            Some(Value::String(text)) if text.trim().is_empty() => Sent::No,
            Some(Value::String(text)) => Sent::Good(text.clone()),
            Some(Value::Number(number)) => Sent::Good(number.to_string()),
            Some(_) => Sent::Bad,
        }
    }

    /// A whole number, or text that is one.
    pub(super) fn number(&self, name: &str) -> Sent<u64> {
        match self.text(name) {
            Sent::Good(text) => text.trim().parse().map_or(Sent::Bad, Sent::Good),
            Sent::No => Sent::No,
            Sent::Bad => Sent::Bad,
        }
    }

    /// A flag: a boolean, 0 or 1, or text that is one of these.
    pub(super) fn flag(&self, name: &str) -> Sent<bool> {
        if let Some(Value::Bool(on)) = self.0.get(name) {
            return Sent::Good(*on);
        }
        match self.text(name) {
            Sent::Good(text) => match text.as_str() {
                "1" | "true" => Sent::Good(true),
                "0" | "false" => Sent::Good(false),
                _ => Sent::Bad,
            },
            Sent::No => Sent::No,
            Sent::Bad => Sent::Bad,
        }
    }
}
