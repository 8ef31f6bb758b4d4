//! Performs single writes, and sorts their answers into: done, refused, not sent, unknown.

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Map, Value as Json, json};

use super::convert::{
    DAILY_PRICE_LIMIT, DEFAULT_NUMBER, EMAIL, EXTENSION, FIRST_NAME, LAST_NAME, NAME, NO_ROUTE,
    NUMBER, OUTBOUND_CALLS, PASSWORD, ROUTE, ROUTE_TYPE, number_key, route_figure,
};
use super::observe::CloudTalk;
use super::reply::{Envelope, Reply};
use crate::http::{Answer, HttpError, Method, Request};
use crate::model::{
    FieldName, Fields, Kind, Live, LiveResource, Permit, RemoteId, ResourceId, Scope, Value,
};
use crate::provider::{
    Act, Failure, Observe, Operation, Perform, Performed, ProviderError, RequestCount,
};

/// A connection to one CloudTalk account, for writing.
#[derive(Debug)]
pub struct Writer(CloudTalk);

impl Writer {
    pub(super) fn new(reader: CloudTalk, _permit: Permit) -> Self {
        Self(reader)
    }
}

/// How many writing requests an operation takes, given the fields that it changes.
///
/// One, except that a number which loses its route and changes its name takes two: the route is cleared by another
/// endpoint. Reads that translate a number's id are not counted; they are needed only when numbers were not observed.
pub fn request_cost(kind: &Kind, act: &Act<'_>) -> u32 {
    match act {
        Act::Update { fields }
            if *kind == NUMBER && clears_route(fields) && edits_number(fields) =>
        {
            2
        }
        Act::Create { .. }
        | Act::Update { .. }
        | Act::Delete
        | Act::AddMember { .. }
        | Act::RemoveMember { .. } => 1,
    }
}

/// Whether a changed number leads nowhere from now on.
fn clears_route(changed: &Fields) -> bool {
    [ROUTE_TYPE, ROUTE]
        .into_iter()
        .any(|name| changed.get(name).and_then(Value::as_text) == Some(NO_ROUTE))
}

/// Whether a changed number changes in anything but its route going away.
fn edits_number(changed: &Fields) -> bool {
    changed.contains_key(NAME)
}

/// Why a write brought no success.
struct Denied {
    failure: Failure,
    /// The status of the service's own refusal; absent when the answer was not the service's.
    status: Option<u16>,
    /// The refusal names the fields that it is about.
    details: bool,
}

impl From<Failure> for Denied {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            status: None,
            details: false,
        }
    }
}

impl Writer {
    async fn send(&mut self, request: Request) -> Result<Envelope, Denied> {
        match self.0.client.send(&request).await {
            Ok(answer) => conclude(&answer),
            Err(error) => Err(Denied::from(unanswered(error))),
        }
    }

    async fn create_user(
        &mut self,
        operation: &Operation<'_>,
        fields: &Fields,
    ) -> Result<Performed, Failure> {
        let mut body = names(operation.wanted)?;
        let password = operation
            .secrets
            .get(PASSWORD)
            .ok_or_else(|| unfit(operation, "a new user needs a password, and none was given"))?;
        body.insert("pass".to_owned(), json!(password.expose()));
        if let Some(extension) = fields.get(EXTENSION) {
            body.insert("extension".to_owned(), figure(&extension.to_string()));
        }
        self.add_options(&mut body, operation, fields, fields)
            .await?;
        let request = Request::new(Method::PUT, "agents/add.json")
            .json(Json::Object(body))
            .secret(SecretString::from(password.expose()));
        let envelope = self.send(request).await.map_err(|denied| denied.failure)?;
        // Without an id in the answer the agent exists all the same; it can be found by its e-mail.
        Ok(Performed {
            remote: envelope.created_id().map(RemoteId::from),
            already_so: false,
            presumed: false,
        })
    }

