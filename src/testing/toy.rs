//! A vendor that exists only in tests: one kind for each way in which real services fall short.
//!
//! | kind | made | what it stands for |
//! |---|---|---|
//! | person | by the API | a seat, a create-only unique code, a write-only greeting, manual fields, memberships that cannot be read |
//! | team | by hand | readable, with a count of its members |
//! | line | by hand | a name by the API, a route that can be written and not read |
//! | site | never | a singleton that cannot be read, with the bought seats |

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::model::{
    Baseline, DeclaredResource, Desired, FieldSpec, Guards, KindSpec, Policy, Pool, Procedure,
    ProviderSpec, Rate, Read, ReadCost, ResourceId, Seat, SecretRef, Shape, State, Unmanaged,
    Value, Way, one_request,
};

pub use super::shown::shown;
pub use super::world::World;

/// The toy vendor.
pub static TOY: ProviderSpec = ProviderSpec {
    name: "toy",
    title: "Toy",
    facts: "none",
    seats: Some(("site", "seats")),
    kinds: &[PERSON, TEAM, LINE, SITE],
};

const BY_HAND: Procedure = Procedure {
    path: &["Settings"],
    lines: &["Do it to {key}."],
    caution: None,
    source: "",
};

const PERSON: KindSpec = KindSpec {
    name: "person",
    plural: "people",
    about: "",
    read: Read::Yes,
    read_cost: ReadCost {
        rows_per_request: Some(100),
        each: 0,
        member_counts: 0,
    },
    write_cost: one_request,
    create: Way::Api,
    delete: Way::Api,
    key: "email",
    person: true,
    seat: Seat::When(|fields| fields.get("active").and_then(Value::as_bool) != Some(false)),
    privileged: Some(("role", "admin")),
    leaving: &[("active", false)],
    lost_on_delete: &["history"],
    by_hand_create: BY_HAND,
    by_hand_update: BY_HAND,
    by_hand_delete: BY_HAND,
    fields: &[
        FieldSpec::readable("email", "E-mail", Shape::Text),
        FieldSpec {
            update: Way::Never,
            unique: true,
            ..FieldSpec::readable("code", "Code", Shape::Text)
        },
        FieldSpec::readable("name", "Name", Shape::Text),
        FieldSpec::readable("active", "Active", Shape::Bool),
        FieldSpec {
            read: Read::No,
            ..FieldSpec::readable("greeting", "Greeting", Shape::Text)
        },
        FieldSpec {
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable("badge", "Badge", Shape::Text)
        },
        FieldSpec::readable("phone", "Phone", Shape::Reference("line")),
        FieldSpec::by_hand("desk", "Desk", Shape::Text),
        FieldSpec {
            baseline: Baseline::Text("agent"),
            ..FieldSpec::by_hand("role", "Role", Shape::Text)
        },
        FieldSpec {
            read: Read::No,
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable("teams", "Teams", Shape::Members("team"))
        },
        FieldSpec {
            read: Read::No,
            update: Way::Never,
            ..FieldSpec::readable("password", "Password", Shape::Secret)
        },
    ],
};

const TEAM: KindSpec = KindSpec {
    name: "team",
    plural: "teams",
    read_cost: ReadCost {
        rows_per_request: None,
        each: 0,
        member_counts: 1,
    },
    create: Way::Manual,
    delete: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    fields: &[FieldSpec {
        create: Way::Manual,
        update: Way::Manual,
        ..FieldSpec::readable("name", "Name", Shape::Text)
    }],
    ..PERSON
};

const LINE: KindSpec = KindSpec {
    name: "line",
    plural: "lines",
    read_cost: ReadCost::ONE,
    key: "number",
    fields: &[
        FieldSpec {
            create: Way::Manual,
            update: Way::Never,
            ..FieldSpec::readable("number", "Number", Shape::Text)
        },
        FieldSpec {
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable("name", "Name", Shape::Text)
        },
        FieldSpec {
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable("route_type", "Route", Shape::Text)
        },
        FieldSpec {
            read: Read::No,
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable(
                "route",
                "Target",
                Shape::ReferenceOneOf(&["person", "team"]),
            )
        },
    ],
    ..TEAM
};

