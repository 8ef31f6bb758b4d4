//! Rules on permissions.

use super::Subject;
use super::roles::{Once, designated};
use crate::diagnostic::{Code, Severity};
use crate::manifest::check::{Place, Reporter};
use crate::provider::batchdialer::facts::Given;
use crate::provider::batchdialer::permissions::{EDIT_CONTACT, IMPLIED, Standing, names, standing};

/// Every permission is one that the dashboard is known to have.
pub(super) fn known(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let users = subject.facts.users.iter().filter(|user| user.present);
    let own = users.map(|user| (user.spot, user.it.permissions.as_ref()));
    let roles = subject.facts.roles.iter();
    let profiles = roles.map(|(_, role)| (role.spot, role.it.permissions.as_ref()));
    for (spot, permissions) in own.chain(profiles) {
        let Some(permissions) = permissions else {
            continue;
        };
        let lists = [
            ("permissions/grant", &permissions.grant),
            ("permissions/revoke", &permissions.revoke),
        ];
        for (below, list) in lists {
            for (index, name) in list.iter().flatten().enumerate() {
                if names().any(|known| known == name) {
                    continue;
                }
                let meant = names()
                    .find(|known| known.eq_ignore_ascii_case(name.trim()))
                    .or_else(|| report.suggest(name, names()));
                let message = format!("the dashboard is not known to have the permission `{name}`");
                let place = spot.at(below).nth(index);
                let diagnostic = report.at(Code::UnknownPermission, place, message);
                let diagnostic = match meant {
                    Some(meant) => diagnostic.hint(format!("did you mean `{meant}`?")),
                    // It may be newer than what is known here.
                    None => diagnostic.severity(Severity::Warning).hint(
                        "write it as the permission grid of the form shows it; what it allows is not checked",
                    ),
                };
                report.push(diagnostic);
            }
        }
    }
}

/// What is granted can be had, and what is revoked is had by default.
pub(super) fn possible(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let mut once = Once::default();
    for (user, designation) in designated(subject) {
        let role = designation.it.as_str();
        let mut tell =
            |code, place: Place<'_>, message: String, hint: String, report: &mut Reporter<'_>| {
                let diagnostic = report.at(code, place, message).hint(hint);
                let diagnostic =
                    report.related(diagnostic, designation.place, &format!("{role} by this"));
                once.push(diagnostic, place, report);
            };
        for (place, name) in items(user.effective.grant) {
            match standing(designation.it, name) {
                Some(Standing::Impossible) => tell(
                    Code::PermissionNotForRole,
                    place,
                    format!("the role `{role}` can never have the permission `{name}`"),
                    "remove it, or choose another designation".to_owned(),
                    report,
                ),
                Some(Standing::Default) => tell(
                    Code::PermissionWithoutEffect,
                    place,
                    format!("the role `{role}` has the permission `{name}` by default"),
                    "remove it: only what differs from the default is listed".to_owned(),
                    report,
                ),
                Some(Standing::Possible) | None => {}
            }
        }
        for (place, name) in items(user.effective.revoke) {
            match standing(designation.it, name) {
                Some(Standing::Impossible | Standing::Possible) => tell(
                    Code::PermissionWithoutEffect,
                    place,
                    format!("the role `{role}` does not have the permission `{name}` by default"),
                    "remove it: only default permissions can be revoked".to_owned(),
                    report,
                ),
                Some(Standing::Default) | None => {}
            }
        }
    }
}

/// No permission is given and taken away at once.
pub(super) fn consistent(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let mut once = Once::default();
    for user in subject.facts.users.iter().filter(|user| user.present) {
        let effective = &user.effective;
        for (place, name) in items(effective.revoke) {
            let same = items(effective.grant).find(|(_, granted)| *granted == name);
            let implied = items(effective.grant).find(|(_, granted)| (*granted, name) == IMPLIED);
            let (granted, message) = match (same, implied) {
                (Some((granted, _)), _) => (
                    granted,
                    format!("the permission `{name}` is both granted and revoked"),
                ),
                (None, Some((granted, other))) => (
                    granted,
                    format!("`{other}` turns `{name}` on, which is revoked"),
                ),
                (None, None) => continue,
            };
            let diagnostic = report
                .at(Code::PermissionConflict, place, message)
                .hint("keep the one that is meant");
            let diagnostic = report.related(diagnostic, granted, "granted here");
            once.push(diagnostic, place, report);
        }
        let Some(access) = effective.contact_edit_access else {
            continue;
        };
        // The older form has this permission as a checkbox of its own.
        let other = match access.it {
            true => items(effective.revoke).find(|(_, name)| *name == EDIT_CONTACT),
            false => items(effective.grant).find(|(_, name)| *name == EDIT_CONTACT),
        };
        if let Some((place, _)) = other {
            let diagnostic = report
                .at(
                    Code::PermissionConflict,
                    place,
                    format!(
                        "`contact_edit_access: {}` is the same permission, and says the opposite",
                        access.it
                    ),
                )
                .hint("keep the one that is meant");
            let diagnostic = report.related(diagnostic, access.place, "the other one");
            once.push(diagnostic, place, report);
        }
    }
}

/// The names of a list with their places.
fn items<'a>(list: Option<Given<'a, &'a [String]>>) -> impl Iterator<Item = (Place<'a>, &'a str)> {
    list.into_iter().flat_map(|list| {
        let places = (0..list.it.len()).map(move |index| list.place.nth(index));
        places.zip(list.it.iter().map(String::as_str))
    })
}
