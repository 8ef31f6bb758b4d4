//! All that happens to one person, or to one thing.

use super::page::Page;
use crate::model::KindSpec;
use crate::plan::{Action, Place, Step};
use crate::render::subject::{self, Fate, Subject};
use crate::render::wording::{self, Numbers};
use crate::render::{Role, escape};

/// Where fields start.
const INDENT: usize = 6;

/// The longest field name that others are aligned with.
const NAME_COLUMNS: usize = 32;

/// Writes a person's entry: the name with its mark, the fields, the memberships.
pub(super) fn change(page: &mut Page, subject: &Subject<'_>, numbers: &Numbers<'_>) {
    let fate = subject.fate();
    let blocked = subject.is_blocked();
    let role = if blocked { Role::Dim } else { role(fate) };
    let text = format!("{:>3} {}", fate.mark(), label(subject));
    let wait = blocked.then(|| common_wait(subject, numbers)).flatten();
    let wait_text = wait
        .as_ref()
        .map(|wait| format!("  {wait}"))
        .unwrap_or_default();
    let style = page.style();
    let painted = format!(
        "{}{}",
        style.paint(role, &text),
        style.paint(Role::Dim, &wait_text)
    );
    let wide = escape::width(&text) + escape::width(&wait_text);
    let origin = subject.origin();
    let note = origin.map(place);
    page.with_note(&painted, wide, note.as_deref());

    for step in &subject.acts {
        act(page, step, subject, wait.as_deref(), numbers);
    }
    for action in [Action::AddMember, Action::RemoveMember] {
        memberships(page, subject, action, wait.as_deref(), numbers);
    }
    for step in &subject.manual {
        if let Some(manual) = &step.manual {
            page.line(
                Role::Care,
                &format!("    ! by hand: manual step {}", manual.number),
            );
        }
    }
}

/// The colour of what happens.
pub(super) fn role(fate: Fate) -> Role {
    match fate {
        Fate::Replace | Fate::Delete => Role::Danger,
        Fate::Create => Role::Added,
        Fate::Update => Role::Changed,
        Fate::Manual => Role::Care,
    }
}

/// `Ada Lovelace <ada@acme.example>`, or the key alone.
pub(super) fn label(subject: &Subject<'_>) -> String {
    let key = escape::name(subject.key.as_str());
    if subject.title == subject.key.as_str() {
        key
    } else {
        format!("{} <{key}>", escape::name(subject.title))
    }
}

/// `users.yaml:12`.
pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", escape::name(&place.file), place.line)
}

/// What the whole entry waits for, when all its steps wait for the same.
fn common_wait(subject: &Subject<'_>, numbers: &Numbers<'_>) -> Option<String> {
    let mut waits = subject
        .acts
        .iter()
        .chain(&subject.memberships)
        .map(|step| wording::waits_for(&step.blocked_by, numbers));
    let first = waits.next()?;
    waits.all(|other| other == first).then_some(first)?
}

fn act(
    page: &mut Page,
    step: &Step,
    subject: &Subject<'_>,
    told: Option<&str>,
    numbers: &Numbers<'_>,
) {
    let wait = wording::waits_for(&step.blocked_by, numbers);
    let dim = wait.is_some();
    if subject.acts.len() > 1 {
        let fate = subject::fate(step.action);
        let role = if dim { Role::Dim } else { role(fate) };
        page.line(
            role,
            &format!("    {} {}", fate.mark(), wording::action(step.action)),
        );
    }
    fields(page, step, subject.spec, dim);
    if let Some(why) = wording::why(step) {
        page.hanging(Role::Dim, &" ".repeat(INDENT), &format!("because: {why}"));
    }
    if wording::is_destructive(step) {
        let mut texts = Vec::new();
        if step.action == Action::Replace {
            texts.push("deleted, then created anew".to_owned());
        }
        let lost = wording::lost(subject.spec);
        texts.extend(lost.filter(|lost| page.first(&format!("{}: {lost}", step.kind))));
        if !texts.is_empty() {
            let role = if dim { Role::Dim } else { Role::Danger };
            page.hanging(role, &" ".repeat(INDENT), &texts.join("; "));
        }
    }
    if let Some(wait) = wait.filter(|wait| told != Some(wait)) {
        page.wrapped(Role::Dim, INDENT, &wait);
    }
}

