//! Requests that fail, and runs that are cut off.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bench::Bench;
use super::subject::{Asked, Before, Subject};
use super::{side_by_side, writes_nothing};
use crate::apply::RunOutcome;
use crate::sandbox::Effect;

/// The fewest writes that prove anything.
const A_DOZEN: usize = 12;

/// What goes wrong, before and after the request took effect.
const EFFECTS: [Effect; 6] = [
    Effect::BeforeEffect500,
    Effect::AfterEffect500,
    Effect::DropBefore,
    Effect::DropAfter,
    Effect::Html(502),
    Effect::TruncatedJson,
];

/// An apply without a fault: its requests, what is in the account then, and how many objects were ever made in it.
struct Undisturbed {
    log: Vec<Asked>,
    contents: BTreeMap<String, u32>,
    made: u64,
}

async fn bench(subject: &dyn Subject) -> Bench {
    let account = subject.account(Before::Prepared).await;
    Bench::new(subject, account, subject.crowd())
}

async fn undisturbed(subject: &dyn Subject) -> Undisturbed {
    let bench = bench(subject).await;
    let planned = bench.plan().await.steps;
    let from = bench.account.log().len();
    let report = bench.apply().await.unwrap();
    assert_ne!(report.outcome, RunOutcome::Partial, "{report:#?}");
    let log = bench.account.log().split_off(from);
    let writes = log.iter().filter(|asked| asked.write).count();
    if writes_nothing(subject.spec()) {
        assert_eq!(writes, 0);
        assert_eq!(bench.plan().await.steps, planned);
    } else {
        assert!(
            writes >= A_DOZEN,
            "{writes} writes are too few to prove anything"
        );
    }
    let contents = bench.account.contents();
    assert!(contents.values().all(|count| *count == 1), "{contents:#?}");
    Undisturbed {
        log,
        contents,
        made: bench.account.made(),
    }
}

impl Undisturbed {
    /// Holds that the account is as it would be if nothing had gone wrong: one of each, and none made and lost.
    async fn is_reached_by(&self, bench: &Bench, case: &str) {
        let contents = bench.account.contents();
        assert_eq!(contents, self.contents, "{case}");
        assert_eq!(
            bench.account.made(),
            self.made,
            "{case}: something was made twice"
        );
        let sent = bench.sent().await;
        assert!(sent.is_empty(), "{case}: the plan is not empty: {sent:#?}");
    }
}

/// Each request of an apply fails in each way, once; then the run is resumed, or made again where it never began.
pub async fn at_every_request(subject: &dyn Subject) {
    let goal = undisturbed(subject).await;
    let requests = 1..=goal.log.len() as u64;
    let cases: Vec<(u64, Effect)> = requests
        .flat_map(|nth| EFFECTS.map(|effect| (nth, effect)))
        .collect();
    side_by_side(&cases, |index| {
        let ((nth, effect), goal) = (cases[index], &goal);
        async move {
            let what = &goal.log[nth as usize - 1].what;
            let case = format!(
                "{}: {} at request {nth}, {what}",
                subject.spec().name,
                effect.name()
            );
            let bench = bench(subject).await;
            let planned = writes_nothing(subject.spec())
                .then(|| bench.plan_of(&crate::model::Live::default()));
            bench.account.fault(nth, effect);
            let done = bench.apply().await;
            bench.account.mend();
            if done.is_err() {
                // What could not be read is no ground for anything: neither a write nor a record.
                assert_eq!(bench.records(), Vec::<String>::new(), "{case}");
                assert!(
                    bench.account.log().iter().all(|asked| !asked.write),
                    "{case}"
                );
            }
            bench.recover(&case).await;
            goal.is_reached_by(&bench, &case).await;
            if let Some(planned) = planned {
                assert_eq!(bench.plan().await.steps, planned.steps, "{case}");
            }
        }
    });
}

/// Where a run is cut off.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// The request is on its way; the service carries it out all the same.
    Within,
    /// The service has carried it out, and the answer is on its way.
    After,
}

/// How long a request takes that a run is cut off at, in milliseconds.
const SLOW: u64 = 20;

/// A run is cut off at each of its requests, as a process that is killed; then it is resumed.
pub async fn killed_after_every_request(subject: &dyn Subject) {
    let goal = undisturbed(subject).await;
    let requests = 1..=goal.log.len();
    let cases: Vec<(usize, Moment)> = requests
        .flat_map(|nth| [(nth, Moment::Within), (nth, Moment::After)])
        .collect();
    side_by_side(&cases, |index| {
        let ((nth, moment), goal) = (cases[index], &goal);
        async move {
            let what = &goal.log[nth - 1].what;
            let case = format!(
                "{}: killed {moment:?} request {nth}, {what}",
                subject.spec().name
            );
            let bench = bench(subject).await;
            bench.account.fault(nth as u64, Effect::Latency(SLOW));
            let come = || {
                let log = bench.account.log();
                match moment {
                    Moment::Within => log.len() >= nth,
                    Moment::After => log.get(nth - 1).is_some_and(|asked| asked.answered),
                }
            };
            tokio::select! {
                biased;
                () = until(come) => {}
                // The last answer of all may be seen first by whoever waits for it.
                done = bench.apply() => assert!(nth == goal.log.len(), "{case}: it ended before: {done:?}"),
            }
            // What the service has begun, it ends, whoever waits for it; in memory, nobody is left to end it.
            let settled = || bench.account.log().iter().all(|asked| asked.answered);
            let _ = tokio::time::timeout(Duration::from_millis(4 * SLOW), until(settled)).await;
            bench.account.mend();
            bench.recover(&case).await;
            goal.is_reached_by(&bench, &case).await;
        }
    });
}

/// Looks again and again, with a turn for everybody else in between.
async fn until(met: impl Fn() -> bool) {
    while !met() {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}
