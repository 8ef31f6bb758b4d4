//! The ledger on the disk: its entries in `ledger.jsonl`, and the state that they add up to.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::chain::{Chain, Opened, Record, Verified};
use super::{Entry, LedgerError, LedgerState};

/// The name of the ledger's file within its folder.
const FILE: &str = "ledger.jsonl";

/// The folder's name where the manifest names none.
const FOLDER: &str = ".seatwright";

/// The folder of an account's ledger: `.seatwright` in the account's folder, or what `account.ledger` names.
///
/// A relative path is meant from the account's folder. An address such as `s3://…` is refused.
pub fn ledger_folder(account: &Path, named: Option<&str>) -> Result<PathBuf, LedgerError> {
    match named {
        None => Ok(account.join(FOLDER)),
        Some(place) if place.contains("://") => Err(LedgerError::NotAFolder {
            place: place.to_owned(),
        }),
        Some(place) => Ok(account.join(place)),
    }
}

/// An account's ledger, open.
#[derive(Debug)]
pub struct Ledger {
    state: LedgerState,
    chain: Chain<Entry>,
    verified: Verified,
}

impl Ledger {
    /// Reads the ledger in this folder, to be continued by the author `by` (`user@host`).
    ///
    /// A missing file is an empty ledger; nothing is created before the first append.
    pub fn open(folder: &Path, by: &str) -> Result<Self, LedgerError> {
        let Opened {
            chain,
            records,
            verified,
        } = Chain::open(&Self::file(folder), by)?;
        let mut state = LedgerState::default();
        for record in records {
            state.take(record.data, record.at);
        }
        Ok(Self {
            state,
            chain,
            verified,
        })
    }

    /// The file within the ledger's folder.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// Reads every entry in this folder's ledger, in order, with its time and author.
    pub fn records(folder: &Path) -> Result<Vec<Record<Entry>>, LedgerError> {
        Ok(Chain::open(&Self::file(folder), "")?.records)
    }

    /// What all entries add up to.
    pub fn state(&self) -> &LedgerState {
        &self.state
    }

    /// What was found out about the file when it was opened: an incomplete last line is worth a note.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// Writes those entries that change something, with one flush; tells how many they were.
    ///
    /// The file is as it was after an error; the state then holds what could not be written, so the ledger has to be opened
    /// again. Copying a large state before each of thousands of appends would cost more than the appends.
    pub fn append(&mut self, entries: &[Entry], at: Timestamp) -> Result<usize, LedgerError> {
        // Each entry counts against what those before it in the batch have changed.
        let mut news = Vec::new();
        for entry in entries {
            if self.state.would_change(entry) {
                self.state.take(entry.clone(), at);
                news.push(entry.clone());
            }
        }
        self.chain.append(at, &news)?;
        Ok(news.len())
    }
}

