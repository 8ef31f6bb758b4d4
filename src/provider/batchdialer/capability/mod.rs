//! What BatchDialer's public API can do with each kind and field, as data: next to nothing; people do it in the dashboard.
//!
//! The facts are those of the vendor's help centre, of its public test suite (2023-06) and of what public clients of the API
//! report, as of 2026-11-21. None of them was tried on a live account. Where the older and the newer dashboard differ, the
//! procedures name both.

mod account;
mod lists;
mod user;

use crate::model::ProviderSpec;

/// The help page on adding a user.
const ADDING: &str = "BatchDialer help centre: adding a user, 66000486728";
/// The test suite of the product, which names the parts of its newer dashboard.
const SUITE: &str = "BatchDialer's public test suite, 2023-06";
/// Both.
const BOTH: &str =
    "BatchDialer help centre: adding a user, 66000486728; its public test suite, 2023-06";
/// What public clients of the API saw.
const CLIENTS: &str = "answers of the API that public clients captured, 2026-08";

/// The capability table of BatchDialer.
pub static BATCHDIALER: ProviderSpec = ProviderSpec {
    name: "batchdialer",
    title: "BatchDialer",
    facts: "BatchDialer help centre, test suite and public API clients, 2026-11-21",
    seats: Some(("account", "purchased_seats")),
    kinds: &[
        account::ACCOUNT,
        lists::AGENT_STATUS,
        lists::GROUP,
        user::USER,
    ],
};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{Fields, Kind, Read, Value, Way};

    /// What the help page on adding a user names, with where the table has it: kind, and field or `""` for the whole kind.
    const HELP_PAGE: [(&str, &str, &str); 15] = [
        ("Agent Features of an administrator", "user", "calling"),
        ("plan", "account", "plan"),
        ("agent slider", "account", "purchased_seats"),
        ("user", "user", ""),
        ("designation", "user", "designation"),
        ("first name", "user", "first_name"),
        ("last name", "user", "last_name"),
        ("e-mail address", "user", "email"),
        ("password", "user", "password"),
        ("phone number, any ten digits", "user", "phone"),
        ("server location", "user", "server_location"),
        ("contact edit access", "user", "contact_edit_access"),
        ("agent statuses", "agent_status", ""),
        ("agent groups", "group", ""),
        ("groups or agents of campaigns", "user", "campaigns"),
    ];

    #[test]
    fn everything_that_the_help_page_names_is_in_the_table_and_done_by_hand() {
        for (what, kind, field) in HELP_PAGE {
            let spec = BATCHDIALER.kind(&Kind::from_static(kind)).unwrap();
            if field.is_empty() {
                assert_eq!((spec.create, spec.delete), (Way::Manual, Way::Manual));
                assert_eq!(spec.read, Read::No, "{what}");
            } else {
                let field = spec.fields.iter().find(|it| it.name == field);
                assert_eq!(field.unwrap().update, Way::Manual, "{what}");
            }
        }
    }

    #[test]
    fn nothing_is_written_by_the_api_and_every_kind_has_its_key_among_its_fields() {
        for kind in BATCHDIALER.kinds {
            let ways = [kind.create, kind.delete].into_iter();
            let fields = kind.fields.iter().flat_map(|it| [it.create, it.update]);
            for way in ways.chain(fields) {
                assert!(matches!(way, Way::Manual | Way::Never), "{}", kind.name);
            }
            let keys = kind.fields.iter().filter(|field| field.name == kind.key);
            assert_eq!(keys.count(), 1, "{}", kind.name);
        }
    }

    #[test]
    fn every_fact_has_a_sentence_a_label_and_a_source() {
        for kind in BATCHDIALER.kinds {
            assert!(!kind.about.is_empty(), "{}", kind.name);
            for field in kind.fields {
                let name = format!("{}.{}", kind.name, field.name);
                assert!(!field.about.is_empty(), "{name}: about");
                assert!(!field.label.is_empty(), "{name}: label");
                assert!(!field.source.is_empty(), "{name}: source");
            }
        }
    }

    #[test]
    fn agents_and_administrators_who_call_take_a_seat_and_supervisors_never_do() {
        let user = BATCHDIALER.kind(&Kind::from_static("user")).unwrap();
        let table = [
            ("agent", None, true),
            ("agent", Some(false), true),
            ("administrator", Some(true), true),
            ("administrator", Some(false), false),
            ("administrator", None, false),
            ("supervisor", Some(true), false),
        ];
        for (designation, calling, takes) in table {
            let mut fields = Fields::new();
            fields.insert("designation".into(), designation.into());
            if let Some(calling) = calling {
                fields.insert("calling".into(), calling.into());
            }
            assert_eq!(
                user.seat.taken_by(&fields),
                takes,
                "{designation} {calling:?}"
            );
        }
        assert!(!user.seat.taken_by(&Fields::new()));
    }

    #[test]
    fn more_seats_cost_at_once_and_fewer_come_later() {
        let account = BATCHDIALER.kind(&Kind::from_static("account")).unwrap();
        let field = account.field(&"purchased_seats".into()).unwrap();
        let page = field.page.unwrap();
        assert!(page.apart);
        let caution = |before: Option<i64>, after: i64| {
            let before = before.map(Value::Integer);
            let procedure = (page.procedure)(before.as_ref(), Some(&Value::Integer(after)));
            procedure.caution.unwrap()
        };
        assert!(caution(Some(3), 5).contains("charged at once"));
        assert!(caution(Some(5), 3).contains("later"));
        assert!(caution(None, 3).contains("charged at once"));
    }
}
