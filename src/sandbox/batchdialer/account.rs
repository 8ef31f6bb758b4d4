//! The whole account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dashboard::{Dashboard, Role, UserForm};

/// An account, also as a seed. As text it is JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// What people do and see in the dashboard.
    pub dashboard: Dashboard,
    /// The calls, oldest first.
    pub calls: Vec<Call>,
    /// The account's time zone, by which days are told apart.
    pub time_zone: String,
    /// How many calls each key has taken from the endpoint that remembers.
    pub watermarks: BTreeMap<String, usize>,
    /// How the service behaves where it is not documented.
    pub quirks: Quirks,
}

/// A call record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// When it began, in seconds of Unix time.
    pub at: i64,
    /// The given and the family name of the agent, when one took part.
    pub agent: Option<(String, String)>,
}

/// What is not documented, as switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// `POST /agents` answers the names, instead of 404.
    pub agents_route: bool,
    /// The names in `agentslist` are one text with commas, instead of a list.
    pub agentslist_as_text: bool,
    /// The last page of call records names a next one, which is empty and names one more.
    pub endless_cursor: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Quirks {
            agents_route: false,
            agentslist_as_text: false,
            endless_cursor: true,
        }
    }
}

impl Account {
    /// A small team: an administrator who calls, two agents, a group, a status, two campaigns and some calls.
    pub fn demo() -> Self {
        let mut dashboard = Dashboard {
            plan: "multi-line".to_owned(),
            seats: 3,
            ..Dashboard::default()
        };
        dashboard.groups.insert("Closers".to_owned());
        let people = [
            ("boss@acme.example", "Grace", "Hopper", Role::Administrator),
            ("ada@acme.example", "Ada", "Lovelace", Role::Agent),
            ("alan@acme.example", "Alan", "Turing", Role::Agent),
        ];
        for (email, firstname, lastname, role) in people {
            let form = UserForm {
                role,
                firstname: firstname.to_owned(),
                lastname: lastname.to_owned(),
                email: email.to_owned(),
                phone: "5550101234".to_owned(),
                group: (role == Role::Agent).then(|| "Closers".to_owned()),
                calling: role == Role::Administrator,
                ..UserForm::default()
            };
            dashboard.users.insert(email.to_owned(), form);
        }
        for (campaign, login) in [
            ("Spring", "ada@acme.example"),
            ("Autumn", "alan@acme.example"),
        ] {
            let assigned = [login.to_owned()].into_iter().collect();
            dashboard.campaigns.insert(campaign.to_owned(), assigned);
        }
        let call = |at, firstname: &str, lastname: &str| Call {
            at,
            agent: Some((firstname.to_owned(), lastname.to_owned())),
        };
        Account {
            dashboard,
            calls: vec![
                call(1_795_000_000, "Ada", "Lovelace"),
                Call {
                    at: 1_795_003_600,
                    agent: None,
                },
                call(1_795_007_200, "Alan", "Turing"),
            ],
            time_zone: "America/Chicago".to_owned(),
            ..Account::default()
        }
    }
}
