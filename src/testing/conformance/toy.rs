//! The toy vendor before the scenarios.

mod service;

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::subject::{Before, Declared, Double, Edit, Flip, Subject};
use crate::model::{DeclaredResource, Desired, Fields, Live, ProviderSpec, ResourceId, Value};
use crate::testing::toy::{TOY, declare, line, person, route, team, tombstone};
use service::{InMemory, Service};

/// The toy vendor.
pub struct Toy;

fn whole() -> Desired {
    let mut desired = declare([
        team("red"),
        team("blue"),
        team("spare"),
        line("+100")
            .with("name", Value::text("Front"))
            .with("route_type", Value::text("team"))
            .with("route", route("team", "red")),
        line("+200").with("name", Value::text("Back")),
        person("ada")
            .with("email", Value::text("ada"))
            .with("name", Value::text("Ada"))
            .with("active", true)
            .with("greeting", Value::text("hello"))
            .with("badge", Value::text("gold"))
            .with("phone", Value::text("+100"))
            .with("desk", Value::text("12"))
            .with("role", Value::text("admin"))
            .in_teams(&["red"])
            .with_password(),
        person("bob")
            .with("email", Value::text("bob"))
            .with("code", Value::text("7"))
            .with("role", Value::text("agent"))
            .in_teams(&["blue"])
            .replaceable()
            .with_password(),
    ]);
    desired.buy(5);
    desired
}

fn crowd() -> Desired {
    declare([
        team("red"),
        team("blue"),
        line("+100")
            .with("name", Value::text("Front"))
            .with("route_type", Value::text("person"))
            .with("route", route("person", "new1")),
        line("+200").with("name", Value::text("Back")),
        person("old")
            .with("name", Value::text("Renamed"))
            .in_teams(&["blue"]),
        person("second")
            .formerly("first")
            .with("greeting", Value::text("good day")),
        person("moved")
            .with("code", Value::text("2"))
            .with("badge", Value::text("gold"))
            .in_teams(&["red"])
            .replaceable()
            .with_password(),
        tombstone("leaver"),
        person("new1")
            .with("name", Value::text("One"))
            .with("badge", Value::text("gold"))
            .in_teams(&["red"])
            .with_password(),
        person("new2")
            .with("name", Value::text("Two"))
            .with("active", true)
            .in_teams(&["red", "blue"])
            .with_password(),
        person("new3")
            .with("phone", Value::text("+200"))
            .in_teams(&["blue"])
            .with_password(),
    ])
}

fn set(desired: &mut Desired, kind: &str, key: &str, field: &'static str, value: Value) {
    let found = desired
        .resources
        .get_mut(kind)
        .and_then(|found| found.get_mut(key))
        .unwrap();
    found.fields.insert(field.into(), value);
}

fn rename(desired: &mut Desired, kind: &str, key: &str, to: &str, field: &'static str) {
    let found = desired
        .resources
        .get_mut(kind)
        .unwrap()
        .remove(key)
        .unwrap();
    let id = ResourceId::new(found.id.kind.clone(), to);
    let mut renamed = DeclaredResource {
        id,
        previously: Some(key.into()),
        ..found
    };
    if renamed.fields.contains_key(field) {
        renamed.fields.insert(field.into(), Value::text(to));
    }
    desired.put(renamed);
}

const fn direct(field: &'static str, edit: fn(&mut Desired)) -> Flip {
    Flip {
        field,
        edit: Edit::Direct(edit),
        along: &[],
    }
}

#[async_trait]
impl Subject for Toy {
    fn spec(&self) -> &'static ProviderSpec {
        &TOY
    }

    async fn account(&self, before: Before) -> Box<dyn Double> {
        let mut service = Service::default();
        if before == Before::Prepared {
            for (kind, key) in [
                ("team", "red"),
                ("team", "blue"),
                ("line", "+100"),
                ("line", "+200"),
            ] {
                service.make(kind, key, Fields::new());
            }
            for (key, of) in [
                ("old", "red"),
                ("first", "red"),
                ("moved", "red"),
                ("leaver", "blue"),
            ] {
                let code = Fields::from_iter([("code".into(), Value::text(format!("c-{key}")))]);
                let id = service.make("person", key, code);
                service.join(&id, of, true);
            }
        }
        Box::new(InMemory::of(service))
    }

    fn edited(&self, edits: &[Edit]) -> Declared {
        let mut desired = whole();
        for edit in edits {
            let Edit::Direct(edit) = edit else {
                panic!("the toy vendor has no manifests")
            };
            edit(&mut desired);
        }
        Declared {
            desired,
            extras: Map::new(),
        }
    }

    fn crowd(&self) -> Declared {
        Declared {
            desired: crowd(),
            extras: Map::new(),
        }
    }

    fn flips(&self) -> Vec<Flip> {
        vec![
            direct("person.email", |it| {
                rename(it, "person", "bob", "rob", "email")
            }),
            direct("person.code", |it| {
                set(it, "person", "bob", "code", Value::text("8"))
            }),
            direct("person.name", |it| {
                set(it, "person", "ada", "name", Value::text("Augusta"))
            }),
            direct("person.active", |it| {
                set(it, "person", "ada", "active", Value::Bool(false))
            }),
            direct("person.greeting", |it| {
                set(it, "person", "ada", "greeting", Value::text("good day"))
            }),
            direct("person.badge", |it| {
                set(it, "person", "ada", "badge", Value::text("silver"))
            }),
            direct("person.phone", |it| {
                set(it, "person", "ada", "phone", Value::text("+200"))
            }),
            direct("person.desk", |it| {
                set(it, "person", "ada", "desk", Value::text("13"))
            }),
            direct("person.role", |it| {
                set(it, "person", "bob", "role", Value::text("lead"))
            }),
            direct("person.teams", |it| {
                set(it, "person", "ada", "teams", Value::set(["red", "blue"]))
            }),
            direct("person.teams", |it| {
                set(it, "person", "bob", "teams", Value::List(Vec::new()))
            }),
            direct("team.name", |it| {
                rename(it, "team", "spare", "other", "name")
            }),
            direct("line.name", |it| {
                set(it, "line", "+100", "name", Value::text("Gate"))
            }),
            direct("line.route", |it| {
                set(it, "line", "+100", "route", route("team", "blue"))
            }),
            Flip {
                along: &["route"],
                ..direct("line.route_type", |it| {
                    set(it, "line", "+100", "route_type", Value::text("person"));
                    set(it, "line", "+100", "route", route("person", "bob"));
                })
            },
            direct("site.seats", |it| it.buy(6)),
        ]
    }

    fn unflippable(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "person.password",
                "it is set once, on a new person, and compared with nothing",
            ),
            (
                "line.number",
                "it is what identifies the line: another one is another line",
            ),
        ]
    }

    fn imported(&self, _: &Live, _: &Map<String, Json>) -> Declared {
        panic!("there is no import: the toy vendor has no manifests")
    }
}
