//! `agents/*` and `calls/index`.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::json;

use super::super::message::{Answer, Received};
use super::account::{Account, Agent, Number, Role, digest, digits, free_extension, take};
use super::respond::{self, Fields, Flag, Invalid, Sent};

#[derive(Serialize)]
struct AgentRow<'a> {
    #[serde(rename = "Agent")]
    agent: AgentFields<'a>,
}

#[derive(Serialize)]
struct AgentFields<'a> {
    id: String,
    /// The name at the telephone exchange, not the person's.
    name: String,
    firstname: &'a str,
    lastname: &'a str,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_price_limit: Option<u32>,
    is_daily_limit_ok: Flag,
    status_outbound: Flag,
    availability_status: &'static str,
    extension: Option<String>,
    call_number_id: Option<u64>,
    default_number: Option<String>,
    associated_numbers: Vec<String>,
}

/// `GET agents/index`.
pub(super) fn index(account: &Account, request: &Received) -> Answer {
    let id = request.query("id");
    let associated = request
        .query("associated_number")
        .map(|number| digits(&number));
    let associated_id = associated
        .as_deref()
        .map(|number| account.number_by_e164(number).map(|number| number.id));
    let rows: Vec<&Agent> = account
        .agents
        .iter()
        .filter(|agent| agent.active || !account.quirks.hide_inactive)
        .filter(|agent| id.as_ref().is_none_or(|id| *id == agent.id.to_string()))
        .filter(|agent| {
            associated_id.is_none_or(|number| {
                number.is_some_and(|number| agent.associated_numbers.contains(&number))
            })
        })
        .collect();
    let flag = |on| Flag {
        on,
        text: account.quirks.text_flags,
    };
    respond::page(request, &account.quirks, &rows, |agent| AgentRow {
        agent: AgentFields {
            id: agent.id.to_string(),
            name: (agent.id + 500_000).to_string(),
            firstname: &agent.firstname,
            lastname: &agent.lastname,
            email: &agent.email,
            daily_price_limit: agent
                .daily_price_limit
                .filter(|_| account.quirks.show_daily_price_limit),
            is_daily_limit_ok: flag(true),
            status_outbound: flag(agent.status_outbound),
            availability_status: "offline",
            extension: agent.extension.map(|extension| extension.to_string()),
            call_number_id: agent.call_number_id,
            default_number: default_number(account, agent),
            associated_numbers: associated_numbers(account, agent),
        },
    })
}

fn e164(number: &Number) -> String {
    format!("+{}", number.digits)
}

fn default_number(account: &Account, agent: &Agent) -> Option<String> {
    account.numbers.get(agent.call_number_id?).map(e164)
}

fn associated_numbers(account: &Account, agent: &Agent) -> Vec<String> {
    agent
        .associated_numbers
        .iter()
        .filter_map(|id| account.numbers.get(*id))
        .map(e164)
        .collect()
}

/// The fields that create and edit share.
struct Person {
    email: String,
    firstname: String,
    lastname: String,
    status_outbound: Option<bool>,
    daily_price_limit: Option<u32>,
    call_number_id: Option<u64>,
}

/// Reads and checks the shared fields; `but` is the user who is edited.
fn person(account: &Account, fields: &Fields, but: Option<u64>, invalid: &mut Invalid) -> Person {
    let mut required = |field, why| match fields.text(field) {
        Sent::Good(text) => text,
        Sent::No | Sent::Bad => {
            invalid.field(field, why);
            String::new()
        }
    };
    let firstname = required("firstname", "Please supply a first name.");
    let lastname = required("lastname", "Please supply a last name.");
    let email = match fields.text("email") {
        Sent::Good(email) if is_email(&email) => email,
        _ => {
            invalid.field("email", "Please supply a valid email address.");
            String::new()
        }
    };
    if !email.is_empty() && account.email_is_taken(&email, but) {
        invalid.field("email", "This email is already in use.");
    }
    let status_outbound = optional(fields.flag("status_outbound"), || {
        invalid.field("status_outbound", "Please supply true or false.");
    });
    let limit = match fields.number("daily_price_limit") {
        Sent::Good(limit) => u32::try_from(limit)
            .ok()
            .filter(|limit| (1..=200).contains(limit))
            .map_or(Sent::Bad, Sent::Good),
        Sent::No => Sent::No,
        Sent::Bad => Sent::Bad,
    };
    let daily_price_limit = optional(limit, || {
        invalid.field("daily_price_limit", "Please supply a limit from 1 to 200.");
    });
    let number = match fields.number("call_number_id") {
        Sent::Good(id) if account.numbers.get(id).is_none() => Sent::Bad,
        sent => sent,
    };
    let call_number_id = optional(number, || {
        invalid.field("call_number_id", "Please supply a valid number.")
    });
    Person {
        email,
        firstname,
        lastname,
        status_outbound,
        daily_price_limit,
        call_number_id,
    }
}

fn optional<T>(sent: Sent<T>, refuse: impl FnOnce()) -> Option<T> {
    match sent {
        Sent::Good(value) => Some(value),
        Sent::No => None,
        Sent::Bad => {
            refuse();
            None
        }
    }
}

pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@' || c == ',')
    };
    plain(local)
        && plain(domain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// `PUT agents/add`.
pub(super) fn add(account: &mut Account, request: &Received) -> Answer {
    if account.is_full() {
        return respond::error(StatusCode::FORBIDDEN, "Max. number of agents reached.");
    }
    let fields = Fields::of(request);
    let mut invalid = Invalid::default();
    let person = person(account, &fields, None, &mut invalid);
    let Sent::Good(pass) = fields.text("pass") else {
        invalid.field("pass", "Please supply a password.");
        // Every other refusal is told in the same answer.
        extension(account, &fields, &mut invalid);
        return invalid
            .answer()
            .expect("the password was refused a moment ago");
    };
    let extension = extension(account, &fields, &mut invalid);
    if let Some(refusal) = invalid.answer() {
        return refusal;
    }
    let id = take(&mut account.next_ids.agent);
    account.agents.insert(Agent {
        id,
        email: person.email,
        firstname: person.firstname,
        lastname: person.lastname,
        extension,
        role: Role::Agent,
        language: "en".to_owned(),
        active: true,
        status_outbound: person.status_outbound.unwrap_or(true),
        daily_price_limit: person.daily_price_limit,
        call_number_id: person.call_number_id,
        associated_numbers: BTreeSet::new(),
        calls: 0,
        pass_sha256: Some(digest(&pass)),
    });
    respond::created(id, &account.quirks)
}

/// The extension that was asked for, or the next free one.
fn extension(account: &Account, fields: &Fields, invalid: &mut Invalid) -> Option<u16> {
    let used = account.extensions();
    match fields.number("extension") {
        Sent::No => {
            let free = free_extension(&used);
            if free.is_none() {
                invalid.field("extension", "There is no free extension.");
            }
            free
        }
        Sent::Good(wanted @ 1000..=9999) => {
            let wanted = u16::try_from(wanted).ok()?;
            if used.contains(&wanted) {
                invalid.field("extension", "This extension is already in use.");
            }
            Some(wanted)
        }
        Sent::Good(_) | Sent::Bad => {
            invalid.field("extension", "Please supply a four digit extension.");
            None
        }
    }
}

/// `POST agents/edit/{id}`. Fields that cannot be edited are ignored without a word.
pub(super) fn edit(account: &mut Account, request: &Received, id: u64) -> Answer {
    if account.agents.get(id).is_none() {
        return respond::not_found();
    }
    let fields = Fields::of(request);
    let mut invalid = Invalid::default();
    let person = person(account, &fields, Some(id), &mut invalid);
    if let Some(refusal) = invalid.answer() {
        return refusal;
    }
    let resets = account.quirks.edit_resets;
    let Some(agent) = account.agents.get_mut(id) else {
        return respond::not_found();
    };
    agent.email = person.email;
    agent.firstname = person.firstname;
    agent.lastname = person.lastname;
    agent.status_outbound = person
        .status_outbound
        .unwrap_or(resets || agent.status_outbound);
    agent.daily_price_limit = person
        .daily_price_limit
        .or(agent.daily_price_limit.filter(|_| !resets));
    agent.call_number_id = person
        .call_number_id
        .or(agent.call_number_id.filter(|_| !resets));
    respond::done()
}

/// `DELETE agents/delete/{id}`.
pub(super) fn delete(account: &mut Account, id: u64) -> Answer {
    if account.delete_agent(id) {
        respond::done()
    } else {
        respond::not_found()
    }
}

/// `GET calls/index`: one row for every call, of the users who have any.
///
/// Calls of deleted users are gone, which the real history would keep.
pub(super) fn calls(account: &Account, request: &Received) -> Answer {
    let user = request.query("user_id");
    let extension = request.query("agent_extension");
    let rows: Vec<(&Agent, u32)> = account
        .agents
        .iter()
        .filter(|agent| {
            user.as_ref()
                .is_none_or(|user| *user == agent.id.to_string())
        })
        .filter(|agent| {
            extension.as_ref().is_none_or(|wanted| {
                agent
                    .extension
                    .is_some_and(|has| *wanted == has.to_string())
            })
        })
        .flat_map(|agent| (0..agent.calls).map(move |call| (agent, call)))
        .collect();
    respond::page(request, &account.quirks, &rows, |(agent, call)| {
        let minute = call % 60;
        json!({
            "Cdr": {
                "id": (agent.id * 100_000 + u64::from(*call)).to_string(),
                "billsec": "60", "talking_time": "60", "waiting_time": 2, "wrapup_time": 5,
                "type": "outgoing", "country_code": "421", "public_external": "+421900000001",
                "recorded": true, "is_voicemail": false, "is_redirected": "0", "redirected_from": "", "is_local": true,
                "user_id": agent.id.to_string(),
                "started_at": format!("2026-11-20T09:{minute:02}:00.000Z"),
                "answered_at": format!("2026-11-20T09:{minute:02}:02.000Z"),
                "ended_at": format!("2026-11-20T09:{minute:02}:59.000Z"),
            },
            "BillingCall": { "price": "0.000000" },
            "Agent": {
                "id": agent.id.to_string(),
                "firstname": agent.firstname, "lastname": agent.lastname,
                "fullname": format!("{} {}", agent.firstname, agent.lastname),
                "email": agent.email, "language": agent.language, "role": agent.role.wire(), "status": "offline",
                "default_outbound_number": default_number(account, agent),
                "associated_numbers": associated_numbers(account, agent),
                "groups": account.groups_of(agent.id),
            },
            "Notes": [], "Tags": [], "Ratings": [],
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_one_at_sign_and_a_dotted_domain() {
        for good in ["a@b.example", "first.last+tag@mail.b.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a@@b.example",
            "a b@c.example",
            "a@b.",
            "a@.b",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
