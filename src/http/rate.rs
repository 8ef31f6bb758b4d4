//! Keeps the calls below a service's rate limit, and obeys what the service says about it.
//!
//! The rule is a sliding log: call `n` starts only when call `n - L` was complete a whole period ago. A service counts
//! each call at some moment between its start and its completion, so the moments of calls `n - L` and `n` are at least a
//! period apart, and no window of that length, whatever its phase, sees more than `L` of ours. Bursts stay possible
//! and, unlike with a fixed pace, an idle moment is not lost.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::call_log::CallLog;

/// Added to a reset time, since it is given in whole seconds and may have been rounded down.
const RESET_MARGIN: Duration = Duration::from_secs(1);

/// How far beyond one period a reset time is believed.
const RESET_SLACK: Duration = Duration::from_secs(5);

/// The longest `Retry-After` that is waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// How many calls may go to an account in a period, and which share of them is left to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Calls in a period, as the service allows them to the whole account.
    pub requests: u32,
    /// The period.
    pub per: Duration,
    /// The share that is left to other users of the account, 0 to 100.
    pub reserve_percent: u8,
}

impl Budget {
    /// Calls that are ours in a period: the budget less the reserve, at least 1.
    pub fn effective(&self) -> u32 {
        less_reserve(self.requests, self.reserve_percent)
    }
}

fn less_reserve(requests: u32, reserve_percent: u8) -> u32 {
    let share = u64::from(100 - reserve_percent.min(100));
    let ours = u64::from(requests) * share / 100;
    u32::try_from(ours).unwrap_or(u32::MAX).max(1)
}

/// Seconds that `requests` calls take under a budget that is used up evenly, rounded up.
pub fn estimate_seconds(requests: u64, budget: &Budget) -> u64 {
    let nanos = u128::from(requests) * budget.per.as_nanos();
    let seconds = nanos.div_ceil(u128::from(budget.effective()) * 1_000_000_000);
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

/// The names of the headers in which a service reports its rate limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateHeaders {
    /// Calls in a period.
    pub limit: String,
    /// Calls left in this period.
    pub remaining: String,
    /// When the period ends, in Unix seconds.
    pub reset: String,
}

impl RateHeaders {
    pub(super) fn names(&self) -> Vec<String> {
        vec![
            self.limit.clone(),
            self.remaining.clone(),
            self.reset.clone(),
        ]
    }
}

/// What one answer said about the rate limit; parts that are missing or no numbers are `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateNotice {
    /// Calls in a period.
    pub limit: Option<u32>,
    /// Calls left in this period.
    pub remaining: Option<u32>,
    /// When the period ends, in Unix seconds.
    pub reset: Option<i64>,
    /// The standard `Retry-After`, given in seconds.
    pub retry_after: Option<u64>,
    /// The standard `Retry-After`, given as a date: in Unix seconds.
    pub retry_at: Option<i64>,
}

impl RateNotice {
    pub(super) fn read(headers: &HeaderMap, names: Option<&RateHeaders>) -> Self {
        fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
            headers.get(name)?.to_str().ok()?.trim().parse().ok()
        }
        Self {
            limit: names.and_then(|names| number(headers, &names.limit)),
            // Some services count below zero when others overdraw.
            remaining: names
                .and_then(|names| number::<i64>(headers, &names.remaining))
                .map(|left| u32::try_from(left.max(0)).unwrap_or(u32::MAX)),
            reset: names.and_then(|names| number(headers, &names.reset)),
            retry_after: number(headers, "retry-after"),
            retry_at: headers
                .get("retry-after")
                .and_then(|value| httpdate::parse_http_date(value.to_str().ok()?.trim()).ok())
                .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_secs()).ok()),
        }
    }
}

/// The wall clock, needed because reset times are Unix seconds.
pub trait WallClock: Send + Sync {
    /// The time, in Unix seconds.
    fn now_unix(&self) -> i64;

