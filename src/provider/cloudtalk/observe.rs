//! Reads an account, and refuses to believe a reading that does not add up.
//!
//! A list counts as read only when every page agrees on the figures and as many rows came as the service counts. A list
//! that visibly moved between two pages is read once more, whole; after that the reading fails.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::convert::{self, GROUP, NUMBER, NumberIds, USER};
use super::perform::Writer;
use super::reply::{Envelope, Reply};
use super::wire::{AgentRow, GroupCount, GroupRow, NumberRow, Object, Page, Row};
use crate::http::{Answer, Client, HttpError, Request};
use crate::model::{Kind, Live, LiveResource, Permit, RemoteId, ResourceId, Scope};
use crate::provider::{Connection, Observe, Perform, ProviderError, RequestCount};

const AGENTS: &str = "agents/index.json";
const GROUPS: &str = "groups/index.json";
const NUMBERS: &str = "numbers/index.json";
const GROUP_STATISTICS: &str = "statistics/realtime/groups.json";

/// The most rows that the service sends on a page (OpenAPI 1.7); its own default is undocumented, so it is always asked for.
const LIMIT: &str = "1000";

/// A connection to one CloudTalk account, for reading.
///
/// An agent without a default number has no `default_number` field, and one with the company's price limit has no
/// `daily_price_limit`: for these readable fields, absent means not set. When an answer gives only the id of the default
/// number, it is translated if the numbers were read before.
#[derive(Debug)]
pub struct CloudTalk {
    pub(super) client: Client,
    pub(super) numbers: NumberIds,
}

/// Why a list was not read.
enum Trouble {
    /// It changed while it was read.
    Moved(String),
    /// It cannot be believed, or was not to be had.
    Refused(ProviderError),
}

/// Why an endpoint gave nothing.
struct Denied {
    error: ProviderError,
    /// The service, and no proxy or framework before it, says that there is no such thing.
    not_found: bool,
}

impl From<ProviderError> for Trouble {
    fn from(error: ProviderError) -> Self {
        Self::Refused(error)
    }
}

