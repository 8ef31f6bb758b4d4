//! The vendor's rows, read tolerantly in form and strictly in substance; each kind of id is a type of its own.
//!
//! Tolerant: flags as booleans or `0` and `1`, figures as text, nulls, unknown keys. Strict: a value that fits no known
//! form is an error that names its key, never a default; an agent's id has to be text, since a number has lost the
//! leading zero that belongs to it. Forms are those of the vendor's reference and of clients that others run (2026-11-21).

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::model::RemoteId;

/// A value that fits none of the forms in which the vendor writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misshapen {
    key: String,
    expected: &'static str,
    /// What was there, without its content.
    found: &'static str,
}

impl fmt::Display for Misshapen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            expected,
            found,
        } = self;
        write!(f, "`{key}` is {found}, where {expected} was expected")
    }
}

fn misshapen(key: &str, expected: &'static str, value: &Json) -> Misshapen {
    let found = match value {
        Json::Null => "missing or null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "other text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Misshapen {
        key: key.to_owned(),
        expected,
        found,
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(String);

        impl $name {
            pub(super) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type! {
    /// The id of a user: a whole number, in lists as a number and elsewhere as text. What paths take.
    UserId
}
id_type! {
    /// The id of an agent: digits with a leading zero. What departments (`eid`) and `user_for_cdr` take.
    AgentId
}
id_type! {
    /// The id of a department, a number or a time group.
    ObjectId
}

impl UserId {
    /// A user's id out of digits; nothing that begins with a zero is one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty()
            && !text.starts_with('0')
            && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| Self(text.to_owned()))
    }
}

impl AgentId {
    /// An agent's id out of digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| Self(text.to_owned()))
    }
}

impl From<&UserId> for RemoteId {
    fn from(id: &UserId) -> Self {
        Self::from(id.as_str())
    }
}

impl From<&ObjectId> for RemoteId {
    fn from(id: &ObjectId) -> Self {
        Self::from(id.as_str())
    }
}

impl ObjectId {
    /// An id that is safe in a path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plain.then(|| Self(text.to_owned()))
    }
}

/// One object of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a>(&'a Map<String, Json>);

impl<'a> Object<'a> {
    pub(super) fn of(value: &'a Json, key: &str) -> Result<Self, Misshapen> {
        value
            .as_object()
            .map(Self)
            .ok_or_else(|| misshapen(key, "an object", value))
    }

    /// An object below; null, missing and an empty list (which PHP writes for an empty object) are none.
    pub(super) fn below(self, key: &str) -> Result<Option<Object<'a>>, Misshapen> {
        match self.get(key) {
            Json::Null => Ok(None),
            Json::Array(list) if list.is_empty() => Ok(None),
            value => Self::of(value, key).map(Some),
        }
    }

    pub(super) fn get(self, key: &str) -> &'a Json {
        self.0.get(key).unwrap_or(&Json::Null)
    }

    /// Text; null, missing and blank are nothing.
    pub(super) fn text(self, key: &str) -> Result<Option<String>, Misshapen> {
        match self.get(key) {
            Json::Null => Ok(None),
            Json::String(text) if text.trim().is_empty() => Ok(None),
            Json::String(text) => Ok(Some(text.clone())),
            value => Err(misshapen(key, "text", value)),
        }
    }

    /// Digits as text or as a number; null, missing, blank and zero are nothing.
    fn digits(self, key: &str) -> Result<Option<String>, Misshapen> {
        match self.get(key) {
            Json::Null => Ok(None),
            Json::Number(number) if number.is_u64() => {
                Ok(Some(number.to_string()).filter(|text| text != "0"))
            }
            Json::String(text) => {
                Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty() && text != "0"))
            }
            value => Err(misshapen(key, "an id", value)),
        }
    }

    /// A flag: a boolean, or 0 and 1 as a number or text; null, missing and blank are nothing.
    pub(super) fn flag(self, key: &str) -> Result<Option<bool>, Misshapen> {
        let value = self.get(key);
        let text = match value {
            Json::Null => return Ok(None),
            Json::Bool(on) => return Ok(Some(*on)),
            Json::Number(number) => number.to_string(),
            Json::String(text) => text.trim().to_lowercase(),
            Json::Array(_) | Json::Object(_) => return Err(misshapen(key, "a flag", value)),
        };
        match text.as_str() {
            "" => Ok(None),
            "0" | "false" => Ok(Some(false)),
            "1" | "true" => Ok(Some(true)),
            _ => Err(misshapen(key, "a flag", value)),
        }
    }

    fn user_id(self, key: &str) -> Result<UserId, Misshapen> {
        self.digits(key)?
            .and_then(|text| UserId::parse(&text))
            .ok_or_else(|| misshapen(key, "a user's id", self.get(key)))
    }

    fn object_id(self, key: &str) -> Result<ObjectId, Misshapen> {
        self.digits(key)?
            .and_then(|text| ObjectId::parse(&text))
            .ok_or_else(|| misshapen(key, "an id", self.get(key)))
    }

    fn agent_id(self, key: &str) -> Result<AgentId, Misshapen> {
        self.get(key)
            .as_str()
            .and_then(AgentId::parse)
            .ok_or_else(|| misshapen(key, "an agent's id as text", self.get(key)))
    }
}

