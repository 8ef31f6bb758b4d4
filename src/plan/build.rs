//! From differences to drafts: which steps there are, before they have an order.

use std::collections::BTreeSet;

use crate::diff::{self, Diff, Existing, FieldDiff, Goal, MemberDiff, ResourceDiff};
use crate::model::{
    FieldName, Fields, KindSpec, Read, RemoteId, ResourceId, Shape, Unmanaged, Value, Way,
    WriteKind,
};

use super::draft::{Draft, Phase, Turn, by_hand, change, way};
use super::memberships::gather;
use super::pools::Pools;
use super::{Action, FieldChange, Reason, Refusal, Step, Task};

/// Collects drafts.
pub(super) struct Builder<'i, 'a> {
    pub(super) input: &'i diff::Input<'a>,
    pub(super) drafts: Vec<Draft>,
    pub(super) refusals: Vec<Refusal>,
    pools: Pools,
    /// Resources that a person makes first, because steps refer to them.
    pub(super) awaited: BTreeSet<ResourceId>,
    /// Resources that this plan makes by the API.
    pub(super) made: BTreeSet<ResourceId>,
    /// Resources that a person makes because a manifest declares them.
    pub(super) by_person: BTreeSet<ResourceId>,
    renamed: diff::Renamed,
}

impl<'i, 'a> Builder<'i, 'a> {
    pub(super) fn new(input: &'i diff::Input<'a>, diff: &Diff<'a>) -> Self {
        let mut made = BTreeSet::new();
        let mut by_person = BTreeSet::new();
        for found in &diff.resources {
            if found.goal == Goal::Present && found.existing.is_none() {
                match found.spec.create {
                    Way::Api | Way::ApiAfterCreate => made.insert(found.declared.id.clone()),
                    Way::Manual | Way::Never => by_person.insert(found.declared.id.clone()),
                };
            }
        }
        Self {
            input,
            drafts: Vec::new(),
            refusals: Vec::new(),
            pools: Pools::new(input, diff),
            awaited: BTreeSet::new(),
            made,
            by_person,
            renamed: diff.renamed.clone(),
        }
    }

    pub(super) fn build(&mut self, diff: &Diff<'a>) {
        for found in &diff.resources {
            match &found.goal {
                Goal::Present => match &found.existing {
                    None => self.new_resource(found),
                    Some(existing) => self.existing(found, existing),
                },
                Goal::Gone { reason } => {
                    if let Some(existing) = &found.existing {
                        let reason = Reason::Leaver {
                            reason: reason.clone(),
                        };
                        self.delete(
                            found.spec,
                            &existing_id(found, existing),
                            remote(existing),
                            &found.declared.title,
                            reason,
                        );
                    }
                }
                Goal::Leaving { reason, until } => {
                    self.leaving(found, &format!("{reason}; deleted from {until} on"));
                }
            }
        }
        for (id, live) in &diff.contested {
            self.refusals.push(Refusal {
                code: "contested-identity".into(),
                message: format!(
                    "{id} claims, by `previously`, the {} that another entry names",
                    live.id
                ),
                hint: "take `previously` away, or remove the other entry".into(),
            });
        }
        for live in &diff.unmanaged {
            if self.input.desired.unmanaged_policy(&live.id.kind) == Unmanaged::Delete
                && let Some(spec) = self.input.spec.kind(&live.id.kind)
            {
                self.delete(
                    spec,
                    &live.id,
                    Some(live.remote.clone()),
                    &live.title,
                    Reason::Unmanaged,
                );
            }
        }
        for id in &diff.unnamed {
            if self.input.desired.unmanaged_policy(&id.kind) == Unmanaged::Delete
                && let Some(spec) = self.input.spec.kind(&id.kind)
            {
                self.delete(spec, id, None, id.key.as_str(), Reason::Unmanaged);
            }
        }
        self.await_referenced();
    }