    /// The time, in milliseconds of Unix time, as exactly as it is known.
    fn now_unix_millis(&self) -> u64 {
        u64::try_from(self.now_unix()).unwrap_or(0) * 1000
    }
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl WallClock for SystemClock {
    fn now_unix(&self) -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
            })
    }

    fn now_unix_millis(&self) -> u64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            })
    }
}

impl<F: Fn() -> i64 + Send + Sync> WallClock for F {
    fn now_unix(&self) -> i64 {
        self()
    }
}

/// Why a call waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// Our share of the period is used up.
    Budget,
    /// The service reported that the account's calls of this period are nearly used up, by us or others.
    Reserve,
    /// The service answered 429.
    Throttled,
    /// A failed call is about to be repeated.
    Backoff,
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget => "the rate limit",
            Self::Reserve => "the account's rate limit, which others use too",
            Self::Throttled => "the rate limit, after the service refused a request",
            Self::Backoff => "another try",
        })
    }
}

/// Told before each wait, so that a progress line can say why nothing moves.
pub trait RateObserver: Send + Sync {
    /// A wait of this length begins.
    fn waiting(&self, wait: Duration, reason: WaitReason);
}

impl<F: Fn(Duration, WaitReason) + Send + Sync> RateObserver for F {
    fn waiting(&self, wait: Duration, reason: WaitReason) {
        self(wait, reason);
    }
}

/// The sliding log of one account's calls.
///
/// It is used by one call at a time: [`Limiter::turn`] borrows it until the call is complete.
pub struct Limiter {
    budget: Budget,
    clock: Arc<dyn WallClock>,
    observer: Option<Arc<dyn RateObserver>>,
    /// When the latest calls were complete, oldest first; at most as many as a period allows.
    completions: VecDeque<Instant>,
    server_limit: Option<u32>,
    blocked: Option<(Instant, WaitReason)>,
    log: Option<CallLog>,
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("budget", &self.budget)
            .field("server_limit", &self.server_limit)
            .field("in_log", &self.completions.len())
            .finish_non_exhaustive()
    }
}

impl Limiter {
    /// A limiter with an empty log.
    pub fn new(
        budget: Budget,
        clock: Arc<dyn WallClock>,
        observer: Option<Arc<dyn RateObserver>>,
    ) -> Self {
        Self {
            budget,
            clock,
            observer,
            completions: VecDeque::new(),
            server_limit: None,
            blocked: None,
            log: None,
        }
    }

    /// Counts the calls of earlier processes too, and notes ours for later ones.
    pub(super) fn remember(&mut self, log: CallLog) {
        let now = Instant::now();
        for age in log.ages(self.budget.per, self.clock.now_unix_millis()) {
            self.push(now.checked_sub(age).unwrap_or(now));
        }
        self.log = Some(log);
    }

    /// Calls that are ours in a period: of our budget or of the service's reported limit, whichever is lower.
    pub fn effective(&self) -> u32 {
        let requests = self.server_limit.map_or(self.budget.requests, |limit| {
            limit.min(self.budget.requests)
        });
        less_reserve(requests, self.budget.reserve_percent)
    }

