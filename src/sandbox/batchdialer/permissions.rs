//! What the permission grid never offers.

use super::dashboard::Role;

/// Granting the first turns the second on.
pub(super) const IMPLIED: (&str, &str) = ("Create & Edit Campaigns", "View All Campaigns");

/// The permissions that the grid of a role does not have.
pub(super) fn never(role: Role) -> &'static [&'static str] {
    match role {
        Role::Agent => &[
            "Manage Billing",
            "Assign/Remove Agents",
            "Manage User Permissions",
            "Add User",
            "Edit User",
            "Delete User",
            "Add User to the Group",
            "Remove User from the Group",
            "Listening",
            "Whispering",
            "Barge-in",
        ],
        Role::Supervisor => &[
            "View/Export Contacts from Assigned Campaigns",
            "Manage User Permissions",
            "Whispering",
            "Barge-in",
        ],
        Role::Administrator => &[],
    }
}
