//! What the journal knows after a stop at any point.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::journal::{Interruption, Journal, JournalError};
use super::{RunId, RunOutcome, StepOutcome};
use crate::model::RemoteId;

const PLAN: &[u8] = br#"{"format":"seatwright/plan/v1"}"#;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_255_200 + second).unwrap()
}

fn open(folder: &Path) -> Journal {
    Journal::open(folder, "ada@desk").unwrap()
}

fn begin(journal: &mut Journal) -> RunId {
    journal.begin(PLAN, "apply", "0.1.0", at(0)).unwrap()
}

/// A run of two steps, of which the second is unknown first and done by a resumption.
fn whole_run(folder: &Path) -> RunId {
    let mut journal = open(folder);
    let run = begin(&mut journal);
    let remote: RemoteId = "0042".into();
    journal.intent(&run, "s1", 1, at(1)).unwrap();
    journal
        .outcome(&run, "s1", StepOutcome::Done, Some(&remote), None, at(2))
        .unwrap();
    journal.intent(&run, "s2", 1, at(3)).unwrap();
    journal
        .outcome(
            &run,
            "s2",
            StepOutcome::Unknown,
            None,
            Some("timeout"),
            at(4),
        )
        .unwrap();
    journal.finish(&run, RunOutcome::Partial, 5, at(5)).unwrap();
    journal.resume(&run, "resume", "0.1.1", at(6)).unwrap();
    journal.intent(&run, "s2", 2, at(7)).unwrap();
    journal
        .outcome(&run, "s2", StepOutcome::Done, None, None, at(8))
        .unwrap();
    journal
        .finish(&run, RunOutcome::Converged, 3, at(9))
        .unwrap();
    run
}

