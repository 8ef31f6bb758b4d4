//! The account that a simulator begins with.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::account::{
    Account, Agent, Group, Number, Role, Route, RouteKind, Tag, digest, digits, free_extension,
    take,
};
use super::quirks::Quirks;
use super::tags::COUNTRIES;

/// An account to begin with. As text it is JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// Seats bought; none is unlimited. Fewer than users is an account that is over its seats.
    pub seats: Option<u32>,
    /// Requests per minute; none is unlimited.
    pub rate: Option<u32>,
    /// The ring groups' names.
    pub groups: Vec<String>,
    /// The phone numbers.
    pub numbers: Vec<SeedNumber>,
    /// The users.
    pub agents: Vec<SeedAgent>,
    /// The call tags' names.
    pub tags: Vec<String>,
    /// E-mail addresses that other companies use.
    pub taken_emails: Vec<String>,
    /// How the service behaves where it is not documented.
    pub quirks: Quirks,
}

/// A user to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeedAgent {
    /// The e-mail address.
    pub email: String,
    /// The first name.
    pub firstname: String,
    /// The last name.
    pub lastname: String,
    /// The extension; the next free one when left out.
    pub extension: Option<u16>,
    /// The role.
    pub role: Role,
    /// The language.
    pub language: String,
    /// Whether the user is switched on.
    pub active: bool,
    /// The names of the user's groups.
    pub groups: Vec<String>,
    /// Whether outbound calls are allowed.
    pub status_outbound: bool,
    /// The daily limit in EUR.
    pub daily_price_limit: Option<u32>,
    /// The default number in E.164.
    pub default_number: Option<String>,
    /// The assigned numbers in E.164; none means all.
    pub associated_numbers: Vec<String>,
    /// Calls in the history.
    pub calls: u32,
    /// The password.
    pub pass: Option<String>,
}

impl Default for SeedAgent {
    fn default() -> Self {
        SeedAgent {
            email: String::new(),
            firstname: String::new(),
            lastname: String::new(),
            extension: None,
            role: Role::Agent,
            language: "en".to_owned(),
            active: true,
            groups: Vec::new(),
            status_outbound: true,
            daily_price_limit: None,
            default_number: None,
            associated_numbers: Vec::new(),
            calls: 0,
            pass: None,
        }
    }
}

impl SeedAgent {
    /// A user with the defaults of one that the API made.
    pub fn new(email: &str, firstname: &str, lastname: &str) -> Self {
        SeedAgent {
            email: email.to_owned(),
            firstname: firstname.to_owned(),
            lastname: lastname.to_owned(),
            ..SeedAgent::default()
        }
    }
}

/// A phone number to begin with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeedNumber {
    /// The number.
    pub e164: String,
    /// The name.
    pub name: String,
    /// The kind of its route's target; none is a free number.
    pub connected_to: Option<RouteKind>,
    /// The target: a group's name, a user's e-mail address, or an id.
    pub source: Option<String>,
}

/// A seed that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// Two of a kind with one name.
    #[error("the seed has {kind} `{key}` twice; take one out")]
    Twice {
        /// The kind.
        kind: &'static str,
        /// The name.
        key: String,
    },
    /// A name that nothing has.
    #[error(
        "the seed's {holder} names {kind} `{key}`, which it does not have; add it or correct the name"
    )]
    Unknown {
        /// What names it.
        holder: String,
        /// The kind that is named.
        kind: &'static str,
        /// The name.
        key: String,
    },
    /// A value out of range.
    #[error("the seed's {holder} has {field} `{value}`, which is not {wanted}")]
    Invalid {
        /// What has it.
        holder: String,
        /// The field.
        field: &'static str,
        /// The value.
        value: String,
        /// What would be valid.
        wanted: &'static str,
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
        let mut account = Account::empty(self.quirks.clone());
        account.seats = self.seats;
        account.taken_emails = self
            .taken_emails
            .iter()
            .map(|email| email.to_lowercase())
            .collect();
        let mut known = Known::of(&account);
        for name in &self.groups {
            known
                .groups
                .insert(name.clone(), account.create_group(name));
        }
        for name in &self.tags {
            let id = take(&mut account.next_ids.tag);
            account.tags.insert(Tag {
                id,
                name: name.clone(),
            });
        }
        for number in &self.numbers {
            number.add(&mut account, &mut known)?;
        }
        for agent in &self.agents {
            agent.add(&mut account, &mut known)?;
        }
        for number in &self.numbers {
            number.connect(&mut account, &known)?;
        }
        Ok(account)
    }
}

