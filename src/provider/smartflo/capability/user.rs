//! Users: people, with their agents and their logins to the panel.
//!
//! Labels are those of the user guide; its pages were rearranged since, so that places are given as they are now.

use super::{ADD_USER, ALL_USERS, USERS_API};
use crate::model::{
    Baseline, Confidence, FieldSpec, Fields, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way,
    WriteKind,
};

/// First page of the form.
const GENERAL: &[&str] = &["General Details"];
/// Second page of the form.
const SETTINGS: &[&str] = &["User Settings"];
/// Third page of the form.
const LOGIN: &[&str] = &["Web Login"];

/// The users in one answer: the vendor's example has 20, and a greatest number is not documented.
pub(in crate::provider::smartflo) const USERS_PER_PAGE: u32 = 20;

/// What the API can do with a user.
pub(super) const USER: KindSpec = KindSpec {
    name: "user",
    plural: "users",
    about: "A person, with an agent that takes calls and a login to the panel",
    read: Read::Yes,
    read_cost: ReadCost {
        rows_per_request: Some(USERS_PER_PAGE),
        // The list lacks e-mail, designation, reports and time group.
        each: 1,
        member_counts: 0,
    },
    write_cost,
    create: Way::Api,
    delete: Way::Api,
    key: "login_id",
    person: true,
    seat: Seat::Never,
    // Roles are the account's own: none of them is known to administer.
    privileged: None,
    leaving: &[("web_login.blocked", true)],
    lost_on_delete: &[
        "the agent with its extension, and its place in departments and agent groups",
        "destinations of numbers that lead to the agent",
        "allowed caller ids and allowed addresses",
    ],
    by_hand_create: Procedure {
        path: &["Users", "All Users", "Add User"],
        lines: &[
            "enter {name}, the phone and the e-mail address",
            "choose agent group, caller ids and time group, and switch the agent on",
            "enter the login id `{key}` and the role, then press Submit",
        ],
        caution: Some(
            "users count against the licence; the account manager knows how many are left",
        ),
        source: ADD_USER,
    },
    by_hand_update: Procedure {
        path: &["Users", "All Users", "Edit of {key}"],
        lines: &["change what is listed, then press Submit"],
        caution: None,
        source: ALL_USERS,
    },
    by_hand_delete: Procedure {
        path: &["Users", "All Users", "Delete of {key}"],
        lines: &["delete the user {key}"],
        caution: Some("it cannot be undone"),
        source: ALL_USERS,
    },
    fields: &[
        FieldSpec {
            about: "The login id, which identifies the user: at least 6 characters",
            unique: true,
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable("login_id", "Login ID", Shape::Text)
        },
        FieldSpec {
            about: "The name",
            required: true,
            place: GENERAL,
            source: USERS_API,
            ..FieldSpec::readable("name", "Name", Shape::Text)
        },
        FieldSpec {
            about: "The phone in E.164 form; the API has no other number, so calls are forwarded to it too",
            required: true,
            place: GENERAL,
            source: USERS_API,
            ..FieldSpec::readable("phone", "Phone Number (with prefix)", Shape::Text)
        },
        FieldSpec {
            about: "Whether the user has an agent, which takes calls; the API decides it once, on create",
            update: Way::Manual,
            place: &["User Settings", "Calling Agent"],
            source: "docs/users and API reference: create-user; no update has it",
            ..FieldSpec::readable("agent", "Create an Agent", Shape::Bool)
        },
        FieldSpec {
            about: "The number that the agent's calls go to, where it is not the phone",
            read: Read::Sometimes,
            place: SETTINGS,
            // The API has one number for both.
            source: ADD_USER,
            confidence: Confidence::Inferred,
            ..FieldSpec::by_hand(
                "call_forward_number",
                "Call Forward Number (with prefix)",
                Shape::Text,
            )
        },
        FieldSpec {
            about: "The agent groups that the agent is in; written by id, never read back",
            read: Read::No,
            place: SETTINGS,
            source: "Smartflo API reference: create-user, patch-a-user; no answer has it",
            ..FieldSpec::readable("agent_groups", "Assign Agent to Agent Group", Shape::Set)
        },
        FieldSpec {
            about: "The departments that the agent is in, read and written on their side; none means assign later",
            create: Way::ApiAfterCreate,
            place: &["Departments", "Edit"],
            source: "Smartflo API reference: v1departments, v1departmentid",
            ..FieldSpec::readable(
                "departments",
                "Assign Agent to Department",
                Shape::Members("department"),
            )
        },
        FieldSpec {
            about: "The numbers that the agent may call from, in order: the first is the extension's; never read back",
            read: Read::No,
            place: SETTINGS,
            source: "Smartflo API reference: create-user, patch-a-user; docs/users for the order",
            ..FieldSpec::readable(
                "caller_ids",
                "Allowed Caller IDs",
                Shape::ReferenceSequence("caller_id"),
            )
        },
        FieldSpec {
            about: "Whether the agent has an extension, which the service picks; the API decides it once, on create",
            update: Way::Manual,
            place: SETTINGS,
            source: "Smartflo API reference: create-user (`assign_extension`); no update has it",
            ..FieldSpec::readable("extension", "Create an Agent Extension", Shape::Bool)
        },
        FieldSpec {
            about: "The extension that a person chooses out of the free ones",
            read: Read::Sometimes,
            place: &["User Settings", "Create an Agent Extension"],
            source: ADD_USER,
            ..FieldSpec::by_hand("extension_number", "Choose an extension", Shape::Text)
        },
        FieldSpec {
            about: "The agent that is taken over instead of creating one, by the service's id",
            read: Read::Sometimes,
            place: SETTINGS,
            source: ADD_USER,
            ..FieldSpec::by_hand("existing_agent", "Select from Existing Agent", Shape::Text)
        },
        FieldSpec {
            about: "The hours in which the agent is called, as the direct destination of a number",
            update: Way::Manual,
            place: SETTINGS,
            source: "Smartflo API reference: create-user; no update has it",
            ..FieldSpec::readable("time_group", "Time Group", Shape::Reference("time_group"))
        },
        FieldSpec {
            about: "Whether the user can log in to the panel at all",
            // Older revisions of the reference have `create_web_login`; the newest has `block_web_login` only.
            read: Read::Sometimes,
            update: Way::Manual,
            baseline: Baseline::Declared,
            place: GENERAL,
            source: "docs/users and older revisions of the API reference: create-user",
            confidence: Confidence::Observed,
            ..FieldSpec::readable("web_login", "Create Web Login", Shape::Bool)
        },
        FieldSpec {
            about: "The title at work; the API takes it only after the user was created",
            create: Way::ApiAfterCreate,
            place: GENERAL,
            source: USERS_API,
            ..FieldSpec::readable("web_login.designation", "Designation", Shape::Text)
        },
        FieldSpec {
            about: "The e-mail address",
            required: true,
            place: GENERAL,
            source: USERS_API,
            ..FieldSpec::readable("web_login.email", "Email Address", Shape::Text)
        },
        FieldSpec {
            about: "The role in the panel, by name; the API wants its id, and lists no roles",
            required: true,
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable("web_login.role", "User Role", Shape::Text)
        },
        FieldSpec {
            about: "The first password; the API generates none, so one is made here unless it is given",
            read: Read::No,
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable(
                "password",
                "Set New Password / Auto Generate Password",
                Shape::Secret,
            )
        },
        FieldSpec {
            about: "Whether the login is active; the API decides it once, on create",
            update: Way::Manual,
            place: LOGIN,
            source: "Smartflo API reference: create-user; no update has it",
            ..FieldSpec::readable("web_login.enabled", "Status", Shape::Bool)
        },
        FieldSpec {
            about: "Whose calls are seen in reports: all, or some users, whose agents must be there first",
            create: Way::ApiAfterCreate,
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable(
                "web_login.cdr_users",
                "Users for CDR/Reports",
                Shape::ReferencesOrAll("user"),
            )
        },
        FieldSpec {
            about: "Where logins may come from: all, or addresses and networks",
            baseline: Baseline::Text("all"),
            place: LOGIN,
            source: ADD_USER,
            ..FieldSpec::by_hand("web_login.allowed_ips", "Allowed IPs", Shape::Set)
        },
        FieldSpec {
            about: "Whether calls go to the user only while logged in",
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable("login_based_calling", "Login Based Calling", Shape::Bool)
        },
        FieldSpec {
            about: "Whether the login is blocked",
            place: LOGIN,
            source: USERS_API,
            ..FieldSpec::readable("web_login.blocked", "Block Web Login", Shape::Bool)
        },
    ],
};

/// A department's agents are written as a whole, so that they are read before, and once more after.
fn write_cost(kind: WriteKind, _: &Fields) -> u32 {
    match kind {
        WriteKind::Create | WriteKind::Update | WriteKind::Delete => 1,
        WriteKind::Member => 3,
    }
}
