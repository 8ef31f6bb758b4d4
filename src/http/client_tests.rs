//! The client against a server that misbehaves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;

use super::test_server::{Fake, Reply, TestServer, answer, incoming};
use super::transport::{Network, NetworkOptions};
use super::*;

const BUDGET: Budget = Budget {
    requests: 1000,
    per: Duration::from_secs(60),
    reserve_percent: 0,
};
const KEY: &str = "k3y-id-of-account";
const SECRET: &str = "s3cret-of-account";
const PASSWORD: &str = "n3w-pass/word";

fn options(server: &TestServer) -> ClientOptions {
    let mut options = ClientOptions::new(server.url(), BUDGET);
    options.auth = Auth::Basic {
        user: KEY.into(),
        password: SECRET.into(),
    };
    options.timeout = Duration::from_secs(20);
    options
}

/// A client that soon runs out of patience.
fn impatient(server: &TestServer) -> Client {
    let mut options = options(server);
    options.timeout = Duration::from_millis(400);
    Client::new(options).unwrap()
}

fn client(server: &TestServer) -> Client {
    Client::new(options(server)).unwrap()
}

fn read() -> Request {
    Request::get("/agents/index.json").query("limit", "1000")
}

fn write() -> Request {
    Request::new(Method::PUT, "/agents/add.json")
        .json(serde_json::json!({"email": "ada@acme.example", "pass": PASSWORD}))
        .secret(PASSWORD.into())
}

#[tokio::test]
async fn a_call_carries_agent_accept_credentials_and_json() {
    let server = TestServer::start(vec![answer(
        "201 Created",
        "content-type: application/json\r\n",
        b"{\"id\":7}",
    )])
    .await;
    let client = client(&server);
    let answer = client.send(&write()).await.unwrap();
    assert_eq!(
        (answer.status(), answer.json().unwrap()["id"].as_u64()),
        (201, Some(7))
    );
    let sent = server.requests().remove(0);
    let head = sent.to_ascii_lowercase();
    assert!(
        sent.starts_with("PUT /agents/add.json HTTP/1.1\r\n"),
        "{sent}"
    );
    for line in [
        concat!("user-agent: seatwright/", env!("CARGO_PKG_VERSION")),
        "accept: application/json",
        "accept-encoding: gzip",
        "content-type: application/json",
        "authorization: basic ",
    ] {
        assert!(head.contains(line), "{line} is not in {sent}");
    }
    assert!(
        sent.ends_with(r#"{"email":"ada@acme.example","pass":"n3w-pass/word"}"#),
        "{sent}"
    );
    assert_eq!(
        client.counter(),
        Counter {
            writes: 1,
            ..Counter::default()
        }
    );
}

#[tokio::test]
async fn an_anonymous_call_carries_no_credentials_and_new_ones_replace_the_old() {
    let server = TestServer::start(vec![answer("200 OK", "", b"{}")]).await;
    let client = client(&server);
    client.send(&read().anonymous()).await.unwrap();
    client.set_auth(Auth::Bearer("t0ken".into())).unwrap();
    client.send(&read()).await.unwrap();
    let sent = server.requests();
    assert!(
        !sent[0].to_ascii_lowercase().contains("authorization"),
        "{}",
        sent[0]
    );
    assert!(sent[1].contains("Bearer t0ken"), "{}", sent[1]);
}

#[tokio::test]
async fn a_refused_connection_never_happened_and_even_a_write_is_tried_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(ClientOptions::new(url, BUDGET)).unwrap();
    let error = client.send(&write()).await.unwrap_err();
    assert!(matches!(error, HttpError::Connect { .. }), "{error:?}");
    assert!(error.did_not_happen());
    assert!(
        error.to_string().contains("Connection refused")
            && error.to_string().contains("nothing was sent"),
        "{error}"
    );
    assert_eq!(
        client.counter(),
        Counter {
            writes: 4,
            retries: 3,
            ..Counter::default()
        }
    );
}

