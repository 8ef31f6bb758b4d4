//! Checks of entries that come and go.

use super::{Reporter, Spot};
use crate::diagnostic::Code;
use crate::manifest::lower::Standing;
use crate::manifest::vocabulary::is_present;

/// Checks that whatever goes has a reason, and is not protected.
///
/// `one` is what the entry is called in messages, such as `user`.
pub fn tombstone(one: &str, spot: Spot<'_>, standing: Standing<'_>, report: &mut Reporter<'_>) {
    let Standing {
        state,
        reason,
        protected,
    } = standing;
    if is_present(state) {
        return;
    }
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        let place = spot.at(if reason.is_some() { "reason" } else { "state" });
        let diagnostic = report
            .at(
                Code::MissingReason,
                place,
                format!("the {one} is absent without a reason"),
            )
            .hint("add `reason:`, for whoever reads the plan and the ledger");
        report.push(diagnostic);
    }
    if protected == Some(true) {
        let diagnostic = report
            .at(
                Code::ProtectedAbsent,
                spot.at("state"),
                format!("the {one} is protected, and declared absent"),
            )
            .hint("write `protected: false` when it is really to go");
        let diagnostic = report.related(diagnostic, spot.at("protected"), "protected here");
        report.push(diagnostic);
    }
}
