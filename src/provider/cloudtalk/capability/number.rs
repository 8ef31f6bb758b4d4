//! Phone numbers: bought by hand, named and routed by the API.

use super::OPENAPI;
use crate::model::{
    Confidence, FieldSpec, Fields, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Value, Way,
    WriteKind,
};

/// What the API can do with a phone number.
pub(super) const NUMBER: KindSpec = KindSpec {
    name: "number",
    plural: "numbers",
    about: "A phone number of the company, and where calls to it go",
    read: Read::Yes,
    read_cost: ReadCost {
        rows_per_request: Some(1000),
        each: 0,
        member_counts: 0,
    },
    write_cost,
    create: Way::Manual,
    delete: Way::Manual,
    key: "number",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[
        "the number itself: it goes back to the carrier",
        "its routing and call flow",
    ],
    by_hand_create: Procedure {
        path: &["Numbers"],
        lines: &["buy the number {key}, or ask for it to be ported"],
        caution: Some(
            "a number is charged from the day it is bought, and some countries ask for documents first",
        ),
        source: "CloudTalk help centre: buy a number, HC-11521378",
    },
    by_hand_update: Procedure {
        path: &["Numbers", "edit icon"],
        lines: &["change what is listed, and save"],
        caution: None,
        source: "CloudTalk help centre: numbers",
    },
    by_hand_delete: Procedure {
        path: &["Numbers"],
        lines: &["ask the vendor's support to remove {key}: there is no button for it"],
        caution: Some("a number that was given back can rarely be had again"),
        source: "CloudTalk help centre: delete a number, HC-12867043",
    },
    fields: &[
        FieldSpec {
            about: "The number in E.164 form, which identifies it",
            create: Way::Manual,
            update: Way::Never,
            unique: true,
            source: OPENAPI,
            ..FieldSpec::readable("number", "Number", Shape::Text)
        },
        FieldSpec {
            about: "What the number is called in the dashboard",
            create: Way::ApiAfterCreate,
            source: OPENAPI,
            ..FieldSpec::readable("name", "Internal name", Shape::Text)
        },
        FieldSpec {
            about: "The sort of target: `group`, `user`, `conference`, `fax` or `none`",
            create: Way::ApiAfterCreate,
            source: OPENAPI,
            ..FieldSpec::readable("route_type", "Connected to", Shape::Text)
        },
        FieldSpec {
            about: "The target itself; the service takes it, and does not tell it",
            read: Read::No,
            create: Way::ApiAfterCreate,
            carries: &["route_type"],
            // The specification lists the target in the answer; live answers lack it.
            source: "CloudTalk OpenAPI 1.7; the answer of the live service lacks `source_id`",
            confidence: Confidence::Observed,
            ..FieldSpec::readable(
                "route",
                "Connected to",
                Shape::ReferenceOneOf(&["group", "user"]),
            )
        },
    ],
};

/// A number that loses its route is cleared by a request of its own; anything else is one edit.
fn write_cost(kind: WriteKind, fields: &Fields) -> u32 {
    let cleared = fields.get("route_type").and_then(Value::as_text) == Some("none");
    match kind {
        WriteKind::Update if cleared && fields.contains_key("name") => 2,
        WriteKind::Create | WriteKind::Update | WriteKind::Delete | WriteKind::Member => 1,
    }
}
