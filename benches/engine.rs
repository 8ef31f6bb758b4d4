//! How long planning takes for 10,000 people. It should stay well below the time of one request.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::civil::date;
use seatwright::ledger::{Confidence, Entry, LedgerState};
use seatwright::model::{
    DeclaredResource, Desired, FieldSpec, Fields, Guards, KindSpec, Live, LiveResource, Policy,
    Procedure, ProviderSpec, Rate, Read, ReadCost, ResourceId, Seat, Shape, Value, Way,
    one_request,
};
use seatwright::plan::{self, Plan, Selection};

const PEOPLE: usize = 10_000;

static SPEC: ProviderSpec = ProviderSpec {
    name: "bench",
    title: "Bench",
    facts: "none",
    seats: None,
    kinds: &[PERSON, TEAM],
};

const PERSON: KindSpec = KindSpec {
    name: "person",
    plural: "people",
    about: "",
    read: Read::Yes,
    read_cost: ReadCost::ONE,
    write_cost: one_request,
    create: Way::Api,
    delete: Way::Api,
    key: "email",
    person: true,
    seat: Seat::Always,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[],
    by_hand_create: Procedure::NONE,
    by_hand_update: Procedure::NONE,
    by_hand_delete: Procedure::NONE,
    fields: &[
        FieldSpec::readable("email", "E-mail", Shape::Text),
        FieldSpec {
            update: Way::Never,
            unique: true,
            ..FieldSpec::readable("code", "Code", Shape::Text)
        },
        FieldSpec::readable("first", "First name", Shape::Text),
        FieldSpec::readable("last", "Last name", Shape::Text),
        FieldSpec::readable("language", "Language", Shape::Text),
        FieldSpec::readable("outbound", "Outbound", Shape::Bool),
        FieldSpec::by_hand("desk", "Desk", Shape::Text),
        FieldSpec {
            read: Read::No,
            create: Way::ApiAfterCreate,
            ..FieldSpec::readable("teams", "Teams", Shape::Members("team"))
        },
    ],
};

const TEAM: KindSpec = KindSpec {
    name: "team",
    plural: "teams",
    create: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    fields: &[FieldSpec::readable("name", "Name", Shape::Text)],
    ..PERSON
};

struct Account {
    desired: Desired,
    live: Live,
    ledger: LedgerState,
}

/// Everybody as declared.
fn settled() -> Account {
    let mut account = Account {
        desired: Desired {
            account: "bench".into(),
            provider: "bench".into(),
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
            digest: String::new(),
        },
        live: Live::default(),
        ledger: LedgerState::default(),
    };
    for n in 0..20 {
        let id = ResourceId::new("team", format!("Team {n}"));
        account.put(DeclaredResource::present(id, ""), Some(1_000));
    }
    for n in 0..PEOPLE {
        let id = ResourceId::new("person", format!("person{n:05}@acme.example"));
        let mut person = DeclaredResource::present(id, "Ada Lovelace");
        let teams = [format!("Team {}", n % 20), format!("Team {}", (n + 7) % 20)];
        person.fields = Fields::from_iter([
            ("code".into(), Value::text((n + 1_000).to_string())),
            ("first".into(), Value::text("Ada")),
            ("last".into(), Value::text("Lovelace")),
            ("language".into(), Value::text("en")),
            ("outbound".into(), Value::Bool(true)),
            ("desk".into(), Value::text("7")),
            ("teams".into(), Value::set(teams)),
        ]);
        account.put(person, None);
    }
    account
}

impl Account {
    fn put(&mut self, declared: DeclaredResource, member_count: Option<u64>) {
        let id = declared.id.clone();
        let kind = SPEC.kind(&id.kind).unwrap();
        let mut live = LiveResource {
            remote: format!("r-{}", id.key).into(),
            title: String::new(),
            fields: Fields::default(),
            member_count,
            id: id.clone(),
        };
        let mut entries = vec![Entry::Identity {
            id: id.clone(),
            remote: live.remote.clone(),
        }];
        for (name, value) in &declared.fields {
            let field = kind.field(name).unwrap();
            if field.read == Read::Yes {
                live.fields.insert(name.clone(), value.clone());
            } else if let Shape::Members(_) = field.shape {
                entries.extend(value.texts().into_iter().map(|target| Entry::Member {
                    id: id.clone(),
                    field: name.clone(),
                    target: target.into(),
                    joined: true,
                    confidence: Confidence::Asserted,
                }));
            } else {
                entries.push(Entry::Field {
                    id: id.clone(),
                    field: name.clone(),
                    value: value.clone(),
                    confidence: Confidence::Confirmed,
                });
            }
        }
        for entry in entries {
            self.ledger.take(entry, Timestamp::UNIX_EPOCH);
        }
        self.live.insert(live);
        let list = self.desired.resources.entry(id.kind.clone()).or_default();
        list.insert(id.key.clone(), declared);
    }

    fn plan(&self) -> Plan {
        plan::plan(&plan::Input {
            desired: &self.desired,
            live: &self.live,
            ledger: &self.ledger,
            spec: &SPEC,
            as_of: date(2026, 11, 21),
            now: Timestamp::UNIX_EPOCH,
            allowances: &BTreeMap::new(),
            selection: &Selection::default(),
            max_requests: None,
            keep_observed: false,
        })
    }
}

/// Every hundredth person has another name and another team.
fn one_percent(mut account: Account) -> Account {
    let people = account.desired.resources.get_mut("person").unwrap();
    for person in people.values_mut().step_by(100) {
        person.fields.insert("first".into(), "Eve".into());
        person
            .fields
            .insert("teams".into(), Value::set(["Team 1", "Team 19"]));
    }
    account
}

/// Nobody is there yet.
fn nobody(mut account: Account) -> Account {
    let people = account.live.kinds.get_mut("person").unwrap();
    people.resources.clear();
    account.ledger = LedgerState::default();
    account
}

/// Every tenth person goes.
fn a_tenth_goes(mut account: Account) -> Account {
    let people = account.desired.resources.get_mut("person").unwrap();
    for person in people.values_mut().step_by(10) {
        person.state = seatwright::model::State::Absent {
            reason: "left".into(),
        };
    }
    account
}

fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan 10,000 people");
    group.sample_size(10);
    /// A job: its name, and how it changes the account.
    type Case = (&'static str, fn(Account) -> Account);
    let cases: [Case; 4] = [
        ("no change", |account| account),
        ("1 % changed", one_percent),
        ("10 % deleted", a_tenth_goes),
        ("all created", nobody),
    ];
    for (name, change) in cases {
        let account = change(settled());
        group.bench_function(name, |bencher| bencher.iter(|| black_box(account.plan())));
    }
    group.finish();
}

criterion_group!(benches, planning);
criterion_main!(benches);
