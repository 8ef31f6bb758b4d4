//! The changes: a list for each kind, an item for each person or thing.

use std::fmt::Write as _;

use super::filter::Groups;
use super::{bdi, sentence, value};
use crate::plan::{Action, Step, StepId};
use crate::render::escape;
use crate::render::subject::{self, Subject};
use crate::render::wording::{self, Numbers};

/// Writes all changes, kind by kind.
///
/// The items are no `li` elements: Chromium numbers those anew for each one that is hidden, which takes
/// 20 seconds to filter 5,000 (seen with version 156).
pub(super) fn lists(
    out: &mut String,
    changed: &[&Subject<'_>],
    groups: &Groups<'_>,
    numbers: &Numbers<'_>,
) {
    let mut rest = changed;
    while let Some(first) = rest.first() {
        let end = rest
            .iter()
            .position(|subject| subject.kind != first.kind)
            .unwrap_or(rest.len());
        let (same_kind, others) = rest.split_at(end);
        rest = others;
        let plural = first.spec.map_or(first.kind.as_str(), |spec| spec.plural);
        // Writing into a `String` cannot fail.
        let _ = write!(
            out,
            "<div data-section>\n<h3>{} <span class=\"soft\">({})</span></h3>\n<div class=\"changes\" role=\"list\">\n",
            bdi(plural),
            same_kind.len()
        );
        for subject in same_kind {
            item(out, subject, groups, numbers);
        }
        out.push_str("</div>\n</div>\n");
    }
}

fn item(out: &mut String, subject: &Subject<'_>, groups: &Groups<'_>, numbers: &Numbers<'_>) {
    let fate = subject.fate();
    let word = fate.word();
    let waits = if subject.is_blocked() { " waits" } else { "" };
    let _ = write!(
        out,
        "<div role=\"listitem\" class=\"change {word}{waits}\" data-kind=\"{}\" data-action=\"{word}\" data-groups=\"{}\">\n<p class=\"what\"><span class=\"badge\">{word}</span> ",
        escape::html(subject.kind.as_str()),
        groups.of_subject(subject),
    );
    if subject.title != subject.key.as_str() {
        let _ = write!(out, "<strong>{}</strong> ", bdi(subject.title));
    }
    let _ = write!(
        out,
        "<span class=\"mono\">{}</span>",
        bdi(subject.key.as_str())
    );
    if let Some(place) = subject.origin() {
        let _ = write!(
            out,
            " <code class=\"origin soft\">{}:{}</code>",
            escape::html(&escape::name(&place.file)),
            place.line
        );
    }
    out.push_str("</p>\n");
    for step in &subject.acts {
        act(out, step, subject, numbers);
    }
    memberships(out, subject, numbers);
    for step in &subject.manual {
        if let Some(manual) = &step.manual {
            let _ = writeln!(
                out,
                "<p>by hand: <a href=\"#manual-{0}\">manual step {0}</a></p>",
                manual.number
            );
        }
    }
    out.push_str("</div>\n");
}

fn act(out: &mut String, step: &Step, subject: &Subject<'_>, numbers: &Numbers<'_>) {
    if subject.acts.len() > 1 {
        let _ = writeln!(out, "<p><b>{}</b></p>", subject::fate(step.action).word());
    }
    fields(out, step, subject);
    note(out, step, numbers);
    if wording::is_destructive(step) {
        if step.action == Action::Replace {
            out.push_str("<p class=\"lost\">deleted, then created anew</p>\n");
        }
        if let Some(lost) = wording::lost(subject.spec) {
            let _ = writeln!(out, "<p class=\"lost\">{}</p>", escape::html(&lost));
        }
    }
}

fn fields(out: &mut String, step: &Step, subject: &Subject<'_>) {
    if step.fields.is_empty() && step.secrets.is_empty() {
        return;
    }
    let new = step.action == Action::Create;
    let caption = "<thead><tr><th scope=\"col\">Field</th>";
    let columns = if new {
        "<th scope=\"col\">Value</th>"
    } else {
        "<th scope=\"col\">Before</th><th scope=\"col\">After</th>"
    };
    let _ = writeln!(out, "<table>{caption}{columns}</tr></thead><tbody>");
    for field in &step.fields {
        let change = wording::change(field, subject.spec, new);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th>",
            bdi(field.path.as_str())
        );
        if !new {
            let before = change.before.as_deref().unwrap_or_default();
            let _ = write!(out, "<td>{}</td>", value(before));
        }
        let _ = write!(out, "<td>{}", value(&change.after));
        if let Some(note) = change.note {
            let _ = write!(out, " <span class=\"note\">({note})</span>");
        }
        out.push_str("</td></tr>\n");
    }
    for (name, secret) in &step.secrets {
        let empty = if new { "" } else { "<td></td>" };
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th>{empty}<td>{}</td></tr>",
            bdi(name.as_str()),
            sentence(&wording::secret(secret))
        );
    }
    out.push_str("</tbody></table>\n");
}

fn memberships(out: &mut String, subject: &Subject<'_>, numbers: &Numbers<'_>) {
    for (action, class, word) in [
        (Action::AddMember, "join", "joins"),
        (Action::RemoveMember, "leave", "leaves"),
    ] {
        for (kind, steps) in subject.targets(action) {
            let (waiting, sent): (Vec<&Step>, Vec<&Step>) = steps
                .into_iter()
                .partition(|step| !step.blocked_by.is_empty());
            let name = |step: &&Step| {
                step.member_of
                    .as_ref()
                    .map(|member| bdi(member.target.key.as_str()))
            };
            if !sent.is_empty() {
                let names: Vec<String> = sent.iter().filter_map(name).collect();
                let _ = writeln!(
                    out,
                    "<p><span class=\"{class}\">{word} {}</span> {}</p>",
                    bdi(kind),
                    names.join(", ")
                );
            }
            for step in &sent {
                note(out, step, numbers);
            }
            for step in waiting {
                let _ = writeln!(
                    out,
                    "<p class=\"soft\">{word} {} {}, {}</p>",
                    bdi(kind),
                    name(&step).unwrap_or_default(),
                    waits(&step.blocked_by, numbers).unwrap_or_default()
                );
                because(out, step);
            }
        }
    }
}

/// Why a step is there, and what it waits for.
fn note(out: &mut String, step: &Step, numbers: &Numbers<'_>) {
    because(out, step);
    if let Some(wait) = waits(&step.blocked_by, numbers) {
        let _ = writeln!(out, "<p class=\"note\">{wait}</p>");
    }
}

fn because(out: &mut String, step: &Step) {
    if let Some(why) = wording::why(step) {
        let _ = writeln!(out, "<p class=\"note\">because: {}</p>", sentence(&why));
    }
}

/// What a step waits for, with links to the manual steps of this plan.
pub(super) fn waits(ids: &[StepId], numbers: &Numbers<'_>) -> Option<String> {
    if ids.is_empty() {
        return None;
    }
    let links: Vec<String> = ids
        .iter()
        .map(|id| match numbers.get(id) {
            Some(number) => format!("<a href=\"#manual-{number}\">manual step {number}</a>"),
            None => format!("manual step {}", bdi(&id.0)),
        })
        .collect();
    Some(format!("waits for {}", wording::enumerate(&links)))
}
