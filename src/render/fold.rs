//! What many changes have in common: equal ones become one entry.

use std::collections::BTreeMap;

use super::subject::{Fate, Subject};
use super::wording::{self, Numbers};
use crate::plan::{Action, Step};

/// What two changes must have in common to be told as one. All texts are as the plan has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// What happens, all in all.
    pub fate: Fate,
    /// The steps, in the plan's order.
    pub acts: Vec<Act>,
    /// The memberships, sorted.
    pub memberships: Vec<Membership>,
    /// The tasks by hand: how many.
    pub manual: usize,
}

/// A step without the values that differ from person to person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// What is done.
    pub action: Action,
    /// The paths of the fields.
    pub fields: Vec<String>,
    /// The secrets: name, and where it comes from in words.
    pub secrets: Vec<(String, String)>,
    /// Why, in words.
    pub reason: Option<String>,
    /// What it waits for, in words.
    pub wait: Option<String>,
}

/// A membership that is added or removed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Membership {
    /// Whether it is added.
    pub joins: bool,
    /// The kind that is joined or left.
    pub kind: String,
    /// Its key.
    pub target: String,
    /// Why, in words.
    pub reason: Option<String>,
    /// What it waits for, in words.
    pub wait: Option<String>,
}

/// One shape, and all that have it.
#[derive(Debug)]
pub struct Fold<'a, 'p> {
    /// What they have in common.
    pub shape: Shape,
    /// Who they are, in the plan's order.
    pub members: Vec<&'a Subject<'p>>,
}

/// Folds equal changes; deletions and replacements first, then the most frequent.
pub fn folds<'a, 'p>(subjects: &[&'a Subject<'p>], numbers: &Numbers<'_>) -> Vec<Fold<'a, 'p>> {
    let mut by_shape: BTreeMap<Shape, Vec<&'a Subject<'p>>> = BTreeMap::new();
    for subject in subjects {
        by_shape
            .entry(Shape::of(subject, numbers))
            .or_default()
            .push(subject);
    }
    let mut folds: Vec<Fold<'a, 'p>> = by_shape
        .into_iter()
        .map(|(shape, members)| Fold { shape, members })
        .collect();
    folds.sort_by_key(|fold| {
        (
            !fold.shape.fate.is_destructive(),
            std::cmp::Reverse(fold.members.len()),
        )
    });
    folds
}

impl Shape {
    /// The shape of one change.
    pub fn of(subject: &Subject<'_>, numbers: &Numbers<'_>) -> Self {
        let why = wording::why;
        let wait = |step: &Step| wording::waits_for(&step.blocked_by, numbers);
        let mut memberships: Vec<Membership> = subject
            .memberships
            .iter()
            .filter_map(|step| {
                let member = step.member_of.as_ref()?;
                Some(Membership {
                    joins: step.action == Action::AddMember,
                    kind: member.target.kind.to_string(),
                    target: member.target.key.to_string(),
                    reason: why(step),
                    wait: wait(step),
                })
            })
            .collect();
        memberships.sort();
        let acts = subject.acts.iter().map(|step| Act {
            action: step.action,
            fields: step.fields.iter().map(|f| f.path.to_string()).collect(),
            secrets: step
                .secrets
                .iter()
                .map(|(name, secret)| (name.to_string(), wording::secret(secret)))
                .collect(),
            reason: why(step),
            wait: wait(step),
        });
        Self {
            fate: subject.fate(),
            acts: acts.collect(),
            memberships,
            manual: subject.manual.len(),
        }
    }

    /// Why it happens, and what the steps but the memberships wait for, in words, each once.
    pub fn reasons(&self) -> Vec<&str> {
        let reasons = self.acts.iter().map(|act| &act.reason);
        let reasons = reasons.chain(self.memberships.iter().map(|member| &member.reason));
        let waits = self.acts.iter().map(|act| &act.wait);
        once(reasons.chain(waits))
    }

    /// Why, and what it waits for, in words, each once.
    pub fn notes(&self) -> Vec<&str> {
        let reasons = self.acts.iter().map(|act| &act.reason);
        let reasons = reasons.chain(self.memberships.iter().map(|member| &member.reason));
        let waits = self.acts.iter().map(|act| &act.wait);
        let waits = waits.chain(self.memberships.iter().map(|member| &member.wait));
        once(reasons.chain(waits))
    }
}

fn once<'a>(notes: impl Iterator<Item = &'a Option<String>>) -> Vec<&'a str> {
    let mut kept: Vec<&str> = Vec::new();
    for note in notes.flatten() {
        if !kept.contains(&note.as_str()) {
            kept.push(note);
        }
    }
    kept
}

/// What an action did to its resource, as a participle.
pub fn participle(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "changed",
        Action::Replace => "deleted and created anew",
        Action::Delete => "deleted",
        Action::AddMember => "added",
        Action::RemoveMember => "removed",
        Action::Manual => "by hand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{self, SPEC};
    use crate::render::subject::subjects;

    #[test]
    fn equal_changes_are_one_entry_and_deletions_come_first() {
        let plan = sample::large(500);
        let subjects = subjects(&plan, &SPEC);
        let changed: Vec<_> = subjects.iter().filter(|s| s.has_acts()).collect();
        let told: Vec<(Fate, usize)> = folds(&changed, &wording::numbers(&plan))
            .iter()
            .map(|fold| (fold.shape.fate, fold.members.len()))
            .collect();
        assert_eq!(
            told,
            [
                (Fate::Delete, 50),
                (Fate::Update, 300),
                (Fate::Create, 50),
                (Fate::Create, 50),
                (Fate::Update, 50),
            ]
        );
    }
}
