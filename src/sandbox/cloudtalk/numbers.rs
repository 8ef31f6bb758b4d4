//! `numbers/*`.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::message::{Answer, Received};
use super::account::{Account, Number, Route, RouteKind};
use super::respond::{self, Fields, Flag, Invalid, Sent};

#[derive(Serialize)]
struct NumberRow<'a> {
    #[serde(rename = "CallNumber")]
    number: NumberFields<'a>,
}

#[derive(Serialize)]
struct NumberFields<'a> {
    id: String,
    country_code: &'a str,
    area_code: &'a str,
    internal_name: &'a str,
    caller_id_e164: Value,
    is_redirected: Flag,
    connected_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
}

/// `GET numbers/index`.
pub(super) fn index(account: &Account, request: &Received) -> Answer {
    let is = |name: &str, value: &str| request.query(name).is_none_or(|wanted| wanted == value);
    let rows: Vec<&Number> = account
        .numbers
        .iter()
        .filter(|number| is("id", &number.id.to_string()))
        .filter(|number| {
            is("country_code", &number.country_code) && is("area_code", &number.area_code)
        })
        .filter(|number| is("is_free", if number.route.is_none() { "1" } else { "0" }))
        .filter(|number| is("connected_to", &connected_to(number).unwrap_or_default()))
        .collect();
    let quirks = &account.quirks;
    respond::page(request, quirks, &rows, |number| NumberRow {
        number: NumberFields {
            id: number.id.to_string(),
            country_code: &number.country_code,
            area_code: &number.area_code,
            internal_name: &number.internal_name,
            caller_id_e164: match number.digits.parse::<u64>() {
                Ok(digits) if quirks.integer_numbers => json!(digits),
                _ => json!(format!("+{}", number.digits)),
            },
            is_redirected: Flag {
                on: false,
                text: quirks.text_flags,
            },
            connected_to: connected_to(number),
            source_id: number
                .route
                .and_then(|route| route.source_id)
                .filter(|_| quirks.show_source_id)
                .map(|id| id.to_string()),
        },
    })
}

fn connected_to(number: &Number) -> Option<String> {
    number.route.map(|route| route.kind.wire().to_string())
}

/// `POST numbers/edit/{id}`. A route needs a target that exists; a bad kind is refused under `type`.
pub(super) fn edit(account: &mut Account, request: &Received, id: u64) -> Answer {
    let Some(number) = account.numbers.get(id) else {
        return respond::not_found();
    };
    let fields = Fields::of(request);
    let mut invalid = Invalid::default();
    let name = match fields.text("internal_name") {
        Sent::Good(name) => Some(name),
        Sent::No => None,
        Sent::Bad => {
            invalid.field("internal_name", "Please supply a name.");
            None
        }
    };
    let kind = match fields.number("connected_to") {
        Sent::Good(wire) => match RouteKind::from_wire(wire) {
            Some(kind) => Sent::Good(kind),
            None => Sent::Bad,
        },
        Sent::No => Sent::No,
        Sent::Bad => Sent::Bad,
    };
    let current = number.route;
    let route = match (kind, fields.number("source_id")) {
        (Sent::Bad, _) => {
            invalid.field("type", "Please supply a valid type.");
            None
        }
        (_, Sent::Bad) => {
            invalid.field("source_id", "Please supply a valid source.");
            None
        }
        (Sent::No, Sent::No) => current,
        (Sent::No, Sent::Good(source)) => match current {
            Some(route) => Some(Route {
                source_id: Some(source),
                ..route
            }),
            None => {
                invalid.field("type", "Please supply a valid type.");
                None
            }
        },
        (Sent::Good(kind), Sent::Good(source)) => Some(Route {
            kind,
            source_id: Some(source),
        }),
        (Sent::Good(kind), Sent::No) => {
            Some(current.filter(|route| route.kind == kind).unwrap_or(Route {
                kind,
                source_id: None,
            }))
        }
    };
    if route != current && route.is_some_and(|route| !account.route_exists(route)) {
        invalid.field("source_id", "Please supply a valid source.");
    }
    if let Some(refusal) = invalid.answer() {
        return refusal;
    }
    let Some(number) = account.numbers.get_mut(id) else {
        return respond::not_found();
    };
    number.route = route;
    if let Some(name) = name {
        number.internal_name = name;
    }
    respond::done()
}

/// `DELETE numbers/clear/{id}`: the number becomes free, and stays.
pub(super) fn clear(account: &mut Account, id: u64) -> Answer {
    match account.numbers.get_mut(id) {
        Some(number) => {
            number.route = None;
            respond::done()
        }
        None => respond::not_found(),
    }
}
