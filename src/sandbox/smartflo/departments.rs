//! Departments, numbers and time groups: bare arrays without pages.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::message::{Answer, Received};
use super::account::{Account, Department, Member, take};
use super::respond::{self, Fields, Invalid};

/// The ways in which a department hands out calls (documented, in words and in tokens).
const STRATEGIES: [&str; 8] = [
    "simultaneously",
    "simultaneous",
    "order by",
    "order_by",
    "random",
    "round robin",
    "round_robin",
    "longest wait time",
];

/// `GET v1/departments`. Numbers come as text.
pub(super) fn list(account: &Account) -> Answer {
    let rows: Vec<Value> = account
        .departments
        .values()
        .map(|department| {
            let agents: Vec<Value> = department
                .members
                .iter()
                .map(|row| {
                    let name = account
                        .agents()
                        .find(|(agent, _)| agent.id == row.eid)
                        .and_then(|(_, user)| user.map(|user| user.name.as_str()));
                    json!({
                        "id": row.id.to_string(), "name": name, "eid": row.eid,
                        "timeout": row.timeout.to_string(),
                    })
                })
                .collect();
            json!({
                "id": department.id.to_string(),
                "name": department.name,
                "description": department.description,
                "ring_strategy": department.ring_strategy,
                "music_on_hold": department.music_on_hold,
                "agent_count": agents.len().to_string(),
                "use_as_queue": department.use_as_queue,
                "queue_timeout": department.queue_timeout.to_string(),
                "sticky_agent": { "enabled": department.sticky, "time_period": null, "format": null },
                "timeout_dest_type": department.timeout_dest_type,
                "timeout_destination": department.timeout_destination,
                "timeout_dest_name": null,
                "agents": agents,
            })
        })
        .collect();
    Answer::json(StatusCode::OK, &rows)
}

/// `POST v1/department`.
pub(super) fn create(account: &mut Account, request: &Received) -> Answer {
    let fields = Fields::of(request.fields());
    let mut invalid = Invalid::default();
    // Those that the documentation stars.
    for key in ["music_on_hold", "failover_destination", "sticky_agent"] {
        if !fields.has(key) {
            invalid.field(key, "This field is required.");
        }
    }
    let department = read(
        account,
        &fields,
        None,
        ("failover_dest_type", "failover_destination"),
        &mut invalid,
    );
    if let Some(refusal) = invalid.answer(&account.quirks) {
        return refusal;
    }
    let id = take(&mut account.next_ids.department);
    account
        .departments
        .insert(id, Department { id, ..department });
    match account.quirks.create_answer {
        super::CreateAnswer::Ids => respond::made(
            &account.quirks,
            "Department created successfully.",
            &json!({ "id": id.to_string() }),
        ),
        super::CreateAnswer::NoData => {
            respond::done(&account.quirks, "Department created successfully.")
        }
        super::CreateAnswer::Empty => super::empty(),
    }
}

/// `PUT v1/department/{id}`: replaces the whole department; what is left out is gone.
pub(super) fn replace(account: &mut Account, request: &Received, id: Option<u64>) -> Answer {
    let Some(id) = id.filter(|id| account.departments.contains_key(id)) else {
        return respond::not_found("Department");
    };
    let fields = Fields::of(request.fields());
    let mut invalid = Invalid::default();
    let department = read(
        account,
        &fields,
        Some(id),
        ("timeout_dest_type", "timeout_destination"),
        &mut invalid,
    );
    if let Some(refusal) = invalid.answer(&account.quirks) {
        return refusal;
    }
    account
        .departments
        .insert(id, Department { id, ..department });
    respond::done(&account.quirks, "Department updated successfully.")
}

/// `DELETE v1/department/{id}`.
pub(super) fn delete(account: &mut Account, id: Option<u64>) -> Answer {
    match id.and_then(|id| account.departments.remove(&id)) {
        Some(_) => respond::done(&account.quirks, "Department deleted successfully."),
        None => respond::not_found("Department"),
    }
}

