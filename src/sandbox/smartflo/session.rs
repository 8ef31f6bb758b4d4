//! Logins and the tokens that they give.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::json;

use super::super::message::{Answer, Received};
use super::account::digest;
use super::respond;

/// How long a token lives, in seconds (documented).
pub(super) const LIFETIME: i64 = 3600;

/// After how many failures in a row a login is locked, and for how many seconds; as live clients see it.
const FAILURES: u32 = 3;
const LOCK_SECONDS: i64 = 15 * 60;

/// Who may use the account.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// A token that does not expire; `None` knows no such token.
    pub token: Option<String>,
    /// The login id.
    pub login_id: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("login_id", &self.login_id)
            .finish_non_exhaustive()
    }
}

/// The tokens that were given, and the logins that failed. Not kept between runs.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    known: Option<Credentials>,
    /// When each token expires, in Unix seconds.
    tokens: BTreeMap<String, i64>,
    given: u64,
    failures: BTreeMap<String, u32>,
    locked_until: BTreeMap<String, i64>,
}

impl Sessions {
    pub(super) fn new(known: Option<Credentials>) -> Self {
        Sessions {
            known,
            ..Sessions::default()
        }
    }

    /// Whether the request's token is good; with `Bearer` in front or without.
    pub(super) fn admits(&self, request: &Received, now: i64) -> bool {
        let Some(token) = token(request) else {
            return false;
        };
        if let Some(expires) = self.tokens.get(token) {
            return now < *expires;
        }
        match &self.known {
            Some(known) => known.token.as_deref() == Some(token),
            // Whoever names no credentials is let in with any token but one that this account gave and took back.
            None => !token.starts_with(PREFIX),
        }
    }

    /// `POST v1/auth/login`.
    pub(super) fn log_in(&mut self, request: &Received, now: i64, days_left: i64) -> Answer {
        let fields = request.fields();
        let text = |key: &str| {
            fields
                .get(key)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        // The key is `email`, and the value is the login id.
        let (login_id, password) = (text("email"), text("password"));
        if login_id.is_empty() || password.is_empty() {
            return respond::refused(StatusCode::BAD_REQUEST, "Invalid credentials", json!({}));
        }
        if let Some(until) = self
            .locked_until
            .get(&login_id)
            .copied()
            .filter(|until| now < *until)
        {
            return Answer::json(
                StatusCode::TOO_MANY_REQUESTS,
                &json!({
                    "success": false,
                    "message": "Too many failed logins. Please try again later.",
                    "retry_after": india(until),
                }),
            );
        }
        let good = self
            .known
            .as_ref()
            .is_none_or(|known| known.login_id == login_id && known.password == password);
        if !good {
            let failed = self.failures.entry(login_id.clone()).or_default();
            *failed += 1;
            let failed = *failed;
            if failed >= FAILURES {
                self.locked_until.insert(login_id, now + LOCK_SECONDS);
            }
            return Answer::json(
                StatusCode::UNAUTHORIZED,
                &json!({
                    "success": false,
                    "message": "The username or password is incorrect.",
                    "login_failed_count": failed,
                }),
            );
        }
        self.failures.remove(&login_id);
        self.locked_until.remove(&login_id);
        self.give(now, days_left)
    }

    /// `POST v1/auth/refresh`.
    pub(super) fn refresh(&mut self, request: &Received, now: i64, days_left: i64) -> Answer {
        let known = token(request).is_some_and(|token| self.tokens.remove(token).is_some());
        if known {
            self.give(now, days_left)
        } else {
            respond::refused(
                StatusCode::BAD_REQUEST,
                "The token cannot be refreshed.",
                json!({}),
            )
        }
    }

    /// `POST v1/auth/logout`.
    pub(super) fn log_out(&mut self, request: &Received) -> Answer {
        if let Some(token) = token(request) {
            self.tokens.remove(token);
        }
        Answer::json(
            StatusCode::OK,
            &json!({ "success": true, "message": "Logged out successfully." }),
        )
    }

    /// The tokens that are good at a time.
    pub(super) fn open(&self, now: i64) -> usize {
        self.tokens
            .values()
            .filter(|expires| now < **expires)
            .count()
    }

    /// Takes back all tokens, as an administrator can.
    pub(super) fn revoke(&mut self) {
        self.tokens.clear();
    }

    fn give(&mut self, now: i64, days_left: i64) -> Answer {
        self.given += 1;
        let token = format!("{PREFIX}{}", digest(&format!("{now}/{}", self.given)));
        self.tokens.insert(token.clone(), now + LIFETIME);
        Answer::json(
            StatusCode::OK,
            &json!({
                "success": true,
                "access_token": token,
                "token_type": "bearer",
                "expires_in": LIFETIME,
                "number_of_days_left": days_left,
            }),
        )
    }
}

/// What the tokens of logins begin with.
const PREFIX: &str = "eyJzYW5kYm94.";

fn token(request: &Received) -> Option<&str> {
    let value = request.header(header::AUTHORIZATION)?.trim();
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) => return None,
        None => value,
    };
    (!token.is_empty() && !token.eq_ignore_ascii_case("bearer")).then_some(token)
}

/// A time of day in India, where the service is, without a zone.
fn india(unix_seconds: i64) -> String {
    let offset =
        Offset::from_seconds(5 * 3600 + 30 * 60).expect("five and a half hours are an offset");
    let time = Timestamp::from_second(unix_seconds).unwrap_or_default();
    time.to_zoned(TimeZone::fixed(offset))
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_lock_is_told_in_indian_time() {
        assert_eq!(india(1_795_219_200), "2026-11-21 05:30:00");
    }
}
