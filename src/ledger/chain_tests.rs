//! Torn tails, tampering, and the sidecar.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::LedgerError;
use super::chain::{Chain, Hash, Head, Opened, verify};

const AT: Timestamp = Timestamp::UNIX_EPOCH;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    text: String,
}

fn payload(text: impl ToString) -> Payload {
    Payload {
        text: text.to_string(),
    }
}

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new(lines: u64) -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let mut chain = fixture.open().unwrap().chain;
        for line in 1..=lines {
            chain
                .append(AT, &[payload(format!("línea {line}"))])
                .unwrap();
        }
        fixture
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep/er/ledger.jsonl")
    }

    fn head(&self) -> PathBuf {
        self.folder.path().join("deep/er/ledger.jsonl.head")
    }

    fn open(&self) -> Result<Opened<Payload>, LedgerError> {
        Chain::open(&self.path(), "ada@desk")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn write(&self, bytes: &[u8]) {
        fs::write(self.path(), bytes).unwrap();
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.bytes()
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }

    /// The line that both `verify` and `open` find bad.
    fn bad_line(&self) -> u64 {
        let verified = verify(&self.path()).unwrap_err();
        let opened = self.open().unwrap_err();
        assert_eq!(verified.to_string(), opened.to_string());
        match verified {
            LedgerError::Broken { path, line, .. } => {
                assert_eq!(path, self.path());
                line
            }
            other => panic!("{other}"),
        }
    }
}

fn texts(opened: &Opened<Payload>) -> Vec<&str> {
    opened
        .records
        .iter()
        .map(|record| record.data.text.as_str())
        .collect()
}

