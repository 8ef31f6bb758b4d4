//! `groups/*` and `statistics/realtime/groups`.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::message::{Answer, Received};
use super::account::Account;
use super::respond::{self, Fields, Sent};

#[derive(Serialize)]
struct GroupRow<'a> {
    #[serde(rename = "Group")]
    group: GroupFields<'a>,
}

#[derive(Serialize)]
struct GroupFields<'a> {
    id: String,
    internal_name: Option<&'a str>,
}

/// `GET groups/index`.
pub(super) fn index(account: &Account, request: &Received) -> Answer {
    let ghosts: &[(u64, Option<&str>)] = if account.quirks.ghost_groups {
        &[(0, Some("No group")), (4_999, None)]
    } else {
        &[]
    };
    let groups = account
        .groups
        .iter()
        .map(|group| (group.id, Some(group.internal_name.as_str())));
    let rows: Vec<(u64, Option<&str>)> = ghosts.iter().copied().chain(groups).collect();
    respond::page(request, &account.quirks, &rows, |(id, internal_name)| {
        GroupRow {
            group: GroupFields {
                id: id.to_string(),
                internal_name: *internal_name,
            },
        }
    })
}

/// `PUT groups/add`: puts a user into a group.
pub(super) fn add(account: &mut Account, request: &Received) -> Answer {
    let fields = Fields::of(request);
    let (Sent::Good(group), Sent::Good(agent)) =
        (fields.number("group_id"), fields.number("agent_id"))
    else {
        return respond::unacceptable();
    };
    match account.add_member(group, agent) {
        None => respond::unacceptable(),
        Some(false) if account.quirks.refuse_known_member => respond::unacceptable(),
        Some(_) => respond::message("Agent added successfully."),
    }
}

/// `DELETE groups/delete/{agent_id}`: takes a user out of the group that the body names.
pub(super) fn delete(account: &mut Account, request: &Received, agent: u64) -> Answer {
    match Fields::of(request).number("group_id") {
        Sent::Good(group) if account.remove_member(group, agent) => {
            respond::message("Agent deleted successfully.")
        }
        Sent::Good(_) => respond::not_found(),
        Sent::No | Sent::Bad => respond::unacceptable(),
    }
}

/// `GET statistics/realtime/groups`: `operators` is the number of members.
pub(super) fn statistics(account: &Account) -> Answer {
    let groups: Vec<Value> = account
        .groups
        .iter()
        .map(|group| {
            json!({
                "name": group.internal_name, "id": group.id, "operators": group.members.len(),
                "answered": 0, "unanswered": 0, "abandon_rate": 0.0,
                "avg_waiting_time": 0, "max_waiting_time": 0, "avg_call_duration": 0,
                "real_time": {
                    "waiting_queue": 0, "avg_waiting_time": 0, "max_waiting_time": 0, "avg_abandonment_time": 0,
                },
            })
        })
        .collect();
    respond::envelope(&account.quirks, &json!({ "data": { "groups": groups } }))
}
