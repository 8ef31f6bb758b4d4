//! One writer per account: a lock file beside the ledger.
//!
//! The file appears with its whole content in one step, and only where there is none. A lock whose process is known to be dead is
//! taken over; whether it is dead can be known on the same host only.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::TryRng;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::durable;
use super::process::{self, Liveness, Started};

/// The name of the lock within the ledger's folder.
const FILE: &str = "lock";

/// How long to wait for others that are just now taking the lock.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whose lock it is, as the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockInfo {
    /// The user.
    pub owner: String,
    /// The name of the host that the process runs on.
    pub host: String,
    /// The id of the process.
    pub pid: u32,
    /// What tells the process from a later one with the same id; absent where the system does not say.
    #[serde(default)]
    pub started: Option<Started>,
    /// When the lock was taken.
    pub since: Timestamp,
    /// What the process was started for, such as `apply`.
    pub command: String,
    /// What tells this lock from any other.
    #[serde(default)]
    pub token: u64,
}

impl LockInfo {
    /// Whether the process still runs; `None` where this cannot be known, as on another host.
    pub fn is_running(&self) -> Option<bool> {
        if self.host != process::host_name() {
            return None;
        }
        match process::liveness(self.pid, self.started.as_ref()) {
            Liveness::Alive => Some(true),
            Liveness::Dead => Some(false),
            Liveness::Unknown => None,
        }
    }
}

/// A lock that was taken over from a dead process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOver(
    /// Whose it was.
    pub LockInfo,
);

/// Why a lock could not be taken, or taken away.
#[derive(Debug, Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error(
        "`{owner}` on `{host}` holds the account (`{command}`, process {pid}, since {since}); wait until it is done, or, if it is surely gone, run `seatwright unlock`"
    )]
    Held {
        /// The user.
        owner: String,
        /// The host.
        host: String,
        /// The id of the process.
        pid: u32,
        /// When it was taken.
        since: Timestamp,
        /// What for.
        command: String,
    },
    /// There is a lock, and it does not say whose it is.
    #[error("the lock `{}` cannot be understood ({why}); if no other run is going on, run `seatwright unlock`", path.display())]
    Unreadable {
        /// The lock's file.
        path: PathBuf,
        /// What the reader stumbled over.
        why: String,
    },
    /// The file system refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The right to write to an account, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    info: LockInfo,
}

impl Lock {
    /// Takes the lock in a ledger's folder for this process, creating the folder where needed.
    ///
    /// `owner` is the user, `command` what the lock is for. A lock whose process is dead is taken over, and told about.
    pub fn acquire(
        folder: &Path,
        owner: &str,
        command: &str,
        now: Timestamp,
    ) -> Result<(Self, Option<TakenOver>), LockError> {
        durable::create_folder(folder)
            .map_err(|error| failed("create the folder", folder, error))?;
        let path = folder.join(FILE);
        let token = SysRng
            .try_next_u64()
            .map_err(|error| failed("draw a random number for", &path, io::Error::other(error)))?;
        let info = LockInfo {
            owner: owner.to_owned(),
            host: process::host_name(),
            pid: std::process::id(),
            started: process::started(std::process::id()),
            since: now,
            command: command.to_owned(),
            token,
        };
        // Two that take over the same dead lock must not take each other's new one.
        let _turn = Turn::wait(folder);
        let mut taken = None;
        loop {
            if create(&path, &info)? {
                return Ok((Self { path, info }, taken));
            }
            let Some(former) = read(&path)? else {
                continue;
            };
            if former.is_running() != Some(false) {
                let LockInfo {
                    owner,
                    host,
                    pid,
                    started: _,
                    since,
                    command,
                    token: _,
                } = former;
                return Err(LockError::Held {
                    owner,
                    host,
                    pid,
                    since,
                    command,
                });
            }
            if remove(&path, &former)? {
                taken = Some(TakenOver(former));
            }
        }
    }

    /// What the lock's file says.
    pub fn info(&self) -> &LockInfo {
        &self.info
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let folder = durable::parent(&self.path).to_owned();
        let _turn = Turn::wait(&folder);
        // Nobody is left to be told; a lock that stays is taken over once this process has ended.
        let _ = remove(&self.path, &self.info);
    }
}

/// Takes any lock in this folder away, and tells whose it was; `None` when there was none.
///
/// A lock that cannot be understood goes as well; it is told about with an empty owner and host, and the time zero.
pub fn unlock(folder: &Path) -> Result<Option<LockInfo>, LockError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let path = folder.join(FILE);
    let _turn = Turn::wait(folder);
    let info = match read(&path) {
        Ok(None) => return Ok(None),
        Ok(Some(info)) => info,
        Err(LockError::Unreadable { .. }) => LockInfo {
            owner: String::new(),
            host: String::new(),
            pid: 0,
            started: None,
            since: Timestamp::UNIX_EPOCH,
            command: String::new(),
            token: 0,
        },
        Err(error) => return Err(error),
    };
    fs::remove_file(&path).map_err(|error| failed("remove", &path, error))?;
    Ok(Some(info))
}

/// Reads whose lock is in this folder, without touching it.
pub fn holder(folder: &Path) -> Result<Option<LockInfo>, LockError> {
    read(&folder.join(FILE))
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> LockError {
    LockError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

fn create(path: &Path, info: &LockInfo) -> Result<bool, LockError> {
    let text = serde_json::to_vec(info).map_err(|error| failed("write", path, error.into()))?;
    let file = durable::beside(path, &text).map_err(|error| failed("write", path, error))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed("create", path, error.error)),
    }
}

fn read(path: &Path) -> Result<Option<LockInfo>, LockError> {
    match fs::read(path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|error| LockError::Unreadable {
                    path: path.to_owned(),
                    why: error.to_string(),
                })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, error)),
    }
}

/// Removes the lock if it is the expected one; a rename first, so that what is removed is what was looked at.
fn remove(path: &Path, expected: &LockInfo) -> Result<bool, LockError> {
    if read(path)?.as_ref() != Some(expected) {
        return Ok(false);
    }
    let aside = path.with_extension(format!("{:016x}.tmp", expected.token));
    match fs::rename(path, &aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed("remove", path, error)),
    }
    if read(&aside)?.as_ref() == Some(expected) {
        fs::remove_file(&aside).map_err(|error| failed("remove", &aside, error))?;
        return Ok(true);
    }
    // Somebody without a turn (a file system that has no advisory locks) came between: it gets its lock back.
    fs::hard_link(&aside, path).map_err(|error| failed("put back", path, error))?;
    fs::remove_file(&aside).map_err(|error| failed("remove", &aside, error))?;
    Ok(false)
}

/// A short advisory lock on the folder itself, so that processes of one host look and act one after the other.
///
/// Where the system has none, or somebody holds it for long, the work goes on without: the lock's file is exclusive by itself.
struct Turn {
    _folder: Option<File>,
}

impl Turn {
    fn wait(folder: &Path) -> Self {
        let Ok(file) = File::open(folder) else {
            return Self { _folder: None };
        };
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Self {
                        _folder: Some(file),
                    };
                }
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {
                    return Self { _folder: None };
                }
            }
        }
    }
}
