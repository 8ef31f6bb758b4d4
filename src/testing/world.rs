//! An account of the toy vendor, with its manifests and its ledger.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::toy::{TODAY, TOY};
use crate::diff;
use crate::ledger::{Confidence, Entry, LedgerState};
use crate::model::{
    DeclaredResource, Desired, FieldName, Fields, Key, Kind, Live, LiveResource, Read, RemoteId,
    ResourceId, Shape, State, Value,
};
use crate::plan::{self, Plan, Selection, Step, effect};

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
            writeln!(
                f,
                "  declared {id} {state:?} {former:?} {}",
                shown(&found.fields)
            )?;
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
            writeln!(
                f,
                "  known {id} in {:?}",
                fields.values().map(BTreeMap::keys)
            )?;
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
            keep_observed: true,
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
