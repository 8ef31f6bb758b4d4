//! The sentences that all formats for people share.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::escape;
use crate::model::{KindSpec, SecretSource, Shape, Value};
use crate::plan::{
    Action, Basis, Cause, FieldChange, Plan, Reason, Requests, Seats, Step, StepId, Summary, Task,
    Warning,
};

/// The most items of one list that are shown outside of instructions.
const LIST_LIMIT: usize = 12;

/// `1 user`, `2 users`.
pub fn count(number: usize, one: &str, several: &str) -> String {
    let word = if number == 1 { one } else { several };
    format!("{number} {word}")
}

/// `a`, `a and b`, `a, b and c`.
pub fn enumerate(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A span of time in the two largest units: `9 s`, `37 min`, `6 h 22 min`.
pub fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    if seconds < 120 {
        format!("{seconds} s")
    } else if minutes < 60 {
        format!("{minutes} min")
    } else if hours < 24 {
        format!("{hours} h {} min", minutes % 60)
    } else {
        format!("{days} d {} h", hours % 24)
    }
}

/// An amount in hundredths of a currency: `348.00 EUR`.
pub fn money(hundredths: u64, currency: &str) -> String {
    format!(
        "{}.{:02} {}",
        hundredths / 100,
        hundredths % 100,
        escape::name(currency)
    )
}

/// A warning with its code, unless the sentence has that word already.
pub fn warning(warning: &Warning) -> String {
    let message = escape::visible(&warning.message);
    let message = escape::cut(&message, 1000);
    // What is in backticks is a name, and none of our words.
    let mut words = message.split('`').step_by(2);
    if words.any(|words| words.contains(warning.code.as_str())) {
        return message.into_owned();
    }
    format!("{message} ({})", escape::name(&warning.code))
}

/// A time for people: to the second.
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Why a step is there, in words.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::CountMismatch { counted, expected } => format!(
            "the service counts {}, {expected} were expected: membership is asserted again",
            count(
                usize::try_from(*counted).unwrap_or(usize::MAX),
                "member",
                "members"
            )
        ),
        Reason::Leaver { reason } => escape::name(reason),
        Reason::Unmanaged => "no manifest names it, and the policy says `delete`".to_owned(),
        Reason::Moved { from } => format!(
            "it was renamed in the dashboard, to `{}`: the ledger knows its id",
            escape::name(from.as_str())
        ),
        Reason::Referenced => "no manifest declares it, but others refer to it".to_owned(),
    }
}

/// Why a step is there, in words: its reason, and its cause where a proposal was compared with its base.
pub fn why(step: &Step) -> Option<String> {
    let cause = match step.cause {
        None | Some(Cause::Proposed) => None,
        Some(Cause::Drift) => Some("it differed before, this is not of the proposal"),
        Some(Cause::Due) => Some("a date has come, this is not of the proposal"),
        Some(Cause::Conflict) => {
            Some("conflict: what the proposal changes differed in the account before")
        }
    };
    let told = step.reason.as_ref().filter(|told| match told {
        // A tombstone need not say why.
        Reason::Leaver { reason } => !reason.trim().is_empty(),
        _ => true,
    });
    match (told.map(reason), cause) {
        (Some(reason), Some(cause)) => Some(format!("{reason}; {cause}")),
        (reason, cause) => reason.or_else(|| cause.map(ToOwned::to_owned)),
    }
}

/// Where a secret comes from; never the secret.
pub fn secret(source: &SecretSource) -> String {
    match source {
        SecretSource::Generate => "generated, goes to the password sink".to_owned(),
        SecretSource::Env(name) => {
            format!("from the environment variable {}", escape::name(name))
        }
        SecretSource::File(path) => format!("from the file {}", escape::name(path)),
        SecretSource::Command(program) => format!("from the program {}", escape::name(program)),
    }
}

/// A value in one line, every name in it visible and cut; long lists end with how many more there are.
pub fn value(value: &Value) -> String {
    shown(value, LIST_LIMIT)
}

/// A value with every item of a list, for a person to type.
pub fn whole_value(value: &Value) -> String {
    match value {
        Value::Text(text) if !text.is_empty() => {
            escape::cut(&escape::visible(text), 2000).into_owned()
        }
        Value::Text(_) | Value::Bool(_) | Value::Integer(_) | Value::List(_) | Value::Map(_) => {
            shown(value, usize::MAX)
        }
    }
}

