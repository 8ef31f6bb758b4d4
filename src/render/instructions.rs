//! What a person has to do for a manual step: click path, lines, exact values.

use super::{escape, wording};
use crate::model::{KindSpec, Procedure, ProviderSpec};
use crate::plan::{Manual, Step, StepId, Task, Verification};

/// A manual step as a person reads it. All texts are visible and in one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instructions {
    /// The number in the plan, from 1.
    pub number: u32,
    /// The step's id, for `seatwright confirm`.
    pub id: StepId,
    /// What is done to what, such as ``create group `Sales EU` ``.
    pub title: String,
    /// The click path from the dashboard's first page.
    pub path: Vec<String>,
    /// What to do there.
    pub lines: Vec<String>,
    /// The exact values to set.
    pub values: Vec<Setting>,
    /// What has to be known before.
    pub caution: Option<String>,
    /// Steps that must be done before this one.
    pub waits_for: Vec<StepId>,
    /// How it is known that the step was done.
    pub verify: Verify,
}

/// One value that a person sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// The label in the dashboard.
    pub label: String,
    /// Where the field is found, below the click path; empty when it is right there.
    pub place: Vec<String>,
    /// The value to set.
    pub value: String,
    /// The value that stands there now, as far as it is known.
    pub before: Option<String>,
}

/// How it is known that a manual step was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verify {
    /// The next plan reads it.
    Read,
    /// An operator confirms the step of this id.
    Confirm(StepId),
}

impl Verify {
    /// The word in JSON: `read` or `confirm`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Confirm(_) => "confirm",
        }
    }

    /// What to do when the step is done.
    pub fn sentence(&self) -> String {
        match self {
            Self::Read => "the next plan reads whether it is done".to_owned(),
            Self::Confirm(id) => {
                format!(
                    "then run `seatwright confirm {}`",
                    escape::visible(id.0.as_str())
                )
            }
        }
    }
}

/// Writes the instructions of a manual step; nothing for a step that is not manual.
pub fn instructions(step: &Step, spec: &ProviderSpec) -> Option<Instructions> {
    let manual = step.manual.as_ref()?;
    let kind = spec.kind(&step.kind);
    let procedure = kind.map_or(&Procedure::NONE, |kind| procedure(kind, step, manual));
    let fill = |text: &str| fill(text, step, kind);
    Some(Instructions {
        number: manual.number,
        id: step.id.clone(),
        title: title(step, manual),
        path: procedure
            .path
            .iter()
            .filter_map(|part| fill(part))
            .collect(),
        lines: procedure
            .lines
            .iter()
            .filter_map(|line| fill(line))
            .collect(),
        values: settings(step, kind),
        caution: caution(manual, procedure, kind, fill),
        waits_for: waits_for(step),
        verify: match manual.verified_by {
            Verification::Read => Verify::Read,
            Verification::Confirm => Verify::Confirm(step.id.clone()),
        },
    })
}

fn procedure<'a>(kind: &'a KindSpec, step: &Step, manual: &Manual) -> &'a Procedure {
    // A field with a page of its own is changed there, when nothing else changes with it.
    if let (Task::Update, [change]) = (manual.task, step.fields.as_slice())
        && let Some(page) = kind.field(&change.path).and_then(|field| field.page)
    {
        return (page.procedure)(change.before.as_ref(), change.after.as_ref());
    }
    match manual.task {
        Task::Create => &kind.by_hand_create,
        Task::Update => &kind.by_hand_update,
        Task::Delete => &kind.by_hand_delete,
    }
}

fn title(step: &Step, manual: &Manual) -> String {
    let (task, kind) = (wording::task(manual.task), escape::name(step.kind.as_str()));
    // Of one field it can be said in the title what the step is about, such as `change purchased seats of account`.
    let kind = match (manual.task, step.fields.as_slice()) {
        (Task::Update, [change]) => {
            let field = change.path.as_str();
            let field = field.rsplit('.').next().unwrap_or(field).replace('_', " ");
            format!("{} of {kind}", escape::name(&field))
        }
        _ => kind,
    };
    let key = escape::name(step.key.as_str());
    if step.title.is_empty() || step.title == step.key.as_str() {
        format!("{task} {kind} `{key}`")
    } else {
        format!("{task} {kind} `{key}` ({})", escape::name(&step.title))
    }
}

fn caution(
    manual: &Manual,
    procedure: &Procedure,
    kind: Option<&KindSpec>,
    fill: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let told = procedure.caution.and_then(fill);
    let lost = match manual.task {
        Task::Delete => wording::lost(kind),
        Task::Create | Task::Update => None,
    };
    match (told, lost) {
        (Some(told), Some(lost)) => Some(format!("{told}; {lost}")),
        (told, lost) => told.or(lost),
    }
}