    /// Waits until the next call may start.
    pub async fn turn(&mut self) -> Turn<'_> {
        let log = self.log_allows_at().map(|at| (at, WaitReason::Budget));
        if let Some((until, reason)) = log
            .into_iter()
            .chain(self.blocked)
            .max_by_key(|(until, _)| *until)
        {
            let wait = until.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                if let Some(observer) = &self.observer {
                    observer.waiting(wait, reason);
                }
                tokio::time::sleep_until(until).await;
            }
        }
        self.blocked = None;
        Turn {
            limiter: self,
            counts: true,
        }
    }

    fn log_allows_at(&self) -> Option<Instant> {
        let allowed = usize::try_from(self.effective()).unwrap_or(usize::MAX);
        let nth_last = self.completions.len().checked_sub(allowed)?;
        // The service's clock may run a little slower than ours.
        let drift = (self.budget.per / 1000).min(Duration::from_millis(50));
        self.completions
            .get(nth_last)
            .map(|at| *at + self.budget.per + drift)
    }

    fn completed(&mut self) {
        self.push(Instant::now());
        if let Some(log) = &self.log {
            log.note(self.clock.now_unix_millis());
        }
    }

    fn push(&mut self, at: Instant) {
        // The limit may rise again to the budget's, never above it, so older entries cannot matter any more.
        let most = usize::try_from(self.budget.effective()).unwrap_or(usize::MAX);
        while self.completions.len() >= most {
            self.completions.pop_front();
        }
        self.completions.push_back(at);
    }

    fn adopt_limit(&mut self, notice: &RateNotice) {
        if let Some(limit) = notice.limit.filter(|limit| *limit > 0) {
            self.server_limit = Some(limit);
        }
    }

    fn answered(&mut self, notice: &RateNotice) {
        self.adopt_limit(notice);
        let (Some(remaining), Some(reset)) = (notice.remaining, notice.reset) else {
            return;
        };
        let whole = self.server_limit.unwrap_or(self.budget.requests).max(1);
        let keep = whole - less_reserve(whole, self.budget.reserve_percent);
        if remaining <= keep {
            let ahead = self.until_reset(reset);
            if !ahead.is_zero() {
                self.block(
                    (ahead + RESET_MARGIN).min(self.longest()),
                    WaitReason::Reserve,
                );
            }
        }
    }

    fn refused(&mut self, notice: &RateNotice) {
        self.adopt_limit(notice);
        let ahead = notice
            .reset
            .map(|reset| self.until_reset(reset))
            .unwrap_or_default();
        let wait = if !ahead.is_zero() && ahead <= self.longest() {
            ahead + RESET_MARGIN
        } else if let Some(asked) = self.retry_after(notice).filter(|wait| !wait.is_zero()) {
            asked.min(LONGEST_RETRY_AFTER)
        } else {
            // Whatever window refused the call is over a whole period from now.
            self.budget.per
        };
        self.block(wait, WaitReason::Throttled);
    }

    /// How long the standard header asks to wait; a date is a second or less too early by its own resolution.
    fn retry_after(&self, notice: &RateNotice) -> Option<Duration> {
        let seconds = notice.retry_after.map(Duration::from_secs);
        seconds.or_else(|| {
            let ahead = self.until_reset(notice.retry_at?);
            (!ahead.is_zero()).then_some(ahead + RESET_MARGIN)
        })
    }

    /// How far ahead a reset time is; zero when it is past.
    fn until_reset(&self, reset: i64) -> Duration {
        let ahead = reset.saturating_sub(self.clock.now_unix());
        Duration::from_secs(u64::try_from(ahead).unwrap_or(0))
    }

    fn longest(&self) -> Duration {
        self.budget.per.saturating_add(RESET_SLACK)
    }

    fn block(&mut self, wait: Duration, reason: WaitReason) {
        let until = Instant::now() + wait;
        if self.blocked.is_none_or(|(already, _)| already < until) {
            self.blocked = Some((until, reason));
        }
    }
}

/// Leave to make one call; the call is complete when this is dropped.
///
/// Dropping it early, as a cancelled future does, counts the call too: it may have been sent.
#[must_use = "the call is complete when this is dropped"]
pub struct Turn<'a> {
    limiter: &'a mut Limiter,
    counts: bool,
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl Turn<'_> {
    /// The call was answered with something else than 429.
    pub fn answered(self, notice: &RateNotice) {
        self.limiter.answered(notice);
    }

    /// The call was answered with 429.
    pub fn refused(self, notice: &RateNotice) {
        self.limiter.refused(notice);
    }

    /// The call never left this machine, so that the service cannot have counted it.
    pub fn unsent(mut self) {
        self.counts = false;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.counts {
            self.limiter.completed();
        }
    }
}
