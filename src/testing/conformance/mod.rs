//! What every provider has to do, whoever the vendor is: one table of scenarios and subjects.
//!
//! | scenario | promise |
//! |---|---|
//! | [`settled::apply_then_plan_is_empty`] | from an empty account to the declared one, by the API and by hand; then nothing is left |
//! | [`settled::import_then_plan_is_empty`] | what an import writes is valid, and plans to nothing |
//! | [`flips::each_field`] | another value of one field is that one change, in the way that the capability table says |
//! | [`faults::at_every_request`] | whatever goes wrong with one request, one of each object is there in the end |
//! | [`faults::killed_after_every_request`] | wherever a run is cut off, a resume ends it |
//! | [`settled::only_apply_writes`] | nothing but an apply sends a request that could write |
//! | [`settled::request_counts_are_exact`] | a plan says how many requests its apply will send |
//!
//! A subject that a scenario does not apply to has the reason in the table, with its ground, which is tested in its place.

mod batchdialer;
mod bench;
mod cloudtalk;
mod faults;
mod flips;
mod http;
mod settled;
mod smartflo;
mod subject;
mod toy;

use std::future::Future;

use crate::manifest::load::load_sources;
use crate::model::{KindSpec, Live, ProviderSpec, Read, Value, Way};
use crate::plan::Step;
use crate::provider::registry::{ImportOptions, PROVIDERS, Registered, dialects, find};
use crate::source::Sources;
use crate::testing::toy::TODAY;

use subject::{Declared, Subject};

/// The table: each scenario with its cell for each subject.
///
/// A cell is `holds`, `(reads_only REASON)` for a scenario that runs without a write, or `(not REASON, if GROUND)`.
macro_rules! table {
    ($($name:ident = $scenario:path { cloudtalk: $c:tt, smartflo: $s:tt, batchdialer: $b:tt, toy: $t:tt })+) => {
        $(mod $name {
            #[test]
            fn cloudtalk() { cell!($scenario, &super::cloudtalk::CloudTalk, $c); }
            #[test]
            fn smartflo() { cell!($scenario, &super::smartflo::Smartflo, $s); }
            #[test]
            fn batchdialer() { cell!($scenario, &super::batchdialer::BatchDialer, $b); }
            #[test]
            fn toy() { cell!($scenario, &super::toy::Toy, $t); }
        })+
    };
}

macro_rules! cell {
    ($scenario:path, $subject:expr, holds) => {
        super::run($scenario($subject))
    };
    ($scenario:path, $subject:expr, (reads_only $reason:literal)) => {{
        let subject: &dyn super::subject::Subject = $subject;
        assert!(
            super::writes_nothing(subject.spec()),
            "it is no longer true that {}",
            $reason
        );
        super::run($scenario($subject))
    }};
    ($scenario:path, $subject:expr, (not $reason:literal, if $ground:path)) => {{
        let subject: &dyn super::subject::Subject = $subject;
        assert!(
            $ground(subject.spec()),
            "it is no longer true that {}",
            $reason
        );
    }};
}

table! {
    after_an_apply_the_plan_is_empty = super::settled::apply_then_plan_is_empty {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: the runbook is followed in the dashboard, and confirmed"),
        toy: holds
    }
    after_an_import_the_plan_is_empty = super::settled::import_then_plan_is_empty {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (not "its API lists no users, so that there is no import", if super::has_no_import),
        toy: (not "it has no manifests, so that there is no import", if super::has_no_import)
    }
    each_field_flipped_is_that_one_change = super::flips::each_field {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: each flip is a step by hand"),
        toy: holds
    }
    faults_at_every_request_leave_one_of_each = super::faults::at_every_request {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: a read that fails changes neither the plan nor the records"),
        toy: holds
    }
    a_run_killed_after_any_request_is_resumed = super::faults::killed_after_every_request {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: a run that is cut off leaves the account alone"),
        toy: holds
    }
    no_command_but_apply_writes = super::settled::only_apply_writes {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: not even an apply does"),
        toy: holds
    }
    a_plan_says_how_many_requests_its_apply_sends = super::settled::request_counts_are_exact {
        cloudtalk: holds, smartflo: holds,
        batchdialer: (reads_only "its API writes nothing: its looks for hints are counted"),
        toy: holds
    }
}

/// Every registered provider has its column.
#[test]
fn every_provider_is_a_subject() {
    let subjects: [&dyn Subject; 3] = [
        &cloudtalk::CloudTalk,
        &smartflo::Smartflo,
        &batchdialer::BatchDialer,
    ];
    let names = subjects.map(|subject| subject.spec().name);
    let registered: Vec<&str> = PROVIDERS.iter().map(|it| it.spec.name).collect();
    assert_eq!(names.as_slice(), registered);
}

/// Whether no part of the API writes, by the capability table.
fn writes_nothing(spec: &'static ProviderSpec) -> bool {
    let by_api = |way| matches!(way, Way::Api | Way::ApiAfterCreate);
    let writes = |kind: &KindSpec| {
        let fields = kind
            .fields
            .iter()
            .any(|it| by_api(it.create) || by_api(it.update));
        by_api(kind.create) || by_api(kind.delete) || fields
    };
    !spec.kinds.iter().any(writes)
}

/// Whether there is no import, and no list of people to make one of, or no provider at all.
fn has_no_import(spec: &'static ProviderSpec) -> bool {
    find(spec.name).is_none_or(|provider| {
        let people = spec.kinds.iter().filter(|kind| kind.person);
        provider.import.is_none() && people.clone().all(|kind| kind.read == Read::No)
    })
}

/// Runs a scenario to its end.
fn run(scenario: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(scenario);
}

/// Runs cases side by side, each on a runtime of its own: most of their time is pauses before a read is repeated.
fn side_by_side<C: Sync, F: Future<Output = ()>>(cases: &[C], run_one: impl Fn(usize) -> F + Sync) {
    const LANES: usize = 12;
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..LANES.min(cases.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    if index >= cases.len() {
                        return;
                    }
                    run(run_one(index));
                }
            });
        }
    });
}

/// The value of a step's field after the step.
fn after(step: &Step, name: &str) -> Option<Value> {
    step.fields.iter().find(|it| it.path == name)?.after.clone()
}

/// The text of a step's field before the step.
fn before(step: &Step, name: &str) -> Option<String> {
    let value = step
        .fields
        .iter()
        .find(|it| it.path == name)?
        .before
        .clone()?;
    Some(value.as_text()?.to_owned())
}

/// The manifests that an import writes, loaded without a mistake and without a warning.
fn imported(provider: &Registered, live: &Live, options: &ImportOptions) -> Declared {
    let import = provider.import.unwrap();
    let mut sources = Sources::new();
    for file in import(live, options) {
        sources.add(file.name.as_str(), file.text.as_str()).unwrap();
    }
    let mut loaded = load_sources(sources, &dialects(), TODAY);
    let told: Vec<&str> = loaded
        .diagnostics
        .items
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(told, Vec::<&str>::new());
    let lowered = loaded.accounts.remove(0).lowered.unwrap();
    Declared {
        desired: lowered.desired,
        extras: lowered.connection.extras,
    }
}
