//! Rules on names that lead to something else: roles, groups, numbers and users.

use super::Subject;
use crate::diagnostic::{Code, Severity};
use crate::manifest::check::{Place, Reporter, Spot, absent, unknown};
use crate::manifest::suggest::{one_of, shortened};
use crate::manifest::vocabulary::{PhoneText, is_present};
use crate::model::Email;
use crate::provider::cloudtalk::facts::{Facts, Role};
use crate::provider::cloudtalk::manifest::{BUILT_IN_ROLES, Route, RouteTarget, Settings};

/// Every role is built in or declared, and every declared one is used.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let names = || {
        let built_in = BUILT_IN_ROLES.into_iter().map(|role| role.as_str());
        built_in.chain(facts.role_names.keys().copied())
    };
    for user in &facts.users {
        let (Role::Unknown, Some(name)) = (user.role, &user.it.role) else {
            continue;
        };
        let meant = report.suggest(name, names());
        let hint = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare it under `roles`, or use {}", one_of(names())),
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

/// The lists of names that users and profiles have, and where.
fn holders<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = (Spot<'f>, Lists<'f>)> {
    let users = facts.users.iter().filter(|user| user.present).map(|user| {
        let it = user.it;
        let lists = Lists {
            groups: &it.groups,
            default_number: &it.default_number,
            assigned_numbers: &it.assigned_numbers,
            settings: &it.settings,
        };
        (user.spot, lists)
    });
    let roles = facts.roles.iter().map(|(_, role)| {
        let it = role.it;
        let lists = Lists {
            groups: &it.groups,
            default_number: &it.default_number,
            assigned_numbers: &it.assigned_numbers,
            settings: &it.settings,
        };
        (role.spot, lists)
    });
    users.chain(roles)
}

struct Lists<'f> {
    groups: &'f Option<Vec<String>>,
    default_number: &'f Option<PhoneText>,
    assigned_numbers: &'f Option<Vec<PhoneText>>,
    settings: &'f Option<Settings>,
}

fn group(name: &str, place: Place<'_>, facts: &Facts<'_>, report: &mut Reporter<'_>) {
    match facts.group_keys.get(name) {
        Some(true) => {}
        Some(false) => absent("group", name, place, report),
        None if facts.has_groups => {
            let meant = report.suggest(name, facts.group_keys.keys().copied());
            if meant.is_some() {
                unknown(Code::UnknownGroup, "group", name, place, meant, report);
            } else {
                // A name that is like no declared one is no slip: the group may be in the account already.
                let diagnostic = report
                    .at(
                        Code::UnknownGroup,
                        place,
                        format!("the group `{}` is not declared", shortened(name)),
                    )
                    .severity(Severity::Warning)
                    .hint("declare it under `groups`; when the account lacks it, it has to be made by hand");
                report.push(diagnostic);
            }
        }
        // Without a list of groups, groups are not managed, and any may be there.
        None => {}
    }
}

fn number(text: &PhoneText, place: Place<'_>, facts: &Facts<'_>, report: &mut Reporter<'_>) {
    let text = text.as_str();
    match facts.number_keys.get(text) {
        Some(true) => {}
        Some(false) => absent("number", text, place, report),
        // What is no number is told by another rule.
        None if facts.has_numbers && crate::model::PhoneNumber::parse(text).is_some() => {
            let meant = report.suggest(text, facts.number_keys.keys().map(String::as_str));
            unknown(Code::UnknownNumber, "number", text, place, meant, report);
        }
        None => {}
    }
}

fn user(text: &str, place: Place<'_>, facts: &Facts<'_>, report: &mut Reporter<'_>) {
    let Some(email) = Email::parse(text) else {
        return;
    };
    match facts.user_keys.get(email.as_str()) {
        Some(true) => {}
        Some(false) => absent("user", email.as_str(), place, report),
        None if facts.has_users => {
            let meant = report.suggest(email.as_str(), facts.user_keys.keys().map(String::as_str));
            unknown(
                Code::UnknownUser,
                "user",
                email.as_str(),
                place,
                meant,
                report,
            );
        }
        None => {}
    }
}

/// Every group that is named is declared, when any is.
pub(super) fn groups(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for (spot, lists) in holders(facts) {
        for (index, name) in lists.groups.iter().flatten().enumerate() {
            group(name, spot.at("groups").nth(index), facts, report);
        }
        let visible = lists
            .settings
            .as_ref()
            .and_then(|it| it.visible_groups.as_ref());
        for (index, name) in visible.into_iter().flatten().enumerate() {
            group(
                name,
                spot.at("settings/visible_groups").nth(index),
                facts,
                report,
            );
        }
    }
}

/// Every number that is named is declared, when any is.
pub(super) fn numbers(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for (spot, lists) in holders(facts) {
        if let Some(text) = lists.default_number {
            number(text, spot.at("default_number"), facts, report);
        }
        for (index, text) in lists.assigned_numbers.iter().flatten().enumerate() {
            number(text, spot.at("assigned_numbers").nth(index), facts, report);
        }
        let visible = lists
            .settings
            .as_ref()
            .and_then(|it| it.visible_numbers.as_ref());
        for (index, text) in visible.into_iter().flatten().enumerate() {
            number(
                text,
                spot.at("settings/visible_numbers").nth(index),
                facts,
                report,
            );
        }
    }
}

/// Every user that is named is declared, when any is.
pub(super) fn users(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for (spot, lists) in holders(facts) {
        let visible = lists
            .settings
            .as_ref()
            .and_then(|it| it.visible_users.as_ref());
        for (index, text) in visible.into_iter().flatten().enumerate() {
            user(
                text.as_str(),
                spot.at("settings/visible_users").nth(index),
                facts,
                report,
            );
        }
    }
}

/// Every number leads to something that is declared, and stays.
pub(super) fn routes(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for entry in facts
        .numbers
        .iter()
        .filter(|entry| is_present(entry.it.state))
    {
        match &entry.it.route {
            Some(Route::To(RouteTarget::Group(name))) => {
                group(name, entry.spot.at("route/group"), facts, report);
            }
            Some(Route::To(RouteTarget::User(text))) => {
                let place = entry.spot.at("route/user");
                if Email::parse(text.as_str()).is_none() {
                    crate::manifest::check::email(text.as_str(), place, report);
                }
                user(text.as_str(), place, facts, report);
            }
            None
            | Some(Route::None(_) | Route::To(RouteTarget::Conference(_) | RouteTarget::Fax(_))) => {
            }
        }
    }
}
