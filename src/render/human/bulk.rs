//! Many changes: what is equal is told once, with the first few names.

use super::page::Page;
use super::person;
use crate::plan::Action;
use crate::render::fold::{self, Shape};
use crate::render::subject::{Fate, Subject};
use crate::render::wording::{self, Change, Numbers};
use crate::render::{Role, escape};

/// Names shown of what is told once.
const NAMES: usize = 5;

/// Names shown of what is deleted or replaced.
const NAMES_OF_DESTRUCTIVE: usize = 20;

/// Different sorts of change that are shown.
const SHAPES: usize = 40;

/// Writes the changes of one kind, equal ones folded; the gravest first, then the most frequent.
pub(super) fn changes(page: &mut Page, subjects: &[&Subject<'_>], numbers: &Numbers<'_>) {
    let mut folds = fold::folds(subjects, numbers);
    let hidden = folds.split_off(folds.len().min(SHAPES));
    for entry in &folds {
        if let [only] = entry.members.as_slice() {
            person::change(page, only, numbers);
        } else {
            fold(page, &entry.shape, &entry.members);
        }
    }
    if !hidden.is_empty() {
        let people: usize = hidden.iter().map(|entry| entry.members.len()).sum();
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

fn fold(page: &mut Page, shape: &Shape, members: &[&Subject<'_>]) {
    let spec = members.first().and_then(|subject| subject.spec);
    let kind = members.first().map_or("", |subject| subject.kind.as_str());
    let plural = spec.map_or(kind, |spec| spec.plural);
    let role = person::role(shape.fate);
    let mut verbs: Vec<String> = shape
        .acts
        .iter()
        .map(|act| fold::participle(act.action).to_owned())
        .collect();
    for joins in [true, false] {
        let targets: Vec<String> = shape
            .memberships
            .iter()
            .filter(|member| member.joins == joins)
            .map(|member| format!("`{}`", escape::name(&member.target)))
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
        for (name, secret) in &act.secrets {
            page.wrapped(Role::Plain, 6, &format!("{}  {secret}", escape::name(name)));
        }
    }
    for note in shape.notes() {
        page.wrapped(Role::Dim, 6, note);
    }
    if shape.fate.is_destructive()
        && let Some(lost) = wording::lost(spec)
        && page.first(&format!("{}: {lost}", spec.map_or("", |spec| spec.name)))
    {
        page.wrapped(Role::Danger, 6, &lost);
    }
    names(page, shape.fate, members);
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
    let limit = if fate.is_destructive() {
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
