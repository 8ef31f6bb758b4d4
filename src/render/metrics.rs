//! Metrics of an account as an OpenMetrics text file, for a node exporter's text collector.

use std::fmt::Write as _;

use crate::plan::Plan;

/// The metrics of one look at an account. The text ends with `# EOF`, as the format asks.
pub fn openmetrics(plan: &Plan) -> String {
    let labels = format!(
        "account=\"{}\",provider=\"{}\"",
        escape(&plan.account),
        escape(&plan.provider)
    );
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, rows: &[(String, i64)]| {
        // Writing into a `String` cannot fail.
        let _ = writeln!(
            text,
            "# TYPE seatwright_{name} gauge\n# HELP seatwright_{name} {help}"
        );
        for (more, value) in rows {
            let comma = if more.is_empty() { "" } else { "," };
            let _ = writeln!(text, "seatwright_{name}{{{labels}{comma}{more}}} {value}");
        }
    };
    let plain = |value: i64| [(String::new(), value)];
    gauge(
        "in_sync",
        "Whether nothing differs that can be compared.",
        &plain(i64::from(plan.is_empty())),
    );
    let summary = plan.summary;
    let pending: Vec<(String, i64)> = [
        ("create", summary.create),
        ("update", summary.update),
        ("replace", summary.replace),
        ("delete", summary.delete),
        ("add_member", summary.add_member),
        ("remove_member", summary.remove_member),
        ("manual", summary.manual),
        ("blocked", summary.blocked),
    ]
    .into_iter()
    .map(|(action, count)| (format!("action=\"{action}\""), i64::from(count)))
    .collect();
    gauge(
        "pending_steps",
        "Steps that would make the account as declared, by action.",
        &pending,
    );
    gauge(
        "unmanaged_objects",
        "Live objects that no manifest names.",
        &plain(i64::from(summary.unmanaged)),
    );
    if let Some(seats) = &plan.seats {
        gauge("seats_used", "Seats in use.", &plain(i64::from(seats.used)));
        if let Some(purchased) = seats.purchased {
            gauge(
                "seats_purchased",
                "Seats bought, as declared.",
                &plain(i64::from(purchased)),
            );
        }
    }
    gauge(
        "checked_timestamp_seconds",
        "When the account was read.",
        &plain(plan.created_at.as_second()),
    );
    text.push_str("# EOF\n");
    text
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
