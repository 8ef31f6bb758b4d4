//! What a simulator receives and what it answers.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use serde::Serialize;
use serde_json::{Map, Value};

/// One request, with its body read whole.
#[derive(Debug, Clone)]
pub struct Received {
    /// The HTTP method.
    pub method: Method,
    /// Path and query as they came.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty when there was none.
    pub body: Bytes,
}

impl Received {
    /// The path without its query.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// A header's text; `None` when it is absent or not text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The last query parameter of that name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        pairs(self.uri.query().unwrap_or_default())
            .into_iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v)
    }

    /// The body's fields: of a JSON object, or form-encoded when the content type says so.
    ///
    /// A body that is neither has no fields, as a framework that found nothing to decode would see it.
    pub fn fields(&self) -> Map<String, Value> {
        let content_type = self.header(header::CONTENT_TYPE).unwrap_or_default();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let text = String::from_utf8_lossy(&self.body);
            return pairs(&text)
                .into_iter()
                .map(|(key, value)| (key, Value::String(value)))
                .collect();
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

/// One answer, before it is put on the wire.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The content type.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The content type of JSON answers.
pub const JSON: &str = "application/json; charset=UTF-8";

impl Answer {
    /// A JSON answer.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body)
            .expect("answers are trees with text keys, which always serialize");
        Answer {
            status,
            content_type: JSON,
            headers: Vec::new(),
            body,
        }
    }

    /// An HTML page, as a proxy in front of a service sends it.
    pub fn html(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let body = format!(
            "<!DOCTYPE html>\n<html><head><title>{code} {title}</title></head>\n<body><center><h1>{code} {title}</h1></center></body></html>\n",
            code = status.as_u16(),
        );
        Answer {
            status,
            content_type: "text/html; charset=UTF-8",
            headers: Vec::new(),
            body: body.into_bytes(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The same answer as an HTTP response.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(&value),
            ) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Splits `a=b&c=d` and decodes both sides.
fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// Undoes percent-encoding and `+` for a space; a broken escape stays as it is.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = text
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        at += if escaped.is_some() { 3 } else { 1 };
        out.push(escaped.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_and_form_text_is_decoded() {
        assert_eq!(
            pairs("a=1&b=x%20y+z&c&%2B=%C3%A9&d=100%&e=%zz"),
            [
                ("a", "1"),
                ("b", "x y z"),
                ("c", ""),
                ("+", "é"),
                ("d", "100%"),
                ("e", "%zz")
            ]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }
}
