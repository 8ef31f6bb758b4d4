//! Faults that a test asks for: what goes wrong, on which request, how often.

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// What goes wrong.
///
/// As JSON: the name in snake case (`"drop_after"`), with its number where it has one (`{"latency": 200}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The vendor's 500; nothing has happened.
    #[serde(rename = "before_effect_500")]
    BeforeEffect500,
    /// The vendor's 500, although the request took effect.
    #[serde(rename = "after_effect_500")]
    AfterEffect500,
    /// The connection is closed without an answer; nothing has happened.
    DropBefore,
    /// The connection is closed without an answer, although the request took effect.
    DropAfter,
    /// The request waits for that many milliseconds of real time, then goes on.
    Latency(u64),
    /// An HTML page with that status, as from a proxy in front; nothing has happened.
    Html(u16),
    /// The vendor's answer to too many requests, with a window that ends in that many seconds; nothing has happened.
    Throttle(u32),
    /// The vendor's refusal inside an HTTP 200; nothing has happened.
    ErrorIn200,
    /// The first half of the true answer, with a content length that fits the half.
    TruncatedJson,
    /// The true answer, with a key that nobody documents in every object.
    ExtraKeys,
    /// The true answer, with null for every list in a row and for every field that does not identify the row.
    Nulls,
    /// The true page without its last row; its counts stay.
    ShortPage,
    /// The true page with its first row again in place of its last; its counts stay.
    DuplicateRow,
}

impl Effect {
    /// The name that the request log shows.
    pub fn name(self) -> &'static str {
        match self {
            Effect::BeforeEffect500 => "before_effect_500",
            Effect::AfterEffect500 => "after_effect_500",
            Effect::DropBefore => "drop_before",
            Effect::DropAfter => "drop_after",
            Effect::Latency(_) => "latency",
            Effect::Html(_) => "html",
            Effect::Throttle(_) => "throttle",
            Effect::ErrorIn200 => "error_in_200",
            Effect::TruncatedJson => "truncated_json",
            Effect::ExtraKeys => "extra_keys",
            Effect::Nulls => "nulls",
            Effect::ShortPage => "short_page",
            Effect::DuplicateRow => "duplicate_row",
        }
    }
}

/// Which requests a fault looks at. Every condition that is given must hold; none given means every request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The HTTP method, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A part of path and query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only requests that can change something.
    pub writes: bool,
    /// The first request to hit, counted from 1 among those that match since the fault was added; 1 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests.
    #[serde(default)]
    pub when: When,
    /// What goes wrong.
    pub what: Effect,
    /// How many matching requests in a row are hit; once when left out, without end when null.
    #[serde(default = "once")]
    pub times: Option<u64>,
}

fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// The next request, once.
    pub fn next(what: Effect) -> Self {
        Fault {
            when: When::default(),
            what,
            times: once(),
        }
    }

    /// Every request from now on.
    pub fn always(what: Effect) -> Self {
        Fault {
            times: None,
            ..Fault::next(what)
        }
    }

    /// The `nth` request of any kind from now, counted from 1, once.
    pub fn on_request(nth: u64, what: Effect) -> Self {
        Fault {
            when: When {
                nth: Some(nth),
                ..When::default()
            },
            ..Fault::next(what)
        }
    }

    /// The `nth` write from now, counted from 1, once.
    pub fn on_write(nth: u64, what: Effect) -> Self {
        Fault {
            when: When {
                writes: true,
                nth: Some(nth),
                ..When::default()
            },
            ..Fault::next(what)
        }
    }

    /// The next request with `method` and with `path` in its path or query, once.
    pub fn on(method: &str, path: &str, what: Effect) -> Self {
        let when = When {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            ..When::default()
        };
        Fault {
            when,
            ..Fault::next(what)
        }
    }

    /// The same fault on `times` matching requests in a row.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// The same fault beginning at the `nth` matching request, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.when.nth = Some(nth);
        self
    }
}

/// The faults that are set, each with the matching requests it has seen.
#[derive(Debug, Default)]
pub struct FaultBook {
    faults: Vec<(Fault, u64)>,
}

impl FaultBook {
    /// Sets one more fault.
    pub fn add(&mut self, fault: Fault) {
        self.faults.push((fault, 0));
    }

    /// Forgets all faults.
    pub fn clear(&mut self) {
        self.faults.clear();
    }

    /// The faults that are set, spent ones included.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().map(|(fault, _)| fault)
    }

    /// What hits this request, in the order the faults were added. Every fault that matches counts it.
    pub fn take(&mut self, method: &Method, path_and_query: &str, write: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (fault, seen) in &mut self.faults {
            let When {
                method: wanted,
                path,
                writes,
                nth,
            } = &fault.when;
            let matches = wanted
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
                && path
                    .as_ref()
                    .is_none_or(|part| path_and_query.contains(part.as_str()))
                && (write || !writes);
            if !matches {
                continue;
            }
            *seen += 1;
            let first = nth.unwrap_or(1);
            let past_last = fault
                .times
                .is_some_and(|times| *seen >= first.saturating_add(times));
            if *seen >= first && !past_last {
                effects.push(fault.what);
            }
        }
        effects
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hits(fault: Fault, requests: &[(Method, &str)]) -> Vec<bool> {
        let mut book = FaultBook::default();
        book.add(fault);
        requests
            .iter()
            .map(|(method, path)| !book.take(method, path, *method != Method::GET).is_empty())
            .collect()
    }

    fn five() -> Vec<(Method, &'static str)> {
        vec![
            (Method::GET, "/api/a"),
            (Method::PUT, "/api/a"),
            (Method::GET, "/api/b?id=7"),
            (Method::POST, "/api/b"),
            (Method::PUT, "/api/a"),
        ]
    }

    #[test]
    fn a_fault_hits_the_requests_it_names_and_no_other() {
        let what = Effect::DropBefore;
        let table = [
            (Fault::next(what), [true, false, false, false, false]),
            (Fault::always(what), [true; 5]),
            (
                Fault::on_request(3, what),
                [false, false, true, false, false],
            ),
            (
                Fault::on_request(2, what).times(3),
                [false, true, true, true, false],
            ),
            (Fault::on_write(2, what), [false, false, false, true, false]),
            (
                Fault::on("put", "/a", what),
                [false, true, false, false, false],
            ),
            (
                Fault::on("PUT", "/a", what).nth(2),
                [false, false, false, false, true],
            ),
            (
                Fault::on("GET", "id=7", what),
                [false, false, true, false, false],
            ),
        ];
        for (fault, expected) in table {
            assert_eq!(hits(fault.clone(), &five()), expected, "{fault:?}");
        }
    }

    #[test]
    fn faults_read_from_short_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"when":{"writes":true,"nth":2},"what":{"latency":50}}"#)
                .unwrap();
        assert_eq!(fault, Fault::on_write(2, Effect::Latency(50)));
        let endless: Fault =
            serde_json::from_str(r#"{"what":"after_effect_500","times":null}"#).unwrap();
        assert_eq!(endless, Fault::always(Effect::AfterEffect500));
        assert!(serde_json::from_str::<Fault>(r#"{"what":"drop_after","wen":{}}"#).is_err());
    }
}
