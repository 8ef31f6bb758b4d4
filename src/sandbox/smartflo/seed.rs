//! The account that a simulator begins with.

use serde::{Deserialize, Serialize};

use super::account::{Account, Cdr, MyNumber, User, digest, id_of, take};
use super::quirks::{Dialect, Quirks};

/// An account to begin with. As text it is JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// The brand.
    pub dialect: Dialect,
    /// Calls per second over all requests, 3 by the documentation's example; null is unlimited.
    pub rate: Option<u32>,
    /// The roles' names; their ids are 54741, 54742 and so on.
    pub roles: Vec<String>,
    /// The agent groups' names; their ids are 301, 302 and so on.
    pub agent_groups: Vec<String>,
    /// The departments' names.
    pub departments: Vec<String>,
    /// The time groups' names.
    pub time_groups: Vec<String>,
    /// The telephone numbers, in E.164.
    pub numbers: Vec<String>,
    /// The users.
    pub users: Vec<SeedUser>,
    /// Numbers of agents that belong to no user.
    pub free_agents: Vec<String>,
    /// How the service behaves where it is not documented.
    pub quirks: Quirks,
}

impl Default for Seed {
    fn default() -> Self {
        Seed {
            dialect: Dialect::Smartflo,
            rate: Some(3),
            roles: Vec::new(),
            agent_groups: Vec::new(),
            departments: Vec::new(),
            time_groups: Vec::new(),
            numbers: Vec::new(),
            users: Vec::new(),
            free_agents: Vec::new(),
            quirks: Quirks::default(),
        }
    }
}

/// A user to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeedUser {
    /// The login id.
    pub login_id: String,
    /// The name.
    pub name: String,
    /// The telephone number, in E.164.
    pub number: String,
    /// The e-mail address; `LOGIN@acme.example` when left out.
    pub email: Option<String>,
    /// The role's name.
    pub role: String,
    /// The designation.
    pub designation: Option<String>,
    /// Whether there is an agent.
    pub agent: bool,
    /// Whether the agent has an extension.
    pub extension: bool,
    /// Whether the user is enabled.
    pub status: bool,
    /// Whether the web login is blocked.
    pub web_login_blocked: bool,
    /// Whether calling needs a login.
    pub login_based_calling: bool,
    /// The names of the departments.
    pub departments: Vec<String>,
    /// The names of the agent groups.
    pub agent_groups: Vec<String>,
    /// The caller ids in E.164, in order.
    pub caller_ids: Vec<String>,
    /// The name of the time group.
    pub time_group: Option<String>,
    /// The password.
    pub password: Option<String>,
}

impl Default for SeedUser {
    fn default() -> Self {
        SeedUser {
            login_id: String::new(),
            name: String::new(),
            number: String::new(),
            email: None,
            role: String::new(),
            designation: None,
            agent: true,
            extension: false,
            status: true,
            web_login_blocked: false,
            login_based_calling: false,
            departments: Vec::new(),
            agent_groups: Vec::new(),
            caller_ids: Vec::new(),
            time_group: None,
            password: None,
        }
    }
}

impl SeedUser {
    /// An enabled user with an agent and no more.
    pub fn new(login_id: &str, name: &str, number: &str, role: &str) -> Self {
        SeedUser {
            login_id: login_id.to_owned(),
            name: name.to_owned(),
            number: number.to_owned(),
            role: role.to_owned(),
            ..SeedUser::default()
        }
    }
}

/// A seed that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// A login id, department or number that is there twice.
    #[error("the seed has {kind} `{key}` twice; take one out")]
    Twice {
        /// The kind.
        kind: &'static str,
        /// The name.
        key: String,
    },
    /// A name that nothing has.
    #[error(
        "the seed's user `{holder}` names {kind} `{key}`, which it does not have; add it or correct the name"
    )]
    Unknown {
        /// Who names it.
        holder: String,
        /// The kind that is named.
        kind: &'static str,
        /// The name.
        key: String,
    },
}

