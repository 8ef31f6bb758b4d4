//! Departments: the API lists, creates, renames and deletes them, and writes their agents as a whole.

use crate::model::{
    Confidence, FieldSpec, Fields, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way, WriteKind,
};

const GUIDE: &str = "docs.smartflo.tatatelebusiness.com: docs/departments";
const API: &str = "Smartflo API reference: v1departments, v1department, v1departmentid; 2026-11-21";

/// What the API can do with a department.
pub(super) const DEPARTMENT: KindSpec = KindSpec {
    name: "department",
    plural: "departments",
    about: "A department: calls are offered to its agents",
    read: Read::Yes,
    read_cost: ReadCost::ONE,
    write_cost,
    create: Way::Api,
    delete: Way::Api,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[
        "its ringing strategy, failover destination and queue settings",
        "the order and the timeouts of its agents",
    ],
    by_hand_create: Procedure {
        path: &["Departments", "Add Department"],
        lines: &[
            "name it exactly `{key}`",
            "choose the ringing strategy, the failover destination and the music on hold",
            "leave its agents out: they are added by the API",
        ],
        caution: None,
        source: GUIDE,
    },
    by_hand_update: Procedure {
        path: &["Departments", "Edit"],
        lines: &["change what is listed, and save"],
        caution: Some("the API writes a department's agents as a whole: save before the next run"),
        source: GUIDE,
    },
    by_hand_delete: Procedure {
        path: &["Departments", "Delete"],
        lines: &[
            "give every number that leads to `{key}` another destination",
            "delete the department `{key}`",
        ],
        caution: Some("it cannot be undone"),
        source: GUIDE,
    },
    fields: &[FieldSpec {
        about: "The department's name, which identifies it; a new one rings all agents at once, and hangs up then",
        unique: true,
        source: API,
        confidence: Confidence::Specified,
        ..FieldSpec::readable("name", "Name", Shape::Text)
    }],
};

/// A department is written as a whole, so that it is read before, and its members once more after.
fn write_cost(kind: WriteKind, _: &Fields) -> u32 {
    match kind {
        WriteKind::Create | WriteKind::Delete => 1,
        WriteKind::Update => 2,
        WriteKind::Member => 3,
    }
}
