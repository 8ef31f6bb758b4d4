//! An account of the toy vendor in memory, with a request log and a switch for faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use serde_json::{Map, Value as Json};

use super::super::subject::{Asked, Double};
use super::super::{after, before};
use crate::model::{
    Fields, KindSpec, Live, LiveResource, Permit, ProviderSpec, Read, RemoteId, ResourceId, Scope,
    Value,
};
use crate::plan::{Step, Task};
use crate::provider::{
    Act, Connection, Failure, Observe, Operation, Perform, Performed, ProviderError, RequestCount,
};
use crate::sandbox::Effect;
use crate::testing::toy::TOY;

/// The kinds that can be read, in the order of their requests.
fn readable() -> impl Iterator<Item = &'static KindSpec> {
    TOY.kinds.iter().filter(|kind| kind.read == Read::Yes)
}

/// What is in the service, and what it was asked.
#[derive(Default)]
pub struct Service {
    /// By the service's id.
    objects: BTreeMap<RemoteId, (ResourceId, Fields)>,
    made: u64,
    log: Vec<Asked>,
    /// The request to be hit, by its number in the log, and how.
    faults: Vec<(u64, Effect)>,
    refuses_writes: bool,
}

impl Service {
    /// Makes an object, and gives it an id.
    pub fn make(&mut self, kind: &str, key: &str, fields: Fields) -> RemoteId {
        self.made += 1;
        let remote = RemoteId::from(format!("{kind}-{}", self.made));
        let id = ResourceId::new(
            TOY.kinds.iter().find(|it| it.name == kind).unwrap().kind(),
            key,
        );
        self.objects.insert(remote.clone(), (id, fields));
        remote
    }

    fn find(&self, kind: &str, key: &str) -> Option<RemoteId> {
        let found = self
            .objects
            .iter()
            .find(|(_, (id, _))| id.kind == kind && id.key.as_str() == key);
        found.map(|(remote, _)| remote.clone())
    }

    /// Puts a person into a team, or takes it out.
    pub fn join(&mut self, remote: &RemoteId, team: &str, joins: bool) {
        let (_, fields) = self.objects.get_mut(remote).unwrap();
        let mut teams: Vec<String> = fields
            .get("teams")
            .iter()
            .flat_map(|it| it.texts())
            .map(str::to_owned)
            .collect();
        teams.retain(|known| known != team);
        teams.extend(joins.then(|| team.to_owned()));
        fields.insert("teams".into(), Value::set(teams));
    }

    /// The object as the API shows it: without what cannot be read, with the number of members.
    fn shown(&self, remote: &RemoteId, counts: bool) -> LiveResource {
        let (id, fields) = &self.objects[remote];
        let kind = TOY.kind(&id.kind).unwrap();
        let seen = |name: &crate::model::FieldName| {
            kind.field(name)
                .is_some_and(|field| field.read == Read::Yes)
        };
        let members = self.objects.values().filter(|(_, fields)| {
            fields
                .get("teams")
                .is_some_and(|teams| teams.texts().contains(&id.key.as_str()))
        });
        let mut fields: Fields = fields
            .iter()
            .filter(|(name, _)| seen(name))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        fields.insert(kind.key.into(), Value::text(id.key.as_str()));
        LiveResource {
            id: id.clone(),
            remote: remote.clone(),
            title: id.key.as_str().to_owned(),
            fields,
            member_count: (counts && kind.name == "team").then(|| members.count() as u64),
        }
    }

    /// Renames an object, and all that refers to it by its key.
    fn rename(&mut self, remote: &RemoteId, to: &str) {
        let (id, _) = self.objects.get_mut(remote).unwrap();
        let from = std::mem::replace(id, ResourceId::new(id.kind.clone(), to)).key;
        for (_, fields) in self.objects.values_mut() {
            if let Some(teams) = fields.get_mut("teams") {
                let renamed = teams
                    .texts()
                    .into_iter()
                    .map(|key| if key == from.as_str() { to } else { key });
                *teams = Value::set(renamed);
            }
        }
    }
}

/// An account of the toy vendor.
#[derive(Clone)]
pub struct InMemory(Arc<Mutex<Service>>);

/// A connection to it.
struct Line {
    service: InMemory,
    sent: RequestCount,
}

