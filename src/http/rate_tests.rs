//! The limiter under a simulated clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::test_server::{Fake, incoming};
use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const PER_MINUTE: Budget = Budget {
    requests: 60,
    per: MINUTE,
    reserve_percent: 0,
};
/// The Unix time at which every simulation begins.
const EPOCH: i64 = 1_795_000_000;

/// A clock that follows the simulated time, wrong by `skew` seconds.
fn clock(start: Instant, skew: i64) -> Arc<dyn WallClock> {
    Arc::new(move || EPOCH + skew + i64::try_from(start.elapsed().as_secs()).unwrap())
}

fn simulate<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(future)
}

/// Makes one call after the other; gives start and completion of each.
async fn run(budget: Budget, latencies: &[u64]) -> Vec<(Instant, Instant)> {
    let mut limiter = Limiter::new(budget, clock(Instant::now(), 0), None);
    let mut calls = Vec::new();
    for latency in latencies {
        let turn = limiter.turn().await;
        let start = Instant::now();
        tokio::time::sleep(Duration::from_millis(*latency)).await;
        turn.answered(&RateNotice::default());
        calls.push((start, Instant::now()));
    }
    calls
}

/// Latencies between `low` and `high`, from a seed.
fn latencies(seed: u64, count: usize, low: u64, high: u64) -> Vec<u64> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            low + (state >> 33) % (high - low + 1)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// A window of any phase holds at most `L` moments exactly when each `L + 1` in a row span at least its length.
    #[test]
    fn no_window_of_any_phase_holds_more_than_the_limit(
        requests in 1_u32..40, reserve_percent in 0_u8..=100, seconds in 1_u64..90, seed: u64, high in 1_u64..4000,
    ) {
        let budget = Budget { requests, per: Duration::from_secs(seconds), reserve_percent };
        let allowed = usize::try_from(budget.effective()).unwrap();
        let latencies = latencies(seed, 300, 0, high);
        let calls = simulate(run(budget, &latencies));
        // The service counts a call somewhere between its start and its completion.
        let counted: Vec<Instant> = calls.iter().enumerate().map(|(number, (start, end))| match number % 3 {
            0 => *start,
            1 => *end,
            _ => *start + (*end - *start) / 2,
        }).collect();
        let arrivals: Vec<Instant> = calls.iter().map(|(start, _)| *start).collect();
        let completions: Vec<Instant> = calls.iter().map(|(_, end)| *end).collect();
        for moments in [counted, arrivals, completions] {
            for row in moments.windows(allowed + 1) {
                prop_assert!(row[allowed] - row[0] >= budget.per);
            }
        }
    }

    #[test]
    fn a_long_run_uses_at_least_85_percent_of_the_budget(seed: u64, high in 60_u64..900) {
        let latencies = latencies(seed, 3000, 50, high);
        // Calls that take longer than the budget's pace cannot use it up one after the other.
        let calls = simulate(run(PER_MINUTE, &latencies));
        let took = (calls[2999].1 - calls[0].0).as_secs_f64();
        let used = 3000.0 / took;
        prop_assert!(used >= 0.85, "{used} calls a second of 1");
    }

    #[test]
    fn the_estimate_is_near_the_time_that_a_run_takes(seed: u64, count in 1_usize..600, reserve_percent in 0_u8..50) {
        let budget = Budget { reserve_percent, ..PER_MINUTE };
        let calls = simulate(run(budget, &latencies(seed, count, 50, 400)));
        let took = (calls[count - 1].1 - calls[0].0).as_secs_f64();
        let estimate = estimate_seconds(count as u64, &budget) as f64;
        prop_assert!(took <= estimate * 1.05 + 25.0, "took {took}, estimated {estimate}");
        prop_assert!(took >= estimate - 61.0, "took {took}, estimated {estimate}");
    }
}

#[test]
fn the_reserve_is_left_to_others_and_one_call_always_remains() {
    let effective = |requests, reserve_percent| {
        Budget {
            requests,
            per: MINUTE,
            reserve_percent,
        }
        .effective()
    };
    assert_eq!(
        [
            effective(60, 10),
            effective(60, 0),
            effective(3, 10),
            effective(1, 10)
        ],
        [54, 60, 2, 1]
    );
    assert_eq!(
        [effective(60, 100), effective(60, 255), effective(0, 0)],
        [1, 1, 1]
    );
}