fn shown(value: &Value, limit: usize) -> String {
    match value {
        Value::Text(text) if text.is_empty() => "\"\"".to_owned(),
        Value::Text(text) if text.trim() != text => format!("\"{}\"", escape::name(text)),
        Value::Text(text) => escape::name(text),
        Value::Bool(_) | Value::Integer(_) => value.to_string(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => {
            let mut texts: Vec<String> = items
                .iter()
                .take(limit)
                .map(|item| shown(item, limit))
                .collect();
            if items.len() > limit {
                texts.push(format!("… and {} more", items.len() - limit));
            }
            texts.join(", ")
        }
        Value::Map(map) => {
            let texts: Vec<String> = map
                .iter()
                .map(|(name, value)| format!("{} {}", escape::name(name), shown(value, limit)))
                .collect();
            texts.join(", ")
        }
    }
}

/// A field before and after, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The value before; absent when there is none to show.
    pub before: Option<String>,
    /// The value after.
    pub after: String,
    /// What has to be known about the value before.
    pub note: Option<&'static str>,
}

/// Puts a change of a field into words. `new` says that the object is made by this step.
pub fn change(change: &FieldChange, spec: Option<&KindSpec>, new: bool) -> Change {
    let shape = spec
        .and_then(|kind| kind.field(&change.path))
        .map(|field| field.shape);
    let note = match change.basis {
        Basis::Read => None,
        Basis::Ledger => Some("cannot be read back; before is what was last written"),
        Basis::Default => Some("cannot be read back; before is the service's default"),
        Basis::Unknown => Some("cannot be read back"),
    };
    if let (Some(Value::List(before)), Some(Value::List(after))) = (&change.before, &change.after)
        && matches!(
            shape,
            Some(Shape::Set | Shape::References(_) | Shape::Members(_) | Shape::ReferencesOrAll(_))
        )
        && before.len() + after.len() > 6
    {
        let added = after.iter().filter(|v| !before.contains(v));
        let removed = before.iter().filter(|v| !after.contains(v));
        let mut parts: Vec<String> = added.map(|v| format!("+{}", value(v))).collect();
        parts.extend(removed.map(|v| format!("-{}", value(v))));
        let more = parts.len().saturating_sub(LIST_LIMIT);
        parts.truncate(LIST_LIMIT);
        if more > 0 {
            parts.push(format!("… and {more} more"));
        }
        return Change {
            before: Some(count(before.len(), "value", "values")),
            after: format!(
                "{}: {}",
                count(after.len(), "value", "values"),
                parts.join(", ")
            ),
            note,
        };
    }
    let before = match (&change.before, change.basis) {
        (Some(before), _) => Some(value(before)),
        (None, Basis::Unknown) => Some("not known".to_owned()),
        (None, _) if new => None,
        (None, _) => Some("none".to_owned()),
    };
    let after = match &change.after {
        Some(after) => value(after),
        None => "none".to_owned(),
    };
    Change {
        before,
        after,
        note,
    }
}

/// The numbers of a plan's manual steps by id.
pub type Numbers<'a> = BTreeMap<&'a StepId, u32>;

/// Reads the numbers of a plan's manual steps.
pub fn numbers(plan: &Plan) -> Numbers<'_> {
    plan.steps
        .iter()
        .filter_map(|step| Some((&step.id, step.manual.as_ref()?.number)))
        .collect()
}

/// `waits for manual steps 2 and 3`; nothing when none of the ids is given.
pub fn waits_for(ids: &[StepId], numbers: &Numbers<'_>) -> Option<String> {
    if ids.is_empty() {
        return None;
    }
    let mut known: Vec<u32> = ids
        .iter()
        .filter_map(|id| numbers.get(id).copied())
        .collect();
    known.sort_unstable();
    known.dedup();
    let mut names: Vec<String> = known.iter().map(u32::to_string).collect();
    names.extend(
        ids.iter()
            .filter(|id| !numbers.contains_key(id))
            .map(|id| escape::name(&id.0)),
    );
    let word = if names.len() == 1 { "step" } else { "steps" };
    Some(format!("waits for manual {word} {}", enumerate(&names)))
}

/// What a manual task is called in front of a kind: `create`, `change`, `delete`.
pub fn task(task: Task) -> &'static str {
    match task {
        Task::Create => "create",
        Task::Update => "change",
        Task::Delete => "delete",
    }
}

/// What an action is called in front of a name.
pub fn action(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::AddMember => "join",
        Action::RemoveMember => "leave",
        Action::Manual => "by hand",
    }
}

/// What an empty plan proves: nothing of what it was cut down from.
pub fn in_order(plan: &Plan) -> &'static str {
    if plan.selection.is_whole() {
        "all that can be compared is as declared"
    } else {
        "all that was selected and can be compared is as declared"
    }
}