    fn rank(&self, spec: &KindSpec) -> usize {
        self.input
            .spec
            .kinds
            .iter()
            .position(|kind| kind.name == spec.name)
            .unwrap_or(usize::MAX)
    }

    pub(super) fn push(
        &mut self,
        spec: &KindSpec,
        step: Step,
        phase: Phase,
        turn: Turn,
        needs: BTreeSet<ResourceId>,
    ) {
        let rank = self.rank(spec);
        let mut draft = Draft::new(step, phase, turn, rank);
        draft.needs = needs;
        self.drafts.push(draft);
    }

    fn new_resource(&mut self, found: &ResourceDiff<'a>) {
        if found.spec.create == Way::Api {
            self.create(found);
        } else {
            self.create_by_hand(found);
        }
    }

    fn create(&mut self, found: &ResourceDiff<'a>) {
        let declared = found.declared;
        let mut create = Step::new(Action::Create, declared.id.clone(), &declared.title);
        create.secrets = declared.secret_sources();
        let mut needs = BTreeSet::new();
        let mut later: Vec<&FieldDiff> = Vec::new();
        let mut manual = Vec::new();
        for field in &found.fields {
            match field.spec.create {
                Way::Api => {
                    let targets = field.spec.shape.references(&field.after);
                    if field.spec.update == Way::Api
                        && targets.iter().any(|target| self.is_awaited(target))
                    {
                        later.push(field);
                        continue;
                    }
                    let Some(set) = self.filled(found, field) else {
                        continue;
                    };
                    for target in &targets {
                        let _ = self.is_awaited_now(target);
                    }
                    needs.extend(targets);
                    create.fields.push(set);
                }
                Way::ApiAfterCreate => later.push(field),
                Way::Manual => manual.push(change(field)),
                Way::Never => {}
            }
        }
        let fields = after(&create.fields);
        create.requests = (found.spec.write_cost)(WriteKind::Create, &fields);
        self.push(found.spec, create, Phase::People, Turn::Make, needs);
        self.split_updates(found, &later, None);
        self.members(found, &found.joins, &found.leaves, None, &mut manual);
        self.manual_update(found, manual, true);
    }

    /// The change of a field, with a value out of a pool where one is asked for; `None`, and a refusal, when there is none.
    fn filled(&mut self, found: &ResourceDiff<'a>, field: &FieldDiff) -> Option<FieldChange> {
        let mut set = change(field);
        if let Some(pool) = field.after.pool() {
            let Some(value) = self.pools.take(found.spec, field.spec, pool) else {
                self.refusals.push(Refusal {
                    code: "pool-exhausted".into(),
                    message: format!(
                        "pool `{pool}` has no free value left for {}",
                        found.declared.id
                    ),
                    hint: "widen the pool, or free values in the account".into(),
                });
                return None;
            };
            set.after = Some(value);
        }
        Some(set)
    }

    /// One update for all that can be sent now, and one each for what waits for a person, with what goes with it.
    fn split_updates(
        &mut self,
        found: &ResourceDiff<'a>,
        fields: &[&FieldDiff],
        existing: Option<&Existing<'a>>,
    ) {
        let waits = |field: &FieldDiff| {
            let targets = field.spec.shape.references(&field.after);
            targets.iter().any(|target| self.is_awaited(target))
        };
        let (waiting, rest): (Vec<&FieldDiff>, Vec<&FieldDiff>) =
            fields.iter().copied().partition(|field| waits(field));
        let (carried, now): (Vec<&FieldDiff>, Vec<&FieldDiff>) =
            rest.into_iter().partition(|field| {
                let mut carriers = waiting.iter().map(|carrier| carrier.spec.carries);
                carriers.any(|carried| carried.contains(&field.spec.name))
            });
        if !now.is_empty() {
            self.update(found, &now, existing, Turn::Change);
        }
        for field in waiting {
            let mut together: Vec<&FieldDiff> = carried.clone();
            together.retain(|other| field.spec.carries.contains(&other.spec.name));
            together.push(field);
            self.update(found, &together, existing, Turn::Later);
        }
    }

