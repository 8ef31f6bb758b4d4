//! A runbook, followed to the letter in a model of the dashboard, leads to the declared account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use seatwright::ledger::{Confidence, LedgerState};
use seatwright::manifest::dialect::Lowered;
use seatwright::manifest::load::load_sources;
use seatwright::model::{Live, Value};
use seatwright::plan::{self, Plan, Selection, Step, Task, effect};
use seatwright::provider::batchdialer::capability::BATCHDIALER;
use seatwright::provider::registry::dialects;
use seatwright::render::instructions::{Instructions, instructions};
use seatwright::sandbox::batchdialer::{Dashboard, Role, UserForm};
use seatwright::source::Sources;

const TODAY: Date = date(2026, 11, 21);

fn lowered(text: &str) -> Lowered {
    let mut sources = Sources::new();
    sources.add("account.yaml", text).unwrap();
    let mut loaded = load_sources(sources, &dialects(), TODAY);
    assert_eq!(
        loaded.diagnostics.errors, 0,
        "{:?}\n{text}",
        loaded.diagnostics.items
    );
    loaded.accounts.remove(0).lowered.unwrap()
}

fn planned(lowered: &Lowered, ledger: &LedgerState) -> Plan {
    plan::plan(&plan::Input {
        desired: &lowered.desired,
        live: &Live::default(),
        ledger,
        spec: &BATCHDIALER,
        as_of: TODAY,
        now: Timestamp::UNIX_EPOCH,
        allowances: &BTreeMap::new(),
        selection: &Selection::default(),
        max_requests: None,
    })
}

/// A person with the runbook in hand, and what they see.
#[derive(Default)]
struct Operator {
    dashboard: Dashboard,
    ledger: LedgerState,
}

impl Operator {
    /// Does each step in the order of the runbook, and confirms it.
    fn follow(&mut self, lowered: &Lowered) -> Plan {
        let plan = planned(lowered, &self.ledger);
        assert_eq!(plan.refusals, [], "the plan is refused");
        assert_eq!(plan.requests.total(), 0);
        for step in &plan.steps {
            let made = instructions(step, &BATCHDIALER).expect("every step is done by hand");
            self.step(step, &made)
                .unwrap_or_else(|said| panic!("step {} ({}): {said}", made.number, made.title));
            assert!(
                self.dashboard.seats_used() <= self.dashboard.seats,
                "{}",
                made.title
            );
            let done = effect::ledger_entries(&BATCHDIALER, step, None, Confidence::Confirmed);
            for entry in done.clone() {
                self.ledger.take(entry, Timestamp::UNIX_EPOCH);
            }
            let standing = effect::confirmed_entries(
                &BATCHDIALER,
                &lowered.desired,
                &Live::default(),
                &self.ledger,
                &done,
            );
            for entry in standing {
                self.ledger.take(entry, Timestamp::UNIX_EPOCH);
            }
        }
        plan
    }

    fn step(&mut self, step: &Step, made: &Instructions) -> Result<(), String> {
        let task = step.manual.as_ref().unwrap().task;
        let key = step.key.as_str();
        let after = |name: &str| step.fields.iter().find(|it| it.path == name)?.after.clone();
        let before = |name: &str| {
            step.fields
                .iter()
                .find(|it| it.path == name)?
                .before
                .clone()
        };
        let text = |name: &str| after(name).map(|value| value.as_text().unwrap().to_owned());
        let on = |name: &str| after(name).map(|value| value.as_bool().unwrap());
        match (step.kind.as_str(), task) {
            ("account", _) => {
                if let Some(plan) = text("plan") {
                    self.dashboard.plan = plan;
                }
                match after("purchased_seats") {
                    Some(seats) => {
                        assert!(made.caution.is_some(), "money without a warning");
                        let wanted = u32::try_from(seats.as_integer().unwrap()).unwrap();
                        self.dashboard.set_seats(wanted)
                    }
                    None => Ok(()),
                }
            }
            ("agent_status", Task::Create) => {
                self.dashboard
                    .add_status(key, &text("color").unwrap_or_default())?;
                self.dashboard.edit_status(key, None, None, on("enabled"))
            }
            ("agent_status", Task::Update) => {
                let former = before("name").map(|it| it.as_text().unwrap().to_owned());
                let name = former.as_deref().unwrap_or(key);
                let (to, color) = (text("name"), text("color"));
                self.dashboard
                    .edit_status(name, to.as_deref(), color.as_deref(), on("enabled"))
            }
            ("agent_status", Task::Delete) => self.dashboard.delete_status(key),
            ("group", Task::Create) => self.dashboard.add_group(key),
            ("group", Task::Update) => {
                let former = before("name").unwrap();
                self.dashboard.rename_group(former.as_text().unwrap(), key)
            }
            ("group", Task::Delete) => self.dashboard.delete_group(key),
            ("user", Task::Delete) => self.dashboard.delete_user(key),
            ("user", task) => self.user(step, task, made),
            other => panic!("nobody knows how to do {other:?}"),
        }
    }

