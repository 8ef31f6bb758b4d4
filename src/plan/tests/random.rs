//! Random accounts for the laws.

use proptest::prelude::*;

use crate::model::{DeclaredResource, Unmanaged};
use crate::testing::toy::{World, declare, line, person, route, team, tombstone};

const PEOPLE: [&str; 6] = ["ada", "bob", "cid", "dan", "eve", "fay"];
const TEAMS: [&str; 3] = ["Care", "Sales", "VIP"];
const LINES: [&str; 2] = ["+1", "+2"];

/// A person as declared at one time.
#[derive(Clone, Debug)]
struct Drawn {
    code: u8,
    name: Option<u8>,
    active: Option<bool>,
    greeting: Option<u8>,
    badge: Option<u8>,
    desk: Option<u8>,
    phone: Option<u8>,
    teams: Option<u8>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        0_u8..9,
        proptest::option::of(0_u8..3),
        proptest::option::of(any::<bool>()),
        proptest::option::of(0_u8..2),
        proptest::option::of(0_u8..2),
        proptest::option::of(0_u8..2),
        proptest::option::of(0_u8..2),
        proptest::option::of(0_u8..8),
    )
        .prop_map(
            |(code, name, active, greeting, badge, desk, phone, teams)| Drawn {
                code,
                name,
                active,
                greeting,
                badge,
                desk,
                phone,
                teams,
            },
        )
}

impl Drawn {
    /// The declaration; `codes` are those that nobody else has, so that manifests are valid.
    fn declare(&self, key: &str, codes: &mut Vec<u8>) -> DeclaredResource {
        let mut resource = person(key).replaceable();
        if !codes.is_empty() && self.code < 6 {
            let code = codes.remove(usize::from(self.code) % codes.len());
            resource = resource.with("code", code.to_string());
        }
        let numbered = [
            ("name", self.name),
            ("greeting", self.greeting),
            ("badge", self.badge),
            ("desk", self.desk),
        ];
        for (field, value) in numbered {
            if let Some(value) = value {
                resource = resource.with(field, format!("{field}-{value}"));
            }
        }
        if let Some(active) = self.active {
            resource = resource.with("active", active);
        }
        if let Some(phone) = self.phone {
            resource = resource.with("phone", LINES[usize::from(phone)]);
        }
        if let Some(bits) = self.teams {
            let teams: Vec<&str> = (0..TEAMS.len())
                .filter(|n| bits & (1 << n) != 0)
                .map(|n| TEAMS[n])
                .collect();
            resource = resource.in_teams(&teams);
        }
        resource
    }
}

/// What happens to a declared person, or to a team, between two plans.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Vanishes(usize),
    TeamVanishes(usize),
    Counted(usize, u64),
    Renamed(usize),
    Touched(usize),
    Anew(usize),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0..PEOPLE.len()).prop_map(Event::Vanishes),
        (0..TEAMS.len()).prop_map(Event::TeamVanishes),
        ((0..TEAMS.len()), 0_u64..6).prop_map(|(team, count)| Event::Counted(team, count)),
        (0..PEOPLE.len()).prop_map(Event::Renamed),
        (0..PEOPLE.len()).prop_map(Event::Touched),
        (0..PEOPLE.len()).prop_map(Event::Anew),
    ]
}

