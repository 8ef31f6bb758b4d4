//! What people do by hand: click path and exact values, numbered.

use super::page::Page;
use super::person;
use crate::model::ProviderSpec;
use crate::plan::{Action, Plan, Step};
use crate::render::instructions::{Instructions, Setting, Verify, instructions};
use crate::render::wording::{self, Numbers};
use crate::render::{Role, escape};

/// From how many manual steps on, those with one procedure are told as a list.
const LIST_FROM: usize = 10;

/// The columns that must be left beside the labels for values to stand beside them.
const VALUE_ROOM: usize = 32;

/// Steps of one procedure that are listed.
const LISTED: usize = 25;

/// Writes the manual steps.
pub(super) fn steps(
    page: &mut Page,
    plan: &Plan,
    spec: &'static ProviderSpec,
    verbose: bool,
    numbers: &Numbers<'_>,
) {
    let made: Vec<(&Step, Instructions)> = plan
        .steps
        .iter()
        .filter(|step| step.action == Action::Manual)
        .filter_map(|step| Some((step, instructions(step, spec)?)))
        .collect();
    if made.is_empty() {
        return;
    }
    page.blank();
    page.line(Role::Heading, "by hand, in the dashboard");
    if made.len() < LIST_FROM || verbose {
        for (step, instructions) in &made {
            whole(page, step, instructions, numbers);
        }
        return;
    }
    let mut lists: Vec<Vec<&(&Step, Instructions)>> = Vec::new();
    for entry in &made {
        let same = |list: &&mut Vec<&(&Step, Instructions)>| {
            list.first().is_some_and(|first| alike(first, entry))
        };
        match lists.iter_mut().find(same) {
            Some(list) => list.push(entry),
            None => lists.push(vec![entry]),
        }
    }
    for list in lists {
        if let [(step, instructions)] = list.as_slice() {
            whole(page, step, instructions, numbers);
        } else {
            listed(page, &list, spec, numbers);
        }
    }
}

/// Whether two steps are the same procedure with the same fields.
fn alike(one: &(&Step, Instructions), other: &(&Step, Instructions)) -> bool {
    let task = |step: &Step| step.manual.as_ref().map(|manual| manual.task);
    let labels = |made: &Instructions| -> Vec<String> { made.values.iter().map(label).collect() };
    one.0.kind == other.0.kind && task(one.0) == task(other.0) && labels(&one.1) == labels(&other.1)
}

fn whole(page: &mut Page, step: &Step, made: &Instructions, numbers: &Numbers<'_>) {
    let style = page.style();
    let text = format!("{:>3}. {}", made.number, made.title);
    let note = step.origin.as_ref().map(person::place);
    page.with_note(
        &style.paint(Role::Care, &text),
        escape::width(&text),
        note.as_deref(),
    );
    if !made.path.is_empty() {
        page.wrapped(Role::Plain, 6, &made.path.join(style.crumb()));
    }
    for line in &made.lines {
        page.hanging(Role::Plain, "      - ", line);
    }
    let columns = made
        .values
        .iter()
        .map(|setting| escape::width(&label(setting)))
        .max()
        .unwrap_or(0);
    for setting in &made.values {
        let label = label(setting);
        let pad = " ".repeat(columns - escape::width(&label) + 2);
        let now = setting
            .before
            .as_ref()
            .map(|before| format!("  (now {before})"))
            .unwrap_or_default();
        let value = format!("{}{now}", setting.value);
        if style.width == 0 || columns + VALUE_ROOM < style.width {
            page.hanging(Role::Plain, &format!("        {label}{pad}"), &value);
        } else {
            page.wrapped(Role::Plain, 8, &format!("{label}:"));
            page.wrapped(Role::Plain, 10, &value);
        }
    }
    if let Some(why) = wording::why(step) {
        page.wrapped(Role::Dim, 6, &format!("because: {why}"));
    }
    if let Some(caution) = &made.caution {
        page.wrapped(Role::Danger, 6, &format!("caution: {caution}"));
    }
    if let Some(wait) = waits(made, numbers) {
        page.wrapped(Role::Dim, 6, &wait);
    }
    page.wrapped(Role::Dim, 6, &made.verify.sentence());
}

/// What a manual step waits for: manual steps by number, and the API's steps by their number only.
fn waits(made: &Instructions, numbers: &Numbers<'_>) -> Option<String> {
    let (manual, sent): (Vec<_>, Vec<_>) = made
        .waits_for
        .iter()
        .cloned()
        .partition(|id| numbers.contains_key(id));
    let manual = wording::waits_for(&manual, numbers);
    let sent = match sent.len() {
        0 => None,
        many => Some(format!(
            "do it after the apply: it needs {} of this plan",
            wording::count(many, "change", "changes")
        )),
    };
    match (manual, sent) {
        (Some(manual), Some(sent)) => Some(format!("{manual}; {sent}")),
        (manual, sent) => manual.or(sent),
    }
}

fn label(setting: &Setting) -> String {
    let mut parts: Vec<&str> = setting.place.iter().map(String::as_str).collect();
    parts.push(&setting.label);
    parts.join(" › ")
}

fn listed(
    page: &mut Page,
    list: &[&(&Step, Instructions)],
    spec: &'static ProviderSpec,
    numbers: &Numbers<'_>,
) {
    let Some((step, first)) = list.first() else {
        return;
    };
    let plural = spec
        .kind(&step.kind)
        .map_or(step.kind.as_str(), |kind| kind.plural);
    let style = page.style();
    let task = step.manual.as_ref().map_or("", |m| wording::task(m.task));
    let text = format!(
        "{task} {} {} in the same way",
        list.len(),
        escape::name(plural)
    );
    page.hanging(Role::Care, "     ", &text);
    if !first.path.is_empty() {
        page.wrapped(
            Role::Plain,
            6,
            &format!(
                "as in step {}: {}",
                first.number,
                first.path.join(style.crumb())
            ),
        );
    }
    for line in &first.lines {
        page.hanging(Role::Plain, "      - ", line);
    }
    if let Some(caution) = &first.caution {
        page.wrapped(Role::Danger, 6, &format!("caution: {caution}"));
    }
    let wide = list
        .last()
        .map_or(1, |(_, made)| made.number.to_string().len());
    for (step, made) in list.iter().take(LISTED) {
        let values: Vec<String> = made
            .values
            .iter()
            .map(|setting| format!("{}: {}", setting.label, setting.value))
            .collect();
        let wait = waits(made, numbers)
            .map(|wait| format!("  ({wait})"))
            .unwrap_or_default();
        let key = escape::name(step.key.as_str());
        let text = if values.is_empty() {
            format!("{key}{wait}")
        } else {
            format!("{key}  {}{wait}", values.join("; "))
        };
        let text = match &made.verify {
            Verify::Read => text,
            Verify::Confirm(id) => format!("{text}  {}", escape::name(&id.0)),
        };
        page.hanging(
            Role::Plain,
            &format!("      {:>wide$}. ", made.number),
            &text,
        );
    }
    if list.len() > LISTED {
        page.wrapped(
            Role::Dim,
            6,
            &format!(
                "… and {} more (-v shows all, --format json lists all)",
                list.len() - LISTED
            ),
        );
    }
    let sentence = match &first.verify {
        Verify::Read => first.verify.sentence(),
        Verify::Confirm(_) => {
            "then run `seatwright confirm STEP...` with the ids at the ends of the lines".to_owned()
        }
    };
    page.wrapped(Role::Dim, 6, &sentence);
}
