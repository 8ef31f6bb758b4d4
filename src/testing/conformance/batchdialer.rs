//! BatchDialer before the scenarios: its API shows names, and all the rest is a runbook and a dashboard.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::http::{Dashboard, Simulated};
use super::subject::{Before, Declared, Double, Edit, Flip, Subject, edit, flip};
use crate::model::{Live, ProviderSpec};
use crate::plan::Step;
use crate::provider::batchdialer::REGISTERED;
use crate::provider::batchdialer::capability::BATCHDIALER;
use crate::render::instructions::instructions;
use crate::sandbox::batchdialer::{Account, Options};

/// The person who follows runbooks in the integration tests.
#[allow(dead_code, reason = "the integration tests use the rest of it")]
#[path = "../../../tests/it/batchdialer/operator.rs"]
mod operator;

/// BatchDialer.
pub struct BatchDialer;

/// Every field of every kind.
const WHOLE: &str = r##"version: 1
account: { name: acme-us, provider: batchdialer, plan: multi-line }
seats: { purchased: 3 }
agent_statuses:
  - { name: Coaching, color: "#3366cc", enabled: true }
groups:
  - name: Closers
  - name: Openers
users:
  - { email: root@acme.example, first_name: Grace, last_name: Hopper, designation: administrator, calling: false, phone: "5550101000" }
  - { email: vera@acme.example, first_name: Vera, last_name: Rubin, designation: supervisor, phone: "5550101001" }
  - email: ada@acme.example
    first_name: Ada
    last_name: Lovelace
    designation: agent
    phone: "5550101234"
    server_location: US East
    contact_edit_access: true
    group: Closers
    permissions: { grant: [Export Contact Lists], revoke: [Download Audio] }
    campaigns: [Spring]
"##;

#[async_trait]
impl Subject for BatchDialer {
    fn spec(&self) -> &'static ProviderSpec {
        &BATCHDIALER
    }

    async fn account(&self, before: Before) -> Box<dyn Double> {
        let mut seed = Account::demo();
        if before != Before::Found {
            seed.dashboard.users.clear();
            seed.dashboard.groups.clear();
            seed.calls.clear();
            seed.dashboard
                .campaigns
                .values_mut()
                .for_each(BTreeSet::clear);
        }
        let options = Options {
            seed,
            key: Some("integration-key".to_owned()),
            ..Options::default()
        };
        let credentials = [("api_key", "integration-key")];
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
        self.whole()
    }

    fn flips(&self) -> Vec<Flip> {
        vec![
            flip("account.plan", &[("plan: multi-line", "plan: single-line")]),
            flip(
                "account.purchased_seats",
                &[("purchased: 3", "purchased: 4")],
            ),
            flip(
                "agent_status.name",
                &[("name: Coaching", "name: Training, previously: Coaching")],
            ),
            flip("agent_status.color", &[("#3366cc", "#cc3366")]),
            flip(
                "agent_status.enabled",
                &[("enabled: true", "enabled: false")],
            ),
            flip(
                "group.name",
                &[("name: Openers", "name: Starters\n    previously: Openers")],
            ),
            flip(
                "user.email",
                &[(
                    "email: vera@acme.example",
                    "email: rubin@acme.example, previously: vera@acme.example",
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
            flip(
                "user.designation",
                &[("designation: supervisor", "designation: administrator")],
            ),
            flip("user.phone", &[("5550101234", "5550101235")]),
            flip(
                "user.server_location",
                &[("server_location: US East", "server_location: US West")],
            ),
            flip(
                "user.contact_edit_access",
                &[("contact_edit_access: true", "contact_edit_access: false")],
            ),
            flip("user.group", &[("group: Closers", "group: Openers")]),
            flip("user.calling", &[("calling: false", "calling: true")]),
            flip(
                "user.permissions.grant",
                &[("grant: [Export Contact Lists]", "grant: []")],
            ),
            flip(
                "user.permissions.revoke",
                &[("revoke: [Download Audio]", "revoke: []")],
            ),
            flip(
                "user.campaigns",
                &[("campaigns: [Spring]", "campaigns: [Autumn]")],
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
                "user.password",
                "no manifest has it: whoever creates the user makes one",
            ),
        ]
    }

    fn imported(&self, _: &Live, _: &Map<String, Json>) -> Declared {
        panic!("there is no import: the API lists no users")
    }
}

impl Dashboard for Account {
    fn by_hand(&mut self, spec: &'static ProviderSpec, step: &Step) -> Result<(), String> {
        let made = instructions(step, spec).ok_or("the step has no instructions")?;
        let mut operator = operator::Operator {
            dashboard: std::mem::take(&mut self.dashboard),
            ..operator::Operator::default()
        };
        let done = operator.step(step, &made);
        self.dashboard = operator.dashboard;
        // Fewer seats come with the next period.
        self.dashboard.end_period();
        done
    }

    fn contents(&self) -> Vec<String> {
        let dashboard = &self.dashboard;
        let mut lines = vec![format!("plan {} seats {}", dashboard.plan, dashboard.seats)];
        lines.extend(dashboard.users.values().map(|user| format!("{user:?}")));
        lines.extend(dashboard.groups.iter().map(|name| format!("group {name}")));
        lines.extend(
            dashboard
                .statuses
                .iter()
                .map(|status| format!("{status:?}")),
        );
        lines.extend(
            dashboard
                .campaigns
                .iter()
                .map(|campaign| format!("{campaign:?}")),
        );
        lines
    }

    fn made(&self) -> u64 {
        0
    }
}
