//! A vendor that exists only in tests: one kind for each way in which real services fall short.
//!
//! | kind | made | what it stands for |
//! |---|---|---|
//! | person | by the API | a seat, a create-only unique code, a write-only greeting, manual fields, memberships that cannot be read |
//! | team | by hand | readable, with a count of its members |
//! | line | by hand | a name by the API, a route that can be written and not read |
//! | site | never | a singleton that cannot be read, with the bought seats |

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::diff;
use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    Baseline, DeclaredResource, Desired, FieldName, FieldSpec, Fields, Guards, Key, Kind, KindSpec,
    Live, LiveResource, Policy, Pool, Procedure, ProviderSpec, Rate, Read, ReadCost, RemoteId,
    ResourceId, Seat, SecretRef, Shape, State, Unmanaged, Value, Way, one_request,
};
use crate::plan::{self, Plan, Selection, Step, effect};

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
            ..FieldSpec::readable("route", "Target", Shape::ReferenceOneOf(&["person", "team"]))
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

/// An account with its manifests and its ledger.
#[derive(Clone)]
pub struct World {
    /// What the manifests declare.
    pub desired: Desired,
    /// What is in the account.
    pub live: Live,
    /// What is remembered.
    pub ledger: LedgerState,
    /// The day.
    pub as_of: Date,
    /// The time.
    pub now: Timestamp,
    /// Allowances of the next plan.
    pub allowances: BTreeMap<String, u64>,
    /// The part that the next plan is cut down to.
    pub selection: Selection,
    /// The most requests of the next plan.
    pub max_requests: Option<u64>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |fields: &Fields| -> String {
            let parts: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
            parts.join(" ")
        };
        writeln!(f, "World on {}: {:?}", self.as_of, self.desired.policy)?;
        for found in self.desired.iter() {
            let (id, state, former) = (&found.id, &found.state, &found.previously);
            writeln!(f, "  declared {id} {state:?} {former:?} {}", shown(&found.fields))?;
        }
        for found in self.live.iter() {
            let (id, remote, count) = (&found.id, &found.remote, found.member_count);
            writeln!(f, "  live {id} {remote} {count:?} {}", shown(&found.fields))?;
        }
        for (id, remote) in &self.ledger.identities {
            writeln!(f, "  known {id} {remote}")?;
        }
        for (id, fields) in &self.ledger.fields {
            for (name, known) in fields {
                writeln!(f, "  known {id} {name}={}", known.value)?;
            }
        }
        for (id, fields) in &self.ledger.members {
            writeln!(f, "  known {id} in {:?}", fields.values().map(BTreeMap::keys))?;
        }
        Ok(())
    }
}

impl World {
    /// An account without objects.
    pub fn empty(desired: Desired) -> Self {
        let mut live = Live::default();
        for kind in TOY.kinds.iter().filter(|kind| kind.read == Read::Yes) {
            live.mark_read(kind.kind());
        }
        Self {
            desired,
            live,
            ledger: LedgerState::default(),
            as_of: TODAY,
            now: Timestamp::UNIX_EPOCH,
            allowances: BTreeMap::new(),
            selection: Selection::default(),
            max_requests: None,
        }
    }

    /// An account that is as declared, with a ledger that knows it.
    pub fn settled(desired: Desired) -> Self {
        let mut world = Self::empty(desired);
        let declared: Vec<DeclaredResource> = world.desired.iter().cloned().collect();
        for resource in declared.iter().filter(|r| r.state == State::Present) {
            world.settle(resource);
        }
        world
    }

