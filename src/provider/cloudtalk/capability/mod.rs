//! What CloudTalk's public API can do with each kind and field, as data.
//!
//! The facts are those of the vendor's OpenAPI document, version 1.7, and of its help pages, as of 2026-11-21.
//! `HC-nnnn` names a page of the help centre.

mod account;
mod group;
mod number;
mod user;

use crate::model::ProviderSpec;

/// The vendor's OpenAPI document.
const OPENAPI: &str = "CloudTalk OpenAPI 1.7";
/// The help page on adding a user by hand.
const ADD_USER: &str = "CloudTalk help centre: add a user";

/// The capability table of CloudTalk.
pub static CLOUDTALK: ProviderSpec = ProviderSpec {
    name: "cloudtalk",
    title: "CloudTalk",
    facts: "CloudTalk OpenAPI 1.7 and help centre, 2026-11-21",
    seats: Some(("account", "purchased_seats")),
    kinds: &[account::ACCOUNT, group::GROUP, user::USER, number::NUMBER],
};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::{FieldName, Kind, Read, Way};

    fn field(kind: &'static str, name: &'static str) -> &'static crate::model::FieldSpec {
        CLOUDTALK
            .kind(&Kind::from_static(kind))
            .unwrap()
            .field(&FieldName::from_static(name))
            .unwrap()
    }

    #[test]
    fn every_fact_has_a_sentence_a_label_and_a_source() {
        for kind in CLOUDTALK.kinds {
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
    fn every_field_set_by_hand_has_a_place_in_the_dashboard() {
        for kind in CLOUDTALK.kinds {
            for field in kind.fields {
                if field.create == Way::Manual || field.update == Way::Manual {
                    let reachable = !kind.by_hand_update.path.is_empty() || !field.place.is_empty();
                    assert!(reachable, "{}.{}", kind.name, field.name);
                }
            }
        }
    }

    #[test]
    fn every_kind_has_its_key_among_its_fields() {
        for kind in CLOUDTALK.kinds {
            assert!(
                kind.fields.iter().any(|field| field.name == kind.key),
                "{}",
                kind.name
            );
        }
    }

    #[test]
    fn the_api_takes_an_extension_and_a_password_only_when_it_creates_a_user() {
        for name in ["extension", "password"] {
            let field = field("user", name);
            assert_eq!(
                (field.create, field.update),
                (Way::Api, Way::Never),
                "{name}"
            );
        }
        assert!(field("user", "extension").unique);
    }

    #[test]
    fn membership_and_the_target_of_a_route_cannot_be_read_back() {
        assert_eq!(field("user", "groups").read, Read::No);
        assert_eq!(field("user", "groups").create, Way::ApiAfterCreate);
        assert_eq!(field("number", "route").read, Read::No);
        assert_eq!(field("number", "route").update, Way::Api);
    }

    #[test]
    fn role_settings_groups_and_seats_are_done_by_hand() {
        assert_eq!(field("user", "role").update, Way::Manual);
        assert_eq!(
            field("user", "settings.max_concurrent_calls").update,
            Way::Manual
        );
        assert_eq!(field("account", "purchased_seats").update, Way::Manual);
        let group = CLOUDTALK.kind(&Kind::from_static("group")).unwrap();
        assert_eq!((group.create, group.delete), (Way::Manual, Way::Manual));
    }
}