impl CloudTalk {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            numbers: NumberIds::default(),
        }
    }

    async fn get(&self, request: Request) -> Result<Envelope, Denied> {
        match self.client.send(&request).await {
            Ok(answer) => believe(&answer),
            Err(error) => Err(Denied {
                error: unreached(error),
                not_found: false,
            }),
        }
    }

    /// Reads a whole list, with one more try when it moved under the reading.
    async fn list<T: Row>(&self, path: &str, id: Option<&str>) -> Result<Vec<T>, ProviderError> {
        let mut moved = String::new();
        for _ in 0..2 {
            match self.list_once(path, id).await {
                Ok(rows) => return Ok(rows),
                Err(Trouble::Refused(error)) => return Err(error),
                Err(Trouble::Moved(what)) => moved = what,
            }
        }
        Err(ProviderError::Unbelievable(format!(
            "`{path}`: {moved}, and again on a second reading; someone is changing the account now, run again when they are done"
        )))
    }

    async fn list_once<T: Row>(&self, path: &str, id: Option<&str>) -> Result<Vec<T>, Trouble> {
        let doubt = |what: String| {
            Trouble::Refused(ProviderError::Unbelievable(format!("`{path}`: {what}")))
        };
        let mut rows = Vec::new();
        let mut page_of_id: BTreeMap<String, u64> = BTreeMap::new();
        let mut figures = None;
        let mut received: u64 = 0;
        let mut number: u64 = 1;
        loop {
            let mut request = Request::get(path)
                .query("limit", LIMIT)
                .query("page", number.to_string());
            if let Some(id) = id {
                request = request.query("id", id);
            }
            let envelope = match self.get(request).await {
                Ok(envelope) => envelope,
                Err(denied) if denied.not_found && number > 1 => {
                    return Err(Trouble::Moved(format!(
                        "page {number} was announced and is not there"
                    )));
                }
                // A filter by an id that is gone may be answered so instead of with an empty list.
                Err(denied) if denied.not_found && id.is_some() => return Ok(Vec::new()),
                Err(denied) => return Err(Trouble::Refused(denied.error)),
            };
            let page = Page::read(&envelope.content)
                .map_err(|error| doubt(format!("page {number}: {error}")))?;
            if page.number != number {
                return Err(doubt(format!(
                    "page {number} was asked for and page {} came",
                    page.number
                )));
            }
            match figures {
                None => check_figures(&page).map_err(doubt)?,
                Some((items, pages, limit)) => {
                    compare_figures(
                        number,
                        ("itemsCount", items, page.items),
                        ("pageCount", pages, page.pages),
                    )?;
                    if limit != page.limit {
                        return Err(doubt(format!(
                            "page 1 says `limit` {}, page {number} says {}",
                            shown(limit),
                            shown(page.limit)
                        )));
                    }
                }
            }
            figures = Some((page.items, page.pages, page.limit));
            for (place, value) in page.rows.iter().enumerate() {
                received += 1;
                let row = T::read(value)
                    .map_err(|error| doubt(format!("page {number}, row {}: {error}", place + 1)))?;
                let Some(id) = row.id() else {
                    let Some(name) = row.name() else { continue };
                    return Err(doubt(format!(
                        "page {number}, row {}: `{name}` has no usable id; without it, it can be neither changed nor told from others",
                        place + 1
                    )));
                };
                match page_of_id.insert(id.to_owned(), number) {
                    Some(earlier) if earlier == number => {
                        return Err(doubt(format!("the id `{id}` is twice on page {number}")));
                    }
                    Some(earlier) => {
                        return Err(Trouble::Moved(format!(
                            "the id `{id}` is on page {earlier} and on page {number}"
                        )));
                    }
                    None => rows.push(row),
                }
            }
            // An empty page before the last cannot get better: the count below tells.
            if number >= page.pages || page.rows.is_empty() {
                if received != page.items {
                    return Err(doubt(format!(
                        "the service counts {} rows (`itemsCount`) and sent {received}; the list is not whole, \
                         so that nothing can be concluded from it; run again",
                        page.items
                    )));
                }
                return Ok(rows);
            }
            number += 1;
        }
    }

    async fn users(&mut self, id: Option<&str>) -> Result<Vec<LiveResource>, ProviderError> {
        let rows: Vec<AgentRow> = self.list(AGENTS, id).await?;
        for row in &rows {
            if let (Some(id), Some(number)) = (&row.default_number_id, &row.default_number) {
                self.numbers.learn(id, number);
            }
        }
        let mut users = Vec::new();
        for row in rows {
            // A user whose key is hidden would look absent, and be created a second time.
            if row.email.is_none() {
                let id = row.id.unwrap_or_default();
                return Err(ProviderError::Unbelievable(format!(
                    "`{AGENTS}`: the agent with id `{id}` has no `email`; without it nobody can tell who that is"
                )));
            }
            users.extend(convert::user(row, &self.numbers));
        }
        unique(AGENTS, users)
    }

    async fn numbers(&mut self, id: Option<&str>) -> Result<Vec<LiveResource>, ProviderError> {
        let rows: Vec<NumberRow> = self.list(NUMBERS, id).await?;
        let mut numbers = Vec::new();
        for row in rows {
            if let (Some(id), Some(number)) = (&row.id, &row.number) {
                self.numbers.learn(id, number);
            }
            numbers.extend(convert::number(row));
        }
        unique(NUMBERS, numbers)
    }

    /// Reads all numbers once, for a number whose id nobody told yet.
    pub(super) async fn learn_numbers(&mut self) -> Result<(), ProviderError> {
        self.numbers(None).await.map(drop)
    }

    async fn groups(&self) -> Result<Vec<LiveResource>, ProviderError> {
        let rows: Vec<GroupRow> = self.list(GROUPS, None).await?;
        unique(
            GROUPS,
            rows.into_iter()
                .filter_map(|row| convert::group(row, None))
                .collect(),
        )
    }

    /// Reads the groups, and their member counts from the statistics; both have to know the same groups.
    ///
    /// Two requests for any number of members. A group that the statistics leave out has no count; a group that only
    /// they know, or know by another name, means that one of the two is wrong.
    async fn groups_with_counts(&self) -> Result<Vec<LiveResource>, ProviderError> {
        let mut difference = String::new();
        for _ in 0..2 {
            let mut groups = self.groups().await?;
            match self.add_counts(&mut groups).await {
                Ok(()) => return Ok(groups),
                Err(Trouble::Refused(error)) => return Err(error),
                Err(Trouble::Moved(what)) => difference = what,
            }
        }
        Err(ProviderError::Unbelievable(format!(
            "`{GROUPS}` and `{GROUP_STATISTICS}` contradict each other: {difference}; run again when nobody changes groups"
        )))
    }

    async fn add_counts(&self, groups: &mut [LiveResource]) -> Result<(), Trouble> {
        let doubt = |what: String| {
            Trouble::Refused(ProviderError::Unbelievable(format!(
                "`{GROUP_STATISTICS}`: {what}"
            )))
        };
        let envelope = self
            .get(Request::get(GROUP_STATISTICS))
            .await
            .map_err(|denied| Trouble::Refused(denied.error))?;
        let content = Object::of(&envelope.content, "responseData")
            .map_err(|error| doubt(error.to_string()))?;
        let data =
            Object::of(content.get("data"), "data").map_err(|error| doubt(error.to_string()))?;
        let list = data
            .list("groups")
            .map_err(|error| doubt(error.to_string()))?;
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for (place, value) in list.iter().enumerate() {
            let GroupCount { id, name, members } = GroupCount::read(value)
                .map_err(|error| doubt(format!("group {}: {error}", place + 1)))?;
            let (Some(id), Some(name)) = (id, name) else {
                continue;
            };
            let members =
                members.ok_or_else(|| doubt(format!("group `{name}` has no `operators`")))?;
            if let Some(before) = seen.insert(id.clone(), members) {
                return Err(doubt(format!(
                    "group `{name}` is there twice, with {before} and {members} `operators`"
                )));
            }
            let Some(group) = groups.iter_mut().find(|group| group.remote == id.as_str()) else {
                return Err(Trouble::Moved(format!(
                    "only the statistics know the group `{name}` with id `{id}`"
                )));
            };
            if convert::group_key(&name) != group.id.key.as_str() {
                return Err(Trouble::Moved(format!(
                    "the group with id `{id}` is `{}` here, `{name}` there",
                    group.id.key
                )));
            }
            group.member_count = Some(members);
        }
        Ok(())
    }
}