    /// Puts one resource into the account and the ledger, as declared.
    pub fn settle(&mut self, resource: &DeclaredResource) {
        let id = &resource.id;
        let kind = TOY.kind(&id.kind).expect("the toy vendor knows the kind");
        let mut readable = Fields::new();
        for (name, value) in &resource.fields {
            let field = kind.field(name).expect("the toy vendor knows the field");
            if let Shape::Members(target) = field.shape {
                for target_key in value.texts() {
                    self.remember_member(&id.key, name, target_key);
                    self.count_member(target, target_key);
                }
            } else if field.read == Read::No {
                self.take(Entry::Field {
                    id: id.clone(),
                    field: name.clone(),
                    value: value.clone(),
                    confidence: Confidence::Asserted,
                });
            } else {
                readable.insert(name.clone(), value.clone());
            }
        }
        if kind.read == Read::No {
            return;
        }
        let remote = RemoteId::from(format!("{}-{}", id.kind, id.key));
        self.take(Entry::Identity {
            id: id.clone(),
            remote: remote.clone(),
        });
        let members = self.ledger.known_members("teams", &id.key);
        self.live.insert(LiveResource {
            id: id.clone(),
            remote,
            title: resource.title.clone(),
            fields: readable,
            member_count: (kind.name == "team").then_some(members),
        });
    }

    fn remember_member(&mut self, member: &Key, field: &FieldName, target: &str) {
        self.take(Entry::Member {
            id: ResourceId::new("person", member.clone()),
            field: field.clone(),
            target: target.into(),
            joined: true,
            confidence: Confidence::Asserted,
        });
    }

    fn count_member(&mut self, kind: &str, key: &str) {
        if let Some(found) = self
            .live
            .kinds
            .get_mut(kind)
            .and_then(|k| k.resources.get_mut(key))
        {
            found.member_count = found.member_count.map(|count| count + 1);
        }
    }

    /// Takes a ledger entry in.
    pub fn take(&mut self, entry: Entry) {
        self.ledger.take(entry, Timestamp::UNIX_EPOCH);
    }

    /// The live object.
    pub fn object(&mut self, kind: &str, key: &str) -> &mut LiveResource {
        self.live
            .kinds
            .get_mut(kind)
            .and_then(|found| found.resources.get_mut(key))
            .expect("the object is in the account")
    }

    /// Somebody creates an object in the dashboard.
    pub fn appears(&mut self, kind: &str, key: &str, fields: &[(&str, Value)]) {
        self.live.insert(LiveResource {
            id: ResourceId::new(Kind::from(kind), key),
            remote: RemoteId::from(format!("other-{key}")),
            title: key.to_owned(),
            fields: fields
                .iter()
                .map(|(name, value)| (FieldName::from(*name), value.clone()))
                .collect(),
            member_count: (kind == "team").then_some(0),
        });
    }

    /// Somebody deletes an object in the dashboard.
    pub fn vanishes(&mut self, kind: &str, key: &str) -> LiveResource {
        self.live
            .kinds
            .get_mut(kind)
            .and_then(|found| found.resources.remove(key))
            .expect("the object is in the account")
    }

