//! One company's account, and what may happen in it whoever asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::quirks::Quirks;

/// The lowest extension that is handed out unasked.
const FIRST_ASSIGNED_EXTENSION: u16 = 1001;

/// One company's account. This is what the state file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Seats bought; `None` is unlimited.
    pub seats: Option<u32>,
    /// Users, by id.
    pub agents: Rows<Agent>,
    /// Ring groups, by id.
    pub groups: Rows<Group>,
    /// Phone numbers, by id.
    pub numbers: Rows<Number>,
    /// Call tags, by id.
    pub tags: Rows<Tag>,
    /// E-mail addresses in use by other companies, in lower case.
    pub taken_emails: BTreeSet<String>,
    /// The ids that come next. An id is never given twice.
    pub next_ids: NextIds,
    /// How the service behaves where it is not documented.
    pub quirks: Quirks,
}

/// The next id of every kind. The ranges are apart, so that an id of the wrong kind is never a hit by chance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextIds {
    /// Of users.
    pub agent: u64,
    /// Of groups.
    pub group: u64,
    /// Of numbers.
    pub number: u64,
    /// Of tags.
    pub tag: u64,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The id.
    pub id: u64,
    /// The e-mail address, as it was given.
    pub email: String,
    /// The first name.
    pub firstname: String,
    /// The last name.
    pub lastname: String,
    /// The four-digit extension; `None` only when all 9000 are taken.
    pub extension: Option<u16>,
    /// The role; users made by the API are agents.
    pub role: Role,
    /// The language of the user's own pages.
    pub language: String,
    /// Whether the user is switched on.
    pub active: bool,
    /// Whether outbound calls are allowed.
    pub status_outbound: bool,
    /// The daily limit in EUR; `None` is the company's default.
    pub daily_price_limit: Option<u32>,
    /// The id of the default outbound number.
    pub call_number_id: Option<u64>,
    /// The ids of assigned numbers; empty means all.
    pub associated_numbers: BTreeSet<u64>,
    /// Calls in the call history.
    pub calls: u32,
    /// SHA-256 of the password, in lower-case hex; the password itself is not kept.
    pub pass_sha256: Option<String>,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, with users and billing.
    #[serde(alias = "Admin")]
    Admin,
    /// Campaigns and monitoring; sees users and groups.
    #[serde(alias = "Supervisor")]
    Supervisor,
    /// Reports.
    #[serde(alias = "Analyst")]
    Analyst,
    /// Own work.
    #[default]
    #[serde(alias = "Agent")]
    Agent,
}

impl Role {
    /// The word on the wire.
    pub fn wire(self) -> &'static str {
        match self {
            Role::Admin => "Admin",
            Role::Supervisor => "Supervisor",
            Role::Analyst => "Analyst",
            Role::Agent => "Agent",
        }
    }
}

/// A ring group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The id.
    pub id: u64,
    /// The name.
    pub internal_name: String,
    /// The ids of the users in it.
    pub members: BTreeSet<u64>,
}

/// A phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The id.
    pub id: u64,
    /// The E.164 form, digits only.
    pub digits: String,
    /// The country's calling code.
    pub country_code: String,
    /// The area code within the country.
    pub area_code: String,
    /// The name.
    pub internal_name: String,
    /// Where calls go; `None` is a free number.
    pub route: Option<Route>,
}

/// Where a number's calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The kind of target.
    pub kind: RouteKind,
    /// The target's id; conference rooms and faxes are not known here, so theirs is not checked.
    pub source_id: Option<u64>,
}

/// The kinds of route target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RouteKind {
    /// A ring group.
    Group,
    /// A user.
    Agent,
    /// A conference room.
    Conference,
    /// A fax.
    Fax,
}

impl RouteKind {
    /// The number on the wire.
    pub fn wire(self) -> u64 {
        match self {
            RouteKind::Group => 0,
            RouteKind::Agent => 1,
            RouteKind::Conference => 2,
            RouteKind::Fax => 3,
        }
    }

    /// The kind with that number on the wire.
    pub fn from_wire(wire: u64) -> Option<Self> {
        [
            RouteKind::Group,
            RouteKind::Agent,
            RouteKind::Conference,
            RouteKind::Fax,
        ]
        .into_iter()
        .find(|kind| kind.wire() == wire)
    }
}

/// A call tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// The id.
    pub id: u64,
    /// The name.
    pub name: String,
}

impl Account {
    /// An account without anybody in it.
    pub fn empty(quirks: Quirks) -> Self {
        Account {
            seats: None,
            agents: Rows::default(),
            groups: Rows::default(),
            numbers: Rows::default(),
            tags: Rows::default(),
            taken_emails: BTreeSet::new(),
            next_ids: NextIds {
                agent: 120_001,
                group: 5_001,
                number: 301,
                tag: 61,
            },
            quirks,
        }
    }

    /// Whether every seat is used.
    pub fn is_full(&self) -> bool {
        self.seats
            .is_some_and(|seats| self.agents.len() >= seats as usize)
    }

    /// The user with that e-mail address, in any case.
    pub fn agent_by_email(&self, email: &str) -> Option<&Agent> {
        self.agents
            .iter()
            .find(|agent| agent.email.eq_ignore_ascii_case(email))
    }