/// Adds one user to an account.
pub(super) fn add_agent(account: &mut Account, agent: &SeedAgent) -> Result<u64, SeedError> {
    let mut known = Known::of(account);
    agent.add(account, &mut known)
}

/// Adds one number to an account.
pub(super) fn add_number(account: &mut Account, number: &SeedNumber) -> Result<u64, SeedError> {
    let mut known = Known::of(account);
    // The route first, on a copy of the rules: a number that leads nowhere must not be added.
    number.route(&known)?;
    let id = number.add(account, &mut known)?;
    number.connect(account, &known)?;
    Ok(id)
}

/// What an account has, by natural key.
struct Known {
    emails: BTreeMap<String, u64>,
    extensions: BTreeSet<u16>,
    groups: BTreeMap<String, u64>,
    numbers: BTreeMap<String, u64>,
}

impl Known {
    fn of(account: &Account) -> Self {
        let group = |group: &Group| (group.internal_name.clone(), group.id);
        Known {
            emails: account
                .agents
                .iter()
                .map(|agent| (agent.email.to_lowercase(), agent.id))
                .collect(),
            extensions: account.extensions(),
            groups: account.groups.iter().map(group).collect(),
            numbers: account
                .numbers
                .iter()
                .map(|number| (number.digits.clone(), number.id))
                .collect(),
        }
    }
}

/// Finds `key`, or says who named it in vain.
fn find(
    map: &BTreeMap<String, u64>,
    key: &str,
    kind: &'static str,
    shown: &str,
    holder: &str,
) -> Result<u64, SeedError> {
    let unknown = || SeedError::Unknown {
        holder: holder.to_owned(),
        kind,
        key: shown.to_owned(),
    };
    map.get(key).copied().ok_or_else(unknown)
}

impl SeedAgent {
    fn add(&self, account: &mut Account, known: &mut Known) -> Result<u64, SeedError> {
        let holder = format!("agent `{}`", self.email);
        let twice = |kind, key: &str| SeedError::Twice {
            kind,
            key: key.to_owned(),
        };
        let email = self.email.to_lowercase();
        if known.emails.contains_key(&email) || account.taken_emails.contains(&email) {
            return Err(twice("e-mail", &self.email));
        }
        let invalid = |field, value: u64, wanted| {
            Err(SeedError::Invalid {
                holder: holder.clone(),
                field,
                value: value.to_string(),
                wanted,
            })
        };
        if let Some(limit) = self
            .daily_price_limit
            .filter(|limit| !(1..=200).contains(limit))
        {
            return invalid("daily_price_limit", limit.into(), "from 1 to 200");
        }
        let extension = match self.extension {
            Some(extension) if !(1000..=9999).contains(&extension) => {
                return invalid("extension", extension.into(), "from 1000 to 9999");
            }
            Some(extension) if known.extensions.contains(&extension) => {
                return Err(twice("extension", &extension.to_string()));
            }
            // With all 9000 in use the search would find nothing, slowly.
            None if known.extensions.len() >= 9000 => None,
            None => free_extension(&known.extensions),
            chosen => chosen,
        };
        let number = |e164: &String| find(&known.numbers, &digits(e164), "number", e164, &holder);
        let call_number_id = self.default_number.as_ref().map(number).transpose()?;
        let associated_numbers = self
            .associated_numbers
            .iter()
            .map(number)
            .collect::<Result<_, _>>()?;
        let group = |name: &String| find(&known.groups, name, "group", name, &holder);
        let groups = self
            .groups
            .iter()
            .map(group)
            .collect::<Result<Vec<u64>, _>>()?;
        let id = take(&mut account.next_ids.agent);
        known.emails.insert(email, id);
        known.extensions.extend(extension);
        account.agents.insert(Agent {
            id,
            email: self.email.clone(),
            firstname: self.firstname.clone(),
            lastname: self.lastname.clone(),
            extension,
            role: self.role,
            language: self.language.clone(),
            active: self.active,
            status_outbound: self.status_outbound,
            daily_price_limit: self.daily_price_limit,
            call_number_id,
            associated_numbers,
            calls: self.calls,
            pass_sha256: self.pass.as_deref().map(digest),
        });
        for group in groups {
            account.add_member(group, id);
        }
        Ok(id)
    }
}

