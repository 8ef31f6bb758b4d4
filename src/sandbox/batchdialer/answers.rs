//! Which path there is, and what it answers.

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::account::{Account, Call};
use super::dashboard::{Dashboard, Refused, UserForm};
use super::error;
use crate::sandbox::message::{Answer, Received};

/// The most rows that a page has.
const PAGE: usize = 100;

/// The fields that a search can be sorted by.
const SORT_FIELDS: [&str; 3] = ["campaigns.id", "campaigns.name", "campaigns.dateadded"];

/// The method of a path; `None` when there is no such path.
pub(super) fn method(account: &Account, path: &str) -> Option<Method> {
    Some(match path.strip_prefix("/api/")? {
        "campaigns" | "campaigns/stats" | "cdrs" | "v2/cdrs" | "v2/cdrs/last" => Method::GET,
        "campaigns/search" | "contact" => Method::POST,
        "agents" if account.quirks.agents_route => Method::POST,
        _ => return None,
    })
}

/// An error without a word.
pub(super) fn bare_500() -> Answer {
    Answer {
        body: Vec::new(),
        ..error(StatusCode::INTERNAL_SERVER_ERROR, "")
    }
}

pub(super) fn answer(account: &mut Account, request: &Received, key: &str) -> Answer {
    match request.path() {
        "/api/campaigns" => Answer::json(StatusCode::OK, &campaigns(&account.dashboard)),
        "/api/campaigns/stats" => {
            let active = account.dashboard.campaigns.len();
            let stats =
                json!({ "active": active, "complete": 0, "deleted": 0, "draft": 0, "paused": 0 });
            Answer::json(StatusCode::OK, &stats)
        }
        "/api/campaigns/search" => search(account, request),
        "/api/cdrs" => first_version(account, request),
        "/api/v2/cdrs" => second_version(account, request),
        "/api/v2/cdrs/last" => {
            let taken = account.watermarks.entry(key.to_owned()).or_default();
            let from = (*taken).min(account.calls.len());
            let to = (from + PAGE).min(account.calls.len());
            *taken = to;
            let items: Vec<Value> = numbered(account)
                .skip(from)
                .take(to - from)
                .map(row)
                .collect();
            Answer::json(StatusCode::OK, &json!({ "items": items }))
        }
        "/api/contact" if request.fields().is_empty() => bare_500(),
        "/api/contact" => error(
            StatusCode::BAD_REQUEST,
            "listid, campaignid or campaignids field is required",
        ),
        _ => {
            let names = account.dashboard.users.values().map(UserForm::name);
            Answer::json(StatusCode::OK, &names.collect::<Vec<_>>())
        }
    }
}

fn campaigns(dashboard: &Dashboard) -> Value {
    let rows = dashboard.campaigns.keys().enumerate().map(|(index, name)| {
        json!({
            "id": index + 1, "parentid": null, "name": name, "mode": "predictive", "recyclecount": 0, "level": 1,
            "externalid": null, "number_of_contacts": 0, "date_added": "2026-10-01 09:00:00", "status": "active",
        })
    });
    rows.collect()
}

fn search(account: &Account, request: &Received) -> Answer {
    let fields = request.fields();
    let sort = fields.get("sortfield").and_then(Value::as_str);
    if !sort.is_some_and(|field| SORT_FIELDS.contains(&field)) {
        return error(StatusCode::BAD_REQUEST, "Bad sort field");
    }
    let number = |name: &str, default: usize| -> usize {
        let given = fields.get(name).and_then(Value::as_u64);
        given
            .and_then(|it| usize::try_from(it).ok())
            .unwrap_or(default)
    };
    let length = number("pagelength", PAGE).clamp(1, PAGE);
    let skipped = (number("page", 1).max(1) - 1).saturating_mul(length);
    let dashboard = &account.dashboard;
    let rows = dashboard.campaigns.iter().enumerate().map(|(index, (name, logins))| {
        let names: Vec<String> = logins
            .iter()
            .filter_map(|login| dashboard.users.get(login))
            .map(UserForm::name)
            .collect();
        let list = if account.quirks.agentslist_as_text {
            Value::String(names.join(", "))
        } else {
            json!(names)
        };
        json!({
            "id": index + 1, "name": name, "status": "active", "dateadded": "2026-10-01 09:00:00",
            "agents": names.len(), "agentslist": list, "worktime": null, "answermode": "auto",
        })
    });
    let page: Vec<Value> = rows.skip(skipped).take(length).collect();
    Answer::json(StatusCode::OK, &page)
}

