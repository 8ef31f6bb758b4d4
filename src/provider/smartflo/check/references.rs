//! Rules on names that lead to something else: profiles, departments, users, agent groups and roles.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Place, Reporter, Spot, absent, unknown};
use crate::manifest::suggest::one_of;
use crate::manifest::vocabulary::NameText;
use crate::provider::smartflo::facts::{Facts, Role, login_key, name_key};
use crate::provider::smartflo::manifest::{CdrUsers, VendorId};

/// Every profile that is named is declared, and every declared one is used.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let names = || facts.role_names.keys().copied();
    for user in &facts.users {
        let (Role::Unknown, Some(name)) = (user.role, &user.it.role) else {
            continue;
        };
        let meant = report.suggest(name, names());
        let hint = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known_ids(facts, Ids::Role).contains_key(name.as_str()) => {
                "this is a role in the panel: write it as `web_login: { role: … }`".to_owned()
            }
            None if facts.role_names.is_empty() => {
                "declare it under `roles`; a role in the panel is `web_login.role`".to_owned()
            }
            None => format!("declare it under `roles`, or use {}", one_of(names())),
        };
        let diagnostic = report
            .at(
                Code::UnknownRole,
                user.spot.at("role"),
                format!("there is no profile `{name}`"),
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
                    format!("no user has the profile `{name}`"),
                )
                .hint("remove it, or give it to a user");
            report.push(diagnostic);
        }
    }
}

/// What users and profiles name, and where.
struct Naming<'f> {
    spot: Spot<'f>,
    departments: &'f Option<Vec<String>>,
    agent_groups: &'f Option<Vec<NameText>>,
    login_role: Option<&'f NameText>,
    cdr_users: Option<&'f CdrUsers>,
}

fn namings<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = Naming<'f>> {
    let users = facts.users.iter().filter(|user| user.present).map(|user| {
        let login = user.it.web_login.as_ref();
        Naming {
            spot: user.spot,
            departments: &user.it.departments,
            agent_groups: &user.it.agent_groups,
            login_role: login.and_then(|login| login.role.as_ref()),
            cdr_users: login.and_then(|login| login.cdr_users.as_ref()),
        }
    });
    let roles = facts.roles.iter().map(|(_, role)| {
        let login = role.it.web_login.as_ref();
        Naming {
            spot: role.spot,
            departments: &role.it.departments,
            agent_groups: &role.it.agent_groups,
            login_role: login.and_then(|login| login.role.as_ref()),
            cdr_users: login.and_then(|login| login.cdr_users.as_ref()),
        }
    });
    users.chain(roles)
}

/// Every department that is named is declared, when any is.
pub(super) fn departments(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for naming in namings(facts) {
        for (index, name) in naming.departments.iter().flatten().enumerate() {
            let place = naming.spot.at("departments").nth(index);
            match facts.department_keys.get(&name_key(name)) {
                Some(true) => {}
                Some(false) => absent("department", name, place, report),
                None if facts.has_departments => {
                    let meant =
                        report.suggest(name, facts.department_keys.keys().map(String::as_str));
                    let code = Code::UnknownDepartment;
                    unknown(code, "department", name, place, meant, report);
                }
                // Without a list of departments, they are not managed, and any may be there.
                None => {}
            }
        }
    }
}

/// Every user whose calls are seen in somebody's reports is declared, stays, and has an agent: the API takes agents.
pub(super) fn reports(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let without_agent: BTreeSet<&str> = facts
        .users
        .iter()
        .filter(|user| user.has.agent == Some(false))
        .map(|user| user.key.as_str())
        .collect();
    for naming in namings(facts) {
        let users = naming.cdr_users.map(CdrUsers::some).unwrap_or_default();
        for (index, name) in users.iter().enumerate() {
            let place = naming.spot.at("web_login/cdr_users").nth(index);
            let key = login_key(name);
            match facts.user_keys.get(&key) {
                Some(true) if without_agent.contains(key.as_str()) => {
                    let diagnostic = report
                        .at(
                            Code::SettingWithoutAgent,
                            place,
                            format!("the user `{name}` has no agent, and so no calls to report"),
                        )
                        .hint("remove it here, or write `agent: true` there");
                    report.push(diagnostic);
                }
                Some(true) => {}
                Some(false) => absent("user", name, place, report),
                None if facts.has_users => {
                    let meant = report.suggest(name, facts.user_keys.keys().map(String::as_str));
                    unknown(Code::UnknownUser, "user", name, place, meant, report);
                }
                None => {}
            }
        }
    }
}

/// A map of the account from names to ids.
#[derive(Clone, Copy)]
enum Ids {
    Role,
    AgentGroup,
}

fn known_ids<'f>(facts: &'f Facts<'_>, ids: Ids) -> BTreeMap<&'f str, &'f VendorId> {
    facts
        .accounts
        .iter()
        .filter_map(|account| match ids {
            Ids::Role => account.it.role_ids.as_ref(),
            Ids::AgentGroup => account.it.agent_group_ids.as_ref(),
        })
        .flatten()
        .map(|(name, id)| (name.as_str(), id))
        .collect()
}

/// Every agent group that is named has an id: it can be had from nowhere else.
pub(super) fn agent_groups(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let known = known_ids(facts, Ids::AgentGroup);
    for naming in namings(facts) {
        for (index, name) in naming.agent_groups.iter().flatten().enumerate() {
            if known.contains_key(name.as_str()) {
                continue;
            }
            let place = naming.spot.at("agent_groups").nth(index);
            let meant = report.suggest(name.as_str(), known.keys().copied());
            let hint = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "add it to `account.agent_group_ids`, such as `{}: \"301\"`: the API lists no agent groups",
                    name.as_str()
                ),
            };
            let diagnostic = report
                .at(
                    Code::AgentGroupWithoutId,
                    place,
                    format!("the agent group `{}` has no id", name.as_str()),
                )
                .hint(hint);
            report.push(diagnostic);
        }
    }
}

/// Every role in the panel has an id, or may be learned from the users who have it; each is told of once.
pub(super) fn login_roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let known = known_ids(facts, Ids::Role);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for naming in namings(facts) {
        let Some(name) = naming.login_role.map(NameText::as_str) else {
            continue;
        };
        if known.contains_key(name) || !told.insert(name) {
            continue;
        }
        role_without_id(name, naming.spot.at("web_login/role"), &known, report);
    }
}

fn role_without_id(
    name: &str,
    place: Place<'_>,
    known: &BTreeMap<&str, &VendorId>,
    report: &mut Reporter<'_>,
) {
    let meant = report.suggest(name, known.keys().copied());
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!(
            "add it to `account.role_ids`, such as `{name}: 54742`, unless a user has it already: the id stands in the panel's address while the role is edited"
        ),
    };
    let diagnostic = report
        .at(
            Code::RoleWithoutId,
            place,
            format!("the role `{name}` has no id, and the API lists no roles"),
        )
        .hint(hint);
    report.push(diagnostic);
}
