//! Behaviour over real HTTP.
#![allow(clippy::unwrap_used)]

mod lists;
mod sessions;
mod writes;

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::super::{Clock, Control, Effect, Fault, Sandbox};
use super::{
    CreateAnswer, Credentials, Dialect, Options, Quirks, Seed, SeedUser, Smartflo, UserEdit,
};

/// A running account with a client.
struct Bench {
    sandbox: Sandbox<Smartflo>,
    control: Control<Smartflo>,
    client: Client,
}

impl Bench {
    async fn with(options: Options) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(options).await.unwrap();
        Bench {
            control: sandbox.control(),
            sandbox,
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn seeded(seed: Seed) -> Self {
        Bench::with(Options {
            seed: Seed { rate: None, ..seed },
            ..Options::default()
        })
        .await
    }

    async fn quirky(quirks: Quirks) -> Self {
        Bench::seeded(Seed {
            quirks,
            ..Seed::demo()
        })
        .await
    }

    /// Sends a request with an `Authorization` header, if there is text for one.
    async fn call_as(&self, auth: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/{path}", self.sandbox.url());
        let mut request = self
            .client
            .request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        if !auth.is_empty() {
            request = request.header("authorization", auth);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        assert!(response.headers().get("retry-after").is_none());
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.call_as("Bearer t0ken", method, path, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    async fn panel(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.call(method, &format!("_sandbox/{path}"), body).await
    }
}

/// A create that the service takes.
fn ada() -> Value {
    json!({
        "name": "Ada Lovelace", "number": "+919876543210", "email": "ada@acme.example", "login_id": "ada.lovelace",
        "password": "Pa55-w0rd", "user_role": 54742, "create_agent": true, "status": true, "caller_id": [71001, 71002],
        "assign_extension": true, "department": [20541], "agent_group": ["302"], "time_group": 23741,
    })
}