/// The calls with their ids.
fn numbered(account: &Account) -> impl Iterator<Item = (usize, &Call)> {
    account
        .calls
        .iter()
        .enumerate()
        .map(|(index, call)| (index + 1, call))
}

/// A call record of the second version.
fn row((id, call): (usize, &Call)) -> Value {
    let agent = call.agent.as_ref().map(|(firstname, lastname)| {
        json!({ "id": 7000 + id, "firstname": firstname, "lastname": lastname })
    });
    json!({ "id": id, "callStartTime": call.at, "agent": agent })
}

/// Whether a call was on the day that is asked for, in the account's time zone.
fn on_day(account: &Account, call: &Call, day: Option<&str>) -> bool {
    let Some(day) = day else { return true };
    let zone = TimeZone::get(&account.time_zone).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_second(call.at);
    at.is_ok_and(|at| at.to_zoned(zone).date().to_string() == day)
}

fn first_version(account: &Account, request: &Received) -> Answer {
    let number = |name: &str| {
        request
            .query(name)
            .and_then(|text| text.parse::<usize>().ok())
    };
    let length = number("pagelength").unwrap_or(PAGE).clamp(1, PAGE);
    let page = number("page").unwrap_or(1).max(1);
    let day = request.query("date");
    let found: Vec<Value> = numbered(account)
        .filter(|(_, call)| on_day(account, call, day.as_deref()))
        .map(|(id, call)| {
            let name = call
                .agent
                .as_ref()
                .map(|(first, last)| format!("{first} {last}"));
            json!({ "id": id, "callStartTime": call.at, "agent": name })
        })
        .collect();
    let pages = found.len().div_ceil(length);
    let skipped = (page - 1).saturating_mul(length);
    let items: Vec<Value> = found.into_iter().skip(skipped).take(length).collect();
    let body = json!({ "items": items, "page": page, "totalPages": pages });
    Answer::json(StatusCode::OK, &body)
}

fn second_version(account: &Account, request: &Received) -> Answer {
    let cursor = request
        .query("next_page")
        .and_then(|text| text.parse::<usize>().ok());
    let from = cursor.unwrap_or(0);
    let day = request.query("date");
    let items: Vec<Value> = numbered(account)
        .skip(from)
        .filter(|(_, call)| on_day(account, call, day.as_deref()))
        .take(PAGE)
        .map(row)
        .collect();
    let next = from + items.len().max(1);
    let more = account.quirks.endless_cursor || next < account.calls.len();
    let body = json!({ "items": items, "nextPage": more.then(|| next.to_string()) });
    Answer::json(StatusCode::OK, &body)
}

/// What a person does in the dashboard; `None` when there is no such thing.
pub(super) fn by_hand(
    dashboard: &mut Dashboard,
    method: &Method,
    path: &str,
    body: &Map<String, Value>,
) -> Option<Answer> {
    let (what, name) = path.split_once('/').unwrap_or((path, ""));
    let form = || -> Result<UserForm, Refused> {
        serde_json::from_value(Value::Object(body.clone())).map_err(|error| error.to_string())
    };
    let done = match (method, what, name) {
        (&Method::POST, "users", "") => form().and_then(|form| dashboard.add_user(form)),
        (&Method::POST, "users", login) => form().and_then(|form| dashboard.edit_user(login, form)),
        (&Method::DELETE, "users", login) => dashboard.delete_user(login),
        (&Method::POST, "features", login) => {
            dashboard.set_agent_features(login, body.get("on")?.as_bool()?)
        }
        (&Method::POST, "seats", "") => {
            dashboard.set_seats(u32::try_from(body.get("seats")?.as_u64()?).ok()?)
        }
        (&Method::POST, "campaigns", login) => {
            let names = body.get("campaigns")?.as_array()?.iter();
            let names = names.filter_map(Value::as_str).map(str::to_owned).collect();
            dashboard.assign(login, &names)
        }
        (&Method::POST, "groups", name) => dashboard.add_group(name),
        (&Method::DELETE, "groups", name) => dashboard.delete_group(name),
        _ => return None,
    };
    Some(match done {
        Ok(()) => Answer::json(StatusCode::OK, &json!({ "msg": "Saved" })),
        Err(text) => error(StatusCode::CONFLICT, &text),
    })
}
