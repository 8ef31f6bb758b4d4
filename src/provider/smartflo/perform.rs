//! Performs single writes, and sorts their answers into: done, refused, not sent, unknown.

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value as Json, json};

use super::convert::{
    AGENT, AGENT_GROUPS, ALL, BLOCKED, CALLER_ID, CALLER_IDS, CDR_USERS, DESIGNATION, EMAIL,
    ENABLED, EXTENSION, LOGIN_BASED_CALLING, LOGIN_ID, NAME, PASSWORD, PHONE, ROLE, TIME_GROUP,
    TIME_GROUP_FIELD, WEB_LOGIN, login_key, name_key, number_key,
};
use super::observe::Smartflo;
use super::reply::Reply;
use super::session::Unanswered;
use super::wire::{AgentId, Created, ObjectId, UserId};
use crate::http::{Answer, HttpError, Method, Request};
use crate::model::{
    FieldName, Fields, Kind, Live, LiveResource, Permit, RemoteId, ResourceId, Scope, Value,
};
use crate::provider::{
    Act, Failure, Observe, Operation, Perform, Performed, ProviderError, RequestCount,
};

/// A connection to one account, for writing.
#[derive(Debug)]
pub struct Writer(pub(super) Smartflo);

impl Writer {
    pub(super) fn new(reader: Smartflo, _permit: Permit) -> Self {
        Self(reader)
    }
}

/// Why a write brought no success.
pub(super) struct Refusal {
    pub(super) failure: Failure,
    /// The status of the service's own refusal; absent when the answer was not the service's.
    pub(super) status: Option<u16>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            status: None,
        }
    }
}

impl Writer {
    pub(super) async fn send(&mut self, request: Request) -> Result<Json, Refusal> {
        match self.0.session.send(&request).await {
            Ok(answer) => conclude(&answer),
            Err(Unanswered::NoSession(error)) => Err(not_sent(error).into()),
            Err(Unanswered::Http(error)) => Err(unanswered(error).into()),
        }
    }

    async fn create_user(
        &mut self,
        operation: &Operation<'_>,
        fields: &Fields,
    ) -> Result<Performed, Failure> {
        let password = operation
            .secrets
            .get(PASSWORD)
            .ok_or_else(|| unfit(operation, "a new user needs a password, and none was given"))?;
        // Who takes over an agent that is there gets none of their own; a person links the two.
        let takes_over = operation.wanted.contains_key("existing_agent");
        let declared = fields.get(AGENT).and_then(Value::as_bool);
        let agent = declared.unwrap_or(!takes_over);
        let mut body = Map::new();
        for field in [NAME, PHONE, EMAIL, LOGIN_ID, ROLE] {
            if fields.get(field).and_then(Value::as_text).is_none() {
                return Err(unfit(
                    operation,
                    &format!("the service demands `{field}` of a new user, and it is not declared"),
                ));
            }
        }
        let lacks_caller_id = fields
            .get(CALLER_IDS)
            .is_none_or(|list| list.texts().is_empty());
        if agent && lacks_caller_id {
            let what =
                format!("the service demands `{CALLER_IDS}` of a new agent; declare at least one");
            return Err(unfit(operation, &what));
        }
        body.insert("caller_id".to_owned(), json!([]));
        self.add_fields(&mut body, operation, fields, true)?;
        body.insert("password".to_owned(), json!(password.expose()));
        body.insert("create_agent".to_owned(), json!(agent));
        // Named by older revisions of the documentation, and harmless where it is not known; the newer ones can only
        // block the login.
        let web_login = fields.get(WEB_LOGIN).and_then(Value::as_bool);
        body.insert(
            "create_web_login".to_owned(),
            json!(web_login.unwrap_or(true)),
        );
        if web_login == Some(false) {
            body.insert("block_web_login".to_owned(), json!(true));
        }
        let enabled = fields.get(ENABLED).and_then(Value::as_bool);
        body.insert("status".to_owned(), json!(enabled.unwrap_or(true)));
        if let Some(wanted) = fields.get(EXTENSION).and_then(Value::as_bool) {
            body.insert(self.0.brand.extension_key().to_owned(), json!(wanted));
        }
        if let Some(group) = fields.get(TIME_GROUP_FIELD).and_then(Value::as_text) {
            let id = listed(operation, TIME_GROUP, group)?;
            body.insert("time_group".to_owned(), figure(id.as_str()));
        }
        let request = Request::new(Method::POST, "v1/user")
            .json(Json::Object(body))
            .secret(SecretString::from(password.expose()));
        let answer = self
            .send(request)
            .await
            .map_err(|refusal| refusal.failure)?;
        let Created { id, agent } = Created::read(&answer);
        // Without an id in the answer the user exists all the same; it can be found by its login id.
        let user = id.as_deref().and_then(UserId::parse);
        if let Some(agent) = &agent {
            self.0
                .agents
                .learn(operation.id.key.as_str(), user.as_ref(), Some(agent));
        }
        Ok(Performed {
            remote: user.as_ref().map(RemoteId::from),
            already_so: false,
            presumed: false,
        })
    }