    fn update(
        &mut self,
        found: &ResourceDiff<'a>,
        fields: &[&FieldDiff],
        existing: Option<&Existing<'a>>,
        turn: Turn,
    ) {
        let declared = found.declared;
        let mut step = Step::new(Action::Update, declared.id.clone(), &declared.title);
        step.fields = fields
            .iter()
            .filter_map(|field| self.filled(found, field))
            .collect();
        step.remote = existing.and_then(remote);
        step.requests = (found.spec.write_cost)(WriteKind::Update, &after(&step.fields));
        if let Some(existing) = existing.filter(|existing| existing.moved) {
            step.reason = Some(Reason::Moved {
                from: existing.key.clone(),
            });
        }
        let mut needs: BTreeSet<ResourceId> = fields
            .iter()
            .flat_map(|field| field.spec.shape.references(&field.after))
            .collect();
        for target in &needs {
            // Asked for its effect: what a person must make is noted.
            let _ = self.is_awaited_now(target);
        }
        needs.insert(declared.id.clone());
        let phase = phase_of(found.spec);
        self.push(found.spec, step, phase, turn, needs);
    }

    fn create_by_hand(&mut self, found: &ResourceDiff<'a>) {
        let declared = found.declared;
        let (api, manual): (Vec<&FieldDiff>, Vec<&FieldDiff>) = found
            .fields
            .iter()
            .partition(|field| field.spec.update == Way::Api && field.spec.create != Way::Manual);
        // What the form does not have is set when the object is there; a new object has none of it by itself.
        let (apart, manual): (Vec<&FieldDiff>, Vec<&FieldDiff>) =
            manual.into_iter().partition(|field| {
                is_apart(found.spec, &field.spec.field_name()) && !is_nothing(&field.after)
            });
        let mut fields: Vec<FieldChange> = manual.iter().map(|field| change(field)).collect();
        let mut needs: BTreeSet<ResourceId> = manual
            .iter()
            .flat_map(|field| field.spec.shape.references(&field.after))
            .collect();
        let (by_person, by_api): (Vec<&MemberDiff>, Vec<&MemberDiff>) =
            found.joins.iter().partition(|member| {
                found
                    .spec
                    .field(&member.field)
                    .is_none_or(|field| field.update == Way::Manual)
            });
        needs.extend(by_person.iter().map(|member| member.target.clone()));
        fields.extend(gather(&by_person, &[]));
        let step = by_hand(
            found.spec,
            &declared.id,
            &declared.title,
            Task::Create,
            fields,
        );
        let phase = if found.spec.person {
            Phase::People
        } else {
            Phase::Prepare
        };
        for target in &needs {
            let _ = self.is_awaited_now(target);
        }
        self.push(found.spec, step, phase, Turn::Make, needs);
        if !api.is_empty() {
            self.update(found, &api, None, Turn::Change);
        }
        let by_api: Vec<MemberDiff> = by_api.into_iter().cloned().collect();
        self.members(found, &by_api, &[], None, &mut Vec::new());
        self.manual_update(found, apart.into_iter().map(change).collect(), true);
    }

    fn existing(&mut self, found: &ResourceDiff<'a>, existing: &Existing<'a>) {
        let replaces = found
            .fields
            .iter()
            .any(|field| field.spec.update == Way::Never && field.spec.shape != Shape::Secret);
        if replaces {
            self.replace(found, existing);
            return;
        }
        let (api, manual): (Vec<&FieldDiff>, Vec<&FieldDiff>) = found
            .fields
            .iter()
            .partition(|field| way(field.spec, false) != Way::Manual);
        self.split_updates(found, &api, Some(existing));
        let mut manual: Vec<FieldChange> = manual.into_iter().map(change).collect();
        self.members(
            found,
            &found.joins,
            &found.leaves,
            Some(existing),
            &mut manual,
        );
        self.manual_update(found, manual, false);
    }

