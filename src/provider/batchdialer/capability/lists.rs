//! Agent statuses and groups.

use super::{BOTH, SUITE};
use crate::model::{FieldSpec, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way, one_request};

const STATUSES: &[&str] = &["Users", "Agent Statuses"];
const GROUPS: &[&str] = &["Users", "User Groups (older pages: Agent Groups)"];

/// What the API can do with an agent status: nothing.
pub(super) const AGENT_STATUS: KindSpec = KindSpec {
    name: "agent_status",
    plural: "agent_statuses",
    about: "A status of the account's own that agents can choose; the nine built-in ones cannot be changed",
    read: Read::No,
    read_cost: ReadCost::NOTHING,
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[],
    by_hand_create: Procedure {
        path: &["Users", "Agent Statuses", "+"],
        lines: &[
            "type `{key}`, and confirm with the tick",
            "choose the color nearest to {color}",
            "a new status is off: set its checkbox to {enabled}, for the availability dropdown of the agents",
        ],
        caution: None,
        source: BOTH,
    },
    by_hand_update: Procedure {
        path: STATUSES,
        lines: &[
            "rename it to `{name}`",
            "change its color to the one nearest to {color}",
            "set its checkbox to {enabled}: only ticked ones are in the availability dropdown",
        ],
        caution: None,
        source: SUITE,
    },
    by_hand_delete: Procedure {
        path: STATUSES,
        lines: &["delete `{key}`, and confirm; the page says that it was deleted"],
        caution: Some("it cannot be undone"),
        source: SUITE,
    },
    fields: &[
        FieldSpec {
            about: "The name, 3 to 15 characters, which identifies the status",
            unique: true,
            source: SUITE,
            ..FieldSpec::by_hand("name", "Name", Shape::Text)
        },
        FieldSpec {
            about: "The color; the dashboard offers some, and the nearest is chosen",
            source: SUITE,
            ..FieldSpec::by_hand("color", "Color", Shape::Text)
        },
        FieldSpec {
            about: "Whether agents find it in their availability dropdown; off when it is created",
            source: BOTH,
            ..FieldSpec::by_hand("enabled", "Checkbox", Shape::Bool)
        },
    ],
};

/// What the API can do with a group: nothing.
pub(super) const GROUP: KindSpec = KindSpec {
    name: "group",
    plural: "groups",
    about: "A group of users: campaigns can be assigned to it instead of to agents by name",
    read: Read::No,
    read_cost: ReadCost::NOTHING,
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &["its place in campaigns"],
    by_hand_create: Procedure {
        path: &["Users", "User Groups (older pages: Agent Groups)", "+"],
        lines: &["type `{key}`, and confirm with the tick"],
        caution: None,
        source: BOTH,
    },
    by_hand_update: Procedure {
        path: GROUPS,
        lines: &["rename it to `{name}`"],
        caution: None,
        source: SUITE,
    },
    by_hand_delete: Procedure {
        path: GROUPS,
        lines: &[
            "check in the campaigns that none is assigned to `{key}`",
            "delete `{key}`, and confirm; the page says that it was deleted",
        ],
        caution: Some("it cannot be undone"),
        source: SUITE,
    },
    fields: &[FieldSpec {
        about: "The name, 3 to 15 characters, which identifies the group",
        unique: true,
        source: SUITE,
        ..FieldSpec::by_hand("name", "Name", Shape::Text)
    }],
};
