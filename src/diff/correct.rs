//! What the manifests would have to say for nothing to differ.

use super::{Diff, Goal, ResourceDiff};
use crate::ledger::LedgerState;
use crate::model::{Corrected, Correction, Read, Uncorrected};

/// The corrections that follow from what was read, and the differences that none follows from.
///
/// Only declared resources are corrected, and only in fields that were read. A resource that is gone is corrected to be
/// absent when the ledger knows that it was there; one that was never created is left to be created. What cannot be read
/// is neither corrected nor reported.
pub fn corrections(
    diff: &Diff<'_>,
    ledger: &LedgerState,
    reason: &str,
) -> (Vec<Correction>, Vec<Uncorrected>) {
    let mut found = Found::default();
    for resource in &diff.resources {
        match (&resource.goal, &resource.existing) {
            (Goal::Present, Some(_)) => found.fields(resource),
            (Goal::Present, None) if ledger.identities.contains_key(&resource.declared.id) => {
                found.corrections.push(Correction {
                    id: resource.declared.id.clone(),
                    what: Corrected::Gone {
                        reason: reason.to_owned(),
                    },
                });
            }
            (Goal::Present, None) => {}
            (Goal::Gone { .. } | Goal::Leaving { .. }, _) => {
                found.leave(resource, None, "it is declared to go, and is still there");
            }
        }
    }
    (found.corrections, found.left)
}

#[derive(Default)]
struct Found {
    corrections: Vec<Correction>,
    left: Vec<Uncorrected>,
}

impl Found {
    fn leave(&mut self, resource: &ResourceDiff<'_>, field: Option<&'static str>, why: &str) {
        self.left.push(Uncorrected {
            id: resource.declared.id.clone(),
            field: field.map(crate::model::FieldName::from_static),
            why: why.to_owned(),
        });
    }

    fn fields(&mut self, resource: &ResourceDiff<'_>) {
        let id = &resource.declared.id;
        for difference in &resource.fields {
            if !difference.basis.is_read() {
                continue;
            }
            let name = difference.spec.name;
            if name == resource.spec.key {
                self.leave(
                    resource,
                    Some(name),
                    "it has another key now; change the key, and name the former one with `previously`",
                );
                continue;
            }
            match &difference.before {
                Some(value) => self.corrections.push(Correction {
                    id: id.clone(),
                    what: Corrected::Field {
                        field: difference.spec.field_name(),
                        value: value.clone(),
                    },
                }),
                None => self.leave(
                    resource,
                    Some(name),
                    "the account has no value, which no manifest can say",
                ),
            }
        }
        self.members(resource);
    }

    /// Memberships that were read are set as a whole.
    fn members(&mut self, resource: &ResourceDiff<'_>) {
        let Some(live) = resource
            .existing
            .as_ref()
            .and_then(|existing| existing.live)
        else {
            return;
        };
        for spec in resource.spec.fields {
            let name = spec.field_name();
            let differs = resource
                .joins
                .iter()
                .chain(&resource.leaves)
                .any(|member| member.field == name);
            if differs
                && spec.read != Read::No
                && let Some(value) = live.fields.get(&name)
            {
                self.corrections.push(Correction {
                    id: resource.declared.id.clone(),
                    what: Corrected::Field {
                        field: name,
                        value: value.clone(),
                    },
                });
            }
        }
    }
}