    /// Delete and create, with all that the new object needs again.
    fn replace(&mut self, found: &ResourceDiff<'a>, existing: &Existing<'a>) {
        let declared = found.declared;
        let fresh = diff::as_new(self.input, found.spec, declared);
        let mut step = Step::new(Action::Replace, declared.id.clone(), &declared.title);
        step.remote = remote(existing);
        step.secrets = declared.secret_sources();
        step.fields = found
            .fields
            .iter()
            .filter(|field| field.spec.create == Way::Api)
            .map(change)
            .collect();
        // Readable values are carried over by the executor; what cannot be read must be written again.
        let carried: Vec<FieldChange> = fresh
            .fields
            .iter()
            .filter(|field| field.spec.create == Way::Api && field.spec.read != Read::Yes)
            .filter(|field| field.after.pool().is_none())
            .filter(|field| step.fields.iter().all(|set| set.path != field.spec.name))
            .map(change)
            .collect();
        step.fields.extend(carried);
        let all = after(&step.fields);
        step.requests = (found.spec.write_cost)(WriteKind::Delete, &all)
            + (found.spec.write_cost)(WriteKind::Create, &all);
        let needs: BTreeSet<ResourceId> = found
            .fields
            .iter()
            .flat_map(|field| field.spec.shape.references(&field.after))
            .collect();
        for target in &needs {
            let _ = self.is_awaited_now(target);
        }
        self.push(found.spec, step, Phase::People, Turn::Make, needs);

        let later: Vec<&FieldDiff> = fresh
            .fields
            .iter()
            .filter(|f| f.spec.create == Way::ApiAfterCreate)
            .collect();
        self.split_updates(&fresh, &later, None);
        let mut joins = fresh.joins.clone();
        for field in found.spec.fields {
            // Memberships that nobody declares are not lost by the replacement either, as far as they are known.
            if let Shape::Members(kind) = field.shape
                && !declared.fields.contains_key(field.name)
            {
                joins.extend(
                    diff::known_targets(self.input, declared, existing, field, &self.renamed)
                        .into_iter()
                        .map(|key| MemberDiff {
                            field: field.field_name(),
                            target: ResourceId {
                                kind: kind.into(),
                                key,
                            },
                            doubt: None,
                        }),
                );
            }
        }
        let mut manual: Vec<FieldChange> = fresh
            .fields
            .iter()
            .filter(|field| field.spec.create == Way::Manual)
            .map(change)
            .collect();
        self.members(&fresh, &joins, &[], None, &mut manual);
        self.manual_update(&fresh, manual, true);
    }

    /// What a person changes: one step for the object's own form, and one for each field that has a page of its own.
    fn manual_update(&mut self, found: &ResourceDiff<'a>, fields: Vec<FieldChange>, new: bool) {
        let (apart, form): (Vec<FieldChange>, Vec<FieldChange>) = fields
            .into_iter()
            .partition(|change| is_apart(found.spec, &change.path));
        if !form.is_empty() {
            self.one_manual_update(found, form, new, false);
        }
        for field in apart {
            self.one_manual_update(found, vec![field], new, true);
        }
    }

    fn one_manual_update(
        &mut self,
        found: &ResourceDiff<'a>,
        fields: Vec<FieldChange>,
        new: bool,
        apart: bool,
    ) {
        let declared = found.declared;
        let mut needs: BTreeSet<ResourceId> = BTreeSet::new();
        for field in &fields {
            if let (Some(spec), Some(after)) = (found.spec.field(&field.path), &field.after) {
                needs.extend(spec.shape.references(after));
            }
        }
        for target in &needs {
            let _ = self.is_awaited_now(target);
        }
        if new {
            needs.insert(declared.id.clone());
        }
        let seats = self.input.spec.seats;
        let fewer = seats.is_some_and(|(kind, field)| {
            found.spec.name == kind
                && fields.iter().any(|f| {
                    f.path == field
                        && f.before.as_ref().and_then(Value::as_integer)
                            > f.after.as_ref().and_then(Value::as_integer)
                })
        });
        let phase = match (found.spec.person, fewer) {
            (_, true) => Phase::Afterwards,
            // A person's place on the pages of other things: when all people are there.
            (true, false) if apart => Phase::Objects,
            (true, false) => Phase::People,
            (false, false) => Phase::Prepare,
        };
        let step = by_hand(
            found.spec,
            &declared.id,
            &declared.title,
            Task::Update,
            fields,
        );
        self.push(found.spec, step, phase, Turn::ByHand, needs);
    }

