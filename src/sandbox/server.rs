//! The part of a simulator that knows no vendor: the listener, and the way of one request.
//!
//! A request is logged and counted, meets the faults that are set for it, is admitted by the vendor (keys, headers),
//! counted against the rate, and answered. The connection loop is our own because a fault has to close a socket
//! without a byte of an answer, which a web framework's serve loop does not let a handler do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{Method, Response, StatusCode};
use axum::routing::any;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::clock::Clock;
use super::control::{self, Control};
use super::distort;
use super::faults::{Effect, FaultBook};
use super::log::{RequestLog, Ticket};
use super::message::{Answer, Received};
use super::rate::{Rate, RateLimiter, Standing};
use super::state_file;

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 4 << 20;

/// How long a stop waits for answers under way.
const GRACE: Duration = Duration::from_secs(2);

/// One vendor's account and dialect. Everything is synchronous and runs under the simulator's lock.
pub trait Vendor: Send + 'static {
    /// The whole account, as the state file keeps it.
    type State: Clone + Serialize;

    /// The path below which the vendor's API lives, such as `/api`.
    const BASE_PATH: &'static str;

    /// The account.
    fn state(&self) -> &Self::State;

    /// Whether the request can change something.
    fn is_write(&self, request: &Received) -> bool {
        ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&request.method)
    }

    /// Checks what comes before the rate is counted: headers and keys.
    ///
    /// # Errors
    /// The answer to a request that is turned away.
    fn admit(&self, request: &Received) -> Result<(), Answer>;

    /// Carries the request out, at `now_millis` of Unix time.
    fn answer(&mut self, request: &Received, now_millis: i64) -> Answer;

    /// The answer to a request over the rate.
    fn throttled(&self, standing: Standing) -> Answer;

    /// Adds what the vendor tells about the rate in other answers.
    fn with_standing(&self, _standing: Standing, answer: Answer) -> Answer {
        answer
    }

    /// The vendor's own 500.
    fn server_error(&self) -> Answer;

    /// A refusal that hides in an HTTP 200.
    fn error_in_200(&self) -> Answer;

    /// The rows of a list answer; `None` when it is not a list.
    fn rows(body: &mut Value) -> Option<&mut Vec<Value>>;

    /// The row fields that [`Effect::Nulls`] leaves alone.
    fn identifying_fields() -> &'static [&'static str];

    /// Does what a person does in the vendor's dashboard; `None` when there is no such action.
    ///
    /// `path` is what follows `/_sandbox/`.
    fn dashboard(
        &mut self,
        method: &Method,
        path: &str,
        body: &Map<String, Value>,
    ) -> Option<Answer>;
}

/// Options of one vendor's simulator.
pub trait Launch {
    /// The vendor that these options start.
    type Vendor: Vendor;

    /// The account, from the seed or the state file, and how to serve it.
    ///
    /// # Errors
    /// When the seed contradicts itself, or the state file cannot be read.
    fn launch(self) -> io::Result<(Self::Vendor, Serving)>;
}

/// How an account is served, whatever the vendor.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Requests admitted per window; `None` is unlimited.
    pub rate: Option<Rate>,
    /// The simulator's time.
    pub clock: Clock,
    /// Where the account is kept between runs.
    pub state_file: Option<PathBuf>,
}

/// A running simulator. Dropping it closes its port and its connections at once.
#[derive(Debug)]
pub struct Sandbox<V: Vendor> {
    address: SocketAddr,
    shared: Arc<Shared<V>>,
    stop: watch::Sender<bool>,
    accepting: Option<JoinHandle<()>>,
}

