//! From documents without mistakes to the engine's input.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::convert::{login_key, name_key};
use super::facts::{Extension, Facts, Has, UserFacts};
use super::manifest::{Account, Department, User, VendorId};
use crate::manifest::check::Spot;
use crate::manifest::dialect::{ConnectionSettings, Lowered};
use crate::manifest::digest::digest;
use crate::manifest::lower::{self, Lowering, Reach, credential, email, phone, set};
use crate::manifest::tree::Tree;
use crate::manifest::vocabulary::NameText;
use crate::model::{
    ALL, Desired, FieldName, Fields, Key, Kind, Policy, Rate, ResourceId, SecretRef, State, Value,
};

const USER: Kind = Kind::from_static("user");
const DEPARTMENT: Kind = Kind::from_static("department");

/// Requests in a second, where nothing is said: the account's budget is the calls per second of its trunks, all
/// integrations share it, and the vendor's example has 3 (reference: rate limiting, 2026-11-21).
pub(super) const RATE: Rate = Rate {
    requests: 1,
    per_seconds: 1,
    reserve_percent: 0,
};

/// The credentials, with the environment variables that hold them by default.
pub(super) const CREDENTIALS: [(&str, &str); 3] = [
    ("token", "SMARTFLO_TOKEN"),
    ("login_id", "SMARTFLO_LOGIN_ID"),
    ("password", "SMARTFLO_PASSWORD"),
];

/// Makes the engine's input; `None` only when no document has an account.
pub(super) fn lower(facts: &Facts<'_>, trees: &Arc<[Tree]>) -> Option<Lowered> {
    let account = facts.accounts.first()?;
    let mut lowering = Lowering::new(trees);
    if facts.has_departments {
        lowering.manage(DEPARTMENT);
    }
    for department in &facts.departments {
        lower_department(&mut lowering, department.it, department.spot);
    }
    if facts.has_users {
        lowering.manage(USER);
    }
    for (field, key) in [
        ("password", "web_login/password"),
        ("extension_number", "extension"),
    ] {
        let field = FieldName::from_static(field);
        lowering.origins.rename(USER, field, key);
    }
    for user in &facts.users {
        lower_user(&mut lowering, user);
    }
    let connection = connection(account.it);
    let mut desired = Desired {
        account: account.it.name.clone(),
        provider: super::PROVIDER.to_owned(),
        time_zone: account
            .it
            .time_zone
            .clone()
            .unwrap_or_else(|| "UTC".to_owned()),
        resources: lowering.resources,
        policy: policy(facts),
        pools: BTreeMap::new(),
        seats: None,
        seat_price: None,
        digest: String::new(),
    };
    desired.digest = digest(&desired, &connection);
    Some(Lowered {
        desired,
        origins: lowering.origins,
        connection,
    })
}

fn connection(account: &Account) -> ConnectionSettings {
    let reach = Reach {
        api_url: &account.api_url,
        ledger: &account.ledger,
        passwords: &account.passwords,
        ca_file: &account.ca_file,
    };
    let ids = |ids: &Option<BTreeMap<String, VendorId>>| -> Json {
        ids.iter()
            .flatten()
            .map(|(name, id)| (name_key(name), Json::String(id.digits())))
            .collect::<Map<_, _>>()
            .into()
    };
    let brand = account.dialect.unwrap_or_default();
    let extras = Map::from_iter([
        ("dialect".to_owned(), Json::from(brand.as_str())),
        ("role_ids".to_owned(), ids(&account.role_ids)),
        ("agent_group_ids".to_owned(), ids(&account.agent_group_ids)),
    ]);
    reach.settings(credentials(account), extras)
}

/// What is named, with defaults for the rest of it; all defaults when nothing is named.
///
/// A token from the environment never takes the place of a login that the manifest names.
fn credentials(account: &Account) -> BTreeMap<String, SecretRef> {
    let given = account.credentials.clone().unwrap_or_default();
    let login = given.login_id.is_some() || given.password.is_some();
    let sources = [
        (given.token.as_ref(), !login),
        (given.login_id.as_ref(), given.token.is_none()),
        (given.password.as_ref(), given.token.is_none()),
    ];
    CREDENTIALS
        .into_iter()
        .zip(sources)
        .filter(|(_, (_, wanted))| *wanted)
        .map(|((name, variable), (source, _))| (name.to_owned(), credential(source, variable)))
        .collect()
}

fn policy(facts: &Facts<'_>) -> Policy {
    let given = facts
        .policies
        .first()
        .map(|policy| policy.it.clone())
        .unwrap_or_default();
    let rate = given.rate.unwrap_or_default();
    let rate = Rate {
        requests: rate.requests_per_second.unwrap_or(RATE.requests),
        per_seconds: RATE.per_seconds,
        reserve_percent: rate.reserve_percent.unwrap_or(RATE.reserve_percent),
    };
    let kinds = [(USER, given.users), (DEPARTMENT, given.departments)];
    lower::policy(kinds, given.guards, given.leavers, rate)
}

