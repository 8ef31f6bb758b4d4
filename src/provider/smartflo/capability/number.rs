//! Numbers that agents call from, which the API calls my numbers: bought by hand.

use crate::model::{
    Confidence, FieldSpec, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way, one_request,
};

const API: &str = "Smartflo API reference: v1my_number; public clients of it, 2026-11-21";

/// What the API can do with a number.
pub(super) const CALLER_ID: KindSpec = KindSpec {
    name: "caller_id",
    plural: "caller_ids",
    about: "A phone number of the account that agents may call from",
    read: Read::Yes,
    read_cost: ReadCost::ONE,
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "number",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &["the number itself", "its destination"],
    by_hand_create: Procedure {
        path: &["My Numbers"],
        lines: &["ask the account manager for the number {key}: it cannot be bought in the panel"],
        caution: Some("a number is charged from the day it is assigned"),
        source: API,
    },
    by_hand_update: Procedure {
        path: &["My Numbers", "Edit"],
        lines: &["change what is listed, and save"],
        caution: None,
        source: API,
    },
    by_hand_delete: Procedure {
        path: &["My Numbers"],
        lines: &["ask the account manager to take {key} back"],
        caution: Some("a number that was given back can rarely be had again"),
        source: API,
    },
    fields: &[FieldSpec {
        about: "The number in E.164 form, which identifies it",
        create: Way::Manual,
        update: Way::Never,
        unique: true,
        source: API,
        confidence: Confidence::Observed,
        ..FieldSpec::readable("number", "DID", Shape::Text)
    }],
};