const SITE: KindSpec = KindSpec {
    name: "site",
    plural: "sites",
    read: Read::No,
    read_cost: ReadCost::NOTHING,
    create: Way::Never,
    delete: Way::Never,
    key: "site",
    fields: &[FieldSpec {
        baseline: Baseline::Declared,
        ..FieldSpec::by_hand("seats", "Seats", Shape::Integer)
    }],
    ..TEAM
};

/// The day of all plans, unless a test says otherwise.
pub const TODAY: Date = date(2026, 11, 21);

/// The declaration of a person.
pub fn person(key: &str) -> DeclaredResource {
    DeclaredResource::present(ResourceId::new("person", key), key.to_uppercase())
}

/// The declaration of a team.
pub fn team(key: &str) -> DeclaredResource {
    DeclaredResource::present(ResourceId::new("team", key), key)
}

/// The declaration of a line.
pub fn line(key: &str) -> DeclaredResource {
    DeclaredResource::present(ResourceId::new("line", key), key)
}

/// The declaration of a person who is to be gone.
pub fn tombstone(key: &str) -> DeclaredResource {
    DeclaredResource {
        state: State::Absent {
            reason: "left".into(),
        },
        ..person(key)
    }
}

/// A value that leads to a person or a team.
pub fn route(kind: &str, key: &str) -> Value {
    Value::Map(BTreeMap::from([(kind.to_owned(), Value::text(key))]))
}

/// A value that is taken from a pool.
pub fn from_pool(name: &str) -> Value {
    route("pool", name)
}

impl DeclaredResource {
    /// With a field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// In these teams and no others.
    pub fn in_teams(self, teams: &[&str]) -> Self {
        self.with("teams", Value::set(teams.iter().copied()))
    }

    /// Formerly under this key.
    pub fn formerly(mut self, key: &str) -> Self {
        self.previously = Some(key.into());
        self
    }

    /// Until this day.
    pub fn until(mut self, day: Date) -> Self {
        self.ends_on = Some(day);
        self
    }

    /// From this day on.
    pub fn starting(mut self, day: Date) -> Self {
        self.starts_on = Some(day);
        self
    }

    /// Protected, or released.
    pub fn protected(mut self, protected: bool) -> Self {
        self.protected = Some(protected);
        self
    }

    /// With leave to be deleted and created anew.
    pub fn replaceable(mut self) -> Self {
        self.replace = true;
        self
    }

    /// With a password that is made when it is needed.
    pub fn with_password(mut self) -> Self {
        self.secrets.insert("password".into(), SecretRef::Generate);
        self
    }
}

/// What an account declares.
pub fn declare(resources: impl IntoIterator<Item = DeclaredResource>) -> Desired {
    let mut desired = Desired {
        account: "acme".into(),
        provider: "toy".into(),
        time_zone: "UTC".into(),
        resources: BTreeMap::new(),
        policy: Policy {
            unmanaged: BTreeMap::new(),
            guards: Guards::default(),
            rate: Rate {
                requests: 60,
                per_seconds: 60,
                reserve_percent: 10,
            },
            grace_days: 0,
        },
        pools: BTreeMap::new(),
        seats: None,
        seat_price: None,
        digest: "sha256:manifests".into(),
    };
    for resource in resources {
        desired.put(resource);
    }
    desired
}

impl Desired {
    /// Declares one more, or another instead.
    pub fn put(&mut self, resource: DeclaredResource) {
        self.resources
            .entry(resource.id.kind.clone())
            .or_default()
            .insert(resource.id.key.clone(), resource);
    }

    /// Buys seats.
    pub fn buy(&mut self, seats: u32) {
        self.seats = Some(seats);
        let site = DeclaredResource::present(ResourceId::new("site", "site"), "Site");
        self.put(site.with("seats", i64::from(seats)));
    }

    /// Adds a pool.
    pub fn pool(&mut self, name: &str, first: u32, last: u32) {
        let pool = Pool {
            ranges: vec![first..=last],
        };
        self.pools.insert(name.to_owned(), pool);
    }

    /// Sets what happens to objects that no manifest names.
    pub fn unmanaged(&mut self, kind: &str, policy: Unmanaged) {
        self.policy.unmanaged.insert(kind.into(), policy);
    }
}
