//! The ledger's entries, and the state that they add up to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{FieldName, Key, Kind, RemoteId, ResourceId, Value};

/// How sure the ledger is of what it remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Something speaks against it: it is asserted again with the next apply.
    Unknown,
    /// The service accepted it, or the manifest was believed.
    Asserted,
    /// A checksum or an operator agreed.
    Confirmed,
}

/// One thing that happened, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "entry",
    rename_all = "snake_case",
    try_from = "super::flat::Flat"
)]
pub enum Entry {
    /// A field was set to a value that cannot be read back.
    Field {
        /// Of which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// Which field.
        field: FieldName,
        /// The value.
        value: Value,
        /// How sure it is.
        confidence: Confidence,
    },
    /// A resource joined or left another.
    Member {
        /// Which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// By which field.
        field: FieldName,
        /// The key of the other.
        target: Key,
        /// Whether it is in.
        joined: bool,
        /// How sure it is.
        confidence: Confidence,
    },
    /// The service's id of a resource.
    Identity {
        /// Which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// The id.
        remote: RemoteId,
    },
    /// A resource got another key; what is remembered goes with it.
    Renamed {
        /// The former identity.
        #[serde(flatten)]
        id: ResourceId,
        /// The new key.
        to: Key,
    },
    /// A resource is gone; nothing is remembered any more, but for a leaver's date.
    Gone {
        /// Which resource.
        #[serde(flatten)]
        id: ResourceId,
    },
    /// A resource was protected or released.
    Protection {
        /// Which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// Whether it is protected from now on.
        protected: bool,
    },
    /// The members that the service counted, and how many of them the ledger knew.
    MemberCount {
        /// In which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// The service's count.
        count: u64,
        /// The ledger's count at that time.
        known: u64,
    },
    /// How many objects of a kind were read, to notice a sudden drop.
    Population {
        /// Which kind.
        kind: Kind,
        /// How many.
        count: u64,
    },
    /// A leaver was first acted on.
    Leaving {
        /// Who.
        #[serde(flatten)]
        id: ResourceId,
        /// The last day.
        since: Date,
    },
    /// An operator did a manual step.
    Confirmation {
        /// The step's id.
        step: String,
        /// On which resource.
        #[serde(flatten)]
        id: ResourceId,
        /// What the operator noted.
        note: Option<String>,
    },
}

/// A remembered value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The value.
    pub value: Value,
    /// How sure it is.
    pub confidence: Confidence,
    /// Since when.
    pub at: Timestamp,
}

/// A remembered membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// How sure it is.
    pub confidence: Confidence,
    /// Since when.
    pub at: Timestamp,
}

/// What the service counted, against what the ledger knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberCount {
    /// The service's count.
    pub count: u64,
    /// The ledger's count at that time.
    pub known: u64,
    /// When.
    pub at: Timestamp,
}

/// What all entries of a ledger add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerState {
    /// Fields that cannot be read back.
    pub fields: BTreeMap<ResourceId, BTreeMap<FieldName, Remembered>>,
    /// Memberships, by member, field and target key.
    pub members: BTreeMap<ResourceId, BTreeMap<FieldName, BTreeMap<Key, Known>>>,
    /// The service's ids.
    pub identities: BTreeMap<ResourceId, RemoteId>,
    /// What may not be deleted.
    pub protected: BTreeSet<ResourceId>,
    /// The last member counts.
    pub member_counts: BTreeMap<ResourceId, MemberCount>,
    /// How many objects were read last, by kind.
    pub populations: BTreeMap<Kind, u64>,
    /// Since when people are leaving.
    pub leaving: BTreeMap<ResourceId, Date>,
    /// Confirmed manual steps.
    pub confirmations: BTreeSet<String>,
}

impl LedgerState {
    /// Takes one entry in.
    pub fn take(&mut self, entry: Entry, at: Timestamp) {
        match entry {
            Entry::Field {
                id,
                field,
                value,
                confidence,
            } => {
                self.fields.entry(id).or_default().insert(
                    field,
                    Remembered {
                        value,
                        confidence,
                        at,
                    },
                );
            }
            Entry::Member {
                id,
                field,
                target,
                joined,
                confidence,
            } => {
                let targets = self
                    .members
                    .entry(id)
                    .or_default()
                    .entry(field)
                    .or_default();
                if joined {
                    targets.insert(target, Known { confidence, at });
                } else {
                    targets.remove(&target);
                }
            }
            Entry::Identity { id, remote } => {
                self.identities.insert(id, remote);
            }
            Entry::Renamed { id, to } => self.rename(&id, to),
            Entry::Gone { id } => {
                self.fields.remove(&id);
                self.members.remove(&id);
                self.identities.remove(&id);
                self.protected.remove(&id);
                self.member_counts.remove(&id);
                self.leaving.remove(&id);
            }
            Entry::Protection { id, protected } => {
                if protected {
                    self.protected.insert(id);
                } else {
                    self.protected.remove(&id);
                }
            }
            Entry::MemberCount { id, count, known } => {
                self.member_counts
                    .insert(id, MemberCount { count, known, at });
            }
            Entry::Population { kind, count } => {
                self.populations.insert(kind, count);
            }
            Entry::Leaving { id, since } => {
                self.leaving.insert(id, since);
            }
            Entry::Confirmation { step, .. } => {
                self.confirmations.insert(step);
            }
        }
    }

