//! What Smartflo's public API can do with each kind and field, as data.
//!
//! The facts are those of the vendor's API reference and user guide, as of 2026-11-21. Acefone and Servetel have the
//! same API under other names. Nothing of it was tried against a live account.

mod department;
mod number;
mod user;

use crate::model::{
    Confidence, FieldSpec, KindSpec, Procedure, ProviderSpec, Read, ReadCost, Seat, Shape, Way,
    one_request,
};

/// The page on adding a user.
const ADD_USER: &str = "docs.smartflo.tatatelebusiness.com: docs/users";
/// The page on the list of users.
const ALL_USERS: &str = "docs.smartflo.tatatelebusiness.com: docs/all-users";
/// The reference of the users' part of the API.
const USERS_API: &str =
    "Smartflo API reference: create-user, patch-a-user, fetch-single-user, fetch-multiple-users";

/// The capability table of Smartflo.
pub static SMARTFLO: ProviderSpec = ProviderSpec {
    name: "smartflo",
    title: "Tata Tele Smartflo",
    facts: "Smartflo API reference and user guide, 2026-11-21",
    // Licences are neither in the API nor on the panel's pages for users.
    seats: None,
    kinds: &[
        department::DEPARTMENT,
        number::CALLER_ID,
        TIME_GROUP,
        user::USER,
    ],
};

/// What the API can do with a time group: it creates and deletes them, and changes none; users refer to them only.
const TIME_GROUP: KindSpec = KindSpec {
    name: "time_group",
    plural: "time_groups",
    about: "Hours and days in which agents are called",
    read: Read::Yes,
    read_cost: ReadCost::ONE,
    write_cost: one_request,
    create: Way::Manual,
    delete: Way::Manual,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &["the hours and days that it stands for"],
    by_hand_create: Procedure {
        path: &["Time Group", "Add Time Group"],
        lines: &[
            "name it exactly `{key}`",
            "choose its times, days, dates and months, then save",
        ],
        caution: None,
        source: TIME_GROUPS_API,
    },
    by_hand_update: Procedure {
        path: &["Time Group"],
        lines: &["change what is listed, and save"],
        caution: None,
        source: TIME_GROUPS_API,
    },
    by_hand_delete: Procedure {
        path: &["Time Group"],
        lines: &[
            "give every agent and number that uses `{key}` another time group",
            "delete `{key}`",
        ],
        caution: None,
        source: TIME_GROUPS_API,
    },
    fields: &[FieldSpec {
        about: "The time group's name, which identifies it",
        create: Way::Manual,
        update: Way::Manual,
        unique: true,
        source: TIME_GROUPS_API,
        confidence: Confidence::Specified,
        ..FieldSpec::readable("name", "Name", Shape::Text)
    }],
};

const TIME_GROUPS_API: &str = "Smartflo API reference: v1timegroup, v1timegroups";

#[cfg(test)]
mod tests;