#[test]
fn a_line_has_number_time_author_and_the_hash_of_the_line_before() {
    let fixture = Fixture::new(2);
    let text = String::from_utf8(fixture.bytes()).unwrap();
    insta::assert_snapshot!(text.trim_end(), @r#"
    {"seq":1,"at":"1970-01-01T00:00:00Z","by":"ada@desk","prev":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","data":{"text":"línea 1"}}
    {"seq":2,"at":"1970-01-01T00:00:00Z","by":"ada@desk","prev":"sha256:cb240d903d78770bf95631ea97b11bbc4896a72eae9445bfb84cac657e9bf4b0","data":{"text":"línea 2"}}
    "#);
    let second = text.lines().last().unwrap();
    assert_eq!(
        fs::read_to_string(fixture.head()).unwrap(),
        format!(r#"{{"seq":2,"hash":"{}"}}"#, Hash::of(second.as_bytes()))
    );
}

#[test]
fn what_was_appended_is_read_back_and_continued() {
    let fixture = Fixture::new(2);
    let mut opened = fixture.open().unwrap();
    assert_eq!(texts(&opened), ["línea 1", "línea 2"]);
    opened
        .chain
        .append(AT, &[payload("a"), payload("b")])
        .unwrap();
    assert_eq!(opened.chain.lines(), 4);
    drop(opened);
    let again = fixture.open().unwrap();
    assert_eq!(texts(&again), ["línea 1", "línea 2", "a", "b"]);
    assert_eq!(again.verified.lines, 4);
    assert_eq!(again.verified.head, Head::Agrees);
    assert_eq!(again.records[3].seq, 4);
    assert_eq!(again.records[3].by, "ada@desk");
}

#[test]
fn a_missing_file_is_an_empty_chain_and_stays_missing() {
    let fixture = Fixture::new(0);
    assert!(fixture.open().unwrap().records.is_empty());
    assert_eq!(verify(&fixture.path()).unwrap().lines, 0);
    assert!(!fixture.folder.path().join("deep").exists());
}

#[test]
fn a_crash_at_any_byte_of_an_append_loses_that_line_only_and_is_told() {
    let fixture = Fixture::new(3);
    let before = (fixture.bytes(), fs::read(fixture.head()).unwrap());
    let mut chain = fixture.open().unwrap().chain;
    chain.append(AT, &[payload("the last ☂ one")]).unwrap();
    drop(chain);
    let whole = fixture.bytes();
    for end in before.0.len()..whole.len() {
        fixture.write(&whole[..end]);
        fs::write(fixture.head(), &before.1).unwrap();
        let mut opened = fixture.open().unwrap();
        assert_eq!(
            texts(&opened),
            ["línea 1", "línea 2", "línea 3"],
            "cut at {end}"
        );
        let torn = opened.verified.torn.clone();
        assert_eq!(verify(&fixture.path()).unwrap(), opened.verified);
        assert_eq!(fixture.bytes(), &whole[..end], "opening must not write");
        let cut = (end - before.0.len()) as u64;
        assert_eq!(torn.as_ref().map_or(0, |torn| torn.bytes), cut);
        opened.chain.append(AT, &[payload("next")]).unwrap();
        drop(opened);
        let again = fixture.open().unwrap();
        assert_eq!(texts(&again), ["línea 1", "línea 2", "línea 3", "next"]);
        assert_eq!(again.verified.torn, None);
        if let Some(torn) = torn {
            let kept = fs::read(&torn.kept_in).unwrap();
            assert_eq!(kept, [&whole[before.0.len()..end], b"\n"].concat());
            assert!(torn.to_string().contains("is incomplete"));
            fs::remove_file(torn.kept_in).unwrap();
        }
    }
}

#[test]
fn a_last_line_that_is_rubbish_is_torn_when_it_was_never_acknowledged() {
    let fixture = Fixture::new(1);
    let mut bytes = fixture.bytes();
    bytes.extend_from_slice(&[0; 40]);
    bytes.push(b'\n');
    fixture.write(&bytes);
    let opened = fixture.open().unwrap();
    assert_eq!(opened.verified.torn.unwrap().bytes, 41);
    assert_eq!(opened.records.len(), 1);
}

#[test]
fn an_acknowledged_last_line_that_is_cut_is_damage() {
    let fixture = Fixture::new(3);
    let whole = fixture.bytes();
    let last = fixture.lines()[2].len();
    for cut in 1..last {
        fixture.write(&whole[..whole.len() - cut]);
        assert_eq!(fixture.bad_line(), 3, "cut by {cut}");
        assert_eq!(fixture.bytes().len(), whole.len() - cut);
    }
}

#[test]
fn any_flipped_bit_is_noticed_and_its_line_is_named() {
    let fixture = Fixture::new(3);
    let whole = fixture.bytes();
    let mut line = 1;
    for index in 0..whole.len() {
        for bit in [0, index % 7 + 1] {
            let mut bytes = whole.clone();
            bytes[index] ^= 1 << bit;
            fixture.write(&bytes);
            assert_eq!(fixture.bad_line(), line, "bit {bit} of byte {index}");
        }
        line += u64::from(whole[index] == b'\n');
    }
}

#[test]
fn any_flipped_byte_of_the_head_is_noticed() {
    let fixture = Fixture::new(2);
    let whole = fs::read(fixture.head()).unwrap();
    for index in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[index] ^= 1;
        fs::write(fixture.head(), &bytes).unwrap();
        let error = verify(&fixture.path()).unwrap_err();
        assert!(
            matches!(error, LedgerError::Broken { .. }),
            "byte {index}: {error}"
        );
    }
}

#[test]
fn dropped_swapped_and_repeated_lines_are_named() {
    let fixture = Fixture::new(5);
    let lines = fixture.lines();
    for index in 0..5 {
        let number = index as u64 + 1;
        let mut dropped = lines.clone();
        dropped.remove(index);
        fixture.write(&dropped.concat());
        assert_eq!(fixture.bad_line(), number, "dropped");
        let mut repeated = lines.clone();
        repeated.insert(index, lines[index].clone());
        fixture.write(&repeated.concat());
        assert_eq!(fixture.bad_line(), number + 1, "repeated");
        for other in index + 1..5 {
            let mut swapped = lines.clone();
            swapped.swap(index, other);
            fixture.write(&swapped.concat());
            assert_eq!(fixture.bad_line(), number, "swapped");
        }
    }
}

#[test]
fn a_lost_tail_is_noticed_by_the_head() {
    let fixture = Fixture::new(4);
    let lines = fixture.lines();
    for left in 0..4 {
        fixture.write(&lines[..left].concat());
        assert_eq!(fixture.bad_line(), left as u64 + 1);
    }
    fs::remove_file(fixture.path()).unwrap();
    assert_eq!(fixture.bad_line(), 1);
}

#[test]
fn a_head_that_lags_behind_or_is_missing_is_told_and_mended_by_the_next_append() {
    let fixture = Fixture::new(2);
    let old = fs::read(fixture.head()).unwrap();
    fixture
        .open()
        .unwrap()
        .chain
        .append(AT, &[payload("c")])
        .unwrap();
    fs::write(fixture.head(), old).unwrap();
    assert_eq!(verify(&fixture.path()).unwrap().head, Head::Behind(2));
    fs::write(fixture.head(), "").unwrap();
    assert_eq!(verify(&fixture.path()).unwrap().head, Head::Missing);
    fs::remove_file(fixture.head()).unwrap();
    assert_eq!(verify(&fixture.path()).unwrap().head, Head::Missing);
    fixture
        .open()
        .unwrap()
        .chain
        .append(AT, &[payload("d")])
        .unwrap();
    assert_eq!(verify(&fixture.path()).unwrap().head, Head::Agrees);
}

#[test]
fn the_head_is_exact_even_when_the_process_is_killed() {
    let fixture = Fixture::new(1);
    let mut chain = fixture.open().unwrap().chain;
    chain.append(AT, &[payload("b")]).unwrap();
    // A killed process drops nothing.
    std::mem::forget(chain);
    assert_eq!(verify(&fixture.path()).unwrap().head, Head::Agrees);
}

#[test]
fn a_file_that_somebody_else_wrote_to_is_not_written_to() {
    let fixture = Fixture::new(1);
    let mut mine = fixture.open().unwrap().chain;
    fixture
        .open()
        .unwrap()
        .chain
        .append(AT, &[payload("theirs")])
        .unwrap();
    let before = fixture.bytes();
    let error = mine.append(AT, &[payload("mine")]).unwrap_err();
    assert!(matches!(error, LedgerError::Moved { .. }), "{error}");
    assert_eq!(fixture.bytes(), before);
    assert_eq!(verify(&fixture.path()).unwrap().lines, 2);
}

#[test]
fn an_entry_of_a_later_version_is_foreign_and_not_damage() {
    let fixture = Fixture::new(1);
    let mut later = Chain::<serde_json::Value>::open(&fixture.path(), "b@desk")
        .unwrap()
        .chain;
    later
        .append(AT, &[serde_json::json!({"number": 1})])
        .unwrap();
    drop(later);
    assert_eq!(verify(&fixture.path()).unwrap().lines, 2);
    let error = fixture.open().unwrap_err();
    assert!(
        matches!(error, LedgerError::Foreign { line: 2, .. }),
        "{error}"
    );
}

#[test]
fn a_folder_in_the_place_of_the_file_is_told_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let error = verify(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `"), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let within = file.join("ledger.jsonl");
    let error = Chain::<Payload>::open(&within, "a@b")
        .unwrap_err()
        .to_string();
    assert!(error.contains(&within.display().to_string()), "{error}");
}

proptest! {
    #[test]
    fn whatever_is_appended_is_read_back(
        batches in prop::collection::vec(prop::collection::vec(any::<String>(), 0..4), 0..6),
        by in any::<String>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut all = Vec::new();
        for batch in batches {
            let items: Vec<Payload> = batch.iter().map(payload).collect();
            Chain::open(&path, &by).unwrap().chain.append(AT, &items).unwrap();
            all.extend(batch);
        }
        let opened = Chain::<Payload>::open(&path, &by).unwrap();
        prop_assert_eq!(texts(&opened), all.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert!(opened.records.iter().all(|record| record.by == by));
        prop_assert_eq!(opened.verified.head, Head::Agrees);
    }

    #[test]
    fn any_other_bytes_in_the_place_of_some_are_noticed(
        at in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..6),
        drop in 0..6_usize,
    ) {
        let fixture = Fixture::new(4);
        let whole = fixture.bytes();
        let start = at.index(whole.len());
        let end = (start + drop).min(whole.len());
        let bytes = [&whole[..start], &with, &whole[end..]].concat();
        prop_assume!(bytes != whole);
        fixture.write(&bytes);
        match verify(&fixture.path()) {
            Err(LedgerError::Broken { .. }) => {}
            // Rubbish behind the last line is a torn tail, and told.
            Ok(verified) => prop_assert!(verified.torn.is_some() && bytes.starts_with(&whole)),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}
