//! From documents without mistakes to the engine's input.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::manifest::check::Spot;
use crate::manifest::dialect::{ConnectionSettings, Lowered};
use crate::manifest::digest::digest;
use crate::manifest::lower::{self, Lowering, Reach, credential, email, phone, set, set_of};
use crate::manifest::tree::Tree;
use crate::model::{
    DeclaredResource, Desired, Email, FieldName, Fields, Key, Kind, Policy, Pool, Rate, ResourceId,
    State, Value,
};

use super::facts::{Facts, UserFacts, fixed_extension};
use super::manifest::{
    Account, ExtensionChoice, Group, NumberEntry, RoleProfile, Route, RouteTarget, Settings, User,
};

const USER: Kind = Kind::from_static("user");
const GROUP: Kind = Kind::from_static("group");
const NUMBER: Kind = Kind::from_static("number");
const ACCOUNT: Kind = Kind::from_static("account");

/// The company's requests in a minute, where nothing else was agreed (CloudTalk OpenAPI 1.7, 2026-11-21).
const REQUESTS_PER_MINUTE: u32 = 60;
/// The share of them that is left to others, in percent.
const RESERVE_PERCENT: u8 = 10;

/// The parts of an API key, with the environment variables that hold them by default.
const CREDENTIALS: [(&str, &str); 2] = [
    ("access_key_id", "CLOUDTALK_ACCESS_KEY_ID"),
    ("access_key_secret", "CLOUDTALK_ACCESS_KEY_SECRET"),
];

/// Makes the engine's input; `None` only when no document has an account.
pub(super) fn lower(facts: &Facts<'_>, trees: &Arc<[Tree]>) -> Option<Lowered> {
    let account = facts.accounts.first()?;
    let mut lowering = Lowering::new(trees);
    lower_account(&mut lowering, facts);
    if facts.has_groups {
        lowering.manage(GROUP);
    }
    for group in &facts.groups {
        lower_group(&mut lowering, group.it, group.spot);
    }
    if facts.has_numbers {
        lowering.manage(NUMBER);
    }
    for number in &facts.numbers {
        lower_number(&mut lowering, number.it, number.spot);
    }
    if facts.has_users {
        lowering.manage(USER);
    }
    for user in &facts.users {
        lower_user(&mut lowering, user);
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
        policy: policy(facts),
        pools: pools(facts),
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
    let given = account.credentials.clone().unwrap_or_default();
    let [id, secret] = CREDENTIALS;
    let credentials = BTreeMap::from([
        (
            id.0.to_owned(),
            credential(given.access_key_id.as_ref(), id.1),
        ),
        (
            secret.0.to_owned(),
            credential(given.access_key_secret.as_ref(), secret.1),
        ),
    ]);
    let reach = Reach {
        api_url: &account.api_url,
        ledger: &account.ledger,
        passwords: &account.passwords,
        ca_file: &account.ca_file,
    };
    reach.settings(credentials, serde_json::Map::new())
}

fn policy(facts: &Facts<'_>) -> Policy {
    let given = facts
        .policies
        .first()
        .map(|policy| policy.it.clone())
        .unwrap_or_default();
    let rate = given.rate.unwrap_or_default();
    let kinds = [
        (USER, given.users),
        (GROUP, given.groups),
        (NUMBER, given.numbers),
    ];
    let rate = Rate {
        requests: rate.requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
        per_seconds: 60,
        reserve_percent: rate.reserve_percent.unwrap_or(RESERVE_PERCENT),
    };
    lower::policy(kinds, given.guards, given.leavers, rate)
}

fn pools(facts: &Facts<'_>) -> BTreeMap<String, Pool> {
    facts
        .pools
        .iter()
        .map(|(name, pool)| {
            let ranges = pool.ranges.iter().flatten().cloned().collect();
            ((*name).to_owned(), Pool { ranges })
        })
        .collect()
}

/// The account holds what is bought; it is a resource only when something of it is declared.
fn lower_account(lowering: &mut Lowering, facts: &Facts<'_>) {
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
        set(
            &mut resource.fields,
            "purchased_seats",
            Some(i64::from(purchased)),
        );
        let field = FieldName::from_static("purchased_seats");
        lowering
            .origins
            .declare_field(id, field, seats.spot.at("purchased").pointer());
    }
    set(
        &mut resource.fields,
        "plan",
        account.it.plan.map(|plan| plan.as_str()),
    );
    if !resource.fields.is_empty() {
        lowering.insert(resource);
    }
}