/// Reads a whole department. `failover` names the two keys of the place for unanswered calls, which differ.
fn read(
    account: &mut Account,
    fields: &Fields,
    id: Option<u64>,
    failover: (&str, &str),
    invalid: &mut Invalid,
) -> Department {
    let name = fields.text("name").unwrap_or_default();
    if name.is_empty() {
        invalid.field("name", "The name field is required.");
    }
    let twice = |known: &Department| known.name == name && Some(known.id) != id;
    if account.departments.values().any(twice) {
        invalid.field("name", "The name has already been taken.");
    }
    let description = fields.text("description").unwrap_or_default();
    if description.is_empty() {
        invalid.field("description", "The description field is required.");
    }
    let ring_strategy = fields.text("ring_strategy").unwrap_or_default();
    if !STRATEGIES.contains(&ring_strategy.as_str()) {
        invalid.field("ring_strategy", "The selected ring strategy is invalid.");
    }
    let timeout_dest_type = fields.text(failover.0).unwrap_or_default();
    if timeout_dest_type.is_empty() {
        invalid.field(failover.0, "This field is required.");
    }
    Department {
        id: 0,
        name,
        description,
        ring_strategy,
        music_on_hold: fields.text("music_on_hold"),
        use_as_queue: fields.flag("use_as_queue").unwrap_or(false),
        queue_timeout: fields
            .number("queue_timeout")
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(90),
        sticky: fields
            .value("sticky_agent")
            .is_some_and(|sticky| *sticky == json!(true) || sticky["enabled"] == json!(true)),
        timeout_dest_type,
        timeout_destination: fields.text(failover.1),
        members: members(account, fields, id, invalid),
    }
}

/// The members: two lists side by side, places and seconds.
fn members(
    account: &mut Account,
    fields: &Fields,
    id: Option<u64>,
    invalid: &mut Invalid,
) -> Vec<Member> {
    let places = fields.texts("destination").unwrap_or_default();
    let seconds = fields.texts("timeout").unwrap_or_default();
    if places.len() != seconds.len() {
        invalid.field(
            "timeout",
            "The timeout and destination fields must have the same number of items.",
        );
        return Vec::new();
    }
    let before = id
        .and_then(|id| account.departments.get(&id))
        .map(|department| department.members.clone())
        .unwrap_or_default();
    let mut rows: Vec<Member> = Vec::new();
    for (place, seconds) in places.iter().zip(&seconds) {
        // One bar in the prose of the update, two everywhere else.
        let eid = place
            .split_once('|')
            .filter(|(kind, _)| kind.eq_ignore_ascii_case("extension"))
            .map(|(_, eid)| eid.trim_start_matches('|'));
        let Some(eid) = eid.filter(|eid| account.has_agent(eid)) else {
            invalid.field("destination", "The selected destination is invalid.");
            continue;
        };
        let Ok(timeout) = seconds.parse() else {
            invalid.field("timeout", "The timeout must be an integer.");
            continue;
        };
        if rows.iter().any(|row| row.eid == eid) {
            invalid.field("destination", "The destination has a duplicate value.");
            continue;
        }
        let known = before.iter().find(|row| row.eid == eid).map(|row| row.id);
        rows.push(Member {
            id: known.unwrap_or_else(|| take(&mut account.next_ids.member)),
            eid: eid.to_owned(),
            timeout,
        });
    }
    rows
}

/// `GET v1/my_number`.
pub(super) fn numbers(account: &Account) -> Answer {
    let rows: Vec<Value> = account
        .numbers
        .values()
        .map(|number| {
            json!({
                "id": number.id.to_string(),
                "did": number.did,
                "alias": number.did.trim_start_matches('+'),
                "name": number.name,
                "description": null,
                "destination": number.destination,
            })
        })
        .collect();
    Answer::json(StatusCode::OK, &rows)
}

/// `GET v1/timegroups`.
pub(super) fn time_groups(account: &Account) -> Answer {
    let rows: Vec<Value> = account
        .time_groups
        .iter()
        .map(|(id, name)| {
            json!({
                "id": id, "name": name, "from_time": ["09:00"], "to_time": ["18:00"],
                "days": ["mon", "tue", "wed", "thu", "fri"], "dates": [], "months": [],
            })
        })
        .collect();
    Answer::json(StatusCode::OK, &rows)
}
