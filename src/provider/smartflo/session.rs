//! A session with the service: the token, its renewal, and the one login that is ever tried and fails.
//!
//! Failed logins are counted by the service, and lock the login that a company's people may use too. So a login that was
//! refused is final: everything after it fails with the same words and sends nothing.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value as Json, json};

use super::connect::Login;
use super::reply::Reply;
use crate::http::{Answer, Auth, Client, HttpError, Method, Request, WallClock};
use crate::provider::ProviderError;

/// A token is renewed so long before it expires, in seconds, or at half its life when that is sooner.
const MARGIN: i64 = 300;

/// The life of a token when the answer does not tell (documented).
const LIFETIME: i64 = 3600;

/// From so many days on before the password expires, the operator is told.
const DAYS_LEFT: i64 = 14;

/// Why a call brought no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// There is no session; the call was not sent.
    NoSession(ProviderError),
    /// The call itself failed.
    Http(HttpError),
}

/// A client with its token.
pub(super) struct Session {
    client: Client,
    login: Login,
    clock: Arc<dyn WallClock>,
    state: State,
    notices: Vec<String>,
}

enum State {
    /// A token of the operator: nothing to open or close.
    Given,
    /// No token yet.
    Closed,
    /// A token, when to renew it, and when it expires, in Unix seconds.
    Open { renew_at: i64, expires_at: i64 },
    /// The login was refused.
    Refused(ProviderError),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(client: Client, login: Login, clock: Arc<dyn WallClock>) -> Self {
        let state = match login {
            Login::Token(_) => State::Given,
            Login::Password { .. } => State::Closed,
        };
        Self {
            client,
            login,
            clock,
            state,
            notices: Vec::new(),
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The requests that open and close the session.
    pub(super) fn requests_beside(&self) -> u64 {
        match self.login {
            Login::Token(_) => 0,
            Login::Password { .. } => 2,
        }
    }

    /// What the operator should hear.
    pub(super) fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Adds a notice, once.
    pub(super) fn notice(&mut self, text: String) {
        if !self.notices.contains(&text) {
            self.notices.push(text);
        }
    }

    /// Makes a call with a good token; a token that is refused all the same is renewed once.
    pub(super) async fn send(&mut self, request: &Request) -> Result<Answer, Unanswered> {
        self.ready().await.map_err(Unanswered::NoSession)?;
        let answer = self.client.send(request).await.map_err(Unanswered::Http)?;
        // A 401 did nothing, so that even a write may be sent again.
        if answer.status() != 401 || !matches!(self.state, State::Open { .. }) {
            return Ok(answer);
        }
        self.log_in().await.map_err(Unanswered::NoSession)?;
        self.client.send(request).await.map_err(Unanswered::Http)
    }

    /// Ends the session, if there is one. Whatever comes of it, the token is forgotten.
    pub(super) async fn close(&mut self) {
        if !matches!(self.state, State::Open { .. }) {
            return;
        }
        self.state = State::Closed;
        let request = Request::new(Method::POST, "v1/auth/logout").read().once();
        // The token expires by itself within the hour.
        let _ = self.client.send(&request).await;
        let _ = self.client.set_auth(Auth::None);
    }

    async fn ready(&mut self) -> Result<(), ProviderError> {
        match &self.state {
            State::Given => Ok(()),
            State::Refused(error) => Err(error.clone()),
            State::Closed => self.log_in().await,
            State::Open { renew_at, .. } if self.clock.now_unix() < *renew_at => Ok(()),
            State::Open { expires_at, .. } => {
                let expires_at = *expires_at;
                self.renew(expires_at).await
            }
        }
    }

    async fn log_in(&mut self) -> Result<(), ProviderError> {
        let Login::Password { login_id, password } = &self.login else {
            return Ok(());
        };
        // The key is `email`, and its value is the login id, which need not be an address (documented).
        let request = Request::new(Method::POST, "v1/auth/login")
            .json(json!({ "email": login_id.expose().trim(), "password": password.expose() }))
            .secret(SecretString::from(password.expose()))
            .anonymous()
            .read()
            .once();
        let answer = match self.client.send(&request).await {
            Ok(answer) => answer,
            // Nothing was judged, so nothing is final.
            Err(error) => return Err(ProviderError::Unreachable(error.to_string())),
        };
        match self.adopt(&answer) {
            Ok(()) => Ok(()),
            Err(why) => {
                let error = refused_login(&answer, &why);
                self.state = State::Refused(error.clone());
                Err(error)
            }
        }
    }

    async fn renew(&mut self, expires_at: i64) -> Result<(), ProviderError> {
        let request = Request::new(Method::POST, "v1/auth/refresh").read().once();
        if let Ok(answer) = self.client.send(&request).await
            && self.adopt(&answer).is_ok()
        {
            return Ok(());
        }
        if self.clock.now_unix() < expires_at {
            return Ok(());
        }
        // The password was good an hour ago.
        self.log_in().await
    }

    /// Takes the token out of an answer, or says why there is none.
    fn adopt(&mut self, answer: &Answer) -> Result<(), String> {
        let reply = Reply::of(answer).map_err(|error| error.to_string())?;
        if !answer.is_success() || reply.success != Some(true) {
            return Err(reply.message());
        }
        let body = &reply.body;
        let token = body
            .get("access_token")
            .and_then(Json::as_str)
            .filter(|token| !token.trim().is_empty())
            .ok_or("the answer holds no `access_token`")?;
        self.client
            .set_auth(Auth::Bearer(SecretString::from(token.trim())))
            .map_err(|error| error.to_string())?;
        let now = self.clock.now_unix();
        let lifetime = whole(body.get("expires_in"))
            .filter(|seconds| *seconds > 0)
            .unwrap_or(LIFETIME);
        self.state = State::Open {
            renew_at: now + lifetime - MARGIN.min(lifetime / 2),
            expires_at: now + lifetime,
        };
        if let Some(days) = whole(body.get("number_of_days_left")).filter(|left| *left <= DAYS_LEFT)
        {
            let when = match days {
                ..=0 => "expires today".to_owned(),
                1 => "expires in 1 day".to_owned(),
                days => format!("expires in {days} days"),
            };
            self.notice(format!(
                "the password of the login that this account is managed with {when}, and has to be changed in the panel; \
                 a token (`SMARTFLO_TOKEN`) does not expire so"
            ));
        }
        Ok(())
    }
}

/// A whole number, also as text.
fn whole(value: Option<&Json>) -> Option<i64> {
    match value? {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn refused_login(answer: &Answer, why: &str) -> ProviderError {
    let call = answer.call();
    let body = answer.json().unwrap_or(Json::Null);
    let locked = body
        .get("retry_after")
        .and_then(Json::as_str)
        .map(|until| answer.redact(until));
    if let Some(until) = locked {
        return ProviderError::Unauthorized(format!(
            "`{call}`: the login is locked until {until} (Indian time): {why}; wait, and check the password first"
        ));
    }
    match answer.status() {
        429 => ProviderError::Unauthorized(format!(
            "`{call}`: the service takes no logins now: {why}; the login may be locked, or the account's calls per \
             second are used up; wait a quarter of an hour"
        )),
        408 | 500.. => ProviderError::Unreachable(format!(
            "`{call}`: {}: {}; run again later",
            answer.status(),
            why.trim_end_matches('.')
        )),
        status => {
            let failed = whole(body.get("login_failed_count")).map_or(String::new(), |count| {
                format!(", {count} failed logins so far")
            });
            ProviderError::Unauthorized(format!(
                "`{call}`: the login was refused ({status}{failed}): {why}; it is not tried again, since that would lock \
                 it; check `SMARTFLO_LOGIN_ID` and `SMARTFLO_PASSWORD`, and that the password has not expired"
            ))
        }
    }
}