impl SeedNumber {
    fn add(&self, account: &mut Account, known: &mut Known) -> Result<u64, SeedError> {
        let digits = digits(&self.e164);
        if !(7..=15).contains(&digits.len()) {
            return Err(SeedError::Invalid {
                holder: format!("number `{}`", self.name),
                field: "e164",
                value: self.e164.clone(),
                wanted: "7 to 15 digits",
            });
        }
        if known.numbers.contains_key(&digits) {
            return Err(SeedError::Twice {
                kind: "number",
                key: self.e164.clone(),
            });
        }
        let calling_codes = COUNTRIES
            .iter()
            .map(|country| country.4)
            .filter(|code| digits.starts_with(code));
        let country_code = calling_codes
            .max_by_key(|code| code.len())
            .unwrap_or(&digits[..2])
            .to_owned();
        let area_code = digits.chars().skip(country_code.len()).take(2).collect();
        let id = take(&mut account.next_ids.number);
        known.numbers.insert(digits.clone(), id);
        account.numbers.insert(Number {
            id,
            digits,
            country_code,
            area_code,
            internal_name: self.name.clone(),
            route: None,
        });
        Ok(id)
    }

    /// Sets the route of the number, once its target exists.
    fn connect(&self, account: &mut Account, known: &Known) -> Result<(), SeedError> {
        let route = self.route(known)?;
        let id = known.numbers.get(&digits(&self.e164)).copied();
        if let Some(number) = id.and_then(|id| account.numbers.get_mut(id)) {
            number.route = route;
        }
        Ok(())
    }

    fn route(&self, known: &Known) -> Result<Option<Route>, SeedError> {
        let holder = format!("number `{}`", self.e164);
        let source = self.source.clone().unwrap_or_default();
        let Some(kind) = self.connected_to else {
            return Ok(None);
        };
        let source_id = match kind {
            RouteKind::Group => Some(find(&known.groups, &source, "group", &source, &holder)?),
            RouteKind::Agent => Some(find(
                &known.emails,
                &source.to_lowercase(),
                "agent",
                &source,
                &holder,
            )?),
            RouteKind::Conference | RouteKind::Fax => source.parse().ok(),
        };
        Ok(Some(Route { kind, source_id }))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_account_holds_together_and_survives_json() {
        let seed = Seed::demo();
        let account = seed.account().unwrap();
        assert_eq!(
            (
                account.agents.len(),
                account.groups.len(),
                account.numbers.len()
            ),
            (10, 3, 4)
        );
        assert!(!account.is_full());
        assert_eq!(account.group_by_name("Sales EU").unwrap().members.len(), 3);
        let grace = account.agent_by_email("GRACE@acme.example").unwrap();
        assert_eq!(account.groups_of(grace.id), ["Sales EU", "VIP"]);
        assert_eq!(
            Seed::from_json(&serde_json::to_string(&seed).unwrap()).unwrap(),
            seed
        );
    }

    #[test]
    fn a_generated_account_is_the_same_every_time_and_runs_out_of_extensions_after_9000() {
        let seed = Seed::generated(10_000, 40, 100);
        assert_eq!(seed, Seed::generated(10_000, 40, 100));
        let account = seed.account().unwrap();
        assert_eq!(account.agents.len(), 10_000);
        assert_eq!(account.extensions().len(), 9_000);
        assert_eq!(
            account
                .agents
                .iter()
                .filter(|agent| agent.extension.is_none())
                .count(),
            1_000
        );
        assert!(Seed::generated(3, 0, 0).account().is_ok());
    }

    #[test]
    fn a_seed_that_contradicts_itself_is_refused_with_the_place() {
        let agent = |edit: fn(&mut SeedAgent)| {
            let mut agent = SeedAgent::new("a@b.example", "A", "B");
            edit(&mut agent);
            Seed {
                agents: vec![agent],
                ..Seed::default()
            }
            .account()
            .unwrap_err()
            .to_string()
        };
        assert_eq!(
            agent(|agent| agent.groups = vec!["Nobody".to_owned()]),
            "the seed's agent `a@b.example` names group `Nobody`, which it does not have; add it or correct the name"
        );
        assert_eq!(
            agent(|agent| agent.extension = Some(999)),
            "the seed's agent `a@b.example` has extension `999`, which is not from 1000 to 9999"
        );
        let twin = SeedAgent::new("A@b.example", "A", "B");
        let twins = Seed {
            agents: vec![SeedAgent::new("a@b.example", "A", "B"), twin],
            ..Seed::default()
        };
        assert_eq!(
            twins.account().unwrap_err().to_string(),
            "the seed has e-mail `A@b.example` twice; take one out"
        );
    }
}
