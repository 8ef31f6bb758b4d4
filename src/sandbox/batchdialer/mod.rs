//! A BatchDialer account: the part of the public API that shows people, as captured answers have it (2026-08), and the
//! dashboard as a state machine.
//!
//! | asked | answered |
//! |---|---|
//! | a path that there is not: users, groups, seats, billing | 404 `{"msg"}`, key or not |
//! | wrong method on a real path | 405 |
//! | no key in `X-ApiKey`, or a wrong one | 403 `{"msg":"Wrong API key"}` |
//! | `GET /campaigns` | a bare array, with `number_of_contacts` and `date_added` |
//! | `POST /campaigns/search` | a bare array, with `dateadded`, `agents` (how many) and `agentslist` (names) |
//! | `GET /cdrs` | `{items, page, totalPages}`; the agent is a text or null |
//! | `GET /v2/cdrs` | `{items, nextPage}`; the agent is an object; an empty page still names a next one |
//! | `GET /v2/cdrs/last` | what came since the key asked last: reading it takes it away |
//! | `POST /contact` without its fields | a bare 500 |
//!
//! Every answer has an `x-request-id`, and none tells of a rate. `POST /agents` is listed by the vendor and shown nowhere:
//! it answers 404 unless [`Quirks::agents_route`] says otherwise. Decided here, since nothing tells: the filter of call
//! records by day is `?date=2026-11-21`, in the account's time zone.
//!
//! # The dashboard
//!
//! What a person does, under `/_sandbox/`; a refusal is a 409 with the dashboard's own text:
//!
//! | request | body |
//! |---|---|
//! | `POST users`, `POST users/{login}` | a [`UserForm`] |
//! | `DELETE users/{login}` | |
//! | `POST features/{login}` | `{on}` |
//! | `POST seats` | `{seats}` |
//! | `POST campaigns/{login}` | `{campaigns: [..]}` |
//! | `POST groups/{name}`, `DELETE groups/{name}` | |

mod account;
mod answers;
mod dashboard;
mod permissions;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, Method, StatusCode};
use serde_json::{Map, Value, json};

pub use account::{Account, Call, Quirks};
pub use dashboard::{
    Dashboard, FormState, Refused, Role, SYSTEM_STATUSES, Status, UserForm, VOCABULARIES,
};

use super::clock::Clock;
use super::control::Control;
use super::message::{Answer, Received};
use super::rate::{Rate, Standing};
use super::server::{Launch, Serving, Vendor};
use super::state_file;

/// How to start a BatchDialer account.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on; by default a free port of the loopback interface.
    pub listen: SocketAddr,
    /// The account at the start. Not looked at when the state file exists.
    pub seed: Account,
    /// Requests per minute; `None` is unlimited, since no limit is known.
    pub rate: Option<u32>,
    /// The simulator's time.
    pub clock: Clock,
    /// Where the account is kept between runs, written after each write.
    pub state_file: Option<PathBuf>,
    /// The one key that is accepted; `None` accepts any that is not empty.
    pub key: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: Account::default(),
            rate: None,
            clock: Clock::real(),
            state_file: None,
            key: None,
        }
    }
}

impl Launch for Options {
    type Vendor = BatchDialer;

    fn launch(self) -> io::Result<(BatchDialer, Serving)> {
        let kept = self
            .state_file
            .as_deref()
            .map(state_file::load)
            .transpose()?
            .flatten();
        let serving = Serving {
            listen: self.listen,
            rate: self.rate.map(Rate::per_minute),
            clock: self.clock,
            state_file: self.state_file,
        };
        let vendor = BatchDialer {
            account: kept.unwrap_or(self.seed),
            key: self.key,
            requests: AtomicU64::new(0),
        };
        Ok((vendor, serving))
    }
}

/// The vendor.
#[derive(Debug)]
pub struct BatchDialer {
    account: Account,
    key: Option<String>,
    requests: AtomicU64,
}

const KEY: HeaderName = HeaderName::from_static("x-apikey");

impl BatchDialer {
    fn marked(&self, answer: Answer) -> Answer {
        let number = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        answer.with_header("x-request-id", format!("{number:016x}"))
    }

    fn key_of<'r>(&self, request: &'r Received) -> Option<&'r str> {
        let key = request.header(KEY).filter(|key| !key.is_empty())?;
        let known = self.key.as_ref().is_none_or(|known| known == key);
        known.then_some(key)
    }
}

/// An error as the service words it.
fn error(status: StatusCode, text: &str) -> Answer {
    Answer::json(status, &json!({ "msg": text }))
}

impl Vendor for BatchDialer {
    type State = Account;

    const BASE_PATH: &'static str = "/api";

    fn state(&self) -> &Account {
        &self.account
    }

    fn is_write(&self, request: &Received) -> bool {
        // A search changes nothing, though it is a POST.
        request.method != Method::GET && !request.path().ends_with("/search")
    }

    fn admit(&self, request: &Received) -> Result<(), Answer> {
        let Some(method) = answers::method(&self.account, request.path()) else {
            return Err(self.marked(error(StatusCode::NOT_FOUND, "Not found")));
        };
        if method != request.method {
            let answer = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
            return Err(self.marked(answer));
        }
        if self.key_of(request).is_none() {
            return Err(self.marked(error(StatusCode::FORBIDDEN, "Wrong API key")));
        }
        Ok(())
    }

    fn answer(&mut self, request: &Received, _now_millis: i64) -> Answer {
        let key = self.key_of(request).unwrap_or_default().to_owned();
        let answer = answers::answer(&mut self.account, request, &key);
        self.marked(answer)
    }

    fn throttled(&self, _: Standing) -> Answer {
        // Nobody saw one: it follows the other errors.
        self.marked(error(StatusCode::TOO_MANY_REQUESTS, "Too many requests"))
    }

    fn server_error(&self) -> Answer {
        self.marked(answers::bare_500())
    }

    fn error_in_200(&self) -> Answer {
        self.marked(error(StatusCode::OK, "Something went wrong"))
    }

    fn rows(body: &mut Value) -> Option<&mut Vec<Value>> {
        match body {
            Value::Array(rows) => Some(rows),
            other => other.get_mut("items")?.as_array_mut(),
        }
    }

    fn identifying_fields() -> &'static [&'static str] {
        &["id", "name", "agentslist", "agent"]
    }

    fn dashboard(
        &mut self,
        method: &Method,
        path: &str,
        body: &Map<String, Value>,
    ) -> Option<Answer> {
        answers::by_hand(&mut self.account.dashboard, method, path, body)
    }
}

impl Control<BatchDialer> {
    /// A copy of the whole account.
    pub fn account(&self) -> Account {
        self.state()
    }

    /// Does in the account what a person does in the dashboard; the state file follows.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn edit<R>(&self, act: impl FnOnce(&mut Account) -> R) -> io::Result<R> {
        self.with_vendor(|vendor| act(&mut vendor.account))
    }
}