impl LedgerState {
    /// Whether taking this entry in would change anything but a time.
    pub fn would_change(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Field {
                id,
                field,
                value,
                confidence,
            } => self
                .field(id, field.as_str())
                .is_none_or(|known| known.value != *value || known.confidence != *confidence),
            Entry::Member {
                id,
                field,
                target,
                joined,
                confidence,
            } => match self.memberships(id, field.as_str()) {
                // That nothing is left is news where nothing was ever remembered.
                None => true,
                Some(targets) => match targets.get(target) {
                    Some(known) => !joined || known.confidence != *confidence,
                    None => *joined,
                },
            },
            Entry::Identity { id, remote } => self.identities.get(id) != Some(remote),
            Entry::Renamed { id, to } => id.key != *to && self.remembers(id),
            Entry::Gone { id } => self.remembers(id),
            Entry::Protection { id, protected } => self.protected.contains(id) != *protected,
            Entry::MemberCount { id, count, known } => self
                .member_counts
                .get(id)
                .is_none_or(|last| last.count != *count || last.known != *known),
            Entry::Population { kind, count } => self.populations.get(kind) != Some(count),
            Entry::Leaving { id, since } => self.leaving.get(id) != Some(since),
            Entry::Confirmation { step, .. } => !self.confirmations.contains(step),
        }
    }

    fn remembers(&self, id: &crate::model::ResourceId) -> bool {
        self.fields.contains_key(id)
            || self.members.contains_key(id)
            || self.identities.contains_key(id)
            || self.protected.contains(id)
            || self.member_counts.contains_key(id)
            || self.leaving.contains_key(id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::Confidence;
    use crate::model::{ResourceId, Value};

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn protect(key: &str, protected: bool) -> Entry {
        Entry::Protection {
            id: ResourceId::new("user", key),
            protected,
        }
    }

    fn field(value: Value, confidence: Confidence) -> Entry {
        Entry::Field {
            id: ResourceId::new("user", "ada"),
            field: "role".into(),
            value,
            confidence,
        }
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        let id = prop_oneof![Just("a"), Just("b")].prop_map(|key| ResourceId::new("user", key));
        let confidence = prop_oneof![
            Just(Confidence::Unknown),
            Just(Confidence::Asserted),
            Just(Confidence::Confirmed)
        ];
        (
            0..10_u8,
            id,
            confidence,
            any::<bool>(),
            0..2_u64,
            prop_oneof![Just("a"), Just("b")],
        )
            .prop_map(|(which, id, confidence, on, count, other)| match which {
                0 => Entry::Field {
                    id,
                    field: "f".into(),
                    value: Value::Bool(on),
                    confidence,
                },
                1 => Entry::Member {
                    id,
                    field: "groups".into(),
                    target: other.into(),
                    joined: on,
                    confidence,
                },
                2 => Entry::Identity {
                    id,
                    remote: other.into(),
                },
                3 => Entry::Renamed {
                    id,
                    to: other.into(),
                },
                4 => Entry::Gone { id },
                5 => Entry::Protection { id, protected: on },
                6 => Entry::MemberCount {
                    id,
                    count,
                    known: u64::from(on),
                },
                7 => Entry::Population {
                    kind: "user".into(),
                    count,
                },
                8 => Entry::Leaving {
                    id,
                    since: if on {
                        jiff::civil::date(2026, 11, 30)
                    } else {
                        jiff::civil::date(2026, 12, 1)
                    },
                },
                _ => Entry::Confirmation {
                    step: other.to_owned(),
                    id,
                    note: None,
                },
            })
    }

    proptest! {
        // Each case of the second waits for the disk.
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_entry_would_change_the_state_exactly_when_it_does(
            before in prop::collection::vec(any_entry(), 0..20),
            entry in any_entry(),
        ) {
            let mut state = LedgerState::default();
            for entry in before {
                state.take(entry, AT);
            }
            let mut after = state.clone();
            after.take(entry.clone(), AT);
            prop_assert_eq!(state.would_change(&entry), after != state);
        }

        #[test]
        fn a_ledger_read_again_has_the_state_that_it_was_left_with(
            batches in prop::collection::vec(prop::collection::vec(any_entry(), 0..5), 0..5),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut ledger = Ledger::open(folder.path(), "ada@desk").unwrap();
            let mut plain = LedgerState::default();
            for batch in &batches {
                ledger.append(batch, AT).unwrap();
                for entry in batch {
                    plain.take(entry.clone(), AT);
                }
            }
            let again = Ledger::open(folder.path(), "ada@desk").unwrap();
            prop_assert_eq!(again.state(), ledger.state());
            prop_assert_eq!(again.state(), &plain);
        }
    }

    #[test]
    fn nothing_is_created_before_the_first_append() {
        let account = tempfile::tempdir().unwrap();
        let folder = ledger_folder(account.path(), None).unwrap();
        let mut ledger = Ledger::open(&folder, "ada@desk").unwrap();
        assert_eq!(ledger.append(&[], AT).unwrap(), 0);
        assert_eq!(ledger.append(&[protect("ada", false)], AT).unwrap(), 0);
        assert!(!folder.exists());
        assert_eq!(ledger.append(&[protect("ada", true)], AT).unwrap(), 1);
        assert!(Ledger::file(&folder).exists());
    }

    #[test]
    fn what_is_known_already_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path(), "ada@desk").unwrap();
        let asserted = field("agent".into(), Confidence::Asserted);
        let batch = [asserted.clone(), asserted.clone()];
        assert_eq!(ledger.append(&batch, AT).unwrap(), 1);
        assert_eq!(ledger.append(&batch, AT).unwrap(), 0);
        let confirmed = field("agent".into(), Confidence::Confirmed);
        assert_eq!(ledger.append(&[confirmed], AT).unwrap(), 1);
        let back_and_forth = [
            protect("ada", true),
            protect("ada", false),
            protect("ada", true),
        ];
        assert_eq!(ledger.append(&back_and_forth, AT).unwrap(), 3);
        let records = Ledger::records(folder.path()).unwrap();
        assert_eq!(records.len(), 5);
        assert_eq!(records[0].by, "ada@desk");
    }

    #[test]
    fn since_when_is_not_moved_by_what_is_known_already() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path(), "ada@desk").unwrap();
        let entry = field("agent".into(), Confidence::Asserted);
        ledger.append(std::slice::from_ref(&entry), AT).unwrap();
        ledger
            .append(&[entry], AT + jiff::SignedDuration::from_hours(1))
            .unwrap();
        let id = ResourceId::new("user", "ada");
        assert_eq!(ledger.state().field(&id, "role").unwrap().at, AT);
    }

    #[test]
    fn a_ledger_that_cannot_be_written_says_so_and_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path(), "ada@desk").unwrap();
        std::fs::write(Ledger::file(folder.path()), "somebody else").unwrap();
        let error = ledger.append(&[protect("ada", true)], AT).unwrap_err();
        assert!(matches!(error, LedgerError::Moved { .. }), "{error}");
        let kept = std::fs::read_to_string(Ledger::file(folder.path())).unwrap();
        assert_eq!(kept, "somebody else");
    }

    #[test]
    fn another_folder_can_be_named_and_an_object_store_cannot() {
        let account = Path::new("/accounts/acme");
        let place = |named| ledger_folder(account, named);
        assert_eq!(place(None).unwrap(), account.join(".seatwright"));
        assert_eq!(place(Some("../l")).unwrap(), account.join("../l"));
        assert_eq!(place(Some("/var/l")).unwrap(), Path::new("/var/l"));
        let error = place(Some("s3://bucket/acme")).unwrap_err().to_string();
        assert!(error.contains("`s3://bucket/acme`") && error.contains("file system only"));
    }
}