    /// The group with that name.
    pub fn group_by_name(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.internal_name == name)
    }

    /// The number with those digits; any other sign in `e164` is left out.
    pub fn number_by_e164(&self, e164: &str) -> Option<&Number> {
        let digits = digits(e164);
        self.numbers.iter().find(|number| number.digits == digits)
    }

    /// Whether somebody other than `but` has the e-mail address, here or in another company.
    pub fn email_is_taken(&self, email: &str, but: Option<u64>) -> bool {
        self.taken_emails.contains(&email.to_lowercase())
            || self
                .agents
                .iter()
                .any(|agent| Some(agent.id) != but && agent.email.eq_ignore_ascii_case(email))
    }

    /// The extensions in use.
    pub fn extensions(&self) -> BTreeSet<u16> {
        self.agents
            .iter()
            .filter_map(|agent| agent.extension)
            .collect()
    }

    /// The names of the groups that a user is in, in the order of the groups.
    pub fn groups_of(&self, agent: u64) -> Vec<&str> {
        let groups = self
            .groups
            .iter()
            .filter(|group| group.members.contains(&agent));
        groups.map(|group| group.internal_name.as_str()).collect()
    }

    /// Takes a user out of the account, its groups and, unless routes dangle, its routes. The seat stays bought.
    pub fn delete_agent(&mut self, id: u64) -> bool {
        if self.agents.remove(id).is_none() {
            return false;
        }
        for group in self.groups.iter_mut() {
            group.members.remove(&id);
        }
        if !self.quirks.dangling_routes {
            self.free_numbers(Route {
                kind: RouteKind::Agent,
                source_id: Some(id),
            });
        }
        true
    }

    /// Takes a group out of the account; numbers routed to it become free.
    pub fn delete_group(&mut self, id: u64) -> bool {
        let deleted = self.groups.remove(id).is_some();
        if deleted {
            self.free_numbers(Route {
                kind: RouteKind::Group,
                source_id: Some(id),
            });
        }
        deleted
    }

    /// Adds a group; two groups may have one name.
    pub fn create_group(&mut self, name: &str) -> u64 {
        let id = take(&mut self.next_ids.group);
        self.groups.insert(Group {
            id,
            internal_name: name.to_owned(),
            members: BTreeSet::new(),
        });
        id
    }

    /// Puts a user into a group; `None` when one of them does not exist, else whether the user is new in it.
    pub fn add_member(&mut self, group: u64, agent: u64) -> Option<bool> {
        self.agents.get(agent)?;
        Some(self.groups.get_mut(group)?.members.insert(agent))
    }

    /// Takes a user out of a group; says whether the user was in it.
    pub fn remove_member(&mut self, group: u64, agent: u64) -> bool {
        self.groups
            .get_mut(group)
            .is_some_and(|group| group.members.remove(&agent))
    }

    /// Whether a route leads somewhere.
    pub fn route_exists(&self, route: Route) -> bool {
        match route.kind {
            RouteKind::Group => route
                .source_id
                .is_some_and(|id| self.groups.get(id).is_some()),
            RouteKind::Agent => route
                .source_id
                .is_some_and(|id| self.agents.get(id).is_some()),
            RouteKind::Conference | RouteKind::Fax => true,
        }
    }

    fn free_numbers(&mut self, route: Route) {
        for number in self
            .numbers
            .iter_mut()
            .filter(|number| number.route == Some(route))
        {
            number.route = None;
        }
    }
}

/// The lowest extension from 1001 up that is not in `used`; `None` when there is none.
pub(super) fn free_extension(used: &BTreeSet<u16>) -> Option<u16> {
    let mut candidate = FIRST_ASSIGNED_EXTENSION;
    for &extension in used.range(FIRST_ASSIGNED_EXTENSION..) {
        if extension > candidate {
            break;
        }
        candidate = extension + 1;
    }
    (candidate <= 9999).then_some(candidate)
}

/// SHA-256 of a password, in lower-case hex.
pub fn digest(pass: &str) -> String {
    Sha256::digest(pass.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The digits of a phone number.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Takes the next id from a counter.
pub(super) fn take(next: &mut u64) -> u64 {
    let id = *next;
    *next += 1;
    id
}

/// A row with an id.
pub trait Row {
    /// The id.
    fn id(&self) -> u64;
}

macro_rules! rows_have_ids {
    ($($row:ty),*) => { $(impl Row for $row { fn id(&self) -> u64 { self.id } })* };
}
rows_have_ids!(Agent, Group, Number, Tag);

/// Rows by id. Ids grow, so this is the order in which they were made; on disk it is a plain list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T>(BTreeMap<u64, T>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows(BTreeMap::new())
    }
}

impl<T: Row> Rows<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.values()
    }

    /// All of them, to be changed; their ids must stay.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.values_mut()
    }

    /// The one with that id.
    pub fn get(&self, id: u64) -> Option<&T> {
        self.0.get(&id)
    }

    /// The one with that id, to be changed; its id must stay.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        self.0.get_mut(&id)
    }

    /// Puts one in, in place of any with the same id.
    pub fn insert(&mut self, row: T) {
        self.0.insert(row.id(), row);
    }

    /// Takes one out.
    pub fn remove(&mut self, id: u64) -> Option<T> {
        self.0.remove(&id)
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.values())
    }
}

impl<'de, T: Row + Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Vec::<T>::deserialize(deserializer)?;
        Ok(Rows(rows.into_iter().map(|row| (row.id(), row)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_free_extension_fills_gaps_from_1001() {
        let used = |list: &[u16]| list.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(free_extension(&used(&[])), Some(1001));
        assert_eq!(free_extension(&used(&[1000, 1001, 1002, 1004])), Some(1003));
        assert_eq!(free_extension(&(1001..=9999).collect()), None);
    }
}
