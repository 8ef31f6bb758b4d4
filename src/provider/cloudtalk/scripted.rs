//! A server that plays back answers, for what no simulator of a sane service would say.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use super::connect::{Settings, open};
use super::observe::CloudTalk;
use crate::model::{Rate, Secret};

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Line {
    status: u16,
    content_type: &'static str,
    body: String,
    delay: Duration,
}

/// An answer of JSON.
pub(super) fn line(status: u16, body: Json) -> Line {
    Line {
        status,
        content_type: "application/json",
        body: body.to_string(),
        delay: Duration::ZERO,
    }
}

/// A page that some proxy in front of the service might send.
pub(super) fn html(status: u16) -> Line {
    let body = "<html><title>Attention Required</title></html>".to_owned();
    Line {
        status,
        content_type: "text/html",
        body,
        delay: Duration::ZERO,
    }
}

/// An answer of any text, said to be JSON.
pub(super) fn text(status: u16, body: &str) -> Line {
    Line {
        status,
        content_type: "application/json",
        body: body.to_owned(),
        delay: Duration::ZERO,
    }
}

impl Line {
    /// The same answer, later.
    pub(super) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

/// A page of a list: all rows, the number of pages, the number of the page, its rows.
pub(super) fn page(items: u64, pages: u64, number: u64, limit: u64, rows: Vec<Json>) -> Line {
    line(
        200,
        json!({"responseData": {
            "itemsCount": items, "pageCount": pages, "pageNumber": number, "limit": limit, "data": rows,
        }}),
    )
}

/// A whole list on one page.
pub(super) fn whole(rows: Vec<Json>) -> Line {
    let items = u64::try_from(rows.len()).unwrap_or_default();
    page(items, items.min(1), 1, 1000, rows)
}

/// A row of the agents' list.
pub(super) fn agent(id: u64) -> Json {
    json!({"Agent": {"id": id.to_string(), "email": format!("p{id}@acme.example"), "firstname": "P", "lastname": id.to_string()}})
}

/// One request, as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// Method, path and query.
    pub(super) call: String,
    /// The body; null when there was none.
    pub(super) body: Json,
}

#[derive(Clone, Default)]
struct Shared {
    lines: Arc<Mutex<VecDeque<Line>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// The server; it plays one line a request, and the last one for ever.
pub(super) struct Script {
    url: String,
    shared: Shared,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    pub(super) async fn play(lines: Vec<Line>) -> Self {
        let shared = Shared {
            lines: Arc::new(Mutex::new(lines.into())),
            heard: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, task }
    }

    pub(super) fn client(&self) -> CloudTalk {
        client(&self.url)
    }

    /// What was asked so far.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.shared.heard.lock().unwrap().clone()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let call = format!("{} {}", head.method, head.uri);
    let body = if body.is_empty() {
        Json::Null
    } else {
        serde_json::from_slice(&body).unwrap()
    };
    shared.heard.lock().unwrap().push(Heard { call, body });
    let line = {
        let mut lines = shared.lines.lock().unwrap();
        if lines.len() > 1 {
            lines.pop_front()
        } else {
            lines.front().cloned()
        }
        .unwrap()
    };
    tokio::time::sleep(line.delay).await;
    let status = StatusCode::from_u16(line.status).unwrap();
    (
        status,
        [(header::CONTENT_TYPE, line.content_type)],
        Body::from(line.body),
    )
        .into_response()
}

/// A client with a budget that no test uses up, and little patience.
pub(super) fn client(url: &str) -> CloudTalk {
    let secret = |text: &str| Secret::new(text.to_owned());
    let rate = Rate {
        requests: 10_000,
        per_seconds: 1,
        reserve_percent: 0,
    };
    let mut settings = Settings::new(secret("key-id"), secret("key-s3cret"), rate);
    settings.api_url = Some(url.to_owned());
    settings.timeout = Some(Duration::from_millis(1500));
    open(settings).unwrap()
}
