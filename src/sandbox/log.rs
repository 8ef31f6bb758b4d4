//! What a simulator was asked.

use std::collections::VecDeque;

use serde::Serialize;

/// Requests kept; older ones are dropped, the counters stay exact.
pub const CAPACITY: usize = 10_000;

/// Exact counts since the start or the last reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Every request that reached the vendor's part.
    pub total: u64,
    /// Requests that cannot change anything.
    pub reads: u64,
    /// Requests that can.
    pub writes: u64,
    /// Requests refused by the rate limit; they are in `reads` or `writes` too.
    pub throttled: u64,
}

/// One request in the log. Bodies and headers are left out: they carry passwords and keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Position since the start or the last reset, from 1.
    pub number: u64,
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Whether the request can change something.
    pub write: bool,
    /// The answer's status; `None` while there is no answer, for good when the connection was cut.
    pub status: Option<u16>,
    /// The faults that hit the request, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<&'static str>,
    /// When it arrived, in milliseconds since the Unix epoch by the simulator's clock.
    pub at: i64,
}

/// The log with its counters.
#[derive(Debug, Default)]
pub struct RequestLog {
    counters: Counters,
    entries: VecDeque<Entry>,
    /// Counts resets, so that an answer that is late for one does not land on a newer entry.
    generation: u64,
}

/// Names an entry until its answer is known.
#[derive(Debug, Clone, Copy)]
pub struct Ticket {
    generation: u64,
    number: u64,
}

impl RequestLog {
    /// Counts and keeps a request at its arrival.
    pub fn arrived(&mut self, method: &str, path: &str, write: bool, at: i64) -> Ticket {
        self.counters.total += 1;
        if write {
            self.counters.writes += 1;
        } else {
            self.counters.reads += 1;
        }
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        let number = self.counters.total;
        self.entries.push_back(Entry {
            number,
            method: method.to_owned(),
            path: path.to_owned(),
            write,
            status: None,
            faults: Vec::new(),
            at,
        });
        Ticket {
            generation: self.generation,
            number,
        }
    }

    /// Counts a request as refused by the rate limit.
    pub fn throttled(&mut self) {
        self.counters.throttled += 1;
    }

    /// Notes a fault that hit the request.
    pub fn hit(&mut self, ticket: Ticket, fault: &'static str) {
        if let Some(entry) = self.entry(ticket) {
            entry.faults.push(fault);
        }
    }

    /// Notes the answer's status.
    pub fn answered(&mut self, ticket: Ticket, status: u16) {
        if let Some(entry) = self.entry(ticket) {
            entry.status = Some(status);
        }
    }

    /// The counts.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The entries kept, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Forgets entries and counts.
    pub fn reset(&mut self) {
        *self = RequestLog {
            generation: self.generation + 1,
            ..RequestLog::default()
        };
    }

    fn entry(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        let first = self.entries.front()?.number;
        let at = usize::try_from(ticket.number.checked_sub(first)?).ok()?;
        if ticket.generation == self.generation {
            self.entries.get_mut(at)
        } else {
            None
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn old_entries_go_and_the_counters_stay_exact() {
        let mut log = RequestLog::default();
        let first = log.arrived("GET", "/a", false, 0);
        for _ in 0..CAPACITY + 4 {
            let ticket = log.arrived("PUT", "/b", true, 0);
            log.answered(ticket, 201);
        }
        log.answered(first, 200);
        let total = CAPACITY as u64 + 5;
        assert_eq!(
            log.counters(),
            Counters {
                total,
                reads: 1,
                writes: total - 1,
                throttled: 0
            }
        );
        assert_eq!(log.entries().count(), CAPACITY);
        assert_eq!(log.entries().next().unwrap().number, 6);
        assert!(log.entries().all(|entry| entry.status == Some(201)));
    }

    #[test]
    fn an_answer_from_before_a_reset_touches_no_newer_entry() {
        let mut log = RequestLog::default();
        let late = log.arrived("GET", "/a", false, 0);
        log.reset();
        log.arrived("GET", "/b", false, 0);
        log.answered(late, 200);
        assert_eq!(log.entries().next().unwrap().status, None);
    }
}
