//! `v1/users` and `v1/user`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::distort;
use super::super::message::{Answer, Received};
use super::account::{Account, Agent, Cdr, User, digest};
use super::respond::{self, Fields, Invalid};

/// The fewest characters of a login id (documented).
const SHORTEST_LOGIN: usize = 6;

/// `GET v1/users`: a cursor, and `count` for the rows of this page alone.
pub(super) fn list(account: &Account, request: &Received, noise: &mut Noise) -> Answer {
    let number = |name: &str| {
        request
            .query(name)
            .and_then(|text| text.trim().parse::<u64>().ok())
    };
    let quirks = &account.quirks;
    let limit = number("limit")
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .unwrap_or(quirks.default_limit.max(1))
        .min(quirks.largest_limit.max(1));
    let after = number("last_seen_id").unwrap_or(0);
    let filter = |name: &str| {
        request
            .query(name)
            .map(|text| matches!(text.as_str(), "1" | "true"))
    };
    let extension = filter("is_extension_created");
    let login_based = filter("is_login_based_calling");
    let international = filter("is_international_calling");
    let web_login = filter("is_web_login");
    let status = filter("user_status");
    let has = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    let mut left = account
        .users
        .range(after.saturating_add(1)..)
        .filter(|(_, user)| {
            let extended = user
                .agent
                .as_ref()
                .is_some_and(|agent| agent.extension.is_some());
            has(extension, extended)
                && has(login_based, user.login_based_calling)
                && has(international, user.international_outbound)
                && has(web_login, !user.web_login_blocked)
                && has(status, user.status)
        });
    let rows: Vec<Value> = left
        .by_ref()
        .take(limit)
        .map(|(_, user)| row(account, user, noise))
        .collect();
    let has_more = left.next().is_some();
    let last = rows.last().map(|row| row["id"].clone());
    let mut body = json!({
        "has_more": has_more,
        "count": rows.len(),
        "last_seen_id": last,
        "data": rows,
    });
    if quirks.extra_keys {
        distort::add_extra_keys(&mut body);
    }
    Answer::json(StatusCode::OK, &body)
}

fn row(account: &Account, user: &User, noise: &mut Noise) -> Value {
    let agent = user.agent.as_ref().map(|agent| {
        json!({
            "id": agent.id, "name": user.name, "follow_me_number": agent.number,
            "status": noise.status(agent, account.quirks.runtime_noise),
        })
    });
    json!({
        "id": user.id,
        "name": user.name,
        "agent": agent,
        "login_id": user.login_id,
        "is_login_based_calling_enabled": user.login_based_calling,
        "is_international_outbound_enabled": user.international_outbound,
        "user_role": { "id": user.role, "name": account.roles.get(&user.role) },
        "extension": user.agent.as_ref().and_then(|agent| agent.extension.as_deref()),
        "intercom": user.agent.as_ref().map(|agent| agent.intercom),
        "user_status": u8::from(user.status),
    })
}

/// What agents do at the moment: it comes and goes, the same way every time.
#[derive(Debug, Default)]
pub(super) struct Noise(u64);

impl Noise {
    /// Enabled agents are busy (3) or offline (4) now and then.
    fn status(&mut self, agent: &Agent, on: bool) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        match (agent.status, (self.0 >> 33) % 5) {
            (0, 0) if on => 3,
            (0, 1) if on => 4,
            (status, _) => status,
        }
    }
}

/// `GET v1/user/{id}`: the id is text here, flags have other names, and what was only written is not there.
pub(super) fn one(account: &Account, id: Option<u64>, noise: &mut Noise) -> Answer {
    let Some(user) = id.and_then(|id| account.users.get(&id)) else {
        return respond::not_found("User");
    };
    let agent = user.agent.as_ref().map(|agent| {
        let time_group = agent
            .time_group
            .and_then(|id| Some(json!({ "id": id, "name": account.time_groups.get(&id)? })));
        let extension = agent
            .extension
            .as_ref()
            .map(|name| json!({ "username": name, "outbound_block": false }));
        json!({
            "id": agent.id,
            "intercom": agent.intercom,
            "number": agent.number,
            "agent_status": noise.status(agent, account.quirks.runtime_noise),
            "extension": extension,
            "sticky_Agent": null,
            "time_group": time_group,
            "failover_destination": null,
            "is_international_outbound_enabled": user.international_outbound,
        })
    });
    let value = (!user.cdr.value.is_empty()).then_some(&user.cdr.value);
    let data = json!({
        "id": user.id.to_string(),
        "name": user.name,
        "number": user.number,
        "team_member": {
            "designation": user.designation,
            "email": user.email,
            "login_id": user.login_id,
            "status": u8::from(user.status),
            "role": { "name": account.roles.get(&user.role), "id": user.role },
            "is_login_based_calling": user.login_based_calling,
            "is_web_login_block": user.web_login_blocked,
            "users_for_cdr": { "type": user.cdr.scope, "value": value },
        },
        "agent": agent,
    });
    Answer::json(StatusCode::OK, &json!({ "data": data }))
}