    async fn update_user(
        &mut self,
        operation: &Operation<'_>,
        changed: &Fields,
    ) -> Result<Performed, Failure> {
        let id = user_id(operation)?;
        let mut body = Map::new();
        self.add_fields(&mut body, operation, changed, false)?;
        let request = Request::new(Method::PATCH, format!("v1/user/{id}")).json(Json::Object(body));
        self.send(request)
            .await
            .map_err(|refusal| refusal.failure)?;
        if let Some(login) = changed.get(LOGIN_ID).and_then(Value::as_text) {
            let agent = self.0.agents.user_key(&id).and_then(|key| {
                let agent = self.0.agents.of(key).cloned();
                agent.map(|agent| (login_key(login), agent))
            });
            if let Some((key, agent)) = agent {
                self.0.agents.learn(&key, Some(&id), Some(&agent));
            }
        }
        Ok(Performed::default())
    }

    /// Adds the fields that create and patch share; a field that a patch does not know is refused, not dropped.
    fn add_fields(
        &self,
        body: &mut Map<String, Json>,
        operation: &Operation<'_>,
        fields: &Fields,
        creates: bool,
    ) -> Result<(), Failure> {
        for (name, value) in fields {
            let (key, sent) = match name.as_str() {
                LOGIN_ID => ("login_id", json!(text(operation, name, value)?)),
                NAME => ("name", json!(text(operation, name, value)?)),
                PHONE => ("number", json!(text(operation, name, value)?)),
                EMAIL => ("email", json!(text(operation, name, value)?)),
                DESIGNATION if creates => continue,
                DESIGNATION => ("designation", json!(text(operation, name, value)?)),
                ROLE => {
                    let id = self.role_id(operation, text(operation, name, value)?)?;
                    // A number in the one, text in the other (documented).
                    let sent = if creates { figure(&id) } else { json!(id) };
                    ("user_role", sent)
                }
                BLOCKED => ("block_web_login", json!(flag(operation, name, value)?)),
                LOGIN_BASED_CALLING => {
                    ("login_based_calling", json!(flag(operation, name, value)?))
                }
                CALLER_IDS => {
                    let ids = value.texts().into_iter().map(|number| {
                        let id = listed(operation, CALLER_ID, &number_key(number))?;
                        Ok(if creates {
                            figure(id.as_str())
                        } else {
                            json!(id.as_str())
                        })
                    });
                    (
                        "caller_id",
                        Json::Array(ids.collect::<Result<_, Failure>>()?),
                    )
                }
                AGENT_GROUPS => {
                    let ids = value.texts().into_iter().map(|group| {
                        let id = self.0.agent_group_ids.get(&name_key(group));
                        id.map(|id| json!(id)).ok_or_else(|| {
                            unfit(
                                operation,
                                &format!(
                                    "the id of the agent group `{group}` is not known, and the API lists none; \
                                     take it from the panel's address bar and add it to `account.agent_group_ids`"
                                ),
                            )
                        })
                    });
                    ("agent_group", Json::Array(ids.collect::<Result<_, _>>()?))
                }
                CDR_USERS => ("user_for_cdr", self.cdr(operation, value)?),
                // The create itself takes these under other keys, or they are another step's.
                _ if creates => continue,
                other => {
                    return Err(unfit(
                        operation,
                        &format!("`{other}` cannot be changed through the API"),
                    ));
                }
            };
            body.insert(key.to_owned(), sent);
        }
        Ok(())
    }

