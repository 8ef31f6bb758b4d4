//! Plans as short lines, for tests to compare.

use crate::model::Value;
use crate::plan::{self, Plan, Step};

/// A plan as lines: number, step, what it depends on (`after`), what it waits for (`waits`), then warnings and refusals by code.
pub fn shown(plan: &Plan) -> String {
    let mut text = String::new();
    let place = |id: &plan::StepId| {
        plan.steps
            .iter()
            .position(|step| step.id == *id)
            .map_or_else(|| "?".to_owned(), |at| (at + 1).to_string())
    };
    let places = |ids: &[plan::StepId]| {
        let mut found: Vec<String> = ids.iter().map(place).collect();
        found.sort();
        found.join(",")
    };
    for (index, step) in plan.steps.iter().enumerate() {
        let mut line = format!("{} {}", index + 1, verb(step));
        for change in &step.fields {
            let value = |value: &Option<Value>| {
                value
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), ToString::to_string)
            };
            line.push_str(&match step.action {
                plan::Action::AddMember | plan::Action::RemoveMember => String::new(),
                plan::Action::Create => format!(" {}={}", change.path, value(&change.after)),
                plan::Action::Update
                | plan::Action::Replace
                | plan::Action::Delete
                | plan::Action::Manual => format!(
                    " {}={}>{}",
                    change.path,
                    value(&change.before),
                    value(&change.after)
                ),
            });
        }
        if !step.depends_on.is_empty() {
            line.push_str(&format!(" after {}", places(&step.depends_on)));
        }
        if !step.blocked_by.is_empty() {
            line.push_str(&format!(" waits {}", places(&step.blocked_by)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for warning in &plan.warnings {
        text.push_str(&format!("warning {}\n", warning.code));
    }
    for refusal in &plan.refusals {
        text.push_str(&format!("refused {}\n", refusal.code));
    }
    text
}

fn verb(step: &Step) -> String {
    let id = format!("{} {}", step.kind, step.key);
    match (step.action, &step.member_of, &step.manual) {
        (plan::Action::AddMember, Some(member), _) => format!("join {id} > {}", member.target.key),
        (plan::Action::RemoveMember, Some(member), _) => {
            format!("leave {id} > {}", member.target.key)
        }
        (_, _, Some(manual)) => {
            format!(
                "by hand {} {id}",
                format!("{:?}", manual.task).to_lowercase()
            )
        }
        (action, _, _) => format!("{} {id}", action.as_str()),
    }
}
