//! The dashboard's rules and words.

use crate::sandbox::batchdialer::{Account, Dashboard, Role, SYSTEM_STATUSES, UserForm};

fn full() -> Dashboard {
    Account::demo().dashboard
}

fn form(role: Role) -> UserForm {
    UserForm {
        role,
        firstname: "Zoe".to_owned(),
        lastname: "Zed".to_owned(),
        email: "zoe@acme.example".to_owned(),
        password: "x".to_owned(),
        phone: "0123456789".to_owned(),
        ..UserForm::default()
    }
}

/// Something wrong with a form.
type Spoil = fn(&mut UserForm);

fn said<T>(result: Result<T, String>) -> String {
    result.err().unwrap_or_default()
}

#[test]
fn without_a_free_seat_the_form_of_an_agent_cannot_be_saved_and_an_administrator_cannot_call() {
    let mut dashboard = full();
    let agent = dashboard.new_user_form(Role::Agent);
    assert_eq!(
        agent.banner,
        Some("Please order more seats to create agent")
    );
    assert!(!agent.can_save);
    let admin = dashboard.new_user_form(Role::Administrator);
    assert_eq!(
        admin.banner,
        Some("Agent Features will be disabled until you order more seats")
    );
    assert!(admin.can_save && !admin.can_enable_calling);
    let supervisor = dashboard.new_user_form(Role::Supervisor);
    assert!(supervisor.can_save && supervisor.banner.is_none());
    assert!(dashboard.add_user(form(Role::Agent)).is_err());
    assert!(dashboard.add_user(form(Role::Supervisor)).is_ok());
    assert_eq!(dashboard.seats_used(), 3);
    // A supervisor who becomes an agent needs a seat, too.
    assert!(
        dashboard
            .edit_user("zoe@acme.example", form(Role::Agent))
            .is_err()
    );
    dashboard
        .set_agent_features("boss@acme.example", false)
        .unwrap();
    assert!(
        dashboard
            .edit_user("zoe@acme.example", form(Role::Agent))
            .is_ok()
    );
    assert!(
        dashboard
            .set_agent_features("boss@acme.example", true)
            .is_err()
    );
}

#[test]
fn more_seats_are_charged_at_once_and_fewer_come_at_the_end_of_the_period() {
    let mut dashboard = full();
    dashboard.set_seats(5).unwrap();
    assert_eq!((dashboard.seats, dashboard.charged), (5, 2));
    assert_eq!(
        said(dashboard.set_seats(2)),
        "You cannot downgrade to a lower number seat unless agent is removed"
    );
    dashboard.set_seats(3).unwrap();
    assert_eq!((dashboard.seats, dashboard.seats_next_period), (5, Some(3)));
    dashboard.do_not_cancel();
    dashboard.end_period();
    assert_eq!(dashboard.seats, 5);
    dashboard.set_seats(3).unwrap();
    dashboard.end_period();
    assert_eq!((dashboard.seats, dashboard.charged), (3, 2));
    dashboard.delete_user("ada@acme.example").unwrap();
    dashboard.set_seats(2).unwrap();
    assert!(dashboard.campaigns["Spring"].is_empty());
}

#[test]
fn the_form_asks_for_what_is_missing_and_takes_any_ten_digits() {
    let mut dashboard = full();
    dashboard.set_seats(9).unwrap();
    let cases: [(&str, Spoil); 6] = [
        ("Enter First Name", |form| form.firstname.clear()),
        ("Enter Last Name", |form| form.lastname.clear()),
        ("Enter Email", |form| form.email.clear()),
        ("Enter Password", |form| form.password.clear()),
        ("Enter Phone", |form| form.phone.clear()),
        ("the phone number has ten digits", |form| {
            form.phone.push('0')
        }),
    ];
    for (text, spoil) in cases {
        let mut spoilt = form(Role::Agent);
        spoil(&mut spoilt);
        assert_eq!(said(dashboard.add_user(spoilt)), text);
    }
    dashboard.add_user(form(Role::Agent)).unwrap();
    assert_eq!(
        said(dashboard.add_user(form(Role::Agent))),
        "the e-mail address is taken"
    );
}

#[test]
fn a_role_has_only_the_switches_and_permissions_that_its_form_offers() {
    let mut dashboard = full();
    dashboard.set_seats(9).unwrap();
    let refused: [Spoil; 5] = [
        |form| form.calling = true,
        |form| form.group = Some("Nobody".to_owned()),
        |form| form.granted = ["Add User".to_owned()].into(),
        |form| {
            form.role = Role::Supervisor;
            form.contact_edit_access = true;
        },
        |form| {
            form.granted.insert("Create & Edit Campaigns".to_owned());
            form.revoked.insert("View All Campaigns".to_owned());
        },
    ];
    for spoil in refused {
        let mut spoilt = form(Role::Agent);
        spoil(&mut spoilt);
        assert!(dashboard.add_user(spoilt).is_err());
    }
    let mut custom = form(Role::Agent);
    assert_eq!(custom.shown_role(), "Agent");
    custom.granted.insert("Export Contact Lists".to_owned());
    assert_eq!(custom.shown_role(), "Agent (Custom)");
    dashboard.add_user(custom).unwrap();
    assert!(
        dashboard
            .set_agent_features("zoe@acme.example", true)
            .is_err()
    );
}

#[test]
fn names_have_3_to_15_characters_and_a_new_status_is_off() {
    let mut dashboard = full();
    assert_eq!(said(dashboard.add_status("", "")), "Enter presence name");
    let short = "Status name must be at least 3 characters long";
    assert_eq!(said(dashboard.add_status("Hm", "")), short);
    assert!(dashboard.add_status("A very long status", "").is_err());
    let taken = "Created agent status already exists";
    for name in SYSTEM_STATUSES {
        assert_eq!(said(dashboard.add_status(name, "")), taken);
        assert!(dashboard.edit_status(name, None, None, Some(true)).is_err());
        assert!(dashboard.delete_status(name).is_err());
    }
    dashboard.add_status("Coaching", "#3366cc").unwrap();
    assert!(!dashboard.statuses["Coaching"].enabled);
    assert_eq!(said(dashboard.add_status("Coaching", "")), taken);
    dashboard
        .edit_status("Coaching", Some("Training"), None, Some(true))
        .unwrap();
    assert!(dashboard.statuses["Training"].enabled);
    dashboard.delete_status("Training").unwrap();
    assert_eq!(said(dashboard.add_group("Hm")), "Minimum 3 characters long");
    dashboard.add_group("Openers").unwrap();
    dashboard.rename_group("Closers", "Finishers").unwrap();
    assert_eq!(
        dashboard.users["ada@acme.example"].group.as_deref(),
        Some("Finishers")
    );
    dashboard.delete_group("Finishers").unwrap();
    assert_eq!(dashboard.users["ada@acme.example"].group, None);
}