fn fields(page: &mut Page, step: &Step, spec: Option<&KindSpec>, dim: bool) {
    let new = step.action == Action::Create;
    let mut rows = Vec::new();
    for field in &step.fields {
        // The key and the name stand in the entry's first line already.
        let told = new
            && field
                .after
                .as_ref()
                .and_then(|value| value.as_text())
                .is_some_and(|text| text == step.key.as_str());
        if !told {
            rows.push((
                escape::name(field.path.as_str()),
                wording::change(field, spec, new),
            ));
        }
    }
    for (name, secret) in &step.secrets {
        rows.push((
            escape::name(name.as_str()),
            wording::Change {
                before: None,
                after: wording::secret(secret),
                note: None,
            },
        ));
    }
    let names = rows
        .iter()
        .map(|(name, _)| escape::width(name))
        .filter(|wide| *wide <= NAME_COLUMNS)
        .max()
        .unwrap_or(0);
    let style = page.style();
    for (name, change) in rows {
        let pad = names.saturating_sub(escape::width(&name)) + 2;
        let prefix = format!("{}{name}{}", " ".repeat(INDENT), " ".repeat(pad));
        let start = escape::width(&prefix);
        let arrow = style.arrow();
        let note = change
            .note
            .map(|note| format!("  ({note})"))
            .unwrap_or_default();
        let after = format!("{}{note}", change.after);
        let short = match &change.before {
            Some(before) => format!("{before} {arrow} {}", change.after),
            None => change.after.clone(),
        };
        let room = page.room(start);
        let fits = |text: &str| room == 0 || escape::width(text) <= room;
        let role = if dim { Role::Dim } else { Role::Plain };
        if fits(&format!("{short}{note}")) {
            let line = if dim {
                style.paint(Role::Dim, &format!("{prefix}{short}{note}"))
            } else {
                format!("{prefix}{short}{}", style.paint(Role::Dim, &note))
            };
            page.raw(&line);
            continue;
        }
        let start = " ".repeat(start);
        match change.before {
            Some(_) if fits(&short) => {
                page.hanging(role, &prefix, &short);
                page.hanging(Role::Dim, &start, note.trim_start());
            }
            Some(before) => {
                page.hanging(role, &prefix, &before);
                page.hanging(role, &start, &format!("{arrow} {after}"));
            }
            None => page.hanging(role, &prefix, &after),
        }
    }
}

fn memberships(
    page: &mut Page,
    subject: &Subject<'_>,
    action: Action,
    told: Option<&str>,
    numbers: &Numbers<'_>,
) {
    let joins = action == Action::AddMember;
    let mark = if joins { "+>" } else { "<-" };
    for (kind, steps) in subject.targets(action) {
        // What waits for the same, for the same reason, stands on one line.
        let mut lines: Vec<(Option<String>, Option<String>, Vec<String>)> = Vec::new();
        for step in steps {
            let Some(member) = &step.member_of else {
                continue;
            };
            let wait = wording::waits_for(&step.blocked_by, numbers);
            let why = wording::why(step);
            let target = escape::name(member.target.key.as_str());
            match lines.iter_mut().find(|(w, r, _)| *w == wait && *r == why) {
                Some((_, _, targets)) => targets.push(target),
                None => lines.push((wait, why, vec![target])),
            }
        }
        for (wait, why, targets) in lines {
            let role = match (&wait, joins) {
                (Some(_), _) => Role::Dim,
                (None, true) => Role::Added,
                (None, false) => Role::Danger,
            };
            let mut text = format!("{} {}", escape::name(kind), targets.join(", "));
            if let Some(wait) = wait.filter(|wait| told != Some(wait)) {
                text.push_str(&format!("  ({wait})"));
            }
            page.hanging(role, &format!("   {mark} "), &text);
            if let Some(why) = why {
                page.wrapped(Role::Dim, INDENT, &format!("because: {why}"));
            }
        }
    }
}