#[async_trait]
impl Observe for CloudTalk {
    /// Reads the kinds in scope: one request for each thousand objects, and one more for the member counts of groups.
    ///
    /// A kind that the service has no list of, such as the account itself, stays unread.
    async fn observe(&mut self, scope: &Scope) -> Result<Live, ProviderError> {
        let before = self.requests();
        let mut live = Live::default();
        let mut read = |kind: Kind, resources: Vec<LiveResource>| {
            live.mark_read(kind);
            resources
                .into_iter()
                .for_each(|resource| live.insert(resource));
        };
        // Numbers come first, so that agents' default numbers can be named.
        if scope.kinds.contains(&NUMBER) {
            read(NUMBER, self.numbers(None).await?);
        }
        if scope.kinds.contains(&GROUP) {
            let groups = if scope.member_counts {
                self.groups_with_counts().await?
            } else {
                self.groups().await?
            };
            read(GROUP, groups);
        }
        if scope.kinds.contains(&USER) {
            read(USER, self.users(None).await?);
        }
        live.requests = self.requests().total() - before.total();
        Ok(live)
    }

    /// Looks one object up: users and numbers by id in one request, otherwise through the whole list.
    ///
    /// An unknown filter is ignored silently by the service, so the row is searched in what came. A group that was looked
    /// up has no member count.
    async fn look_up(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        let filter = remote.map(RemoteId::as_str);
        let resources = match id.kind.as_str() {
            "user" => self.users(filter).await?,
            "group" => self.groups().await?,
            "number" => self.numbers(filter).await?,
            other => {
                return Err(ProviderError::Settings(format!(
                    "cloudtalk: there is no kind `{other}` to look up"
                )));
            }
        };
        Ok(resources.into_iter().find(|resource| match remote {
            Some(remote) => resource.remote == *remote,
            None => resource.id.key == id.key,
        }))
    }

    fn requests(&self) -> RequestCount {
        let counter = self.client.counter();
        RequestCount {
            reads: counter.reads,
            writes: counter.writes,
        }
    }
}

impl Connection for CloudTalk {
    fn into_writer(self: Box<Self>, permit: Permit) -> Box<dyn Perform> {
        Box::new(Writer::new(*self, permit))
    }
}

/// Refuses two objects with one natural key: which of them a manifest means could not be told.
fn unique(path: &str, resources: Vec<LiveResource>) -> Result<Vec<LiveResource>, ProviderError> {
    let mut ids: BTreeMap<&str, &RemoteId> = BTreeMap::new();
    for resource in &resources {
        if let Some(other) = ids.insert(resource.id.key.as_str(), &resource.remote) {
            return Err(ProviderError::Unbelievable(format!(
                "`{path}`: {} is there twice, with the ids `{other}` and `{}`; only one of them can be meant; change or remove the other in the dashboard",
                resource.id, resource.remote
            )));
        }
    }
    Ok(resources)
}

