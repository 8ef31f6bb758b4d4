//! Looks at what little the API shows of people, and tells where it speaks against the manifests.
//!
//! No kind can be listed, so that nothing is ever read into the snapshot: what is seen are names, in campaigns and in call
//! records, and what they come to are notices. The endpoints that remember what they sent last are never called: they
//! would take records away from whoever else polls with the same key.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::connect::Expected;
use super::wire::{CallPage, Campaign};
use crate::http::{Client, HttpError, Method, Request};
use crate::model::{Live, LiveResource, Permit, RemoteId, ResourceId, Scope};
use crate::provider::{
    Connection, Failure, Observe, Operation, Perform, Performed, ProviderError, RequestCount,
};

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
    expected: Vec<Expected>,
    /// `None` until the look was taken.
    seen: Option<Seen>,
}

/// What a look at the account showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// The names in each campaign, by the campaign's name; `None` when it could not be looked at.
    campaigns: Option<BTreeMap<String, BTreeSet<String>>>,
    /// The names in call records.
    callers: Option<BTreeSet<String>>,
    /// Why something could not be looked at.
    trouble: Vec<String>,
}

/// Why a look failed.
enum Blind {
    /// The key is refused: it was given to be used.
    Refused(ProviderError),
    /// Anything else: a plan does without.
    Passing(String),
}

impl BatchDialer {
    pub(super) fn new(client: Option<Client>, expected: Vec<Expected>) -> Self {
        Self {
            client,
            expected,
            seen: None,
        }
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
        let request = Request::new(Method::POST, CAMPAIGN_SEARCH).json(body).read();
        let rows: Vec<Campaign> = ask(client, request).await?;
        let count = rows.len();
        let before = ids.len();
        for row in rows {
            ids.insert(row.id.to_string());
            let names = row.agents().iter().map(|name| folded(name)).collect::<Vec<_>>();
            found.entry(row.name.trim().to_owned()).or_default().extend(names);
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

/// Names are compared without case and without repeated blanks.
fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

async fn look(client: &Client) -> Result<Seen, ProviderError> {
    let mut seen = Seen::default();
    match campaigns(client).await {
        Ok(found) => seen.campaigns = Some(found),
        Err(Blind::Refused(error)) => return Err(error),
        Err(Blind::Passing(why)) => seen.trouble.push(why),
    }
    match callers(client).await {
        Ok(found) => seen.callers = Some(found),
        Err(Blind::Refused(error)) => return Err(error),
        Err(Blind::Passing(why)) => seen.trouble.push(why),
    }
    Ok(seen)
}

/// What the operator should know of the difference between the declared people and the seen names.
fn compare(expected: &[Expected], seen: &Seen) -> Vec<String> {
    let mut notices: BTreeSet<String> = BTreeSet::new();
    for why in &seen.trouble {
        notices.insert(format!("the API could not be looked at: {why}"));
    }
    let mut present: BTreeMap<String, Vec<&Expected>> = BTreeMap::new();
    for person in expected.iter().filter(|person| person.present) {
        present.entry(folded(&person.name)).or_default().push(person);
    }
    for same in present.values().filter(|same| same.len() > 1) {
        let emails: Vec<String> = same.iter().map(|it| format!("`{}`", it.email)).collect();
        notices.insert(format!(
            "{} have the same name, and the API shows nothing else: it cannot tell them apart",
            emails.join(" and ")
        ));
    }
    if let Some(campaigns) = &seen.campaigns {
        for person in expected {
            notices.extend(in_campaigns(person, campaigns, &present));
        }
    }
    let callers = seen.callers.iter().flatten();
    for caller in callers {
        let name = folded(caller);
        if present.contains_key(&name) {
            continue;
        }
        let absent = expected.iter().find(|person| folded(&person.name) == name);
        match absent {
            Some(person) => notices.insert(format!(
                "call records name `{caller}`, and `{}` is declared absent: the calls may be old ones",
                person.email
            )),
            None if expected.is_empty() => false,
            None => notices.insert(format!(
                "call records name the agent `{caller}`, whom no manifest does"
            )),
        };
    }
    notices.into_iter().collect()
}

fn in_campaigns(
    person: &Expected,
    campaigns: &BTreeMap<String, BTreeSet<String>>,
    present: &BTreeMap<String, Vec<&Expected>>,
) -> Vec<String> {
    let name = folded(&person.name);
    let shown = &person.name;
    if !person.present {
        // Somebody else of the same name may be the one who is listed.
        if present.contains_key(&name) {
            return Vec::new();
        }
        let listed = campaigns.iter().filter(|(_, names)| names.contains(&name));
        return listed
            .map(|(campaign, _)| {
                format!(
                    "campaign search lists `{shown}` in `{campaign}`, and `{}` is declared absent",
                    person.email
                )
            })
            .collect();
    }
    let wanted = person.campaigns.iter();
    wanted
        .filter_map(|campaign| match campaigns.get(campaign.trim()) {
            None => Some(format!(
                "campaign search knows no campaign `{campaign}`, which `{}` is to be in",
                person.email
            )),
            Some(names) if names.contains(&name) => None,
            Some(_) => Some(format!("campaign search does not list `{shown}` in `{campaign}`")),
        })
        .collect()
}

#[async_trait]
impl Observe for BatchDialer {
    /// Reads nothing into the snapshot; with a key, takes one look for [`Observe::notices`].
    async fn observe(&mut self, _: &Scope) -> Result<Live, ProviderError> {
        let before = self.requests().total();
        if let (Some(client), None) = (&self.client, &self.seen) {
            self.seen = Some(look(client).await?);
        }
        Ok(Live {
            requests: self.requests().total() - before,
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
        match &self.seen {
            Some(seen) => compare(&self.expected, seen),
            None => Vec::new(),
        }
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