fn lower_group(lowering: &mut Lowering, group: &Group, spot: Spot<'_>) {
    let Group {
        name,
        previously,
        protected: _,
        state: _,
        reason: _,
    } = group;
    let id = ResourceId::new(GROUP, name.as_str());
    let former = previously.as_ref().map(|name| Key::from(name.as_str()));
    let standing = group.standing();
    let mut resource = standing.resource(id.clone(), name.as_str(), former);
    if resource.state == State::Present {
        set(&mut resource.fields, "name", Some(name.as_str()));
    }
    lowering.origins.declare(id, spot.pointer(), None);
    lowering.insert(resource);
}

fn lower_number(lowering: &mut Lowering, entry: &NumberEntry, spot: Spot<'_>) {
    let NumberEntry {
        number,
        name,
        route,
        previously,
        protected: _,
        state: _,
        reason: _,
    } = entry;
    let number = phone(number.as_str());
    let id = ResourceId::new(NUMBER, number.as_str());
    let title = name.as_ref().map_or(number.as_str(), |name| name.as_str());
    let former = previously
        .as_ref()
        .map(|former| phone(former.as_str()).into());
    let mut resource = entry.standing().resource(id.clone(), title, former);
    if resource.state == State::Present {
        let fields = &mut resource.fields;
        set(fields, "number", Some(number.as_str()));
        set(fields, "name", name.as_ref().map(|name| name.as_str()));
        if let Some(route) = route {
            let (kind, target) = match route {
                Route::None(_) => ("none", None),
                Route::To(RouteTarget::Group(name)) => ("group", Some(name.clone())),
                Route::To(RouteTarget::User(text)) => ("user", Some(email(text.as_str()))),
                Route::To(RouteTarget::Conference(id)) => ("conference", Some(id.clone())),
                Route::To(RouteTarget::Fax(id)) => ("fax", Some(id.clone())),
            };
            set(fields, "route_type", Some(kind));
            if let Some(target) = target {
                let map = BTreeMap::from([(kind.to_owned(), Value::Text(target))]);
                set(fields, "route", Some(Value::Map(map)));
            }
        }
    }
    let route_type = FieldName::from_static("route_type");
    lowering.origins.rename(NUMBER, route_type, "route");
    lowering.origins.declare(id, spot.pointer(), None);
    lowering.insert(resource);
}

fn lower_user(lowering: &mut Lowering, user: &UserFacts<'_>) {
    let Some(address) = &user.email else { return };
    let it = user.it;
    let id = ResourceId::new(USER, address.as_str());
    let name = |name: &Option<_>| {
        let name: Option<&crate::manifest::vocabulary::NameText> = name.as_ref();
        name.map(|name| name.as_str().to_owned())
    };
    let names: Vec<String> = [name(&it.first_name), name(&it.last_name)]
        .into_iter()
        .flatten()
        .collect();
    let title = if names.is_empty() {
        address.as_str().to_owned()
    } else {
        names.join(" ")
    };
    let former = it
        .previously
        .as_ref()
        .map(|former| email(former.as_str()).into());
    let mut resource = it.standing().resource(id.clone(), &title, former);
    resource.replace = it.replace.unwrap_or(false);
    resource.starts_on = user.starts;
    resource.ends_on = user.ends;
    let profile = user.role.profile();
    if user.present {
        resource.fields = user_fields(address, user, profile.map(|profile| profile.it));
        let password = lower::password(it.password.as_ref());
        resource
            .secrets
            .insert(FieldName::from_static("password"), password);
    }
    let inherited = profile.map(|profile| profile.spot.pointer());
    lowering.origins.declare(id, user.spot.pointer(), inherited);
    lowering.insert(resource);
}

