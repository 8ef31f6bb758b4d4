//! The control plane: in the process, and over HTTP under `/_sandbox/`.
//!
//! It needs no keys, and is neither logged nor counted. Bodies and answers are JSON.
//!
//! | request | does |
//! |---|---|
//! | `GET state` | the whole account |
//! | `GET requests` | `{counters, requests}` |
//! | `POST reset-requests` | forgets log and counters |
//! | `GET faults`, `POST faults`, `DELETE faults` | the faults set; sets one more; forgets all |
//! | `POST clock/advance` | `{seconds}`: moves the clock |
//! | anything else | what a person does in the vendor's dashboard, see the vendor |

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::clock::Clock;
use super::faults::Fault;
use super::log::{Counters, Entry};
use super::message::{Answer, Received};
use super::server::{Shared, Vendor, receive, unsaved};

/// The in-process handle of a simulator.
#[derive(Debug)]
pub struct Control<V> {
    shared: Arc<Shared<V>>,
}

impl<V> Clone for Control<V> {
    fn clone(&self) -> Self {
        Control {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<V: Vendor> Control<V> {
    pub(super) fn new(shared: Arc<Shared<V>>) -> Self {
        Control { shared }
    }

    /// A copy of the whole account.
    pub fn state(&self) -> V::State {
        self.shared.lock().vendor.state().clone()
    }

    /// Looks at, or changes, the vendor's account; the state file follows.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn with_vendor<R>(&self, act: impl FnOnce(&mut V) -> R) -> std::io::Result<R> {
        let mut inner = self.shared.lock();
        let result = act(&mut inner.vendor);
        self.shared.save(&inner)?;
        Ok(result)
    }

    /// The exact counts since the start or the last reset.
    pub fn counters(&self) -> Counters {
        self.shared.lock().log.counters()
    }

    /// The requests kept, oldest first.
    pub fn requests(&self) -> Vec<Entry> {
        self.shared.lock().log.entries().cloned().collect()
    }

    /// Forgets log and counters.
    pub fn reset_requests(&self) {
        self.shared.lock().log.reset();
    }

    /// Sets one more fault.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.lock().faults.add(fault);
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// The faults that are set, spent ones included.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.lock().faults.faults().cloned().collect()
    }

    /// The simulator's clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    fn answer(&self, path: &str, request: &Received) -> Answer {
        let ok = |body: Value| Answer::json(StatusCode::OK, &body);
        let done = || ok(json!({ "ok": true }));
        match (&request.method, path) {
            (&Method::GET, "state") => {
                Answer::json(StatusCode::OK, self.shared.lock().vendor.state())
            }
            (&Method::GET, "requests") => {
                ok(json!({ "counters": self.counters(), "requests": self.requests() }))
            }
            (&Method::POST, "reset-requests") => {
                self.reset_requests();
                done()
            }
            (&Method::GET, "faults") => ok(json!({ "faults": self.faults() })),
            (&Method::POST, "faults") => match serde_json::from_slice(&request.body) {
                Ok(fault) => {
                    self.add_fault(fault);
                    done()
                }
                Err(error) => refusal(
                    StatusCode::BAD_REQUEST,
                    &format!("the body is not a fault: {error}"),
                ),
            },
            (&Method::DELETE, "faults") => {
                self.clear_faults();
                done()
            }
            (&Method::POST, "clock/advance") => {
                match request.fields().get("seconds").and_then(Value::as_u64) {
                    Some(seconds) => {
                        self.clock().advance(Duration::from_secs(seconds));
                        ok(json!({ "unix_millis": self.clock().unix_millis() }))
                    }
                    None => refusal(
                        StatusCode::BAD_REQUEST,
                        "`seconds` must be a whole number of at least 0",
                    ),
                }
            }
            (method, path) => self.dashboard(method, path, request),
        }
    }

    fn dashboard(&self, method: &Method, path: &str, request: &Received) -> Answer {
        let mut inner = self.shared.lock();
        let Some(answer) = inner.vendor.dashboard(method, path, &request.fields()) else {
            return refusal(
                StatusCode::NOT_FOUND,
                &format!("no control action `{method} {path}`"),
            );
        };
        match self.shared.save(&inner) {
            Ok(()) => answer,
            Err(error) => unsaved(&error),
        }
    }
}

/// A control plane answer that says why not.
pub(super) fn refusal(status: StatusCode, why: &str) -> Answer {
    Answer::json(status, &json!({ "error": why }))
}

/// Answers one request below `/_sandbox/`.
pub(super) async fn answer<V: Vendor>(
    State(shared): State<Arc<Shared<V>>>,
    request: Request,
) -> Response<Body> {
    let answer = match receive(request).await {
        Ok(request) => {
            let path = request.path().trim_start_matches("/_sandbox/").to_owned();
            Control::new(shared).answer(&path, &request)
        }
        Err(refusal) => refusal,
    };
    answer.into_response()
}
