//! The company's rate limit, on a real clock: the slow test of the suite, about a minute.

use seatwright::sandbox::cloudtalk::{Quirks, Seed};

use crate::run::{Setup, agent, groups_only};

/// Requests per minute.
const LIMIT: u32 = 60;

#[test]
fn an_apply_beyond_the_limit_is_never_throttled_and_uses_what_it_has() {
    let users = 62;
    let seed = Seed {
        rate: Some(LIMIT),
        quirks: Quirks {
            rate_headers_always: true,
            ..Quirks::default()
        },
        agents: (0..users)
            .map(|n| agent(&format!("p{n}@acme.example"), 1000 + n, &[]))
            .collect(),
        ..groups_only(&["A"])
    };
    let mut body = String::from("users:\n");
    for n in 0..users {
        body.push_str(&format!(
            "  - {{ email: p{n}@acme.example, groups: [A] }}\n"
        ));
    }
    let account = Setup::new(seed, &body)
        .rate("{ requests_per_minute: 60, reserve_percent: 0 }")
        .start();
    account.apply().expect(0);
    let counters = account.control.counters();
    assert_eq!(counters.throttled, 0);
    assert_eq!(counters.writes, u64::from(users));
    let times: Vec<i64> = account
        .control
        .requests()
        .iter()
        .map(|entry| entry.at)
        .collect();
    let first = times[0];
    let in_the_first_minute = times.iter().filter(|at| **at - first < 60_000).count();
    assert!(
        in_the_first_minute as u32 * 100 >= LIMIT * 85,
        "{in_the_first_minute} requests in the first minute of {}",
        times.len()
    );
    // What did not fit into one window came in the next, at once.
    let last = times[times.len() - 1] - first;
    assert!((55_000..75_000).contains(&last), "{last} ms");
    assert_eq!(account.members("A").len(), usize::from(users));
}
