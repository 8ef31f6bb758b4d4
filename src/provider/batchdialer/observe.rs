//! Looks at what little the API shows of people.
//!
//! No kind can be listed, so that no object is ever read: what is seen are names, in campaigns and in call records, and they
//! are handed on as hints. The endpoints that remember what they sent last are never called: they
//! would take records away from whoever else polls with the same key.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::wire::{CallPage, Campaign};
use crate::http::{Client, HttpError, Method, Request};
use crate::model::{
    FieldName, Hint, Kind, Live, LiveResource, Permit, RemoteId, ResourceId, Scope, Seen,
};
use crate::provider::{
    Connection, Failure, Observe, Operation, Perform, Performed, ProviderError, RequestCount,
};

const USER: Kind = Kind::from_static("user");

const CAMPAIGN_SEARCH: &str = "campaigns/search";
const CALL_RECORDS: &str = "v2/cdrs";

/// Campaigns asked for in one request.
const PAGE_LENGTH: usize = 100;
/// The most requests that each of the two looks takes: they are hints, and not worth more of the budget.
const MOST_CAMPAIGN_PAGES: usize = 10;
const MOST_CALL_PAGES: usize = 3;

/// A connection to one BatchDialer account.
#[derive(Debug)]
pub struct BatchDialer {
    client: Option<Client>,
    /// `None` until the look was taken: one for each connection is enough.
    look: Option<Look>,
}

/// What a look at the account showed.
#[derive(Clone, Debug, Default)]
struct Look {
    hints: Vec<Hint>,
    /// Why something could not be looked at.
    trouble: Vec<String>,
    /// The requests that it took, repetitions left out.
    requests: u64,
}

/// Why a look failed.
enum Blind {
    /// The key is refused: it was given to be used.
    Refused(ProviderError),
    /// Anything else: a plan does without.
    Passing(String),
}

impl BatchDialer {
    pub(super) fn new(client: Option<Client>) -> Self {
        Self { client, look: None }
    }
}

async fn ask<T: DeserializeOwned>(client: &Client, request: Request) -> Result<T, Blind> {
    let answer = client.send(&request).await.map_err(|error| match error {
        HttpError::Credentials { .. } => {
            Blind::Refused(ProviderError::Unauthorized(format!("batchdialer: {error}")))
        }
        _ => Blind::Passing(error.to_string()),
    })?;
    match answer.status() {
        // The service answers 403 to a wrong key (public API clients, 2026-08); 401 may come from a proxy before it.
        401 | 403 => Err(Blind::Refused(ProviderError::Unauthorized(format!(
            "batchdialer: `{}` refused the key ({}); set it to a key of Settings > Integrations > Integration Keys, or unset it: plans need none",
            answer.call(),
            answer.excerpt()
        )))),
        status if answer.is_success() => answer
            .json_as()
            .map_err(|error| Blind::Passing(format!("{error} (status {status})"))),
        status => Err(Blind::Passing(format!(
            "`{}` answered {status}: {}",
            answer.call(),
            answer.excerpt()
        ))),
    }
}

async fn campaigns(client: &Client) -> Result<BTreeMap<String, BTreeSet<String>>, Blind> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for page in 1..=MOST_CAMPAIGN_PAGES {
        let body = json!({
            "sortfield": "campaigns.id",
            "sortdir": "asc",
            "page": page,
            "pagelength": PAGE_LENGTH,
        });
        let request = Request::new(Method::POST, CAMPAIGN_SEARCH)
            .json(body)
            .read();
        let rows: Vec<Campaign> = ask(client, request).await?;
        let count = rows.len();
        let before = ids.len();
        for row in rows {
            ids.insert(row.id.to_string());
            let names = row.agents();
            found
                .entry(row.name.trim().to_owned())
                .or_default()
                .extend(names);
        }
        // A service that takes no notice of the page would send the first one for ever.
        if count < PAGE_LENGTH || ids.len() == before {
            return Ok(found);
        }
    }
    Err(Blind::Passing(format!(
        "`{CAMPAIGN_SEARCH}` has more than {} campaigns; they are not compared",
        MOST_CAMPAIGN_PAGES * PAGE_LENGTH
    )))
}

/// The names in the first call records.
async fn callers(client: &Client) -> Result<BTreeSet<String>, Blind> {
    let mut found = BTreeSet::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_CALL_PAGES {
        let mut request = Request::get(CALL_RECORDS);
        if let Some(cursor) = &cursor {
            request = request.query("next_page", cursor);
        }
        let page: CallPage = ask(client, request).await?;
        found.extend(page.items.iter().filter_map(super::wire::Call::agent));
        let next = page.cursor();
        // The service names a next page even after an empty one (public API clients, 2026-08).
        if page.items.is_empty() || next.is_none() || next == cursor {
            break;
        }
        cursor = next;
    }
    Ok(found)
}

async fn look(client: &Client) -> Result<Look, ProviderError> {
    let mut look = Look::default();
    let mut keep = |source, seen: Result<Seen, Blind>| {
        match seen {
            Ok(seen) => look.hints.push(Hint {
                kind: USER,
                source,
                seen,
            }),
            Err(Blind::Refused(error)) => return Err(error),
            Err(Blind::Passing(why)) => look.trouble.push(why),
        }
        Ok(())
    };
    let field = FieldName::from_static("campaigns");
    let assigned = campaigns(client).await;
    keep(
        "campaign search",
        assigned.map(|found| Seen::With(field, found)),
    )?;
    keep("a call record", callers(client).await.map(Seen::Some))?;
    let counter = client.counter();
    look.requests = counter.reads.saturating_sub(counter.retries);
    Ok(look)
}

#[async_trait]
impl Observe for BatchDialer {
    /// Reads no objects; with a key, takes one look for hints.
    async fn observe(&mut self, _: &Scope) -> Result<Live, ProviderError> {
        let before = self.requests().total();
        if let (Some(client), None) = (&self.client, &self.look) {
            self.look = Some(look(client).await?);
        }
        let look = self.look.as_ref();
        Ok(Live {
            requests: self.requests().total() - before,
            beside: look.map_or(0, |look| look.requests),
            hints: look.map(|look| look.hints.clone()).unwrap_or_default(),
            ..Live::default()
        })
    }

    async fn look_up(
        &mut self,
        id: &ResourceId,
        _: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        Err(ProviderError::Unbelievable(format!(
            "batchdialer: {id} cannot be looked up: the API shows no users, groups, statuses and seats; look in the dashboard"
        )))
    }

    fn requests(&self) -> RequestCount {
        let reads = self
            .client
            .as_ref()
            .map_or(0, |client| client.counter().reads);
        RequestCount { reads, writes: 0 }
    }

    fn notices(&self) -> Vec<String> {
        let trouble = self.look.iter().flat_map(|look| &look.trouble);
        trouble
            .map(|why| format!("the API could not be looked at for hints: {why}"))
            .collect()
    }
}

impl Connection for BatchDialer {
    /// Hands out a writer that refuses everything: the API has no requests for it.
    fn into_writer(self: Box<Self>, _: Permit) -> Box<dyn Perform> {
        self
    }
}

#[async_trait]
impl Perform for BatchDialer {
    async fn perform(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure> {
        Err(Failure::Refused(format!(
            "{} cannot be changed by the API of BatchDialer; do it in the dashboard, and confirm the step",
            operation.id
        )))
    }
}
