//! What the ledger knows: for people and as JSON.

use serde_json::json;

use super::escape::visible;
use super::wording::{count as number, time};
use crate::ledger::{Confidence, LedgerState};

fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Unknown => "unknown",
        Confidence::Asserted => "asserted",
        Confidence::Confirmed => "confirmed",
    }
}

fn members(counted: u64) -> String {
    let counted = usize::try_from(counted).unwrap_or(usize::MAX);
    number(counted, "member", "members")
}

/// The ledger for the terminal, by resource.
pub fn human(state: &LedgerState) -> String {
    let mut text = String::new();
    for (id, fields) in &state.fields {
        for (field, known) in fields {
            text.push_str(&format!(
                "{} `{}`  {field}: {}  ({} {})\n",
                id.kind,
                visible(id.key.as_str()),
                visible(&known.value.to_string()),
                word(known.confidence),
                time(known.at)
            ));
        }
    }
    for (id, fields) in &state.members {
        for (field, targets) in fields {
            for (target, known) in targets {
                text.push_str(&format!(
                    "{} `{}`  {field}: in {}  ({} {})\n",
                    id.kind,
                    visible(id.key.as_str()),
                    visible(target.as_str()),
                    word(known.confidence),
                    time(known.at)
                ));
            }
        }
    }
    for (id, count) in &state.member_counts {
        text.push_str(&format!(
            "{} `{}`  {} counted, {} known here  ({})\n",
            id.kind,
            visible(id.key.as_str()),
            members(count.count),
            count.known,
            time(count.at)
        ));
    }
    for id in &state.protected {
        text.push_str(&format!(
            "{} `{}`  protected\n",
            id.kind,
            visible(id.key.as_str())
        ));
    }
    if text.is_empty() {
        text.push_str("the ledger is empty: nothing was written to the account yet\n");
    }
    text
}

/// The ledger, `seatwright/ledger/v1`.
pub fn json(state: &LedgerState) -> String {
    let fields: Vec<_> = state
        .fields
        .iter()
        .flat_map(|(id, fields)| {
            fields.iter().map(move |(field, known)| {
                json!({ "kind": id.kind, "key": id.key, "field": field, "value": known.value,
                        "confidence": word(known.confidence), "at": known.at.to_string() })
            })
        })
        .collect();
    let members: Vec<_> = state
        .members
        .iter()
        .flat_map(|(id, fields)| {
            fields
                .iter()
                .map(move |(field, targets)| (id, field, targets))
        })
        .flat_map(|(id, field, targets)| {
            targets.iter().map(move |(target, known)| {
                json!({ "kind": id.kind, "key": id.key, "field": field, "in": target,
                        "confidence": word(known.confidence), "at": known.at.to_string() })
            })
        })
        .collect();
    let protected: Vec<_> = state
        .protected
        .iter()
        .map(|id| json!({ "kind": id.kind, "key": id.key }))
        .collect();
    let value = json!({
        "format": "seatwright/ledger/v1",
        "fields": fields,
        "members": members,
        "protected": protected,
        "confirmations": state.confirmations,
    });
    super::json::to_string(&value)
}
