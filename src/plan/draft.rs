//! A step before it has its place: what it needs, and where it belongs in the order.

use std::collections::BTreeSet;

use crate::diff::{FieldDiff, MemberDiff, ResourceDiff};
use crate::model::{FieldSpec, KindSpec, Read, RemoteId, ResourceId, Value, Way};

use super::{Action, FieldChange, Manual, MemberOf, Reason, Step, Task, Verification};

/// When a step is done, unless something it depends on comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// What gives a seat back though nobody goes: it costs nothing, and others may wait for it.
    Free,
    /// What a person must prepare.
    Prepare,
    /// People, one by one.
    People,
    /// Everything else that stays.
    Objects,
    /// People who leave.
    Leaving,
    /// What goes.
    Delete,
    /// What a person may do when all is done.
    Afterwards,
}

/// The place of a step among those of its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Make,
    Change,
    Join,
    Leave,
    ByHand,
    Later,
    Remove,
}

/// A step before it has its place.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) step: Step,
    pub(super) phase: Phase,
    pub(super) turn: Turn,
    /// The rank of the kind in the provider's table.
    pub(super) rank: usize,
    /// Whether the service picks a value for its resource that others have chosen theirs of.
    pub(super) picked: bool,
    /// Resources that must exist before.
    pub(super) needs: BTreeSet<ResourceId>,
    /// Indices of the drafts that must be done before.
    pub(super) after: BTreeSet<usize>,
}

impl Draft {
    pub(super) fn new(step: Step, phase: Phase, turn: Turn, rank: usize) -> Self {
        Self {
            step,
            phase,
            turn,
            rank,
            picked: false,
            needs: BTreeSet::new(),
            after: BTreeSet::new(),
        }
    }

    /// The order among drafts that could be done at the same time.
    pub(super) fn place(&self) -> (Phase, usize, bool, &str, Turn, &str, &str) {
        let target = self
            .step
            .member_of
            .as_ref()
            .map_or("", |member| member.target.key.as_str());
        let first = self.step.fields.first().map_or("", |f| f.path.as_str());
        (
            self.phase,
            self.rank,
            self.picked,
            self.step.key.as_str(),
            self.turn,
            target,
            first,
        )
    }
}

/// The change of a field, for a step.
pub(super) fn change(diff: &FieldDiff) -> FieldChange {
    FieldChange {
        path: diff.spec.field_name(),
        before: diff.before.clone(),
        after: Some(diff.after.clone()),
        basis: diff.basis,
    }
}

/// A step for a person.
pub(super) fn by_hand(
    spec: &'static KindSpec,
    id: &ResourceId,
    title: &str,
    task: Task,
    fields: Vec<FieldChange>,
) -> Step {
    let verified = match task {
        Task::Create | Task::Delete => spec.read == Read::Yes,
        Task::Update => fields.iter().all(|change| {
            spec.field(&change.path)
                .is_some_and(|field| field.read == Read::Yes)
        }),
    };
    let mut step = Step::new(Action::Manual, id.clone(), title);
    step.fields = fields;
    step.manual = Some(Manual {
        number: 0,
        task,
        verified_by: if verified {
            Verification::Read
        } else {
            Verification::Confirm
        },
    });
    step
}

/// A membership step.
pub(super) fn membership(
    action: Action,
    diff: &ResourceDiff<'_>,
    member: &MemberDiff,
    remote: Option<RemoteId>,
) -> Step {
    let mut step = Step::new(action, diff.declared.id.clone(), &diff.declared.title);
    let target = Value::text(member.target.key.as_str());
    let (before, after) = match action {
        Action::RemoveMember => (Some(target), None),
        Action::AddMember
        | Action::Create
        | Action::Update
        | Action::Replace
        | Action::Delete
        | Action::Manual => (None, Some(target)),
    };
    step.remote = remote;
    step.fields.push(FieldChange {
        path: member.field.clone(),
        before,
        after,
        basis: crate::diff::Basis::Ledger,
    });
    step.member_of = Some(MemberOf {
        field: member.field.clone(),
        target: member.target.clone(),
    });
    step.reason = member.doubt.map(|doubt| Reason::CountMismatch {
        counted: doubt.counted,
        expected: doubt.expected,
    });
    step
}

/// Who sets a field: the API, or a person; on a new object or an existing one.
pub(super) fn way(field: &FieldSpec, new: bool) -> Way {
    if new { field.create } else { field.update }
}
