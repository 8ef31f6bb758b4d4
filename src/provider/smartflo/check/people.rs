//! Rules on people who come and go.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Reporter, period, tombstone};

/// Who gets a login has all that the service wants of a new user (API reference: create-user, 2026-11-21).
///
/// A user who is there already may be declared in part; one whose e-mail address or password is declared looks new.
pub(super) fn complete(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in subject.facts.users.iter().filter(|user| user.present) {
        let Some(login) = &user.it.web_login else {
            continue;
        };
        let key = if login.email.is_some() {
            "web_login/email"
        } else if login.password.is_some() {
            "web_login/password"
        } else {
            continue;
        };
        let new_agent = user.has.agent != Some(false) && user.it.existing_agent.is_none();
        let missing: Vec<&str> = [
            ("name", user.it.name.is_none()),
            ("phone", user.it.phone.is_none()),
            ("web_login.email", login.email.is_none()),
            ("web_login.role", user.has.login_role.is_none()),
            (
                "caller_ids",
                new_agent && user.has.caller_ids.is_none_or(<[_]>::is_empty),
            ),
        ]
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(key, _)| key)
        .collect();
        if missing.is_empty() {
            continue;
        }
        let wanted = missing
            .iter()
            .map(|key| format!("`{key}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let diagnostic = report
            .at_key(
                Code::IncompleteUser,
                user.spot.at(key),
                format!("the user `{}` gets a login, and lacks {wanted}", user.key),
            )
            .hint("add what is missing: the service creates no user without it");
        report.push(diagnostic);
    }
}

/// Whoever goes has a reason, and is not protected.
pub(super) fn tombstones(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        tombstone("user", user.spot, user.it.standing(), report);
    }
    for department in &subject.facts.departments {
        let standing = department.it.standing();
        tombstone("department", department.spot, standing, report);
    }
}

/// Nobody leaves before coming.
pub(super) fn dates(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        if let (Some(starts), Some(ends)) = (user.starts, user.ends) {
            let (first, last) = (user.spot.at("starts_on"), user.spot.at("ends_on"));
            period((starts, first), (ends, last), report);
        }
    }
}