    fn rename(&mut self, from: &ResourceId, to: Key) {
        let to = ResourceId {
            kind: from.kind.clone(),
            key: to,
        };
        fn move_key<V>(map: &mut BTreeMap<ResourceId, V>, from: &ResourceId, to: &ResourceId) {
            if let Some(value) = map.remove(from) {
                map.insert(to.clone(), value);
            }
        }
        move_key(&mut self.fields, from, &to);
        move_key(&mut self.members, from, &to);
        move_key(&mut self.identities, from, &to);
        move_key(&mut self.member_counts, from, &to);
        move_key(&mut self.leaving, from, &to);
        if self.protected.remove(from) {
            self.protected.insert(to);
        }
    }

    /// The remembered value of a field.
    pub fn field(&self, id: &ResourceId, field: &str) -> Option<&Remembered> {
        self.fields.get(id)?.get(field)
    }

    /// The remembered targets of a membership field; `None` when nothing was ever remembered.
    pub fn memberships(&self, id: &ResourceId, field: &str) -> Option<&BTreeMap<Key, Known>> {
        self.members.get(id)?.get(field)
    }

    /// How many memberships in this target the ledger knows, over all members.
    pub fn known_members(&self, field: &str, target: &Key) -> u64 {
        let known = self
            .members
            .values()
            .filter_map(|fields| fields.get(field))
            .filter(|targets| targets.contains_key(target))
            .count();
        known as u64
    }

    /// The resource of this kind that has this id at the service.
    pub fn by_remote(&self, kind: &Kind, remote: &RemoteId) -> Option<&ResourceId> {
        self.identities
            .iter()
            .find(|(id, known)| id.kind == *kind && *known == remote)
            .map(|(id, _)| id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn state(entries: Vec<Entry>) -> LedgerState {
        let mut state = LedgerState::default();
        for entry in entries {
            state.take(entry, Timestamp::UNIX_EPOCH);
        }
        state
    }

    fn user(key: &str) -> ResourceId {
        ResourceId::new("user", key)
    }

    fn joins(key: &str, group: &str, joined: bool) -> Entry {
        Entry::Member {
            id: user(key),
            field: "groups".into(),
            target: group.into(),
            joined,
            confidence: Confidence::Asserted,
        }
    }

    #[test]
    fn a_membership_is_known_until_it_is_left() {
        let known = state(vec![joins("a", "Sales", true), joins("b", "Sales", true)]);
        assert_eq!(known.known_members("groups", &"Sales".into()), 2);
        let left = state(vec![joins("a", "Sales", true), joins("a", "Sales", false)]);
        assert_eq!(left.known_members("groups", &"Sales".into()), 0);
        assert!(left.memberships(&user("a"), "groups").unwrap().is_empty());
    }

    #[test]
    fn what_is_remembered_goes_with_a_rename() {
        let renamed = state(vec![
            joins("old", "Sales", true),
            Entry::Protection {
                id: user("old"),
                protected: true,
            },
            Entry::Renamed {
                id: user("old"),
                to: "new".into(),
            },
        ]);
        assert!(renamed.memberships(&user("old"), "groups").is_none());
        assert!(renamed.memberships(&user("new"), "groups").is_some());
        assert!(renamed.protected.contains(&user("new")));
    }

    #[test]
    fn nothing_is_remembered_of_what_is_gone() {
        let gone = state(vec![
            joins("a", "Sales", true),
            Entry::Identity {
                id: user("a"),
                remote: "7".into(),
            },
            Entry::Gone { id: user("a") },
        ]);
        assert_eq!(gone, LedgerState::default());
    }

    #[test]
    fn entries_read_back_as_they_were_written() {
        let entry = joins("a", "Sales", true);
        let line = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            line,
            r#"{"entry":"member","kind":"user","key":"a","field":"groups","target":"Sales","joined":true,"confidence":"asserted"}"#
        );
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
    }
}
