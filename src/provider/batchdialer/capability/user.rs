//! Users: agents, supervisors and administrators.

use super::{ADDING, BOTH, CLIENTS, SUITE};
use crate::model::{
    Confidence, FieldSpec, Fields, KindSpec, Page, Procedure, Read, ReadCost, Seat, Shape, Value,
    Way, one_request,
};

const PERMISSIONS: &[&str] = &["Permissions"];

/// Agents always take a seat, administrators when they call, supervisors never.
fn takes_seat(fields: &Fields) -> bool {
    match fields.get("designation").and_then(Value::as_text) {
        Some("agent") => true,
        Some("administrator") => fields.get("calling").and_then(Value::as_bool) == Some(true),
        Some(_) | None => false,
    }
}

const CALLING_OFF: Procedure = Procedure {
    path: &["name of {key}", "Profile"],
    lines: &[
        "sign in as {key}; from another administrator's login, it is Users, the row of {key}, Edit",
        "set Agent Features to Disable, and save the changes",
        "check: the dialer is gone from that login, and Billing shows one seat less in use",
    ],
    caution: Some("it costs nothing, and frees a seat; {title} can make no calls from then on"),
    source: BOTH,
};

const CALLING_ON: Procedure = Procedure {
    path: &["name of {key}", "Profile"],
    lines: &[
        "check under Billing that a seat is free: without one the switch cannot be set",
        "sign in as {key}; from another administrator's login, it is Users, the row of {key}, Edit",
        "set Agent Features to Enable, and save the changes",
        "check: Billing shows one seat more in use",
    ],
    caution: Some("it takes a seat"),
    source: BOTH,
};

fn calling(_: Option<&Value>, after: Option<&Value>) -> &'static Procedure {
    match after.and_then(Value::as_bool) {
        Some(true) => &CALLING_ON,
        Some(false) | None => &CALLING_OFF,
    }
}

const CAMPAIGNS: Procedure = Procedure {
    path: &["Campaigns", "each campaign that is listed", "Agents"],
    lines: &[
        "pick {title} in each campaign of the new list, and save",
        "take {title} out of each campaign that is only in the old list, and save",
        "leave the groups of the campaigns as they are: who is in a group works on its campaigns without being named",
    ],
    caution: None,
    source: "BatchDialer help centre: adding a user, 66000486728; answers of campaign search, 2026-08",
};

fn campaigns(_: Option<&Value>, _: Option<&Value>) -> &'static Procedure {
    &CAMPAIGNS
}

