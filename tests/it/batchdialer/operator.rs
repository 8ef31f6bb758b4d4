//! A person with the runbook in hand, before a model of the dashboard.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, date};
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

pub const TODAY: Date = date(2026, 11, 21);

pub fn lowered(text: &str) -> Lowered {
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

pub fn planned(lowered: &Lowered, ledger: &LedgerState) -> Plan {
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
        keep_observed: false,
    })
}

/// A person with the runbook in hand, and what they see.
#[derive(Default)]
pub struct Operator {
    pub dashboard: Dashboard,
    pub ledger: LedgerState,
}

impl Operator {
    /// Does each step in the order of the runbook, and confirms it.
    pub fn follow(&mut self, lowered: &Lowered) -> Plan {
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

    /// Does one step.
    pub fn step(&mut self, step: &Step, made: &Instructions) -> Result<(), String> {
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
}
