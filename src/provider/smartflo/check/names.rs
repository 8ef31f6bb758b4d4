//! Rules on names and values that are used twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Subject;
use crate::diagnostic::{Code, Severity};
use crate::manifest::check::{Reporter, Words, previously, twice, unique};
use crate::model::{Email, PhoneNumber};
use crate::provider::smartflo::facts::UserFacts;

const USERS: Words = Words {
    one: "user",
    field: "login_id",
    duplicate: Code::DuplicateLoginId,
};
const DEPARTMENTS: Words = Words {
    one: "department",
    field: "name",
    duplicate: Code::DuplicateDepartment,
};

/// Every user is declared once.
pub(super) fn users(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_users();
    unique(&named, USERS, report);
    previously(&named, USERS, report);
}

/// Every department is declared once.
pub(super) fn departments(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let named = subject.facts.named_departments();
    unique(&named, DEPARTMENTS, report);
    previously(&named, DEPARTMENTS, report);
}

/// Every profile is declared once.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let roles = &subject.facts.roles;
    let roles = roles.iter().map(|(name, role)| (*name, role.spot));
    twice(roles, Code::DuplicateRole, "role", report);
}

/// A value that no two present users should share.
struct Single {
    below: &'static str,
    code: Code,
    severity: Severity,
    /// What both have, before the value.
    have: &'static str,
    hint: &'static str,
}

fn single(
    subject: &Subject<'_>,
    report: &mut Reporter<'_>,
    of: &Single,
    value: for<'a> fn(&UserFacts<'a>) -> Option<Cow<'a, str>>,
) {
    let mut seen: BTreeMap<Cow<'_, str>, &UserFacts<'_>> = BTreeMap::new();
    for user in subject.facts.users.iter().filter(|user| user.present) {
        let Some(value) = value(user) else { continue };
        let Some(first) = seen.get(&value) else {
            seen.insert(value, user);
            continue;
        };
        // A user who is declared twice was told of already.
        if first.key == user.key {
            continue;
        }
        let diagnostic = report
            .at(
                of.code,
                user.spot.at(of.below),
                format!("two users have the {} `{value}`", of.have),
            )
            .severity(of.severity)
            .hint(of.hint);
        let place = first.spot.at(of.below);
        let diagnostic = report.related(diagnostic, place, "first given here");
        report.push(diagnostic);
    }
}

/// No two users have the same phone.
pub(super) fn phones(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let phone = Single {
        below: "phone",
        code: Code::DuplicatePhone,
        severity: Severity::Warning,
        have: "phone",
        hint: "calls to both ring there; give one of them another, unless that is meant",
    };
    single(subject, report, &phone, |user| {
        let number = PhoneNumber::parse(user.it.phone.as_ref()?.as_str())?;
        Some(Cow::Owned(number.as_str().to_owned()))
    });
}

/// No two users have the same e-mail address.
///
/// Whether the service would refuse the second is not documented.
pub(super) fn emails(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let address = Single {
        below: "web_login/email",
        code: Code::DuplicateEmail,
        severity: Severity::Warning,
        have: "e-mail address",
        hint: "give one of them another: letters to both go to one mailbox",
    };
    single(subject, report, &address, |user| {
        let address = Email::parse(user.has.email?.as_str())?;
        Some(Cow::Owned(address.as_str().to_owned()))
    });
}

/// No two users take over the same agent.
pub(super) fn agents(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let agent = Single {
        below: "existing_agent",
        code: Code::DuplicateAgent,
        severity: Severity::Error,
        have: "agent",
        hint: "an agent belongs to one user: correct one of the two ids",
    };
    single(subject, report, &agent, |user| {
        user.it.existing_agent.as_deref().map(Cow::Borrowed)
    });
}

/// No two users choose the same extension.
pub(super) fn extensions(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let extension = Single {
        below: "extension",
        code: Code::DuplicateExtension,
        severity: Severity::Error,
        have: "extension",
        hint: "choose another for one of them, or write `true` and let the service pick it",
    };
    single(subject, report, &extension, |user| {
        user.it.extension.as_ref()?.chosen()
    });
}
