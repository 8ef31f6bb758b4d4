//! What came of a run, and the runs of an account: for people and as JSON.

use serde_json::json;

use super::escape::visible;
use super::style::Style;
use super::wording::count;
use crate::apply::{Report, RunOutcome, RunSummary, StepOutcome, StepReport, Stop};
use crate::plan::Action;

/// The report of a run for the terminal.
pub fn human(report: &Report, _style: Style) -> String {
    let mut text = String::new();
    for step in &report.steps {
        let told = step
            .message
            .as_deref()
            .map(|message| format!(": {}", visible(message)))
            .unwrap_or_default();
        match step.outcome {
            StepOutcome::Done => {}
            StepOutcome::Blocked
            | StepOutcome::Refused
            | StepOutcome::Failed
            | StepOutcome::Unknown => {
                text.push_str(&format!(
                    "{}: {} ({}){told}\n",
                    step.outcome.as_str(),
                    doing(step),
                    step.id
                ));
            }
        }
    }
    for left in &report.left {
        text.push_str(&format!("not converged: {}\n", visible(left)));
    }
    if let Some(why) = &report.unproven {
        text.push_str(&format!(
            "not proven: the account could not be read again: {}\n",
            visible(why)
        ));
    }
    match &report.stopped {
        None => {}
        Some(Stop::Unauthorized(_)) => text.push_str("stopped: the credentials were refused\n"),
        Some(Stop::Unreachable(_)) => {
            text.push_str("stopped: the service gave no answer several times in a row\n")
        }
        Some(Stop::Interrupted) => text.push_str("stopped: interrupted; what was sent has ended\n"),
    }
    let done = report.count(StepOutcome::Done);
    let requests = number(report.requests, "request", "requests");
    let last = match (report.outcome, done) {
        (RunOutcome::Converged, 0) => format!("converged: nothing to write ({requests})"),
        (RunOutcome::Converged, _) => {
            format!(
                "converged: {} done, read again and nothing differs ({requests})",
                count(done, "step", "steps")
            )
        }
        (RunOutcome::Manual, _) => format!(
            "done but for {}: {} done ({})",
            count(report.manual.len(), "manual step", "manual steps"),
            count(done, "step", "steps"),
            requests,
        ),
        (RunOutcome::Partial, _) => {
            let run = report
                .run
                .as_ref()
                .map(|run| format!(" of run {run}"))
                .unwrap_or_default();
            // What was done and did not stick is not sent again by going on.
            let next = if done == report.steps.len() && !report.left.is_empty() {
                "make a new plan for what did not stick"
            } else {
                "go on with `seatwright resume`"
            };
            format!(
                "partial: {done} of {}{run} done ({requests}); {next}",
                count(report.steps.len(), "step", "steps")
            )
        }
    };
    text.push_str(&last);
    text.push('\n');
    text
}

/// The report of a run, `seatwright/apply/v1`.
pub fn json(report: &Report) -> String {
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| {
            let mut value = json!({
                "id": step.id,
                "outcome": step.outcome.as_str(),
                "action": step.action.as_str(),
                "kind": step.kind,
                "key": step.key,
            });
            if let Some(message) = &step.message {
                value["message"] = json!(message);
            }
            value
        })
        .collect();
    let mut value = json!({
        "format": "seatwright/apply/v1",
        "outcome": report.outcome.as_str(),
        "steps": steps,
        "manual": report.manual,
        "requests": report.requests,
        "not_converged": report.left,
    });
    if let Some(run) = &report.run {
        value["run"] = json!(run.as_str());
    }
    if let Some(why) = &report.unproven {
        value["unproven"] = json!(why);
    }
    super::json::to_string(&value)
}

/// What a step does, in words: ``add user `ada@acme.example` to group `VIP` ``.
fn doing(step: &StepReport) -> String {
    let who = format!("{} `{}`", step.kind, visible(step.key.as_str()));
    let target = step
        .member_of
        .as_ref()
        .map(|id| format!("{} `{}`", id.kind, visible(id.key.as_str())));
    match (step.action, target) {
        (Action::AddMember, Some(target)) => format!("add {who} to {target}"),
        (Action::RemoveMember, Some(target)) => format!("take {who} out of {target}"),
        (action, _) => format!("{} {who}", action.as_str().replace('_', " ")),
    }
}

fn number(number: u64, one: &str, several: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), one, several)
}

/// The runs of an account for the terminal, the newest last.
pub fn history(runs: &[RunSummary]) -> String {
    if runs.is_empty() {
        return "no run yet\n".to_owned();
    }
    runs.iter()
        .map(|run| {
            let outcome = run.outcome.map_or("interrupted", RunOutcome::as_str);
            let mut steps: Vec<String> = run
                .steps
                .iter()
                .map(|(outcome, count)| format!("{count} {}", outcome.as_str()))
                .collect();
            if run.open_intents > 0 {
                steps.push(format!("{} not known", run.open_intents));
            }
            let requests = match (run.outcome, run.requests) {
                (Some(_), told) => number(told, "request", "requests"),
                (None, 0) => "requests not counted".to_owned(),
                (None, told) => format!("{} and more", number(told, "request", "requests")),
            };
            format!(
                "{}  {outcome:11}  {}  {requests}  by {}{}\n",
                run.run,
                if steps.is_empty() {
                    "no steps".to_owned()
                } else {
                    steps.join(", ")
                },
                visible(&run.by),
                match run.resumed {
                    0 => String::new(),
                    1 => ", resumed once".to_owned(),
                    times => format!(", resumed {times} times"),
                }
            )
        })
        .collect()
}

/// The runs of an account, `seatwright/history/v1`.
pub fn history_json(runs: &[RunSummary]) -> String {
    let runs: Vec<_> = runs
        .iter()
        .map(|run| {
            let steps: serde_json::Map<String, serde_json::Value> = run
                .steps
                .iter()
                .map(|(outcome, count)| (outcome.as_str().to_owned(), json!(count)))
                .collect();
            json!({
                "run": run.run.as_str(),
                "started_at": run.started_at.to_string(),
                "finished_at": run.finished_at.map(|at| at.to_string()),
                "by": run.by,
                "outcome": run.outcome.map(RunOutcome::as_str),
                "plan_hash": run.plan_hash,
                "resumed": run.resumed,
                "requests": run.requests,
                "steps": steps,
                "open_intents": run.open_intents,
            })
        })
        .collect();
    let value = json!({ "format": "seatwright/history/v1", "runs": runs });
    super::json::to_string(&value)
}
