//! What a person does in the vendor's dashboard, where the API cannot.

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::super::control::refusal;
use super::super::message::Answer;
use super::account::{Account, Role};
use super::agents::is_email;
use super::quirks::Quirks;
use super::seed::{self, SeedAgent, SeedNumber};

/// Changes to a user; what is left out stays. An extension never changes after creation, here neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentEdit {
    /// The e-mail address.
    pub email: Option<String>,
    /// The first name.
    pub firstname: Option<String>,
    /// The last name.
    pub lastname: Option<String>,
    /// The role.
    pub role: Option<Role>,
    /// The language.
    pub language: Option<String>,
    /// Whether the user is switched on.
    pub active: Option<bool>,
    /// Whether outbound calls are allowed.
    pub status_outbound: Option<bool>,
    /// The daily limit in EUR; null for the default.
    #[serde(deserialize_with = "nullable")]
    pub daily_price_limit: Option<Option<u32>>,
    /// The default number in E.164; null for none.
    #[serde(deserialize_with = "nullable")]
    pub default_number: Option<Option<String>>,
    /// The assigned numbers in E.164; none means all.
    pub associated_numbers: Option<Vec<String>>,
    /// Calls in the history, which make the user visible there.
    pub calls: Option<u32>,
}

/// Keeps null apart from a key that is not there.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Account {
    /// Changes a user; nothing is changed when a part is refused.
    ///
    /// # Errors
    /// Why not, in one sentence.
    pub fn edit_agent(&mut self, id: u64, edit: AgentEdit) -> Result<(), String> {
        let number = |e164: &String| match self.number_by_e164(e164) {
            Some(number) => Ok(number.id),
            None => Err(format!("number `{e164}` is not in the account")),
        };
        let default_number = match edit.default_number {
            Some(Some(e164)) => Some(Some(number(&e164)?)),
            Some(None) => Some(None),
            None => None,
        };
        let associated = edit
            .associated_numbers
            .map(|list| list.iter().map(number).collect::<Result<_, _>>());
        let associated = associated.transpose()?;
        if let Some(email) = edit
            .email
            .as_ref()
            .filter(|email| !is_email(email) || self.email_is_taken(email, Some(id)))
        {
            return Err(format!("e-mail `{email}` is taken or no address"));
        }
        let agent = self
            .agents
            .get_mut(id)
            .ok_or_else(|| format!("no user has the id `{id}`"))?;
        agent.email = edit.email.unwrap_or_else(|| agent.email.clone());
        agent.firstname = edit.firstname.unwrap_or_else(|| agent.firstname.clone());
        agent.lastname = edit.lastname.unwrap_or_else(|| agent.lastname.clone());
        agent.language = edit.language.unwrap_or_else(|| agent.language.clone());
        agent.role = edit.role.unwrap_or(agent.role);
        agent.active = edit.active.unwrap_or(agent.active);
        agent.status_outbound = edit.status_outbound.unwrap_or(agent.status_outbound);
        agent.daily_price_limit = edit.daily_price_limit.unwrap_or(agent.daily_price_limit);
        agent.call_number_id = default_number.unwrap_or(agent.call_number_id);
        agent.calls = edit.calls.unwrap_or(agent.calls);
        if let Some(associated) = associated {
            agent.associated_numbers = associated;
        }
        Ok(())
    }

    /// Adds a user of any role, if a seat is free.
    ///
    /// # Errors
    /// Why not, in one sentence.
    pub fn create_agent(&mut self, agent: &SeedAgent) -> Result<u64, String> {
        if self.is_full() {
            return Err("every purchased seat is used; buy one first".to_owned());
        }
        seed::add_agent(self, agent).map_err(|error| error.to_string())
    }

    /// Adds a number.
    ///
    /// # Errors
    /// Why not, in one sentence.
    pub fn create_number(&mut self, number: &SeedNumber) -> Result<u64, String> {
        seed::add_number(self, number).map_err(|error| error.to_string())
    }

    /// Buys seats or gives them back; `None` is unlimited.
    ///
    /// # Errors
    /// When more are in use.
    pub fn set_seats(&mut self, purchased: Option<u32>) -> Result<(), String> {
        let used = self.agents.len();
        match purchased {
            Some(seats) if (seats as usize) < used => {
                Err(format!("{used} seats are in use; delete users first"))
            }
            _ => {
                self.seats = purchased;
                Ok(())
            }
        }
    }
}

/// Carries out one dashboard request; `None` when it is no action.
pub(super) fn act(
    account: &mut Account,
    method: &Method,
    path: &str,
    body: &Map<String, Value>,
) -> Option<Answer> {
    let (collection, id) = match path.split_once('/') {
        Some((collection, id)) => (collection, Some(id.parse().ok()?)),
        None => (path, None),
    };
    let number = |name: &str| {
        body.get(name)
            .and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()))
    };
    let result = match (method.as_str(), collection, id) {
        ("POST", "agents", None) => read(body)
            .and_then(|agent| account.create_agent(&agent))
            .map(made),
        ("POST", "agents", Some(_)) if body.contains_key("extension") => {
            Err("an extension never changes; delete the user and create it again".to_owned())
        }
        ("POST", "agents", Some(id)) => read(body)
            .and_then(|edit| account.edit_agent(id, edit))
            .map(done),
        ("DELETE", "agents", Some(id)) => found(account.delete_agent(id)),
        ("POST", "groups", None) => name(body).map(|name| made(account.create_group(name))),
        ("POST", "groups", Some(id)) => match account.groups.get_mut(id) {
            Some(group) => name(body)
                .map(|name| group.internal_name = name.to_owned())
                .map(done),
            None => found(false),
        },
        ("DELETE", "groups", Some(id)) => found(account.delete_group(id)),
        ("POST" | "DELETE", "memberships", None) => {
            match (number("group_id"), number("agent_id")) {
                (Some(group), Some(agent)) if method == Method::POST => {
                    found(account.add_member(group, agent).is_some())
                }
                (Some(group), Some(agent)) => found(account.remove_member(group, agent)),
                _ => Err("`group_id` and `agent_id` must be ids".to_owned()),
            }
        }
        ("POST", "numbers", None) => read(body)
            .and_then(|number| account.create_number(&number))
            .map(made),
        ("POST", "seats", None) => match body.get("purchased") {
            Some(purchased) => serde_json::from_value(purchased.clone())
                .map_err(|error| format!("`purchased` is no count: {error}"))
                .and_then(|purchased| account.set_seats(purchased))
                .map(done),
            None => Err("`purchased` is missing".to_owned()),
        },
        ("POST", "quirks", None) => read::<Quirks>(body)
            .map(|quirks| account.quirks = quirks)
            .map(done),
        _ => return None,
    };
    Some(match result {
        Ok(body) => Answer::json(StatusCode::OK, &body),
        Err(why) => refusal(StatusCode::UNPROCESSABLE_ENTITY, &why),
    })
}

fn read<T: for<'de> Deserialize<'de>>(body: &Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(body.clone()))
        .map_err(|error| format!("the body cannot be read: {error}"))
}

fn name(body: &Map<String, Value>) -> Result<&str, String> {
    let name = body
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    name.ok_or_else(|| "`name` is missing".to_owned())
}

fn found(found: bool) -> Result<Value, String> {
    if found {
        Ok(done(()))
    } else {
        Err("there is none with these ids".to_owned())
    }
}

fn done((): ()) -> Value {
    json!({ "ok": true })
}

fn made(id: u64) -> Value {
    json!({ "id": id })
}
