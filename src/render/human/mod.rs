//! The plan for a terminal: readable with five changes, and with five thousand.

mod bulk;
mod foot;
mod manual;
pub(super) mod page;
mod person;

use super::subject::{self, Subject};
use super::{Purpose, Role, Style, escape, wording};
use crate::model::ProviderSpec;
use crate::plan::Plan;
use page::Page;

/// From how many changed people on, equal changes are told once.
const BULK_FROM: usize = 40;

/// How a plan is shown.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Colours and width.
    pub style: Style,
    /// Shows every change by itself, however many there are.
    pub verbose: bool,
    /// What the plan is an answer to.
    pub purpose: Purpose,
}

/// Renders a plan: head, people, other kinds, manual steps, warnings, refusals, counts, seats, requests.
pub fn plan(plan: &Plan, spec: &'static ProviderSpec, options: Options) -> String {
    let mut page = Page::new(options.style);
    head(&mut page, plan, spec, options.purpose);
    let subjects = subject::subjects(plan, spec);
    let changed: Vec<&Subject<'_>> = subjects.iter().filter(|s| s.has_acts()).collect();
    let numbers = wording::numbers(plan);
    let mut rest = changed.as_slice();
    while let Some(first) = rest.first() {
        let end = rest
            .iter()
            .position(|s| s.kind != first.kind)
            .unwrap_or(rest.len());
        let (same_kind, others) = rest.split_at(end);
        rest = others;
        page.blank();
        page.line(Role::Heading, &heading(first));
        if same_kind.len() > BULK_FROM && !options.verbose {
            bulk::changes(&mut page, same_kind, &numbers);
        } else {
            for subject in same_kind {
                person::change(&mut page, subject, &numbers);
            }
        }
    }
    manual::steps(&mut page, plan, spec, options.verbose, &numbers);
    foot::warnings(&mut page, plan);
    foot::refusals(&mut page, plan);
    foot::totals(&mut page, plan, options.purpose);
    page.finish()
}

fn heading(subject: &Subject<'_>) -> String {
    let name = subject
        .spec
        .map_or(subject.kind.as_str(), |spec| spec.plural);
    escape::name(name)
}

fn head(page: &mut Page, plan: &Plan, spec: &ProviderSpec, purpose: Purpose) {
    let what = match purpose {
        Purpose::Plan | Purpose::Saved => "",
        Purpose::Drift => "drift of ",
    };
    let title = format!("{what}{} ({})", escape::name(&plan.account), spec.title);
    let style = page.style();
    page.raw(&format!(
        "{}, as of {}",
        style.paint(Role::Heading, &title),
        plan.as_of
    ));
    for (word, selectors) in [
        ("only", &plan.selection.only),
        ("except", &plan.selection.except),
    ] {
        if !selectors.is_empty() {
            let names: Vec<String> = selectors.iter().map(|s| escape::name(s)).collect();
            page.wrapped(Role::Care, 0, &format!("{word}: {}", names.join(", ")));
        }
    }
    if !plan.allowances.is_empty() {
        let names: Vec<String> = plan
            .allowances
            .iter()
            .map(|(name, number)| format!("{}={number}", escape::name(name)))
            .collect();
        page.wrapped(Role::Care, 0, &format!("allowed: {}", names.join(", ")));
    }
    if purpose == Purpose::Saved {
        page.line(
            Role::Dim,
            &format!(
                "made {}, valid until {}",
                wording::time(plan.created_at),
                wording::time(plan.expires_at)
            ),
        );
    }
}
