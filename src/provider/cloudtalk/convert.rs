//! Between the vendor's rows and the model.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::wire::{AgentRow, GroupRow, NumberRow};
use crate::model::{
    Email, FieldName, Fields, Key, Kind, LiveResource, PhoneNumber, RemoteId, ResourceId, Value,
};

/// The kind of people; the vendor's agents.
pub(super) const USER: Kind = Kind::from_static("user");
/// The kind of ring groups.
pub(super) const GROUP: Kind = Kind::from_static("group");
/// The kind of telephone numbers.
pub(super) const NUMBER: Kind = Kind::from_static("number");

pub(super) const EMAIL: &str = "email";
pub(super) const FIRST_NAME: &str = "first_name";
pub(super) const LAST_NAME: &str = "last_name";
pub(super) const PASSWORD: &str = "password";
pub(super) const EXTENSION: &str = "extension";
pub(super) const OUTBOUND_CALLS: &str = "outbound_calls";
pub(super) const DAILY_PRICE_LIMIT: &str = "daily_price_limit";
pub(super) const DEFAULT_NUMBER: &str = "default_number";
pub(super) const ASSIGNED_NUMBERS: &str = "assigned_numbers";
pub(super) const NUMBER_FIELD: &str = "number";
pub(super) const NAME: &str = "name";
pub(super) const ROUTE: &str = "route";
pub(super) const ROUTE_TYPE: &str = "route_type";

/// What a route leads to, by the vendor's figure: 0 group, 1 agent, 2 conference, 3 fax (OpenAPI 1.7).
const ROUTE_TYPES: [&str; 4] = ["group", "user", "conference", "fax"];

/// The route type of a number that leads nowhere, or to a call flow, which the API does not show.
pub(super) const NO_ROUTE: &str = "none";

/// The vendor's figure for a route type.
pub(super) fn route_figure(route_type: &str) -> Option<u64> {
    let place = ROUTE_TYPES.iter().position(|known| *known == route_type)?;
    u64::try_from(place).ok()
}

/// Which number an id stands for; learned from every answer that tells.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberIds(BTreeMap<String, String>);

impl NumberIds {
    /// Remembers one.
    pub(super) fn learn(&mut self, id: &str, number: &str) {
        self.0.insert(id.to_owned(), number_key(number));
    }

    /// The number, in E.164.
    pub(super) fn number(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// The id of a number in E.164.
    pub(super) fn id(&self, number: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(_, known)| known.as_str() == number)
            .map(|(id, _)| id.as_str())
    }
}

/// The canonical key of a user.
pub(super) fn user_key(email: &str) -> String {
    Email::parse(email).map_or_else(
        || email.trim().nfc().collect::<String>().to_lowercase(),
        |email| email.as_str().to_owned(),
    )
}

/// The canonical key of a group: its name, composed, without space around it.
pub(super) fn group_key(name: &str) -> String {
    name.trim().nfc().collect()
}

/// The canonical key of a number: E.164, or the text as it is when it is none, as with a short code.
pub(super) fn number_key(number: &str) -> String {
    PhoneNumber::from_live(number).map_or_else(
        || number.trim().to_owned(),
        |number| number.as_str().to_owned(),
    )
}

/// An agent as a user.
///
/// A field is left out when the answer does not hold it: no default number, the company's price limit. `None` without
/// an id or an e-mail.
pub(super) fn user(row: AgentRow, numbers: &NumberIds) -> Option<LiveResource> {
    let AgentRow {
        id,
        email,
        first_name,
        last_name,
        extension,
        outbound,
        daily_price_limit,
        default_number,
        default_number_id,
        assigned_numbers,
    } = row;
    let key = user_key(&email?);
    let names: Vec<&str> = [&first_name, &last_name]
        .into_iter()
        .flatten()
        .map(|name| name.trim())
        .collect();
    let title = if names.is_empty() {
        key.clone()
    } else {
        names.join(" ")
    };
    let default_number = default_number
        .map(|number| number_key(&number))
        .or_else(|| numbers.number(&default_number_id?).map(str::to_owned));
    let limit = daily_price_limit.and_then(|limit| i64::try_from(limit).ok());

    let mut fields = Fields::new();
    let mut set = |name: &'static str, value: Option<Value>| {
        fields.extend(value.map(|value| (FieldName::from_static(name), value)));
    };
    set(EMAIL, Some(Value::text(key.clone())));
    set(FIRST_NAME, first_name.map(Value::Text));
    set(LAST_NAME, last_name.map(Value::Text));
    set(
        EXTENSION,
        extension.map(|extension| Value::text(extension.trim())),
    );
    set(OUTBOUND_CALLS, outbound.map(Value::Bool));
    set(DAILY_PRICE_LIMIT, limit.map(Value::Integer));
    set(DEFAULT_NUMBER, default_number.map(Value::Text));
    let assigned =
        assigned_numbers.map(|list| Value::set(list.iter().map(|number| number_key(number))));
    set(ASSIGNED_NUMBERS, assigned);
    Some(live(USER, key, id?, title, fields))
}

/// A group. `None` without an id or a name: the service is known to send such rows, and they stand for nothing.
pub(super) fn group(row: GroupRow, members: Option<u64>) -> Option<LiveResource> {
    let GroupRow { id, name } = row;
    let key = group_key(&name?);
    let fields = Fields::from_iter([(FieldName::from_static(NAME), Value::text(key.clone()))]);
    let mut group = live(GROUP, key.clone(), id?, key, fields);
    group.member_count = members;
    Some(group)
}

/// A number. `None` without an id or a number.
///
/// A route figure that is none of the documented four leaves the route type out: numbers behind a call flow may have one.
pub(super) fn number(row: NumberRow) -> Option<LiveResource> {
    let NumberRow {
        id,
        number,
        name,
        route,
    } = row;
    let route_type = match route {
        None => Some(NO_ROUTE),
        Some(figure) => usize::try_from(figure)
            .ok()
            .and_then(|place| ROUTE_TYPES.get(place).copied()),
    };
    let key = number_key(&number?);
    let title = name
        .as_deref()
        .map_or_else(|| key.clone(), |name| name.trim().to_owned());
    let mut fields = Fields::from_iter([(
        FieldName::from_static(NUMBER_FIELD),
        Value::text(key.clone()),
    )]);
    fields.extend(route_type.map(|route| (FieldName::from_static(ROUTE_TYPE), Value::text(route))));
    fields.extend(name.map(|name| (FieldName::from_static(NAME), Value::Text(name))));
    Some(live(NUMBER, key, id?, title, fields))
}

fn live(kind: Kind, key: String, id: String, title: String, fields: Fields) -> LiveResource {
    LiveResource {
        id: ResourceId {
            kind,
            key: Key::from(key),
        },
        remote: RemoteId::from(id),
        title,
        fields,
        member_count: None,
    }
}
