//! What stands below the changes: warnings, refusals, counts, seats, requests.

use super::page::Page;
use crate::plan::Plan;
use crate::render::{Purpose, Role, escape, wording};

/// Writes the warnings.
pub(super) fn warnings(page: &mut Page, plan: &Plan) {
    if plan.warnings.is_empty() {
        return;
    }
    page.blank();
    for warning in &plan.warnings {
        let style = page.style();
        let word = style.paint(Role::Changed, "warning");
        let text = wording::warning(warning);
        labelled(page, &word, "warning", &text);
    }
}

/// Writes why the plan must not be applied.
pub(super) fn refusals(page: &mut Page, plan: &Plan) {
    if plan.refusals.is_empty() {
        return;
    }
    page.blank();
    for refusal in &plan.refusals {
        let style = page.style();
        let word = style.paint(Role::Danger, "refused");
        let text = format!(
            "{} ({})",
            escape::cut(&escape::visible(&refusal.message), 1000),
            escape::name(&refusal.code)
        );
        labelled(page, &word, "refused", &text);
        let hint = escape::visible(&refusal.hint);
        if !hint.is_empty() {
            page.hanging(Role::Care, "   hint: ", &escape::cut(&hint, 1000));
        }
    }
}

/// A word, a colon, and a sentence that hangs behind them.
fn labelled(page: &mut Page, painted: &str, word: &str, text: &str) {
    let indent = word.len() + 2;
    for (index, line) in escape::wrap(text, page.room(indent)).iter().enumerate() {
        if index == 0 {
            page.raw(&format!("{painted}: {line}"));
        } else {
            page.raw(&format!("{}{line}", " ".repeat(indent)));
        }
    }
}

/// Writes the counts, the seats, and what applying costs.
pub(super) fn totals(page: &mut Page, plan: &Plan, purpose: Purpose) {
    page.blank();
    if plan.is_empty() {
        let text = match purpose {
            Purpose::Plan | Purpose::Saved => "nothing to do",
            Purpose::Drift => "no drift",
        };
        let text = format!("{text}: {}", wording::in_order(plan));
        page.line(Role::Added, &text);
        if plan.summary.unmanaged > 0 {
            page.wrapped(Role::Plain, 0, &wording::summary(&plan.summary));
        }
    } else {
        let label = match purpose {
            Purpose::Plan | Purpose::Saved => "plan: ",
            Purpose::Drift => "drift: ",
        };
        page.hanging(Role::Heading, label, &wording::summary(&plan.summary));
    }
    if let Some(seats) = &plan.seats {
        let short = seats.purchased.is_some_and(|bought| seats.after > bought);
        let role = if short { Role::Danger } else { Role::Plain };
        page.hanging(role, "seats: ", &wording::seats(seats));
        if let Some(cost) = wording::cost(seats) {
            page.hanging(Role::Plain, "cost: ", &cost);
        }
    }
    if plan.has_changes() && purpose != Purpose::Drift {
        page.wrapped(
            Role::Plain,
            0,
            &wording::requests(plan.requests, plan.eta_seconds),
        );
    }
    if !plan.refusals.is_empty() {
        page.wrapped(
            Role::Danger,
            0,
            "this plan is refused: nothing of it can be applied",
        );
    }
}
