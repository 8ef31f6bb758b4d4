use super::*;
use crate::model::{FieldName, Kind};

/// The rows of the vendor's page on adding a user, in its order.
const ROWS: [&str; 22] = [
    "Name",
    "Phone Number",
    "Create an Agent",
    "Create Web Login",
    "Call Forward Number",
    "Agent Group",
    "Department",
    "Allowed Caller IDs",
    "Create an Agent Extension",
    "Choose an extension",
    "Select from Existing Agent",
    "Designation",
    "Email Address",
    "User Role",
    "Login ID",
    "Auto Generate Password",
    "Set New Password",
    "Status",
    "Users for CDR/Reports",
    "Allowed IPs",
    "Login Based Calling",
    "Block Web Login",
];

fn user_field(name: &'static str) -> &'static FieldSpec {
    let user = SMARTFLO.kind(&Kind::from_static("user"));
    user.and_then(|user| user.field(&FieldName::from_static(name)))
        .unwrap_or_else(|| panic!("{name}"))
}

/// Whether a label is this row, as it stands or with the words that the vendor puts around it.
fn is_row(label: &str, row: &str) -> bool {
    label.split(" / ").any(|part| {
        let part = part.trim_start_matches("Assign Agent to ");
        part.trim_end_matches(" (with prefix)") == row
    })
}

#[test]
fn every_row_of_the_page_on_adding_a_user_is_one_field_under_the_vendors_label() {
    let fields = user::USER.fields;
    for row in ROWS {
        let found = fields.iter().filter(|field| is_row(field.label, row));
        assert_eq!(found.count(), 1, "{row}");
    }
    let others: Vec<&str> = fields
        .iter()
        .filter(|field| !ROWS.iter().any(|row| is_row(field.label, row)))
        .map(|field| field.name)
        .collect();
    assert_eq!(others, ["time_group"], "which the page did not have then");
}

#[test]
fn every_fact_has_a_sentence_a_label_and_a_source() {
    for kind in SMARTFLO.kinds {
        assert!(!kind.about.is_empty(), "{}", kind.name);
        assert!(kind.fields.iter().any(|field| field.name == kind.key));
        for field in kind.fields {
            let name = format!("{}.{}", kind.name, field.name);
            assert!(!field.about.is_empty(), "{name}: about");
            assert!(!field.label.is_empty(), "{name}: label");
            assert!(!field.source.is_empty(), "{name}: source");
        }
    }
}

#[test]
fn every_field_set_by_hand_has_a_place_in_the_panel() {
    for kind in SMARTFLO.kinds {
        for field in kind.fields {
            if field.create == Way::Manual || field.update == Way::Manual {
                let path = kind.by_hand_update.path;
                assert!(!path.is_empty(), "{}.{}", kind.name, field.name);
            }
        }
    }
}

#[test]
fn every_reference_leads_to_a_kind_of_the_table() {
    for kind in SMARTFLO.kinds {
        for field in kind.fields {
            for target in field.shape.targets() {
                assert!(SMARTFLO.kind(&target).is_some(), "{}", field.name);
            }
        }
    }
}

#[test]
fn what_no_answer_holds_is_not_said_to_be_readable() {
    for name in [
        "agent_groups",
        "caller_ids",
        "password",
        "web_login.allowed_ips",
    ] {
        assert_eq!(user_field(name).read, Read::No, "{name}");
    }
}

#[test]
fn what_no_update_takes_is_done_by_hand_on_a_user_who_is_there() {
    for name in ["agent", "extension", "time_group", "web_login.enabled"] {
        let field = user_field(name);
        assert_eq!(
            (field.create, field.update),
            (Way::Api, Way::Manual),
            "{name}"
        );
    }
    for name in [
        "extension_number",
        "existing_agent",
        "call_forward_number",
        "web_login.allowed_ips",
    ] {
        assert!(user_field(name).is_manual_only(), "{name}");
    }
}

#[test]
fn designation_reports_and_departments_follow_the_create() {
    for name in [
        "web_login.designation",
        "web_login.cdr_users",
        "departments",
    ] {
        let field = user_field(name);
        assert_eq!(field.create, Way::ApiAfterCreate, "{name}");
        assert_eq!(field.update, Way::Api, "{name}");
    }
}
