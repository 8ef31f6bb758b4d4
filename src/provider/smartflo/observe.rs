//! Reads an account, and refuses to believe a reading that does not add up.
//!
//! The list of users has no total. What proves it whole is that every page counts its own rows, that the cursor moves,
//! that no id comes twice, and that each user's own page is of the same user. A list that visibly moved under the reading
//! is read once more, whole; after that the reading fails. The other lists are bare arrays, which prove nothing.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use serde_json::{Map, Value as Json, json};

use super::connect::Brand;
use super::convert::{
    self, Agents, CALLER_ID, DEPARTMENT, DEPARTMENTS, TIME_GROUP, USER, login_key, name_key,
};
use super::perform::Writer;
use super::reply::Reply;
use super::session::{Session, Unanswered};
use super::wire::{
    DepartmentRow, Misshapen, NumberRow, Page, Role, TimeGroupRow, UserDetail, UserId, UserRow,
};
use crate::http::{Answer, HttpError, Request};
use crate::model::{
    FieldName, Kind, Live, LiveResource, Permit, RemoteId, ResourceId, Scope, Value,
};
use crate::provider::{Connection, Observe, Perform, ProviderError, RequestCount};

/// The key of `account` that maps roles to their ids.
pub(super) const ROLE_IDS: &str = "role_ids";

const USERS: &str = "v1/users";
pub(super) const DEPARTMENT_LIST: &str = "v1/departments";
const NUMBERS: &str = "v1/my_number";
const TIME_GROUPS: &str = "v1/timegroups";

/// Rows on a page of users: the documentation's sample has as many, and nobody documents how many may be asked for.
pub const ROWS_PER_PAGE: u32 = 20;

/// A connection to one account, for reading.
///
/// A user's membership is read from the departments, so it is known only when they are in scope too.
#[derive(Debug)]
pub struct Smartflo {
    pub(super) session: Session,
    pub(super) brand: Brand,
    pub(super) agents: Agents,
    pub(super) role_ids: BTreeMap<String, String>,
    pub(super) agent_group_ids: BTreeMap<String, String>,
    /// Ids of roles that users hold, by name.
    pub(super) roles: BTreeMap<String, BTreeSet<String>>,
}

/// Why a list was not read.
enum Trouble {
    /// It changed while it was read.
    Moved(String),
    /// It cannot be believed, or was not to be had.
    Refused(ProviderError),
}

impl From<ProviderError> for Trouble {
    fn from(error: ProviderError) -> Self {
        Self::Refused(error)
    }
}

/// Why a request brought nothing.
pub(super) struct Denied {
    pub(super) error: ProviderError,
    /// The service itself says that there is no such thing.
    pub(super) not_found: bool,
}

impl From<ProviderError> for Denied {
    fn from(error: ProviderError) -> Self {
        Self {
            error,
            not_found: false,
        }
    }
}

fn doubt(path: &str, what: impl std::fmt::Display) -> ProviderError {
    ProviderError::Unbelievable(format!("`{path}`: {what}"))
}

impl Smartflo {
    pub(super) fn new(
        session: Session,
        brand: Brand,
        role_ids: BTreeMap<String, String>,
        agent_group_ids: BTreeMap<String, String>,
    ) -> Self {
        Self {
            session,
            brand,
            agents: Agents::default(),
            role_ids,
            agent_group_ids,
            roles: BTreeMap::new(),
        }
    }

    pub(super) async fn get(&mut self, request: Request) -> Result<Json, Denied> {
        match self.session.send(&request).await {
            Ok(answer) => believe(&answer),
            Err(Unanswered::NoSession(error)) => Err(error.into()),
            Err(Unanswered::Http(error)) => Err(unreached(error).into()),
        }
    }

    /// Reads a bare array.
    pub(super) async fn array<T>(
        &mut self,
        path: &str,
        read: fn(&Json) -> Result<T, Misshapen>,
    ) -> Result<Vec<T>, ProviderError> {
        let body = self
            .get(Request::get(path))
            .await
            .map_err(|denied| denied.error)?;
        let Json::Array(rows) = &body else {
            return Err(doubt(path, "the answer is no list; check `api_url`"));
        };
        rows.iter()
            .enumerate()
            .map(|(place, row)| {
                read(row).map_err(|error| doubt(path, format!("row {}: {error}", place + 1)))
            })
            .collect()
    }

