//! One company's account, and what may happen in it whoever asks.
//!
//! Three id spaces lie apart, so that an id of the wrong kind is never a hit by chance: users (whole numbers), agents
//! (13 digits, `05…`) and extensions (13 digits, `06…`). A member's row in a department has a fourth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::quirks::{Dialect, Quirks};

/// One company's account. This is what the state file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Which brand of the family answers.
    pub dialect: Dialect,
    /// Users, by id.
    pub users: BTreeMap<u64, User>,
    /// Agents that belong to no user, by id; the dashboard can link them.
    pub free_agents: BTreeMap<String, Agent>,
    /// Departments, by id.
    pub departments: BTreeMap<u64, Department>,
    /// Telephone numbers, by id.
    pub numbers: BTreeMap<u64, MyNumber>,
    /// Time groups, by id.
    pub time_groups: BTreeMap<u64, String>,
    /// Roles, by id. No request lists them.
    pub roles: BTreeMap<u64, String>,
    /// Agent groups, by id. No request lists them.
    pub agent_groups: BTreeMap<u64, String>,
    /// The ids that come next. An id is never given twice.
    pub next_ids: NextIds,
    /// How the service behaves where it is not documented.
    pub quirks: Quirks,
}

/// The next id of every kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextIds {
    /// Of users.
    pub user: u64,
    /// Of agents, without the leading zero.
    pub agent: u64,
    /// Of extensions, without the leading zero.
    pub extension: u64,
    /// The next short number.
    pub intercom: u32,
    /// Of departments.
    pub department: u64,
    /// Of the rows of members.
    pub member: u64,
    /// Of numbers.
    pub number: u64,
    /// Of time groups.
    pub time_group: u64,
    /// Of roles.
    pub role: u64,
    /// Of agent groups.
    pub agent_group: u64,
}

impl Default for NextIds {
    fn default() -> Self {
        NextIds {
            user: 288_250,
            agent: 502_842_370_001,
            extension: 602_842_370_071,
            intercom: 1001,
            department: 20_541,
            member: 28_131,
            number: 71_001,
            time_group: 23_741,
            role: 54_741,
            agent_group: 301,
        }
    }
}

/// A user: a person with a web login, and usually an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The telephone number, in E.164.
    pub number: String,
    /// The e-mail address.
    pub email: String,
    /// The login id, as it was given.
    pub login_id: String,
    /// SHA-256 of the password, in lower-case hex; the password itself is not kept.
    pub password_sha256: String,
    /// The designation.
    pub designation: Option<String>,
    /// The id of the role.
    pub role: u64,
    /// Whether the user is enabled.
    pub status: bool,
    /// Whether the web login is blocked.
    pub web_login_blocked: bool,
    /// Whether calling needs a login.
    pub login_based_calling: bool,
    /// Whether international calls are allowed.
    pub international_outbound: bool,
    /// Whose calls the user sees.
    pub cdr: Cdr,
    /// The addresses that may log in; `None` is all.
    pub allowed_ips: Option<Vec<String>>,
    /// The ids of the caller ids, in order.
    pub caller_ids: Vec<u64>,
    /// The ids of the agent groups.
    pub agent_groups: Vec<u64>,
    /// Agent only, extension only, or both: 0, 1, 2.
    pub route_call_through: u8,
    /// The agent.
    pub agent: Option<Agent>,
}

/// Whose calls a user sees in reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cdr {
    /// `all`, `agent`, `user` or `none`.
    #[serde(rename = "type")]
    pub scope: String,
    /// The ids, for `agent` and `user`.
    pub value: Vec<String>,
}

impl Default for Cdr {
    fn default() -> Self {
        Cdr {
            scope: "all".to_owned(),
            value: Vec::new(),
        }
    }
}

/// What takes and makes calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// 13 digits, the first a zero.
    pub id: String,
    /// The short number.
    pub intercom: u32,
    /// Where calls are forwarded to, in E.164.
    pub number: String,
    /// Enabled, blocked, disabled: 0, 1, 2.
    pub status: u8,
    /// The extension's name: 13 digits, the first a zero.
    pub extension: Option<String>,
    /// The id of the time group.
    pub time_group: Option<u64>,
}

/// A department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// How calls are handed out.
    pub ring_strategy: String,
    /// The music while waiting.
    pub music_on_hold: Option<String>,
    /// Whether it is a queue.
    pub use_as_queue: bool,
    /// Seconds in the queue.
    pub queue_timeout: u32,
    /// Whether callers come back to the same agent.
    pub sticky: bool,
    /// The kind of place where unanswered calls go.
    pub timeout_dest_type: String,
    /// The place where unanswered calls go.
    pub timeout_destination: Option<String>,
    /// The members, in order.
    pub members: Vec<Member>,
}

/// An agent in a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The row's own id.
    pub id: u64,
    /// The agent's id.
    pub eid: String,
    /// Seconds that it rings.
    pub timeout: u32,
}

