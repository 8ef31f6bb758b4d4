//! The client: a turn at the limiter, the call, its repetition.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use secrecy::SecretString;
use tokio::time::Instant;

use super::auth::Auth;
use super::call_log::CallLog;
use super::error::HttpError;
use super::message::{Answer, Effect, Request};
use super::rate::{
    Budget, Limiter, RateHeaders, RateNotice, RateObserver, SystemClock, WaitReason, WallClock,
};
use super::redact::excerpt;
use super::retry::{Counter, MAX_THROTTLED, after_error, after_status};
use super::transport::{AGENT, Incoming, Network, NetworkOptions, Outgoing, Transport};

/// One attempt at a call, as it is told to a [`TraceHook`]; it holds neither query, body nor credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The method.
    pub method: &'a str,
    /// The path below the base address.
    pub path: &'a str,
    /// The status, or nothing when no answer came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds, without waiting for a turn.
    pub milliseconds: u64,
}

/// Told after each attempt at a call.
pub trait TraceHook: Send + Sync {
    /// An attempt is over.
    fn attempt(&self, attempt: &Attempt<'_>);
}

impl<F: Fn(&Attempt<'_>) + Send + Sync> TraceHook for F {
    fn attempt(&self, attempt: &Attempt<'_>) {
        self(attempt);
    }
}

/// Everything that a client needs to know; [`ClientOptions::new`] has the defaults.
#[derive(Clone)]
pub struct ClientOptions {
    /// The address that all paths are below; https, or http on a loopback address.
    pub base_url: String,
    /// The credentials of every call that is not anonymous.
    pub auth: Auth,
    /// The account's rate limit.
    pub budget: Budget,
    /// The headers in which the service reports its rate limit, if it does.
    pub rate_headers: Option<RateHeaders>,
    /// The longest that one attempt may take, from connecting to the last byte; 30 s.
    pub timeout: Duration,
    /// The longest that connecting may take, name look-up and TLS included; 10 s, at most half of `timeout`.
    pub connect_timeout: Duration,
    /// A PEM file of certificate authorities that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The largest body that is read, in bytes after decompression; 64 MiB.
    pub body_limit: usize,
    /// The file in which calls are noted, so that the next process counts them; not used for a service on this machine, which is
    /// a simulator.
    pub call_log: Option<PathBuf>,
    /// The wall clock.
    pub clock: Arc<dyn WallClock>,
    /// Told before each wait.
    pub observer: Option<Arc<dyn RateObserver>>,
    /// Told after each attempt.
    pub trace: Option<Arc<dyn TraceHook>>,
}

impl ClientOptions {
    /// Options for a service at `base_url` with the given budget, and the defaults for the rest.
    pub fn new(base_url: impl Into<String>, budget: Budget) -> Self {
        Self {
            base_url: base_url.into(),
            auth: Auth::None,
            budget,
            rate_headers: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            ca_file: None,
            body_limit: 64 * 1024 * 1024,
            call_log: None,
            clock: Arc::new(SystemClock),
            observer: None,
            trace: None,
        }
    }
}

/// Shows no address, since a wrong one may hold a password.
impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("auth", &self.auth)
            .field("budget", &self.budget)
            .field("rate_headers", &self.rate_headers)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A client of one account at one service.
///
/// Calls go out one after the other, however many tasks use the client.
pub struct Client {
    base: Url,
    auth: RwLock<Auth>,
    budget: Budget,
    rate_headers: Option<RateHeaders>,
    transport: Arc<dyn Transport>,
    limiter: tokio::sync::Mutex<Limiter>,
    counter: Mutex<Counter>,
    observer: Option<Arc<dyn RateObserver>>,
    trace: Option<Arc<dyn TraceHook>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("budget", &self.budget)
            .field("counter", &self.counter())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that uses the network.
    ///
    /// Fails when the address is no http address, is plain http outside of this machine, or the CA file is unusable.
    pub fn new(options: ClientOptions) -> Result<Self, HttpError> {
        let base = base_url(&options.base_url)?;
        let network = Network::new(&NetworkOptions {
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            ca_file: options.ca_file.clone(),
            body_limit: options.body_limit,
            loopback: is_loopback(&base),
        })?;
        Self::with_transport(options, Arc::new(network))
    }

