//! Between the vendor's rows and the model.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::wire::{
    AgentId, Cdr, DepartmentRow, NumberRow, TimeGroupRow, UserDetail, UserId, UserRow,
};
use crate::model::{
    Email, FieldName, Fields, Key, Kind, LiveResource, PhoneNumber, RemoteId, ResourceId, Value,
};

pub(super) const USER: Kind = Kind::from_static("user");
pub(super) const DEPARTMENT: Kind = Kind::from_static("department");
pub(super) const CALLER_ID: Kind = Kind::from_static("caller_id");
pub(super) const TIME_GROUP: Kind = Kind::from_static("time_group");

pub(super) const LOGIN_ID: &str = "login_id";
pub(super) const NAME: &str = "name";
pub(super) const PHONE: &str = "phone";
pub(super) const AGENT: &str = "agent";
pub(super) const AGENT_GROUPS: &str = "agent_groups";
pub(super) const DEPARTMENTS: &str = "departments";
pub(super) const CALLER_IDS: &str = "caller_ids";
pub(super) const EXTENSION: &str = "extension";
pub(super) const EXTENSION_NUMBER: &str = "extension_number";
pub(super) const EXISTING_AGENT: &str = "existing_agent";
pub(super) const WEB_LOGIN: &str = "web_login";
pub(super) const ENABLED: &str = "web_login.enabled";
pub(super) const DESIGNATION: &str = "web_login.designation";
pub(super) const EMAIL: &str = "web_login.email";
pub(super) const ROLE: &str = "web_login.role";
pub(super) const BLOCKED: &str = "web_login.blocked";
pub(super) const CDR_USERS: &str = "web_login.cdr_users";
pub(super) const PASSWORD: &str = "password";
pub(super) const LOGIN_BASED_CALLING: &str = "login_based_calling";
pub(super) const TIME_GROUP_FIELD: &str = "time_group";
pub(super) const CALL_FORWARD_NUMBER: &str = "call_forward_number";
pub(super) const NUMBER_FIELD: &str = "number";

/// The word for reports on everybody.
pub(super) const ALL: &str = "all";

/// The canonical key of a user: the login id, trimmed, composed, in lower case.
pub(super) fn login_key(login_id: &str) -> String {
    login_id.trim().nfc().collect::<String>().to_lowercase()
}

/// The canonical key of what has a name: composed, without space around it.
pub(super) fn name_key(name: &str) -> String {
    name.trim().nfc().collect()
}

/// A number in E.164, or the text as it is when it is none.
pub(super) fn number_key(number: &str) -> String {
    PhoneNumber::from_live(number).map_or_else(
        || number.trim().to_owned(),
        |number| number.as_str().to_owned(),
    )
}

/// Which agent belongs to which user.
#[derive(Clone, Debug, Default)]
pub(super) struct Agents {
    /// By the user's key.
    agents: BTreeMap<String, AgentId>,
    /// The key by the user's id.
    users: BTreeMap<UserId, String>,
}

impl Agents {
    pub(super) fn learn(&mut self, key: &str, user: Option<&UserId>, agent: Option<&AgentId>) {
        match agent {
            Some(agent) => {
                self.agents.insert(key.to_owned(), agent.clone());
            }
            None => {
                self.agents.remove(key);
            }
        }
        if let Some(user) = user {
            self.users.insert(user.clone(), key.to_owned());
        }
    }

    /// The agent of a user.
    pub(super) fn of(&self, key: &str) -> Option<&AgentId> {
        self.agents.get(key)
    }

    /// The key of the user that an agent belongs to.
    pub(super) fn user_of(&self, agent: &AgentId) -> Option<&str> {
        self.agents
            .iter()
            .find(|(_, known)| *known == agent)
            .map(|(key, _)| key.as_str())
    }

    /// The key of the user with this id.
    pub(super) fn user_key(&self, user: &UserId) -> Option<&str> {
        self.users.get(user).map(String::as_str)
    }
}

/// Whose calls a user sees, by login ids; those that belong to nobody stay as their ids.
fn cdr(cdr: &Cdr, agents: &Agents) -> Value {
    match cdr {
        Cdr::All => Value::set([ALL]),
        Cdr::None => Value::List(Vec::new()),
        Cdr::Agents(ids) => Value::set(
            ids.iter()
                .map(|id| agents.user_of(id).unwrap_or(id.as_str()).to_owned()),
        ),
        Cdr::Users(ids) => Value::set(
            ids.iter()
                .map(|id| agents.user_key(id).unwrap_or(id.as_str()).to_owned()),
        ),
    }
}