    /// What is compared.
    pub fn compared(&self) -> diff::Input<'_> {
        diff::Input {
            desired: &self.desired,
            live: &self.live,
            ledger: &self.ledger,
            spec: &TOY,
            as_of: self.as_of,
        }
    }

    /// The plan.
    pub fn plan(&self) -> Plan {
        plan::plan(&plan::Input {
            desired: &self.desired,
            live: &self.live,
            ledger: &self.ledger,
            spec: &TOY,
            as_of: self.as_of,
            now: self.now,
            allowances: &self.allowances,
            selection: &self.selection,
            max_requests: self.max_requests,
        })
    }

    /// Does what the API does in a plan, and remembers what an apply remembers.
    pub fn apply(&mut self, plan: &Plan) {
        for entry in effect::opening_entries(&self.compared()) {
            self.take(entry);
        }
        for step in plan.steps.iter().filter(|step| step.is_sent()) {
            effect::apply_to_model(&TOY, step, &mut self.live, &mut self.ledger);
        }
        for entry in effect::standing_entries(&TOY, &self.desired, &self.live, &self.ledger) {
            self.take(entry);
        }
        for entry in effect::counted_entries(&TOY, &self.live, &self.ledger) {
            self.take(entry);
        }
    }

    /// Does by hand what a plan asks of a person, and confirms what cannot be read.
    pub fn do_by_hand(&mut self, plan: &Plan) {
        for step in plan.steps.iter().filter(|step| step.manual.is_some()) {
            self.do_step_by_hand(step);
        }
    }

    fn do_step_by_hand(&mut self, step: &Step) {
        let Some(manual) = &step.manual else { return };
        let kind = TOY.kind(&step.kind).expect("the toy vendor knows the kind");
        let id = step.resource();
        let readable: Vec<_> = step
            .fields
            .iter()
            .filter(|change| {
                kind.field(&change.path)
                    .is_some_and(|field| field.read == Read::Yes)
            })
            .filter_map(|change| Some((change.path.as_str(), change.after.clone()?)))
            .collect();
        match manual.task {
            plan::Task::Create if kind.read == Read::Yes => {
                self.appears(kind.name, id.key.as_str(), &readable);
            }
            plan::Task::Delete => {
                self.vanishes(kind.name, id.key.as_str());
            }
            plan::Task::Create => {}
            plan::Task::Update => {
                let former = effect::renamed_from(kind, step).unwrap_or_else(|| id.clone());
                if let Some(mut found) = self
                    .live
                    .kinds
                    .get_mut(kind.name)
                    .and_then(|k| k.resources.remove(&former.key))
                {
                    found.id = id.clone();
                    for (name, value) in readable {
                        found.fields.insert(name.into(), value);
                    }
                    self.live.insert(found);
                }
            }
        }
        // What the next plan reads by itself, nobody confirms.
        if manual.verified_by == plan::Verification::Read {
            return;
        }
        for entry in effect::ledger_entries(&TOY, step, None, Confidence::Confirmed) {
            self.take(entry);
        }
    }
}

/// A plan as lines: number, step, what it depends on (`after`), what it waits for (`waits`), then warnings and refusals by code.
pub fn shown(plan: &Plan) -> String {
    let mut text = String::new();
    let place = |id: &plan::StepId| {
        plan.steps
            .iter()
            .position(|step| step.id == *id)
            .map_or_else(|| "?".to_owned(), |at| (at + 1).to_string())
    };
    let places = |ids: &[plan::StepId]| {
        let mut found: Vec<String> = ids.iter().map(place).collect();
        found.sort();
        found.join(",")
    };
    for (index, step) in plan.steps.iter().enumerate() {
        let mut line = format!("{} {}", index + 1, verb(step));
        for change in &step.fields {
            let value = |value: &Option<Value>| {
                value
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), ToString::to_string)
            };
            line.push_str(&match step.action {
                plan::Action::AddMember | plan::Action::RemoveMember => String::new(),
                plan::Action::Create => format!(" {}={}", change.path, value(&change.after)),
                plan::Action::Update
                | plan::Action::Replace
                | plan::Action::Delete
                | plan::Action::Manual => format!(
                    " {}={}>{}",
                    change.path,
                    value(&change.before),
                    value(&change.after)
                ),
            });
        }
        if !step.depends_on.is_empty() {
            line.push_str(&format!(" after {}", places(&step.depends_on)));
        }
        if !step.blocked_by.is_empty() {
            line.push_str(&format!(" waits {}", places(&step.blocked_by)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for warning in &plan.warnings {
        text.push_str(&format!("warning {}\n", warning.code));
    }
    for refusal in &plan.refusals {
        text.push_str(&format!("refused {}\n", refusal.code));
    }
    text
}

fn verb(step: &Step) -> String {
    let id = format!("{} {}", step.kind, step.key);
    match (step.action, &step.member_of, &step.manual) {
        (plan::Action::AddMember, Some(member), _) => format!("join {id} > {}", member.target.key),
        (plan::Action::RemoveMember, Some(member), _) => {
            format!("leave {id} > {}", member.target.key)
        }
        (_, _, Some(manual)) => {
            format!("by hand {} {id}", format!("{:?}", manual.task).to_lowercase())
        }
        (action, _, _) => format!("{} {id}", action.as_str()),
    }
}