impl InMemory {
    /// An account with this in it.
    pub fn of(service: Service) -> Self {
        Self(Arc::new(Mutex::new(service)))
    }

    fn lock(&self) -> MutexGuard<'_, Service> {
        self.0.lock().unwrap()
    }
}

impl Line {
    /// One request on its way: what it does, between the faults that are set for it.
    async fn ask<R>(
        &mut self,
        what: &str,
        write: bool,
        act: impl FnOnce(&mut Service) -> R,
    ) -> Result<R, String> {
        let (number, effect) = {
            let mut service = self.service.lock();
            service.log.push(Asked {
                what: what.to_owned(),
                write,
                answered: false,
            });
            let number = service.log.len();
            let hit = service
                .faults
                .iter()
                .find(|(nth, _)| *nth == number as u64)
                .map(|(_, effect)| *effect);
            let refused = (write && service.refuses_writes).then_some(Effect::BeforeEffect500);
            (number, hit.or(refused))
        };
        let counted = if write {
            &mut self.sent.writes
        } else {
            &mut self.sent.reads
        };
        *counted += 1;
        // Whoever is to be stopped here has the chance.
        tokio::task::yield_now().await;
        match effect {
            Some(effect @ (Effect::BeforeEffect500 | Effect::DropBefore | Effect::Html(_))) => {
                return Err(effect.name().to_owned());
            }
            Some(Effect::Latency(millis)) => {
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
            }
            _ => {}
        }
        let answer = {
            let mut service = self.service.lock();
            let answer = act(&mut service);
            service.log[number - 1].answered = true;
            answer
        };
        match effect {
            Some(Effect::Latency(millis)) => {
                // The answer is on its way as long as the request was.
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                Ok(answer)
            }
            Some(effect @ (Effect::AfterEffect500 | Effect::DropAfter | Effect::TruncatedJson)) => {
                Err(effect.name().to_owned())
            }
            _ => Ok(answer),
        }
    }

    async fn list(
        &mut self,
        kind: &'static KindSpec,
        counts: bool,
    ) -> Result<Vec<LiveResource>, String> {
        let own = |service: &Service| -> Vec<RemoteId> {
            let found = service
                .objects
                .iter()
                .filter(|(_, (id, _))| id.kind == kind.name);
            found.map(|(remote, _)| remote.clone()).collect()
        };
        let pages = {
            let objects = own(&self.service.lock()).len() as u64;
            kind.read_cost.requests(objects, counts)
        };
        let mut rows = Vec::new();
        for page in 0..pages {
            let what = format!("list {} {page}", kind.plural);
            rows = self
                .ask(&what, false, |service| {
                    own(service)
                        .iter()
                        .map(|remote| service.shown(remote, counts))
                        .collect()
                })
                .await?;
        }
        Ok(rows)
    }
}

#[async_trait]
impl Observe for Line {
    async fn observe(&mut self, scope: &Scope) -> Result<Live, ProviderError> {
        let mut live = Live::default();
        let before = self.sent.total();
        for kind in readable().filter(|kind| scope.kinds.contains(kind.name)) {
            live.mark_read(kind.kind());
            let rows = self
                .list(kind, scope.member_counts)
                .await
                .map_err(ProviderError::Unreachable)?;
            rows.into_iter().for_each(|row| live.insert(row));
        }
        live.requests = self.sent.total() - before;
        Ok(live)
    }

    async fn look_up(
        &mut self,
        id: &ResourceId,
        remote: Option<&RemoteId>,
    ) -> Result<Option<LiveResource>, ProviderError> {
        let (id, remote) = (id.clone(), remote.cloned());
        let what = format!("look up {id}");
        let found = self.ask(&what, false, |service| {
            let remote = match remote {
                Some(remote) => service.objects.contains_key(&remote).then_some(remote),
                None => service.find(id.kind.as_str(), id.key.as_str()),
            };
            remote.map(|remote| service.shown(&remote, false))
        });
        found.await.map_err(ProviderError::Unreachable)
    }

    fn requests(&self) -> RequestCount {
        self.sent
    }
}

impl Connection for Line {
    fn into_writer(self: Box<Self>, _: Permit) -> Box<dyn Perform> {
        self
    }
}

