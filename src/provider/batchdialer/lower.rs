//! From documents without mistakes to the engine's input.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::connect::{API_KEY, KEY_IS_NAMED};
use super::facts::{Effective, Facts, UserFacts};
use super::manifest::{Account, AgentStatus, Designation, Group, User};
use crate::manifest::check::Spot;
use crate::manifest::dialect::{ConnectionSettings, Lowered};
use crate::manifest::digest::digest;
use crate::manifest::lower::{Lowering, Reach, credential, email, policy, set};
use crate::manifest::tree::Tree;
use crate::manifest::vocabulary::{NameText, is_present};
use crate::model::{
    DeclaredResource, Desired, Email, FieldName, Fields, Key, Kind, Policy, Rate, ResourceId, Value,
};

const ACCOUNT: Kind = Kind::from_static("account");
const STATUS: Kind = Kind::from_static("agent_status");
const GROUP: Kind = Kind::from_static("group");
const USER: Kind = Kind::from_static("user");

/// Requests in a minute: the vendor documents no limit, and public clients pause between pages (2026-11-21).
const REQUESTS_PER_MINUTE: u32 = 60;
/// The share of them that is left to others, in percent.
const RESERVE_PERCENT: u8 = 10;

/// Makes the engine's input; `None` only when no document has an account.
pub(super) fn lower(facts: &Facts<'_>, trees: &Arc<[Tree]>) -> Option<Lowered> {
    let account = facts.accounts.first()?;
    let mut lowering = Lowering::new(trees);
    account_resource(&mut lowering, facts);
    for (managed, kind) in [
        (facts.has_statuses, STATUS),
        (facts.has_groups, GROUP),
        (facts.has_users, USER),
    ] {
        if managed {
            lowering.manage(kind);
        }
    }
    for it in &facts.statuses {
        status(&mut lowering, it.it, it.spot);
    }
    for it in &facts.groups {
        group(&mut lowering, it.it, it.spot);
    }
    for it in &facts.users {
        user(&mut lowering, it);
    }
    let seats = facts.seats.first().map(|seats| seats.it);
    let price = seats.and_then(|seats| seats.price_per_month.as_ref());
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
        policy: policy_of(facts),
        pools: BTreeMap::new(),
        seats: seats.and_then(|seats| seats.purchased),
        seat_price: price.and_then(|price| Some((price.hundredths()?, price.currency.clone()))),
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
    let (name, variable) = API_KEY;
    let given = account.credentials.as_ref();
    let key = given.and_then(|given| given.api_key.as_ref());
    let reach = Reach {
        api_url: &account.api_url,
        ledger: &account.ledger,
        passwords: &None,
        ca_file: &account.ca_file,
    };
    let credentials = BTreeMap::from([(name.to_owned(), credential(key, variable))]);
    let extras = Map::from_iter([(KEY_IS_NAMED.to_owned(), Json::Bool(key.is_some()))]);
    reach.settings(credentials, extras)
}

fn policy_of(facts: &Facts<'_>) -> Policy {
    let given = facts
        .policies
        .first()
        .map(|policy| policy.it.clone())
        .unwrap_or_default();
    let rate = given.rate.unwrap_or_default();
    let kinds = [
        (USER, given.users),
        (GROUP, given.groups),
        (STATUS, given.agent_statuses),
    ];
    let rate = Rate {
        requests: rate.requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
        per_seconds: 60,
        reserve_percent: rate.reserve_percent.unwrap_or(RESERVE_PERCENT),
    };
    policy(kinds, given.guards, given.leavers, rate)
}

/// The account holds what is bought; it is a resource only when something of it is declared.
fn account_resource(lowering: &mut Lowering, facts: &Facts<'_>) {
    let Some(account) = facts.accounts.first() else {
        return;
    };
    let id = ResourceId::new(ACCOUNT, account.it.name.as_str());
    let mut resource = DeclaredResource::present(id.clone(), account.it.name.as_str());
    lowering
        .origins
        .declare(id.clone(), account.spot.pointer(), None);
    if let Some(seats) = facts.seats.first()
        && let Some(purchased) = seats.it.purchased
    {
        let purchased = i64::from(purchased);
        set(&mut resource.fields, "purchased_seats", Some(purchased));
        let field = FieldName::from_static("purchased_seats");
        let place = seats.spot.at("purchased").pointer();
        lowering.origins.declare_field(id, field, place);
    }
    let plan = account.it.plan.map(|plan| plan.as_str());
    set(&mut resource.fields, "plan", plan);
    if !resource.fields.is_empty() {
        lowering.insert(resource);
    }
}

