//! Readings of scripted answers and of simulated accounts.

mod accounts;
mod lists;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::scripted::{Line, Script, agent};
use super::*;

fn scope(kinds: &[Kind], member_counts: bool) -> Scope {
    Scope {
        kinds: kinds.iter().cloned().collect::<BTreeSet<_>>(),
        member_counts,
    }
}

fn users() -> Scope {
    scope(&[USER], false)
}

async fn users_of(lines: Vec<Line>) -> (Result<Live, ProviderError>, usize) {
    let script = Script::play(lines).await;
    let result = script.client().observe(&users()).await;
    (result, script.heard().len())
}

fn agents(ids: std::ops::RangeInclusive<u64>) -> Vec<Json> {
    ids.map(agent).collect()
}