    pub(super) async fn departments(&mut self) -> Result<Vec<DepartmentRow>, ProviderError> {
        let rows = self.array(DEPARTMENT_LIST, DepartmentRow::read).await?;
        let mut ids = BTreeSet::new();
        for row in &rows {
            if !ids.insert(&row.id) {
                let what = format!("the id `{}` is there twice", row.id);
                return Err(doubt(DEPARTMENT_LIST, what));
            }
        }
        Ok(rows)
    }

    /// Reads the list of users, page by page.
    async fn user_rows(&mut self) -> Result<Vec<UserRow>, Trouble> {
        let mut rows: Vec<UserRow> = Vec::new();
        let mut seen: BTreeMap<UserId, usize> = BTreeMap::new();
        let mut cursor: Option<UserId> = None;
        let mut cursors = BTreeSet::new();
        let mut number = 1;
        loop {
            let mut request = Request::get(USERS).query("limit", ROWS_PER_PAGE.to_string());
            if let Some(cursor) = &cursor {
                request = request.query("last_seen_id", cursor.as_str());
            }
            let body = self
                .get(request)
                .await
                .map_err(|denied| Trouble::Refused(denied.error))?;
            let Page {
                has_more,
                count,
                last_seen,
                rows: page,
            } = Page::read(&body)
                .map_err(|error| doubt(USERS, format!("page {number}: {error}")))?;
            if count.is_some_and(|count| count != page.len()) {
                let what = format!(
                    "page {number} counts {} rows (`count`) and holds {}; the list is not whole, so that nothing can \
                     be concluded from it; run again",
                    count.unwrap_or_default(),
                    page.len()
                );
                return Err(doubt(USERS, what).into());
            }
            let last_row = page.last().map(|row| row.id.clone());
            for row in page {
                match seen.insert(row.id.clone(), number) {
                    Some(earlier) if earlier == number => {
                        let what = format!("the id `{}` is twice on page {number}", row.id);
                        return Err(doubt(USERS, what).into());
                    }
                    Some(earlier) => {
                        return Err(Trouble::Moved(format!(
                            "the id `{}` is on page {earlier} and on page {number}",
                            row.id
                        )));
                    }
                    None => rows.push(row),
                }
            }
            if !has_more {
                return Ok(rows);
            }
            let Some(next) = last_seen
                .or(last_row.clone())
                .filter(|_| last_row.is_some())
            else {
                let what =
                    format!("page {number} is empty and promises more (`has_more`); run again");
                return Err(doubt(USERS, what).into());
            };
            if !cursors.insert(next.clone()) {
                let what = format!(
                    "the cursor `{next}` comes back on page {number}: the list would never end; run again"
                );
                return Err(doubt(USERS, what).into());
            }
            cursor = Some(next);
            number += 1;
        }
    }

    /// Reads one user; `None` when the service says that there is none.
    pub(super) async fn detail(
        &mut self,
        id: &UserId,
    ) -> Result<Option<UserDetail>, ProviderError> {
        let path = format!("v1/user/{id}");
        let body = match self.get(Request::get(path.as_str())).await {
            Ok(body) => body,
            Err(denied) if denied.not_found => return Ok(None),
            Err(denied) => return Err(denied.error),
        };
        let detail = UserDetail::read(&body).map_err(|error| doubt(&path, error))?;
        if detail.id != *id {
            return Err(doubt(
                &path,
                format!("the answer is about the user `{}`", detail.id),
            ));
        }
        Ok(Some(detail))
    }

    /// Reads the list and every user of it, with one more try when it moved under the reading.
    async fn people(&mut self) -> Result<Vec<(UserRow, UserDetail)>, ProviderError> {
        let mut moved = String::new();
        for _ in 0..2 {
            match self.people_once().await {
                Ok(people) => return Ok(people),
                Err(Trouble::Refused(error)) => return Err(error),
                Err(Trouble::Moved(what)) => moved = what,
            }
        }
        Err(doubt(
            USERS,
            format!(
                "{moved}, and again on a second reading; someone is changing the account now, run again when they are done"
            ),
        ))
    }

    async fn people_once(&mut self) -> Result<Vec<(UserRow, UserDetail)>, Trouble> {
        let mut people = Vec::new();
        for row in self.user_rows().await? {
            let Some(login) = row.login_id.as_deref() else {
                // A user whose key is hidden would look absent, and be created a second time.
                let what = format!("the user with id `{}` has no `login_id`", row.id);
                return Err(doubt(USERS, what).into());
            };
            let Some(detail) = self.detail(&row.id).await? else {
                return Err(Trouble::Moved(format!(
                    "the user `{login}` was listed and is gone"
                )));
            };
            if detail.login_id.as_deref().map(login_key) != Some(login_key(login)) {
                return Err(Trouble::Moved(format!(
                    "the user with id `{}` is `{login}` in the list and `{}` by itself",
                    row.id,
                    detail.login_id.as_deref().unwrap_or_default()
                )));
            }
            people.push((row, detail));
        }
        Ok(people)
    }

