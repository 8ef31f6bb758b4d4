//! Users, whom the API calls agents.

use super::{ADD_USER, OPENAPI};
use crate::model::{
    Baseline, Confidence, FieldSpec, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way,
    one_request,
};

const BASIC: &[&str] = &["Basic settings"];
const ADVANCED: &[&str] = &["Advanced settings"];

/// A field of the tab of advanced settings: by hand only, and never read back.
const fn advanced(
    name: &'static str,
    label: &'static str,
    shape: Shape,
    about: &'static str,
) -> FieldSpec {
    FieldSpec {
        about,
        place: ADVANCED,
        source: ADD_USER,
        ..FieldSpec::by_hand(name, label, shape)
    }
}

/// What the API can do with a user.
pub(super) const USER: KindSpec = KindSpec {
    name: "user",
    plural: "users",
    about: "A person with a login; the API calls every user an agent",
    read: Read::Yes,
    read_cost: ReadCost {
        rows_per_request: Some(1000),
        each: 0,
        member_counts: 0,
    },
    write_cost: one_request,
    create: Way::Api,
    delete: Way::Api,
    key: "email",
    person: true,
    seat: Seat::Always,
    privileged: Some(("role", "admin")),
    leaving: &[("outbound_calls", false)],
    lost_on_delete: &[
        "the steps of call flows that lead to the user",
        "the extension: the vendor does not say when it is free again",
        "skills and advanced settings",
    ],
    by_hand_create: Procedure {
        path: &["Users", "+ Add User"],
        lines: &[
            "enter {first_name}, {last_name} and {key}",
            "enter the extension, when one is wanted: it cannot be changed later",
            "choose the role, then press Save User",
        ],
        caution: Some(
            "a free seat is needed, and an e-mail address that no CloudTalk account uses",
        ),
        source: ADD_USER,
    },
    by_hand_update: Procedure {
        path: &["Users", "edit icon of {key}"],
        lines: &["change what is listed, then press Save User"],
        caution: None,
        source: "CloudTalk help centre: change a user's e-mail, HC-8536595",
    },
    by_hand_delete: Procedure {
        path: &["Users"],
        lines: &["delete the user {key}"],
        caution: Some(
            "it cannot be undone; the seat stays paid until Account > Billing > Seats > Remove unused seats",
        ),
        source: "CloudTalk help centre: billing, HC-5591834",
    },
    fields: &[
        FieldSpec {
            about: "The e-mail address, which identifies the user and is the login",
            unique: true,
            place: BASIC,
            source: OPENAPI,
            ..FieldSpec::readable("email", "Email address", Shape::Text)
        },
        FieldSpec {
            about: "The given name",
            required: true,
            place: BASIC,
            source: OPENAPI,
            ..FieldSpec::readable("first_name", "First name", Shape::Text)
        },
        FieldSpec {
            about: "The family name",
            required: true,
            place: BASIC,
            source: OPENAPI,
            ..FieldSpec::readable("last_name", "Last name", Shape::Text)
        },
        FieldSpec {
            about: "The four-digit extension for internal calls; fixed when the user is created",
            update: Way::Never,
            unique: true,
            place: BASIC,
            source: "CloudTalk OpenAPI 1.7 and help centre: add a user",
            ..FieldSpec::readable("extension", "User extension", Shape::Text)
        },
        FieldSpec {
            about: "The first password; users change it themselves",
            read: Read::No,
            update: Way::Never,
            place: BASIC,
            source: OPENAPI,
            ..FieldSpec::readable("password", "Password", Shape::Secret)
        },
        FieldSpec {
            about: "The role: `admin`, `supervisor`, `agent` or `analyst`; the API makes agents only",
            // The API has no role, and creates agents only.
            baseline: Baseline::Text("agent"),
            place: BASIC,
            source: ADD_USER,
            ..FieldSpec::by_hand("role", "User role", Shape::Text)
        },
        FieldSpec {
            about: "Whether the user may call out",
            place: ADVANCED,
            source: OPENAPI,
            ..FieldSpec::readable("outbound_calls", "Outbound calls", Shape::Bool)
        },
        FieldSpec {
            about: "The most that a user's calls may cost in a day, in EUR, 1 to 200",
            // The specification has it in the answer; its example has not.
            read: Read::Sometimes,
            place: ADVANCED,
            source: OPENAPI,
            ..FieldSpec::readable("daily_price_limit", "Daily price limit", Shape::Integer)
        },
        FieldSpec {
            about: "The number that called people see",
            place: ADVANCED,
            source: OPENAPI,
            ..FieldSpec::readable(
                "default_number",
                "Default outbound call number",
                Shape::Reference("number"),
            )
        },
        FieldSpec {
            about: "The ring groups that the user is in; written by the API, never read back",
            read: Read::No,
            create: Way::ApiAfterCreate,
            place: ADVANCED,
            source: OPENAPI,
            ..FieldSpec::readable("groups", "Assigned groups", Shape::Members("group"))
        },
        FieldSpec {
            about: "The language of the user's dashboard",
            place: BASIC,
            source: ADD_USER,
            ..FieldSpec::by_hand("language", "Language", Shape::Text)
        },
        FieldSpec {
            about: "A phone outside of CloudTalk that calls can be sent on to",
            place: BASIC,
            source: ADD_USER,
            ..FieldSpec::by_hand("external_phone", "External phone number", Shape::Text)
        },
        FieldSpec {
            about: "The skills by which calls are routed",
            place: &["User skill"],
            source: "CloudTalk help centre: skill groups, HC-5799884",
            ..FieldSpec::by_hand("skills", "User skill", Shape::Set)
        },
        FieldSpec {
            about: "The numbers that the user may call and text from; none means all",
            read: Read::Yes,
            place: ADVANCED,
            source: "CloudTalk OpenAPI 1.7 (read) and help centre: add a user",
            confidence: Confidence::Specified,
            ..FieldSpec::by_hand(
                "assigned_numbers",
                "Assigned numbers",
                Shape::References("number"),
            )
        },
        advanced(
            "settings.call_monitor_access",
            "Access to call monitor",
            Shape::Bool,
            "Whether an agent sees the call monitor with running calls",
        ),
        advanced(
            "settings.realtime_analytics_access",
            "Access to Analytics Real-Time tab",
            Shape::Bool,
            "Whether an agent sees the real-time reports",
        ),
        advanced(
            "settings.global_call_visibility",
            "Global settings for visibility of calls and recordings",
            Shape::Bool,
            "Whether the company's setting decides which calls and recordings an agent sees",
        ),
        advanced(
            "settings.message_visibility",
            "Message visibility by Agent",
            Shape::Text,
            "Which messages an agent sees",
        ),
        advanced(
            "settings.max_concurrent_calls",
            "Maximum number of calls",
            Shape::Integer,
            "How many calls the user can have at once",
        ),
        advanced(
            "settings.pause_recording",
            "Agent-initiated Pause Call Recording",
            Shape::Bool,
            "Whether the user may pause a recording",
        ),
        advanced(
            "settings.incoming_call_notifications",
            "Incoming calls notification",
            Shape::Bool,
            "Whether calls are announced while the app is in the background",
        ),
        advanced(
            "settings.mandatory_call_tagging",
            "Require mandatory call tagging for this agent",
            Shape::Bool,
            "Whether a call must be tagged before it is completed",
        ),
        advanced(
            "settings.auto_answer_dialed_calls",
            "Automatically pick up dialed calls",
            Shape::Bool,
            "Whether dialed calls are picked up by themselves",
        ),
        advanced(
            "settings.auto_answer_inbound_calls",
            "Automatically pick up inbound calls",
            Shape::Bool,
            "Whether inbound calls are picked up by themselves after a while",
        ),
        advanced(
            "settings.can_change_own_groups",
            "Agent can control own group membership",
            Shape::Bool,
            "Whether the user may join and leave groups without an administrator",
        ),
        advanced(
            "settings.visible_users",
            "Which users can this user have access to",
            Shape::References("user"),
            "The users whose data a supervisor or analyst sees",
        ),
        advanced(
            "settings.visible_groups",
            "Which groups can this user have access to",
            Shape::References("group"),
            "The groups whose data a supervisor or analyst sees",
        ),
        advanced(
            "settings.visible_numbers",
            "Which numbers can this user have access to",
            Shape::References("number"),
            "The numbers whose data a supervisor or analyst sees",
        ),
        advanced(
            "settings.visible_external_numbers",
            "Which external numbers can this user have access to",
            Shape::Set,
            "The external numbers whose data a supervisor or analyst sees",
        ),
        advanced(
            "settings.download_recordings",
            "Download recordings",
            Shape::Bool,
            "Whether a supervisor or analyst may download recordings",
        ),
        advanced(
            "settings.download_reports",
            "Download reports",
            Shape::Bool,
            "Whether a supervisor or analyst may download reports",
        ),
    ],
};
