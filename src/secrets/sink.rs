//! Where made passwords are handed over.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::SecretError;
use super::program::{self, Handed};
use crate::model::Secret;

/// Takes made passwords, so that their people can be given them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSink {
    /// A file of JSON lines that only its owner can read; where one key occurs twice, the later line counts.
    File(PathBuf),
    /// A program, run once for each password with the JSON line on its standard input.
    Command {
        /// The program and its arguments.
        argv: Vec<String>,
        /// The folder that it runs in.
        folder: PathBuf,
    },
}

/// A password was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// What the operator should know, such as that others could read the file until now.
    pub warning: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    at: Timestamp,
    #[serde(borrow)]
    account: Cow<'a, str>,
    #[serde(borrow)]
    email: Cow<'a, str>,
    #[serde(borrow)]
    password: Cow<'a, str>,
}

impl PasswordSink {
    /// Hands one password over; when this returns, it is safe to create the person who shall have it.
    ///
    /// `key` is the person's e-mail or login. The line is `{"at":…,"account":…,"email":…,"password":…}`.
    pub fn store(
        &self,
        account: &str,
        key: &str,
        password: &Secret,
        at: Timestamp,
    ) -> Result<Stored, SecretError> {
        self.store_within(account, key, password, at, program::LIMIT)
    }

    /// The password that was handed over last for this key since then; `None` when there is none, or a program took it.
    pub fn last(
        &self,
        account: &str,
        key: &str,
        since: Timestamp,
    ) -> Result<Option<Secret>, SecretError> {
        let Self::File(path) = self else {
            return Ok(None);
        };
        let text = match std::fs::read(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(SecretError::File {
                    doing: "read",
                    path: path.clone(),
                    source,
                });
            }
        };
        // A line that a crash cut off, or that somebody else wrote, is none of ours.
        let lines = text.split(|byte| *byte == b'\n').rev();
        let mut ours = lines.filter_map(|line| serde_json::from_slice::<Line<'_>>(line).ok());
        let found =
            ours.find(|line| line.account == account && line.email == key && line.at >= since);
        Ok(found.map(|line| Secret::new(line.password.into_owned())))
    }

    fn store_within(
        &self,
        account: &str,
        key: &str,
        password: &Secret,
        at: Timestamp,
        limit: Duration,
    ) -> Result<Stored, SecretError> {
        let line = Line {
            at,
            account: account.into(),
            email: key.into(),
            password: password.expose().into(),
        };
        let mut text = Zeroizing::new(Vec::with_capacity(512));
        serde_json::to_writer(&mut *text, &line)
            .expect("texts and a time can always be written as JSON");
        text.push(b'\n');
        match self {
            Self::File(path) => append(path, &text),
            Self::Command { argv, folder } => {
                let handed = Handed {
                    line: &text,
                    secret: password.expose(),
                };
                program::run(argv, folder, Some(&handed), limit).map(|_| Stored::default())
            }
        }
    }
}

fn append(path: &Path, line: &[u8]) -> Result<Stored, SecretError> {
    let failed = |doing| {
        move |source| SecretError::File {
            doing,
            path: path.to_owned(),
            source,
        }
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(failed("create the folder of"))?;
    // Opening a pipe would wait for its reader, and changing the rights of a device is worse.
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            return Err(SecretError::NotAFile {
                path: path.to_owned(),
            });
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed("look at")(error)),
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed("open"))?;
    let warning = tighten(&file, path).map_err(failed("take the rights of others from"))?;
    let whole = ends_a_line(&mut file).map_err(failed("read"))?;
    let mut text = Zeroizing::new(Vec::with_capacity(line.len() + 1));
    if !whole {
        text.push(b'\n');
    }
    text.extend_from_slice(line);
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(failed("write to"))?;
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed("flush the folder of"))?;
    }
    Ok(Stored { warning })
}

/// Whether the file ends with a line break, or is empty: a crash may have cut a line off.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(unix)]
fn tighten(file: &File, path: &Path) -> io::Result<Option<String>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(None);
    }
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    Ok(Some(format!(
        "others could read the passwords in `{}` (mode {mode:04o}); it is now readable by its owner only",
        path.display()
    )))
}

