//! What a webhook is told: a generic JSON message, and the shape that Slack takes.

use serde_json::{Value, json};

use crate::plan::Plan;

/// One sentence on what a plan found.
pub fn sentence(plan: &Plan) -> String {
    let summary = plan.summary;
    if plan.is_empty() {
        return format!("{}: in sync, as far as it can be compared", plan.account);
    }
    let parts: Vec<String> = [
        (summary.create, "to create"),
        (summary.update, "to update"),
        (summary.replace, "to replace"),
        (summary.delete, "to delete"),
        (summary.add_member, "memberships to add"),
        (summary.remove_member, "memberships to remove"),
        (summary.manual, "manual steps"),
        (summary.blocked, "blocked"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    format!(
        "{}: the account differs from what is declared: {}",
        plan.account,
        parts.join(", ")
    )
}

/// The generic message, `seatwright/notice/v1`.
pub fn generic(plan: &Plan) -> Value {
    json!({
        "format": "seatwright/notice/v1",
        "account": plan.account,
        "provider": plan.provider,
        "as_of": plan.as_of.to_string(),
        "in_sync": plan.is_empty(),
        "summary": plan.summary,
        "text": sentence(plan),
        "plan_hash": plan.hash,
    })
}

/// The message for a Slack webhook. Names are escaped as Slack asks, so that nobody is called by `<!channel>`.
pub fn slack(plan: &Plan) -> Value {
    let text = sentence(plan)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    json!({ "text": text })
}