/// A telephone number of the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MyNumber {
    /// The id.
    pub id: u64,
    /// In E.164.
    pub did: String,
    /// The name.
    pub name: String,
    /// Where calls go, such as `department||20541`.
    pub destination: Option<String>,
}

/// Takes the next of a row of ids.
pub(super) fn take(next: &mut u64) -> u64 {
    let id = *next;
    *next += 1;
    id
}

/// SHA-256 in lower-case hex.
pub fn digest(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            // Writing to a text cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

impl Account {
    /// The user with that login id, in any case.
    pub fn user_by_login(&self, login_id: &str) -> Option<&User> {
        self.users
            .values()
            .find(|user| user.login_id.eq_ignore_ascii_case(login_id))
    }

    /// All agents, with the user each belongs to.
    pub fn agents(&self) -> impl Iterator<Item = (&Agent, Option<&User>)> {
        let of_users = self
            .users
            .values()
            .filter_map(|user| user.agent.as_ref().map(|agent| (agent, Some(user))));
        of_users.chain(self.free_agents.values().map(|agent| (agent, None)))
    }

    /// Whether an agent has exactly this id.
    pub fn has_agent(&self, id: &str) -> bool {
        self.agents().any(|(agent, _)| agent.id == id)
    }

    /// The departments that a user's agent is in, by name.
    pub fn departments_of(&self, user: &User) -> Vec<&str> {
        let Some(agent) = &user.agent else {
            return Vec::new();
        };
        self.departments
            .values()
            .filter(|department| department.members.iter().any(|row| row.eid == agent.id))
            .map(|department| department.name.as_str())
            .collect()
    }

    /// A new agent; the service picks all of its ids.
    pub fn new_agent(&mut self, number: &str, extension: bool) -> Agent {
        let id = format!("0{}", take(&mut self.next_ids.agent));
        let intercom = self.next_ids.intercom;
        self.next_ids.intercom += 1;
        Agent {
            id,
            intercom,
            number: number.to_owned(),
            status: 0,
            extension: extension.then(|| self.new_extension()),
            time_group: None,
        }
    }

    /// The name of a new extension.
    pub fn new_extension(&mut self) -> String {
        format!("0{}", take(&mut self.next_ids.extension))
    }

    /// Adds a user, giving it an id.
    pub fn insert_user(&mut self, user: User) -> u64 {
        let id = take(&mut self.next_ids.user);
        self.users.insert(id, User { id, ..user });
        id
    }

    /// Deletes a user and its agent; whether there was one. Departments lose the member.
    pub fn delete_user(&mut self, id: u64) -> bool {
        let Some(user) = self.users.remove(&id) else {
            return false;
        };
        if let Some(agent) = user.agent.filter(|_| !self.quirks.dangling_members) {
            for department in self.departments.values_mut() {
                department.members.retain(|row| row.eid != agent.id);
            }
        }
        true
    }

    /// Adds a department with the dashboard's defaults.
    pub fn create_department(&mut self, name: &str) -> u64 {
        let id = take(&mut self.next_ids.department);
        let department = Department {
            id,
            name: name.to_owned(),
            description: name.to_owned(),
            ring_strategy: "simultaneously".to_owned(),
            queue_timeout: 90,
            timeout_dest_type: "hangup".to_owned(),
            ..Department::default()
        };
        self.departments.insert(id, department);
        id
    }

    /// Puts an agent into a department; whether it was not in it.
    pub fn add_member(&mut self, department: u64, eid: &str) -> bool {
        let id = self.next_ids.member;
        let Some(department) = self.departments.get_mut(&department) else {
            return false;
        };
        if department.members.iter().any(|row| row.eid == eid) {
            return false;
        }
        department.members.push(Member {
            id,
            eid: eid.to_owned(),
            timeout: 30,
        });
        self.next_ids.member += 1;
        true
    }

    /// Takes an agent out of a department; whether it was in it.
    pub fn remove_member(&mut self, department: u64, eid: &str) -> bool {
        let Some(department) = self.departments.get_mut(&department) else {
            return false;
        };
        let before = department.members.len();
        department.members.retain(|row| row.eid != eid);
        department.members.len() < before
    }
}

/// The id of the entry with that name.
pub(super) fn id_of(names: &BTreeMap<u64, String>, name: &str) -> Option<u64> {
    names
        .iter()
        .find(|(_, known)| known.as_str() == name)
        .map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_agents_and_extensions_keep_their_leading_zero_and_length() {
        let mut account = Account::default();
        let agent = account.new_agent("+919876543210", true);
        assert_eq!(agent.id, "0502842370001");
        assert_eq!(agent.extension.as_deref(), Some("0602842370071"));
        assert_eq!((agent.id.len(), agent.intercom), (13, 1001));
    }
}