/// What the API can do with a user: show some of their names, at times.
pub(super) const USER: KindSpec = KindSpec {
    name: "user",
    plural: "users",
    about: "A person with a login; the API shows no more than names, in call records and campaigns",
    read: Read::No,
    read_cost: ReadCost::NOTHING,
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "email",
    person: true,
    seat: Seat::When(takes_seat),
    privileged: Some(("designation", "administrator")),
    leaving: &[],
    lost_on_delete: &["the login, with its permissions and its place in campaigns"],
    by_hand_create: Procedure {
        path: &["Users", "Add New User (newer pages: ADD NEW)"],
        lines: &[
            "choose {designation} first, as designation or User Role: the rest of the form depends on it",
            "enter the names, and {key} as the e-mail address, which is the login",
            "type a password of your own making, and hand it over by a safe channel: it is neither made nor kept here",
            "enter {phone} as it stands: nobody calls it, and for somebody overseas any ten digits will do",
            "choose {server_location}, the server nearest to where the user sits; newer forms may not have the field",
            "set contact edit access to {contact_edit_access}; on newer forms it is the permission Edit Contact",
            "choose the group {group}",
            "set Enable Calling Feature to {calling}; without a free seat it cannot be switched on",
            "open the permissions, and tick {permissions.grant}",
            "open the permissions, and untick {permissions.revoke}",
            "save; when SAVE is greyed out, no seat is free: do not press Order, do the earlier steps of this plan first",
            "check the new row: role, with (Custom) only when permissions were changed, and group",
        ],
        caution: None,
        source: BOTH,
    },
    by_hand_update: Procedure {
        path: &["Users", "row of {key}", "Edit"],
        lines: &[
            "the login changes to {email}: tell the user",
            "choose the role {designation}; agents need a free seat, supervisors free one; look at the permissions again afterwards",
            "set contact edit access to {contact_edit_access}; on newer forms it is the permission Edit Contact",
            "set Agent Features to {calling}; without a free seat it cannot be switched on",
            "tick beyond the role's default: {permissions.grant}, and nothing else",
            "untick of the role's default: {permissions.revoke}, and nothing else",
            "change what is listed, save, and check the row",
        ],
        caution: None,
        source: BOTH,
    },
    by_hand_delete: Procedure {
        path: &["Users", "row of {key}"],
        lines: &[
            "take {title} out of every campaign first",
            "choose Force Logout, then Delete, and confirm; the page says that the user was deleted",
        ],
        caution: Some(
            "it cannot be undone; the seat is free for others, and stays paid until seats are lowered",
        ),
        source: SUITE,
    },
    fields: &[
        FieldSpec {
            about: "The e-mail address, which identifies the user and is the login",
            unique: true,
            source: BOTH,
            ..FieldSpec::by_hand("email", "Email", Shape::Text)
        },
        FieldSpec {
            about: "The given name; call records show it of those who called",
            read: Read::Sometimes,
            source: CLIENTS,
            confidence: Confidence::Observed,
            ..FieldSpec::by_hand("first_name", "First Name", Shape::Text)
        },
        FieldSpec {
            about: "The family name; call records show it of those who called",
            read: Read::Sometimes,
            source: CLIENTS,
            confidence: Confidence::Observed,
            ..FieldSpec::by_hand("last_name", "Last Name", Shape::Text)
        },
        FieldSpec {
            about: "What the user is: `agent`, `supervisor` or `administrator`",
            // The form of another role has other switches, and other permissions by default.
            resets: &[
                "contact_edit_access",
                "calling",
                "permissions.grant",
                "permissions.revoke",
            ],
            source: BOTH,
            ..FieldSpec::by_hand("designation", "Designation (User Role)", Shape::Text)
        },
        FieldSpec {
            about: "The password: a person makes it, types it, and hands it over; it is never in a plan",
            source: BOTH,
            ..FieldSpec::by_hand("password", "Password", Shape::Secret)
        },
        FieldSpec {
            about: "The phone number: any ten digits",
            source: BOTH,
            ..FieldSpec::by_hand("phone", "Phone", Shape::Text)
        },
        FieldSpec {
            about: "The server nearest to where the user sits; newer forms seem to have dropped it",
            source: ADDING,
            confidence: Confidence::Inferred,
            ..FieldSpec::by_hand("server_location", "Server location", Shape::Text)
        },
        FieldSpec {
            about: "Whether an agent may edit contacts; newer forms have it as the permission `Edit Contact`",
            source: BOTH,
            ..FieldSpec::by_hand("contact_edit_access", "Contact edit access", Shape::Bool)
        },
        FieldSpec {
            about: "The group of the user; the form takes one",
            source: BOTH,
            ..FieldSpec::by_hand("group", "User Group", Shape::Reference("group"))
        },
        FieldSpec {
            about: "Whether an administrator calls, which takes a seat: Agent Features",
            page: Some(Page {
                apart: false,
                procedure: calling,
            }),
            source: BOTH,
            ..FieldSpec::by_hand("calling", "Agent Features", Shape::Bool)
        },
        FieldSpec {
            about: "Permissions beyond those that the role has by default",
            place: PERMISSIONS,
            source: SUITE,
            ..FieldSpec::by_hand("permissions.grant", "Granted", Shape::Set)
        },
        FieldSpec {
            about: "Permissions taken away of those that the role has by default",
            place: PERMISSIONS,
            source: SUITE,
            ..FieldSpec::by_hand("permissions.revoke", "Revoked", Shape::Set)
        },
        FieldSpec {
            about: "The campaigns that name the user; campaign search lists names, which only hints at it",
            read: Read::Sometimes,
            create: Way::Never,
            page: Some(Page {
                apart: true,
                procedure: campaigns,
            }),
            source: CLIENTS,
            confidence: Confidence::Observed,
            ..FieldSpec::by_hand("campaigns", "Campaigns", Shape::Set)
        },
    ],
};
