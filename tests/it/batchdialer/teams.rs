//! Random teams, as manifests and as what the dashboard should show.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seatwright::sandbox::batchdialer::{Dashboard, Role};

const GROUPS: [&str; 3] = ["Closers", "Openers", "Second line"];
const STATUSES: [&str; 2] = ["Coaching", "Night shift"];
pub const CAMPAIGNS: [&str; 2] = ["Autumn", "Spring"];

fn email(number: usize) -> String {
    format!("p{number}@acme.example")
}

#[derive(Clone, Debug)]
struct Person {
    role: Role,
    switch: bool,
    group: Option<usize>,
    campaigns: Vec<bool>,
}

impl Person {
    fn calls(&self) -> bool {
        self.role == Role::Administrator && self.switch
    }

    fn edits(&self) -> bool {
        self.role == Role::Agent && self.switch
    }

    fn takes_seat(&self) -> bool {
        self.role == Role::Agent || self.calls()
    }
}

#[derive(Clone, Debug)]
pub struct Team {
    people: BTreeMap<usize, Person>,
    groups: BTreeSet<usize>,
    statuses: BTreeMap<usize, bool>,
    spare: u32,
}

impl Team {
    /// The dashboard shows what the manifest says.
    pub fn is_shown_by(&self, dashboard: &Dashboard) {
        let seen: BTreeMap<&str, (Role, bool)> = dashboard
            .users
            .iter()
            .map(|(login, form)| (login.as_str(), (form.role, form.calling)))
            .collect();
        let declared: Vec<String> = self.people.keys().map(|it| email(*it)).collect();
        assert_eq!(seen.keys().copied().collect::<Vec<_>>(), declared);
        for (number, person) in &self.people {
            let form = &dashboard.users[&email(*number)];
            assert_eq!((form.role, form.calling), (person.role, person.calls()));
            let group = person.group.map(|it| GROUPS[it].to_owned());
            if group.is_some() {
                assert_eq!(form.group, group);
            }
            assert_eq!(form.contact_edit_access, person.edits());
            let assigned = |name: &str| dashboard.campaigns[name].contains(&email(*number));
            let campaigns: Vec<bool> = CAMPAIGNS.iter().map(|name| assigned(name)).collect();
            assert_eq!(campaigns, person.campaigns);
        }
        let groups: BTreeSet<String> = self
            .groups
            .iter()
            .map(|it| GROUPS[*it].to_owned())
            .collect();
        assert_eq!(dashboard.groups, groups);
        let statuses: BTreeMap<&str, bool> = dashboard
            .statuses
            .iter()
            .map(|(name, status)| (name.as_str(), status.enabled))
            .collect();
        let wanted: BTreeMap<&str, bool> = self
            .statuses
            .iter()
            .map(|(it, on)| (STATUSES[*it], *on))
            .collect();
        assert_eq!(statuses, wanted);
    }

    pub fn seats(&self) -> u32 {
        let need = self
            .people
            .values()
            .filter(|person| person.takes_seat())
            .count();
        u32::try_from(need).unwrap() + self.spare
    }

    /// The manifest, with tombstones for whatever the team before had.
    pub fn manifest(&self, before: Option<&Team>) -> String {
        use std::fmt::Write as _;
        let mut text = format!(
            "version: 1\naccount: {{ name: acme, provider: batchdialer, plan: multi-line }}\nseats: {{ purchased: {} }}\npolicy: {{ guards: {{ max_deletions: 50 }} }}\n",
            self.seats()
        );
        let gone = "state: absent, reason: gone";
        text.push_str("agent_statuses:\n");
        for (it, on) in &self.statuses {
            writeln!(
                text,
                "  - {{ name: {}, color: \"#3366cc\", enabled: {on} }}",
                STATUSES[*it]
            )
            .unwrap();
        }
        let former = before.into_iter().flat_map(|it| it.statuses.keys());
        for it in former.filter(|it| !self.statuses.contains_key(it)) {
            writeln!(text, "  - {{ name: {}, {gone} }}", STATUSES[*it]).unwrap();
        }
        text.push_str("groups:\n");
        for it in &self.groups {
            writeln!(text, "  - {{ name: {} }}", GROUPS[*it]).unwrap();
        }
        let former = before.into_iter().flat_map(|it| it.groups.iter());
        for it in former.filter(|it| !self.groups.contains(it)) {
            writeln!(text, "  - {{ name: {}, {gone} }}", GROUPS[*it]).unwrap();
        }
        text.push_str("users:\n");
        for (number, person) in &self.people {
            let (role, switch) = match person.role {
                Role::Agent => ("agent", Some("contact_edit_access")),
                Role::Supervisor => ("supervisor", None),
                Role::Administrator => ("administrator", Some("calling")),
            };
            write!(
                text,
                "  - {{ email: {}, first_name: P, last_name: N{number}, designation: {role}, phone: \"0123456789\"",
                email(*number)
            )
            .unwrap();
            if let Some(name) = switch {
                write!(text, ", {name}: {}", person.switch).unwrap();
            }
            if let Some(group) = person.group {
                write!(text, ", group: {}", GROUPS[group]).unwrap();
            }
            let named = CAMPAIGNS
                .iter()
                .zip(&person.campaigns)
                .filter(|(_, is_in)| **is_in);
            let named: Vec<&str> = named.map(|(name, _)| *name).collect();
            writeln!(text, ", campaigns: [{}] }}", named.join(", ")).unwrap();
        }
        let former = before.into_iter().flat_map(|it| it.people.keys());
        for it in former.filter(|it| !self.people.contains_key(it)) {
            writeln!(text, "  - {{ email: {}, {gone} }}", email(*it)).unwrap();
        }
        // A list without entries would be a key without a value.
        text.replace("agent_statuses:\ngroups", "agent_statuses: []\ngroups")
            .replace("groups:\nusers", "groups: []\nusers")
    }
}

fn person() -> impl Strategy<Value = Person> {
    let role = prop_oneof![
        3 => Just(Role::Agent),
        1 => Just(Role::Supervisor),
        2 => Just(Role::Administrator)
    ];
    let group = proptest::option::of(0..GROUPS.len());
    let campaigns = proptest::collection::vec(any::<bool>(), CAMPAIGNS.len());
    (role, any::<bool>(), group, campaigns).prop_map(|(role, switch, group, campaigns)| Person {
        role,
        switch,
        group,
        campaigns,
    })
}

pub fn team() -> impl Strategy<Value = Team> {
    let people = proptest::collection::btree_map(1_usize..7, person(), 0..6);
    let statuses = proptest::collection::btree_map(0..STATUSES.len(), any::<bool>(), 0..3);
    let groups = proptest::collection::btree_set(0..GROUPS.len(), 0..4);
    (people, statuses, groups, 0_u32..3, any::<bool>()).prop_map(
        |(mut people, statuses, mut groups, spare, boss_calls)| {
            // Somebody is always in charge.
            let boss = Person {
                role: Role::Administrator,
                switch: boss_calls,
                group: None,
                campaigns: vec![false; CAMPAIGNS.len()],
            };
            people.insert(0, boss);
            groups.extend(people.values().filter_map(|person| person.group));
            Team {
                people,
                groups,
                statuses,
                spare,
            }
        },
    )
}
