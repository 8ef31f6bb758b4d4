//! The steps of a plan by what they are about, as people read them: one entry for each person or thing.

use std::collections::BTreeMap;

use crate::model::{Key, Kind, KindSpec, ProviderSpec, ResourceId};
use crate::plan::{Action, Place, Plan, Step};

/// One resource and all that happens to it.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The capability row of the kind; absent for a kind that the provider does not know.
    pub spec: Option<&'static KindSpec>,
    /// The kind.
    pub kind: &'a Kind,
    /// The key.
    pub key: &'a Key,
    /// What people call it; the key when nothing else is known.
    pub title: &'a str,
    /// What the API does, in the plan's order, less the memberships.
    pub acts: Vec<&'a Step>,
    /// The memberships that are added and removed, in the plan's order.
    pub memberships: Vec<&'a Step>,
    /// What a person does.
    pub manual: Vec<&'a Step>,
}

/// What happens to a resource, all in all; the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is deleted and created anew.
    Replace,
    /// It is deleted.
    Delete,
    /// It is created.
    Create,
    /// It stays and changes.
    Update,
    /// Only a person has something to do.
    Manual,
}

impl Fate {
    /// The mark in front of a line: `+`, `~`, `-/+`, `-`, `!`.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Replace => "-/+",
            Self::Delete => "-",
            Self::Create => "+",
            Self::Update => "~",
            Self::Manual => "!",
        }
    }

    /// Whether something is lost for good.
    pub fn is_destructive(self) -> bool {
        matches!(self, Self::Replace | Self::Delete)
    }

    /// The word: `replace`, `delete`, `create`, `update`, `manual`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Create => "create",
            Self::Update => "update",
            Self::Manual => "manual",
        }
    }
}

impl Subject<'_> {
    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        self.spec.is_some_and(|spec| spec.person)
    }

    /// Whether the API has something to do, now or when a manual step is done.
    pub fn has_acts(&self) -> bool {
        !self.acts.is_empty() || !self.memberships.is_empty()
    }

    /// What happens to it, all in all.
    pub fn fate(&self) -> Fate {
        let grave = self.acts.iter().map(|step| fate(step.action)).min();
        match grave {
            Some(fate) => fate,
            None if self.memberships.is_empty() => Fate::Manual,
            None => Fate::Update,
        }
    }

    /// The memberships of this action, by the kind that is joined or left.
    pub fn targets(&self, action: Action) -> BTreeMap<&str, Vec<&Step>> {
        let mut by_kind: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
        for step in &self.memberships {
            if step.action == action
                && let Some(member) = &step.member_of
            {
                by_kind
                    .entry(member.target.kind.as_str())
                    .or_default()
                    .push(step);
            }
        }
        by_kind
    }

    /// Where it is declared, as far as its steps say.
    pub fn origin(&self) -> Option<&Place> {
        self.acts
            .iter()
            .chain(&self.memberships)
            .chain(&self.manual)
            .find_map(|step| step.origin.as_ref())
    }

    /// All its steps.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.acts
            .iter()
            .chain(&self.memberships)
            .chain(&self.manual)
            .copied()
    }

    /// Whether all that the API has to do waits for a person.
    pub fn is_blocked(&self) -> bool {
        self.has_acts()
            && self
                .acts
                .iter()
                .chain(&self.memberships)
                .all(|step| !step.blocked_by.is_empty())
    }
}

/// What a step means for its resource.
pub fn fate(action: Action) -> Fate {
    match action {
        Action::Replace => Fate::Replace,
        Action::Delete => Fate::Delete,
        Action::Create => Fate::Create,
        Action::Update | Action::AddMember | Action::RemoveMember => Fate::Update,
        Action::Manual => Fate::Manual,
    }
}

/// Sorts a plan's steps by what they are about: people first, then the other kinds in the provider's order, each in the plan's order.
pub fn subjects<'a>(plan: &'a Plan, spec: &'static ProviderSpec) -> Vec<Subject<'a>> {
    let mut index: BTreeMap<ResourceId, usize> = BTreeMap::new();
    let mut found: Vec<Subject<'a>> = Vec::new();
    for step in &plan.steps {
        let at = *index.entry(step.resource()).or_insert_with(|| {
            found.push(Subject {
                spec: spec.kind(&step.kind),
                kind: &step.kind,
                key: &step.key,
                title: step.key.as_str(),
                acts: Vec::new(),
                memberships: Vec::new(),
                manual: Vec::new(),
            });
            found.len() - 1
        });
        let subject = &mut found[at];
        if subject.title == subject.key.as_str() && !step.title.is_empty() {
            subject.title = &step.title;
        }
        match step.action {
            Action::Create | Action::Update | Action::Replace | Action::Delete => {
                subject.acts.push(step);
            }
            Action::AddMember | Action::RemoveMember => subject.memberships.push(step),
            Action::Manual => subject.manual.push(step),
        }
    }
    let rank = |subject: &Subject<'_>| {
        let row = spec
            .kinds
            .iter()
            .position(|kind| subject.kind == kind.name)
            .unwrap_or(spec.kinds.len());
        (!subject.is_person(), row)
    };
    // The sort is stable: the plan's order stays within a kind.
    found.sort_by_key(rank);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{self, SPEC};

    #[test]
    fn people_come_first_and_each_has_all_its_steps_in_one_entry() {
        let plan = sample::small();
        let found = subjects(&plan, &SPEC);
        let told: Vec<String> = found
            .iter()
            .map(|s| {
                format!(
                    "{} {} {} {}+{}+{}",
                    s.fate().mark(),
                    s.kind,
                    s.title,
                    s.acts.len(),
                    s.memberships.len(),
                    s.manual.len()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "+ user Person 0001 1+3+0",
                "~ user Person 0002 1+2+1",
                "-/+ user Person 0003 1+0+0",
                "- user Person 0004 1+0+0",
                "! group VIP 0+0+1",
                "~ number Sales line 1+0+0",
            ]
        );
    }
}