    /// A client that uses another transport; timeouts, CA file and body limit are then the transport's own matter.
    pub fn with_transport(
        options: ClientOptions,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, HttpError> {
        let base = base_url(&options.base_url)?;
        options.auth.header()?;
        let mut limiter = Limiter::new(options.budget, options.clock, options.observer.clone());
        if let Some(path) = options.call_log.filter(|_| !is_loopback(&base)) {
            limiter.remember(CallLog::new(path));
        }
        Ok(Self {
            base,
            auth: RwLock::new(options.auth),
            budget: options.budget,
            rate_headers: options.rate_headers,
            transport,
            limiter: tokio::sync::Mutex::new(limiter),
            counter: Mutex::new(Counter::default()),
            observer: options.observer,
            trace: options.trace,
        })
    }

    /// The address that all paths are below.
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// The account's rate limit.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How many calls were made so far.
    pub fn counter(&self) -> Counter {
        *self.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the credentials, after a login, say; calls that are under way keep the old ones.
    pub fn set_auth(&self, auth: Auth) -> Result<(), HttpError> {
        auth.header()?;
        *self.auth.write().unwrap_or_else(PoisonError::into_inner) = auth;
        Ok(())
    }

    /// Makes a call and returns its answer, whatever its status but 429 and redirects.
    ///
    /// A call that is to be made [once](Request::once) is never repeated, and returns a 429 too.
    ///
    /// Reads are repeated after failures that may pass; writes only when the first one certainly had no effect. After
    /// an error, [`HttpError::outcome`] says whether the call may have had an effect; after an answer to a write,
    /// [`Answer::is_inconclusive`] does.
    pub async fn send(&self, request: &Request) -> Result<Answer, HttpError> {
        let auth = self
            .auth
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let outgoing = self.outgoing(request, &auth)?;
        let mut repeated = 0;
        let mut refusals = 0;
        let mut first = true;
        loop {
            self.count(|counter| {
                match request.effect {
                    Effect::Read => counter.reads += 1,
                    Effect::Write => counter.writes += 1,
                }
                counter.retries += u64::from(!first);
            });
            first = false;
            let pause = match self.attempt(request, outgoing.clone()).await {
                Ok(incoming) if incoming.status == 429 => {
                    self.count(|counter| counter.throttled += 1);
                    if request.once {
                        return Ok(self.answer(request, &auth, outgoing.call, incoming));
                    }
                    refusals += 1;
                    if refusals >= MAX_THROTTLED {
                        return Err(HttpError::Throttled {
                            call: outgoing.call,
                            answers: refusals,
                        });
                    }
                    // The limiter makes the next turn wait.
                    continue;
                }
                Ok(incoming) if (300..400).contains(&incoming.status) && incoming.status != 304 => {
                    let location =
                        location(&outgoing.url, &incoming.headers, &secrets(&auth, request));
                    return Err(HttpError::Redirected {
                        call: outgoing.call,
                        status: incoming.status,
                        location,
                    });
                }
                Ok(incoming) => match after_status(incoming.status, request.effect, repeated) {
                    Some(pause) if !request.once => pause,
                    _ => return Ok(self.answer(request, &auth, outgoing.call, incoming)),
                },
                Err(error) => match after_error(&error, request.effect, repeated) {
                    Some(pause) if !request.once => pause,
                    _ => return Err(error),
                },
            };
            refusals = 0;
            repeated += 1;
            if let Some(observer) = &self.observer {
                observer.waiting(pause, WaitReason::Backoff);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// One attempt: a turn at the limiter, the call, and what the answer says about the rate limit.
    async fn attempt(&self, request: &Request, outgoing: Outgoing) -> Result<Incoming, HttpError> {
        let mut limiter = self.limiter.lock().await;
        let turn = limiter.turn().await;
        let start = Instant::now();
        let result = self.transport.carry(outgoing).await;
        if let Some(trace) = &self.trace {
            trace.attempt(&Attempt {
                method: request.method.as_str(),
                path: &request.path,
                status: result.as_ref().ok().map(|incoming| incoming.status),
                milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            });
        }
        match &result {
            Ok(incoming) => {
                let notice = RateNotice::read(&incoming.headers, self.rate_headers.as_ref());
                if incoming.status == 429 {
                    turn.refused(&notice)
                } else {
                    turn.answered(&notice)
                }
            }
            Err(HttpError::Connect { .. } | HttpError::Setup { .. }) => turn.unsent(),
            Err(_) => drop(turn),
        }
        result
    }

    fn count(&self, change: impl FnOnce(&mut Counter)) {
        change(&mut self.counter.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn outgoing(&self, request: &Request, auth: &Auth) -> Result<Outgoing, HttpError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if !request.anonymous
            && let Some((name, value)) = auth.header()?
        {
            headers.insert(name, value);
        }
        let body = request
            .body
            .as_ref()
            .map(|body| body.to_string().into_bytes());
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let url = self.url(request)?;
        Ok(Outgoing {
            method: request.method.clone(),
            url,
            headers,
            body,
            call: request.call(),
        })
    }

    fn url(&self, request: &Request) -> Result<Url, HttpError> {
        let mut url = self.base.clone();
        let path = request.path.trim_start_matches('/');
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(HttpError::Setup {
                reason: format!("the path `{}` holds a dot segment", request.path),
            });
        }
        if !path.is_empty() {
            url.path_segments_mut()
                .map_err(|()| HttpError::Address {
                    reason: "it cannot have paths".to_owned(),
                })?
                .pop_if_empty()
                .extend(path.split('/'));
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    fn answer(&self, request: &Request, auth: &Auth, call: String, incoming: Incoming) -> Answer {
        let names = self
            .rate_headers
            .as_ref()
            .map(RateHeaders::names)
            .unwrap_or_default();
        Answer::new(
            call,
            incoming.status,
            &incoming.headers,
            &names,
            incoming.body,
            secrets(auth, request),
        )
    }
}

/// Everything that must not be seen in a message about this call.
fn secrets(auth: &Auth, request: &Request) -> Vec<SecretString> {
    let mut secrets = auth.secrets();
    secrets.extend(request.secrets.iter().cloned());
    secrets
}

/// Where a redirect leads, without user and query, which may hold a token.
fn location(from: &Url, headers: &HeaderMap, secrets: &[SecretString]) -> String {
    let target = headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| from.join(text).ok());
    match target {
        Some(url) => {
            let port = url.port().map_or(String::new(), |port| format!(":{port}"));
            let text = format!(
                "{}://{}{port}{}",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                url.path()
            );
            excerpt(text.as_bytes(), secrets)
        }
        None => "an address that is missing or wrong".to_owned(),
    }
}

fn base_url(text: &str) -> Result<Url, HttpError> {
    let bad = |reason: &str| HttpError::Address {
        reason: reason.to_owned(),
    };
    // The text itself stays out of the messages: it may hold a password.
    let url = Url::parse(text.trim()).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("it has to start with `https://`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            "it holds a user name or password, which belong into `credentials`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it holds a query or a fragment"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(HttpError::Insecure {
            host: url.host_str().unwrap_or_default().to_owned(),
        });
    }
    Ok(url)
}

/// True for `localhost`, 127.0.0.0/8 and `::1`.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget {
        requests: 60,
        per: Duration::from_secs(60),
        reserve_percent: 10,
    };

    fn client(base_url: &str) -> Result<Client, HttpError> {
        Client::new(ClientOptions::new(base_url, BUDGET))
    }

    #[test]
    fn https_is_required_outside_of_this_machine() {
        for good in [
            "https://a.example/api",
            "http://127.0.0.1:80",
            "http://localhost:1/x",
            "http://[::1]:8080/api/",
        ] {
            assert!(client(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "http://127.0.0.1.example",
            "http://10.0.0.1",
            "http://localhost.example",
        ] {
            let error = client(bad).unwrap_err();
            assert!(
                matches!(error, HttpError::Insecure { .. })
                    && error.to_string().contains("use https"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_without_being_shown() {
        for bad in [
            "",
            "a.example",
            "ftp://a.example",
            "https://me:s3cret@a.example",
            "https://a.example/?s3cret",
        ] {
            let error = client(bad).unwrap_err();
            assert!(matches!(error, HttpError::Address { .. }), "{bad}: {error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn paths_and_queries_are_appended_and_encoded() {
        let url =
            |base: &str, request: Request| client(base).unwrap().url(&request).unwrap().to_string();
        assert_eq!(
            url(
                "https://a.example/api/",
                Request::get("/agents/index.json").query("limit", "1000")
            ),
            "https://a.example/api/agents/index.json?limit=1000"
        );
        assert_eq!(
            url("https://a.example", Request::get("v1/a b?c/")),
            "https://a.example/v1/a%20b%3Fc/"
        );
        assert_eq!(
            url("https://a.example/api", Request::get("")),
            "https://a.example/api"
        );
        assert!(
            client("https://a.example")
                .unwrap()
                .url(&Request::get("/a/../b"))
                .is_err()
        );
    }

    #[test]
    fn a_ca_file_that_cannot_be_used_is_named() {
        let mut options = ClientOptions::new("https://a.example", BUDGET);
        options.ca_file = Some("/nowhere/ca.pem".into());
        let error = Client::new(options.clone()).unwrap_err();
        assert!(error.to_string().contains("`/nowhere/ca.pem`"), "{error}");
        let empty = tempfile::NamedTempFile::new().unwrap();
        options.ca_file = Some(empty.path().to_owned());
        let error = Client::new(options).unwrap_err();
        assert!(
            error.to_string().contains("holds no certificate"),
            "{error}"
        );
    }
}