#[test]
fn the_estimate_is_rounded_up() {
    let budget = Budget {
        reserve_percent: 10,
        ..PER_MINUTE
    };
    assert_eq!(
        [0, 1, 54, 300].map(|requests| estimate_seconds(requests, &budget)),
        [0, 2, 60, 334]
    );
    let second = Budget {
        requests: 3,
        per: Duration::from_secs(1),
        reserve_percent: 0,
    };
    assert_eq!(estimate_seconds(300, &second), 100);
    assert_eq!(
        estimate_seconds(
            u64::MAX,
            &Budget {
                requests: 1,
                per: MINUTE,
                reserve_percent: 0
            }
        ),
        u64::MAX
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_calls_of_a_period_go_out_at_once() {
    let calls = run(PER_MINUTE, &[0; 61]).await;
    assert_eq!(calls[59].1, calls[0].0);
    let wait = calls[60].0 - calls[0].0;
    assert!(
        wait >= MINUTE && wait < MINUTE + Duration::from_millis(100),
        "{wait:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_the_process_before_count_but_for_a_service_on_this_machine() {
    for (url, waits) in [("https://api.example", true), ("http://127.0.0.1:1", false)] {
        let folder = tempfile::tempdir().unwrap();
        let client = || {
            let fake = Fake::new(|_| (Duration::ZERO, Ok(incoming(200, &[]))));
            let mut options = rate_options(PER_MINUTE, clock(Instant::now(), 0));
            options.base_url = url.to_owned();
            options.call_log = Some(folder.path().join("acme"));
            Client::with_transport(options, fake).unwrap()
        };
        let before = client();
        for _ in 0..PER_MINUTE.requests {
            before.send(&Request::get("/x")).await.unwrap();
        }
        let start = Instant::now();
        client().send(&Request::get("/x")).await.unwrap();
        let waited = start.elapsed();
        assert_eq!(waited >= MINUTE, waits, "{url}: {waited:?}");
    }
}

const HEADERS: [&str; 3] = ["x-limit", "x-remaining", "x-reset"];

fn rate_options(budget: Budget, clock: Arc<dyn WallClock>) -> ClientOptions {
    let [limit, remaining, reset] = HEADERS.map(str::to_owned);
    let mut options = ClientOptions::new("http://127.0.0.1", budget);
    options.rate_headers = Some(RateHeaders {
        limit,
        remaining,
        reset,
    });
    options.clock = clock;
    options
}

fn rate_headers(limit: u32, remaining: u32, reset: i64) -> Vec<(&'static str, String)> {
    HEADERS
        .into_iter()
        .zip([limit.to_string(), remaining.to_string(), reset.to_string()])
        .collect()
}

/// How long a call takes that is refused once, with these headers, and then answered; and the waits it announced.
async fn refused_once(headers: Vec<(&'static str, String)>) -> (Duration, Vec<(u64, WaitReason)>) {
    let start = Instant::now();
    let fake = Fake::new(move |number| {
        (
            Duration::ZERO,
            Ok(if number == 0 {
                incoming(429, &headers)
            } else {
                incoming(200, &[])
            }),
        )
    });
    let waits = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&waits);
    let mut options = rate_options(PER_MINUTE, clock(start, 0));
    options.observer = Some(Arc::new(move |wait: Duration, reason| {
        log.lock().unwrap().push((wait.as_secs(), reason))
    }));
    let client = Client::with_transport(options, fake).unwrap();
    // A refusal proves that nothing happened, so that a write is repeated too.
    let answer = client.send(&Request::new(Method::PUT, "/x")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        client.counter(),
        Counter {
            reads: 0,
            writes: 2,
            retries: 1,
            throttled: 1
        }
    );
    let waits = waits.lock().unwrap().clone();
    (start.elapsed(), waits)
}

#[tokio::test(start_paused = true)]
async fn a_refusal_waits_for_the_reset_when_that_is_sane_and_a_period_otherwise() {
    let seconds = |headers| async { refused_once(headers).await.0.as_secs() };
    assert_eq!(seconds(rate_headers(60, 0, EPOCH + 34)).await, 35, "sane");
    assert_eq!(seconds(rate_headers(60, 0, EPOCH - 3)).await, 60, "past");
    assert_eq!(seconds(rate_headers(60, 0, EPOCH)).await, 60, "now");
    assert_eq!(
        seconds(rate_headers(60, 0, EPOCH + 1_000_000)).await,
        60,
        "far future"
    );
    assert_eq!(seconds(rate_headers(60, 0, i64::MIN)).await, 60, "absurd");
    assert_eq!(seconds(vec![]).await, 60, "no headers");
    assert_eq!(
        seconds(vec![("retry-after", "7".to_owned())]).await,
        7,
        "the standard header"
    );
    let dated = |ahead: u64| {
        let at = std::time::UNIX_EPOCH + Duration::from_secs(EPOCH.unsigned_abs() + ahead);
        vec![("retry-after", httpdate::fmt_http_date(at))]
    };
    assert_eq!(seconds(dated(7)).await, 8, "the standard header, as a date");
    assert_eq!(seconds(dated(0)).await, 60, "a date that is past");
    assert_eq!(seconds(dated(90_000)).await, 300, "a date far ahead");
    assert_eq!(
        seconds(vec![("x-reset", "soon".to_owned())]).await,
        60,
        "no number"
    );
}

#[tokio::test(start_paused = true)]
async fn the_observer_is_told_how_long_and_why() {
    assert_eq!(
        refused_once(rate_headers(60, 0, EPOCH + 33)).await.1,
        [(34, WaitReason::Throttled)]
    );
}

#[tokio::test(start_paused = true)]
async fn five_refusals_in_a_row_are_given_up_with_a_clear_error() {
    let fake = Fake::new(|_| (Duration::ZERO, Ok(incoming(429, &[]))));
    let client = Client::with_transport(
        rate_options(PER_MINUTE, clock(Instant::now(), 0)),
        fake.clone(),
    )
    .unwrap();
    let error = client
        .send(&Request::new(Method::PUT, "/x"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, HttpError::Throttled { answers: 5, .. }) && error.did_not_happen(),
        "{error:?}"
    );
    assert!(error.to_string().contains("run again later"), "{error}");
    assert_eq!((fake.calls(), client.counter().throttled), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_low_remainder_waits_for_the_reset_whatever_the_clocks_say() {
    for (reset, reserve_percent, remaining, expected) in [
        (EPOCH + 20, 10, 6, 21),
        (EPOCH + 20, 10, 7, 0),
        (EPOCH + 20, 0, 1, 0),
        (EPOCH + 20, 0, 0, 21),
        (EPOCH - 500, 10, 0, 0),
        (EPOCH + 9_999_999, 10, 0, 65),
        (i64::MAX, 10, 0, 65),
    ] {
        let start = Instant::now();
        let headers = rate_headers(60, remaining, reset);
        let fake = Fake::new(move |_| (Duration::ZERO, Ok(incoming(200, &headers))));
        let options = rate_options(
            Budget {
                reserve_percent,
                ..PER_MINUTE
            },
            clock(start, 0),
        );
        let client = Client::with_transport(options, fake).unwrap();
        client.send(&Request::get("/x")).await.unwrap();
        client.send(&Request::get("/x")).await.unwrap();
        assert_eq!(
            start.elapsed().as_secs(),
            expected,
            "reset {reset}, remaining {remaining}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_of_the_service_is_adopted_and_a_higher_one_is_not() {
    for (limit, at_once) in [(10, 10), (600, 60), (0, 60)] {
        let start = Instant::now();
        let headers = vec![("x-limit", u32::to_string(&limit))];
        let fake = Fake::new(move |_| (Duration::ZERO, Ok(incoming(200, &headers))));
        let client =
            Client::with_transport(rate_options(PER_MINUTE, clock(start, 0)), fake).unwrap();
        for number in 0..=at_once {
            assert_eq!(
                start.elapsed() >= MINUTE,
                number > at_once,
                "call {number} under a limit of {limit}"
            );
            client.send(&Request::get("/x")).await.unwrap();
        }
        assert!(start.elapsed() >= MINUTE);
    }
}

/// An account with a fixed window that another client uses as well, at an even pace.
struct Account {
    start: Instant,
    phase: u64,
    others_per_window: u64,
    state: Mutex<(u64, u64)>,
}

impl Account {
    /// One call of ours: status, and the headers that go with it.
    fn call(&self) -> (u16, Vec<(&'static str, String)>) {
        let now = self.start.elapsed().as_millis() as u64 + self.phase * 1000;
        let (window, within) = (now / 60_000, now % 60_000);
        let mut state = self.state.lock().unwrap();
        if state.0 != window {
            *state = (window, 0);
        }
        let others = self.others_per_window * within / 60_000;
        let reset = EPOCH + ((window + 1) * 60 - self.phase) as i64;
        if state.1 + others >= 60 {
            return (429, rate_headers(60, 0, reset));
        }
        state.1 += 1;
        (200, rate_headers(60, (60 - state.1 - others) as u32, reset))
    }
}

#[test]
fn another_client_that_uses_half_of_the_window_causes_no_refusal() {
    for phase in [0, 1, 17, 30, 59] {
        for skew in [0, 2] {
            simulate(async {
                let start = Instant::now();
                let account = Account {
                    start,
                    phase,
                    others_per_window: 30,
                    state: Mutex::new((0, 0)),
                };
                let fake = Fake::new(move |number| {
                    let (status, headers) = account.call();
                    (
                        Duration::from_millis(100 + number as u64 * 37 % 300),
                        Ok(incoming(status, &headers)),
                    )
                });
                let options = rate_options(
                    Budget {
                        reserve_percent: 10,
                        ..PER_MINUTE
                    },
                    clock(start, -skew),
                );
                let client = Client::with_transport(options, fake).unwrap();
                for _ in 0..1000 {
                    client.send(&Request::get("/x")).await.unwrap();
                }
                assert_eq!(client.counter().throttled, 0, "phase {phase}, skew {skew}");
                let a_window = 1000.0 * 60.0 / start.elapsed().as_secs_f64();
                assert!(
                    a_window >= 24.0,
                    "only {a_window} calls a window at phase {phase}"
                );
            });
        }
    }
}