/// An account that was as declared, that other people worked on, and whose manifests were then edited.
pub(super) fn world() -> impl Strategy<Value = World> {
    (
        proptest::collection::vec(proptest::option::of(drawn()), PEOPLE.len()),
        proptest::collection::vec(proptest::option::weighted(0.8, drawn()), PEOPLE.len()),
        proptest::collection::vec(event(), 0..4),
        proptest::collection::vec(0_u8..3, TEAMS.len()),
        (0_u8..6, 0_u8..3, proptest::option::of(3_u32..9), 0_u8..3),
    )
        .prop_map(
            |(before, after, events, teams, (route_to, gone, seats, days))| {
                let mut codes: Vec<u8> = (0..9).collect();
                let mut world = World::settled(declare([]));
                for (key, drawn) in PEOPLE.iter().zip(&before) {
                    if let Some(drawn) = drawn {
                        let declared = drawn.declare(key, &mut codes);
                        world.desired.put(declared);
                    }
                }
                for name in TEAMS {
                    world.desired.put(team(name));
                }
                for number in LINES {
                    world.desired.put(line(number));
                }
                let mut world = World::settled(world.desired);
                for event in events {
                    happens(&mut world, event);
                }
                edit(&mut world, &after, gone);
                for (name, fate) in TEAMS.iter().zip(teams) {
                    if fate == 0 {
                        world
                            .desired
                            .resources
                            .get_mut("team")
                            .unwrap()
                            .remove(*name);
                    }
                }
                if let Some(key) = PEOPLE.get(usize::from(route_to)) {
                    let there = |d: &DeclaredResource| d.state == crate::model::State::Present;
                    let declared = &world.desired.resources["person"];
                    if declared.get(*key).is_some_and(there) {
                        world
                            .desired
                            .put(line("+1").with("route", route("person", key)));
                    }
                }
                world.desired.policy.guards.max_deletions = 100;
                world.desired.policy.guards.min_population = 100;
                world.desired.policy.grace_days = u32::from(days);
                if days == 1 {
                    world.desired.unmanaged("person", Unmanaged::Delete);
                }
                if let Some(seats) = seats {
                    world.desired.buy(seats);
                }
                world
            },
        )
}

fn happens(world: &mut World, event: Event) {
    let there =
        |world: &World, kind: &str, key: &str| world.live.kinds[kind].resources.contains_key(key);
    match event {
        Event::Vanishes(n) if there(world, "person", PEOPLE[n]) => {
            world.vanishes("person", PEOPLE[n]);
        }
        Event::TeamVanishes(n) if there(world, "team", TEAMS[n]) => {
            world.vanishes("team", TEAMS[n]);
        }
        Event::Counted(n, count) if there(world, "team", TEAMS[n]) => {
            world.object("team", TEAMS[n]).member_count = Some(count);
        }
        Event::Renamed(n) if there(world, "person", PEOPLE[n]) => {
            let mut moved = world.vanishes("person", PEOPLE[n]);
            moved.id.key = format!("x-{}", PEOPLE[n]).into();
            world.live.insert(moved);
        }
        Event::Touched(n) if there(world, "person", PEOPLE[n]) => {
            let fields = &mut world.object("person", PEOPLE[n]).fields;
            fields.insert("name".into(), "touched".into());
            fields.remove("badge");
        }
        Event::Anew(n) if there(world, "person", PEOPLE[n]) => {
            world.vanishes("person", PEOPLE[n]);
            world.appears("person", PEOPLE[n], &[]);
        }
        Event::Vanishes(_)
        | Event::TeamVanishes(_)
        | Event::Counted(..)
        | Event::Renamed(_)
        | Event::Touched(_)
        | Event::Anew(_) => {}
    }
}

/// Edits the manifests: people change, are renamed, go by a tombstone, or are no longer named.
fn edit(world: &mut World, after: &[Option<Drawn>], gone: u8) {
    let mut codes: Vec<u8> = (0..9).collect();
    let before = std::mem::take(world.desired.resources.entry("person".into()).or_default());
    for (n, (key, drawn)) in PEOPLE.iter().zip(after).enumerate() {
        match drawn {
            Some(drawn) if n == 0 && before.contains_key(*key) => {
                let renamed = drawn.declare("ann", &mut codes).formerly(key);
                world.desired.put(renamed);
            }
            Some(drawn) => {
                let declared = drawn.declare(key, &mut codes);
                world.desired.put(declared);
            }
            None if gone > 0 => world.desired.put(tombstone(key)),
            None => {}
        }
    }
}
