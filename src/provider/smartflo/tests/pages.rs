//! Lists that no honest service sends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value as Json, json};

use super::super::session::Session;
use super::*;
use crate::http::{
    Budget, Client, ClientOptions, HttpError, Incoming, Outgoing, SystemClock, Transport,
};

/// Answers one call after the other; the last answer stays.
struct Script(Mutex<Vec<Json>>);

#[async_trait]
impl Transport for Script {
    async fn carry(&self, _call: Outgoing) -> Result<Incoming, HttpError> {
        let mut answers = self.0.lock().unwrap();
        let body = if answers.len() > 1 {
            answers.remove(0)
        } else {
            answers[0].clone()
        };
        Ok(Incoming {
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: body.to_string().into_bytes(),
        })
    }
}

async fn refusal(answers: Vec<Json>) -> String {
    let budget = Budget {
        requests: 1000,
        per: Duration::from_secs(1),
        reserve_percent: 0,
    };
    let options = ClientOptions::new("http://127.0.0.1", budget);
    let client = Client::with_transport(options, Arc::new(Script(Mutex::new(answers)))).unwrap();
    let login = Login::Token(Secret::new("t".to_owned()));
    let session = Session::new(client, login, Arc::new(SystemClock));
    let mut reader = Smartflo::new(session, Brand::Smartflo, BTreeMap::new(), BTreeMap::new());
    match reader.observe(&only(USER)).await.unwrap_err() {
        ProviderError::Unbelievable(text) => text,
        other => panic!("{other:?}"),
    }
}

fn page(ids: &[u64], has_more: bool, last_seen: u64) -> Json {
    let rows: Vec<Json> = ids
        .iter()
        .map(|id| json!({ "id": id, "login_id": format!("user{id}") }))
        .collect();
    json!({ "has_more": has_more, "count": rows.len(), "last_seen_id": last_seen, "data": rows })
}

#[tokio::test]
async fn a_cursor_that_does_not_move_is_not_followed_for_ever() {
    insta::assert_snapshot!(refusal(vec![page(&[1], true, 1), page(&[2], true, 1)]).await,
        @"`v1/users`: the cursor `1` comes back on page 2: the list would never end; run again");
}

#[tokio::test]
async fn an_empty_page_that_promises_more_is_not_believed() {
    insta::assert_snapshot!(refusal(vec![page(&[1], true, 1), page(&[], true, 2)]).await,
        @"`v1/users`: page 2 is empty and promises more (`has_more`); run again");
}

#[tokio::test]
async fn an_id_on_two_pages_is_read_again_and_then_refused() {
    let twice = [page(&[1, 2], true, 2), page(&[2, 3], false, 3)];
    insta::assert_snapshot!(refusal([twice.clone(), twice].concat()).await,
        @"`v1/users`: the id `2` is on page 1 and on page 2, and again on a second reading; someone is changing the account now, run again when they are done");
}

#[tokio::test]
async fn a_page_without_its_figures_or_a_row_without_its_login_is_refused() {
    insta::assert_snapshot!(refusal(vec![json!({ "count": 0, "data": [] })]).await,
        @"`v1/users`: page 1: `has_more` is missing or null, where a flag was expected");
    insta::assert_snapshot!(refusal(vec![json!({ "has_more": false, "count": 3, "data": [] })]).await,
        @"`v1/users`: page 1 counts 3 rows (`count`) and holds 0; the list is not whole, so that nothing can be concluded from it; run again");
    insta::assert_snapshot!(refusal(vec![json!({ "has_more": false, "count": 1, "data": [{ "id": 5 }] })]).await,
        @"`v1/users`: the user with id `5` has no `login_id`");
}

#[tokio::test]
async fn details_of_another_user_are_refused() {
    let other = json!({ "data": { "id": "9", "team_member": { "login_id": "user9" } } });
    insta::assert_snapshot!(refusal(vec![page(&[1], false, 1), other]).await,
        @"`v1/user/1`: the answer is about the user `9`");
}
