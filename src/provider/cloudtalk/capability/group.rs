//! Ring groups: the API lists them, and moves agents in and out.

use super::OPENAPI;
use crate::model::{FieldSpec, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way, one_request};

const GROUPS: &str = "CloudTalk help centre: ring groups, HC-2144031";

/// What the API can do with a group.
pub(super) const GROUP: KindSpec = KindSpec {
    name: "group",
    plural: "groups",
    about: "A ring group: calls are offered to its members",
    read: Read::Yes,
    read_cost: ReadCost {
        rows_per_request: Some(1000),
        each: 0,
        // The realtime statistics count all groups at once.
        member_counts: 1,
    },
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[
        "the steps of call flows that lead to the group",
        "its ringing strategy and queue settings",
    ],
    by_hand_create: Procedure {
        path: &["Groups"],
        lines: &[
            "add a group, and name it exactly `{key}`",
            "leave its members out: they are added by the API",
        ],
        caution: Some("the Lite plan has one group only"),
        source: GROUPS,
    },
    by_hand_update: Procedure {
        path: &["Groups"],
        lines: &["open the group, change what is listed, and save"],
        caution: None,
        source: GROUPS,
    },
    by_hand_delete: Procedure {
        path: &["Groups"],
        lines: &[
            "give every number and call flow that leads to `{key}` another target",
            "delete the group `{key}`",
        ],
        caution: Some("it cannot be undone, and its place in call flows is lost"),
        source: GROUPS,
    },
    fields: &[FieldSpec {
        about: "The group's name, which identifies it",
        create: Way::Manual,
        update: Way::Manual,
        unique: true,
        source: OPENAPI,
        ..FieldSpec::readable("name", "Group name", Shape::Text)
    }],
};
