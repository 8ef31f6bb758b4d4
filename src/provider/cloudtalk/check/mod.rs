//! The rules of CloudTalk manifests.

mod account;
mod extensions;
mod names;
mod people;
mod references;
mod roles;
mod values;

use jiff::civil::Date;

use super::facts::Facts;
use crate::manifest::check::Reporter;

/// What a rule looks at.
pub(super) struct Subject<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) as_of: Date,
}

type Rule = fn(&Subject<'_>, &mut Reporter<'_>);

/// Every rule; the order does not matter.
const RULES: &[Rule] = &[
    account::settings,
    account::sections,
    account::plan,
    values::users,
    values::roles,
    values::groups,
    values::numbers,
    names::users,
    names::groups,
    names::numbers,
    names::roles,
    references::roles,
    references::groups,
    references::numbers,
    references::users,
    references::routes,
    roles::settings,
    roles::analysts,
    extensions::pools,
    extensions::fixed,
    extensions::asked_for,
    people::seats,
    people::last_admin,
    people::tombstones,
    people::dates,
];

pub(super) fn run(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for rule in RULES {
        rule(subject, report);
    }
}
