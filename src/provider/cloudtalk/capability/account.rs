//! The account itself: seats and plan.

use crate::model::{
    Baseline, Confidence, FieldSpec, KindSpec, Procedure, Read, ReadCost, Seat, Shape, Way,
    one_request,
};

const BILLING: &str = "CloudTalk help centre: billing, HC-5591834 and HC-5591721";

/// What the API can do with the account: nothing; billing is in the dashboard only.
pub(super) const ACCOUNT: KindSpec = KindSpec {
    name: "account",
    plural: "accounts",
    about: "The company's account: what is bought",
    read: Read::No,
    read_cost: ReadCost::NOTHING,
    write_cost: one_request,
    create: Way::Never,
    delete: Way::Never,
    key: "name",
    person: false,
    seat: Seat::Never,
    privileged: None,
    leaving: &[],
    lost_on_delete: &[],
    by_hand_create: Procedure::NONE,
    by_hand_update: Procedure {
        path: &["Account", "Billing"],
        lines: &["sign in as an administrator: no other role reaches the billing pages"],
        caution: Some("a purchase is charged at once, and partial periods are not refunded"),
        source: BILLING,
    },
    by_hand_delete: Procedure::NONE,
    fields: &[
        FieldSpec {
            about: "The name of the account in the manifests; the service does not know it",
            read: Read::No,
            create: Way::Never,
            update: Way::Never,
            baseline: Baseline::Declared,
            source: "seatwright's own",
            confidence: Confidence::Specified,
            ..FieldSpec::by_hand("name", "Account", Shape::Text)
        },
        FieldSpec {
            about: "The seats that are bought; each user takes one, and a user beyond them is refused",
            baseline: Baseline::Declared,
            place: &["Seats", "Add seat"],
            source: BILLING,
            ..FieldSpec::by_hand("purchased_seats", "Seats", Shape::Integer)
        },
        FieldSpec {
            about: "The plan that is booked; the API needs Essential or higher",
            baseline: Baseline::Declared,
            place: &["Current plan", "Change plan"],
            source: BILLING,
            ..FieldSpec::by_hand("plan", "Current plan", Shape::Text)
        },
    ],
};