/// `POST v1/user`.
pub(super) fn create(account: &mut Account, request: &Received) -> Answer {
    let fields = Fields::of(request.fields());
    let mut invalid = Invalid::default();
    for key in [
        "name",
        "number",
        "email",
        "login_id",
        "password",
        "user_role",
        "create_agent",
        "status",
        "caller_id",
    ] {
        if fields.value(key).is_none() {
            invalid.field(key, &format!("The {key} field is required."));
        }
    }
    let mut user = User {
        status: fields.flag("status").unwrap_or(true),
        ..User::default()
    };
    apply(account, &fields, &mut user, None, false, &mut invalid);
    let departments = fields.texts("department").unwrap_or_default();
    let departments: Vec<Option<u64>> = departments
        .iter()
        .map(|id| {
            id.trim()
                .parse()
                .ok()
                .filter(|id| account.departments.contains_key(id))
        })
        .collect();
    if departments.contains(&None) {
        invalid.field("department", "The selected department is invalid.");
    }
    let time_group = fields.number("time_group");
    if fields.has("time_group")
        && !time_group.is_some_and(|id| account.time_groups.contains_key(&id))
    {
        invalid.field("time_group", "The selected time group is invalid.");
    }
    if let Some(refusal) = invalid.answer(&account.quirks) {
        return refusal;
    }
    user.route_call_through = fields
        .number("route_call_through")
        .and_then(|way| u8::try_from(way).ok())
        .unwrap_or(0);
    if fields.flag("create_web_login") == Some(false) {
        user.web_login_blocked = true;
    }
    if fields.flag("create_agent") == Some(true) {
        let extension = fields.flag(account.dialect.extension_key()) == Some(true);
        let mut agent = account.new_agent(&user.number, extension);
        agent.time_group = time_group;
        user.agent = Some(agent);
    }
    let agent = user.agent.clone();
    let id = account.insert_user(user);
    if let Some(agent) = &agent {
        for department in departments.into_iter().flatten() {
            account.add_member(department, &agent.id);
        }
    }
    match account.quirks.create_answer {
        super::CreateAnswer::Ids => respond::made(
            &account.quirks,
            "User created successfully.",
            &json!({
                "id": id,
                "agent_id": agent.as_ref().map(|agent| agent.id.as_str()),
                "agent_extension": agent.as_ref().and_then(|agent| agent.extension.as_deref()),
            }),
        ),
        super::CreateAnswer::NoData => respond::done(&account.quirks, "User created successfully."),
        super::CreateAnswer::Empty => super::empty(),
    }
}

/// `PATCH v1/user/{id}`. Keys that cannot be patched are ignored without a word.
pub(super) fn patch(account: &mut Account, request: &Received, id: Option<u64>) -> Answer {
    let Some(mut user) = id.and_then(|id| account.users.get(&id).cloned()) else {
        return respond::not_found("User");
    };
    let fields = Fields::of(request.fields());
    let mut invalid = Invalid::default();
    let appends = account.quirks.patch_appends;
    apply(account, &fields, &mut user, id, appends, &mut invalid);
    if let Some(refusal) = invalid.answer(&account.quirks) {
        return refusal;
    }
    if fields.has("designation") {
        user.designation = fields.text("designation");
    }
    if let Some(on) = fields.flag("international_outbound") {
        user.international_outbound = on;
    }
    if let Some(agent) = &mut user.agent {
        let disables = account.dialect.disables_agents();
        let flag = |key: &str| fields.flag(key);
        match (
            flag("block_agent"),
            flag("disable_agent").filter(|_| disables),
        ) {
            (Some(true), _) => agent.status = 1,
            (_, Some(true)) => agent.status = 2,
            (Some(false), _) if agent.status == 1 => agent.status = 0,
            (_, Some(false)) if agent.status == 2 => agent.status = 0,
            _ => {}
        }
        if fields.has("number") {
            agent.number = user.number.clone();
        }
    }
    account.users.insert(user.id, user);
    respond::done(&account.quirks, "User updated successfully.")
}

/// `DELETE v1/user/{id}`.
pub(super) fn delete(account: &mut Account, id: Option<u64>) -> Answer {
    if id.is_some_and(|id| account.delete_user(id)) {
        respond::done(&account.quirks, "User deleted successfully.")
    } else {
        respond::not_found("User")
    }
}

