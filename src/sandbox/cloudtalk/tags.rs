//! `tags/*` and `countries/index`.

use serde_json::{Value, json};

use super::super::message::{Answer, Received};
use super::account::{Account, Tag, take};
use super::respond::{self, Fields, Invalid, Sent};

/// `GET tags/index`.
pub(super) fn index(account: &Account, request: &Received) -> Answer {
    let id = request.query("id");
    let rows: Vec<&Tag> = account
        .tags
        .iter()
        .filter(|tag| id.as_ref().is_none_or(|id| *id == tag.id.to_string()))
        .collect();
    respond::page(
        request,
        &account.quirks,
        &rows,
        |tag| json!({ "Tag": { "id": tag.id.to_string(), "name": tag.name } }),
    )
}

/// `PUT tags/add`.
pub(super) fn add(account: &mut Account, request: &Received) -> Answer {
    let name = match name(account, request, None) {
        Ok(name) => name,
        Err(refusal) => return refusal,
    };
    let id = take(&mut account.next_ids.tag);
    account.tags.insert(Tag { id, name });
    respond::created(id, &account.quirks)
}

/// `POST tags/edit/{id}`.
pub(super) fn edit(account: &mut Account, request: &Received, id: u64) -> Answer {
    if account.tags.get(id).is_none() {
        return respond::not_found();
    }
    match name(account, request, Some(id)) {
        Ok(name) => {
            account.tags.insert(Tag { id, name });
            respond::done()
        }
        Err(refusal) => refusal,
    }
}

/// `DELETE tags/delete/{id}`.
pub(super) fn delete(account: &mut Account, id: u64) -> Answer {
    if account.tags.remove(id).is_some() {
        respond::done()
    } else {
        respond::not_found()
    }
}

fn name(account: &Account, request: &Received, but: Option<u64>) -> Result<String, Answer> {
    let mut invalid = Invalid::default();
    let name = match Fields::of(request).text("name") {
        Sent::Good(name) => name,
        Sent::No | Sent::Bad => {
            invalid.field("name", "Please supply a name.");
            String::new()
        }
    };
    if account
        .tags
        .iter()
        .any(|tag| Some(tag.id) != but && tag.name == name)
    {
        invalid.field(
            "name",
            "Tag has already been used. Please select different one.",
        );
    }
    invalid.answer().map_or(Ok(name), Err)
}

/// Some countries: id, name, two letters, three letters, calling code.
pub(super) const COUNTRIES: [(u32, &str, &str, &str, &str); 14] = [
    (61, "Denmark", "DK", "DNK", "45"),
    (14, "Austria", "AT", "AUT", "43"),
    (21, "Belgium", "BE", "BEL", "32"),
    (58, "Czech Republic", "CZ", "CZE", "420"),
    (76, "France", "FR", "FRA", "33"),
    (83, "Germany", "DE", "DEU", "49"),
    (100, "Hungary", "HU", "HUN", "36"),
    (155, "Netherlands", "NL", "NLD", "31"),
    (177, "Poland", "PL", "POL", "48"),
    (199, "Slovakia", "SK", "SVK", "421"),
    (205, "Spain", "ES", "ESP", "34"),
    (214, "Switzerland", "CH", "CHE", "41"),
    (235, "United Kingdom", "GB", "GBR", "44"),
    (236, "United States", "US", "USA", "1"),
];

/// `GET countries/index`: a bare list, not paged.
pub(super) fn countries(account: &Account) -> Answer {
    let rows: Vec<Value> = COUNTRIES
        .iter()
        .map(|(id, name, two, three, calling_code)| {
            json!({ "Country": {
                "id": id.to_string(), "name": name, "country_code": two, "iso3": three, "calling_code": calling_code,
            } })
        })
        .collect();
    respond::envelope(&account.quirks, &rows)
}
