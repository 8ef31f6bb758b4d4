//! Manifests for a live account: what the API tells, and nothing that it does not.
//!
//! Roles, memberships, settings and seats cannot be read, so they are left out: an absent key is not managed.

use serde::Serialize;

use super::convert::{
    DAILY_PRICE_LIMIT, DEFAULT_NUMBER, EXTENSION, FIRST_NAME, GROUP, LAST_NAME, NAME, NUMBER,
    OUTBOUND_CALLS, USER,
};
use super::manifest::SCHEMA_ID;
use crate::model::{Email, Extension, Kind, Live, LiveResource, PhoneNumber, Value};
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
    let mut files = vec![file("account.yaml", note, &account)];
    let of = |kind: Kind| -> Vec<&LiveResource> {
        live.kinds
            .get(&kind)
            .into_iter()
            .flat_map(|found| found.resources.values())
            .collect()
    };
    let groups: Vec<GroupPart<'_>> = of(GROUP)
        .into_iter()
        .map(|group| GroupPart {
            name: group.id.key.as_str(),
        })
        .filter(|group| is_name(group.name))
        .collect();
    if !groups.is_empty() {
        files.push(file("groups.yaml", "", &one("groups", &groups)));
    }
    let numbers: Vec<NumberPart<'_>> = of(NUMBER).into_iter().filter_map(number).collect();
    if !numbers.is_empty() {
        files.push(file("numbers.yaml", "", &one("numbers", &numbers)));
    }
    let users: Vec<UserPart<'_>> = of(USER).into_iter().filter_map(user).collect();
    if !users.is_empty() {
        files.push(file("users.yaml", "", &one("users", &users)));
    }
    files
}

fn one<T: Serialize>(name: &'static str, items: T) -> std::collections::BTreeMap<&'static str, T> {
    std::collections::BTreeMap::from([(name, items)])
}

fn file<T: Serialize>(name: &str, note: &str, value: &T) -> ImportedFile {
    let options = serde_yaml::ser_options! { compact_list_indent: false };
    let body = serde_yaml::to_string_with_options(value, options)
        .expect("texts, numbers and truth values can always be written as YAML");
    ImportedFile {
        name: name.to_owned(),
        text: format!("# yaml-language-server: $schema={SCHEMA_ID}\n{note}{body}"),
    }
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
        outbound_calls: found.fields.get(OUTBOUND_CALLS).and_then(Value::as_bool),
        daily_price_limit: found
            .fields
            .get(DAILY_PRICE_LIMIT)
            .and_then(Value::as_integer)
            .filter(|limit| (1..=200).contains(limit)),
        default_number: text(found, DEFAULT_NUMBER)
            .filter(|text| PhoneNumber::parse(text).is_some()),
    })
}

fn text<'a>(found: &'a LiveResource, field: &str) -> Option<&'a str> {
    found.fields.get(field).and_then(Value::as_text)
}

/// Whether a manifest takes this as a name: something in it, and no white space around it.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