/// A role, as users show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) id: String,
    pub(super) name: String,
}

impl Role {
    fn read(object: Option<Object<'_>>) -> Result<Option<Self>, Misshapen> {
        let Some(object) = object else {
            return Ok(None);
        };
        Ok(match (object.digits("id")?, object.text("name")?) {
            (Some(id), Some(name)) => Some(Self { id, name }),
            _ => None,
        })
    }
}

/// A row of `v1/users`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserRow {
    pub(super) id: UserId,
    pub(super) login_id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) agent: Option<AgentId>,
    pub(super) role: Option<Role>,
    pub(super) enabled: Option<bool>,
    pub(super) login_based_calling: Option<bool>,
}

impl UserRow {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "data")?;
        let agent = row.below("agent")?;
        let agent = agent
            .filter(|agent| !agent.get("id").is_null())
            .map(|agent| agent.agent_id("id"))
            .transpose()?;
        // `agent.status` and `intercom` tell what goes on at the moment, and are left alone.
        Ok(Self {
            id: row.user_id("id")?,
            login_id: row.text("login_id")?,
            name: row.text("name")?,
            agent,
            role: Role::read(row.below("user_role")?)?,
            enabled: row.flag("user_status")?,
            login_based_calling: row.flag("is_login_based_calling_enabled")?,
        })
    }
}

/// A page of `v1/users`.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) has_more: bool,
    /// Rows of this page, by the service's own counting.
    pub(super) count: Option<usize>,
    pub(super) last_seen: Option<UserId>,
    pub(super) rows: Vec<UserRow>,
}

impl Page {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let page = Object::of(value, "the answer")?;
        let has_more = page
            .flag("has_more")?
            .ok_or_else(|| misshapen("has_more", "a flag", &Json::Null))?;
        let count = page.get("count");
        let count = match count {
            Json::Null => None,
            Json::Number(number) => number.as_u64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => return Err(misshapen("count", "a whole number", count)),
        };
        let rows = match page.get("data") {
            Json::Array(rows) => rows.iter().map(UserRow::read).collect::<Result<_, _>>()?,
            other => return Err(misshapen("data", "a list", other)),
        };
        let last_seen = page.digits("last_seen_id")?;
        Ok(Self {
            has_more,
            count: count.and_then(|count| usize::try_from(count).ok()),
            last_seen: last_seen.as_deref().and_then(UserId::parse),
            rows,
        })
    }
}

/// Whose calls a user sees in reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cdr {
    All,
    None,
    Agents(Vec<AgentId>),
    Users(Vec<UserId>),
}

impl Cdr {
    fn read(object: Option<Object<'_>>) -> Result<Option<Self>, Misshapen> {
        let Some(object) = object else {
            return Ok(None);
        };
        let value = object.get("value");
        let list = match value {
            Json::Null => &[],
            Json::Array(list) => list.as_slice(),
            _ => return Err(misshapen("users_for_cdr.value", "a list", value)),
        };
        let bad = || misshapen("users_for_cdr.value", "a list of ids as text", value);
        match object.text("type")?.as_deref() {
            None => Ok(None),
            Some("all") => Ok(Some(Self::All)),
            Some("none") => Ok(Some(Self::None)),
            Some("agent") => {
                let ids = list.iter().map(|id| id.as_str().and_then(AgentId::parse));
                let ids: Option<Vec<_>> = ids.collect();
                ids.map(|ids| Some(Self::Agents(ids))).ok_or_else(bad)
            }
            Some("user") => {
                let ids = list.iter().map(|id| match id {
                    Json::String(text) => UserId::parse(text),
                    Json::Number(number) => UserId::parse(&number.to_string()),
                    _ => None,
                });
                let ids: Option<Vec<_>> = ids.collect();
                ids.map(|ids| Some(Self::Users(ids))).ok_or_else(bad)
            }
            Some(_) => Err(misshapen(
                "users_for_cdr.type",
                "`all`, `agent`, `user` or `none`",
                object.get("type"),
            )),
        }
    }
}

/// The digits of the name that the service gives to an extension (documented sample).
const SERVICE_NAME: usize = 13;

/// The agent of a user, as a single read shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AgentDetail {
    pub(super) id: AgentId,
    pub(super) number: Option<String>,
    /// Whether it has an extension.
    pub(super) extension: bool,
    /// The extension's number, where a person chose one: the service's own names of 13 digits are a third kind of id,
    /// and nothing takes them.
    pub(super) extension_number: Option<String>,
    pub(super) time_group: Option<String>,
}

