//! Which calls are made again, and how often.

use std::time::Duration;

use super::error::{HttpError, Outcome};
use super::message::Effect;

/// The pauses before the first, second and third repetition of a call; a fourth is not made.
pub const BACKOFF: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// After how many 429 in a row a call is given up.
pub const MAX_THROTTLED: u32 = 5;

/// How many calls a client has made; every attempt counts, successful or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    /// Attempts at calls that change nothing.
    pub reads: u64,
    /// Attempts at calls that may change something.
    pub writes: u64,
    /// Attempts that repeated an earlier one, contained in the above.
    pub retries: u64,
    /// Answers with status 429.
    pub throttled: u64,
}

impl Counter {
    /// All attempts.
    pub fn requests(&self) -> u64 {
        self.reads + self.writes
    }
}

/// The pause before a call that failed is made again, or nothing when it is not; `done` counts earlier repetitions.
pub(super) fn after_error(error: &HttpError, effect: Effect, done: usize) -> Option<Duration> {
    let again = match error {
        // Nothing was sent, so that a write may be repeated as well.
        HttpError::Connect { .. } => error.outcome() == Outcome::NotSent,
        HttpError::Timeout { .. } | HttpError::Interrupted { .. } | HttpError::CutShort { .. } => {
            effect == Effect::Read
        }
        _ => false,
    };
    if again {
        BACKOFF.get(done).copied()
    } else {
        None
    }
}

/// The pause before a call with this answer is made again, or nothing when it is not; 429 is not treated here.
pub(super) fn after_status(status: u16, effect: Effect, done: usize) -> Option<Duration> {
    let again = effect == Effect::Read && (status == 408 || (500..600).contains(&status));
    if again {
        BACKOFF.get(done).copied()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect() -> HttpError {
        HttpError::Connect {
            call: String::new(),
            host: String::new(),
            reason: String::new(),
            hint: String::new(),
        }
    }

    fn timeout() -> HttpError {
        HttpError::Timeout {
            call: String::new(),
            limit: Duration::from_secs(1),
        }
    }

    #[test]
    fn a_read_is_repeated_three_times_with_growing_pauses() {
        let pauses: Vec<_> = (0..4)
            .map(|done| after_error(&timeout(), Effect::Read, done))
            .collect();
        assert_eq!(
            pauses,
            [Some(BACKOFF[0]), Some(BACKOFF[1]), Some(BACKOFF[2]), None]
        );
    }

    #[test]
    fn a_write_is_repeated_only_when_nothing_was_sent() {
        assert!(after_error(&connect(), Effect::Write, 0).is_some());
        assert!(after_error(&timeout(), Effect::Write, 0).is_none());
        assert!(after_status(503, Effect::Write, 0).is_none());
    }

    #[test]
    fn only_server_failures_and_408_are_worth_another_read() {
        let again: Vec<u16> = [200, 304, 400, 401, 404, 406, 408, 500, 502, 503, 599]
            .into_iter()
            .filter(|status| after_status(*status, Effect::Read, 0).is_some())
            .collect();
        assert_eq!(again, [408, 500, 502, 503, 599]);
    }
}