#[tokio::test]
async fn a_failed_tls_handshake_never_happened() {
    // One server speaks plain http, the other says nothing at all.
    for (reply, cause) in [
        (
            Reply::Unread(
                b"HTTP/1.1 400 Bad Request

"
                .to_vec(),
            ),
            "corrupt",
        ),
        (Reply::Stall(vec![]), "0.2 s"),
    ] {
        let server = TestServer::start(vec![reply]).await;
        let mut options = options(&server);
        options.timeout = Duration::from_millis(400);
        options.base_url = format!("https://{}", server.address);
        let error = Client::new(options)
            .unwrap()
            .send(&write())
            .await
            .unwrap_err();
        assert!(
            matches!(error, HttpError::Connect { .. }) && error.did_not_happen(),
            "{error:?}"
        );
        assert!(error.to_string().contains(cause), "{error}");
        assert_eq!(server.connections(), 4);
    }
}

#[tokio::test]
async fn a_name_that_does_not_resolve_never_happened() {
    let options = NetworkOptions {
        timeout: Duration::from_secs(30),
        connect_timeout: Duration::from_secs(10),
        ca_file: None,
        body_limit: 1000,
        loopback: true,
    };
    let outgoing = Outgoing {
        method: Method::PUT,
        url: "http://nothing.invalid/x".parse().unwrap(),
        headers: reqwest::header::HeaderMap::new(),
        body: None,
        call: "PUT /x".to_owned(),
    };
    let error = Network::new(&options)
        .unwrap()
        .carry(outgoing)
        .await
        .unwrap_err();
    assert!(
        matches!(error, HttpError::Connect { .. }) && error.did_not_happen(),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_write_that_is_reset_is_unknown_and_is_not_made_again() {
    for reply in [
        Reply::ResetUnread,
        Reply::ResetRead,
        Reply::Bytes(Vec::new()),
        Reply::Bytes(b"HTTP/1.1 20".to_vec()),
    ] {
        let server = TestServer::start(vec![reply.clone()]).await;
        let error = client(&server).send(&write()).await.unwrap_err();
        assert!(
            matches!(error, HttpError::Interrupted { .. }),
            "{reply:?}: {error:?}"
        );
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(server.connections(), 1, "{reply:?}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_breaks_off_is_unknown_and_is_not_made_again() {
    let length = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec();
    let chunked =
        b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n6\r\n{\"id\":\r\n".to_vec();
    let zipped =
        b"HTTP/1.1 201 Created\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08"
            .to_vec();
    for bytes in [length, chunked, zipped] {
        let server = TestServer::start(vec![Reply::Bytes(bytes)]).await;
        let error = client(&server).send(&write()).await.unwrap_err();
        assert!(
            matches!(error, HttpError::CutShort { status: 201, .. }),
            "{error:?}"
        );
        assert_eq!(
            (error.outcome(), server.connections()),
            (Outcome::Unknown, 1)
        );
    }
}

#[tokio::test]
async fn a_write_without_an_answer_in_time_is_unknown_and_is_not_made_again() {
    let head = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{".to_vec();
    for reply in [Reply::Stall(Vec::new()), Reply::Stall(head)] {
        let server = TestServer::start(vec![reply]).await;
        let error = impatient(&server).send(&write()).await.unwrap_err();
        assert!(matches!(error, HttpError::Timeout { .. }), "{error:?}");
        assert!(error.to_string().contains("within 0.4 s"), "{error}");
        assert_eq!(
            (error.outcome(), server.connections()),
            (Outcome::Unknown, 1)
        );
    }
}

#[tokio::test]
async fn a_read_is_made_again_after_resets_timeouts_and_cut_answers() {
    let cut = Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec());
    for failure in [
        Reply::ResetRead,
        Reply::Stall(Vec::new()),
        cut,
        answer("503 Busy", "", b""),
    ] {
        let server = TestServer::start(vec![failure, answer("200 OK", "", b"{}")]).await;
        let mut options = options(&server);
        options.timeout = Duration::from_secs(1);
        let client = Client::new(options).unwrap();
        assert_eq!(client.send(&read()).await.unwrap().status(), 200);
        assert_eq!(
            client.counter(),
            Counter {
                reads: 2,
                retries: 1,
                ..Counter::default()
            }
        );
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let other = TestServer::start(vec![answer("200 OK", "", b"{}")]).await;
    for (status, outcome) in [
        ("302 Found", Outcome::Unknown),
        ("307 Temporary Redirect", Outcome::NotSent),
    ] {
        let header = format!(
            "location: {}/login/{SECRET}?token={SECRET}\r\n",
            other.url()
        );
        let server = TestServer::start(vec![answer(status, &header, b"")]).await;
        let error = client(&server).send(&write()).await.unwrap_err();
        assert!(matches!(error, HttpError::Redirected { .. }), "{error:?}");
        assert_eq!(error.outcome(), outcome);
        assert!(
            error.to_string().contains("/login/[redacted]`")
                && !error.to_string().contains("token"),
            "{error}"
        );
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_read_to_its_end() {
    let server = TestServer::start(vec![answer("200 OK", "", &vec![b' '; 200_000])]).await;
    let mut options = options(&server);
    options.body_limit = 10_000;
    let error = Client::new(options)
        .unwrap()
        .send(&read())
        .await
        .unwrap_err();
    assert!(
        matches!(error, HttpError::TooLarge { limit: 10_000, .. }),
        "{error:?}"
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_zipped_body_is_unpacked() {
    let zipped = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 170, 202, 44, 80, 178, 42, 41, 42, 77, 173, 5, 0,
        3, 124, 165, 25, 12, 0, 0, 0,
    ];
    let server = TestServer::start(vec![answer(
        "200 OK",
        "content-encoding: gzip\r\n",
        &zipped,
    )])
    .await;
    assert_eq!(
        client(&server).send(&read()).await.unwrap().json().unwrap()["zip"],
        true
    );
}

#[tokio::test]
async fn pages_of_an_edge_and_bodies_that_are_not_text_are_answers_without_json() {
    let page = b"<!DOCTYPE html><html><title>Attention Required</title>";
    let server = TestServer::start(vec![
        answer(
            "403 Forbidden",
            "content-type: text/html; charset=UTF-8\r\n",
            page,
        ),
        answer("502 Bad Gateway", "content-type: text/html\r\n", page),
        answer(
            "200 OK",
            "content-type: application/json\r\n",
            b"{\"name\":\"\xff\"}",
        ),
    ])
    .await;
    let client = client(&server);
    let forbidden = client.send(&write()).await.unwrap();
    let error = forbidden.json().unwrap_err().to_string();
    assert!(
        error.contains("(403) is an HTML page titled `Attention Required`"),
        "{error}"
    );
    assert!(!forbidden.is_inconclusive());
    assert!(client.send(&write()).await.unwrap().is_inconclusive());
    let error = client
        .send(&read())
        .await
        .unwrap()
        .json()
        .unwrap_err()
        .to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_keeps_failing_ends_with_the_last_answer() {
    let fake = Fake::new(|_| (Duration::ZERO, Ok(incoming(503, &[]))));
    let client =
        Client::with_transport(ClientOptions::new("http://127.0.0.1", BUDGET), fake.clone())
            .unwrap();
    let start = tokio::time::Instant::now();
    assert_eq!(client.send(&read()).await.unwrap().status(), 503);
    assert_eq!(
        (fake.calls(), start.elapsed()),
        (4, Duration::from_millis(3500))
    );
    assert_eq!(client.send(&write()).await.unwrap().status(), 503);
    assert_eq!(
        client.counter(),
        Counter {
            reads: 4,
            writes: 1,
            retries: 3,
            throttled: 0
        }
    );
}

#[tokio::test]
async fn a_call_that_is_made_once_is_not_made_again_after_any_answer() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let server =
            TestServer::start(vec![answer(status, "", b"{}"), answer("200 OK", "", b"{}")]).await;
        let request = Request::new(Method::POST, "/login").read().once();
        let answer = client(&server).send(&request).await.unwrap();
        assert!(status.starts_with(&answer.status().to_string()));
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_many_tasks_go_out_one_after_the_other() {
    let fake = Fake::new(|_| (Duration::from_millis(10), Ok(incoming(200, &[]))));
    let client = Arc::new(
        Client::with_transport(ClientOptions::new("http://127.0.0.1", BUDGET), fake).unwrap(),
    );
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.send(&read()).await.unwrap() })
        })
        .collect();
    for task in tasks {
        // The fake panics on two calls at once.
        task.await.unwrap();
    }
    assert_eq!(client.counter().requests(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_still_counts_against_the_budget() {
    let mut limiter = Limiter::new(
        Budget {
            requests: 1,
            ..BUDGET
        },
        Arc::new(SystemClock),
        None,
    );
    let start = tokio::time::Instant::now();
    let call = async {
        let turn = limiter.turn().await;
        tokio::time::sleep(Duration::from_secs(100)).await;
        turn.answered(&RateNotice::default());
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(5), call)
            .await
            .is_err()
    );
    limiter.turn().await.unsent();
    assert!(
        start.elapsed() >= Duration::from_secs(65),
        "{:?}",
        start.elapsed()
    );
    // The second call never left, so that a third need not wait for it.
    let before = start.elapsed();
    limiter.turn().await.unsent();
    assert_eq!(start.elapsed(), before);
}

/// Proxy variables are read from the environment, which only a new process can have changed.
#[test]
fn proxy_variables_are_honoured_but_not_for_this_machine() {
    const INNER: &str = "SEATWRIGHT_TEST_PROXY_INNER";
    let name = "http::client_tests::proxy_variables_are_honoured_but_not_for_this_machine";
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    if std::env::var_os(INNER).is_some() {
        runtime.block_on(async {
            let near = TestServer::start(vec![answer("200 OK", "", b"{}")]).await;
            assert_eq!(client(&near).send(&write()).await.unwrap().status(), 200);
            let far = Client::new(ClientOptions::new("https://far.example", BUDGET)).unwrap();
            let error = far.send(&write()).await.unwrap_err();
            assert!(error.did_not_happen(), "{error:?}");
        });
        return;
    }
    let proxy = runtime.block_on(TestServer::start(vec![answer("502 Bad Gateway", "", b"")]));
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    for variable in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        child.env(variable, proxy.url());
    }
    for variable in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(variable);
    }
    let status = child
        .env(INNER, "1")
        .args(["--exact", name])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let seen = proxy.requests();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert!(
        seen.iter()
            .all(|request| request.starts_with("CONNECT far.example:443 ")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn no_secret_is_seen_in_errors_debug_texts_or_traces() {
    let echo = format!("<title>{SECRET}</title>{KEY} {SECRET} n3w-pass\\/word n3w-pass%2Fword");
    let server = TestServer::start(vec![
        answer("403 Forbidden", "", echo.as_bytes()),
        answer("200 OK", "", format!("\"{SECRET}").as_bytes()),
        answer(
            "302 Found",
            &format!("location: http://{KEY}:{SECRET}@127.0.0.1/{SECRET}\r\n"),
            b"",
        ),
        Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec()),
        Reply::ResetRead,
        Reply::Stall(Vec::new()),
    ])
    .await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut options = options(&server);
    options.timeout = Duration::from_secs(1);
    options.trace = Some(Arc::new(move |attempt: &Attempt<'_>| {
        log.lock().unwrap().push(format!("{attempt:?}"))
    }));
    seen.lock().unwrap().push(format!("{options:?}"));
    let client = Client::new(options).unwrap();
    let request = write().query("token", SECRET);
    for _ in 0..6 {
        let text = match client.send(&request).await {
            Ok(answer) => {
                let error = answer.json().unwrap_err();
                format!("{answer:?} {} {error} {error:?}", answer.excerpt())
            }
            Err(error) => format!("{error} {error:?}"),
        };
        seen.lock().unwrap().push(text);
    }
    let mut seen = seen.lock().unwrap();
    seen.push(format!("{client:?} {request:?} {:?}", client.counter()));
    assert_eq!(server.connections(), 6);
    assert_eq!(seen.len(), 14);
    for text in seen.iter() {
        for secret in [KEY, SECRET, "n3w-pass", "azN5LWlkLW9m"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_trace_has_method_path_status_and_time() {
    let fake = Fake::new(|_| (Duration::from_millis(120), Ok(incoming(204, &[]))));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut options = ClientOptions::new("http://127.0.0.1", BUDGET);
    options.trace = Some(Arc::new(move |attempt: &Attempt<'_>| {
        let Attempt {
            method,
            path,
            status,
            milliseconds,
        } = *attempt;
        log.lock()
            .unwrap()
            .push(format!("{method} {path} {status:?} {milliseconds}"));
    }));
    Client::with_transport(options, fake)
        .unwrap()
        .send(&read())
        .await
        .unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["GET /agents/index.json Some(204) 120"]
    );
}