    /// The id of a role: given by the operator, or learned from a user who holds it.
    fn role_id(&self, operation: &Operation<'_>, role: &str) -> Result<String, Failure> {
        let name = name_key(role);
        if let Some(id) = self.0.role_ids.get(&name) {
            return Ok(id.clone());
        }
        let hint = "open the role in the panel, take the id from the address bar, and add it to `account.role_ids`";
        let mut learned = self.0.roles.get(&name).into_iter().flatten();
        match (learned.next(), learned.next()) {
            (Some(id), None) => Ok(id.clone()),
            (Some(one), Some(other)) => Err(unfit(
                operation,
                &format!(
                    "two roles are called `{role}`, with the ids `{one}` and `{other}`; {hint}"
                ),
            )),
            (None, _) => Err(unfit(
                operation,
                &format!(
                    "the id of the role `{role}` is not known: the API lists no roles, and no user holds it; {hint}"
                ),
            )),
        }
    }

    /// Whose calls the user shall see: everybody's, nobody's, or those of some agents.
    fn cdr(&self, operation: &Operation<'_>, value: &Value) -> Result<Json, Failure> {
        let users = value.texts();
        if users == [ALL] {
            return Ok(json!({ "type": ALL }));
        }
        if users.is_empty() {
            return Ok(json!({ "type": "none" }));
        }
        let ids: Result<Vec<&str>, Failure> = users
            .into_iter()
            .map(|login| {
                let known = self.0.agents.of(&login_key(login)).map(AgentId::as_str);
                // What belongs to nobody is named by its own id, as it was read.
                let bare = AgentId::parse(login).is_some_and(|id| id.as_str().starts_with('0'));
                known.or(bare.then_some(login)).ok_or_else(|| {
                    unfit(
                        operation,
                        &format!(
                            "`{CDR_USERS}`: `{login}` has no agent, or is not in the account yet"
                        ),
                    )
                })
            })
            .collect();
        Ok(json!({ "type": "agent", "value": ids? }))
    }

    pub(super) async fn delete(&mut self, path: String) -> Result<Performed, Failure> {
        match self.send(Request::new(Method::DELETE, path)).await {
            Ok(_) => Ok(Performed::default()),
            // The id is of the right kind by its type, so this is no agent's id that was taken for a user's.
            Err(refusal) if refusal.status == Some(404) => Ok(Performed {
                remote: None,
                already_so: true,
                presumed: false,
            }),
            Err(refusal) => Err(refusal.failure),
        }
    }

    /// The agent of the operation's user: known from before, or read once more.
    pub(super) async fn agent_of(&mut self, operation: &Operation<'_>) -> Result<AgentId, Failure> {
        if let Some(agent) = self.0.agents.of(operation.id.key.as_str()) {
            return Ok(agent.clone());
        }
        let id = user_id(operation)?;
        let detail = self.0.detail(&id).await.map_err(not_sent)?;
        let agent = detail.and_then(|detail| detail.agent).map(|agent| agent.id);
        let agent = agent.ok_or_else(|| {
            unfit(
                operation,
                "it has no agent, and only agents are in departments; enable the agent in the panel first",
            )
        })?;
        self.0
            .agents
            .learn(operation.id.key.as_str(), Some(&id), Some(&agent));
        Ok(agent)
    }
}

#[async_trait]
impl Observe for Writer {
    async fn observe(&mut self, scope: &Scope) -> Result<Live, ProviderError> {
        self.0.observe(scope).await
    }

    async fn look_up(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        self.0.look_up(id, remote).await
    }

    fn requests(&self) -> RequestCount {
        self.0.requests()
    }

    fn notices(&self) -> Vec<String> {
        self.0.notices()
    }

    fn learned(&self) -> Map<String, Json> {
        self.0.learned()
    }

    async fn close(&mut self) {
        self.0.close().await;
    }
}