/// What `v1/user/{id}` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserDetail {
    pub(super) id: UserId,
    pub(super) name: Option<String>,
    pub(super) number: Option<String>,
    pub(super) designation: Option<String>,
    pub(super) email: Option<String>,
    pub(super) login_id: Option<String>,
    pub(super) unblocked: Option<bool>,
    pub(super) role: Option<Role>,
    pub(super) login_based_calling: Option<bool>,
    pub(super) web_login_blocked: Option<bool>,
    pub(super) cdr: Option<Cdr>,
    pub(super) agent: Option<AgentDetail>,
}

impl UserDetail {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let data = Object::of(value, "the answer")?;
        let data = Object::of(data.get("data"), "data")?;
        let member = Object::of(data.get("team_member"), "team_member")?;
        let agent = data
            .below("agent")?
            .filter(|agent| !agent.get("id").is_null())
            .map(|agent| -> Result<AgentDetail, Misshapen> {
                let time_group = agent.below("time_group")?;
                let extension = match agent.below("extension")? {
                    Some(extension) => extension.text("username")?,
                    None => None,
                };
                Ok(AgentDetail {
                    id: agent.agent_id("id")?,
                    number: agent.text("number")?,
                    extension: extension.is_some(),
                    extension_number: extension.filter(|name| name.len() < SERVICE_NAME),
                    time_group: match time_group {
                        Some(group) => group.text("name")?,
                        None => None,
                    },
                })
            })
            .transpose()?;
        Ok(Self {
            id: data.user_id("id")?,
            name: data.text("name")?,
            number: data.text("number")?,
            designation: member.text("designation")?,
            email: member.text("email")?,
            login_id: member.text("login_id")?,
            unblocked: member.flag("status")?,
            role: Role::read(member.below("role")?)?,
            login_based_calling: member.flag("is_login_based_calling")?,
            web_login_blocked: member.flag("is_web_login_block")?,
            cdr: Cdr::read(member.below("users_for_cdr")?)?,
            agent,
        })
    }
}

/// A member of a department. The row's own id is a fourth kind, and nothing takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MemberRow {
    pub(super) agent: AgentId,
    /// Seconds that it rings, as the service wrote them.
    pub(super) timeout: Option<u64>,
}

/// A row of `v1/departments`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DepartmentRow {
    pub(super) id: ObjectId,
    pub(super) name: Option<String>,
    pub(super) members: Vec<MemberRow>,
    /// Everything else, for it has to be written back whole.
    pub(super) whole: Map<String, Json>,
}

impl DepartmentRow {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "the department")?;
        // Without the list nobody can tell who is in it, and writing it back would empty it.
        let agents = match row.get("agents") {
            Json::Array(agents) => agents,
            other => return Err(misshapen("agents", "a list", other)),
        };
        let mut members: Vec<MemberRow> = Vec::with_capacity(agents.len());
        for agent in agents {
            let agent = Object::of(agent, "agents")?;
            let member = MemberRow {
                agent: agent.agent_id("eid")?,
                timeout: agent.digits("timeout")?.and_then(|text| text.parse().ok()),
            };
            if members.iter().any(|known| known.agent == member.agent) {
                return Err(misshapen(
                    "agents",
                    "a list without repeats",
                    row.get("agents"),
                ));
            }
            members.push(member);
        }
        let counted = row.digits("agent_count")?;
        if counted.is_some_and(|counted| counted != members.len().to_string()) {
            return Err(misshapen(
                "agent_count",
                "the number of `agents`",
                row.get("agent_count"),
            ));
        }
        Ok(Self {
            id: row.object_id("id")?,
            name: row.text("name")?,
            members,
            whole: row.0.clone(),
        })
    }
}

/// A row of `v1/my_number`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberRow {
    pub(super) id: ObjectId,
    pub(super) did: Option<String>,
    pub(super) name: Option<String>,
}

impl NumberRow {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "the number")?;
        let did = row.digits("did")?;
        Ok(Self {
            id: row.object_id("id")?,
            did: if did.is_some() {
                did
            } else {
                row.digits("alias")?
            },
            name: row.text("name")?,
        })
    }
}

/// A row of `v1/timegroups`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeGroupRow {
    pub(super) id: ObjectId,
    pub(super) name: Option<String>,
}

impl TimeGroupRow {
    pub(super) fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "the time group")?;
        Ok(Self {
            id: row.object_id("id")?,
            name: row.text("name")?,
        })
    }
}

/// What the answer to a create holds, where it holds anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Created {
    pub(super) id: Option<String>,
    pub(super) agent: Option<AgentId>,
}

impl Created {
    /// Reads what is there; what is not can be looked up.
    pub(super) fn read(body: &Json) -> Self {
        let Ok(data) = Object::of(body.get("data").unwrap_or(&Json::Null), "data") else {
            return Self::default();
        };
        Self {
            id: data.digits("id").ok().flatten(),
            agent: data.agent_id("agent_id").ok(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
