//! Writes against scripted answers and simulated accounts.

mod answers;
mod lives;
mod requests;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::scripted::{Line, Script, line};
use super::*;
use crate::model::Secret;
use crate::provider::Directory;

const USER: Kind = Kind::from_static("user");
const GROUP: Kind = Kind::from_static("group");

/// What an operation is about, owned.
struct Case {
    id: ResourceId,
    remote: Option<RemoteId>,
    wanted: Fields,
    secrets: BTreeMap<FieldName, Secret>,
    directory: Directory,
}

fn fields(list: &[(&'static str, Value)]) -> Fields {
    list.iter()
        .map(|(name, value)| (FieldName::from_static(name), value.clone()))
        .collect()
}

fn ada() -> Fields {
    fields(&[
        ("email", Value::from("ada@acme.example")),
        ("first_name", Value::from("Ada")),
        ("last_name", Value::from("Lovelace")),
        ("extension", Value::from("1001")),
        ("outbound_calls", Value::from(true)),
        ("daily_price_limit", Value::from(20)),
        ("default_number", Value::from("+421220510801")),
        ("role", Value::from("agent")),
    ])
}

fn route_to(kind: &str, key: &str) -> Value {
    Value::Map(BTreeMap::from([(kind.to_owned(), Value::from(key))]))
}

impl Case {
    fn user(remote: Option<&str>) -> Self {
        let directory = Directory::from([
            (
                ResourceId::new(NUMBER, "+421220510801"),
                RemoteId::from("36"),
            ),
            (ResourceId::new(GROUP, "Sales EU"), RemoteId::from("568")),
        ]);
        Self {
            id: ResourceId::new(USER, "ada@acme.example"),
            remote: remote.map(RemoteId::from),
            wanted: ada(),
            secrets: BTreeMap::from([(
                FieldName::from_static("password"),
                Secret::new("pa55-w0rd".to_owned()),
            )]),
            directory,
        }
    }

    fn number(wanted: Fields) -> Self {
        let id = ResourceId::new(NUMBER, "+421220510801");
        Self {
            id,
            remote: Some(RemoteId::from("36")),
            wanted,
            secrets: BTreeMap::new(),
            ..Self::user(None)
        }
    }

    async fn perform(&self, writer: &mut Writer, act: Act<'_>) -> Result<Performed, Failure> {
        let operation = Operation {
            act,
            id: &self.id,
            remote: self.remote.as_ref(),
            title: "Ada Lovelace",
            wanted: &self.wanted,
            secrets: &self.secrets,
            directory: &self.directory,
        };
        writer.perform(&operation).await
    }
}

/// The answer's effect on one act, and what was sent.
async fn play(
    case: &Case,
    act: Act<'_>,
    lines: Vec<Line>,
) -> (Result<Performed, Failure>, Vec<(String, Json)>) {
    let script = Script::play(lines).await;
    let result = case.perform(&mut Writer(script.client()), act).await;
    let heard = script
        .heard()
        .into_iter()
        .map(|heard| (heard.call, heard.body))
        .collect();
    (result, heard)
}

fn done() -> Line {
    line(200, json!({"responseData": {"status": 200}}))
}

fn status(status: u16, message: &str) -> Line {
    line(
        status,
        json!({"responseData": {"status": status, "message": message}}),
    )
}

fn sales() -> ResourceId {
    ResourceId::new(GROUP, "Sales EU")
}

const GROUPS: FieldName = FieldName::from_static("groups");