/// What a user says of itself, over what its profile says.
fn user_fields(address: &Email, user: &UserFacts<'_>, profile: Option<&RoleProfile>) -> Fields {
    // Taken apart exhaustively, so that a new key cannot be forgotten.
    let User {
        email: _,
        first_name,
        last_name,
        role: _,
        extension,
        groups,
        outbound_calls,
        daily_price_limit,
        default_number,
        language,
        external_phone,
        skills,
        assigned_numbers,
        settings,
        password: _,
        previously: _,
        protected: _,
        state: _,
        reason: _,
        replace: _,
        starts_on: _,
        ends_on: _,
    } = user.it;
    let mut fields = Fields::new();
    let all = &mut fields;
    set(all, "email", Some(address.as_str()));
    set(
        all,
        "first_name",
        first_name.as_ref().map(|name| name.as_str()),
    );
    set(
        all,
        "last_name",
        last_name.as_ref().map(|name| name.as_str()),
    );
    set(all, "role", user.role.granted().map(|role| role.as_str()));
    let extension = extension.as_ref().and_then(|choice| match choice {
        ExtensionChoice::Pool(choice) => Some(Value::Map(BTreeMap::from([(
            "pool".to_owned(),
            Value::text(choice.pool.as_str()),
        )]))),
        fixed => fixed_extension(fixed).map(|extension| Value::Text(extension.to_string())),
    });
    set(all, "extension", extension);
    set(
        all,
        "external_phone",
        external_phone.as_ref().map(|number| phone(number.as_str())),
    );

    let inherited_groups = profile.and_then(|profile| profile.groups.as_ref());
    if groups.is_some() || inherited_groups.is_some() {
        let joined: BTreeSet<&str> = groups
            .iter()
            .chain(inherited_groups)
            .flatten()
            .map(String::as_str)
            .collect();
        set(all, "groups", Some(Value::set(joined)));
    }
    let of_profile = |own: Option<bool>, inherited: Option<bool>| own.or(inherited);
    set(
        all,
        "outbound_calls",
        of_profile(
            *outbound_calls,
            profile.and_then(|profile| profile.outbound_calls),
        ),
    );
    let limit = daily_price_limit.or(profile.and_then(|profile| profile.daily_price_limit));
    set(all, "daily_price_limit", limit);
    let number = default_number
        .as_ref()
        .or(profile.and_then(|it| it.default_number.as_ref()));
    set(
        all,
        "default_number",
        number.map(|number| phone(number.as_str())),
    );
    let language = language
        .as_ref()
        .or(profile.and_then(|it| it.language.as_ref()));
    set(all, "language", language.map(String::as_str));
    let skills = skills
        .as_ref()
        .or(profile.and_then(|it| it.skills.as_ref()));
    set(
        all,
        "skills",
        skills.map(|it| Value::set(it.iter().map(|skill| skill.as_str()))),
    );
    let assigned = assigned_numbers
        .as_ref()
        .or(profile.and_then(|it| it.assigned_numbers.as_ref()));
    set(
        all,
        "assigned_numbers",
        assigned.map(|it| Value::set(it.iter().map(|it| phone(it.as_str())))),
    );
    // The user's own come last, and win.
    let inherited_settings = profile.and_then(|it| it.settings.as_ref());
    for settings in inherited_settings.into_iter().chain(settings) {
        set_settings(all, settings);
    }
    fields
}

fn set_settings(fields: &mut Fields, settings: &Settings) {
    let Settings {
        call_monitor_access,
        realtime_analytics_access,
        global_call_visibility,
        message_visibility,
        max_concurrent_calls,
        pause_recording,
        incoming_call_notifications,
        mandatory_call_tagging,
        auto_answer_dialed_calls,
        auto_answer_inbound_calls,
        can_change_own_groups,
        visible_users,
        visible_groups,
        visible_numbers,
        visible_external_numbers,
        download_recordings,
        download_reports,
    } = settings;
    set(fields, "settings.call_monitor_access", *call_monitor_access);
    set(
        fields,
        "settings.realtime_analytics_access",
        *realtime_analytics_access,
    );
    set(
        fields,
        "settings.global_call_visibility",
        *global_call_visibility,
    );
    set(
        fields,
        "settings.message_visibility",
        message_visibility.as_deref(),
    );
    set(
        fields,
        "settings.max_concurrent_calls",
        *max_concurrent_calls,
    );
    set(fields, "settings.pause_recording", *pause_recording);
    set(
        fields,
        "settings.incoming_call_notifications",
        *incoming_call_notifications,
    );
    set(
        fields,
        "settings.mandatory_call_tagging",
        *mandatory_call_tagging,
    );
    set(
        fields,
        "settings.auto_answer_dialed_calls",
        *auto_answer_dialed_calls,
    );
    set(
        fields,
        "settings.auto_answer_inbound_calls",
        *auto_answer_inbound_calls,
    );
    set(
        fields,
        "settings.can_change_own_groups",
        *can_change_own_groups,
    );
    let emails = |list: &Vec<crate::manifest::vocabulary::EmailText>| {
        Value::set(list.iter().map(|text| email(text.as_str())))
    };
    let phones = |list: &Vec<crate::manifest::vocabulary::PhoneText>| {
        Value::set(list.iter().map(|text| phone(text.as_str())))
    };
    set(
        fields,
        "settings.visible_users",
        visible_users.as_ref().map(emails),
    );
    set(
        fields,
        "settings.visible_groups",
        set_of(visible_groups.as_ref()),
    );
    set(
        fields,
        "settings.visible_numbers",
        visible_numbers.as_ref().map(phones),
    );
    set(
        fields,
        "settings.visible_external_numbers",
        visible_external_numbers.as_ref().map(phones),
    );
    set(fields, "settings.download_recordings", *download_recordings);
    set(fields, "settings.download_reports", *download_reports);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