    fn user(&mut self, step: &Step, task: Task, made: &Instructions) -> Result<(), String> {
        let key = step.key.as_str();
        if let [only] = step.fields.as_slice() {
            let after = only.after.clone().unwrap();
            // What has a page of its own is done there, by the path that the runbook gives.
            match (only.path.as_str(), task) {
                ("campaigns", Task::Update) => {
                    assert_eq!(made.path[0], "Campaigns");
                    let names = after.texts().into_iter().map(str::to_owned).collect();
                    return self.dashboard.assign(key, &names);
                }
                ("calling", Task::Update) => {
                    assert_eq!(made.path.last().unwrap(), "Profile");
                    return self
                        .dashboard
                        .set_agent_features(key, after.as_bool().unwrap());
                }
                _ => {}
            }
        }
        let former = step.fields.iter().find(|it| it.path == "email");
        let former = former
            .and_then(|it| it.before.as_ref())
            .and_then(Value::as_text);
        let login = former.unwrap_or(key).to_owned();
        let mut form = match task {
            Task::Create => UserForm {
                password: "made by the operator".to_owned(),
                ..UserForm::default()
            },
            _ => self
                .dashboard
                .users
                .get(&login)
                .cloned()
                .ok_or("no such user")?,
        };
        form.email = key.to_owned();
        // The role is chosen first: the form of another role begins anew.
        for change in &step.fields {
            let role = change.after.as_ref().unwrap().as_text();
            if change.path == "designation" {
                form.role = match role.unwrap() {
                    "agent" => Role::Agent,
                    "supervisor" => Role::Supervisor,
                    _ => Role::Administrator,
                };
                form.calling = false;
                form.contact_edit_access = false;
                form.granted.clear();
                form.revoked.clear();
            }
        }
        for change in &step.fields {
            let value = change.after.clone().unwrap();
            let text = || value.as_text().unwrap().to_owned();
            let set =
                || -> BTreeSet<String> { value.texts().into_iter().map(str::to_owned).collect() };
            match change.path.as_str() {
                "first_name" => form.firstname = text(),
                "last_name" => form.lastname = text(),
                "phone" => form.phone = text(),
                "server_location" => form.server_location = Some(text()),
                "group" => form.group = Some(text()),
                "contact_edit_access" => form.contact_edit_access = value.as_bool().unwrap(),
                "calling" => form.calling = value.as_bool().unwrap(),
                "permissions.grant" => form.granted = set(),
                "permissions.revoke" => form.revoked = set(),
                "email" | "designation" => {}
                "campaigns" => assert!(set().is_empty(), "campaigns have a page of their own"),
                other => panic!("the form has no `{other}`"),
            }
        }
        match task {
            Task::Create => {
                assert!(made.lines.iter().any(|line| line.contains("password")));
                self.dashboard.add_user(form)
            }
            _ => self.dashboard.edit_user(&login, form),
        }
    }

    /// The account shows what the manifest says.
    fn shows(&self, team: &Team) {
        let seen: BTreeMap<&str, (Role, bool)> = self
            .dashboard
            .users
            .iter()
            .map(|(login, form)| (login.as_str(), (form.role, form.calling)))
            .collect();
        let declared: Vec<String> = team.people.keys().map(|it| email(*it)).collect();
        assert_eq!(seen.keys().copied().collect::<Vec<_>>(), declared);
        for (number, person) in &team.people {
            let form = &self.dashboard.users[&email(*number)];
            assert_eq!((form.role, form.calling), (person.role, person.calls()));
            let group = person.group.map(|it| GROUPS[it].to_owned());
            if group.is_some() {
                assert_eq!(form.group, group);
            }
            assert_eq!(form.contact_edit_access, person.edits());
            let assigned = |name: &str| self.dashboard.campaigns[name].contains(&email(*number));
            let campaigns: Vec<bool> = CAMPAIGNS.iter().map(|name| assigned(name)).collect();
            assert_eq!(campaigns, person.campaigns);
        }
        let groups: BTreeSet<String> = team
            .groups
            .iter()
            .map(|it| GROUPS[*it].to_owned())
            .collect();
        assert_eq!(self.dashboard.groups, groups);
        let statuses: BTreeMap<&str, bool> = self
            .dashboard
            .statuses
            .iter()
            .map(|(name, status)| (name.as_str(), status.enabled))
            .collect();
        let wanted: BTreeMap<&str, bool> = team
            .statuses
            .iter()
            .map(|(it, on)| (STATUSES[*it], *on))
            .collect();
        assert_eq!(statuses, wanted);
    }
}