impl Seed {
    /// Reads a seed from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, or has a key that a seed has not.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The account that the seed describes.
    ///
    /// # Errors
    /// When the seed contradicts itself.
    pub fn account(&self) -> Result<Account, SeedError> {
        let mut account = Account {
            dialect: self.dialect,
            quirks: self.quirks.clone(),
            ..Account::default()
        };
        for (kind, keys) in [
            ("department", &self.departments),
            ("number", &self.numbers),
            ("role", &self.roles),
            ("agent group", &self.agent_groups),
            ("time group", &self.time_groups),
        ] {
            let mut sorted: Vec<&String> = keys.iter().collect();
            sorted.sort();
            if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(SeedError::Twice {
                    kind,
                    key: pair[0].clone(),
                });
            }
        }
        for name in &self.roles {
            let id = take(&mut account.next_ids.role);
            account.roles.insert(id, name.clone());
        }
        for name in &self.agent_groups {
            let id = take(&mut account.next_ids.agent_group);
            account.agent_groups.insert(id, name.clone());
        }
        for name in &self.departments {
            account.create_department(name);
        }
        for name in &self.time_groups {
            let id = take(&mut account.next_ids.time_group);
            account.time_groups.insert(id, name.clone());
        }
        for did in &self.numbers {
            add_number(&mut account, did);
        }
        for user in &self.users {
            add_user(&mut account, user)?;
        }
        for number in &self.free_agents {
            let agent = account.new_agent(number, false);
            account.free_agents.insert(agent.id.clone(), agent);
        }
        Ok(account)
    }
}

/// Adds one number to an account.
pub(super) fn add_number(account: &mut Account, did: &str) -> u64 {
    let id = take(&mut account.next_ids.number);
    let number = MyNumber {
        id,
        did: did.to_owned(),
        name: format!("Line {id}"),
        destination: None,
    };
    account.numbers.insert(id, number);
    id
}

/// Adds one user to an account.
pub(super) fn add_user(account: &mut Account, seed: &SeedUser) -> Result<u64, SeedError> {
    let unknown = |kind, key: &str| SeedError::Unknown {
        holder: seed.login_id.clone(),
        kind,
        key: key.to_owned(),
    };
    if account.user_by_login(&seed.login_id).is_some() {
        return Err(SeedError::Twice {
            kind: "user",
            key: seed.login_id.clone(),
        });
    }
    let role = id_of(&account.roles, &seed.role).ok_or_else(|| unknown("role", &seed.role))?;
    let mut agent_groups = Vec::new();
    for name in &seed.agent_groups {
        let id = id_of(&account.agent_groups, name);
        agent_groups.push(id.ok_or_else(|| unknown("agent group", name))?);
    }
    let mut departments = Vec::new();
    for name in &seed.departments {
        let found = account
            .departments
            .values()
            .find(|known| known.name == *name);
        departments.push(found.ok_or_else(|| unknown("department", name))?.id);
    }
    let mut caller_ids = Vec::new();
    for did in &seed.caller_ids {
        let found = account.numbers.values().find(|known| known.did == *did);
        caller_ids.push(found.ok_or_else(|| unknown("number", did))?.id);
    }
    let time_group = match &seed.time_group {
        Some(name) => {
            Some(id_of(&account.time_groups, name).ok_or_else(|| unknown("time group", name))?)
        }
        None => None,
    };
    let agent = seed.agent.then(|| {
        let mut agent = account.new_agent(&seed.number, seed.extension);
        agent.time_group = time_group;
        agent
    });
    let eid = agent.as_ref().map(|agent| agent.id.clone());
    let email = seed
        .email
        .clone()
        .unwrap_or_else(|| format!("{}@acme.example", seed.login_id));
    let id = account.insert_user(User {
        id: 0,
        name: seed.name.clone(),
        number: seed.number.clone(),
        email,
        login_id: seed.login_id.clone(),
        password_sha256: digest(seed.password.as_deref().unwrap_or_default()),
        designation: seed.designation.clone(),
        role,
        status: seed.status,
        web_login_blocked: seed.web_login_blocked,
        login_based_calling: seed.login_based_calling,
        international_outbound: false,
        cdr: Cdr::default(),
        allowed_ips: None,
        caller_ids,
        agent_groups,
        route_call_through: 0,
        agent,
    });
    if let Some(eid) = eid {
        for department in departments {
            account.add_member(department, &eid);
        }
    }
    Ok(id)
}
