//! The plan, or the drift, as one HTML file: no network, a policy that forbids one, and no foreign markup.

mod change;
mod chart;
mod filter;
mod task;

use std::fmt::Write as _;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::subject::{self, Subject};
use super::{Purpose, escape, wording};
use crate::model::ProviderSpec;
use crate::plan::Plan;

const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");

/// Renders a plan as a page that stands alone.
pub fn plan(plan: &Plan, spec: &'static ProviderSpec, purpose: Purpose) -> String {
    let subjects = subject::subjects(plan, spec);
    let changed: Vec<&Subject<'_>> = subjects.iter().filter(|s| s.has_acts()).collect();
    let numbers = wording::numbers(plan);
    let mut out = String::with_capacity(16_384 + plan.steps.len() * 700);
    open(&mut out, plan, spec, purpose);
    refusals(&mut out, plan);
    totals(&mut out, plan, purpose);
    if let Some(seats) = &plan.seats {
        chart::seats(&mut out, seats);
    }
    warnings(&mut out, plan);
    task::tasks(&mut out, plan, spec, &numbers);
    out.push_str("<section aria-labelledby=\"changes-title\">\n<h2 id=\"changes-title\" tabindex=\"-1\">Changes</h2>\n");
    if changed.is_empty() {
        out.push_str("<p>None.</p>\n");
    } else {
        let index = filter::Groups::of(&changed);
        filter::form(&mut out, &changed, &index);
        change::lists(&mut out, &changed, &index, &numbers);
    }
    out.push_str("</section>\n</main>\n");
    foot(&mut out, plan);
    let _ = write!(out, "<script>{JS}</script>\n</body>\n</html>\n");
    out
}

/// The source expression of an inline element in a content security policy.
fn source_of(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    format!(
        "'sha256-{}'",
        base64::engine::general_purpose::STANDARD.encode(hash)
    )
}

fn open(out: &mut String, plan: &Plan, spec: &ProviderSpec, purpose: Purpose) {
    let what = match purpose {
        Purpose::Plan | Purpose::Saved => "Plan",
        Purpose::Drift => "Drift",
    };
    let account = escape::html(&escape::name(&plan.account));
    // Writing into a `String` cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{what} for {account}</title>\n<style>{CSS}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#changes-title\">Skip to the changes</a>\n<main>\n\
         <h1>{what} for <bdi>{account}</bdi> <span class=\"soft\">({})</span></h1>\n\
         <p class=\"soft\">as of {}</p>\n",
        source_of(CSS),
        source_of(JS),
        escape::html(spec.title),
        plan.as_of,
    );
    for (word, selectors) in [
        ("Only", &plan.selection.only),
        ("Except", &plan.selection.except),
    ] {
        if !selectors.is_empty() {
            let names: Vec<String> = selectors.iter().map(|name| bdi(name)).collect();
            let _ = writeln!(out, "<p>{word}: {}</p>", names.join(", "));
        }
    }
    if !plan.allowances.is_empty() {
        let names: Vec<String> = plan
            .allowances
            .iter()
            .map(|(name, number)| format!("{}={number}", bdi(name)))
            .collect();
        let _ = writeln!(out, "<p>Allowed: {}</p>", names.join(", "));
    }
}

/// A foreign name, cut and kept apart from the text around it.
fn bdi(name: &str) -> String {
    format!("<bdi>{}</bdi>", escape::html(&escape::name(name)))
}

/// A sentence that may hold foreign names; what stands in backticks becomes code.
fn sentence(text: &str) -> String {
    let shown = escape::visible(text);
    let shown = escape::cut(&shown, 1000);
    let parts: Vec<&str> = shown.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape::html(&shown);
    }
    let mut out = String::with_capacity(shown.len() + 16);
    for (index, part) in parts.iter().enumerate() {
        let text = escape::html(part);
        if index.is_multiple_of(2) {
            out.push_str(&text);
        } else {
            let _ = write!(out, "<code>{text}</code>");
        }
    }
    out
}

/// A value in words, kept apart from the text around it.
fn value(text: &str) -> String {
    let shown = escape::visible(text);
    format!("<bdi>{}</bdi>", escape::html(&escape::cut(&shown, 1000)))
}

fn refusals(out: &mut String, plan: &Plan) {
    if plan.refusals.is_empty() {
        return;
    }
    out.push_str("<section class=\"refused\" role=\"alert\" aria-labelledby=\"refused-title\">\n<h2 id=\"refused-title\">Refused: nothing of this plan can be applied</h2>\n<ul>\n");
    for refusal in &plan.refusals {
        let _ = write!(
            out,
            "<li>{} <code>{}</code>",
            sentence(&refusal.message),
            escape::html(&escape::name(&refusal.code))
        );
        if !refusal.hint.is_empty() {
            let _ = write!(out, "<br>Hint: {}", sentence(&refusal.hint));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n</section>\n");
}

fn warnings(out: &mut String, plan: &Plan) {
    if plan.warnings.is_empty() {
        return;
    }
    out.push_str("<section aria-labelledby=\"warnings-title\">\n<h2 id=\"warnings-title\">Warnings</h2>\n<ul>\n");
    for warning in &plan.warnings {
        let _ = writeln!(
            out,
            "<li>{} <code>{}</code></li>",
            sentence(&warning.message),
            escape::html(&escape::name(&warning.code))
        );
    }
    out.push_str("</ul>\n</section>\n");
}

fn totals(out: &mut String, plan: &Plan, purpose: Purpose) {
    if plan.is_empty() {
        let nothing = match purpose {
            Purpose::Plan | Purpose::Saved => "Nothing to do",
            Purpose::Drift => "No drift",
        };
        let _ = writeln!(
            out,
            "<p><strong>{nothing}:</strong> {}.</p>",
            wording::in_order(plan)
        );
    }
    let summary = wording::summary(&plan.summary);
    if !summary.is_empty() {
        out.push_str("<ul class=\"tiles\">\n");
        for part in summary.split(", ") {
            let (number, words) = part.split_once(' ').unwrap_or((part, ""));
            let _ = writeln!(out, "<li><b>{number}</b> {words}</li>");
        }
        out.push_str("</ul>\n");
    }
    if plan.has_changes() {
        let _ = writeln!(
            out,
            "<p>{}</p>",
            escape::html(&wording::requests(plan.requests, plan.eta_seconds))
        );
    }
}

fn foot(out: &mut String, plan: &Plan) {
    let _ = write!(
        out,
        "<footer class=\"note\">\n<p>Made {} by {}, valid until {}.</p>\n",
        wording::time(plan.created_at),
        escape::html(&escape::name(&plan.tool)),
        wording::time(plan.expires_at)
    );
    if !plan.hash.is_empty() {
        let _ = writeln!(
            out,
            "<p>Plan <code>{}</code></p>",
            escape::html(&escape::name(&plan.hash))
        );
    }
    out.push_str("</footer>\n");
}