const GROUPS: [&str; 3] = ["Closers", "Openers", "Second line"];
const STATUSES: [&str; 2] = ["Coaching", "Night shift"];
const CAMPAIGNS: [&str; 2] = ["Autumn", "Spring"];

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
struct Team {
    people: BTreeMap<usize, Person>,
    groups: BTreeSet<usize>,
    statuses: BTreeMap<usize, bool>,
    spare: u32,
}

impl Team {
    fn seats(&self) -> u32 {
        let need = self
            .people
            .values()
            .filter(|person| person.takes_seat())
            .count();
        u32::try_from(need).unwrap() + self.spare
    }

    /// The manifest, with tombstones for whatever the team before had.
    fn manifest(&self, before: Option<&Team>) -> String {
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

fn team() -> impl Strategy<Value = Team> {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// From an empty account to one team, and on to another: no step is refused, no seat is taken that is not there,
    /// each account is as declared, and nothing is left to do.
    #[test]
    fn a_runbook_followed_to_the_letter_reaches_the_declared_account(teams in proptest::collection::vec(team(), 2..4)) {
        let mut operator = Operator::default();
        for name in CAMPAIGNS {
            operator.dashboard.campaigns.insert(name.to_owned(), BTreeSet::new());
        }
        let mut before: Option<&Team> = None;
        for team in &teams {
            let manifest = team.manifest(before);
            let lowered = lowered(&manifest);
            let charged = operator.dashboard.charged;
            let had = operator.dashboard.seats;
            operator.follow(&lowered);
            operator.shows(team);
            let again = planned(&lowered, &operator.ledger);
            prop_assert!(again.is_empty(), "{:?}\n{manifest}", again.steps);
            operator.dashboard.end_period();
            prop_assert_eq!(operator.dashboard.seats, team.seats());
            prop_assert_eq!(operator.dashboard.charged - charged, team.seats().saturating_sub(had));
            before = Some(team);
        }
    }
}

fn kinds_and_tasks(plan: &Plan) -> Vec<String> {
    let shown = |step: &Step| {
        let made = instructions(step, &BATCHDIALER).unwrap();
        format!("{} {}: {}", made.number, made.title, made.path.join(" > "))
    };
    plan.steps.iter().map(shown).collect()
}

const HEAD: &str = "version: 1\naccount: { name: acme, provider: batchdialer }\n";

#[test]
fn steps_come_in_the_order_seats_groups_statuses_users_campaigns_removals_fewer_seats() {
    let mut operator = Operator::default();
    operator
        .dashboard
        .campaigns
        .insert("Spring".into(), BTreeSet::new());
    let first = "seats: { purchased: 3 }
users:
  - { email: boss@acme.example, first_name: G, last_name: H, designation: administrator, calling: true, phone: \"5550101000\" }
  - { email: old@acme.example, first_name: O, last_name: L, designation: agent, phone: \"5550101000\" }
  - { email: two@acme.example, first_name: T, last_name: W, designation: agent, phone: \"5550101000\" }
";
    operator.follow(&lowered(&format!("{HEAD}{first}")));
    let second = "seats: { purchased: 2 }
agent_statuses: [{ name: Coaching, color: \"#3366cc\", enabled: true }]
groups: [{ name: Closers }]
users:
  - { email: boss@acme.example, designation: administrator, calling: false }
  - { email: old@acme.example, state: absent, reason: left }
  - { email: two@acme.example, designation: agent, group: Closers }
  - { email: ada@acme.example, first_name: Ada, last_name: Lovelace, designation: agent, phone: \"5550101000\", group: Closers, campaigns: [Spring] }
";
    let plan = operator.follow(&lowered(&format!("{HEAD}{second}")));
    assert_eq!(
        kinds_and_tasks(&plan),
        [
            "1 change user `boss@acme.example`: name of boss@acme.example > Profile",
            "2 create agent_status `Coaching`: Users > Agent Statuses > +",
            "3 create group `Closers`: Users > User Groups (older pages: Agent Groups) > +",
            "4 create user `ada@acme.example` (Ada Lovelace): Users > Add New User (newer pages: ADD NEW)",
            "5 change user `two@acme.example`: Users > row of two@acme.example > Edit",
            "6 change user `ada@acme.example` (Ada Lovelace): Campaigns > each campaign that is listed > Agents",
            "7 delete user `old@acme.example`: Users > row of old@acme.example",
            "8 change account `acme`: your name > Billing",
        ]
    );
    assert_eq!(operator.dashboard.seats_next_period, Some(2));
    let warnings: Vec<&str> = plan.warnings.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(warnings, ["unverifiable"]);
}

#[test]
fn whoever_leaves_makes_room_for_whoever_comes_when_no_seat_is_free_or_bought() {
    let mut operator = Operator::default();
    let person = |name: &str, rest: &str| {
        format!(
            "  - {{ email: {name}@acme.example, first_name: A, last_name: B, designation: {rest}, phone: \"5550101000\" }}\n"
        )
    };
    let boss = person("boss", "administrator, calling: false");
    let before = format!(
        "{HEAD}seats: {{ purchased: 1 }}\nusers:\n{boss}{}",
        person("old", "agent")
    );
    operator.follow(&lowered(&before));
    let gone = "  - { email: old@acme.example, state: absent, reason: left }\n";
    let after = format!(
        "{HEAD}seats: {{ purchased: 1 }}\nusers:\n{boss}{gone}{}",
        person("new", "agent")
    );
    let plan = operator.follow(&lowered(&after));
    let titles = kinds_and_tasks(&plan);
    assert!(
        titles[0].contains("delete user `old@acme.example`"),
        "{titles:?}"
    );
    assert!(
        titles[1].contains("create user `new@acme.example`"),
        "{titles:?}"
    );
}

#[test]
fn a_renamed_login_and_a_renamed_group_stay_what_they_are() {
    let mut operator = Operator::default();
    let boss = "  - { email: boss@acme.example, first_name: A, last_name: B, designation: administrator, calling: false, phone: \"5550101000\" }\n";
    let before = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Dialers }}]\nusers:\n{boss}  - {{ email: ada@acme.example, first_name: A, last_name: L, designation: agent, phone: \"5550101000\", group: Dialers }}\n"
    );
    operator.follow(&lowered(&before));
    let renamed = "  - { email: ada@new.example, previously: ada@acme.example, designation: agent, group: Closers, protected: true }\n";
    let after = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Closers, previously: Dialers }}]\nusers:\n{boss}{renamed}"
    );
    let plan = operator.follow(&lowered(&after));
    assert_eq!(plan.steps.len(), 2, "{:?}", kinds_and_tasks(&plan));
    assert_eq!(
        operator.dashboard.users["ada@new.example"].group.as_deref(),
        Some("Closers")
    );
    // The former names can be forgotten; the protection stays.
    let settled = format!(
        "{HEAD}seats: {{ purchased: 1 }}\ngroups: [{{ name: Closers }}]\nusers:\n{boss}  - {{ email: ada@new.example, designation: agent, group: Closers }}\n"
    );
    assert!(planned(&lowered(&settled), &operator.ledger).is_empty());
    let tombstone = format!(
        "{HEAD}users:\n{boss}  - {{ email: ada@new.example, state: absent, reason: left }}\n"
    );
    let refused = planned(&lowered(&tombstone), &operator.ledger);
    assert_eq!(refused.refusals[0].code, "protected");
}

#[test]
fn whom_nobody_declares_is_named_and_deleted_only_by_policy() {
    let mut operator = Operator::default();
    let boss = "  - { email: boss@acme.example, first_name: A, last_name: B, designation: administrator, calling: false, phone: \"5550101000\" }\n";
    let other = "  - { email: x@acme.example, first_name: X, last_name: Y, designation: supervisor, phone: \"5550101000\" }\n";
    operator.follow(&lowered(&format!("{HEAD}users:\n{boss}{other}")));
    let silent = planned(&lowered(&format!("{HEAD}users:\n{boss}")), &operator.ledger);
    assert!(silent.is_empty());
    assert_eq!(silent.summary.unmanaged, 1);
    let named = silent
        .warnings
        .iter()
        .find(|it| it.code == "unmanaged")
        .unwrap();
    assert!(
        named.message.contains("`x@acme.example`"),
        "{}",
        named.message
    );
    let policy = "policy: { users: { unmanaged: delete } }\n";
    let plan = operator.follow(&lowered(&format!("{HEAD}{policy}users:\n{boss}")));
    assert_eq!(plan.steps.len(), 1);
    assert!(!operator.dashboard.users.contains_key("x@acme.example"));
}

fn example(name: &str, file: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let text = std::fs::read_to_string(path.join(name).join(file)).unwrap();
    text.split_once('\n').unwrap().1.to_owned()
}

fn operator() -> Operator {
    let mut operator = Operator::default();
    let campaigns = ["Spring"].map(|name| (name.to_owned(), BTreeSet::new()));
    operator.dashboard.campaigns = BTreeMap::from(campaigns);
    operator
}

#[test]
fn the_example_of_a_small_team_is_set_up_by_its_runbook() {
    let mut operator = operator();
    let lowered = lowered(&example("batchdialer-small-team", "account.yaml"));
    operator.follow(&lowered);
    assert_eq!(operator.dashboard.seats_used(), 2);
    let roles: Vec<String> = operator
        .dashboard
        .users
        .values()
        .map(UserForm::shown_role)
        .collect();
    assert_eq!(
        roles,
        [
            "Agent",
            "Agent (Custom)",
            "Supervisor (Custom)",
            "Administrator"
        ]
    );
    assert_eq!(operator.dashboard.campaigns["Spring"].len(), 2);
    assert!(planned(&lowered, &operator.ledger).is_empty());
}

#[test]
fn the_example_of_a_freed_seat_buys_nothing() {
    let mut operator = operator();
    let account = example("batchdialer-freed-seat", "account.yaml");
    let users = example("batchdialer-freed-seat", "users.yaml");
    let before = users.split_once("  # New.").unwrap().0;
    let before = before.replace("calling: false", "calling: true");
    operator.follow(&lowered(&format!("{account}{before}")));
    assert_eq!(
        (operator.dashboard.seats_used(), operator.dashboard.charged),
        (2, 2)
    );
    let plan = operator.follow(&lowered(&format!("{account}{users}")));
    let seats = plan.seats.as_ref().unwrap();
    assert_eq!((seats.purchased, seats.used, seats.after), (Some(2), 2, 2));
    assert_eq!(operator.dashboard.charged, 2);
    assert_eq!(plan.steps.len(), 3);
    assert!(plan.steps[1].depends_on.contains(&plan.steps[0].id));
    assert!(operator.dashboard.campaigns["Spring"].contains("vera@acme.example"));
}

#[test]
fn hints_warn_and_make_no_difference() {
    use seatwright::model::{Hint, Seen};
    let mut operator = operator();
    let lowered = lowered(&example("batchdialer-small-team", "account.yaml"));
    operator.follow(&lowered);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let listed = BTreeMap::from([("Spring".to_owned(), names(&["ada  LOVELACE"]))]);
    let hint = |source, seen| Hint {
        kind: "user".into(),
        source,
        seen,
    };
    let live = Live {
        hints: vec![
            hint("campaign search", Seen::With("campaigns".into(), listed)),
            hint(
                "a call record",
                Seen::Some(names(&["Ada Lovelace", "Zed Zed"])),
            ),
        ],
        ..Live::default()
    };
    let plan = plan::plan(&plan::Input {
        desired: &lowered.desired,
        live: &live,
        ledger: &operator.ledger,
        spec: &BATCHDIALER,
        as_of: TODAY,
        now: Timestamp::UNIX_EPOCH,
        allowances: &BTreeMap::new(),
        selection: &Selection::default(),
        max_requests: None,
    });
    assert!(plan.is_empty());
    let hints = plan
        .warnings
        .iter()
        .filter(|warning| warning.code == "hint");
    let hints: Vec<&str> = hints.map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        hints,
        [
            "a call record shows the user `Zed Zed`, whom no manifest names",
            "campaign search does not list `Alan Turing` in `Spring`",
        ]
    );
}
