//! Telling a webhook what a drift check found.

use std::time::Duration;

use seatwright::http::{Auth, Budget, Client, ClientOptions, Method, Request};
use seatwright::plan::Plan;
use seatwright::render;
use secrecy::SecretString;

use crate::args::NotifyFormat;
use crate::context::Context;

/// The environment variable that holds the address: it often is a secret, so it is no argument.
const ADDRESS: &str = "SEATWRIGHT_WEBHOOK_URL";

/// Sends one message. What goes wrong is told, and never changes what the command itself found.
pub(crate) async fn notify(context: &Context, plan: &Plan, format: NotifyFormat) {
    let Some(address) = context.env(ADDRESS).filter(|address| !address.is_empty()) else {
        context.warn(&format!("nobody was notified: `{ADDRESS}` is not set"));
        return;
    };
    let body = match format {
        NotifyFormat::Json => render::notice::generic(plan),
        NotifyFormat::Slack => render::notice::slack(plan),
    };
    if let Err(why) = send(&address, body).await {
        context.warn(&format!("the webhook was not notified: {why}"));
    }
}

async fn send(address: &str, body: serde_json::Value) -> Result<(), String> {
    // The path of a webhook's address is its secret: it is kept out of every message.
    let secret = SecretString::from(address.to_owned());
    let budget = Budget {
        requests: 60,
        per: Duration::from_secs(60),
        reserve_percent: 0,
    };
    let (base, path) = split(address).ok_or("its address is not an http address")?;
    let mut options = ClientOptions::new(base, budget);
    options.auth = Auth::None;
    let client = Client::new(options).map_err(|_| "its address cannot be used".to_owned())?;
    let request = Request::new(Method::POST, path)
        .json(body)
        .secret(secret)
        .secret(SecretString::from(path.to_owned()));
    let answer = client.send(&request).await.map_err(|error| {
        if error.did_not_happen() {
            "it cannot be reached".to_owned()
        } else {
            "it gave no answer".to_owned()
        }
    })?;
    if answer.is_success() {
        Ok(())
    } else {
        Err(format!("it answered {}", answer.status()))
    }
}

/// The scheme and host, and the rest.
fn split(address: &str) -> Option<(String, &str)> {
    let start = address.find("://")? + 3;
    let end = address[start..]
        .find('/')
        .map_or(address.len(), |at| start + at);
    let path = address[end..].trim_start_matches('/');
    Some((address[..end].to_owned(), path))
}