fn former(name: Option<&NameText>) -> Option<Key> {
    name.map(|name| Key::from(name.as_str()))
}

fn status(lowering: &mut Lowering, it: &AgentStatus, spot: Spot<'_>) {
    let AgentStatus {
        name,
        color,
        enabled,
        previously,
        protected: _,
        state,
        reason: _,
    } = it;
    let id = ResourceId::new(STATUS, name.as_str());
    let former = former(previously.as_ref());
    let mut resource = it.standing().resource(id.clone(), name.as_str(), former);
    if is_present(*state) {
        let color = color.as_ref().map(|color| color.to_ascii_lowercase());
        set(&mut resource.fields, "name", Some(name.as_str()));
        set(&mut resource.fields, "color", color);
        set(&mut resource.fields, "enabled", *enabled);
    }
    lowering.origins.declare(id, spot.pointer(), None);
    lowering.insert(resource);
}

fn group(lowering: &mut Lowering, it: &Group, spot: Spot<'_>) {
    let Group {
        name,
        previously,
        protected: _,
        state,
        reason: _,
    } = it;
    let id = ResourceId::new(GROUP, name.as_str());
    let former = former(previously.as_ref());
    let mut resource = it.standing().resource(id.clone(), name.as_str(), former);
    if is_present(*state) {
        set(&mut resource.fields, "name", Some(name.as_str()));
    }
    lowering.origins.declare(id, spot.pointer(), None);
    lowering.insert(resource);
}

fn full_name(it: &User) -> Option<String> {
    let names: Vec<&str> = [&it.first_name, &it.last_name]
        .into_iter()
        .flatten()
        .map(NameText::as_str)
        .collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn user(lowering: &mut Lowering, user: &UserFacts<'_>) {
    let Some(address) = &user.email else { return };
    let it = user.it;
    let id = ResourceId::new(USER, address.as_str());
    let title = full_name(it).unwrap_or_else(|| address.as_str().to_owned());
    let former = it.previously.as_ref();
    let former = former.map(|former| email(former.as_str()).into());
    let mut resource = it.standing().resource(id.clone(), &title, former);
    resource.starts_on = user.starts;
    resource.ends_on = user.ends;
    if user.present {
        resource.fields = user_fields(address, user);
    }
    let inherited = user.profile.map(|profile| profile.spot.pointer());
    lowering.origins.declare(id, user.spot.pointer(), inherited);
    lowering.insert(resource);
}

fn user_fields(address: &Email, user: &UserFacts<'_>) -> Fields {
    // Taken apart exhaustively, so that a new key cannot be forgotten.
    let User {
        email: _,
        first_name,
        last_name,
        role: _,
        designation: _,
        phone,
        server_location: _,
        contact_edit_access: _,
        group: _,
        calling: _,
        permissions: _,
        campaigns: _,
        previously: _,
        protected: _,
        state: _,
        reason: _,
        starts_on: _,
        ends_on: _,
    } = user.it;
    let Effective {
        designation,
        server_location,
        contact_edit_access,
        group,
        calling,
        grant,
        revoke,
        campaigns,
    } = &user.effective;
    let mut fields = Fields::new();
    let all = &mut fields;
    set(all, "email", Some(address.as_str()));
    set(all, "first_name", first_name.as_ref().map(NameText::as_str));
    set(all, "last_name", last_name.as_ref().map(NameText::as_str));
    set(
        all,
        "designation",
        designation.map(|given| given.it.as_str()),
    );
    set(all, "phone", phone.as_ref().map(|phone| phone.as_str()));
    let location = server_location.map(|given| given.it.as_str());
    set(all, "server_location", location);
    let access = contact_edit_access.map(|given| given.it);
    set(all, "contact_edit_access", access);
    set(all, "group", group.map(|given| given.it.as_str()));
    // A switch of administrators; an agent always calls, and has none.
    let administrator = designation.is_some_and(|given| given.it == Designation::Administrator);
    let calling = calling.filter(|_| administrator);
    set(all, "calling", calling.map(|given| given.it));
    let names = |list: &[String]| Value::set(list.iter().map(String::as_str));
    let (grant, revoke) = (grant.map(|it| names(it.it)), revoke.map(|it| names(it.it)));
    set(all, "permissions.grant", grant);
    set(all, "permissions.revoke", revoke);
    let of = |names: &BTreeSet<&str>| Value::set(names.iter().copied());
    set(all, "campaigns", campaigns.as_ref().map(of));
    fields
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
