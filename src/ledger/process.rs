//! Whether a process that is known by its id still runs.

use serde::{Deserialize, Serialize};

use super::chain::Hash;

/// What tells a process from a later one with the same id, on Linux.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Which machine, as a short hash of its id: host names repeat, as `localhost` does.
    pub machine: String,
    /// Which run of the system it was started in.
    pub boot: String,
    /// In which namespace the id counts; a container has its own.
    pub namespace: String,
    /// When it was started, in clock ticks since the boot.
    pub ticks: u64,
}

/// What is known of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// It runs.
    Alive,
    /// It has ended; its id is free, or another process has it.
    Dead,
    /// This cannot be found out from here.
    Unknown,
}

/// The name of this host.
pub fn host_name() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    name
}

/// The mark of a process that runs; `None` where the system keeps none.
pub(crate) fn started(pid: u32) -> Option<Started> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    // Not every system has an id; containers often have none.
    let machine = std::fs::read("/etc/machine-id")
        .map(|id| Hash::of(&id).to_string()[..23].to_owned())
        .unwrap_or_default();
    Some(Started {
        machine,
        boot: boot.trim().to_owned(),
        namespace: namespace.to_string_lossy().into_owned(),
        ticks: stat(pid)?.1,
    })
}

/// Finds out whether the process of this id, started as marked, still runs on this host.
pub(crate) fn liveness(pid: u32, mark: Option<&Started>) -> Liveness {
    if let (Some(then), Some(now)) = (mark, started(std::process::id())) {
        if then.machine != now.machine {
            return Liveness::Unknown;
        }
        if then.boot != now.boot {
            return Liveness::Dead;
        }
        if then.namespace != now.namespace {
            return Liveness::Unknown;
        }
    }
    match exists(pid) {
        Some(true) => {}
        Some(false) => return Liveness::Dead,
        None => return Liveness::Unknown,
    }
    // The process may belong to another user and be hidden: what cannot be looked at is believed to live.
    match stat(pid) {
        Some((b'Z' | b'X', _)) => Liveness::Dead,
        Some((_, ticks)) if mark.is_some_and(|mark| mark.ticks != ticks) => Liveness::Dead,
        Some(_) | None => Liveness::Alive,
    }
}

#[cfg(unix)]
fn exists(pid: u32) -> Option<bool> {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)?;
    match rustix::process::test_kill_process(pid) {
        Ok(()) | Err(rustix::io::Errno::PERM) => Some(true),
        Err(rustix::io::Errno::SRCH) => Some(false),
        Err(_) => None,
    }
}

#[cfg(not(unix))]
fn exists(_pid: u32) -> Option<bool> {
    None
}

/// State and start time (in ticks since the boot) out of `/proc/PID/stat`: fields 3 and 22.
fn stat(pid: u32) -> Option<(u8, u64)> {
    let text = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may hold anything.
    let end = text.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(text.get(end + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = *fields.next()?.as_bytes().first()?;
    let ticks = fields.nth(18)?.parse().ok()?;
    Some((state, ticks))
}