fn waits_for(step: &Step) -> Vec<StepId> {
    let mut ids = step.blocked_by.clone();
    for id in &step.depends_on {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

fn settings(step: &Step, kind: Option<&KindSpec>) -> Vec<Setting> {
    let locate = |name: &crate::model::FieldName| {
        let field = kind.and_then(|kind| kind.field(name));
        match field {
            Some(field) => (
                field.label.to_owned(),
                field.place.iter().map(|part| (*part).to_owned()).collect(),
            ),
            None => (escape::name(name.as_str()), Vec::new()),
        }
    };
    let mut settings = Vec::new();
    for change in &step.fields {
        let (label, place) = locate(&change.path);
        settings.push(Setting {
            label,
            place,
            value: change
                .after
                .as_ref()
                .map_or_else(|| "none".to_owned(), wording::whole_value),
            before: change.before.as_ref().map(wording::value),
        });
    }
    if let Some(member) = &step.member_of {
        let (label, place) = locate(&member.field);
        settings.push(Setting {
            label,
            place,
            value: escape::name(member.target.key.as_str()),
            before: None,
        });
    }
    for (name, secret) in &step.secrets {
        let (label, place) = locate(name);
        settings.push(Setting {
            label,
            place,
            value: wording::secret(secret),
            before: None,
        });
    }
    settings
}

/// Fills `{key}`, `{title}` and `{FIELD}` in, once: what is filled in is not looked at again.
///
/// Nothing when the text names a field that the step does not set: it is about something else.
fn fill(text: &str, step: &Step, kind: Option<&KindSpec>) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let Some(close) = inside.find('}') else {
            out.push_str(&rest[open..]);
            return Some(out);
        };
        let name = &inside[..close];
        match name {
            "key" => out.push_str(&escape::name(step.key.as_str())),
            "title" if step.title.is_empty() => {
                out.push_str(&escape::name(step.key.as_str()));
            }
            "title" => out.push_str(&escape::name(&step.title)),
            _ => {
                let known =
                    kind.is_some_and(|kind| kind.fields.iter().any(|field| field.name == name));
                let change = step.fields.iter().find(|change| change.path == name);
                match change.and_then(|c| c.after.as_ref().or(c.before.as_ref())) {
                    Some(value) => out.push_str(&wording::whole_value(value)),
                    None if known => return None,
                    None => out.push_str(&rest[open..open + close + 2]),
                }
            }
        }
        rest = &inside[close + 1..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{SecretRef, Value};
    use crate::render::sample::{self, SPEC};

    #[test]
    fn placeholders_are_filled_once_and_lines_about_other_fields_are_left_out() {
        let step = sample::manual(1, Task::Create, "group", "{title} & co")
            .field("strategy", None, Value::text("ringall"))
            .build();
        let made = instructions(&step, &SPEC).unwrap();
        assert_eq!(made.path, ["Dashboard", "Groups", "Add group"]);
        assert_eq!(
            made.lines,
            [
                "Enter the name {title} & co",
                "Choose the strategy ringall",
                "Save"
            ]
        );
        let without = sample::manual(1, Task::Create, "group", "Sales").build();
        let made = instructions(&without, &SPEC).unwrap();
        assert_eq!(made.lines, ["Enter the name Sales", "Save"]);
    }

    #[test]
    fn a_step_that_cannot_be_read_back_asks_for_a_confirmation() {
        let step = sample::manual(3, Task::Update, "user", "ada@acme.example")
            .field("role", Some(Value::text("agent")), Value::text("admin"))
            .build();
        let made = instructions(&step, &SPEC).unwrap();
        assert_eq!(made.number, 3);
        assert_eq!(made.title, "change role of user `ada@acme.example`");
        assert_eq!(
            made.verify.sentence(),
            format!("then run `seatwright confirm {}`", step.id)
        );
        let [setting] = made.values.as_slice() else {
            unreachable!("one field gives one setting");
        };
        assert_eq!(setting.label, "Role");
        assert_eq!(setting.place, ["Basic settings"]);
        assert_eq!(setting.value, "admin");
        assert_eq!(setting.before.as_deref(), Some("agent"));
    }

    #[test]
    fn a_deletion_by_hand_tells_what_is_lost() {
        let step = sample::manual(1, Task::Delete, "user", "ada@acme.example").build();
        let caution = instructions(&step, &SPEC).unwrap().caution.unwrap();
        assert!(caution.contains("lost for good: call history"), "{caution}");
    }

    #[test]
    fn a_password_by_hand_is_named_never_shown() {
        let step = sample::manual(1, Task::Create, "user", "ada@acme.example")
            .secret("password", SecretRef::Env("ADA_PASSWORD".into()))
            .build();
        let made = instructions(&step, &SPEC).unwrap();
        assert_eq!(
            made.values[0].value,
            "from the environment variable ADA_PASSWORD"
        );
    }

    #[test]
    fn a_step_for_the_api_has_no_instructions() {
        let step = sample::create_user(1, &[]).build();
        assert_eq!(instructions(&step, &SPEC), None);
    }
}