#[async_trait]
impl Perform for Line {
    async fn perform(&mut self, operation: &Operation<'_>) -> Result<Performed, Failure> {
        let (id, remote) = (operation.id.clone(), operation.remote.cloned());
        let what = format!("{:?} {id}", operation.act);
        let what = what
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        let kind = TOY.kind(&id.kind).unwrap();
        let asked = match operation.act {
            Act::Create { fields } => {
                let fields = fields.clone();
                self.ask(&what, true, |service| {
                    if service.find(id.kind.as_str(), id.key.as_str()).is_some() {
                        return Err(Failure::Refused(format!("{id} is there already")));
                    }
                    Ok(Some(service.make(
                        id.kind.as_str(),
                        id.key.as_str(),
                        fields,
                    )))
                })
                .await
            }
            Act::Update { fields } => {
                let fields = fields.clone();
                self.ask(&what, true, |service| {
                    let remote = remote.filter(|remote| service.objects.contains_key(remote));
                    let remote =
                        remote.ok_or_else(|| Failure::Refused(format!("{id} is not there")))?;
                    if let Some(to) = fields.get(kind.key).and_then(Value::as_text) {
                        service.rename(&remote, to);
                    }
                    service.objects.get_mut(&remote).unwrap().1.extend(fields);
                    Ok(None)
                })
                .await
            }
            Act::Delete => {
                self.ask(&what, true, |service| {
                    remote.map(|remote| service.objects.remove(&remote));
                    Ok(None)
                })
                .await
            }
            Act::AddMember { target, .. } | Act::RemoveMember { target, .. } => {
                let joins = matches!(operation.act, Act::AddMember { .. });
                self.ask(&what, true, |service| {
                    let remote = remote.filter(|remote| service.objects.contains_key(remote));
                    let remote =
                        remote.ok_or_else(|| Failure::Refused(format!("{id} is not there")))?;
                    service.join(&remote, target.key.as_str(), joins);
                    Ok(None)
                })
                .await
            }
        };
        let remote = asked.map_err(Failure::Unknown)??;
        Ok(Performed {
            remote,
            already_so: false,
            presumed: false,
        })
    }
}

#[async_trait]
impl Double for InMemory {
    fn connect(&self, _: &Map<String, Json>) -> Box<dyn Connection> {
        Box::new(Line {
            service: self.clone(),
            sent: RequestCount::default(),
        })
    }

    fn fault(&self, nth: u64, effect: Effect) {
        let mut service = self.lock();
        let from = service.log.len() as u64;
        service.faults.push((from + nth, effect));
    }

    fn refuse_writes(&self) {
        self.lock().refuses_writes = true;
    }

    fn mend(&self) {
        let mut service = self.lock();
        service.faults.clear();
        service.refuses_writes = false;
    }

    fn log(&self) -> Vec<Asked> {
        self.lock().log.clone()
    }

    fn by_hand(&self, _: &'static ProviderSpec, step: &Step) -> Result<(), String> {
        let mut service = self.lock();
        let key = step.key.as_str();
        let kind = step.kind.as_str();
        let spec = TOY.kind(&step.kind).ok_or("no such kind")?;
        match step.manual.as_ref().map(|manual| manual.task) {
            Some(Task::Create) => {
                service.make(kind, key, Fields::new());
            }
            Some(Task::Delete) => {
                let remote = service.find(kind, key).ok_or("no such object")?;
                service.objects.remove(&remote);
            }
            Some(Task::Update) if spec.read == Read::No => {}
            Some(Task::Update) => {
                let former = before(step, spec.key).unwrap_or_else(|| key.to_owned());
                let remote = service.find(kind, &former).ok_or("no such object")?;
                if former != key {
                    service.rename(&remote, key);
                }
                for change in step.fields.iter().filter(|change| change.path != spec.key) {
                    let value = after(step, change.path.as_str()).ok_or("no value")?;
                    service
                        .objects
                        .get_mut(&remote)
                        .ok_or("gone")?
                        .1
                        .insert(change.path.clone(), value);
                }
            }
            None => return Err("no manual step".to_owned()),
        }
        Ok(())
    }

    fn contents(&self) -> BTreeMap<String, u32> {
        let mut lines = BTreeMap::new();
        for (id, fields) in self.lock().objects.values() {
            let shown: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            *lines
                .entry(format!("{id} {}", shown.join(" ")))
                .or_default() += 1;
        }
        lines
    }

    fn made(&self) -> u64 {
        self.lock().made
    }
}
