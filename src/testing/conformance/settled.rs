//! Accounts that come to be as declared, and what it costs.

use super::bench::Bench;
use super::subject::{Before, Subject};
use super::writes_nothing;
use crate::apply::RunOutcome;
use crate::model::{KindSpec, Read, Scope};
use crate::plan::Requests;

/// From an empty account to the declared one; then the plan is empty, and a further apply sends no write.
pub async fn apply_then_plan_is_empty(subject: &dyn Subject) {
    let account = subject.account(Before::Empty).await;
    let bench = Bench::new(subject, account, subject.whole());
    assert!(!bench.plan().await.is_empty(), "nothing would be proven");
    bench.settle("from nothing").await;
    let (contents, records) = (bench.account.contents(), bench.records());
    let writes = || {
        bench
            .account
            .log()
            .iter()
            .filter(|asked| asked.write)
            .count()
    };
    let before = writes();
    assert_eq!(before == 0, writes_nothing(subject.spec()));
    let report = bench.apply().await.unwrap();
    assert_eq!(report.outcome, RunOutcome::Converged);
    assert_eq!(writes(), before, "a second apply has nothing to write");
    assert_eq!(bench.account.contents(), contents);
    assert_eq!(bench.records(), records, "nor has it anything to record");
}

/// All kinds that can be listed at all, as an import reads them.
fn everything(subject: &dyn Subject) -> Scope {
    let kinds = subject.spec().kinds.iter();
    Scope {
        kinds: kinds
            .filter(|kind| kind.read != Read::No)
            .map(KindSpec::kind)
            .collect(),
        member_counts: false,
    }
}

/// An account that was found becomes manifests; they are valid, and plan to nothing.
pub async fn import_then_plan_is_empty(subject: &dyn Subject) {
    let account = subject.account(Before::Found).await;
    let mut connection = account.connect(&serde_json::Map::new());
    let live = connection.observe(&everything(subject)).await.unwrap();
    let learned = connection.learned();
    connection.close().await;
    assert!(live.iter().count() > 5, "nothing would be proven");
    let declared = subject.imported(&live, &learned);
    // Who can be declared is declared.
    for kind in subject.spec().kinds.iter().filter(|kind| kind.person) {
        let declared = declared.desired.resources[kind.name].len();
        assert_eq!(
            declared,
            live.kinds[kind.name].resources.len(),
            "{}",
            kind.plural
        );
    }
    let bench = Bench::new(subject, account, declared);
    let plan = bench.plan().await;
    assert_eq!(plan.steps, []);
    assert_eq!(plan.summary.unmanaged, 0, "{:?}", plan.warnings);
    assert!(bench.account.log().iter().all(|asked| !asked.write));
}

/// Reading, planning, looking things up and making manifests, at a service that refuses every write, and at every stage.
pub async fn only_apply_writes(subject: &dyn Subject) {
    for before in [Before::Empty, Before::Prepared, Before::Found] {
        let account = subject.account(before).await;
        account.refuse_writes();
        let bench = Bench::new(subject, account, subject.crowd());
        let contents = bench.account.contents();
        let plan = bench.plan().await;
        let (mut connection, live) = bench.observe().await.unwrap();
        for found in live.iter() {
            for remote in [None, Some(&found.remote)] {
                let again = connection.look_up(&found.id, remote).await.unwrap();
                assert_eq!(again.map(|it| it.id), Some(found.id.clone()));
            }
        }
        connection.observe(&everything(subject)).await.unwrap();
        connection.close().await;
        assert_eq!(bench.plan().await.steps, plan.steps, "{before:?}");
        let writes: Vec<_> = bench
            .account
            .log()
            .into_iter()
            .filter(|asked| asked.write)
            .collect();
        assert_eq!(writes, [], "{before:?}");
        assert_eq!(bench.account.contents(), contents);
        assert_eq!(
            bench.records(),
            Vec::<String>::new(),
            "{before:?}: reading records nothing"
        );
    }
}

/// A plan's figures are the server's, for a change that takes many writes, and for none at all.
pub async fn request_counts_are_exact(subject: &dyn Subject) {
    let account = subject.account(Before::Prepared).await;
    let bench = Bench::new(subject, account, subject.crowd());
    for again in [false, true] {
        let plan = bench.plan().await;
        let Requests {
            read,
            write,
            verify,
        } = plan.requests;
        let before = bench.account.log().len();
        let report = bench.apply().await.unwrap();
        assert_ne!(report.outcome, RunOutcome::Partial, "{report:#?}");
        let log = bench.account.log().split_off(before);
        let sent = log.len() as u64;
        assert!(sent > 0);
        assert_eq!(
            sent,
            read + write + verify,
            "planned {:?}, sent {log:#?}",
            plan.requests
        );
        let none = write == 0 && log.iter().all(|asked| !asked.write);
        assert_eq!(
            none,
            again || writes_nothing(subject.spec()),
            "{:?}",
            plan.steps
        );
    }
}
