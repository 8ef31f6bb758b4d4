//! Manifests for a live account: what the API tells, and nothing that it does not.
//!
//! Caller ids, agent groups, passwords and allowed addresses cannot be read, so they are left out: an absent key is not
//! managed. So is the e-mail address of whoever has an agent: declared without caller ids, it looks like that of a new user.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::connect;
use super::convert::{
    AGENT, ALL, BLOCKED, CALL_FORWARD_NUMBER, CDR_USERS, DEPARTMENT, DEPARTMENTS, DESIGNATION,
    EMAIL, ENABLED, EXTENSION, LOGIN_BASED_CALLING, NAME, PHONE, ROLE, TIME_GROUP_FIELD, USER,
};
use super::manifest::{Brand, SCHEMA_ID};
use super::observe::ROLE_IDS;
use crate::model::{Email, Live, LiveResource, PhoneNumber, Value};
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
    dialect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_url: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    role_ids: BTreeMap<&'a str, &'a str>,
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
struct DepartmentPart<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct UserPart<'a> {
    login_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    departments: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<bool>,
    #[serde(skip_serializing_if = "WebLoginPart::is_empty")]
    web_login: WebLoginPart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_based_calling: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_forward_number: Option<&'a str>,
}

#[derive(Default, PartialEq, Serialize)]
struct WebLoginPart<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    designation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cdr_users: Option<CdrPart<'a>>,
}

impl WebLoginPart<'_> {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(PartialEq, Serialize)]
#[serde(untagged)]
enum CdrPart<'a> {
    All(&'static str),
    Some(Vec<&'a str>),
}

const ACCOUNT_NOTE: &str = "\
# Written from the live account. Roles have the ids that their holders showed; a role that nobody holds is not among them,
# and agent groups are nowhere: add theirs as `agent_group_ids`, from the panel's address bar, before users name them.
";

const USERS_NOTE: &str = "\
# The API shows neither caller ids, agent groups, passwords nor allowed addresses, so nothing is said about them here: what
# is not declared is not touched. Nor is the e-mail address of an agent, until you add it together with `caller_ids`.
";

/// The files: the account, and one for each kind that manifests declare and that has objects.
pub(super) fn files(live: &Live, options: &ImportOptions) -> Vec<ImportedFile> {
    let role_ids: BTreeMap<&str, &str> = options
        .learned
        .get(ROLE_IDS)
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, id)| Some((name.as_str(), id.as_str()?)))
        .filter(|(name, _)| is_name(name))
        .collect();
    let (left, without) = (LeftOut::default(), LeftOut::default());
    let departments: Vec<DepartmentPart<'_>> = of(live, &DEPARTMENT)
        .into_iter()
        .filter_map(|found| {
            let name = Some(found.id.key.as_str()).filter(|name| is_name(name));
            without
                .object(found, name)
                .map(|name| DepartmentPart { name })
        })
        .collect();
    let known = Known {
        role_ids: &role_ids,
        departments: departments.iter().map(|it| it.name).collect(),
        agents: of(live, &USER)
            .into_iter()
            .filter(|found| flag(found, AGENT) == Some(true))
            .map(|found| found.id.key.as_str())
            .filter(|key| is_login_id(key))
            .collect(),
    };
    let users: Vec<UserPart<'_>> = of(live, &USER)
        .into_iter()
        .filter_map(|found| left.object(found, known.user(found, &left)))
        .collect();
    let account = AccountFile {
        version: 1,
        account: AccountPart {
            name: &options.account,
            provider: super::PROVIDER,
            dialect: options.api_url.as_deref().and_then(brand),
            api_url: options.api_url.as_deref(),
            role_ids: role_ids.clone(),
        },
        policy: PolicyPart {
            users: UnmanagedPart { unmanaged: "warn" },
        },
    };
    let mut files = vec![file(SCHEMA_ID, "account.yaml", ACCOUNT_NOTE, &account)];
    let list = one("departments", &departments);
    let made = without.tell(file(SCHEMA_ID, "departments.yaml", "", &list));
    if !departments.is_empty() || !made.left_out.is_empty() {
        files.push(made);
    }
    let list = one("users", &users);
    let made = left.tell(file(SCHEMA_ID, "users.yaml", USERS_NOTE, &list));
    if !users.is_empty() || !made.left_out.is_empty() {
        files.push(made);
    }
    files
}

/// The brand whose address this is, where it is not Smartflo's own.
fn brand(api_url: &str) -> Option<&'static str> {
    let brands = [Brand::AcefoneIn, Brand::AcefoneUk, Brand::Servetel];
    let words = brands.into_iter().map(Brand::as_str);
    words.into_iter().find(|word| {
        let known = connect::Brand::parse(word).map(connect::Brand::api_url);
        known == Some(api_url.trim_end_matches('/'))
    })
}

/// What users may refer to.
struct Known<'a> {
    role_ids: &'a BTreeMap<&'a str, &'a str>,
    departments: BTreeSet<&'a str>,
    /// The login ids of those who have an agent.
    agents: BTreeSet<&'a str>,
}

impl Known<'_> {
    /// A user whose login id no manifest could have is left out.
    fn user<'a>(&self, found: &'a LiveResource, left: &LeftOut) -> Option<UserPart<'a>> {
        let login_id = Some(found.id.key.as_str()).filter(|key| is_login_id(key))?;
        let named = |field: &str| {
            let name = text(found, field).filter(|text| is_name(text));
            left.field(found, field, name)
        };
        let number = |field: &str| {
            let number = text(found, field).filter(|it| PhoneNumber::parse(it).is_some());
            left.field(found, field, number)
        };
        let agent = flag(found, AGENT);
        let has_agent = agent == Some(true);
        let phone = number(PHONE);
        let departments = found.fields.get(DEPARTMENTS).map(Value::texts);
        let departments = departments.filter(|names| {
            let all = names.iter().all(|name| self.departments.contains(name));
            has_agent && all
        });
        let address = text(found, EMAIL).filter(|text| Email::parse(text).is_some());
        let role = named(ROLE).filter(|role| self.role_ids.contains_key(role));
        let complete = named(NAME).is_some() && phone.is_some() && role.is_some();
        Some(UserPart {
            login_id,
            name: named(NAME),
            phone,
            agent,
            departments,
            extension: flag(found, EXTENSION).filter(|_| has_agent),
            web_login: WebLoginPart {
                enabled: flag(found, ENABLED),
                designation: named(DESIGNATION),
                email: address.filter(|_| agent == Some(false) && complete),
                role,
                blocked: flag(found, BLOCKED),
                cdr_users: found
                    .fields
                    .get(CDR_USERS)
                    .and_then(|seen| self.reports(seen)),
            },
            login_based_calling: flag(found, LOGIN_BASED_CALLING),
            time_group: named(TIME_GROUP_FIELD).filter(|_| has_agent),
            call_forward_number: number(CALL_FORWARD_NUMBER)
                .filter(|forward| has_agent && Some(*forward) != phone),
        })
    }

    /// Whose calls are seen, when all of them can be named.
    fn reports<'a>(&self, seen: &'a Value) -> Option<CdrPart<'a>> {
        let users = seen.texts();
        if users == [ALL] {
            return Some(CdrPart::All(ALL));
        }
        let known = users.iter().all(|login| self.agents.contains(login));
        known.then_some(CdrPart::Some(users))
    }
}

/// Whether a manifest takes this as a login id.
fn is_login_id(text: &str) -> bool {
    text.chars().count() >= 6 && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