fn lower_department(lowering: &mut Lowering, department: &Department, spot: Spot<'_>) {
    let Department {
        name,
        previously,
        protected: _,
        state: _,
        reason: _,
    } = department;
    let id = ResourceId::new(DEPARTMENT, name_key(name.as_str()));
    let former = previously
        .as_ref()
        .map(|former| Key::from(name_key(former.as_str())));
    let standing = department.standing();
    let mut resource = standing.resource(id.clone(), name.as_str(), former);
    if resource.state == State::Present {
        set(&mut resource.fields, "name", Some(name_key(name.as_str())));
    }
    lowering.origins.declare(id, spot.pointer(), None);
    lowering.insert(resource);
}

fn lower_user(lowering: &mut Lowering, user: &UserFacts<'_>) {
    let it = user.it;
    let id = ResourceId::new(USER, user.key.as_str());
    let title = it.name.as_ref().map_or(user.key.as_str(), NameText::as_str);
    let former = it
        .previously
        .as_ref()
        .map(|former| Key::from(login_key(former.as_str())));
    let mut resource = it.standing().resource(id.clone(), title, former);
    resource.starts_on = user.starts;
    resource.ends_on = user.ends;
    if user.present {
        resource.fields = user_fields(it, &user.key, &user.has);
        let named = it.web_login.as_ref().and_then(|it| it.password.as_ref());
        resource
            .secrets
            .insert(FieldName::from_static("password"), lower::password(named));
    }
    let inherited = user.role.profile().map(|profile| profile.spot.pointer());
    lowering.origins.declare(id, user.spot.pointer(), inherited);
    lowering.insert(resource);
}

/// What belongs to an agent, and is set on one that is created.
const OF_A_NEW_AGENT: &[&str] = &[
    "agent",
    "agent_groups",
    "departments",
    "caller_ids",
    "extension",
    "extension_number",
    "time_group",
    "call_forward_number",
];

fn user_fields(user: &User, key: &str, has: &Has<'_>) -> Fields {
    // Taken apart exhaustively, so that a new key cannot be forgotten.
    let User {
        login_id: _,
        name,
        phone: number,
        role: _,
        agent: _,
        existing_agent,
        agent_groups: _,
        departments: _,
        caller_ids: _,
        extension: _,
        web_login: _,
        login_based_calling: _,
        time_group: _,
        call_forward_number,
        previously: _,
        protected: _,
        state: _,
        reason: _,
        starts_on: _,
        ends_on: _,
    } = user;
    let Has {
        agent,
        agent_groups,
        departments,
        caller_ids,
        extension,
        login_based_calling,
        time_group,
        web_login,
        enabled,
        designation,
        email: address,
        login_role,
        blocked,
        cdr_users,
        allowed_ips,
    } = has;
    let mut fields = Fields::new();
    let all = &mut fields;
    let number = number.as_ref().map(|number| phone(number.as_str()));
    set(all, "login_id", Some(key));
    set(all, "name", name.as_ref().map(NameText::as_str));
    set(all, "agent", *agent);
    set(all, "existing_agent", existing_agent.as_deref());
    let names = |names: &Option<std::collections::BTreeSet<&str>>| {
        names
            .as_ref()
            .map(|names| Value::set(names.iter().map(|name| name_key(name))))
    };
    set(all, "agent_groups", names(agent_groups));
    set(all, "departments", names(departments));
    let numbers = caller_ids.map(|numbers| {
        let numbers = numbers.iter().map(|number| phone(number.as_str()));
        Value::List(numbers.map(Value::Text).collect())
    });
    set(all, "caller_ids", numbers);
    match extension {
        Extension::Unmanaged => {}
        Extension::Given(given) => set(all, "extension", Some(*given)),
        Extension::Chosen(choice) => {
            set(
                all,
                "extension_number",
                choice.chosen().map(|it| it.into_owned()),
            );
        }
    }
    set(all, "login_based_calling", *login_based_calling);
    set(all, "time_group", time_group.map(name_key));
    // The service forwards calls to the phone by itself; only another number is anybody's doing.
    let forward = call_forward_number
        .as_ref()
        .map(|number| phone(number.as_str()))
        .filter(|forward| number.as_ref() != Some(forward));
    set(all, "call_forward_number", forward);
    if existing_agent.is_some() {
        // Somebody else's agent is taken over as it is: what is said of a new one waits until the two are linked.
        for name in OF_A_NEW_AGENT {
            all.remove(*name);
        }
    }
    set(all, "phone", number);
    set(all, "web_login", web_login.then_some(true));
    set(all, "web_login.enabled", *enabled);
    set(all, "web_login.designation", *designation);
    set(
        all,
        "web_login.email",
        address.map(|address| email(address.as_str())),
    );
    set(all, "web_login.role", login_role.map(name_key));
    set(all, "web_login.blocked", *blocked);
    let reports = cdr_users.map(|users| {
        if users.is_all() {
            Value::set([ALL])
        } else {
            Value::set(users.some().iter().map(|user| login_key(user)))
        }
    });
    set(all, "web_login.cdr_users", reports);
    let addresses = allowed_ips.map(|addresses| {
        if addresses.is_all() {
            Value::text(ALL)
        } else {
            Value::set(addresses.some().iter().map(String::as_str))
        }
    });
    set(all, "web_login.allowed_ips", addresses);
    fields
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
