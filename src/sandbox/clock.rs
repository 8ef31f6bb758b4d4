//! The time that a simulator lives by.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The simulator's clock: the machine's, or one that stands still until it is moved.
///
/// Clones share one time. Both kinds can be advanced; a machine's clock keeps running from where it was put.
#[derive(Clone)]
pub struct Clock {
    runs: bool,
    /// Milliseconds: since the Unix epoch when the clock stands still, ahead of the machine when it runs.
    offset: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Clock {
            runs: true,
            offset: Arc::default(),
        }
    }

    /// A clock that shows `unix_seconds` until it is advanced.
    pub fn manual(unix_seconds: i64) -> Self {
        Clock {
            runs: false,
            offset: Arc::new(AtomicI64::new(unix_seconds.saturating_mul(1000))),
        }
    }

    /// Milliseconds since the Unix epoch.
    pub fn unix_millis(&self) -> i64 {
        let offset = self.offset.load(Ordering::SeqCst);
        if self.runs {
            machine_millis().saturating_add(offset)
        } else {
            offset
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Clock::real()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("runs", &self.runs)
            .field("unix_millis", &self.unix_millis())
            .finish()
    }
}

fn machine_millis() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_advanced() {
        let clock = Clock::manual(1_000);
        let shared = clock.clone();
        assert_eq!(clock.unix_millis(), 1_000_000);
        shared.advance(Duration::from_millis(1_500));
        assert_eq!(clock.unix_millis(), 1_001_500);
    }

    #[test]
    fn a_real_clock_runs_on_from_where_it_was_put() {
        let clock = Clock::real();
        let before = clock.unix_millis();
        clock.advance(Duration::from_secs(3_600));
        assert!(clock.unix_millis() >= before + 3_600_000);
    }
}