    fn learn_role(&mut self, role: Option<&Role>) {
        if let Some(Role { id, name }) = role {
            self.roles
                .entry(name_key(name))
                .or_default()
                .insert(id.clone());
        }
    }

    fn learn(&mut self, row: Option<&UserRow>, detail: &UserDetail) {
        self.learn_role(detail.role.as_ref());
        self.learn_role(row.and_then(|row| row.role.as_ref()));
        if let Some(login) = &detail.login_id {
            let agent = detail.agent.as_ref().map(|agent| &agent.id);
            self.agents
                .learn(&login_key(login), Some(&detail.id), agent);
        }
    }

    /// All users; with their departments, when those were read.
    async fn users(
        &mut self,
        departments: Option<&[DepartmentRow]>,
    ) -> Result<Vec<LiveResource>, ProviderError> {
        let people = self.people().await?;
        for (row, detail) in &people {
            self.learn(Some(row), detail);
        }
        let mut users = Vec::with_capacity(people.len());
        for (row, detail) in &people {
            let Some(mut user) = convert::user(Some(row), detail, &self.agents) else {
                continue;
            };
            if let Some(departments) = departments {
                let agent = detail.agent.as_ref().map(|agent| &agent.id);
                let of = departments.iter().filter(|department| {
                    department
                        .members
                        .iter()
                        .any(|member| Some(&member.agent) == agent)
                });
                let names = of.filter_map(|department| department.name.as_deref().map(name_key));
                user.fields
                    .insert(FieldName::from_static(DEPARTMENTS), Value::set(names));
            }
            users.push(user);
        }
        unique(USERS, users)
    }

    async fn look_up_user(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        let (row, user) = match remote {
            Some(remote) => {
                let user = UserId::parse(remote.as_str()).ok_or_else(|| {
                    ProviderError::Settings(format!(
                        "smartflo: {id}: `{remote}` is no user's id (an agent's id begins with a zero)"
                    ))
                })?;
                (None, user)
            }
            None => {
                let rows = match self.user_rows().await {
                    Ok(rows) => rows,
                    Err(Trouble::Refused(error)) => return Err(error),
                    Err(Trouble::Moved(what)) => return Err(doubt(USERS, what)),
                };
                let found = rows.into_iter().find(|row| {
                    let login = row.login_id.as_deref().map(login_key);
                    login.as_deref() == Some(id.key.as_str())
                });
                match found {
                    Some(row) => {
                        let user = row.id.clone();
                        (Some(row), user)
                    }
                    None => return Ok(None),
                }
            }
        };
        let Some(detail) = self.detail(&user).await? else {
            return Ok(None);
        };
        self.learn(row.as_ref(), &detail);
        Ok(convert::user(row.as_ref(), &detail, &self.agents))
    }
}

#[async_trait]
impl Observe for Smartflo {
    /// Reads the kinds in scope: for users a request for each twenty and one for each, for the others one request.
    async fn observe(&mut self, scope: &Scope) -> Result<Live, ProviderError> {
        let before = self.requests();
        let mut live = Live::default();
        let mut read = |kind: Kind, resources: Vec<LiveResource>| {
            live.mark_read(kind);
            resources
                .into_iter()
                .for_each(|resource| live.insert(resource));
        };
        if scope.kinds.contains(&CALLER_ID) {
            let rows = self.array(NUMBERS, NumberRow::read).await?;
            let numbers = rows.iter().filter_map(convert::caller_id).collect();
            read(CALLER_ID, unique(NUMBERS, numbers)?);
        }
        if scope.kinds.contains(&TIME_GROUP) {
            let rows = self.array(TIME_GROUPS, TimeGroupRow::read).await?;
            let groups = rows.iter().filter_map(convert::time_group).collect();
            read(TIME_GROUP, unique(TIME_GROUPS, groups)?);
        }
        let mut departments = None;
        if scope.kinds.contains(&DEPARTMENT) {
            let rows = self.departments().await?;
            let found = rows.iter().filter_map(convert::department).collect();
            read(DEPARTMENT, unique(DEPARTMENT_LIST, found)?);
            departments = Some(rows);
        }
        if scope.kinds.contains(&USER) {
            read(USER, self.users(departments.as_deref()).await?);
        }
        live.requests = self.requests().total() - before.total();
        live.beside = self.session.requests_beside();
        Ok(live)
    }

