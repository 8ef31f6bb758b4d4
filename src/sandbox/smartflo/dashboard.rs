//! What a person does in the vendor's panel, and no request can.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::control::refusal;
use super::super::message::Answer;
use super::account::{Account, take};
use super::quirks::Quirks;
use super::seed::{self, SeedUser};

/// Changes to a user; what is left out stays. An explicit null unsets what can be unset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserEdit {
    /// The addresses that may log in; null is all.
    #[serde(deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<Option<Vec<String>>>,
    /// The extension: any name the operator chose; null takes it away.
    #[serde(deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub extension: Option<Option<String>>,
    /// Makes the user an agent, or takes the agent away.
    pub agent: Option<bool>,
    /// Links an agent that belongs to nobody.
    pub existing_agent: Option<String>,
    /// Where calls are forwarded to, in E.164.
    pub call_forward_number: Option<String>,
    /// The name of the time group; null takes it away.
    #[serde(deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub time_group: Option<Option<String>>,
    /// Whether the user is enabled.
    pub status: Option<bool>,
    /// Whether the web login is blocked.
    pub web_login_blocked: Option<bool>,
    /// The designation; null takes it away.
    #[serde(deserialize_with = "there", skip_serializing_if = "Option::is_none")]
    pub designation: Option<Option<String>>,
    /// The role's name.
    pub role: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The names of the agent groups.
    pub agent_groups: Option<Vec<String>>,
    /// The caller ids in E.164, in order.
    pub caller_ids: Option<Vec<String>>,
}

/// Tells null from a key that is left out.
fn there<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Account {
    /// Changes a user the way the panel can.
    ///
    /// # Errors
    /// Why not, in one sentence; nothing is changed then.
    pub fn edit_user(&mut self, id: u64, edit: UserEdit) -> Result<(), String> {
        let mut user = self
            .users
            .get(&id)
            .cloned()
            .ok_or_else(|| format!("no user has the id `{id}`"))?;
        let UserEdit {
            allowed_ips,
            extension,
            agent,
            existing_agent,
            call_forward_number,
            time_group,
            status,
            web_login_blocked,
            designation,
            role,
            name,
            agent_groups,
            caller_ids,
        } = edit;
        user.allowed_ips = allowed_ips.unwrap_or(user.allowed_ips);
        user.status = status.unwrap_or(user.status);
        user.web_login_blocked = web_login_blocked.unwrap_or(user.web_login_blocked);
        user.designation = designation.unwrap_or(user.designation);
        user.name = name.unwrap_or(user.name);
        if let Some(role) = role {
            user.role = named(&self.roles, "role", &role)?;
        }
        if let Some(names) = agent_groups {
            let ids = names
                .iter()
                .map(|name| named(&self.agent_groups, "agent group", name));
            user.agent_groups = ids.collect::<Result<_, _>>()?;
        }
        if let Some(dids) = caller_ids {
            let id = |did: &String| {
                let found = self.numbers.values().find(|known| known.did == *did);
                found
                    .map(|known| known.id)
                    .ok_or_else(|| format!("there is no number `{did}`"))
            };
            user.caller_ids = dids.iter().map(id).collect::<Result<_, _>>()?;
        }
        let time_group = match time_group {
            Some(Some(name)) => Some(Some(named(&self.time_groups, "time group", &name)?)),
            Some(None) => Some(None),
            None => None,
        };
        let mut linked = None;
        if let Some(eid) = existing_agent {
            let free = self.free_agents.get(&eid).cloned();
            if user.agent.is_some() {
                return Err("the user has an agent already".to_owned());
            }
            user.agent = Some(free.ok_or_else(|| format!("no free agent has the id `{eid}`"))?);
            linked = Some(eid);
        }
        match agent {
            Some(true) if user.agent.is_none() => {
                user.agent = Some(self.new_agent(&user.number, false));
            }
            Some(false) => user.agent = None,
            _ => {}
        }
        if extension.is_some() || call_forward_number.is_some() || time_group.is_some() {
            let agent = user
                .agent
                .as_mut()
                .ok_or_else(|| "the user has no agent".to_owned())?;
            agent.extension = extension.unwrap_or(agent.extension.take());
            agent.time_group = time_group.unwrap_or(agent.time_group);
            if let Some(number) = call_forward_number {
                agent.number = number;
            }
        }
        if let Some(eid) = linked {
            self.free_agents.remove(&eid);
        }
        self.users.insert(id, user);
        Ok(())
    }
}

