//! Rules on names that are used twice.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Reporter, Words, previously, twice, unique};
use crate::provider::cloudtalk::manifest::BuiltInRole;

const USERS: Words = Words {
    one: "user",
    field: "email",
    duplicate: Code::DuplicateEmail,
};
const GROUPS: Words = Words {
    one: "group",
    field: "name",
    duplicate: Code::DuplicateGroup,
};
const NUMBERS: Words = Words {
    one: "number",
    field: "number",
    duplicate: Code::DuplicateNumber,
};

/// Every user is declared once.
pub(super) fn users(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_users();
    unique(&named, USERS, report);
    previously(&named, USERS, report);
}

/// Every group is declared once.
pub(super) fn groups(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_groups();
    unique(&named, GROUPS, report);
    previously(&named, GROUPS, report);
}

/// Every number is declared once.
pub(super) fn numbers(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_numbers();
    unique(&named, NUMBERS, report);
    previously(&named, NUMBERS, report);
}

/// Every profile and pool is declared once, and no profile takes the name of a built-in role.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for (name, role) in &facts.roles {
        if BuiltInRole::from_name(name).is_some() {
            let diagnostic = report
                .at_key(
                    Code::ReservedRoleName,
                    role.spot.whole(),
                    format!("`{name}` is a built-in role"),
                )
                .hint("give the profile another name, such as `sales-agent`");
            report.push(diagnostic);
        }
    }
    let roles = facts.roles.iter().map(|(name, role)| (*name, role.spot));
    twice(roles, Code::DuplicateRole, "role", report);
    let pools = facts.pools.iter().map(|(name, pool)| (*name, pool.spot));
    twice(pools, Code::DuplicateKey, "pool", report);
}
