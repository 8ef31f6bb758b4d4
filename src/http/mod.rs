//! One HTTP client for all providers: rate budget, retry of reads, redaction.
//!
//! The way of one call:
//!
//! ```text
//! Request -> Client::send -> rate (wait for a turn) -> Transport -> Answer
//!                 ^                                        |
//!                 +-- retry (reads, 429, never sent) <-----+
//! ```
//!
//! Three rules hold everywhere:
//!
//! - A write is sent again only when it is certain that the first one had no effect. Everything else is
//!   [`Outcome::Unknown`], and the caller has to look at the account before it goes on.
//! - Calls go out one after the other. The limiter's promise to the server rests on that.
//! - Neither an error, a `Debug` text nor a trace line holds a credential or a body.
//!
//! This module knows no vendor: header names, budgets and credentials come in through [`ClientOptions`].

mod auth;
mod call_log;
mod client;
mod error;
mod message;
mod rate;
mod redact;
mod retry;
mod transport;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod client_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod rate_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod test_server;

pub use auth::Auth;
pub use client::{Attempt, Client, ClientOptions, TraceHook};
pub use error::{HttpError, Outcome};
pub use message::{Answer, Effect, Request};
pub use rate::{
    Budget, Limiter, RateHeaders, RateNotice, RateObserver, SystemClock, Turn, WaitReason,
    WallClock, estimate_seconds,
};
pub use redact::{excerpt, redact};
pub use reqwest::Method;
pub use retry::{BACKOFF, Counter, MAX_THROTTLED};
pub use transport::{Incoming, Outgoing, Transport};