impl<V: Vendor> Sandbox<V> {
    /// Starts a simulator; the options say which vendor's. It answers when this returns.
    ///
    /// # Errors
    /// When the address cannot be bound, the seed contradicts itself, or the state file cannot be used.
    pub async fn start<O: Launch<Vendor = V>>(options: O) -> io::Result<Self> {
        let (vendor, serving) = options.launch()?;
        let listener = TcpListener::bind(serving.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            clock: serving.clock,
            state_file: serving.state_file,
            inner: Mutex::new(Inner {
                vendor,
                log: RequestLog::default(),
                faults: FaultBook::default(),
                limiter: serving.rate.map(RateLimiter::new),
            }),
        });
        shared.save(&shared.lock())?;
        let router = Router::new()
            .route("/_sandbox/{*path}", any(control::answer::<V>))
            .fallback(answer::<V>)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = watch::channel(false);
        let accepting = Some(tokio::spawn(accept(listener, router, stopped)));
        Ok(Sandbox {
            address,
            shared,
            stop,
            accepting,
        })
    }

    /// The address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the vendor's API, such as `http://127.0.0.1:41235/api`.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, V::BASE_PATH)
    }

    /// The address of the control plane, without a slash at its end.
    pub fn control_url(&self) -> String {
        format!("http://{}/_sandbox", self.address)
    }

    /// The in-process handle to the account, the log, the faults and the clock. It outlives the server.
    pub fn control(&self) -> Control<V> {
        Control::new(Arc::clone(&self.shared))
    }

    /// Stops listening, lets answers under way finish for a moment, and closes every connection.
    pub async fn stop(mut self) {
        // The receiver is gone only when the task has ended by itself.
        let _ = self.stop.send(true);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.await;
        }
    }
}

impl<V: Vendor> Drop for Sandbox<V> {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

/// What the server and its controls share.
#[derive(Debug)]
pub(super) struct Shared<V> {
    pub(super) clock: Clock,
    state_file: Option<PathBuf>,
    inner: Mutex<Inner<V>>,
}

#[derive(Debug)]
pub(super) struct Inner<V> {
    pub(super) vendor: V,
    pub(super) log: RequestLog,
    pub(super) faults: FaultBook,
    limiter: Option<RateLimiter>,
}

impl<V: Vendor> Shared<V> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner<V>> {
        // A panic of one handler must not make every later request fail in another way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the state file, when there is one.
    pub(super) fn save(&self, inner: &Inner<V>) -> io::Result<()> {
        match &self.state_file {
            Some(path) => state_file::save(path, inner.vendor.state()),
            None => Ok(()),
        }
    }

    fn outcome(&self, request: &Received, ticket: Ticket, effects: &[Effect]) -> Outcome {
        let mut inner = self.lock();
        let outcome = self.outcome_under(&mut inner, request, effects);
        if let Outcome::Answer(answer) = &outcome {
            inner.log.answered(ticket, answer.status.as_u16());
        }
        outcome
    }

    fn outcome_under(
        &self,
        inner: &mut Inner<V>,
        request: &Received,
        effects: &[Effect],
    ) -> Outcome {
        let now = self.clock.unix_millis();
        if let Some(outcome) = effects
            .iter()
            .find_map(|effect| before(*effect, &inner.vendor, now))
        {
            return outcome;
        }
        let answer = self.true_answer(inner, request, now);
        effects
            .iter()
            .fold(Outcome::Answer(answer), |outcome, effect| {
                after(*effect, outcome, &inner.vendor)
            })
    }

    /// What the vendor answers when nothing goes wrong on the way.
    fn true_answer(&self, inner: &mut Inner<V>, request: &Received, now_millis: i64) -> Answer {
        if let Err(refusal) = inner.vendor.admit(request) {
            return refusal;
        }
        let standing = inner
            .limiter
            .as_mut()
            .map(|limiter| limiter.take(now_millis));
        if let Some(standing) = standing.filter(|standing| !standing.admitted) {
            inner.log.throttled();
            return inner.vendor.throttled(standing);
        }
        let answer = inner.vendor.answer(request, now_millis);
        if inner.vendor.is_write(request)
            && let Err(error) = self.save(inner)
        {
            return unsaved(&error);
        }
        match standing {
            Some(standing) => inner.vendor.with_standing(standing, answer),
            None => answer,
        }
    }
}

/// The answer when the state file cannot be written; the change stands in memory.
pub(super) fn unsaved(error: &io::Error) -> Answer {
    Answer::json(
        StatusCode::INTERNAL_SERVER_ERROR,
        &json!({ "error": error.to_string() }),
    )
}

enum Outcome {
    Answer(Answer),
    /// Close the connection without a word.
    Cut,
}

/// What a fault does in place of the request; `None` when it lets the request through.
fn before<V: Vendor>(effect: Effect, vendor: &V, now_millis: i64) -> Option<Outcome> {
    let answer = match effect {
        Effect::DropBefore => return Some(Outcome::Cut),
        Effect::BeforeEffect500 => vendor.server_error(),
        Effect::Html(status) => {
            Answer::html(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY))
        }
        Effect::ErrorIn200 => vendor.error_in_200(),
        Effect::Throttle(seconds) => {
            let reset_at = now_millis.div_euclid(1000) + i64::from(seconds);
            vendor.throttled(Standing {
                admitted: false,
                limit: 0,
                remaining: 0,
                reset_at,
            })
        }
        _ => return None,
    };
    Some(Outcome::Answer(answer))
}