#[cfg(not(unix))]
fn tighten(_file: &File, _path: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;
    const PLANTED: &str = "hunter2-planted";

    fn store(sink: &PasswordSink, key: &str) -> Result<Stored, SecretError> {
        let stored = sink.store_within(
            "acme-eu",
            key,
            &Secret::new(PLANTED.to_owned()),
            AT,
            Duration::from_secs(5),
        );
        assert!(!format!("{stored:?}").contains(PLANTED), "{stored:?}");
        if let Err(error) = &stored {
            assert!(!error.to_string().contains(PLANTED), "{error}");
        }
        stored
    }

    fn sh(script: &str, folder: &Path) -> PasswordSink {
        PasswordSink::Command {
            argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
            folder: folder.to_owned(),
        }
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_gets_one_line_for_each_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".seatwright/passwords.jsonl");
        let sink = PasswordSink::File(path.clone());
        assert_eq!(store(&sink, "ada@acme.example").unwrap(), Stored::default());
        assert_eq!(store(&sink, "bob@acme.example").unwrap(), Stored::default());
        insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap().trim_end(), @r#"
        {"at":"1970-01-01T00:00:00Z","account":"acme-eu","email":"ada@acme.example","password":"hunter2-planted"}
        {"at":"1970-01-01T00:00:00Z","account":"acme-eu","email":"bob@acme.example","password":"hunter2-planted"}
        "#);
        #[cfg(unix)]
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_file_tells_what_was_handed_over_last_and_a_program_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwords.jsonl");
        let sink = PasswordSink::File(path.clone());
        let last = |account: &str, key: &str| {
            let found = sink.last(account, key, AT).unwrap();
            found.map(|password| password.expose().to_owned())
        };
        assert_eq!(last("acme", "ada"), None, "there is no file yet");
        for (account, key, password) in [
            ("acme", "ada", "first"),
            ("acme", "ada", "quo\"ted"),
            ("acme", "bob", "his"),
            ("other", "ada", "hers"),
        ] {
            let password = Secret::new(password.to_owned());
            sink.store(account, key, &password, AT).unwrap();
        }
        let cut =
            "\n{\"at\":\"1970-01-01T00:00:00Z\",\"account\":\"acme\",\"email\":\"ada\",\"pass";
        let text = std::fs::read_to_string(&path).unwrap() + cut;
        std::fs::write(&path, text).unwrap();
        assert_eq!(last("acme", "ada").as_deref(), Some("quo\"ted"));
        assert_eq!(last("acme", "bob").as_deref(), Some("his"));
        assert_eq!(last("acme", "eve"), None);
        let later = AT + jiff::SignedDuration::from_secs(1);
        assert!(sink.last("acme", "bob", later).unwrap().is_none());
        assert!(
            sh("cat > /dev/null", folder.path())
                .last("acme", "ada", AT)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_others_can_read_is_tightened_with_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwords.jsonl");
        let sink = PasswordSink::File(path.clone());
        for before in [0o644, 0o640, 0o604, 0o660] {
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(before)).unwrap();
            let warning = store(&sink, "ada").unwrap().warning.unwrap();
            assert!(warning.contains("others could read"), "{warning}");
            assert_eq!(mode(&path), 0o600);
            assert_eq!(store(&sink, "ada").unwrap().warning, None);
        }
    }

    #[test]
    fn a_line_that_a_crash_cut_off_does_not_spoil_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwords.jsonl");
        std::fs::write(&path, r#"{"at":"19"#).unwrap();
        store(&PasswordSink::File(path.clone()), "ada").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["password"], PLANTED);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_not_a_regular_file_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let before = mode(Path::new("/dev/null"));
        for path in [folder.path(), Path::new("/dev/null")] {
            let error = store(&PasswordSink::File(path.to_owned()), "ada").unwrap_err();
            assert!(matches!(error, SecretError::NotAFile { .. }), "{error}");
        }
        assert_eq!(mode(Path::new("/dev/null")), before);
    }

    #[test]
    fn a_command_gets_the_line_on_its_standard_input() {
        let folder = tempfile::tempdir().unwrap();
        store(&sh("cat > got", folder.path()), "ada").unwrap();
        let got = std::fs::read_to_string(folder.path().join("got")).unwrap();
        assert_eq!(
            got,
            "{\"at\":\"1970-01-01T00:00:00Z\",\"account\":\"acme-eu\",\"email\":\"ada\",\"password\":\"hunter2-planted\"}\n"
        );
    }

    #[test]
    fn a_command_that_fails_is_an_error_and_cannot_repeat_the_password() {
        let folder = tempfile::tempdir().unwrap();
        let error = store(&sh("cat >&2; exit 4", folder.path()), "ada").unwrap_err();
        insta::assert_snapshot!(error, @r#"the command `sh` failed (exit status: 4): {"at":"1970-01-01T00:00:00Z","account":"acme-eu","email":"ada","password":"…"}"#);
        let missing = PasswordSink::Command {
            argv: vec!["no-such-program-at-all".to_owned()],
            folder: folder.path().to_owned(),
        };
        assert!(matches!(
            store(&missing, "ada"),
            Err(SecretError::NotRun { .. })
        ));
    }
}
