//! CloudTalk before the scenarios.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::http::{Dashboard, Simulated};
use super::subject::{Before, Declared, Double, Edit, Flip, Subject, edit, flip};
use crate::model::{Live, ProviderSpec, Value};
use crate::plan::{Step, Task};
use crate::provider::cloudtalk::REGISTERED;
use crate::provider::cloudtalk::capability::CLOUDTALK;
use crate::provider::registry::ImportOptions;
use crate::sandbox::cloudtalk::{
    Account, AgentEdit, Credentials, Options, Role, RouteKind, Seed, SeedAgent, SeedNumber,
};

/// CloudTalk.
pub struct CloudTalk;

/// Every field of every kind, spread over as many people as the roles demand.
const WHOLE: &str = r#"version: 1
account:
  name: acme-eu
  provider: cloudtalk
  plan: expert
seats: { purchased: 10 }
groups:
  - name: Sales EU
  - name: VIP
  - name: Spare
numbers:
  - { number: "+421220510801", name: Sales line, route: { group: Sales EU } }
  - { number: "+421220510802", name: Old desk, route: none }
users:
  - { email: root@acme.example, first_name: Grace, last_name: Hopper, role: admin }
  - email: ada@acme.example
    first_name: Ada
    last_name: Lovelace
    role: agent
    outbound_calls: true
    daily_price_limit: 20
    default_number: "+421220510801"
    groups: [Sales EU]
    language: en
    external_phone: "+447700900123"
    skills: [German]
    assigned_numbers: ["+421220510801"]
    settings:
      call_monitor_access: true
      realtime_analytics_access: false
      global_call_visibility: true
      message_visibility: own messages
      max_concurrent_calls: 1
      pause_recording: true
      incoming_call_notifications: true
      mandatory_call_tagging: true
      auto_answer_dialed_calls: false
      auto_answer_inbound_calls: false
      can_change_own_groups: false
  - email: lead@acme.example
    first_name: Mary
    last_name: Jackson
    role: supervisor
    settings:
      visible_users: [ada@acme.example]
      visible_groups: [Sales EU]
      visible_numbers: ["+421220510801"]
      visible_external_numbers: ["+4930123456"]
      download_recordings: true
      download_reports: true
  - { email: alan@acme.example, first_name: Alan, last_name: Turing, extension: 1001, replace: true, groups: [VIP] }
"#;

/// A change that the API can make alone: creates, an update, a rename, a replacement, a deletion, memberships and routes.
const CROWD: &str = r#"version: 1
account: { name: acme-eu, provider: cloudtalk }
numbers:
  - { number: "+421220510801", name: One, route: { group: VIP } }
  - { number: "+421220510802", name: Second, route: none }
users:
  - { email: old@acme.example, first_name: Renamed, last_name: Last, groups: [VIP] }
  - { email: second@acme.example, previously: first@acme.example, daily_price_limit: 30 }
  - { email: moved@acme.example, first_name: First, last_name: Last, extension: 2103, replace: true, groups: [VIP] }
  - { email: leaver@acme.example, state: absent, reason: left }
  - { email: new1@acme.example, first_name: New, last_name: One, extension: 3001, groups: [Sales EU] }
  - { email: new2@acme.example, first_name: New, last_name: Two, extension: 3002, groups: [Sales EU, VIP] }
"#;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn seed(before: Before) -> Seed {
    let number = |e164: &str, name: &str| SeedNumber {
        e164: e164.to_owned(),
        name: name.to_owned(),
        connected_to: Some(RouteKind::Group),
        source: Some("Sales EU".to_owned()),
    };
    let agent = |email: &str, extension: u16, group: &str| SeedAgent {
        extension: Some(extension),
        groups: texts(&[group]),
        ..SeedAgent::new(email, "First", "Last")
    };
    let prepared = Seed {
        seats: Some(40),
        groups: texts(&["Sales EU", "VIP"]),
        numbers: vec![
            number("+421220510801", "One"),
            number("+421220510802", "Two"),
        ],
        agents: vec![
            agent("old@acme.example", 2001, "Sales EU"),
            agent("first@acme.example", 2002, "Sales EU"),
            agent("moved@acme.example", 2003, "VIP"),
            agent("leaver@acme.example", 2004, "VIP"),
        ],
        ..Seed::default()
    };
    match before {
        Before::Empty => Seed {
            seats: Some(40),
            ..Seed::default()
        },
        Before::Prepared => prepared,
        Before::Found => Seed {
            rate: None,
            ..Seed::demo()
        },
    }
}

