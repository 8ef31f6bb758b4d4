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
use crate::provider::imported::{file, flag, is_name, of, one, text};
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
    let groups: Vec<GroupPart<'_>> = of(live, &GROUP)
        .into_iter()
        .map(|group| GroupPart {
            name: group.id.key.as_str(),
        })
        .filter(|group| is_name(group.name))
        .collect();
    if !groups.is_empty() {
        files.push(file(SCHEMA_ID, "groups.yaml", "", &one("groups", &groups)));
    }
    let numbers: Vec<NumberPart<'_>> = of(live, &NUMBER).into_iter().filter_map(number).collect();
    if !numbers.is_empty() {
        files.push(file(
            SCHEMA_ID,
            "numbers.yaml",
            "",
            &one("numbers", &numbers),
        ));
    }
    let users: Vec<UserPart<'_>> = of(live, &USER).into_iter().filter_map(user).collect();
    if !users.is_empty() {
        files.push(file(SCHEMA_ID, "users.yaml", "", &one("users", &users)));
    }
    files
}

/// A number that a manifest could not name is left out.
fn number(found: &LiveResource) -> Option<NumberPart<'_>> {
    let number = found.id.key.as_str();
    PhoneNumber::parse(number)?;
    Some(NumberPart {
        number,
        name: text(found, NAME).filter(|name| is_name(name)),
    })
}

fn user(found: &LiveResource) -> Option<UserPart<'_>> {
    let email = found.id.key.as_str();
    Email::parse(email)?;
    Some(UserPart {
        email,
        first_name: text(found, FIRST_NAME).filter(|name| is_name(name)),
        last_name: text(found, LAST_NAME).filter(|name| is_name(name)),
        extension: text(found, EXTENSION).filter(|text| Extension::parse(text).is_some()),
        outbound_calls: flag(found, OUTBOUND_CALLS),
        daily_price_limit: found
            .fields
            .get(DAILY_PRICE_LIMIT)
            .and_then(Value::as_integer)
            .filter(|limit| (1..=200).contains(limit)),
        default_number: text(found, DEFAULT_NUMBER)
            .filter(|text| PhoneNumber::parse(text).is_some()),
    })
}
