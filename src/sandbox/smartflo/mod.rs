//! A Smartflo account: the public API as documented and as live clients report it (2026-11-21).
//!
//! | asked | answered |
//! |---|---|
//! | login, refresh, logout | a token for an hour, without `Bearer` as good as with it |
//! | no token, or another | 401 |
//! | more calls in a second than the account has | 429 with `success` as text, and no `Retry-After` |
//! | `GET v1/users` | a page behind a cursor; all other lists are bare arrays |
//! | an id of another kind | 404 |
//!
//! Roles that nobody holds and all agent groups exist, and no request lists them. What is undocumented or disputed is a
//! switch of [`Quirks`]. Not simulated: calls, queues, changes to numbers and time groups.
//!
//! # The panel
//!
//! What a person does in the vendor's panel, under `/_sandbox/`:
//!
//! | request | body |
//! |---|---|
//! | `POST users` | a [`SeedUser`] |
//! | `POST users/{id}` | a [`UserEdit`]: allowed addresses, chosen extension, existing agent, agent or not |
//! | `DELETE users/{id}` | |
//! | `POST roles`, `agent-groups`, `time-groups`, `departments`, each with `/{id}` to rename | `{name}` |
//! | `DELETE` of the same with `/{id}` | |
//! | `POST department-members`, `DELETE department-members` | `{department_id, agent_id}` |
//! | `POST numbers` | `{did}` |
//! | `POST quirks` | [`Quirks`] |

mod account;
mod dashboard;
mod departments;
mod quirks;
mod respond;
mod samples;
mod seed;
mod session;
#[cfg(test)]
mod tests;
mod users;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

pub use account::{Account, Agent, Cdr, Department, Member, MyNumber, NextIds, User, digest};
pub use dashboard::UserEdit;
pub use quirks::{CreateAnswer, Dialect, Quirks};
pub use seed::{Seed, SeedError, SeedUser};
pub use session::Credentials;

use super::clock::Clock;
use super::control::Control;
use super::message::{Answer, JSON, Received};
use super::rate::{Rate, Standing};
use super::server::{Launch, Serving, Vendor};
use super::state_file;
use session::Sessions;
use users::Noise;

/// How to start a Smartflo account.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on; by default a free port of the loopback interface.
    pub listen: SocketAddr,
    /// The account at the start. Not looked at when the state file exists.
    pub seed: Seed,
    /// Calls per second for the whole account; `None` takes the seed's, which may be unlimited.
    pub rate: Option<u32>,
    /// The simulator's time.
    pub clock: Clock,
    /// Where the account is kept between runs, written after each write.
    pub state_file: Option<PathBuf>,
    /// Who is let in; `None` lets in any token and any login.
    pub credentials: Option<Credentials>,
    /// In place of the seed's or the state file's quirks.
    pub quirks: Option<Quirks>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: Seed::default(),
            rate: None,
            clock: Clock::real(),
            state_file: None,
            credentials: None,
            quirks: None,
        }
    }
}

impl Launch for Options {
    type Vendor = Smartflo;

    fn launch(self) -> io::Result<(Smartflo, Serving)> {
        let rate = self.rate.or(self.seed.rate);
        let kept = self
            .state_file
            .as_deref()
            .map(state_file::load)
            .transpose()?
            .flatten();
        let mut account: Account = match kept {
            Some(account) => account,
            None => self
                .seed
                .account()
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
        };
        if let Some(quirks) = self.quirks {
            account.quirks = quirks;
        }
        let serving = Serving {
            listen: self.listen,
            rate: rate.map(Rate::per_second),
            clock: self.clock.clone(),
            state_file: self.state_file,
        };
        let vendor = Smartflo {
            account,
            sessions: Sessions::new(self.credentials),
            noise: Noise::default(),
            clock: self.clock,
        };
        Ok((vendor, serving))
    }
}

/// The vendor.
#[derive(Debug)]
pub struct Smartflo {
    account: Account,
    sessions: Sessions,
    noise: Noise,
    clock: Clock,
}

/// A request's place below the address: what precedes the id, and the id.
fn place(path: &str) -> (&str, Option<&str>) {
    let path = path.trim_matches('/');
    match path.rsplit_once('/') {
        Some((head @ ("v1/user" | "v1/department"), id)) => (head, Some(id)),
        _ => (path, None),
    }
}

