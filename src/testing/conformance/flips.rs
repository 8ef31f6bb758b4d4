//! Every field that can be declared, with another value.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::side_by_side;
use super::subject::{Before, Flip, Subject};
use crate::model::{FieldSpec, KindSpec, Shape, Way};
use crate::plan::{Action, Plan, Step, Task};

fn field(subject: &dyn Subject, name: &str) -> (&'static KindSpec, &'static FieldSpec) {
    let (kind, path) = name.split_once('.').unwrap();
    let kind = subject.spec().kinds.iter().find(|it| it.name == kind);
    let kind = kind.unwrap_or_else(|| panic!("`{name}` is of no kind"));
    let field = kind.fields.iter().find(|it| it.name == path);
    (
        kind,
        field.unwrap_or_else(|| panic!("`{name}` is no field")),
    )
}

/// Each field is flipped, or the subject says why it cannot be.
fn none_is_left_out(subject: &dyn Subject, flips: &[Flip]) {
    let flipped: BTreeSet<String> = flips.iter().map(|flip| flip.field.to_owned()).collect();
    let excused: BTreeSet<String> = subject
        .unflippable()
        .iter()
        .map(|(name, reason)| {
            assert!(!reason.is_empty());
            (*name).to_owned()
        })
        .collect();
    let both: Vec<_> = flipped.intersection(&excused).collect();
    assert_eq!(
        both,
        Vec::<&String>::new(),
        "flipped, and said that it cannot be"
    );
    let kinds = subject.spec().kinds.iter();
    let all: BTreeSet<String> = kinds
        .flat_map(|kind| {
            kind.fields
                .iter()
                .map(|field| format!("{}.{}", kind.name, field.name))
        })
        .collect();
    let covered: BTreeSet<String> = flipped.union(&excused).cloned().collect();
    assert_eq!(
        covered, all,
        "every field of the capability table is flipped, or excused"
    );
}

/// Applies everything; then each field, flipped alone, is that one change, and comes to be so.
pub async fn each_field(subject: &dyn Subject) {
    let flips = subject.flips();
    none_is_left_out(subject, &flips);
    side_by_side(&flips, |index| one(subject, flips[index]));
}

async fn one(subject: &dyn Subject, flip: Flip) {
    let case = format!("{} of {}", flip.field, subject.spec().name);
    let account = subject.account(Before::Empty).await;
    let mut bench = Bench::new(subject, account, subject.whole());
    bench.settle(&case).await;
    bench.declared = subject.edited(&[flip.edit]);
    let plan = bench.plan().await;
    let (kind, field) = field(subject, flip.field);
    is_that_change(&plan, kind, field, &flip, &case);
    bench.settle(&case).await;
    // And back, without a word about where it came from.
    bench.declared = subject.whole();
    assert!(
        !bench.plan().await.is_empty(),
        "{case}: the way back is a change too"
    );
}

fn is_that_change(plan: &Plan, kind: &KindSpec, field: &FieldSpec, flip: &Flip, case: &str) {
    assert_eq!(plan.refusals, [], "{case}");
    let steps = &plan.steps;
    let first = steps
        .first()
        .unwrap_or_else(|| panic!("{case}: nothing is planned"));
    assert_eq!(first.kind, kind.name, "{case}: {steps:#?}");
    let is = |step: &Step, action, task| {
        step.action == action && step.manual.as_ref().map(|manual| manual.task) == task
    };
    let as_the_table_says = match (field.shape, field.update) {
        (Shape::Members(_), Way::Api | Way::ApiAfterCreate) => {
            is(first, Action::AddMember, None) || is(first, Action::RemoveMember, None)
        }
        (_, Way::Api | Way::ApiAfterCreate) => is(first, Action::Update, None),
        (_, Way::Manual) => is(first, Action::Manual, Some(Task::Update)),
        (_, Way::Never) => is(first, Action::Replace, None),
    };
    assert!(
        as_the_table_says,
        "{case}: {:?} by {:?}: {first:#?}",
        field.shape, field.update
    );
    let changed: BTreeSet<&str> = match field.update {
        // Whoever is made anew gets all that is declared; what differs is the field.
        Way::Never => first
            .fields
            .iter()
            .filter(|it| it.before != it.after)
            .map(|it| it.path.as_str())
            .collect(),
        _ => first.fields.iter().map(|it| it.path.as_str()).collect(),
    };
    assert!(changed.contains(field.name), "{case}: {first:#?}");
    for other in &changed {
        let with =
            *other == field.name || flip.along.contains(other) || field.resets.contains(other);
        assert!(with, "{case}: `{other}` changes too: {first:#?}");
    }
    for step in &steps[1..] {
        let regained = field.update == Way::Never && step.resource() == first.resource();
        assert!(
            regained,
            "{case}: one change is {} steps: {steps:#?}",
            steps.len()
        );
    }
}
