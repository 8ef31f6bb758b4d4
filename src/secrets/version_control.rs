//! Keeping secrets out of version control.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What must never be committed, as seen from the account's folder: passwords, the lock, files that are being written.
const IGNORED: [&str; 3] = [
    ".seatwright/passwords.jsonl",
    ".seatwright/lock",
    ".seatwright/**/*.tmp",
];

/// Whether git tracks this file; `false` when there is no git, no repository or no such file.
pub fn is_tracked_by_git(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    Command::new("git")
        .arg("-C")
        .arg(folder)
        // The name is meant to the letter, even when it holds a `*`.
        .args(["--literal-pathspecs", "ls-files", "--error-unmatch", "--"])
        .arg(name)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Adds to the `.gitignore` in an account's folder what must not be committed, and `more`; tells whether anything was added.
///
/// What stands there stays; a line that is there already is not added again.
pub fn ensure_gitignore(folder: &Path, more: &[&str]) -> io::Result<bool> {
    let path = folder.join(".gitignore");
    let content = match fs::read_to_string(&path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let present = |line: &str| {
        content
            .lines()
            .any(|known| known.trim().trim_start_matches('/') == line.trim_start_matches('/'))
    };
    let mut added = String::new();
    for line in IGNORED.iter().chain(more) {
        if !present(line) && !added.lines().any(|known| known == *line) {
            added.push_str(line);
            added.push('\n');
        }
    }
    if added.is_empty() {
        return Ok(false);
    }
    if !content.is_empty() && !content.ends_with('\n') {
        added.insert(0, '\n');
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)?
        .write_all(added.as_bytes())?;
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ALL: &str = ".seatwright/passwords.jsonl\n.seatwright/lock\n.seatwright/**/*.tmp\n";

    fn git(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(arguments)
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
    }

    #[test]
    fn what_must_not_be_committed_is_added_once_and_the_rest_stays() {
        for (before, after) in [
            ("", ALL.to_owned()),
            ("target\n", format!("target\n{ALL}")),
            ("target", format!("target\n{ALL}")),
            (
                "# mine\n/.seatwright/lock\n",
                "# mine\n/.seatwright/lock\n.seatwright/passwords.jsonl\n.seatwright/**/*.tmp\n"
                    .to_owned(),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(".gitignore");
            if !before.is_empty() {
                fs::write(&path, before).unwrap();
            }
            assert!(ensure_gitignore(folder.path(), &[]).unwrap());
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
            assert!(!ensure_gitignore(folder.path(), &[]).unwrap());
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
        }
    }

    #[test]
    fn another_file_of_passwords_can_be_added() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ensure_gitignore(folder.path(), &["new.jsonl", "new.jsonl"]).unwrap());
        let content = fs::read_to_string(folder.path().join(".gitignore")).unwrap();
        assert_eq!(content, format!("{ALL}new.jsonl\n"));
    }

    #[test]
    fn a_file_is_tracked_once_it_is_added_and_ignored_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".seatwright/passwords.jsonl");
        assert!(!is_tracked_by_git(&file), "no folder");
        fs::create_dir(folder.path().join(".seatwright")).unwrap();
        fs::write(&file, "").unwrap();
        assert!(!is_tracked_by_git(&file), "no repository");
        git(folder.path(), &["init", "-q"]);
        assert!(!is_tracked_by_git(&file), "not added");
        ensure_gitignore(folder.path(), &[]).unwrap();
        git(folder.path(), &["add", "."]);
        assert!(!is_tracked_by_git(&file), "ignored");
        git(folder.path(), &["add", "-f", "."]);
        assert!(is_tracked_by_git(&file));
    }
}
