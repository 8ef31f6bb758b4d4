//! The permissions of the dashboard, and what each role has and can have.
//!
//! Names and limits are those of the vendor's own public test suite (2023-06), read on 2026-11-21.

use super::manifest::Designation;

/// One permission.
#[derive(Clone, Copy, Debug)]
struct Permission {
    name: &'static str,
    agent: Standing,
    supervisor: Standing,
}

/// What a role has of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Every new user of the role has it.
    Default,
    /// It can be granted.
    Possible,
    /// The form never offers it.
    Impossible,
}

use Standing::{Default, Impossible, Possible};

const fn row(name: &'static str, agent: Standing, supervisor: Standing) -> Permission {
    Permission {
        name,
        agent,
        supervisor,
    }
}

/// Every permission by the name that the dashboard shows; an administrator has them all by default.
const PERMISSIONS: &[Permission] = &[
    row("View Contact Lists", Default, Default),
    row("Edit Contact", Possible, Default),
    row("Edit Call Result & Note", Default, Default),
    row("View/Export Recent Contacts", Default, Default),
    row(
        "View/Export Contacts from Assigned Campaigns",
        Possible,
        Impossible,
    ),
    row("Export Contact Lists", Possible, Possible),
    row("Upload Contacts Lists", Possible, Possible),
    row("View/Export Do-Not-Call", Possible, Possible),
    row("Listen Audio", Default, Default),
    row("Download Audio", Default, Default),
    row("View All Campaigns", Default, Default),
    row("Create & Edit Campaigns", Possible, Possible),
    row("Pause/Activate Campaign", Possible, Possible),
    row("Assign/Remove Agents", Impossible, Possible),
    row("View Recent Contacts of All Agents", Possible, Default),
    row("View All Reports", Possible, Default),
    row("View All Agents Tasks", Possible, Default),
    row("Listening", Impossible, Default),
    row("Whispering", Impossible, Impossible),
    row("Barge-in", Impossible, Impossible),
    row("Manage Phone Numbers", Possible, Possible),
    row("Manage Billing", Impossible, Possible),
    row("Manage User Permissions", Impossible, Impossible),
    row("Add User", Impossible, Possible),
    row("Edit User", Impossible, Possible),
    row("Delete User", Impossible, Possible),
    row("Add User to the Group", Impossible, Possible),
    row("Remove User from the Group", Impossible, Possible),
];

/// The permission that the older form has as a checkbox of its own.
pub(super) const EDIT_CONTACT: &str = "Edit Contact";
/// Granting the first of the two turns the second on.
pub(super) const IMPLIED: (&str, &str) = ("Create & Edit Campaigns", "View All Campaigns");

/// The names of all permissions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PERMISSIONS.iter().map(|permission| permission.name)
}

/// What a role has of a permission; `None` for a name that is not known.
pub(super) fn standing(designation: Designation, name: &str) -> Option<Standing> {
    let permission = PERMISSIONS.iter().find(|it| it.name == name)?;
    Some(match designation {
        Designation::Agent => permission.agent,
        Designation::Supervisor => permission.supervisor,
        Designation::Administrator => Default,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(designation: Designation, wanted: Standing) -> Vec<&'static str> {
        names()
            .filter(|name| standing(designation, name) == Some(wanted))
            .collect()
    }

    #[test]
    fn the_roles_have_and_can_never_have_what_the_vendors_test_suite_says() {
        assert_eq!(with(Designation::Agent, Default).len(), 6);
        assert_eq!(with(Designation::Agent, Impossible).len(), 11);
        assert_eq!(with(Designation::Supervisor, Default).len(), 11);
        assert_eq!(
            with(Designation::Supervisor, Impossible),
            [
                "View/Export Contacts from Assigned Campaigns",
                "Whispering",
                "Barge-in",
                "Manage User Permissions"
            ]
        );
        assert_eq!(
            with(Designation::Administrator, Default).len(),
            names().count()
        );
        assert_eq!(standing(Designation::Agent, "Fly"), None);
    }
}