    fn leaving(&mut self, found: &ResourceDiff<'a>, reason: &str) {
        let Some(existing) = &found.existing else {
            return;
        };
        let (api, manual): (Vec<&FieldDiff>, Vec<&FieldDiff>) = found
            .fields
            .iter()
            .partition(|field| field.spec.update != Way::Manual);
        let reason = Some(Reason::Leaver {
            reason: reason.to_owned(),
        });
        if !api.is_empty() {
            self.update(found, &api, Some(existing), Turn::Change);
            if let Some(draft) = self.drafts.last_mut() {
                draft.phase = Phase::Leaving;
                draft.step.reason = reason.clone();
            }
        }
        let mut manual: Vec<FieldChange> = manual.into_iter().map(change).collect();
        self.members(found, &[], &found.leaves, Some(existing), &mut manual);
        if !manual.is_empty() {
            let declared = found.declared;
            let mut step = by_hand(
                found.spec,
                &declared.id,
                &declared.title,
                Task::Update,
                manual,
            );
            step.reason = reason;
            self.push(
                found.spec,
                step,
                Phase::Leaving,
                Turn::ByHand,
                BTreeSet::new(),
            );
        }
    }

    fn delete(
        &mut self,
        spec: &'static KindSpec,
        id: &ResourceId,
        remote: Option<RemoteId>,
        title: &str,
        reason: Reason,
    ) {
        let mut step = match spec.delete {
            Way::Api | Way::ApiAfterCreate => {
                let mut step = Step::new(Action::Delete, id.clone(), title);
                step.requests = (spec.write_cost)(WriteKind::Delete, &Fields::new());
                step
            }
            Way::Manual => by_hand(spec, id, title, Task::Delete, Vec::new()),
            Way::Never => {
                self.refusals.push(Refusal {
                    code: "not-deletable".into(),
                    message: format!("{id} is to be gone, and nobody can delete a {}", spec.name),
                    hint: "take the entry away, or set `unmanaged: warn` for the kind".into(),
                });
                return;
            }
        };
        step.remote = remote;
        step.reason = Some(reason);
        self.push(spec, step, Phase::Delete, Turn::Remove, BTreeSet::new());
    }
}

/// Whether the object's own form does not have the field.
fn is_apart(spec: &KindSpec, field: &FieldName) -> bool {
    spec.field(field)
        .and_then(|field| field.page)
        .is_some_and(|page| page.apart)
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::List(items) if items.is_empty())
}

pub(super) fn phase_of(spec: &KindSpec) -> Phase {
    if spec.person {
        Phase::People
    } else {
        Phase::Objects
    }
}

pub(super) fn remote(existing: &Existing<'_>) -> Option<RemoteId> {
    existing.live.map(|live| live.remote.clone())
}

/// A resource that goes is named by the key that it has in the account.
fn existing_id(found: &ResourceDiff<'_>, existing: &Existing<'_>) -> ResourceId {
    ResourceId {
        kind: found.declared.id.kind.clone(),
        key: existing.key.clone(),
    }
}

fn after(fields: &[FieldChange]) -> Fields {
    fields
        .iter()
        .filter_map(|change| Some((change.path.clone(), change.after.clone()?)))
        .collect()
}
