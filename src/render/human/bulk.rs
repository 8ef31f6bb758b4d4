//! Many changes: what is equal is told once, with the first few names.

use std::collections::BTreeMap;

use super::page::Page;
use super::person;
use crate::plan::{Action, Step};
use crate::render::subject::{Fate, Subject};
use crate::render::wording::{self, Change, Numbers};
use crate::render::{Role, escape};

/// Names shown of what is told once.
const NAMES: usize = 5;

/// Names shown of what is deleted or replaced.
const NAMES_OF_DESTRUCTIVE: usize = 20;

/// Different sorts of change that are shown.
const SHAPES: usize = 40;

/// What two changes must have in common to be told as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    fate: Fate,
    acts: Vec<Act>,
    memberships: Vec<Membership>,
}

/// A step without the values that differ from person to person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Act {
    action: Action,
    fields: Vec<String>,
    secrets: Vec<String>,
    reason: Option<String>,
    wait: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Membership {
    joins: bool,
    kind: String,
    target: String,
    reason: Option<String>,
    wait: Option<String>,
}

/// Writes the changes of one kind, equal ones folded; the gravest first, then the most frequent.
pub(super) fn changes(page: &mut Page, subjects: &[&Subject<'_>], numbers: &Numbers<'_>) {
    let mut folds: BTreeMap<Shape, Vec<&Subject<'_>>> = BTreeMap::new();
    for subject in subjects {
        folds
            .entry(shape(subject, numbers))
            .or_default()
            .push(subject);
    }
    let mut folds: Vec<(Shape, Vec<&Subject<'_>>)> = folds.into_iter().collect();
    folds.sort_by_key(|(shape, members)| {
        (
            !is_destructive(shape.fate),
            std::cmp::Reverse(members.len()),
        )
    });
    let hidden = folds.split_off(folds.len().min(SHAPES));
    for (shape, members) in &folds {
        if let [only] = members.as_slice() {
            person::change(page, only, numbers);
        } else {
            fold(page, shape, members);
        }
    }
    if !hidden.is_empty() {
        let people: usize = hidden.iter().map(|(_, members)| members.len()).sum();
        page.wrapped(
            Role::Dim,
            4,
            &format!(
                "… and {people} more, changed in {} (-v shows all, --format json lists all)",
                wording::count(hidden.len(), "other way", "other ways")
            ),
        );
    }
}

fn is_destructive(fate: Fate) -> bool {
    matches!(fate, Fate::Replace | Fate::Delete)
}

fn shape(subject: &Subject<'_>, numbers: &Numbers<'_>) -> Shape {
    let why = |step: &Step| step.reason.as_ref().map(wording::reason);
    let wait = |step: &Step| wording::waits_for(&step.blocked_by, numbers);
    let mut memberships: Vec<Membership> = subject
        .memberships
        .iter()
        .filter_map(|step| {
            let member = step.member_of.as_ref()?;
            Some(Membership {
                joins: step.action == Action::AddMember,
                kind: member.target.kind.to_string(),
                target: escape::name(member.target.key.as_str()),
                reason: why(step),
                wait: wait(step),
            })
        })
        .collect();
    memberships.sort();
    Shape {
        fate: subject.fate(),
        acts: subject
            .acts
            .iter()
            .map(|step| Act {
                action: step.action,
                fields: step.fields.iter().map(|f| f.path.to_string()).collect(),
                secrets: step
                    .secrets
                    .iter()
                    .map(|(name, secret)| {
                        format!(
                            "{} {}",
                            escape::name(name.as_str()),
                            wording::secret(secret)
                        )
                    })
                    .collect(),
                reason: why(step),
                wait: wait(step),
            })
            .collect(),
        memberships,
    }
}

fn fold(page: &mut Page, shape: &Shape, members: &[&Subject<'_>]) {
    let spec = members.first().and_then(|subject| subject.spec);
    let kind = members.first().map_or("", |subject| subject.kind.as_str());
    let plural = spec.map_or(kind, |spec| spec.plural);
    let role = person::role(shape.fate);
    let mut verbs: Vec<String> = shape
        .acts
        .iter()
        .map(|act| passive(act).to_owned())
        .collect();
    for joins in [true, false] {
        let targets: Vec<String> = shape
            .memberships
            .iter()
            .filter(|member| member.joins == joins)
            .map(|member| format!("`{}`", member.target))
            .collect();
        if !targets.is_empty() {
            let verb = if joins { "join" } else { "leave" };
            verbs.push(format!("{verb} {}", wording::enumerate(&targets)));
        }
    }
    let text = format!(
        "{} {} {}",
        members.len(),
        escape::name(plural),
        wording::enumerate(&verbs)
    );
    page.hanging(role, &format!("{:>3} ", shape.fate.mark()), &text);
    for (index, act) in shape.acts.iter().enumerate() {
        for (at, path) in act.fields.iter().enumerate() {
            if act.action == Action::Create && spec.is_some_and(|spec| path == spec.key) {
                continue;
            }
            let changes: Vec<Change> = members
                .iter()
                .filter_map(|subject| {
                    let step = subject.acts.get(index)?;
                    let field = step.fields.get(at)?;
                    Some(wording::change(field, spec, step.action == Action::Create))
                })
                .collect();
            if let Some(text) = common(&changes, page.style().arrow()) {
                page.wrapped(Role::Plain, 6, &format!("{}  {text}", escape::name(path)));
            }
        }
        for secret in &act.secrets {
            page.wrapped(Role::Plain, 6, secret);
        }
    }
    let mut notes: Vec<String> = Vec::new();
    let reasons = shape.acts.iter().map(|act| &act.reason);
    let reasons = reasons.chain(shape.memberships.iter().map(|member| &member.reason));
    notes.extend(reasons.flatten().map(|reason| format!("because: {reason}")));
    let waits = shape.acts.iter().map(|act| &act.wait);
    let waits = waits.chain(shape.memberships.iter().map(|member| &member.wait));
    notes.extend(waits.flatten().cloned());
    let mut told: Vec<&String> = Vec::new();
    for note in &notes {
        if !told.contains(&note) {
            page.wrapped(Role::Dim, 6, note);
            told.push(note);
        }
    }
    if is_destructive(shape.fate)
        && let Some(lost) = wording::lost(spec)
    {
        page.wrapped(Role::Danger, 6, &lost);
    }
    names(page, shape.fate, members);
}

fn passive(act: &Act) -> &'static str {
    match act.action {
        Action::Create => "created",
        Action::Update => "changed",
        Action::Replace => "deleted and created anew",
        Action::Delete => "deleted",
        Action::AddMember => "added",
        Action::RemoveMember => "removed",
        Action::Manual => "by hand",
    }
}

/// What all the changes of one field have in common, in words; nothing for the key of new objects.
fn common(changes: &[Change], arrow: &str) -> Option<String> {
    let first = changes.first()?;
    let same_after = changes.iter().all(|change| change.after == first.after);
    let same_before = changes.iter().all(|change| change.before == first.before);
    let note = first
        .note
        .filter(|note| changes.iter().all(|change| change.note == Some(note)))
        .map(|note| format!("  ({note})"))
        .unwrap_or_default();
    let after = if same_after {
        &first.after
    } else {
        "each its own"
    };
    Some(match &first.before {
        Some(before) if same_before => format!("{before} {arrow} {after}{note}"),
        Some(_) => format!("different values {arrow} {after}{note}"),
        None => format!("{after}{note}"),
    })
}

fn names(page: &mut Page, fate: Fate, members: &[&Subject<'_>]) {
    let limit = if is_destructive(fate) {
        NAMES_OF_DESTRUCTIVE
    } else {
        NAMES
    };
    let mut shown: Vec<String> = members
        .iter()
        .take(limit)
        .map(|subject| escape::name(subject.key.as_str()))
        .collect();
    if members.len() > limit {
        shown.push(format!(
            "… and {} more (--format json lists all)",
            members.len() - limit
        ));
    }
    page.wrapped(Role::Dim, 6, &shown.join(", "));
}