/// The counts of a plan in one line, such as `1 to create, 2 memberships to add, 1 manual step`.
pub fn summary(summary: &Summary) -> String {
    let Summary {
        create,
        update,
        replace,
        delete,
        add_member,
        remove_member,
        manual,
        blocked,
        unmanaged,
    } = *summary;
    let mut parts = Vec::new();
    let mut add = |number: u32, one: &str, several: &str| {
        if number > 0 {
            parts.push(count(number as usize, one, several));
        }
    };
    add(create, "to create", "to create");
    add(update, "to update", "to update");
    add(replace, "to replace", "to replace");
    add(delete, "to delete", "to delete");
    add(add_member, "membership to add", "memberships to add");
    add(
        remove_member,
        "membership to remove",
        "memberships to remove",
    );
    add(manual, "manual step", "manual steps");
    add(blocked, "blocked", "blocked");
    add(unmanaged, "unmanaged object", "unmanaged objects");
    parts.join(", ")
}

/// What applying costs, such as `9 requests: 3 read, 3 write, 3 verify; about 9 s at the account's rate`.
pub fn requests(requests: Requests, eta_seconds: u64) -> String {
    format!(
        "{}: {} read, {} write, {} verify; about {} at the account's rate",
        count(
            usize::try_from(requests.total()).unwrap_or(usize::MAX),
            "request",
            "requests"
        ),
        requests.read,
        requests.write,
        requests.verify,
        duration(eta_seconds)
    )
}

/// Seats before and after, such as `10 of 12 used, 11 after`.
pub fn seats(seats: &Seats) -> String {
    let Seats {
        purchased,
        used,
        after,
        cost: _,
    } = seats;
    match purchased {
        None => format!("{used} used, {after} after"),
        Some(purchased) if after > purchased => format!(
            "{used} of {purchased} used, {after} after: {} short",
            after - purchased
        ),
        Some(purchased) => format!("{used} of {purchased} used, {after} after"),
    }
}

/// What the bought seats cost, such as `348.00 EUR a month` or `348.00 EUR a month before, 377.00 EUR after`.
pub fn cost(seats: &Seats) -> Option<String> {
    let cost = seats.cost.as_ref()?;
    let each = money(cost.each, &cost.currency);
    let after = money(cost.after, &cost.currency);
    Some(if cost.before == cost.after {
        format!("{after} a month ({each} a seat)")
    } else {
        let before = money(cost.before, &cost.currency);
        format!("{before} a month before, {after} after ({each} a seat)")
    })
}

/// What a deletion loses, as the end of a sentence; nothing when the kind loses nothing.
pub fn lost(spec: Option<&KindSpec>) -> Option<String> {
    let lost = spec?.lost_on_delete;
    if lost.is_empty() {
        return None;
    }
    // The items are phrases: some hold commas of their own.
    Some(format!("lost for good: {}", lost.join("; ")))
}

/// Whether a step takes something away that cannot be brought back.
pub fn is_destructive(step: &Step) -> bool {
    match step.action {
        Action::Replace | Action::Delete => true,
        Action::Manual => step
            .manual
            .as_ref()
            .is_some_and(|manual| manual.task == Task::Delete),
        Action::Create | Action::Update | Action::AddMember | Action::RemoveMember => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SecretRef;
    use crate::render::sample;

    #[test]
    fn what_a_proposal_does_not_answer_for_is_told_apart() {
        let mut step = sample::create_user(1, &[]).build();
        assert_eq!(why(&step), None);
        step.cause = Some(Cause::Proposed);
        assert_eq!(why(&step), None);
        step.cause = Some(Cause::Drift);
        step.reason = Some(Reason::Unmanaged);
        assert_eq!(
            why(&step).as_deref(),
            Some(
                "no manifest names it, and the policy says `delete`; \
                 it differed before, this is not of the proposal"
            )
        );
    }

    #[test]
    fn a_duration_is_told_in_its_two_largest_units() {
        let table = [
            (0, "0 s"),
            (9, "9 s"),
            (119, "119 s"),
            (120, "2 min"),
            (2220, "37 min"),
            (22_920, "6 h 22 min"),
            (90_000, "1 d 1 h"),
        ];
        for (seconds, expected) in table {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn a_secret_is_told_by_where_it_comes_from_without_arguments() {
        let command = SecretRef::Command(vec!["vault".into(), "--token=hunter2".into()]);
        assert_eq!(secret(&command.source()), "from the program vault");
        assert_eq!(
            secret(&SecretSource::Generate),
            "generated, goes to the password sink"
        );
    }

    #[test]
    fn a_long_list_ends_with_how_many_more_there_are() {
        let list = Value::set((10..40).map(|n| n.to_string()));
        assert!(value(&list).ends_with("20, 21, … and 18 more"));
        assert!(whole_value(&list).ends_with("38, 39"));
        assert_eq!(value(&Value::List(Vec::new())), "none");
        assert_eq!(value(&Value::text("")), "\"\"");
    }
}