/// A 200 with nothing in it.
fn empty() -> Answer {
    Answer {
        status: StatusCode::OK,
        content_type: JSON,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

const LOGIN: &str = "v1/auth/login";
const SESSION: [&str; 3] = [LOGIN, "v1/auth/refresh", "v1/auth/logout"];

impl Vendor for Smartflo {
    type State = Account;

    const BASE_PATH: &'static str = "";

    fn state(&self) -> &Account {
        &self.account
    }

    /// Logins change nothing in the account.
    fn is_write(&self, request: &Received) -> bool {
        ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&request.method)
            && !SESSION.contains(&place(request.path()).0)
    }

    fn admit(&self, request: &Received) -> Result<(), Answer> {
        let now = self.clock.unix_millis().div_euclid(1000);
        if place(request.path()).0 == LOGIN || self.sessions.admits(request, now) {
            return Ok(());
        }
        Err(respond::refused(
            StatusCode::UNAUTHORIZED,
            "Unauthenticated.",
            json!({}),
        ))
    }

    fn answer(&mut self, request: &Received, now_millis: i64) -> Answer {
        let now = now_millis.div_euclid(1000);
        let account = &mut self.account;
        let days = account.quirks.number_of_days_left;
        let (head, id) = place(request.path());
        // An id with a leading zero is an agent's or an extension's, and no number here.
        let number = id
            .filter(|id| !id.starts_with('0'))
            .and_then(|id| id.parse().ok());
        match (request.method.as_str(), head, id) {
            ("POST", LOGIN, None) => self.sessions.log_in(request, now, days),
            ("POST", "v1/auth/refresh", None) => self.sessions.refresh(request, now, days),
            ("POST", "v1/auth/logout", None) => self.sessions.log_out(request),
            ("GET", "v1/users", None) => users::list(account, request, &mut self.noise),
            ("POST", "v1/user", None) => users::create(account, request),
            ("GET", "v1/user", Some(_)) => users::one(account, number, &mut self.noise),
            ("PATCH", "v1/user", Some(_)) => users::patch(account, request, number),
            ("DELETE", "v1/user", Some(_)) => users::delete(account, number),
            ("GET", "v1/departments", None) => departments::list(account),
            ("POST", "v1/department", None) => departments::create(account, request),
            ("PUT", "v1/department", Some(_)) => departments::replace(account, request, number),
            ("DELETE", "v1/department", Some(_)) => departments::delete(account, number),
            ("GET", "v1/my_number", None) => departments::numbers(account),
            ("GET", "v1/timegroups", None) => departments::time_groups(account),
            _ => respond::refused(StatusCode::NOT_FOUND, "Not Found", json!({})),
        }
    }

    fn throttled(&self, _standing: Standing) -> Answer {
        // Text, by the documentation's own sample, and no `Retry-After`.
        Answer::json(
            StatusCode::TOO_MANY_REQUESTS,
            &json!({ "success": "false", "message": "Too many requests." }),
        )
    }

    fn server_error(&self) -> Answer {
        respond::refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong.",
            json!({}),
        )
    }

    fn error_in_200(&self) -> Answer {
        respond::refused(
            StatusCode::OK,
            "The request could not be processed.",
            json!({}),
        )
    }

    fn rows(body: &mut Value) -> Option<&mut Vec<Value>> {
        if body.is_array() {
            body.as_array_mut()
        } else {
            body.get_mut("data")?.as_array_mut()
        }
    }

    fn identifying_fields() -> &'static [&'static str] {
        &["id", "login_id", "name", "did", "eid"]
    }

    fn dashboard(
        &mut self,
        method: &Method,
        path: &str,
        body: &Map<String, Value>,
    ) -> Option<Answer> {
        dashboard::act(&mut self.account, method, path, body)
    }
}

impl Control<Smartflo> {
    /// A copy of the whole account.
    pub fn account(&self) -> Account {
        self.state()
    }

    /// Does in the account what a person does in the panel; the state file follows.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn edit<R>(&self, act: impl FnOnce(&mut Account) -> R) -> io::Result<R> {
        self.with_vendor(|vendor| act(&mut vendor.account))
    }

    /// How many sessions are open.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn open_sessions(&self) -> io::Result<usize> {
        let now = self.clock().unix_millis().div_euclid(1000);
        self.with_vendor(|vendor| vendor.sessions.open(now))
    }

    /// Takes all sessions' tokens back.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn revoke_sessions(&self) -> io::Result<()> {
        self.with_vendor(|vendor| vendor.sessions.revoke())
    }
}