#[async_trait]
impl Subject for CloudTalk {
    fn spec(&self) -> &'static ProviderSpec {
        &CLOUDTALK
    }

    async fn account(&self, before: Before) -> Box<dyn Double> {
        let (key_id, secret) = ("key-id", "key-secret");
        let options = Options {
            seed: seed(before),
            credentials: Some(Credentials {
                key_id: key_id.to_owned(),
                secret: secret.to_owned(),
            }),
            ..Options::default()
        };
        let credentials = [("access_key_id", key_id), ("access_key_secret", secret)];
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
                "account.purchased_seats",
                &[("purchased: 10", "purchased: 12")],
            ),
            flip("account.plan", &[("plan: expert", "plan: essential")]),
            flip(
                "group.name",
                &[("name: Spare", "name: Other\n    previously: Spare")],
            ),
            flip("number.name", &[("name: Sales line", "name: Sales desk")]),
            flip(
                "number.route",
                &[("route: { group: Sales EU }", "route: { group: VIP }")],
            ),
            Flip {
                along: &["route"],
                ..flip(
                    "number.route_type",
                    &[("route: none", "route: { user: ada@acme.example }")],
                )
            },
            Flip {
                along: &["route"],
                ..flip(
                    "number.route_type",
                    &[("route: { group: Sales EU }", "route: none")],
                )
            },
            flip(
                "user.email",
                &[(
                    "email: alan@acme.example",
                    "email: turing@acme.example, previously: alan@acme.example",
                )],
            ),
            flip(
                "user.first_name",
                &[("first_name: Ada", "first_name: Augusta")],
            ),
            flip(
                "user.last_name",
                &[("last_name: Lovelace", "last_name: King")],
            ),
            flip("user.extension", &[("extension: 1001", "extension: 1500")]),
            flip("user.role", &[("role: supervisor", "role: analyst")]),
            flip(
                "user.outbound_calls",
                &[("outbound_calls: true", "outbound_calls: false")],
            ),
            flip(
                "user.daily_price_limit",
                &[("daily_price_limit: 20", "daily_price_limit: 21")],
            ),
            flip(
                "user.default_number",
                &[(
                    "default_number: \"+421220510801\"",
                    "default_number: \"+421220510802\"",
                )],
            ),
            flip(
                "user.groups",
                &[(
                    "groups: [Sales EU]\n    language",
                    "groups: [Sales EU, VIP]\n    language",
                )],
            ),
            flip("user.groups", &[("groups: [VIP]", "groups: []")]),
            flip("user.language", &[("language: en", "language: sk")]),
            flip("user.external_phone", &[("+447700900123", "+447700900124")]),
            flip(
                "user.skills",
                &[("skills: [German]", "skills: [German, Slovak]")],
            ),
            flip(
                "user.assigned_numbers",
                &[(
                    "assigned_numbers: [\"+421220510801\"]",
                    "assigned_numbers: [\"+421220510802\"]",
                )],
            ),
            flip(
                "user.settings.call_monitor_access",
                &[("call_monitor_access: true", "call_monitor_access: false")],
            ),
            flip(
                "user.settings.realtime_analytics_access",
                &[(
                    "realtime_analytics_access: false",
                    "realtime_analytics_access: true",
                )],
            ),
            flip(
                "user.settings.global_call_visibility",
                &[(
                    "global_call_visibility: true",
                    "global_call_visibility: false",
                )],
            ),
            flip(
                "user.settings.message_visibility",
                &[(
                    "message_visibility: own messages",
                    "message_visibility: all messages",
                )],
            ),
            flip(
                "user.settings.max_concurrent_calls",
                &[("max_concurrent_calls: 1", "max_concurrent_calls: 2")],
            ),
            flip(
                "user.settings.pause_recording",
                &[("pause_recording: true", "pause_recording: false")],
            ),
            flip(
                "user.settings.incoming_call_notifications",
                &[(
                    "incoming_call_notifications: true",
                    "incoming_call_notifications: false",
                )],
            ),
            flip(
                "user.settings.mandatory_call_tagging",
                &[(
                    "mandatory_call_tagging: true",
                    "mandatory_call_tagging: false",
                )],
            ),
            flip(
                "user.settings.auto_answer_dialed_calls",
                &[(
                    "auto_answer_dialed_calls: false",
                    "auto_answer_dialed_calls: true",
                )],
            ),
            flip(
                "user.settings.auto_answer_inbound_calls",
                &[(
                    "auto_answer_inbound_calls: false",
                    "auto_answer_inbound_calls: true",
                )],
            ),
            flip(
                "user.settings.can_change_own_groups",
                &[(
                    "can_change_own_groups: false",
                    "can_change_own_groups: true",
                )],
            ),
            flip(
                "user.settings.visible_users",
                &[(
                    "visible_users: [ada@acme.example]",
                    "visible_users: [alan@acme.example]",
                )],
            ),
            flip(
                "user.settings.visible_groups",
                &[("visible_groups: [Sales EU]", "visible_groups: [VIP]")],
            ),
            flip(
                "user.settings.visible_numbers",
                &[(
                    "visible_numbers: [\"+421220510801\"]",
                    "visible_numbers: [\"+421220510802\"]",
                )],
            ),
            flip(
                "user.settings.visible_external_numbers",
                &[("+4930123456", "+4930123457")],
            ),
            flip(
                "user.settings.download_recordings",
                &[("download_recordings: true", "download_recordings: false")],
            ),
            flip(
                "user.settings.download_reports",
                &[("download_reports: true", "download_reports: false")],
            ),
        ]
    }

    fn unflippable(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "account.name",
                "it is the account's name in the repository, which the service does not know",
            ),
            (
                "number.number",
                "it is what identifies the number: another one is another number",
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
        let key = step.key.as_str();
        let task = step.manual.as_ref().map(|manual| manual.task);
        let former = super::before(step, "name").unwrap_or_else(|| key.to_owned());
        match (step.kind.as_str(), task) {
            ("group", Some(Task::Create)) => {
                self.create_group(key);
                Ok(())
            }
            ("group", Some(Task::Update)) => {
                let id = self.group_by_name(&former).ok_or("no such group")?.id;
                let group = self.groups.get_mut(id).ok_or("no such group")?;
                group.internal_name = key.to_owned();
                Ok(())
            }
            ("number", Some(Task::Create)) => {
                let bought = SeedNumber {
                    e164: key.to_owned(),
                    name: "Bought".to_owned(),
                    connected_to: None,
                    source: None,
                };
                self.create_number(&bought).map(|_| ())
            }
            ("user", Some(Task::Update)) => {
                let id = self.agent_by_email(key).ok_or("no such user")?.id;
                let role = super::after(step, "role").and_then(|value| {
                    Some(match value.as_text()? {
                        "admin" => Role::Admin,
                        "supervisor" => Role::Supervisor,
                        "analyst" => Role::Analyst,
                        _ => Role::Agent,
                    })
                });
                let language = super::after(step, "language");
                let numbers = super::after(step, "assigned_numbers");
                // Settings have no model: of them the ledger's word is taken, as of the vendor's.
                self.edit_agent(
                    id,
                    AgentEdit {
                        role,
                        language: language.and_then(|value| Some(value.as_text()?.to_owned())),
                        associated_numbers: numbers.map(|value| texts(&value.texts())),
                        ..AgentEdit::default()
                    },
                )
            }
            ("account", Some(Task::Update)) => {
                let seats = super::after(step, "purchased_seats");
                match seats.as_ref().and_then(Value::as_integer) {
                    Some(seats) => self.set_seats(u32::try_from(seats).ok()),
                    None => Ok(()),
                }
            }
            (kind, task) => Err(format!("nobody knows how to do {task:?} of a {kind}")),
        }
    }

    fn contents(&self) -> Vec<String> {
        let number = |id: Option<u64>| id.and_then(|id| Some(self.numbers.get(id)?.digits.clone()));
        let mut lines = Vec::new();
        for agent in self.agents.iter() {
            let assigned: Vec<_> = agent
                .associated_numbers
                .iter()
                .map(|id| number(Some(*id)))
                .collect();
            lines.push(format!(
                "user {} {} {} {:?} {:?} outbound {} limit {:?} from {:?} of {assigned:?} in {:?}",
                agent.email.to_lowercase(),
                agent.firstname,
                agent.lastname,
                agent.extension,
                agent.role,
                agent.status_outbound,
                agent.daily_price_limit,
                number(agent.call_number_id),
                self.groups_of(agent.id),
            ));
        }
        for group in self.groups.iter() {
            lines.push(format!(
                "group {} of {}",
                group.internal_name,
                group.members.len()
            ));
        }
        for number in self.numbers.iter() {
            let target = number.route.and_then(|route| {
                let id = route.source_id?;
                let group = self.groups.get(id).map(|group| group.internal_name.clone());
                group.or_else(|| Some(self.agents.get(id)?.email.clone()))
            });
            lines.push(format!(
                "number {} {} to {target:?}",
                number.digits, number.internal_name
            ));
        }
        lines
    }

    fn made(&self) -> u64 {
        self.next_ids.agent + self.next_ids.group + self.next_ids.number
    }
}
