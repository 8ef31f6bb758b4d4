//! Rules on what each designation can have.

use std::collections::BTreeSet;

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::check::{Place, Reporter};
use crate::manifest::origins::Pointer;
use crate::provider::batchdialer::facts::{Effective, Given, UserFacts};
use crate::provider::batchdialer::manifest::Designation;

/// The users who are to exist, with what they are.
pub(super) fn designated<'f, 'a>(
    subject: &'f Subject<'a>,
) -> impl Iterator<Item = (&'f UserFacts<'a>, Given<'a, Designation>)> {
    subject
        .facts
        .users
        .iter()
        .filter(|user| user.present)
        .filter_map(|user| Some((user, user.effective.designation?)))
}

/// Tells of a mistake in a profile once, and not again for each holder.
#[derive(Default)]
pub(super) struct Once {
    told: BTreeSet<(Code, Pointer)>,
}

impl Once {
    pub(super) fn push(
        &mut self,
        diagnostic: Diagnostic,
        place: Place<'_>,
        report: &mut Reporter<'_>,
    ) {
        if self.told.insert((diagnostic.code, place.pointer())) {
            report.push(diagnostic);
        }
    }
}

/// A user who is given what only a designation makes sense of has one.
pub(super) fn designations(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in subject.facts.users.iter().filter(|user| user.present) {
        let Effective {
            designation: None,
            contact_edit_access,
            calling,
            grant,
            revoke,
            ..
        } = &user.effective
        else {
            continue;
        };
        let needing = [
            contact_edit_access.map(|given| ("contact_edit_access", given.place)),
            calling.map(|given| ("calling", given.place)),
            grant.map(|given| ("permissions.grant", given.place)),
            revoke.map(|given| ("permissions.revoke", given.place)),
        ];
        let Some((name, place)) = needing.into_iter().flatten().next() else {
            continue;
        };
        let diagnostic = report
            .at_key(
                Code::MissingKey,
                place,
                format!("`{name}` is given to a user without a `designation`"),
            )
            .hint("add `designation:` to the user or its role: what can be set depends on it");
        report.push(diagnostic);
    }
}

/// Agent Features are a switch of administrators only.
pub(super) fn calling(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let mut once = Once::default();
    for (user, designation) in designated(subject) {
        let Some(calling) = user.effective.calling else {
            continue;
        };
        let (message, hint) = match (designation.it, calling.it) {
            // An agent always calls: what is declared is so.
            (Designation::Administrator, _) | (Designation::Agent, true) => continue,
            (Designation::Agent, false) => (
                "an agent always calls, and always takes a seat",
                "choose the designation `supervisor`, which takes none, or remove `calling`",
            ),
            (Designation::Supervisor, true) => (
                "a supervisor never calls",
                "choose the designation `agent`, or `administrator` with `calling: true`; each takes a seat",
            ),
            (Designation::Supervisor, false) => (
                "a supervisor never calls: `calling` is a switch of administrators",
                "remove it",
            ),
        };
        let diagnostic = report
            .at_key(Code::CallingNotForRole, calling.place, message)
            .hint(hint);
        let related = format!("{} by this", designation.it.as_str());
        let diagnostic = report.related(diagnostic, designation.place, &related);
        once.push(diagnostic, calling.place, report);
    }
}

/// Contact edit access is a checkbox of agents only.
pub(super) fn contact_edit(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let mut once = Once::default();
    for (user, designation) in designated(subject) {
        let Some(access) = user.effective.contact_edit_access else {
            continue;
        };
        let hint = match (designation.it, access.it) {
            (Designation::Agent, _) => continue,
            (Designation::Supervisor | Designation::Administrator, true) => {
                "remove it: the role has the permission `Edit Contact` by default"
            }
            (Designation::Supervisor | Designation::Administrator, false) => {
                "write `permissions: { revoke: [Edit Contact] }` instead"
            }
        };
        let role = designation.it.as_str();
        let diagnostic = report
            .at_key(
                Code::ContactEditNotForRole,
                access.place,
                format!(
                    "contact edit access is a checkbox of agents, and the role here is `{role}`"
                ),
            )
            .hint(hint);
        let diagnostic = report.related(diagnostic, designation.place, &format!("{role} by this"));
        once.push(diagnostic, access.place, report);
    }
}
