//! A fixed-window request limit.

/// How many requests a window admits, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests per window.
    pub requests: u32,
    /// Length of a window in milliseconds.
    pub window_millis: i64,
}

impl Rate {
    /// `requests` in every minute.
    pub fn per_minute(requests: u32) -> Self {
        Rate {
            requests,
            window_millis: 60_000,
        }
    }

    /// `requests` in every second.
    pub fn per_second(requests: u32) -> Self {
        Rate {
            requests,
            window_millis: 1_000,
        }
    }
}

/// Where one request stands in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the request was let through.
    pub admitted: bool,
    /// Requests per window.
    pub limit: u32,
    /// Requests left in this window.
    pub remaining: u32,
    /// First Unix second at which a new window is open.
    pub reset_at: i64,
}

/// Counts requests in windows; a window opens with the first request after the one before has ended.
///
/// A refused request uses nothing up.
#[derive(Debug)]
pub struct RateLimiter {
    rate: Rate,
    window: Option<Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at_millis: i64,
    used: u32,
}

impl RateLimiter {
    /// A limiter with no window open.
    pub fn new(rate: Rate) -> Self {
        RateLimiter { rate, window: None }
    }

    /// Counts a request that arrives at `now_millis` of Unix time, and says whether it passes.
    pub fn take(&mut self, now_millis: i64) -> Standing {
        let fresh = Window {
            ends_at_millis: now_millis.saturating_add(self.rate.window_millis),
            used: 0,
        };
        let mut window = self
            .window
            .filter(|window| now_millis < window.ends_at_millis)
            .unwrap_or(fresh);
        let admitted = window.used < self.rate.requests;
        if admitted {
            window.used += 1;
        }
        self.window = Some(window);
        Standing {
            admitted,
            limit: self.rate.requests,
            remaining: self.rate.requests - window.used,
            // Rounded up, so that a client that sleeps to this second finds the new window open.
            reset_at: window.ends_at_millis.saturating_add(999).div_euclid(1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_admits_its_count_and_opens_again_at_the_reset() {
        let mut limiter = RateLimiter::new(Rate::per_minute(2));
        let start = 10_000_300;
        assert_eq!(
            limiter.take(start),
            Standing {
                admitted: true,
                limit: 2,
                remaining: 1,
                reset_at: 10_061
            }
        );
        assert!(limiter.take(start + 59_000).admitted);
        let refused = limiter.take(start + 59_999);
        assert_eq!(
            refused,
            Standing {
                admitted: false,
                limit: 2,
                remaining: 0,
                reset_at: 10_061
            }
        );
        assert!(limiter.take(refused.reset_at * 1000).admitted);
    }

    #[test]
    fn the_window_starts_with_the_first_request_not_with_the_minute() {
        let mut limiter = RateLimiter::new(Rate::per_second(1));
        assert!(limiter.take(900).admitted);
        assert!(!limiter.take(1_100).admitted);
        assert!(limiter.take(1_900).admitted);
    }
}
