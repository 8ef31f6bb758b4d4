//! Rules on names: used twice, built in, or leading nowhere.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Place, Reporter, Words, absent, previously, twice, unique, unknown};
use crate::manifest::suggest::one_of;
use crate::manifest::vocabulary::{NameText, is_present};
use crate::provider::batchdialer::facts::Facts;

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
const STATUSES: Words = Words {
    one: "agent status",
    field: "name",
    duplicate: Code::DuplicateStatus,
};

/// The statuses that every account has, and that nobody can change (vendor's test suite, 2023-06).
pub(in crate::provider::batchdialer) const BUILT_IN_STATUSES: [&str; 9] = [
    "Available",
    "Break",
    "Lunch",
    "In training",
    "Out of desk",
    "Offline",
    "In Meeting",
    "PrepWork",
    "After Call",
];

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

/// Every agent status is declared once, and is none of the built-in ones.
pub(super) fn statuses(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_statuses();
    unique(&named, STATUSES, report);
    previously(&named, STATUSES, report);
    for status in &subject.facts.statuses {
        let name = status.it.name.as_str();
        let built_in = BUILT_IN_STATUSES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name));
        let Some(known) = built_in else { continue };
        let hint = if is_present(status.it.state) {
            "remove it here: it is there, and can be neither renamed, recolored nor switched off"
        } else {
            "remove it here: it cannot be deleted"
        };
        let diagnostic = report
            .at(
                Code::ReservedStatus,
                status.spot.at("name"),
                format!("`{known}` is a built-in agent status of every account"),
            )
            .hint(hint);
        report.push(diagnostic);
    }
}

/// Every profile is declared once, is there when it is named, and is named.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let roles = facts.roles.iter().map(|(name, role)| (*name, role.spot));
    twice(roles, Code::DuplicateRole, "role", report);
    for user in &facts.users {
        let (Some(name), None) = (user.it.role.as_deref(), user.profile) else {
            continue;
        };
        let known = || facts.role_names.keys().copied();
        let hint = match report.suggest(name, known()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if is_designation(name) => {
                format!("write `designation: {name}`: `role` names a profile of `roles`")
            }
            None if facts.role_names.is_empty() => {
                "declare it under `roles`, or give a `designation`".to_owned()
            }
            None => format!("declare it under `roles`, or use {}", one_of(known())),
        };
        let diagnostic = report
            .at(
                Code::UnknownRole,
                user.spot.at("role"),
                format!("there is no role `{name}`"),
            )
            .hint(hint);
        report.push(diagnostic);
    }
    for (name, role) in &facts.roles {
        if facts.has_users && !facts.used_roles.contains(name) {
            let diagnostic = report
                .at_key(
                    Code::UnusedRole,
                    role.spot.whole(),
                    format!("no user has the role `{name}`"),
                )
                .hint("remove it, or give it to a user");
            report.push(diagnostic);
        }
    }
}

fn is_designation(name: &str) -> bool {
    use crate::provider::batchdialer::manifest::DESIGNATIONS;
    DESIGNATIONS.iter().any(|known| known.as_str() == name)
}

/// Every group that is named is declared, when any is.
pub(super) fn references(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for user in facts.users.iter().filter(|user| user.present) {
        if let Some(name) = &user.it.group {
            group(name, user.spot.at("group"), facts, report);
        }
    }
    for (_, role) in &facts.roles {
        if let Some(name) = &role.it.group {
            group(name, role.spot.at("group"), facts, report);
        }
    }
}

fn group(name: &NameText, place: Place<'_>, facts: &Facts<'_>, report: &mut Reporter<'_>) {
    let name = name.as_str();
    match facts.group_keys.get(name) {
        Some(true) => {}
        Some(false) => absent("group", name, place, report),
        None if facts.has_groups => {
            let meant = report.suggest(name, facts.group_keys.keys().copied());
            unknown(Code::UnknownGroup, "group", name, place, meant, report);
        }
        // Without a list of groups, groups are not managed, and any may be there.
        None => {}
    }
}
