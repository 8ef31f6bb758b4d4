//! What people do by hand: a list to tick off.

use std::fmt::Write as _;

use super::change::waits;
use super::{sentence, value};
use crate::model::ProviderSpec;
use crate::plan::{Plan, Step};
use crate::render::escape;
use crate::render::instructions::{Instructions, instructions};
use crate::render::wording::{self, Numbers};

/// The most manual steps that are unfolded from the start.
const OPEN_UP_TO: usize = 20;

/// Writes the manual steps.
pub(super) fn tasks(
    out: &mut String,
    plan: &Plan,
    spec: &'static ProviderSpec,
    numbers: &Numbers<'_>,
) {
    let made: Vec<(&Step, Instructions)> = plan
        .steps
        .iter()
        .filter_map(|step| Some((step, instructions(step, spec)?)))
        .collect();
    if made.is_empty() {
        return;
    }
    // Writing into a `String` cannot fail.
    out.push_str("<section aria-labelledby=\"manual-title\">\n<h2 id=\"manual-title\">By hand, in the dashboard</h2>\n");
    let open = if made.len() > OPEN_UP_TO { "" } else { " open" };
    let count = wording::count(made.len(), "manual step", "manual steps");
    let _ = writeln!(
        out,
        "<details{open}><summary>{count}</summary>\n<ol class=\"tasks\">"
    );
    for (step, made) in &made {
        task(out, step, made, numbers);
    }
    out.push_str("</ol>\n</details>\n</section>\n");
}

fn task(out: &mut String, step: &Step, made: &Instructions, numbers: &Numbers<'_>) {
    let _ = write!(
        out,
        "<li id=\"manual-{0}\" value=\"{0}\"><label><input type=\"checkbox\"> <strong>{1}</strong></label>",
        made.number,
        sentence(&made.title)
    );
    if let Some(place) = &step.origin {
        let _ = write!(
            out,
            " <code class=\"soft\">{}:{}</code>",
            escape::html(&escape::name(&place.file)),
            place.line
        );
    }
    if !made.path.is_empty() {
        let _ = write!(out, "\n<br>{}", sentence(&made.path.join(" › ")));
    }
    if !made.lines.is_empty() {
        out.push_str("\n<ul>");
        for line in &made.lines {
            let _ = write!(out, "<li>{}</li>", sentence(line));
        }
        out.push_str("</ul>");
    }
    if !made.values.is_empty() {
        out.push_str("\n<dl>");
        for setting in &made.values {
            let mut label: Vec<&str> = setting.place.iter().map(String::as_str).collect();
            label.push(&setting.label);
            let _ = write!(
                out,
                "<dt>{}</dt><dd><code>{}</code>",
                sentence(&label.join(" › ")),
                escape::html(&setting.value)
            );
            if let Some(before) = &setting.before {
                let _ = write!(out, " <span class=\"note\">(now {})</span>", value(before));
            }
            out.push_str("</dd>");
        }
        out.push_str("</dl>");
    }
    let mut paragraph = |class: &str, text: &str| {
        let _ = write!(out, "\n<p class=\"{class}\">{text}</p>");
    };
    if let Some(why) = wording::why(step) {
        let text = sentence(&why);
        paragraph("note", &format!("because: {text}"));
    }
    if let Some(caution) = &made.caution {
        paragraph("caution", &format!("Caution: {}", sentence(caution)));
    }
    if let Some(wait) = waits(&step.blocked_by, numbers) {
        paragraph("note", &wait);
    }
    paragraph("note", &sentence(&made.verify.sentence()));
    out.push_str("</li>\n");
}