/// A user, out of its row in the list, where there is one, and its details. `None` without a login id.
///
/// `web_login.enabled` is the list's `user_status`; the details' `status` means the login alone, and stands in for it.
pub(super) fn user(
    row: Option<&UserRow>,
    detail: &UserDetail,
    agents: &Agents,
) -> Option<LiveResource> {
    let key = login_key(
        detail
            .login_id
            .as_deref()
            .or(row.and_then(|row| row.login_id.as_deref()))?,
    );
    let name = detail
        .name
        .clone()
        .or_else(|| row.and_then(|row| row.name.clone()));
    let title = name
        .as_deref()
        .map_or_else(|| key.clone(), |name| name.trim().to_owned());
    let role = detail
        .role
        .as_ref()
        .or(row.and_then(|row| row.role.as_ref()));
    let enabled = row.and_then(|row| row.enabled).or(detail.unblocked);
    let login_based = detail
        .login_based_calling
        .or(row.and_then(|row| row.login_based_calling));
    let agent = detail.agent.as_ref();
    let email = detail.email.as_deref().map(|email| {
        Email::parse(email).map_or_else(
            || email.trim().to_owned(),
            |email| email.as_str().to_owned(),
        )
    });

    let mut fields = Fields::new();
    let mut set = |name: &'static str, value: Option<Value>| {
        fields.extend(value.map(|value| (FieldName::from_static(name), value)));
    };
    set(LOGIN_ID, Some(Value::text(key.clone())));
    set(NAME, name.map(Value::Text));
    set(
        PHONE,
        detail
            .number
            .as_deref()
            .map(|number| Value::text(number_key(number))),
    );
    set(AGENT, Some(Value::Bool(agent.is_some())));
    set(
        EXTENSION,
        Some(Value::Bool(agent.is_some_and(|agent| agent.extension))),
    );
    set(
        EXTENSION_NUMBER,
        agent
            .and_then(|agent| agent.extension_number.as_deref())
            .map(Value::text),
    );
    set(
        EXISTING_AGENT,
        agent.map(|agent| Value::text(agent.id.as_str())),
    );
    set(ENABLED, enabled.map(Value::Bool));
    set(DESIGNATION, detail.designation.clone().map(Value::Text));
    set(EMAIL, email.map(Value::Text));
    set(ROLE, role.map(|role| Value::text(name_key(&role.name))));
    set(BLOCKED, detail.web_login_blocked.map(Value::Bool));
    set(CDR_USERS, detail.cdr.as_ref().map(|seen| cdr(seen, agents)));
    set(LOGIN_BASED_CALLING, login_based.map(Value::Bool));
    let time_group = agent.and_then(|agent| agent.time_group.as_deref());
    set(
        TIME_GROUP_FIELD,
        time_group.map(|name| Value::text(name_key(name))),
    );
    let forward = agent.and_then(|agent| agent.number.as_deref());
    set(
        CALL_FORWARD_NUMBER,
        forward.map(|number| Value::text(number_key(number))),
    );
    Some(live(USER, key, RemoteId::from(&detail.id), title, fields))
}

/// A department. `None` without a name.
pub(super) fn department(row: &DepartmentRow) -> Option<LiveResource> {
    Some(named(
        DEPARTMENT,
        row.name.as_deref()?,
        RemoteId::from(&row.id),
    ))
}

/// A time group. `None` without a name.
pub(super) fn time_group(row: &TimeGroupRow) -> Option<LiveResource> {
    Some(named(
        TIME_GROUP,
        row.name.as_deref()?,
        RemoteId::from(&row.id),
    ))
}

/// A telephone number. `None` without digits.
pub(super) fn caller_id(row: &NumberRow) -> Option<LiveResource> {
    let key = number_key(row.did.as_deref()?);
    let title = row
        .name
        .as_deref()
        .map_or_else(|| key.clone(), |name| name.trim().to_owned());
    let fields = Fields::from_iter([(
        FieldName::from_static(NUMBER_FIELD),
        Value::text(key.clone()),
    )]);
    Some(live(CALLER_ID, key, RemoteId::from(&row.id), title, fields))
}

fn named(kind: Kind, name: &str, remote: RemoteId) -> LiveResource {
    let key = name_key(name);
    let fields = Fields::from_iter([(FieldName::from_static(NAME), Value::text(key.clone()))]);
    live(kind, key.clone(), remote, key, fields)
}

fn live(kind: Kind, key: String, remote: RemoteId, title: String, fields: Fields) -> LiveResource {
    LiveResource {
        id: ResourceId {
            kind,
            key: Key::from(key),
        },
        remote,
        title,
        fields,
        member_count: None,
    }
}
