//! A server that misbehaves on demand, and a transport without a network.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{HttpError, Incoming, Outgoing, Transport};

/// What the server does with one connection.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// Reads the request, writes these bytes and closes.
    Bytes(Vec<u8>),
    /// Reads the request, writes these bytes and then nothing more, without closing.
    Stall(Vec<u8>),
    /// Writes these bytes without waiting for a request.
    Unread(Vec<u8>),
    /// Resets the connection without reading.
    ResetUnread,
    /// Reads the request and resets the connection.
    ResetRead,
}

/// A whole HTTP/1.1 answer.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Reply {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

pub(super) struct TestServer {
    pub(super) address: String,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl TestServer {
    /// Answers connection after connection with these replies, and goes on with the last one.
    pub(super) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, count) = (Arc::clone(&requests), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = count.fetch_add(1, Ordering::SeqCst);
                let reply = replies.get(number).or(replies.last()).unwrap().clone();
                tokio::spawn(serve(stream, reply, Arc::clone(&log)));
            }
        });
        Self {
            address,
            requests,
            connections,
            task,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that were read, heads and bodies.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, reply: Reply, log: Arc<Mutex<Vec<String>>>) {
    if !matches!(reply, Reply::ResetUnread | Reply::Unread(_)) {
        let request = read(&mut stream).await;
        log.lock().unwrap().push(request);
    }
    match reply {
        Reply::Bytes(bytes) | Reply::Unread(bytes) => {
            // A client that has seen enough may be gone.
            let _gone = stream.write_all(&bytes).await;
            let _gone = stream.shutdown().await;
            // Closing with unread bytes would reset the connection under the answer.
            let _gone = tokio::time::timeout(Duration::from_secs(1), read(&mut stream)).await;
        }
        Reply::Stall(bytes) => {
            let _gone = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        Reply::ResetUnread | Reply::ResetRead => stream.set_zero_linger().unwrap(),
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            body.len() >= length
        });
        if read == 0 || complete {
            return text;
        }
    }
}

type Handler = dyn Fn(usize) -> (Duration, Result<Incoming, HttpError>) + Send + Sync;

/// A transport that asks a closure, told the number of the call, for a delay and an answer.
pub(super) struct Fake {
    handler: Box<Handler>,
    calls: AtomicUsize,
    under_way: AtomicUsize,
}

impl Fake {
    pub(super) fn new(
        handler: impl Fn(usize) -> (Duration, Result<Incoming, HttpError>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            handler: Box::new(handler),
            calls: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
        })
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Transport for Fake {
    async fn carry(&self, _call: Outgoing) -> Result<Incoming, HttpError> {
        assert_eq!(
            self.under_way.fetch_add(1, Ordering::SeqCst),
            0,
            "two calls at once"
        );
        let (delay, result) = (self.handler)(self.calls.fetch_add(1, Ordering::SeqCst));
        tokio::time::sleep(delay).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        result
    }
}

/// An answer with these headers and an empty JSON object.
pub(super) fn incoming(status: u16, headers: &[(&str, String)]) -> Incoming {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    Incoming {
        status,
        headers: map,
        body: b"{}".to_vec(),
    }
}