/// Whether the figures of a first page agree with each other.
fn check_figures(page: &Page<'_>) -> Result<(), String> {
    let Some(limit) = page.limit.filter(|limit| *limit > 0) else {
        return Ok(());
    };
    let expected = page.items.div_ceil(limit);
    // An empty list has no page or one empty page; both are sensible.
    if page.pages == expected || (page.items == 0 && page.pages == 1) {
        return Ok(());
    }
    Err(format!(
        "`itemsCount` {} at `limit` {limit} makes a `pageCount` of {expected}, and it is {}; the figures contradict each other",
        page.items, page.pages
    ))
}

/// Whether a later page repeats the figures of the pages before it.
fn compare_figures(
    number: u64,
    items: (&str, u64, u64),
    pages: (&str, u64, u64),
) -> Result<(), Trouble> {
    for (name, before, now) in [items, pages] {
        if before != now {
            return Err(Trouble::Moved(format!(
                "`{name}` was {before} on page {} and {now} on page {number}",
                number - 1
            )));
        }
    }
    Ok(())
}

fn shown(figure: Option<u64>) -> String {
    figure.map_or_else(|| "nothing".to_owned(), |figure| figure.to_string())
}

/// The envelope of an answer to a read, or why it cannot be believed.
fn believe(answer: &Answer) -> Result<Envelope, Denied> {
    let call = answer.call();
    let denied = |error| {
        Err(Denied {
            error,
            not_found: false,
        })
    };
    match Reply::of(answer) {
        Reply::Envelope(envelope) => {
            let inside = envelope.status.filter(|status| *status >= 400);
            if answer.is_success() && inside.is_none() {
                return Ok(envelope);
            }
            let message = envelope.message.unwrap_or_else(|| "no message".to_owned());
            let status = if answer.is_success() {
                inside.unwrap_or_default()
            } else {
                answer.status()
            };
            let error = if answer.is_success() && status != 401 {
                ProviderError::Unbelievable(format!(
                    "`{call}`: the answer ({}) holds an error ({status}): {}; run again",
                    answer.status(),
                    message.trim_end_matches('.')
                ))
            } else {
                refusal(call, status, &message)
            };
            Err(Denied {
                error,
                not_found: answer.status() == 404,
            })
        }
        Reply::Foreign { message, .. } if answer.is_success() => {
            denied(ProviderError::Unbelievable(format!(
                "`{call}`: the answer ({}) has no `responseData`: {message}; check `api_url`",
                answer.status()
            )))
        }
        Reply::Foreign { message, .. } => denied(refusal(call, answer.status(), &message)),
        Reply::NotJson(error) if answer.status() == 401 => {
            denied(refusal(call, 401, &error.to_string()))
        }
        Reply::NotJson(error) if answer.is_success() => {
            denied(ProviderError::Unbelievable(error.to_string()))
        }
        Reply::NotJson(error) => denied(ProviderError::Unreachable(error.to_string())),
    }
}

/// A refusal to read, by its status.
fn refusal(call: &str, status: u16, message: &str) -> ProviderError {
    // The service's own full stop is not the end of the sentence.
    let message = message.trim_end_matches('.');
    let said = format!("`{call}`: cloudtalk answered {status}: {message}");
    match status {
        401 => ProviderError::Unauthorized(format!(
            "{said}; check the access key id and secret, or make a new pair under Account > Settings > API keys"
        )),
        403 => ProviderError::Unauthorized(format!(
            "{said}; the key pair has to be made by an admin, and the plan has to include the API (Essential or above)"
        )),
        404 | 405 => ProviderError::Unreachable(format!(
            "{said}; check `api_url`, its usual value ends in `/api`"
        )),
        408 | 500..=599 => ProviderError::Unreachable(format!("{said}; run again later")),
        _ => ProviderError::Unbelievable(said),
    }
}

fn unreached(error: HttpError) -> ProviderError {
    match error {
        HttpError::Credentials { .. } => ProviderError::Unauthorized(error.to_string()),
        HttpError::Address { .. }
        | HttpError::Insecure { .. }
        | HttpError::CaFile { .. }
        | HttpError::Setup { .. } => ProviderError::Settings(error.to_string()),
        HttpError::NotJson { .. } | HttpError::TooLarge { .. } => {
            ProviderError::Unbelievable(error.to_string())
        }
        _ => ProviderError::Unreachable(error.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
