//! When an account was called last, in a file: the next command counts the calls of the command before.
//!
//! A service counts the calls of the whole account, and tells what is left of them only when it refuses one. Without this file
//! a plan that follows an apply would be refused, though each of the two keeps the limit.
//!
//! Everything here is best effort: a file that cannot be read or written costs at most one refusal, which is survived.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// The size in bytes beyond which the file is written anew with what still counts.
const LARGE: u64 = 64 * 1024;

/// The file: one line for each call, the time of its completion in milliseconds of Unix time.
#[derive(Debug)]
pub(super) struct CallLog {
    path: PathBuf,
}

impl CallLog {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// How long ago the calls within the last period were complete, oldest first.
    pub(super) fn ages(&self, per: Duration, now: u64) -> Vec<Duration> {
        let Ok(text) = fs::read_to_string(&self.path) else {
            return Vec::new();
        };
        let mut ages: Vec<Duration> = text
            .lines()
            .filter_map(|line| line.trim().parse().ok())
            // A time that is yet to come was written by a clock that was set back since.
            .filter_map(|at: u64| Some(Duration::from_millis(now.checked_sub(at)?)))
            .filter(|age| *age <= per)
            .collect();
        ages.sort_by(|a, b| b.cmp(a));
        if text.len() as u64 > LARGE {
            let kept: Vec<u64> = ages
                .iter()
                .map(|age| now - age.as_millis() as u64)
                .collect();
            let lines: String = kept.iter().map(|at| format!("{at}\n")).collect();
            let _ = fs::write(&self.path, lines);
        }
        ages
    }

    /// Notes a call that is complete.
    pub(super) fn note(&self, now: u64) {
        if let Some(folder) = self.path.parent() {
            let _ = fs::create_dir_all(folder);
        }
        if let Ok(mut file) = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.path)
        {
            let _ = file.write_all(format!("{now}\n").as_bytes());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const NOW: u64 = 1_795_255_200_000;

    fn log() -> (tempfile::TempDir, CallLog) {
        let folder = tempfile::tempdir().unwrap();
        let log = CallLog::new(folder.path().join("calls/acme"));
        (folder, log)
    }

    #[test]
    fn what_was_noted_is_read_back_by_another_process() {
        let (folder, log) = log();
        assert_eq!(log.ages(MINUTE, NOW), []);
        log.note(NOW);
        log.note(NOW);
        let again = CallLog::new(folder.path().join("calls/acme"));
        assert_eq!(again.ages(MINUTE, NOW).len(), 2);
    }

    #[test]
    fn calls_before_the_last_period_times_to_come_and_rubbish_do_not_count() {
        let (_folder, log) = log();
        log.note(NOW);
        let old = NOW - 61_000;
        let late = NOW + 61_000;
        fs::write(
            &log.path,
            format!("{old}\n{}\nrubbish\n{late}\n", NOW - 5_000),
        )
        .unwrap();
        let ages = log.ages(MINUTE, NOW);
        assert_eq!(ages.len(), 1);
        assert_eq!(ages[0], Duration::from_secs(5));
    }

    #[test]
    fn the_file_does_not_grow_for_ever() {
        let (_folder, log) = log();
        log.note(NOW);
        let old = format!("{}\n", NOW - 61_000).repeat(10_000);
        fs::write(&log.path, old + &format!("{}\n", NOW)).unwrap();
        assert_eq!(log.ages(MINUTE, NOW).len(), 1);
        assert!(fs::metadata(&log.path).unwrap().len() < 100);
    }
}