    async fn update_user(
        &mut self,
        operation: &Operation<'_>,
        changed: &Fields,
    ) -> Result<Performed, Failure> {
        let id = remote(operation)?;
        for name in [DEFAULT_NUMBER, DAILY_PRICE_LIMIT] {
            if changed.contains_key(name) && !operation.wanted.contains_key(name) {
                return Err(unfit(
                    operation,
                    &format!("`{name}` cannot be unset through the API"),
                ));
            }
        }
        // The service wants the names in every edit, and nobody documents what it does with an omitted option.
        let mut body = names(operation.wanted)?;
        self.add_options(&mut body, operation, operation.wanted, changed)
            .await?;
        let request =
            Request::new(Method::POST, format!("agents/edit/{id}.json")).json(Json::Object(body));
        self.send(request).await.map_err(|denied| denied.failure)?;
        Ok(Performed::default())
    }

    /// Adds the fields that both add and edit take.
    ///
    /// A default number whose id is unknown is fatal only when it is one of the changed fields.
    async fn add_options(
        &mut self,
        body: &mut Map<String, Json>,
        operation: &Operation<'_>,
        from: &Fields,
        changed: &Fields,
    ) -> Result<(), Failure> {
        if let Some(on) = from.get(OUTBOUND_CALLS).and_then(Value::as_bool) {
            body.insert("status_outbound".to_owned(), json!(on));
        }
        if let Some(limit) = from.get(DAILY_PRICE_LIMIT).and_then(Value::as_integer) {
            body.insert("daily_price_limit".to_owned(), json!(limit));
        }
        if let Some(number) = from.get(DEFAULT_NUMBER).and_then(Value::as_text) {
            match self.number_id(operation, number).await? {
                Some(id) => {
                    body.insert("call_number_id".to_owned(), figure(&id));
                }
                None if changed.contains_key(DEFAULT_NUMBER) => {
                    return Err(unfit(
                        operation,
                        &format!("the account has no number `{number}`"),
                    ));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// The id of a number: given with the operation, learned before, or looked for once in the list of numbers.
    async fn number_id(
        &mut self,
        operation: &Operation<'_>,
        number: &str,
    ) -> Result<Option<String>, Failure> {
        let key = number_key(number);
        if let Some(id) = operation
            .directory
            .get(&ResourceId::new(NUMBER, key.clone()))
        {
            return Ok(Some(id.as_str().to_owned()));
        }
        if self.0.numbers.id(&key).is_none() {
            // Only reading happened so far, so whatever goes wrong here, the write was not sent.
            self.0.learn_numbers().await.map_err(|error| match error {
                ProviderError::Unauthorized(text) => Failure::Unauthorized(text),
                other => Failure::NotSent(format!(
                    "{}: looking for the number `{number}`: {other}",
                    operation.id
                )),
            })?;
        }
        Ok(self.0.numbers.id(&key).map(str::to_owned))
    }

    async fn delete_user(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure> {
        let id = remote(operation)?;
        let request = Request::new(Method::DELETE, format!("agents/delete/{id}.json"));
        self.send_or_already(request, |denied| denied.status == Some(404))
            .await
    }

    async fn change_membership(
        &mut self,
        operation: &Operation<'_>,
        target: &ResourceId,
        joins: bool,
    ) -> Result<Performed, Failure> {
        let agent = remote(operation)?;
        let group = operation.directory.get(target).ok_or_else(|| {
            unfit(
                operation,
                &format!("the id of {target} is not known; it has to be created first"),
            )
        })?;
        let group = figure(group.as_str());
        if joins {
            let body = json!({ "group_id": group, "agent_id": figure(agent) });
            let request = Request::new(Method::PUT, "groups/add.json").json(body);
            // A refusal without details is documented for ids that do not exist. Both ids were read from the account,
            // so it stands for a member added twice; that a group vanished meanwhile is told by its member count.
            let answered = self
                .send_or_already(request, |denied| {
                    denied.status == Some(406) && !denied.details
                })
                .await;
            answered.map(|performed| Performed {
                presumed: performed.already_so,
                ..performed
            })
        } else {
            // The path names the agent; the group is in the body, for all that this is a DELETE.
            let request = Request::new(Method::DELETE, format!("groups/delete/{agent}.json"))
                .json(json!({ "group_id": group }));
            self.send_or_already(request, |denied| denied.status == Some(404))
                .await
        }
    }

    async fn send_or_already(
        &mut self,
        request: Request,
        already: impl Fn(&Denied) -> bool,
    ) -> Result<Performed, Failure> {
        match self.send(request).await {
            Ok(_) => Ok(Performed::default()),
            Err(denied) if already(&denied) => Ok(Performed {
                remote: None,
                already_so: true,
                presumed: false,
            }),
            Err(denied) => Err(denied.failure),
        }
    }

    async fn update_number(
        &mut self,
        operation: &Operation<'_>,
        changed: &Fields,
    ) -> Result<Performed, Failure> {
        let id = remote(operation)?;
        let clears = clears_route(changed);
        let edits = edits_number(changed) || !clears;
        if edits {
            let mut body = Map::new();
            if let Some(name) = operation.wanted.get(NAME).and_then(Value::as_text) {
                body.insert("internal_name".to_owned(), json!(name));
            }
            if !clears {
                let needed = changed.contains_key(ROUTE) || changed.contains_key(ROUTE_TYPE);
                match route(operation) {
                    Ok((kind, source)) => {
                        body.insert("connected_to".to_owned(), json!(kind));
                        body.insert("source_id".to_owned(), source);
                    }
                    Err(failure) if needed => return Err(failure),
                    // The target cannot be read back, so it may be unknown when something else changes.
                    Err(_) => {}
                }
            }
            let request = Request::new(Method::POST, format!("numbers/edit/{id}.json"))
                .json(Json::Object(body));
            self.send(request).await.map_err(|denied| denied.failure)?;
        }
        if clears {
            let request = Request::new(Method::DELETE, format!("numbers/clear/{id}.json"));
            self.send(request)
                .await
                .map_err(|denied| match denied.failure {
                    // A refusal promises that nothing happened, and the rename did.
                    Failure::Refused(text) if edits => Failure::Unknown(format!(
                        "the number was renamed, then clearing its route was refused: {text}"
                    )),
                    other => other,
                })?;
        }
        Ok(Performed::default())
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
}

#[async_trait]
impl Perform for Writer {
    /// Sends as many writing requests as [`request_cost`] says.
    ///
    /// `already_so` is told for an agent or a membership that is gone already (404), and for an agent that the service
    /// will not add to a group without naming a reason (406), which is how it may answer for a member; whether it is one
    /// shows in the group's member count.
    async fn perform(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure> {
        match (operation.id.kind.as_str(), operation.act) {
            ("user", Act::Create { fields }) => self.create_user(operation, fields).await,
            ("user", Act::Update { fields }) => self.update_user(operation, fields).await,
            ("user", Act::Delete) => self.delete_user(operation).await,
            ("user", Act::AddMember { target, .. }) => {
                self.change_membership(operation, target, true).await
            }
            ("user", Act::RemoveMember { target, .. }) => {
                self.change_membership(operation, target, false).await
            }
            ("number", Act::Update { fields }) => self.update_number(operation, fields).await,
            (kind, _) => Err(unfit(
                operation,
                &format!("the API has no such operation for a {kind}"),
            )),
        }
    }
}

/// A refusal of our own, before anything is sent.
fn unfit(operation: &Operation<'_>, why: &str) -> Failure {
    Failure::Refused(format!("{}: not sent: {why}", operation.id))
}

fn remote<'a>(operation: &Operation<'a>) -> Result<&'a str, Failure> {
    let id = operation.remote.ok_or_else(|| {
        unfit(
            operation,
            "the service's id of it is not known; look it up first",
        )
    })?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.as_str().is_empty() || !id.as_str().bytes().all(plain) {
        return Err(unfit(
            operation,
            &format!("the id `{id}` is not one that CloudTalk gives"),
        ));
    }
    Ok(id.as_str())
}

/// The three fields that add and edit demand.
fn names(wanted: &Fields) -> Result<Map<String, Json>, Failure> {
    let mut body = Map::new();
    for (field, key) in [
        (EMAIL, "email"),
        (FIRST_NAME, "firstname"),
        (LAST_NAME, "lastname"),
    ] {
        let text = wanted
            .get(&FieldName::from_static(field))
            .and_then(Value::as_text)
            .ok_or_else(|| {
                Failure::Refused(format!(
                    "not sent: the service demands `{field}`, and it is not declared"
                ))
            })?;
        body.insert(key.to_owned(), json!(text));
    }
    Ok(body)
}

/// A whole number as the number that the specification wants, anything else, such as leading zeros, to the letter.
fn figure(text: &str) -> Json {
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => json!(number),
        _ => json!(text),
    }
}

/// Where a number shall lead: the vendor's figure for the kind, and the id of the target.
fn route(operation: &Operation<'_>) -> Result<(u64, Json), Failure> {
    let Some(Value::Map(map)) = operation.wanted.get(ROUTE) else {
        return Err(unfit(
            operation,
            "the route has no target; declare `route` with a group or a user",
        ));
    };
    let (kind, target) = map
        .first_key_value()
        .ok_or_else(|| unfit(operation, "the route is empty"))?;
    let kind_figure = route_figure(kind)
        .ok_or_else(|| unfit(operation, &format!("a number cannot lead to a {kind}")))?;
    let target = target.to_string();
    let id = match kind.as_str() {
        "group" | "user" => {
            let target = ResourceId::new(kind.as_str(), target);
            let id = operation.directory.get(&target);
            id.ok_or_else(|| unfit(operation, &format!("the id of {target} is not known")))?
                .as_str()
                .to_owned()
        }
        // Conferences and faxes cannot be listed; the manifest names them by id.
        _ => target,
    };
    Ok((kind_figure, figure(&id)))
}

/// What an answer to a write proves.
fn conclude(answer: &Answer) -> Result<Envelope, Denied> {
    let call = answer.call();
    let (status, message, details, own) = match Reply::of(answer) {
        Reply::Envelope(envelope) => {
            let inside = envelope.status.filter(|status| *status >= 400);
            let status = match (answer.is_success(), inside) {
                (true, None) => return Ok(envelope),
                (true, Some(inside)) => inside,
                (false, _) => answer.status(),
            };
            let details = envelope.has_details();
            (
                status,
                envelope.message.unwrap_or_else(|| "no message".to_owned()),
                details,
                true,
            )
        }
        Reply::Foreign { message, .. } if answer.is_success() => {
            return Err(Denied::from(Failure::Unknown(format!(
                "`{call}`: the answer ({}) has no `responseData`: {message}",
                answer.status()
            ))));
        }
        Reply::Foreign { message, .. } => (answer.status(), message, false, false),
        Reply::NotJson(error) if answer.status() == 401 => (401, error.to_string(), false, false),
        Reply::NotJson(error) => return Err(Denied::from(Failure::Unknown(error.to_string()))),
    };
    let said = format!("`{call}`: {status}: {message}");
    let failure = match status {
        401 => Failure::Unauthorized(said),
        // The vendor's words for a full account: "Max. number of agents reached." (OpenAPI 1.7).
        403 if message.to_lowercase().contains("number of agents") => Failure::Exhausted(said),
        429 => Failure::NotSent(said),
        408 | 500.. => Failure::Unknown(said),
        _ => Failure::Refused(said),
    };
    Err(Denied {
        failure,
        status: own.then_some(status),
        details,
    })
}

/// What a write without an answer proves.
fn unanswered(error: HttpError) -> Failure {
    match error {
        HttpError::Credentials { .. } => Failure::Unauthorized(error.to_string()),
        _ if error.did_not_happen() => Failure::NotSent(error.to_string()),
        _ => Failure::Unknown(error.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
