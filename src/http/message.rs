//! A call and its answer.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::error::HttpError;
use super::redact::{excerpt, redact};

/// Whether a call can change the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing and may be repeated.
    Read,
    /// It may change something and is not repeated after it may have been sent.
    Write,
}

/// One call to a service: method, path below the base address, query and JSON body.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<serde_json::Value>,
    pub(super) effect: Effect,
    pub(super) anonymous: bool,
    pub(super) once: bool,
    pub(super) secrets: Vec<SecretString>,
}

/// Shows the names of the query and nothing of the body.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field(
                "query",
                &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("has_body", &self.body.is_some())
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// A call; `GET` and `HEAD` are reads, everything else a write.
    ///
    /// `path` is literal text below the client's base address and is percent-encoded as needed.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let effect = if matches!(method, Method::GET | Method::HEAD) {
            Effect::Read
        } else {
            Effect::Write
        };
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            effect,
            anonymous: false,
            once: false,
            secrets: Vec::new(),
        }
    }

    /// A `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Adds one query pair.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn json(mut self, body: serde_json::Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Marks a call as one that changes nothing, whatever its method (a search by `POST`, say).
    #[must_use]
    pub fn read(mut self) -> Self {
        self.effect = Effect::Read;
        self
    }

    /// Sends the call without the client's credentials (a login, say).
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Sends the call at most once: a failure is not tried again, and a 429 is an answer like any other.
    ///
    /// For logins, where each attempt may count towards the lock of an account.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Names a value of the body or the query that must not be seen in a message about the answer.
    #[must_use]
    pub fn secret(mut self, secret: SecretString) -> Self {
        self.secrets.push(secret);
        self
    }

    /// Whether the call can change the account.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Method and path, as messages name the call.
    pub fn call(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A complete answer, whatever its status.
#[derive(Clone)]
pub struct Answer {
    call: String,
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    secrets: Vec<SecretString>,
}

/// Shows no content.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("call", &self.call)
            .field("status", &self.status)
            .field("content_type", &self.content_type())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The headers that an answer keeps; cookies and the like are dropped.
const KEPT: [&str; 6] = [
    "content-type",
    "retry-after",
    "x-request-id",
    "cf-ray",
    "date",
    "allow",
];

impl Answer {
    /// Takes an answer apart; keeps the headers of interest and those in `also`.
    pub(super) fn new(
        call: String,
        status: u16,
        headers: &HeaderMap,
        also: &[String],
        body: Vec<u8>,
        secrets: Vec<SecretString>,
    ) -> Self {
        let headers = KEPT
            .into_iter()
            .chain(also.iter().map(String::as_str))
            .filter_map(|name| {
                let value = headers.get(name)?;
                Some((
                    name.to_ascii_lowercase(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                ))
            })
            .collect();
        Self {
            call,
            status,
            headers,
            body,
            secrets,
        }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// True for 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// True for 408 and 5xx: after such an answer to a write, the outcome is unknown.
    pub fn is_inconclusive(&self) -> bool {
        self.status == 408 || (500..600).contains(&self.status)
    }

    /// The content type as it was sent, or nothing.
    pub fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    /// One of the kept headers (content type, rate headers, request ids), by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(&name.to_ascii_lowercase())
            .map(String::as_str)
    }

    /// The body, decompressed.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Method and path of the call that this answers.
    pub fn call(&self) -> &str {
        &self.call
    }

    /// A short, printable, redacted beginning of the body.
    pub fn excerpt(&self) -> String {
        excerpt(&self.body, &self.secrets)
    }

    /// Redacts a text that was taken from the body, such as the service's own message.
    pub fn redact(&self, text: &str) -> String {
        redact(text, &self.secrets)
    }

    /// The body as JSON; otherwise an error that says what the body is instead.
    pub fn json(&self) -> Result<serde_json::Value, HttpError> {
        self.json_as()
    }

    /// The body as JSON of a given shape; otherwise an error that says what the body is instead.
    pub fn json_as<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        let text = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        serde_json::from_slice(text).map_err(|error| self.not_json(&error))
    }

    fn not_json(&self, error: &serde_json::Error) -> HttpError {
        let (found, excerpt) = if self.body.iter().all(u8::is_ascii_whitespace) {
            ("empty, where JSON was expected".to_owned(), String::new())
        } else if self.is_html() {
            let title = self
                .html_title()
                .map_or(String::new(), |title| format!(" titled `{title}`"));
            let from = "it usually comes from a proxy or a firewall before the service";
            (
                format!("an HTML page{title} where JSON was expected ({from})"),
                self.excerpt(),
            )
        } else if std::str::from_utf8(&self.body).is_err() {
            (
                "not UTF-8, where JSON was expected".to_owned(),
                self.excerpt(),
            )
        } else {
            // A message of serde_json may quote a value.
            let reason = super::redact::excerpt(error.to_string().as_bytes(), &self.secrets);
            let what = if error.is_data() {
                "JSON of another shape than expected"
            } else {
                "not JSON"
            };
            (format!("{what} ({reason})"), self.excerpt())
        };
        HttpError::NotJson {
            call: self.call.clone(),
            status: self.status,
            found,
            excerpt,
        }
    }

    fn is_html(&self) -> bool {
        self.content_type().to_ascii_lowercase().contains("html")
            || self.body.trim_ascii_start().starts_with(b"<")
    }

    fn html_title(&self) -> Option<String> {
        let head = &self.body[..self.body.len().min(16 * 1024)];
        let text = String::from_utf8_lossy(head);
        // ASCII lower case keeps byte positions.
        let lower = text.to_ascii_lowercase();
        let open = lower.find("<title")?;
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        let title = excerpt(text[start..end].as_bytes(), &self.secrets);
        (!title.is_empty()).then_some(title)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn answer(content_type: &str, body: &[u8]) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().unwrap());
        headers.insert("set-cookie", "session=1".parse().unwrap());
        let secrets = vec![SecretString::from("s3cret-pass")];
        Answer::new(
            "GET /agents".to_owned(),
            200,
            &headers,
            &[],
            body.to_vec(),
            secrets,
        )
    }

    fn failure(content_type: &str, body: &[u8]) -> String {
        answer(content_type, body).json().unwrap_err().to_string()
    }

    #[test]
    fn json_is_read_with_or_without_a_byte_order_mark() {
        assert_eq!(
            answer("application/json", b"{\"a\":1}").json().unwrap()["a"],
            1
        );
        assert_eq!(
            answer("text/plain", b"\xef\xbb\xbf[]").json().unwrap(),
            serde_json::json!([])
        );
    }

    #[test]
    fn a_body_that_is_not_json_is_described() {
        insta::assert_snapshot!(failure("text/html", b"<html><head><TITLE>\n403 Forbidden</TITLE></head>"),
            @"`GET /agents`: the answer (200) is an HTML page titled `403 Forbidden` where JSON was expected (it usually comes from a proxy or a firewall before the service): `<html><head><TITLE>\\n403 Forbidden</TITLE></head>`");
        insta::assert_snapshot!(failure("application/json", b" \n"),
            @"`GET /agents`: the answer (200) is empty, where JSON was expected");
        insta::assert_snapshot!(failure("application/json", b"{\"a\":"),
            @"`GET /agents`: the answer (200) is not JSON (EOF while parsing a value at line 1 column 5): `{\"a\":`");
        insta::assert_snapshot!(failure("application/json", b"{\"a\":\"\xff\"}"),
            @"`GET /agents`: the answer (200) is not UTF-8, where JSON was expected: `{\"a\":\"\u{FFFD}\"}`");
    }

    #[test]
    fn an_echoed_secret_is_redacted_in_every_message() {
        let echo = answer("application/json", br#"{"pass":"s3cret-pass"}"#);
        let error = echo.json_as::<BTreeMap<String, u32>>().unwrap_err();
        assert!(error.to_string().contains("[redacted]"), "{error}");
        let page = failure("text/html", b"<title>s3cret-pass</title>");
        let cut = failure("text/plain", b"no s3cret-pass");
        for text in [
            error.to_string(),
            format!("{error:?}"),
            page,
            cut,
            echo.excerpt(),
            format!("{echo:?}"),
        ] {
            assert!(!text.contains("s3cret-pass"), "{text}");
        }
        assert_eq!(echo.redact("bad s3cret-pass"), "bad [redacted]");
    }

    #[test]
    fn only_headers_of_interest_are_kept() {
        let answer = answer("application/json", b"{}");
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        assert_eq!(answer.header("set-cookie"), None);
    }

    #[test]
    fn debug_of_a_request_shows_neither_body_nor_values() {
        let request = Request::new(Method::PUT, "/agents/add.json")
            .query("token", "s3cret-pass")
            .json(serde_json::json!({"pass": "s3cret-pass"}))
            .secret("s3cret-pass".into());
        let text = format!("{request:?}");
        assert!(
            !text.contains("s3cret-pass") && text.contains("token"),
            "{text}"
        );
        assert_eq!(request.effect(), Effect::Write);
        assert_eq!(
            Request::new(Method::POST, "/search").read().effect(),
            Effect::Read
        );
    }
}
