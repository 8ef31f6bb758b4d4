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
        "`{owner}` on `{host}` holds the account (`{command}`, process {pid}, since {})", since.strftime("%Y-%m-%dT%H:%M:%SZ")
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
    #[error("the lock `{}` cannot be understood ({why})", path.display())]
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, Mutex};

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join(".seatwright");
        (above, folder)
    }

    fn acquire(folder: &Path) -> Result<(Lock, Option<TakenOver>), LockError> {
        Lock::acquire(folder, "ada", "apply", AT)
    }

    /// A lock as a process of this host left it that has ended and was waited for.
    fn of_the_dead() -> LockInfo {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "read line"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let started = process::started(child.id());
        assert_eq!(started.is_some(), cfg!(target_os = "linux"));
        let info = LockInfo {
            owner: "bob".to_owned(),
            host: process::host_name(),
            pid: child.id(),
            started,
            since: AT,
            command: "apply".to_owned(),
            token: 7,
        };
        assert_eq!(info.is_running(), Some(true));
        drop(child.stdin.take());
        child.wait().unwrap();
        info
    }

    fn leave(folder: &Path, info: &LockInfo) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(FILE), serde_json::to_vec(info).unwrap()).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_lock_says_whose_it_is_and_goes_when_it_is_dropped() {
        let (_above, folder) = folder();
        let (lock, taken) = acquire(&folder).unwrap();
        assert_eq!(taken, None);
        let info = holder(&folder).unwrap().unwrap();
        assert_eq!(&info, lock.info());
        assert_eq!((info.owner.as_str(), info.pid), ("ada", std::process::id()));
        assert_eq!(info.is_running(), Some(true));
        drop(lock);
        assert_eq!(names(&folder), Vec::<String>::new());
    }

    #[test]
    fn a_held_lock_is_refused_with_its_holder() {
        let (_above, folder) = folder();
        let _lock = acquire(&folder).unwrap();
        let error = acquire(&folder).unwrap_err();
        assert!(
            matches!(&error, LockError::Held { owner, pid, .. } if owner == "ada" && *pid == std::process::id())
        );
        assert!(error.to_string().contains("`ada` on `"));
    }

    #[test]
    fn of_many_threads_one_has_the_lock_at_a_time() {
        let (_above, folder) = folder();
        let inside = AtomicUsize::new(0);
        let won = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        match acquire(&folder) {
                            Ok((lock, taken)) => {
                                assert_eq!(taken, None);
                                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                                std::thread::yield_now();
                                inside.fetch_sub(1, Ordering::SeqCst);
                                won.fetch_add(1, Ordering::SeqCst);
                                drop(lock);
                            }
                            Err(LockError::Held { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
        });
        assert!(won.into_inner() > 0);
        assert_eq!(names(&folder), Vec::<String>::new());
    }

    #[test]
    fn the_lock_of_a_dead_process_is_taken_over_by_one_of_many_and_told() {
        let dead = of_the_dead();
        for _ in 0..20 {
            let (_above, folder) = folder();
            leave(&folder, &dead);
            let barrier = Barrier::new(4);
            let winners = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        barrier.wait();
                        match acquire(&folder) {
                            Ok(won) => winners.lock().unwrap().push(won),
                            Err(LockError::Held { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    });
                }
            });
            let winners = winners.into_inner().unwrap();
            assert_eq!(winners.len(), 1);
            assert_eq!(winners[0].1, Some(TakenOver(dead.clone())));
            assert_eq!(names(&folder), ["lock"]);
        }
    }

    #[test]
    fn a_process_that_ended_and_was_not_waited_for_is_dead() {
        let (_above, folder) = folder();
        let mut child = std::process::Command::new("sh")
            .args(["-c", "exit"])
            .spawn()
            .unwrap();
        let info = LockInfo {
            pid: child.id(),
            started: None,
            ..of_the_dead()
        };
        leave(&folder, &info);
        let start = Instant::now();
        while info.is_running() != Some(false) && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(acquire(&folder).unwrap().1, Some(TakenOver(info)));
        child.wait().unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_living_process_that_got_the_id_of_a_dead_one_does_not_hold_its_lock() {
        let (_above, folder) = folder();
        let mut info = LockInfo {
            pid: std::process::id(),
            started: process::started(std::process::id()),
            ..of_the_dead()
        };
        let ticks =
            |info: &mut LockInfo, change: fn(&mut Started)| change(info.started.as_mut().unwrap());
        assert_eq!(info.is_running(), Some(true));
        ticks(&mut info, |started| started.ticks -= 1);
        assert_eq!(info.is_running(), Some(false));
        leave(&folder, &info);
        assert!(acquire(&folder).unwrap().1.is_some());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_runs_in_another_container_or_machine_cannot_be_known() {
        let dead = of_the_dead();
        let changed = |change: fn(&mut Started)| {
            let mut info = dead.clone();
            change(info.started.as_mut().unwrap());
            info.is_running()
        };
        assert_eq!(changed(|started| started.namespace.push('x')), None);
        assert_eq!(changed(|started| started.machine.push('x')), None);
        assert_eq!(changed(|started| started.boot.push('x')), Some(false));
    }

    #[test]
    fn the_lock_of_another_host_is_never_taken_over_but_can_be_taken_away() {
        let (_above, folder) = folder();
        let info = LockInfo {
            host: "elsewhere".to_owned(),
            ..of_the_dead()
        };
        leave(&folder, &info);
        assert!(
            matches!(acquire(&folder), Err(LockError::Held { host, .. }) if host == "elsewhere")
        );
        assert_eq!(unlock(&folder).unwrap(), Some(info));
        assert_eq!(unlock(&folder).unwrap(), None);
        acquire(&folder).unwrap();
    }

    #[test]
    fn a_lock_that_was_taken_away_is_not_removed_by_its_former_holder() {
        let (_above, folder) = folder();
        let first = acquire(&folder).unwrap();
        unlock(&folder).unwrap();
        let (second, _) = acquire(&folder).unwrap();
        drop(first);
        assert_eq!(holder(&folder).unwrap().as_ref(), Some(second.info()));
    }

    #[test]
    fn a_lock_that_cannot_be_understood_is_refused_and_can_be_taken_away() {
        let (_above, folder) = folder();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(FILE), "").unwrap();
        let error = acquire(&folder).unwrap_err();
        assert!(matches!(error, LockError::Unreadable { .. }), "{error}");
        assert_eq!(unlock(&folder).unwrap().unwrap().owner, "");
        acquire(&folder).unwrap();
    }

    #[test]
    fn unlocking_where_nothing_is_creates_nothing() {
        let (_above, folder) = folder();
        assert_eq!(unlock(&folder).unwrap(), None);
        assert!(!folder.exists());
    }
}
