//! Smartflo before the scenarios: with a login, so that sessions are opened and closed.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::http::{Dashboard, Simulated};
use super::subject::{Before, Declared, Double, Edit, Flip, Subject, edit, flip};
use super::{after, before};
use crate::model::{Live, ProviderSpec, Value};
use crate::plan::{Step, Task};
use crate::provider::registry::ImportOptions;
use crate::provider::smartflo::REGISTERED;
use crate::provider::smartflo::capability::SMARTFLO;
use crate::sandbox::smartflo::{Account, Credentials, Options, Seed, SeedUser, UserEdit};

/// Smartflo.
pub struct Smartflo;

/// Every field of every kind that manifests declare.
const WHOLE: &str = r#"version: 1
account:
  name: acme-in
  provider: smartflo
  role_ids: { Agent: 54741, Supervisor: 54742 }
  agent_group_ids: { Inbound: "301", Outbound: "302" }
departments:
  - name: Sales
  - name: Support
  - name: Spare
users:
  - login_id: ada.lovelace
    name: Ada Lovelace
    phone: "+919876543210"
    agent: true
    agent_groups: [Outbound]
    departments: [Sales]
    caller_ids: ["+918065000001", "+918065000002"]
    extension: true
    login_based_calling: true
    time_group: Office hours
    call_forward_number: "+919876543299"
    web_login:
      enabled: true
      designation: Sales lead
      email: ada@acme.example
      role: Agent
      blocked: false
      cdr_users: all
      allowed_ips: [203.0.113.7]
  - login_id: alan.turing
    name: Alan Turing
    phone: "+919876543211"
    extension: "1001"
    departments: [Support]
    caller_ids: ["+918065000002"]
    web_login: { email: alan@acme.example, role: Supervisor }
  - login_id: hedy.lamarr
    name: Hedy Lamarr
    phone: "+919876543212"
    existing_agent: "0502842370001"
    web_login: { email: hedy@acme.example, role: Agent }
"#;

/// A change that the API can make alone: creates, updates, a rename, a deletion, memberships on both sides.
const CROWD: &str = r#"version: 1
account:
  name: acme-in
  provider: smartflo
  role_ids: { Agent: 54741, Supervisor: 54742 }
  agent_group_ids: { Inbound: "301", Outbound: "302" }
departments:
  - name: Sales
  - name: Service
    previously: Support
  - name: Billing
users:
  - { login_id: old.hand, name: Renamed, departments: [Billing] }
  - { login_id: second.name, previously: first.name, phone: "+919876500099" }
  - { login_id: leaver.one, state: absent, reason: left }
  - login_id: new.one
    name: New One
    phone: "+919876500011"
    agent: true
    departments: [Sales, Service]
    caller_ids: ["+918065000001"]
    web_login: { designation: Seller, email: one@acme.example, role: Agent, cdr_users: [new.one, new.two] }
  - login_id: new.two
    name: New Two
    phone: "+919876500012"
    agent: true
    extension: true
    agent_groups: [Inbound]
    departments: [Sales]
    caller_ids: ["+918065000001"]
    web_login: { email: two@acme.example, role: Supervisor }
"#;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn seed(before: Before) -> Seed {
    let user = |login: &str, number: u32, department: &str| SeedUser {
        departments: texts(&[department]),
        caller_ids: texts(&["+918065000001"]),
        ..SeedUser::new(
            login,
            "First Last",
            &format!("+9198765{number:05}"),
            "Agent",
        )
    };
    let empty = Seed {
        rate: None,
        roles: texts(&["Agent", "Supervisor"]),
        agent_groups: texts(&["Inbound", "Outbound"]),
        time_groups: texts(&["Office hours", "Always"]),
        numbers: texts(&["+918065000001", "+918065000002"]),
        free_agents: texts(&["+919876543212", "+919876543212"]),
        ..Seed::default()
    };
    match before {
        Before::Empty => empty,
        Before::Prepared => Seed {
            departments: texts(&["Sales", "Support"]),
            users: vec![
                user("old.hand", 1, "Sales"),
                user("first.name", 2, "Support"),
                user("leaver.one", 3, "Support"),
            ],
            ..empty
        },
        Before::Found => Seed {
            rate: None,
            ..Seed::demo()
        },
    }
}

