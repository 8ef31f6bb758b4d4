//! Manifests for a live account: what the API tells, and nothing that it does not.
//!
//! Roles, memberships, settings and seats cannot be read, so they are left out: an absent key is not managed.

use serde::Serialize;

use super::convert::{
    DAILY_PRICE_LIMIT, DEFAULT_NUMBER, EXTENSION, FIRST_NAME, GROUP, LAST_NAME, NAME, NUMBER,
    OUTBOUND_CALLS, USER,
};
use super::manifest::SCHEMA_ID;
use crate::model::{Email, Extension, Live, LiveResource, PhoneNumber, Value};
use crate::provider::imported::{LeftOut, file, flag, is_name, of, one, text};
use crate::provider::registry::{ImportOptions, ImportedFile};

#[derive(Serialize)]
struct AccountFile<'a> {
    version: u32,
    account: AccountPart<'a>,
    policy: PolicyPart,
}

#[derive(Serialize)]
struct AccountPart<'a> {
    name: &'a str,
    provider: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_url: Option<&'a str>,
}

#[derive(Serialize)]
struct PolicyPart {
    users: UnmanagedPart,
}

#[derive(Serialize)]
struct UnmanagedPart {
    unmanaged: &'static str,
}

#[derive(Serialize)]
struct GroupPart<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct NumberPart<'a> {
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct UserPart<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outbound_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_price_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_number: Option<&'a str>,
}

/// The files: the account, and one for each kind that has objects.
pub(super) fn files(live: &Live, options: &ImportOptions) -> Vec<ImportedFile> {
    let account = AccountFile {
        version: 1,
        account: AccountPart {
            name: &options.account,
            provider: super::PROVIDER,
            api_url: options.api_url.as_deref(),
        },
        policy: PolicyPart {
            users: UnmanagedPart { unmanaged: "warn" },
        },
    };
    let note = "# Written from the live account. Its API does not tell roles, group members, settings, seats or\n\
                # where numbers lead, so nothing is said about them here: what is not declared is not touched.\n";
    let mut files = vec![file(SCHEMA_ID, "account.yaml", note, &account)];
    let left = LeftOut::default();
    let groups: Vec<GroupPart<'_>> = of(live, &GROUP)
        .into_iter()
        .filter_map(|found| {
            let name = Some(found.id.key.as_str()).filter(|name| is_name(name));
            left.object(found, name).map(|name| GroupPart { name })
        })
        .collect();
    list(&mut files, "groups.yaml", left, "groups", &groups);
    let left = LeftOut::default();
    let numbers: Vec<NumberPart<'_>> = of(live, &NUMBER)
        .into_iter()
        .filter_map(|found| left.object(found, number(found, &left)))
        .collect();
    list(&mut files, "numbers.yaml", left, "numbers", &numbers);
    let left = LeftOut::default();
    let users: Vec<UserPart<'_>> = of(live, &USER)
        .into_iter()
        .filter_map(|found| left.object(found, user(found, &left)))
        .collect();
    list(&mut files, "users.yaml", left, "users", &users);
    files
}

/// Adds a file with a list; none when there is nothing to say.
fn list<T: Serialize>(
    files: &mut Vec<ImportedFile>,
    name: &str,
    left: LeftOut,
    section: &'static str,
    items: &[T],
) {
    let made = left.tell(file(SCHEMA_ID, name, "", &one(section, items)));
    if !items.is_empty() || !made.left_out.is_empty() {
        files.push(made);
    }
}

fn number<'a>(found: &'a LiveResource, left: &LeftOut) -> Option<NumberPart<'a>> {
    let number = found.id.key.as_str();
    PhoneNumber::parse(number)?;
    let name = text(found, NAME).filter(|name| is_name(name));
    Some(NumberPart {
        number,
        name: left.field(found, NAME, name),
    })
}

fn user<'a>(found: &'a LiveResource, left: &LeftOut) -> Option<UserPart<'a>> {
    let email = found.id.key.as_str();
    Email::parse(email)?;
    let named = |field: &str| {
        let name = text(found, field).filter(|name| is_name(name));
        left.field(found, field, name)
    };
    let extension = text(found, EXTENSION).filter(|text| Extension::parse(text).is_some());
    let limit = found.fields.get(DAILY_PRICE_LIMIT);
    let limit = limit
        .and_then(Value::as_integer)
        .filter(|limit| (1..=200).contains(limit));
    let default_number = text(found, DEFAULT_NUMBER);
    let default_number = default_number.filter(|text| PhoneNumber::parse(text).is_some());
    Some(UserPart {
        email,
        first_name: named(FIRST_NAME),
        last_name: named(LAST_NAME),
        extension: left.field(found, EXTENSION, extension),
        outbound_calls: flag(found, OUTBOUND_CALLS),
        daily_price_limit: left.field(found, DAILY_PRICE_LIMIT, limit),
        default_number: left.field(found, DEFAULT_NUMBER, default_number),
    })
}