fn named(names: &BTreeMap<u64, String>, kind: &str, name: &str) -> Result<u64, String> {
    super::account::id_of(names, name).ok_or_else(|| format!("there is no {kind} `{name}`"))
}

/// Carries out one request of the panel; `None` when it is no action.
pub(super) fn act(
    account: &mut Account,
    method: &Method,
    path: &str,
    body: &Map<String, Value>,
) -> Option<Answer> {
    let (collection, id) = match path.split_once('/') {
        Some((collection, id)) => (collection, Some(id.parse::<u64>().ok()?)),
        None => (path, None),
    };
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .ok_or_else(|| format!("`{name}` is missing"))
    };
    let result = match (method.as_str(), collection, id) {
        ("POST", "users", None) => read::<SeedUser>(body).and_then(|user| {
            seed::add_user(account, &user)
                .map(made)
                .map_err(|error| error.to_string())
        }),
        ("POST", "users", Some(id)) => read(body)
            .and_then(|edit| account.edit_user(id, edit))
            .map(done),
        ("DELETE", "users", Some(id)) => found(account.delete_user(id)),
        ("POST", "roles" | "agent-groups" | "time-groups", id) => {
            let (names, next) = names(account, collection)?;
            text("name").and_then(|name| {
                if let Some(id) = id.filter(|id| !names.contains_key(id)) {
                    return Err(format!("none has the id `{id}`"));
                }
                let id = id.unwrap_or_else(|| take(next));
                names.insert(id, name);
                Ok(made(id))
            })
        }
        ("DELETE", "roles", Some(id)) if account.users.values().any(|user| user.role == id) => {
            Err("users hold the role".to_owned())
        }
        ("DELETE", "roles" | "agent-groups" | "time-groups", Some(id)) => {
            let (names, _) = names(account, collection)?;
            found(names.remove(&id).is_some())
        }
        ("POST", "departments", None) => {
            text("name").map(|name| made(account.create_department(&name)))
        }
        ("POST", "departments", Some(id)) => match account.departments.get_mut(&id) {
            Some(department) => text("name").map(|name| department.name = name).map(done),
            None => found(false),
        },
        ("DELETE", "departments", Some(id)) => found(account.departments.remove(&id).is_some()),
        ("POST" | "DELETE", "department-members", None) => {
            let department = body.get("department_id").and_then(Value::as_u64);
            match (department, text("agent_id")) {
                (Some(id), Ok(eid)) if method == Method::POST => {
                    found(account.has_agent(&eid) && account.add_member(id, &eid))
                }
                (Some(id), Ok(eid)) => found(account.remove_member(id, &eid)),
                _ => Err("`department_id` and `agent_id` must be ids".to_owned()),
            }
        }
        ("POST", "numbers", None) => text("did").map(|did| made(seed::add_number(account, &did))),
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

/// The names that only the panel can change.
fn names<'a>(
    account: &'a mut Account,
    collection: &str,
) -> Option<(&'a mut BTreeMap<u64, String>, &'a mut u64)> {
    Some(match collection {
        "roles" => (&mut account.roles, &mut account.next_ids.role),
        "agent-groups" => (&mut account.agent_groups, &mut account.next_ids.agent_group),
        "time-groups" => (&mut account.time_groups, &mut account.next_ids.time_group),
        _ => return None,
    })
}

fn read<T: for<'de> Deserialize<'de>>(body: &Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(body.clone()))
        .map_err(|error| format!("the body cannot be read: {error}"))
}

fn found(found: bool) -> Result<Value, String> {
    if found {
        Ok(done(()))
    } else {
        Err("there is none with these ids, or it is so already".to_owned())
    }
}

fn done((): ()) -> Value {
    json!({ "ok": true })
}

fn made(id: u64) -> Value {
    json!({ "id": id })
}