#[async_trait]
impl Subject for Smartflo {
    fn spec(&self) -> &'static ProviderSpec {
        &SMARTFLO
    }

    async fn account(&self, before: Before) -> Box<dyn Double> {
        let (login_id, password) = ("robot.login", "robot-password");
        let options = Options {
            seed: seed(before),
            credentials: Some(Credentials {
                token: None,
                login_id: login_id.to_owned(),
                password: password.to_owned(),
            }),
            ..Options::default()
        };
        let credentials = [("login_id", login_id), ("password", password)];
        Simulated::start(
            &REGISTERED,
            &credentials,
            |control, act| control.edit(|account| act(account)).unwrap(),
            options,
        )
        .await
    }

    fn edited(&self, edits: &[Edit]) -> Declared {
        Declared::of(&edit(WHOLE, edits))
    }

    fn crowd(&self) -> Declared {
        Declared::of(CROWD)
    }

    fn flips(&self) -> Vec<Flip> {
        vec![
            flip(
                "department.name",
                &[("name: Spare", "name: Other\n    previously: Spare")],
            ),
            flip(
                "user.login_id",
                &[(
                    "login_id: alan.turing",
                    "login_id: a.m.turing\n    previously: alan.turing",
                )],
            ),
            flip("user.name", &[("name: Ada Lovelace", "name: Ada King")]),
            flip("user.phone", &[("+919876543211", "+919876543213")]),
            flip(
                "user.call_forward_number",
                &[("+919876543299", "+919876543298")],
            ),
            flip(
                "user.agent_groups",
                &[(
                    "agent_groups: [Outbound]",
                    "agent_groups: [Inbound, Outbound]",
                )],
            ),
            flip(
                "user.departments",
                &[("departments: [Sales]", "departments: [Sales, Spare]")],
            ),
            flip(
                "user.departments",
                &[("departments: [Support]", "departments: []")],
            ),
            // The order counts: the first is the extension's own.
            flip(
                "user.caller_ids",
                &[(
                    "[\"+918065000001\", \"+918065000002\"]",
                    "[\"+918065000002\", \"+918065000001\"]",
                )],
            ),
            flip("user.extension", &[("extension: true", "extension: false")]),
            flip(
                "user.extension_number",
                &[("extension: \"1001\"", "extension: \"1002\"")],
            ),
            flip("user.existing_agent", &[("0502842370001", "0502842370002")]),
            flip(
                "user.time_group",
                &[("time_group: Office hours", "time_group: Always")],
            ),
            flip(
                "user.web_login.designation",
                &[("designation: Sales lead", "designation: Head of sales")],
            ),
            flip(
                "user.web_login.email",
                &[("email: ada@acme.example", "email: king@acme.example")],
            ),
            flip(
                "user.web_login.role",
                &[("role: Supervisor }", "role: Agent }")],
            ),
            flip(
                "user.web_login.enabled",
                &[("enabled: true", "enabled: false")],
            ),
            flip(
                "user.web_login.cdr_users",
                &[("cdr_users: all", "cdr_users: [alan.turing]")],
            ),
            flip(
                "user.web_login.allowed_ips",
                &[("[203.0.113.7]", "[203.0.113.8]")],
            ),
            flip(
                "user.login_based_calling",
                &[("login_based_calling: true", "login_based_calling: false")],
            ),
            flip(
                "user.web_login.blocked",
                &[("blocked: false", "blocked: true")],
            ),
        ]
    }

    fn unflippable(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "caller_id.number",
                "manifests list no numbers: users refer to those of the account",
            ),
            (
                "time_group.name",
                "manifests list no time groups: users refer to those of the account",
            ),
            (
                "user.agent",
                "whoever loses the agent loses all that was declared of it: a flip of many fields",
            ),
            (
                "user.web_login",
                "a manifest says it by having the key, and cannot say that there is none",
            ),
            (
                "user.password",
                "it is set once, on a new user, and compared with nothing",
            ),
        ]
    }

    fn imported(&self, live: &Live, learned: &Map<String, Json>) -> Declared {
        super::imported(
            &REGISTERED,
            live,
            &ImportOptions {
                account: "imported".to_owned(),
                api_url: None,
                learned: learned.clone(),
            },
        )
    }
}

