//! Where made passwords are handed over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;

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

#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    account: &'a str,
    email: &'a str,
    password: &'a str,
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
            account,
            email: key,
            password: password.expose(),
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