    /// Looks one object up: a user by id in one request, otherwise through the list.
    ///
    /// A user that was looked up has no `departments`, which only the departments know.
    async fn look_up(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        let found: Vec<LiveResource> = match id.kind.as_str() {
            "user" => return self.look_up_user(id, remote).await,
            "department" => {
                let rows = self.departments().await?;
                rows.iter().filter_map(convert::department).collect()
            }
            "caller_id" => {
                let rows = self.array(NUMBERS, NumberRow::read).await?;
                rows.iter().filter_map(convert::caller_id).collect()
            }
            "time_group" => {
                let rows = self.array(TIME_GROUPS, TimeGroupRow::read).await?;
                rows.iter().filter_map(convert::time_group).collect()
            }
            other => {
                return Err(ProviderError::Settings(format!(
                    "smartflo: there is no kind `{other}` to look up"
                )));
            }
        };
        Ok(found.into_iter().find(|resource| match remote {
            Some(remote) => resource.remote == *remote,
            None => resource.id.key == id.key,
        }))
    }

    fn requests(&self) -> RequestCount {
        let counter = self.session.client().counter();
        RequestCount {
            reads: counter.reads,
            writes: counter.writes,
        }
    }

    fn notices(&self) -> Vec<String> {
        self.session.notices().to_vec()
    }

    /// The ids of the roles that users hold, but for names that two roles share.
    fn learned(&self) -> Map<String, Json> {
        let single = self.roles.iter().filter(|(_, ids)| ids.len() == 1);
        let ids = single.filter_map(|(name, ids)| Some((name.clone(), json!(ids.first()?))));
        Map::from_iter([(ROLE_IDS.to_owned(), ids.collect::<Map<_, _>>().into())])
    }

    /// Logs out, where the connection logged in.
    async fn close(&mut self) {
        self.session.close().await;
    }
}

impl Connection for Smartflo {
    fn into_writer(self: Box<Self>, permit: Permit) -> Box<dyn Perform> {
        Box::new(Writer::new(*self, permit))
    }
}

/// Refuses two objects with one natural key: which of them a manifest means could not be told.
fn unique(path: &str, resources: Vec<LiveResource>) -> Result<Vec<LiveResource>, ProviderError> {
    let mut ids: BTreeMap<&str, &RemoteId> = BTreeMap::new();
    for resource in &resources {
        if let Some(other) = ids.insert(resource.id.key.as_str(), &resource.remote) {
            let what = format!(
                "{} is there twice, with the ids `{other}` and `{}`; rename or delete one in the panel",
                resource.id, resource.remote
            );
            return Err(doubt(path, what));
        }
    }
    Ok(resources)
}

/// The body of an answer to a read, or why it cannot be believed.
fn believe(answer: &Answer) -> Result<Json, Denied> {
    let call = answer.call();
    match Reply::of(answer) {
        // Reads carry no `success`; one that says no is an error inside a 200.
        Ok(reply) if answer.is_success() && reply.success != Some(false) => Ok(reply.body),
        Ok(reply) if answer.is_success() => Err(ProviderError::Unbelievable(format!(
            "`{call}`: the answer ({}) holds an error: {}; run again",
            answer.status(),
            reply.message().trim_end_matches('.')
        ))
        .into()),
        Ok(reply) => Err(Denied {
            error: refusal(call, answer.status(), &reply.message()),
            not_found: answer.status() == 404 && reply.is_own(),
        }),
        Err(error) if answer.status() == 401 => Err(refusal(call, 401, &error.to_string()).into()),
        Err(error) if answer.is_success() => {
            Err(ProviderError::Unbelievable(error.to_string()).into())
        }
        Err(error) => Err(ProviderError::Unreachable(error.to_string()).into()),
    }
}

/// A refusal to read, by its status.
fn refusal(call: &str, status: u16, message: &str) -> ProviderError {
    // The service's own full stop is not the end of the sentence.
    let message = message.trim_end_matches('.');
    let said = format!("`{call}`: smartflo answered {status}: {message}");
    match status {
        401 => ProviderError::Unauthorized(format!(
            "{said}; check `SMARTFLO_TOKEN`, or make a new one under API Connect > API Tokens"
        )),
        403 => ProviderError::Unauthorized(format!(
            "{said}; the token's Access Control does not cover this, or the login's role does not"
        )),
        404 | 405 => ProviderError::Unreachable(format!("{said}; check `api_url` and `dialect`")),
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
