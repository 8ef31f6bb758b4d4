//! Behaviour over real HTTP.
#![allow(clippy::unwrap_used)]

mod agents;
mod edge;
mod faults;
mod groups;
mod lists;
mod numbers;
mod running;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::super::{Control, Sandbox};
use super::{Account, CloudTalk, Options, Quirks, Seed, SeedAgent, SeedNumber};

/// A running account with a client.
struct Bench {
    sandbox: Sandbox<CloudTalk>,
    control: Control<CloudTalk>,
    client: Client,
}

struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// `responseData`.
    fn data(&self) -> Value {
        self.json()["responseData"].clone()
    }

    /// The rows' wrapped objects.
    fn rows(&self, wrapper: &str) -> Vec<Value> {
        self.data()["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row[wrapper].clone())
            .collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .user_agent("test/1")
        .build()
        .unwrap()
}

impl Bench {
    async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        Bench {
            control: sandbox.control(),
            sandbox,
            client: client(),
        }
    }

    async fn seeded(seed: Seed) -> Self {
        Bench::with(Options {
            seed,
            ..Options::default()
        })
        .await
    }

    /// Two users (Ann 1001, Bob 1002), groups A and B with Ann in A, a routed and a free number, a full house at 4.
    async fn small() -> Self {
        Bench::seeded(small()).await
    }

    async fn quirky(change: impl FnOnce(&mut Quirks)) -> Self {
        let mut seed = small();
        change(&mut seed.quirks);
        Bench::seeded(seed).await
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        Reply::of(self.send(method, path, body).await.unwrap()).await
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> reqwest::Result<Response> {
        let url = format!("{}/{path}", self.sandbox.url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .client
            .request(method, url)
            .basic_auth("id", Some("secret"));
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await
    }

    async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, Value::Null).await
    }

    async fn add(&self, fields: Value) -> Reply {
        self.call("PUT", "agents/add.json", fields).await
    }

    async fn dashboard(&self, method: &str, path: &str, body: Value) -> Reply {
        let url = format!("{}/{path}", self.sandbox.control_url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        Reply::of(
            self.client
                .request(method, url)
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    fn account(&self) -> Account {
        self.control.account()
    }

    fn id_of(&self, name: &str) -> u64 {
        self.account()
            .agent_by_email(&format!("{name}@small.example"))
            .unwrap()
            .id
    }

    fn group(&self, name: &str) -> u64 {
        self.account().group_by_name(name).unwrap().id
    }
}

fn small() -> Seed {
    let ann = SeedAgent {
        groups: vec!["A".to_owned()],
        daily_price_limit: Some(20),
        default_number: Some("+421220510801".to_owned()),
        associated_numbers: vec!["+421220510801".to_owned()],
        extension: Some(1001),
        calls: 2,
        pass: Some("first".to_owned()),
        ..SeedAgent::new("ann@small.example", "Ann", "Able")
    };
    let bob = SeedAgent {
        extension: Some(1002),
        ..SeedAgent::new("bob@small.example", "Bob", "Baker")
    };
    let number = |e164: &str, source: Option<&str>| SeedNumber {
        e164: e164.to_owned(),
        name: "Line".to_owned(),
        connected_to: source.map(|_| super::RouteKind::Agent),
        source: source.map(str::to_owned),
    };
    Seed {
        seats: Some(4),
        groups: vec!["A".to_owned(), "B".to_owned()],
        numbers: vec![
            number("+421220510801", Some("ann@small.example")),
            number("+442045770101", None),
        ],
        agents: vec![ann, bob],
        tags: vec!["Callback".to_owned()],
        taken_emails: vec!["Elsewhere@other.example".to_owned()],
        ..Seed::default()
    }
}

/// A body that creates a user.
fn cyd() -> Value {
    json!({ "email": "cyd@small.example", "firstname": "Cyd", "lastname": "Cook", "pass": "s3cret-word" })
}

/// `base` with the keys of `over` put over it; null takes a key out.
fn but(mut base: Value, over: Value) -> Value {
    for (key, value) in over.as_object().unwrap() {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(key);
        } else {
            base[key] = value.clone();
        }
    }
    base
}
