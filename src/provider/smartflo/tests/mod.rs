//! The client against a simulated account.

mod pages;
mod reading;
mod sessions;
mod writing;

use std::collections::BTreeMap;

use super::capability::SMARTFLO;
use super::connect::{self, Brand, Login, Settings};
use super::convert::{CALLER_ID, DEPARTMENT, TIME_GROUP, USER};
use super::observe::ROWS_PER_PAGE;
use super::observe::Smartflo;
use super::perform::Writer;
use crate::model::{
    FieldName, Fields, Live, Rate, RemoteId, ResourceId, Scope, Secret, Value, WriteKind,
};
use crate::provider::{
    Act, Directory, Failure, Observe, Operation, Perform, Performed, ProviderError,
};
use crate::sandbox::smartflo::{CreateAnswer, Credentials, Dialect, Options, Quirks, Seed};
use crate::sandbox::{Clock, Control, Effect, Fault, Sandbox, smartflo};

const PASSWORD: &str = "R0bot-s3cret";
const LOGIN: &str = "robot.login";
/// 2026-11-21 00:00 UTC.
const NOW: i64 = 1_795_219_200;

/// A running account whose clock stands still.
struct Bench {
    sandbox: Sandbox<smartflo::Smartflo>,
    control: Control<smartflo::Smartflo>,
}

impl Bench {
    async fn seeded(seed: Seed) -> Self {
        let sandbox = Sandbox::start(Options {
            seed: Seed { rate: None, ..seed },
            clock: Clock::manual(NOW),
            credentials: Some(Credentials {
                token: Some("l0ng-lived".to_owned()),
                login_id: LOGIN.to_owned(),
                password: PASSWORD.to_owned(),
            }),
            ..Options::default()
        })
        .await
        .unwrap();
        Self {
            control: sandbox.control(),
            sandbox,
        }
    }

    async fn demo() -> Self {
        Self::seeded(Seed::demo()).await
    }

    async fn quirky(quirks: Quirks) -> Self {
        Self::seeded(Seed {
            quirks,
            ..Seed::demo()
        })
        .await
    }

    fn settings(&self, login: Login) -> Settings {
        let clock = self.control.clock().clone();
        let rate = Rate {
            requests: 1000,
            per_seconds: 1,
            reserve_percent: 0,
        };
        Settings {
            api_url: Some(self.sandbox.url()),
            clock: std::sync::Arc::new(move || clock.unix_millis() / 1000),
            agent_group_ids: BTreeMap::from([("Outbound".to_owned(), "302".to_owned())]),
            role_ids: BTreeMap::from([("Auditor".to_owned(), "54744".to_owned())]),
            ..Settings::new(login, rate)
        }
    }

    /// A connection with the token that does not expire.
    fn reader(&self) -> Smartflo {
        let token = Login::Token(Secret::new("l0ng-lived".to_owned()));
        connect::open(self.settings(token)).unwrap()
    }

    /// A connection that logs in.
    fn by_password(&self, password: &str) -> Smartflo {
        let login = Login::Password {
            login_id: Secret::new(LOGIN.to_owned()),
            password: Secret::new(password.to_owned()),
        };
        connect::open(self.settings(login)).unwrap()
    }

    /// The calls since the last reset, as method and path.
    fn calls(&self) -> Vec<String> {
        let calls = self.control.requests();
        calls
            .iter()
            .map(|entry| format!("{} {}", entry.method, entry.path))
            .collect()
    }
}

fn everything() -> Scope {
    Scope {
        kinds: [USER, DEPARTMENT, CALLER_ID, TIME_GROUP].into(),
        member_counts: false,
    }
}

fn only(kind: crate::model::Kind) -> Scope {
    Scope {
        kinds: [kind].into(),
        member_counts: false,
    }
}

fn fields(list: &[(&'static str, Value)]) -> Fields {
    list.iter()
        .map(|(name, value)| (FieldName::from_static(name), value.clone()))
        .collect()
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

/// What the capability table says that a write takes.
fn cost(kind: &crate::model::Kind, write: WriteKind) -> u64 {
    let spec = SMARTFLO.kind(kind).unwrap();
    u64::from((spec.write_cost)(write, &Fields::new()))
}

#[test]
fn the_table_counts_the_pages_that_are_asked_for() {
    let users = SMARTFLO.kind(&USER).unwrap();
    assert_eq!(users.read_cost.rows_per_request, Some(ROWS_PER_PAGE));
}