#[test]
fn a_line_is_readable_without_the_tool() {
    let folder = tempfile::tempdir().unwrap();
    let run = whole_run(folder.path());
    let text = fs::read_to_string(Journal::file(folder.path())).unwrap();
    let data: Vec<&str> = text
        .lines()
        .map(|line| {
            line.split_once(r#""data":"#)
                .unwrap()
                .1
                .trim_end_matches('}')
        })
        .collect();
    assert_eq!(data.len(), 10);
    insta::assert_snapshot!(data[1..5].join("\n").replace(run.as_str(), "RUN"), @r#"
    {"event":"intent","run":"RUN","step":"s1","attempt":1
    {"event":"outcome","run":"RUN","step":"s1","outcome":"done","remote":"0042"
    {"event":"intent","run":"RUN","step":"s2","attempt":1
    {"event":"outcome","run":"RUN","step":"s2","outcome":"unknown","message":"timeout"
    "#);
}

#[test]
fn after_a_stop_at_any_point_it_is_known_what_is_done_and_what_may_have_happened() {
    use Interruption::{Partial, Stopped};
    let folder = tempfile::tempdir().unwrap();
    let run = whole_run(folder.path());
    let text = fs::read_to_string(Journal::file(folder.path())).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    // How, outcomes, and open intents after each line.
    let expected = [
        None,
        Some((Stopped, "", "")),
        Some((Stopped, "", "s1#1")),
        Some((Stopped, "s1 done", "")),
        Some((Stopped, "s1 done", "s2#1")),
        Some((Stopped, "s1 done, s2 unknown", "")),
        Some((Partial, "s1 done, s2 unknown", "")),
        Some((Stopped, "s1 done, s2 unknown", "")),
        Some((Stopped, "s1 done, s2 unknown", "s2#2")),
        Some((Stopped, "s1 done, s2 done", "")),
        None,
    ];
    assert_eq!(lines.len() + 1, expected.len());
    for (count, expected) in expected.iter().enumerate() {
        // A stop before the line, and one in the middle of the next.
        for torn in [0, 9] {
            let mut prefix = lines[..count.min(lines.len())].concat();
            prefix.push_str(lines.get(count).map_or("", |next| &next[..torn]));
            let stopped = tempfile::tempdir().unwrap();
            fs::write(Journal::file(stopped.path()), prefix).unwrap();
            let journal = open(stopped.path());
            let found = journal.interrupted();
            let found = found.as_ref().map(|found| {
                assert_eq!(found.run, run);
                assert_eq!(found.started_at, at(0));
                let outcomes: Vec<String> = found
                    .outcomes
                    .iter()
                    .map(|(step, record)| format!("{step} {}", record.outcome.as_str()))
                    .collect();
                let intents: Vec<String> = found
                    .open_intents
                    .iter()
                    .map(|(step, attempt)| format!("{step}#{attempt}"))
                    .collect();
                (found.how, outcomes.join(", "), intents.join(", "))
            });
            let expected = expected
                .map(|(how, outcomes, intents)| (how, outcomes.to_owned(), intents.to_owned()));
            assert_eq!(found, expected, "after {count} lines");
        }
    }
}

#[test]
fn the_plan_of_a_run_is_kept_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let run = begin(&mut open(folder.path()));
    let journal = open(folder.path());
    let interrupted = journal.interrupted().unwrap();
    assert_eq!(
        interrupted.plan,
        folder.path().join(format!("runs/{run}.plan.json"))
    );
    assert_eq!(journal.plan(&run).unwrap(), PLAN);
    fs::write(&interrupted.plan, "{}").unwrap();
    assert!(matches!(
        journal.plan(&run),
        Err(JournalError::OtherPlan { .. })
    ));
    fs::remove_file(&interrupted.plan).unwrap();
    assert!(matches!(journal.plan(&run), Err(JournalError::Plan { .. })));
}

#[test]
fn runs_of_the_same_second_and_plan_have_their_own_ids() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path());
    let first = begin(&mut journal);
    let second = begin(&mut journal);
    assert!(first.as_str().starts_with("20261121T"), "{first}");
    assert_eq!(second.as_str(), format!("{first}-2"));
}

#[test]
fn a_later_run_supersedes_an_earlier_one_that_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = open(folder.path());
    begin(&mut journal);
    let later = begin(&mut journal);
    journal
        .finish(&later, RunOutcome::Manual, 0, at(1))
        .unwrap();
    assert_eq!(journal.interrupted(), None);
}

#[test]
fn the_history_counts_steps_and_requests_over_resumptions() {
    let folder = tempfile::tempdir().unwrap();
    let run = whole_run(folder.path());
    begin(&mut open(folder.path()));
    let history = open(folder.path()).history();
    assert_eq!(history.len(), 2);
    let first = &history[0];
    assert_eq!(first.run, run);
    assert_eq!(
        (first.resumed, first.requests, first.open_intents),
        (1, 8, 0)
    );
    assert_eq!(first.outcome, Some(RunOutcome::Converged));
    assert_eq!(first.finished_at, Some(at(9)));
    assert_eq!(
        (first.command.as_str(), first.tool_version.as_str()),
        ("resume", "0.1.1")
    );
    assert_eq!(first.steps, [(StepOutcome::Done, 2)].into());
    assert_eq!(history[1].outcome, None);
}

#[test]
fn nothing_is_written_for_a_run_that_does_not_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = whole_run(folder.path());
    let mut journal = open(folder.path());
    let before = fs::read(Journal::file(folder.path())).unwrap();
    assert!(matches!(
        journal.intent(&run, "s1", 1, at(10)),
        Err(JournalError::NoSuchRun { .. })
    ));
    assert!(matches!(
        journal.resume(&run, "resume", "0.1.0", at(10)),
        Err(JournalError::NoSuchRun { .. })
    ));
    assert_eq!(fs::read(Journal::file(folder.path())).unwrap(), before);
}

#[test]
fn a_journal_that_was_never_written_is_empty_and_creates_nothing() {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join(".seatwright");
    let journal = open(&folder);
    assert_eq!(journal.interrupted(), None);
    assert!(journal.history().is_empty());
    assert!(!folder.exists());
}