/// What a fault makes of the answer.
fn after<V: Vendor>(effect: Effect, outcome: Outcome, vendor: &V) -> Outcome {
    let Outcome::Answer(mut answer) = outcome else {
        return Outcome::Cut;
    };
    match effect {
        Effect::DropAfter => return Outcome::Cut,
        Effect::AfterEffect500 => answer = vendor.server_error(),
        Effect::TruncatedJson => answer.body.truncate(answer.body.len() / 2),
        Effect::ExtraKeys => rewrite(&mut answer, distort::add_extra_keys),
        Effect::Nulls => rewrite(&mut answer, |body| {
            for row in V::rows(body).into_iter().flatten() {
                distort::null_fields(row, V::identifying_fields());
            }
        }),
        Effect::ShortPage => rewrite(&mut answer, |body| {
            V::rows(body).map_or((), distort::shorten)
        }),
        Effect::DuplicateRow => rewrite(&mut answer, |body| {
            V::rows(body).map_or((), distort::repeat_first)
        }),
        _ => {}
    }
    Outcome::Answer(answer)
}

fn rewrite(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice(&answer.body) {
        change(&mut body);
        answer.body = body.to_string().into_bytes();
    }
}

/// Answers one request of the vendor's API.
async fn answer<V: Vendor>(
    State(shared): State<Arc<Shared<V>>>,
    Extension(line): Extension<Line>,
    request: Request,
) -> Response<Body> {
    let request = match receive(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let (ticket, effects) = {
        let mut inner = shared.lock();
        let write = inner.vendor.is_write(&request);
        let path = request
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let ticket = inner.log.arrived(
            request.method.as_str(),
            path,
            write,
            shared.clock.unix_millis(),
        );
        let effects = inner.faults.take(&request.method, path, write);
        for effect in &effects {
            inner.log.hit(ticket, effect.name());
        }
        (ticket, effects)
    };
    // A task of its own: a client that gives up waiting does not undo what the service has begun.
    let carried_out = tokio::spawn(async move {
        for effect in &effects {
            if let Effect::Latency(millis) = effect {
                tokio::time::sleep(Duration::from_millis(*millis)).await;
            }
        }
        shared.outcome(&request, ticket, &effects)
    });
    match carried_out.await {
        Ok(Outcome::Answer(answer)) => answer.into_response(),
        Ok(Outcome::Cut) => line.cut().await,
        Err(_) => Answer::html(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}

/// Reads a request whole.
pub(super) async fn receive(request: Request) -> Result<Received, Answer> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => Ok(Received {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
        }),
        Err(_) => Err(Answer::html(StatusCode::PAYLOAD_TOO_LARGE)),
    }
}

/// The connection that a request came on.
#[derive(Debug, Clone, Default)]
struct Line(Arc<Notify>);

impl Line {
    /// Has the socket closed with nothing sent; never returns, because the handler goes with its connection.
    async fn cut<T>(&self) -> T {
        self.0.notify_one();
        std::future::pending().await
    }
}

async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let closing = stopped.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, router.clone(), closing.clone()));
                }
                // Out of file descriptors, mostly: leave the others time to close.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
            () = told_to_stop(&mut stopped) => break,
        }
    }
    drop(listener);
    // What is still open after the grace goes with the set.
    let _ = tokio::time::timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

/// Ends when the server is told to stop, or is gone.
async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // The value that it lends must not be held over another await.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Serves one connection until the peer closes it, the server stops, or a fault cuts it.
async fn converse(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    // Answers are small; waiting to fill a packet would only add latency. Failing to set it harms nothing.
    let _ = stream.set_nodelay(true);
    let line = Line::default();
    let service = TowerToHyperService::new(router.layer(Extension(line.clone())));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // A broken connection is the peer's matter.
        _ = connection.as_mut() => return,
        () = line.0.notified() => return,
        () = told_to_stop(&mut stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = line.0.notified() => {}
    }
}