#[async_trait]
impl Perform for Writer {
    /// Sends as many requests as the capability table says.
    ///
    /// `already_so` is told for an object that is gone already, and for a membership that is as it shall be.
    async fn perform(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure> {
        match (operation.id.kind.as_str(), operation.act) {
            ("user", Act::Create { fields }) => self.create_user(operation, fields).await,
            ("user", Act::Update { fields }) => self.update_user(operation, fields).await,
            ("user", Act::Delete) => {
                let path = format!("v1/user/{}", user_id(operation)?);
                self.delete(path).await
            }
            ("user", Act::AddMember { target, .. }) => {
                self.change_membership(operation, target, true).await
            }
            ("user", Act::RemoveMember { target, .. }) => {
                self.change_membership(operation, target, false).await
            }
            ("department", Act::Create { .. }) => self.create_department(operation).await,
            ("department", Act::Update { fields }) => {
                self.rename_department(operation, fields).await
            }
            ("department", Act::Delete) => {
                let path = format!("v1/department/{}", object_id(operation)?);
                self.delete(path).await
            }
            (kind, _) => Err(unfit(
                operation,
                &format!("the API has no such operation for a {kind}"),
            )),
        }
    }
}

/// A refusal of our own, before anything is sent.
pub(super) fn unfit(operation: &Operation<'_>, why: &str) -> Failure {
    Failure::Refused(format!("{}: not sent: {why}", operation.id))
}

fn text<'a>(
    operation: &Operation<'_>,
    name: &FieldName,
    value: &'a Value,
) -> Result<&'a str, Failure> {
    value
        .as_text()
        .ok_or_else(|| unfit(operation, &format!("`{name}` is no text")))
}

fn flag(operation: &Operation<'_>, name: &FieldName, value: &Value) -> Result<bool, Failure> {
    value
        .as_bool()
        .ok_or_else(|| unfit(operation, &format!("`{name}` is neither true nor false")))
}

/// The id of a user that is to be changed; an agent's id is refused, for the service would answer "not found".
fn user_id(operation: &Operation<'_>) -> Result<UserId, Failure> {
    let id = remote(operation)?;
    UserId::parse(id.as_str()).ok_or_else(|| {
        unfit(
            operation,
            &format!("`{id}` is no user's id (an agent's id begins with a zero)"),
        )
    })
}

pub(super) fn object_id(operation: &Operation<'_>) -> Result<ObjectId, Failure> {
    let id = remote(operation)?;
    ObjectId::parse(id.as_str()).ok_or_else(|| {
        unfit(
            operation,
            &format!("the id `{id}` is none that Smartflo gives"),
        )
    })
}

fn remote<'a>(operation: &Operation<'a>) -> Result<&'a RemoteId, Failure> {
    operation.remote.ok_or_else(|| {
        unfit(
            operation,
            "the service's id of it is not known; look it up first",
        )
    })
}

/// The id of a number or a time group, which were read.
fn listed<'a>(operation: &Operation<'a>, kind: Kind, key: &str) -> Result<&'a RemoteId, Failure> {
    let target = ResourceId::new(kind, key);
    operation
        .directory
        .get(&target)
        .ok_or_else(|| unfit(operation, &format!("the account has no {target}")))
}

/// A whole number as a number, anything else, such as leading zeros, to the letter.
pub(super) fn figure(text: &str) -> Json {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => json!(number),
        _ => json!(text),
    }
}

/// What an answer to a write proves: only 2xx with `success` is success (documented contradictions on both sides).
fn conclude(answer: &Answer) -> Result<Json, Refusal> {
    let call = answer.call();
    let status = answer.status();
    let reply = match Reply::of(answer) {
        Ok(reply) => reply,
        Err(error) if status == 401 => return Err(Failure::Unauthorized(error.to_string()).into()),
        Err(error) => return Err(Failure::Unknown(error.to_string()).into()),
    };
    let said = format!("`{call}`: {status}: {}", reply.message());
    let failure = match (status, reply.success) {
        (200..=299, Some(true)) => return Ok(reply.body),
        (200..=299, Some(false)) => Failure::Refused(said),
        (200..=299, None) => Failure::Unknown(format!(
            "{said}; the answer does not say whether it was done"
        )),
        (401, _) => Failure::Unauthorized(said),
        (429, _) => Failure::NotSent(said),
        (408 | 500.., _) => Failure::Unknown(said),
        (_, Some(true)) => Failure::Unknown(format!("{said}; it says success and refusal at once")),
        _ => Failure::Refused(said),
    };
    Err(Refusal {
        failure,
        status: reply.is_own().then_some(status),
    })
}

/// What a read that failed before a write means for the write: it was not sent.
pub(super) fn not_sent(error: ProviderError) -> Failure {
    match error {
        ProviderError::Unauthorized(text) => Failure::Unauthorized(text),
        other => Failure::NotSent(other.to_string()),
    }
}

/// What a write without an answer proves.
fn unanswered(error: HttpError) -> Failure {
    match error {
        HttpError::Credentials { .. } => Failure::Unauthorized(error.to_string()),
        _ if error.did_not_happen() => Failure::NotSent(error.to_string()),
        _ => Failure::Unknown(error.to_string()),
    }
}
