//! The account itself: plan and seats.

use super::{ADDING, BOTH, SUITE};
use crate::model::{
    Baseline, Confidence, FieldSpec, KindSpec, Page, Procedure, Read, ReadCost, Seat, Shape, Value,
    Way, one_request,
};

const BILLING: &[&str] = &["your name", "Billing"];

const RAISE: Procedure = Procedure {
    path: BILLING,
    lines: &[
        "write down what the page shows: seats in use and in all, the next billing date, any notice of a cancellation",
        "move the agent slider of the current plan to the right, to {purchased_seats} (newer pages: Edit or Upgrade, then +)",
        "look at the amount due, and have it approved",
        "press Apply Changes (newer pages: Continue, then CONTINUE)",
        "check: {purchased_seats} seats in all; where a notice says that seats will be cancelled, press Do Not Cancel",
    ],
    caution: Some("it spends money: the seats are charged at once"),
    source: BOTH,
};

const LOWER: Procedure = Procedure {
    path: BILLING,
    lines: &[
        "check that no more than {purchased_seats} seats are in use: the service refuses fewer than it has users for",
        "move the agent slider of the current plan to the left, to {purchased_seats} (newer pages: Edit, then -)",
        "press Apply Changes (newer pages: Continue, then CONTINUE), and wait until the change is scheduled",
        "write down the date that the page names; until then Do Not Cancel takes it back",
    ],
    caution: Some(
        "it takes effect later, at the end of the period: until then the seats stay paid",
    ),
    source: SUITE,
};

/// The inventory says nothing of seats yet.
const FIND_OUT: Procedure = Procedure {
    path: BILLING,
    lines: &[
        "write down what the page shows: seats in use and in all, the next billing date, any notice of a cancellation",
        "when it shows {purchased_seats} seats in all, nothing is to be done",
        "when it shows fewer, move the agent slider to {purchased_seats} (newer pages: Edit or Upgrade, then +), have the amount due approved, and press Apply Changes (newer pages: Continue, then CONTINUE)",
        "when it shows more, correct `seats.purchased` in the manifest, and lower it when the users are as declared",
    ],
    caution: Some("raising spends money: the seats are charged at once"),
    source: BOTH,
};

fn seats(before: Option<&Value>, after: Option<&Value>) -> &'static Procedure {
    let number = |value: Option<&Value>| value.and_then(Value::as_integer);
    match (number(before), number(after)) {
        (Some(before), Some(after)) if after < before => &LOWER,
        (Some(_), _) => &RAISE,
        (None, _) => &FIND_OUT,
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
        path: BILLING,
        lines: &[
            "sign in as an administrator with the permission Manage Billing",
            "when the page shows the plan {plan} already, nothing is to be done",
            "choose the plan {plan}, look at the amount due, have it approved, and confirm",
        ],
        caution: Some(
            "a dearer plan spends money; a cheaper one takes effect later, at the end of the period",
        ),
        source: BOTH,
    },
    by_hand_delete: Procedure::NONE,
    fields: &[
        FieldSpec {
            about: "The name of the account in the manifests; the service does not know it",
            create: Way::Never,
            update: Way::Never,
            baseline: Baseline::Declared,
            source: "seatwright's own",
            confidence: Confidence::Specified,
            ..FieldSpec::by_hand("name", "Account", Shape::Text)
        },
        FieldSpec {
            about: "The plan that is booked: `single-line` or `multi-line`",
            place: &["current plan"],
            source: BOTH,
            ..FieldSpec::by_hand("plan", "Plan", Shape::Text)
        },
        FieldSpec {
            about: "The seats that are bought: each agent takes one, and each administrator who calls; supervisors take none",
            place: &["current plan"],
            page: Some(Page {
                apart: true,
                procedure: seats,
            }),
            source: ADDING,
            ..FieldSpec::by_hand("purchased_seats", "Agent seats", Shape::Integer)
        },
    ],
};
