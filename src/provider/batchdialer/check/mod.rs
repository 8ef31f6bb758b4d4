//! The rules of BatchDialer manifests.

mod account;
mod names;
mod people;
mod permissions;
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
    values::users,
    values::roles,
    values::groups,
    values::statuses,
    names::users,
    names::groups,
    names::statuses,
    names::roles,
    names::references,
    roles::designations,
    roles::calling,
    roles::contact_edit,
    permissions::known,
    permissions::possible,
    permissions::consistent,
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