impl Dashboard for Account {
    fn by_hand(&mut self, _: &'static ProviderSpec, step: &Step) -> Result<(), String> {
        let task = step.manual.as_ref().map(|manual| manual.task);
        let ("user", Some(Task::Update)) = (step.kind.as_str(), task) else {
            return Err(format!(
                "nobody knows how to do {task:?} of a {}",
                step.kind
            ));
        };
        let key = step.key.as_str();
        let user = self.user_by_login(key).cloned().ok_or("no such user")?;
        let text =
            |name: &str| after(step, name).and_then(|value| Some(value.as_text()?.to_owned()));
        let on = |name: &str| after(step, name).as_ref().and_then(Value::as_bool);
        let extension = match (text("extension_number"), on("extension")) {
            (Some(chosen), _) => Some(Some(chosen)),
            (None, Some(true)) => Some(Some(self.new_extension())),
            (None, Some(false)) => Some(None),
            (None, None) => None,
        };
        let existing_agent = text("existing_agent");
        if existing_agent.is_some() && user.agent.is_some() {
            let mut freed = user.clone();
            let agent = freed.agent.take().ok_or("no agent")?;
            self.free_agents.insert(agent.id.clone(), agent);
            self.users.insert(freed.id, freed);
        }
        assert!(before(step, "login_id").is_none(), "the API can do that");
        let ips = after(step, "web_login.allowed_ips").map(|value| Some(texts(&value.texts())));
        self.edit_user(
            user.id,
            UserEdit {
                allowed_ips: ips,
                extension,
                agent: on("agent"),
                existing_agent,
                call_forward_number: text("call_forward_number"),
                time_group: text("time_group").map(Some),
                status: on("web_login.enabled"),
                ..UserEdit::default()
            },
        )
    }

    fn contents(&self) -> Vec<String> {
        let agent_of = |eid: &str| {
            let found = self.agents().find(|(agent, _)| agent.id == eid);
            found.and_then(|(_, user)| user.map(|user| user.login_id.clone()))
        };
        let mut lines = Vec::new();
        for user in self.users.values() {
            let watched: Vec<_> = user.cdr.value.iter().map(|eid| agent_of(eid)).collect();
            let agent = user.agent.as_ref().map(|agent| {
                (
                    agent.number.clone(),
                    agent.extension.is_some(),
                    agent.time_group,
                )
            });
            lines.push(format!(
                "user {} {} {} {} {:?} role {} enabled {} blocked {} by login {} sees {} {watched:?} from {:?} groups {:?} \
                 numbers {:?} agent {agent:?} in {:?}",
                user.login_id.to_lowercase(),
                user.name,
                user.number,
                user.email,
                user.designation,
                user.role,
                user.status,
                user.web_login_blocked,
                user.login_based_calling,
                user.cdr.scope,
                user.allowed_ips,
                user.agent_groups,
                user.caller_ids,
                self.departments_of(user),
            ));
        }
        for department in self.departments.values() {
            lines.push(format!(
                "department {} of {}",
                department.name,
                department.members.len()
            ));
        }
        lines
    }

    fn made(&self) -> u64 {
        self.next_ids.user + self.next_ids.agent + self.next_ids.department
    }
}
