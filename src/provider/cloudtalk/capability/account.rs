//! The account itself: seats and plan.

use crate::model::{
    Baseline, Confidence, FieldSpec, KindSpec, Page, Procedure, Read, ReadCost, Seat, Shape, Value,
    Way, one_request,
};

const BILLING: &str = "CloudTalk help centre: billing, HC-5591834 and HC-5591721";

const ADMINISTRATOR: &str = "sign in as an administrator: no other role reaches the billing pages";

const MORE_SEATS: Procedure = Procedure {
    path: &["Account", "Billing", "Seats", "Add seat"],
    lines: &[
        ADMINISTRATOR,
        "buy as many as the page lacks, so that it shows {purchased_seats}",
    ],
    caution: Some("a purchase is charged at once, and partial periods are not refunded"),
    source: BILLING,
};

const FEWER_SEATS: Procedure = Procedure {
    path: &["Account", "Billing", "Seats", "Remove unused seats"],
    lines: &[
        ADMINISTRATOR,
        "when the users who go are deleted, remove as many as the page shows beyond {purchased_seats}",
    ],
    caution: Some("the seats of deleted users are paid for until they are removed here"),
    source: BILLING,
};

/// Nothing tells how many are bought, so what was declared before decides.
fn seats(before: Option<&Value>, after: Option<&Value>) -> &'static Procedure {
    let number = |value: Option<&Value>| value.and_then(Value::as_integer);
    match (number(before), number(after)) {
        (Some(before), Some(after)) if after < before => &FEWER_SEATS,
        _ => &MORE_SEATS,
    }
}

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
        lines: &[ADMINISTRATOR],
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
            page: Some(Page {
                apart: true,
                procedure: seats,
            }),
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
