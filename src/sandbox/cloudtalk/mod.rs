//! A CloudTalk account: the public API 1.7 as of 2026-11-21, as documented and as live clients report it.
//!
//! | asked | answered |
//! |---|---|
//! | no `User-Agent` | 403 with an HTML page, before all else |
//! | wrong method on a real path | 405 without `Allow`, keys or not |
//! | no key pair, or another | 401, the same bytes on any path |
//! | more requests than the rate | 429 with `X-CloudTalkAPI-*` and no `Retry-After` |
//! | a path that is no operation | the framework's 404 without the envelope |
//!
//! What is undocumented or disputed is a switch of [`Quirks`]. Not simulated: campaigns, contacts, the analytics host.
//!
//! # The dashboard
//!
//! What a person does in the vendor's dashboard, under `/_sandbox/`:
//!
//! | request | body |
//! |---|---|
//! | `POST agents` | a [`SeedAgent`]; refused when no seat is free |
//! | `POST agents/{id}` | an [`AgentEdit`] |
//! | `DELETE agents/{id}`, `DELETE groups/{id}` | |
//! | `POST groups`, `POST groups/{id}` | `{name}` |
//! | `POST memberships`, `DELETE memberships` | `{group_id, agent_id}` |
//! | `POST numbers` | a [`SeedNumber`] |
//! | `POST seats` | `{purchased}`; null is unlimited |
//! | `POST quirks` | [`Quirks`] |

mod account;
mod agents;
mod dashboard;
mod groups;
mod numbers;
mod quirks;
mod respond;
mod routes;
mod samples;
mod seed;
mod tags;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::http::{Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

pub use account::{
    Account, Agent, Group, NextIds, Number, Role, Route, RouteKind, Row, Rows, Tag, digest,
};
pub use dashboard::AgentEdit;
pub use quirks::Quirks;
pub use seed::{Seed, SeedAgent, SeedError, SeedNumber};

use super::clock::Clock;
use super::control::Control;
use super::message::{Answer, Received};
use super::rate::{Rate, Standing};
use super::server::{Launch, Serving, Vendor};
use super::state_file;
use routes::Operation;

/// How to start a CloudTalk account.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on; by default a free port of the loopback interface.
    pub listen: SocketAddr,
    /// The account at the start. Not looked at when the state file exists.
    pub seed: Seed,
    /// Requests per minute for the whole company; `None` takes the seed's, which may be unlimited.
    pub rate: Option<u32>,
    /// The simulator's time.
    pub clock: Clock,
    /// Where the account is kept between runs, written after each write.
    pub state_file: Option<PathBuf>,
    /// The one key pair that is accepted; `None` accepts any pair without an empty half.
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

/// A key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub key_id: String,
    /// The access key secret.
    pub secret: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Launch for Options {
    type Vendor = CloudTalk;

    fn launch(self) -> io::Result<(CloudTalk, Serving)> {
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
            rate: rate.map(Rate::per_minute),
            clock: self.clock,
            state_file: self.state_file,
        };
        Ok((
            CloudTalk {
                account,
                credentials: self.credentials,
            },
            serving,
        ))
    }
}

/// The vendor.
#[derive(Debug)]
pub struct CloudTalk {
    account: Account,
    credentials: Option<Credentials>,
}

impl CloudTalk {
    fn knows(&self, request: &Received) -> bool {
        let pair = request
            .header(header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match pair.as_deref().and_then(|pair| pair.split_once(':')) {
            Some((key_id, secret)) if !key_id.is_empty() && !secret.is_empty() => self
                .credentials
                .as_ref()
                .is_none_or(|known| known.key_id == key_id && known.secret == secret),
            _ => false,
        }
    }
}

impl Vendor for CloudTalk {
    type State = Account;

    const BASE_PATH: &'static str = "/api";

    fn state(&self) -> &Account {
        &self.account
    }

    fn admit(&self, request: &Received) -> Result<(), Answer> {
        if request.header(header::USER_AGENT).is_none_or(str::is_empty) {
            return Err(Answer::html(StatusCode::FORBIDDEN));
        }
        if Operation::at(request.path())
            .is_some_and(|operation| operation.method() != request.method)
        {
            return Err(respond::error(
                StatusCode::METHOD_NOT_ALLOWED,
                "Method Not Allowed",
            ));
        }
        if !self.knows(request) {
            return Err(respond::error(StatusCode::UNAUTHORIZED, "Unauthorized"));
        }
        Ok(())
    }

    fn answer(&mut self, request: &Received, _now_millis: i64) -> Answer {
        let account = &mut self.account;
        let Some(operation) = Operation::at(request.path()) else {
            return respond::no_such_path(request.path());
        };
        match operation {
            Operation::AgentsIndex => agents::index(account, request),
            Operation::AgentsAdd => agents::add(account, request),
            Operation::AgentsEdit(id) => agents::edit(account, request, id),
            Operation::AgentsDelete(id) => agents::delete(account, id),
            Operation::GroupsIndex => groups::index(account, request),
            Operation::GroupsAdd => groups::add(account, request),
            Operation::GroupsDelete(agent) => groups::delete(account, request, agent),
            Operation::NumbersIndex => numbers::index(account, request),
            Operation::NumbersEdit(id) => numbers::edit(account, request, id),
            Operation::NumbersClear(id) => numbers::clear(account, id),
            Operation::TagsIndex => tags::index(account, request),
            Operation::TagsAdd => tags::add(account, request),
            Operation::TagsEdit(id) => tags::edit(account, request, id),
            Operation::TagsDelete(id) => tags::delete(account, id),
            Operation::CountriesIndex => tags::countries(account),
            Operation::GroupStatistics => groups::statistics(account),
            Operation::CallsIndex => agents::calls(account, request),
        }
    }

    fn throttled(&self, standing: Standing) -> Answer {
        // The body of a 429 is documented nowhere; this one follows the other errors.
        with_rate_headers(
            standing,
            respond::error(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
        )
    }

    fn with_standing(&self, standing: Standing, answer: Answer) -> Answer {
        if self.account.quirks.rate_headers_always {
            with_rate_headers(standing, answer)
        } else {
            answer
        }
    }

    fn server_error(&self) -> Answer {
        respond::error(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.")
    }

    fn error_in_200(&self) -> Answer {
        Answer {
            status: StatusCode::OK,
            ..respond::unacceptable()
        }
    }

    fn rows(body: &mut Value) -> Option<&mut Vec<Value>> {
        respond::rows(body)
    }

    fn identifying_fields() -> &'static [&'static str] {
        &[
            "id",
            "email",
            "firstname",
            "lastname",
            "extension",
            "internal_name",
            "caller_id_e164",
            "name",
            "operators",
        ]
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

fn with_rate_headers(standing: Standing, answer: Answer) -> Answer {
    answer
        .with_header("X-CloudTalkAPI-Limit", standing.limit)
        .with_header("X-CloudTalkAPI-Remaining", standing.remaining)
        .with_header("X-CloudTalkAPI-ResetTime", standing.reset_at)
}

impl Control<CloudTalk> {
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
