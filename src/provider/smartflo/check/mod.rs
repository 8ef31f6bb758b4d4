//! The rules of Smartflo manifests.

mod account;
mod agents;
mod names;
mod people;
mod references;
mod values;

use super::facts::Facts;
use crate::manifest::check::Reporter;

/// What a rule looks at.
pub(super) struct Subject<'a> {
    pub(super) facts: Facts<'a>,
}

type Rule = fn(&Subject<'_>, &mut Reporter<'_>);

/// Every rule; the order does not matter.
const RULES: &[Rule] = &[
    account::settings,
    account::sections,
    account::ids,
    values::users,
    values::roles,
    values::departments,
    names::users,
    names::departments,
    names::roles,
    names::phones,
    names::emails,
    names::agents,
    names::extensions,
    references::roles,
    references::departments,
    references::reports,
    references::agent_groups,
    references::login_roles,
    agents::without,
    agents::existing,
    people::complete,
    people::tombstones,
    people::dates,
];

pub(super) fn run(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for rule in RULES {
        rule(subject, report);
    }
}
