//! Behaviour of the API over real HTTP, and of the dashboard as a machine.
#![allow(clippy::unwrap_used)]

mod dashboard;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Account, BatchDialer, Options};
use crate::sandbox::Sandbox;

struct Bench {
    sandbox: Sandbox<BatchDialer>,
    client: Client,
}

struct Reply {
    status: u16,
    request_id: Option<String>,
    text: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Bench {
    async fn with(change: impl FnOnce(&mut Account)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut seed = Account::demo();
        change(&mut seed);
        let options = Options {
            seed,
            ..Options::default()
        };
        Bench {
            sandbox: Sandbox::start(options).await.unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn call(&self, method: &str, path: &str, key: &str, body: Value) -> Reply {
        let url = format!("{}/{path}", self.sandbox.url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, url).header("X-ApiKey", key);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let response = request.send().await.unwrap();
        let id = response.headers().get("x-request-id");
        Reply {
            status: response.status().as_u16(),
            request_id: id.map(|id| id.to_str().unwrap().to_owned()),
            text: response.text().await.unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, "k", Value::Null).await.json()
    }
}

#[tokio::test]
async fn paths_methods_and_keys_are_refused_in_the_services_words() {
    let bench = Bench::with(|_| {}).await;
    let table = [
        ("GET", "users", "k", 404, "Not found"),
        ("GET", "groups", "k", 404, "Not found"),
        ("GET", "seats", "k", 404, "Not found"),
        ("GET", "billing", "k", 404, "Not found"),
        ("POST", "agents", "k", 404, "Not found"),
        ("POST", "campaigns", "k", 405, "Method not allowed"),
        ("GET", "campaigns", "", 403, "Wrong API key"),
        ("POST", "campaigns/search", "k", 400, "Bad sort field"),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for (method, path, key, status, text) in table {
        let reply = bench.call(method, path, key, Value::Null).await;
        assert_eq!(reply.status, status, "{method} {path}");
        assert_eq!(reply.json(), json!({ "msg": text }), "{method} {path}");
        ids.insert(reply.request_id.unwrap());
    }
    assert_eq!(ids.len(), table.len(), "each answer has an id of its own");
    let bare = bench.call("POST", "contact", "k", Value::Null).await;
    assert_eq!((bare.status, bare.text.as_str()), (500, ""));
    let open = Bench::with(|seed| seed.quirks.agents_route = true).await;
    let agents = open.call("POST", "agents", "k", json!({})).await.json();
    assert_eq!(
        agents,
        json!(["Ada Lovelace", "Alan Turing", "Grace Hopper"])
    );
}

#[tokio::test]
async fn lists_and_searches_of_campaigns_spell_their_fields_differently() {
    let bench = Bench::with(|_| {}).await;
    let list = bench.get("campaigns").await;
    assert_eq!(list[0]["name"], "Autumn");
    assert!(list[0]["date_added"].is_string() && list[0]["agentslist"].is_null());
    let body = json!({ "sortfield": "campaigns.id", "sortdir": "asc", "page": 2, "pagelength": 1 });
    let page = bench
        .call("POST", "campaigns/search", "k", body)
        .await
        .json();
    assert_eq!(page.as_array().unwrap().len(), 1);
    assert_eq!(page[0]["name"], "Spring");
    assert_eq!(
        (&page[0]["agents"], &page[0]["agentslist"]),
        (&json!(1), &json!(["Ada Lovelace"]))
    );
    assert!(page[0]["dateadded"].is_string() && page[0]["date_added"].is_null());
    assert_eq!(bench.get("campaigns/stats").await["active"], 2);
}

#[tokio::test]
async fn call_records_have_two_shapes_an_endless_cursor_and_a_watermark_for_each_key() {
    let bench = Bench::with(|_| {}).await;
    let first = bench.get("cdrs?pagelength=2").await;
    assert_eq!(
        (&first["page"], &first["totalPages"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(first["items"][0]["agent"], "Ada Lovelace");
    assert!(first["items"][1]["agent"].is_null());

    let second = bench.get("v2/cdrs").await;
    assert_eq!(second["items"][0]["agent"]["firstname"], "Ada");
    let cursor = second["nextPage"].as_str().unwrap().to_owned();
    let empty = bench.get(&format!("v2/cdrs?next_page={cursor}")).await;
    assert_eq!(empty["items"], json!([]));
    assert!(
        empty["nextPage"].is_string(),
        "an empty page names a next one"
    );

    for (key, rows) in [("k", 3), ("k", 0), ("other", 3)] {
        let last = bench
            .call("GET", "v2/cdrs/last", key, Value::Null)
            .await
            .json();
        assert_eq!(last["items"].as_array().unwrap().len(), rows, "{key}");
    }
}

#[tokio::test]
async fn a_day_is_a_day_of_the_accounts_time_zone() {
    // 2026-11-22 03:30 UTC is the evening before in Chicago.
    let at = 1_795_318_200;
    let bench = Bench::with(|seed| seed.calls.iter_mut().for_each(|call| call.at = at)).await;
    for (day, rows) in [("2026-11-21", 3), ("2026-11-22", 0)] {
        for path in ["cdrs", "v2/cdrs"] {
            let found = bench.get(&format!("{path}?date={day}")).await;
            assert_eq!(
                found["items"].as_array().unwrap().len(),
                rows,
                "{path} {day}"
            );
        }
    }
}

#[tokio::test]
async fn the_dashboard_is_reached_through_the_control_plane() {
    let bench = Bench::with(|_| {}).await;
    let post = |path: &str, body: Value| {
        let url = format!("{}/{path}", bench.sandbox.control_url());
        bench.client.post(url).json(&body).send()
    };
    let form = json!({
        "role": "Agent", "firstname": "Zoe", "lastname": "Zed", "email": "zoe@acme.example",
        "password": "x", "phone": "0123456789",
    });
    let full = post("users", form.clone()).await.unwrap();
    assert_eq!(full.status().as_u16(), 409);
    assert!(
        full.text()
            .await
            .unwrap()
            .contains("Please order more seats to create agent")
    );
    let freed = post("features/boss@acme.example", json!({ "on": false }))
        .await
        .unwrap();
    assert!(freed.status().is_success());
    assert!(post("users", form).await.unwrap().status().is_success());
    let assigned = post(
        "campaigns/zoe@acme.example",
        json!({ "campaigns": ["Spring"] }),
    )
    .await;
    assert!(assigned.unwrap().status().is_success());
    let account = bench.sandbox.control().account();
    assert!(account.dashboard.campaigns["Spring"].contains("zoe@acme.example"));
    assert_eq!(account.dashboard.seats_used(), 3);
}