/// Takes over what create and patch share, as far as it was sent.
fn apply(
    account: &Account,
    fields: &Fields,
    user: &mut User,
    id: Option<u64>,
    appends: bool,
    invalid: &mut Invalid,
) {
    if let Some(name) = fields.text("name") {
        user.name = name;
    }
    if let Some(number) = fields.text("number") {
        match e164(&number) {
            Some(number) => user.number = number,
            None => invalid.field("number", "The number format is invalid."),
        }
    }
    let others = || account.users.values().filter(|other| Some(other.id) != id);
    if let Some(email) = fields.text("email") {
        if !email.contains('@') {
            invalid.field("email", "The email must be a valid email address.");
        }
        if others().any(|other| other.email.eq_ignore_ascii_case(&email)) {
            invalid.field("email", "The email has already been taken.");
        }
        user.email = email;
    }
    if let Some(login_id) = fields.text("login_id") {
        if login_id.chars().count() < SHORTEST_LOGIN {
            invalid.field("login_id", "The login id must be at least 6 characters.");
        }
        if others().any(|other| other.login_id.eq_ignore_ascii_case(&login_id)) {
            invalid.field("login_id", "The login id has already been taken.");
        }
        user.login_id = login_id;
    }
    if let Some(password) = fields.text("password") {
        if !is_strong(&password) {
            let why = "The password must have 8 characters, with upper case, lower case and special ones.";
            invalid.field("password", why);
        }
        user.password_sha256 = digest(&password);
    }
    if fields.has("user_role") {
        match fields
            .number("user_role")
            .filter(|id| account.roles.contains_key(id))
        {
            Some(role) => user.role = role,
            None => invalid.field("user_role", "The selected user role is invalid."),
        }
    }
    if let Some(on) = fields.flag("block_web_login") {
        user.web_login_blocked = on;
    }
    if let Some(on) = fields.flag("login_based_calling") {
        user.login_based_calling = on;
    }
    let mut ids = |key: &str, known: &dyn Fn(u64) -> bool, before: &[u64]| -> Option<Vec<u64>> {
        if !fields.has(key) {
            return None;
        }
        let sent = fields.texts(key).unwrap_or_default();
        let sent: Option<Vec<u64>> = sent
            .iter()
            .map(|id| id.trim().parse().ok().filter(|id| known(*id)))
            .collect();
        let Some(sent) = sent else {
            invalid.field(key, &format!("The selected {key} is invalid."));
            return None;
        };
        let mut all: Vec<u64> = if appends { before.to_vec() } else { Vec::new() };
        all.extend(sent);
        Some(all)
    };
    let numbers = |id| account.numbers.contains_key(&id);
    if let Some(list) = ids("caller_id", &numbers, &user.caller_ids) {
        user.caller_ids = list;
    }
    let groups = |id| account.agent_groups.contains_key(&id);
    if let Some(list) = ids("agent_group", &groups, &user.agent_groups) {
        user.agent_groups = list;
    }
    if let Some(cdr) = fields.value("user_for_cdr") {
        match read_cdr(account, cdr) {
            Some(cdr) => user.cdr = cdr,
            None => invalid.field("user_for_cdr", "The selected user for cdr is invalid."),
        }
    }
}

fn read_cdr(account: &Account, sent: &Value) -> Option<Cdr> {
    let scope = sent["type"].as_str()?.to_owned();
    let value: Vec<String> = match &sent["value"] {
        Value::Null => Vec::new(),
        Value::Array(list) => list
            .iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let good = match scope.as_str() {
        "all" | "none" => value.is_empty(),
        "agent" => !value.is_empty() && value.iter().all(|id| account.has_agent(id)),
        "user" => value.iter().all(|id| {
            id.parse()
                .is_ok_and(|id: u64| account.users.contains_key(&id))
        }),
        _ => false,
    };
    good.then_some(Cdr { scope, value })
}

/// An Indian mobile number without its prefix, or any number with one.
fn e164(number: &str) -> Option<String> {
    let digits = number.trim().trim_start_matches('+');
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.len() {
        10 if plain && !number.trim().starts_with('+') => Some(format!("+91{digits}")),
        10..=15 if plain => Some(format!("+{digits}")),
        _ => None,
    }
}

fn is_strong(password: &str) -> bool {
    let has = |is: fn(&char) -> bool| password.chars().any(|c| is(&c));
    password.chars().count() >= 8
        && has(|c| c.is_ascii_uppercase())
        && has(|c| c.is_ascii_lowercase())
        && has(|c| c.is_ascii_punctuation())
}
