//! Whole commands against the simulator, rate limit off: our own processor time, wall time, peak memory and requests.
//!
//! `cargo bench --bench accounts [-- SIZE...]` prints a row for each job and size (100, 1,000 and 10,000 users). Compare
//! figures of one run only: machines differ, and the simulator shares the processor with the program. The processor time is
//! the program's own; the simulator runs in the harness.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use nix::sys::resource::{UsageWho, getrusage};
use seatwright::ledger::{Confidence, Entry, Ledger};
use seatwright::model::ResourceId;
use seatwright::sandbox::cloudtalk::{Options, Seed, SeedAgent};
use seatwright::sandbox::{Control, Sandbox};

type CloudTalk = Control<seatwright::sandbox::cloudtalk::CloudTalk>;

/// Only 8,999 extensions can be given by number; the simulator gives none to the rest.
const EXTENSIONS: usize = 8_900;

struct Person {
    email: String,
    first: String,
    last: String,
    extension: Option<u16>,
    groups: Vec<String>,
}

fn groups_for(users: usize) -> usize {
    match users {
        0..=100 => 10,
        101..=1_000 => 20,
        _ => 50,
    }
}

/// A roster with 1.3 memberships for each person.
fn roster(users: usize) -> Vec<Person> {
    let groups = groups_for(users);
    (0..users)
        .map(|n| {
            let mut member = vec![format!("Group {:02}", n % groups)];
            if n % 10 < 3 {
                member.push(format!("Group {:02}", (n + 1) % groups));
            }
            Person {
                email: format!("user{n:05}@bench.example"),
                first: format!("First{n}"),
                last: format!("Last{n}"),
                extension: (n < EXTENSIONS).then(|| 1000 + n as u16),
                groups: member,
            }
        })
        .collect()
}

fn manifest(people: &[Person], groups: usize, url: &str) -> String {
    let mut text = format!(
        "version: 1\naccount:\n  name: bench\n  provider: cloudtalk\n  api_url: {url}\n\
         policy:\n  users: {{ unmanaged: delete }}\n  guards: {{ max_deletions: 1000 }}\n  \
         rate: {{ requests_per_minute: 1000000, reserve_percent: 0 }}\ngroups:\n"
    );
    for group in 0..groups {
        let _ = writeln!(text, "  - name: Group {group:02}");
    }
    text.push_str("users:\n");
    for person in people {
        let _ = write!(
            text,
            "  - email: {}\n    first_name: {}\n    last_name: {}\n    outbound_calls: true\n",
            person.email, person.first, person.last
        );
        if let Some(extension) = person.extension {
            let _ = writeln!(text, "    extension: {extension}");
        }
        text.push_str("    groups:\n");
        for group in &person.groups {
            let _ = writeln!(text, "      - {group}");
        }
    }
    text
}

fn seed(people: &[Person], groups: usize) -> Seed {
    Seed {
        seats: None,
        rate: None,
        groups: (0..groups)
            .map(|group| format!("Group {group:02}"))
            .collect(),
        agents: people
            .iter()
            .map(|person| SeedAgent {
                extension: person.extension,
                groups: person.groups.clone(),
                ..SeedAgent::new(&person.email, &person.first, &person.last)
            })
            .collect(),
        ..Seed::default()
    }
}

/// What an apply of the whole roster would have left in the ledger.
fn remember(folder: &Path, people: &[Person], control: &CloudTalk) {
    let account = control.account();
    let mut entries = Vec::new();
    for person in people {
        let id = ResourceId::new("user", person.email.as_str());
        let agent = account.agent_by_email(&person.email).unwrap();
        entries.push(Entry::Identity {
            id: id.clone(),
            remote: agent.id.to_string().into(),
        });
        for group in &person.groups {
            entries.push(Entry::Member {
                id: id.clone(),
                field: "groups".into(),
                target: group.as_str().into(),
                joined: true,
                confidence: Confidence::Asserted,
            });
        }
    }
    let mut ledger = Ledger::open(&folder.join(".seatwright"), "bench@bench").unwrap();
    ledger.append(&entries, Timestamp::UNIX_EPOCH).unwrap();
}

struct Measured {
    cpu: Duration,
    wall: Duration,
    peak_mb: u64,
    requests: u64,
    exit: i32,
}

fn cpu_of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let time = |value: nix::sys::time::TimeVal| {
        Duration::from_secs(value.tv_sec() as u64) + Duration::from_micros(value.tv_usec() as u64)
    };
    time(usage.user_time()) + time(usage.system_time())
}

fn run(folder: &Path, args: &[&str], control: &CloudTalk) -> Measured {
    control.reset_requests();
    let before = cpu_of_children();
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_seatwright"))
        .args(args)
        .arg(folder)
        .env_clear()
        .env("CLOUDTALK_ACCESS_KEY_ID", "bench")
        .env("CLOUDTALK_ACCESS_KEY_SECRET", "bench")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The peak is read while the program lives: what the system keeps of its children is the largest of all of them.
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    let status = loop {
        if let Ok(text) = std::fs::read_to_string(&status_file)
            && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:"))
        {
            let kb = line
                .split_whitespace()
                .nth(1)
                .and_then(|kb| kb.parse::<u64>().ok());
            peak_kb = peak_kb.max(kb.unwrap_or(0));
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Measured {
        wall: started.elapsed(),
        cpu: cpu_of_children() - before,
        peak_mb: peak_kb / 1024,
        requests: control.counters().total,
        exit: status.code().unwrap_or(-1),
    }
}

fn report(job: &str, users: usize, runs: &mut [Measured]) {
    runs.sort_by_key(|run| run.cpu);
    let median = &runs[runs.len() / 2];
    let peak = runs.iter().map(|run| run.peak_mb).max().unwrap_or(0);
    println!(
        "{job:24} {users:>6} users  cpu {:>8.1} ms  wall {:>8.1} ms  peak {peak:>4} MB  {:>6} requests  exit {}",
        median.cpu.as_secs_f64() * 1e3,
        median.wall.as_secs_f64() * 1e3,
        median.requests,
        median.exit
    );
}

/// A hundredth of the roster changes: three in five are renamed, one in five joins, one in five leaves.
fn drifted(people: &[Person]) -> Vec<Person> {
    let changes = (people.len() / 100).max(1);
    let (edits, joiners) = ((changes * 3).div_ceil(5), changes / 5);
    let mut next: Vec<Person> = people
        .iter()
        .skip(joiners)
        .map(|person| Person {
            email: person.email.clone(),
            first: person.first.clone(),
            last: person.last.clone(),
            extension: person.extension,
            groups: person.groups.clone(),
        })
        .collect();
    for person in next.iter_mut().take(edits) {
        person.last.push_str("-Married");
    }
    for n in 0..joiners {
        next.push(Person {
            email: format!("joiner{n:05}@bench.example"),
            first: "New".into(),
            last: format!("Joiner{n}"),
            // The largest roster leaves none free: who has no number of their own has been given what is left.
            extension: None,
            groups: vec!["Group 01".into()],
        });
    }
    next
}

fn main() {
    let asked: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let sizes = if asked.is_empty() {
        vec![100, 1_000, 10_000]
    } else {
        asked
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = runtime
            .block_on(Sandbox::start(Options::default()))
            .unwrap();
        let mut runs: Vec<Measured> = (0..15)
            .map(|_| {
                run(
                    folder.path(),
                    &["schema", "cloudtalk", "--"],
                    &sandbox.control(),
                )
            })
            .collect();
        for measured in &mut runs {
            measured.exit = 0;
        }
        report("start-up", 0, &mut runs);
    }
    for users in sizes {
        let people = roster(users);
        let groups = groups_for(users);
        let sandbox = runtime
            .block_on(Sandbox::start(Options {
                seed: seed(&people, groups),
                ..Options::default()
            }))
            .unwrap();
        let control = sandbox.control();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("account.yaml");
        std::fs::write(&file, manifest(&people, groups, &sandbox.url())).unwrap();
        remember(folder.path(), &people, &control);
        let mut runs: Vec<Measured> = (0..7)
            .map(|_| run(folder.path(), &["validate"], &control))
            .collect();
        report("validate", users, &mut runs);
        let mut runs: Vec<Measured> = (0..7)
            .map(|_| run(folder.path(), &["plan", "--detailed-exitcode"], &control))
            .collect();
        report("plan, no change", users, &mut runs);
        std::fs::write(&file, manifest(&drifted(&people), groups, &sandbox.url())).unwrap();
        let mut runs: Vec<Measured> = (0..7)
            .map(|_| run(folder.path(), &["plan", "--detailed-exitcode"], &control))
            .collect();
        report("plan, 1 % change", users, &mut runs);
        report(
            "apply, 1 % change",
            users,
            &mut [run(folder.path(), &["apply", "--auto-approve"], &control)],
        );
        runtime.block_on(sandbox.stop());
    }
    let onboarded = 1_000;
    let people = roster(onboarded);
    let groups = groups_for(onboarded);
    let sandbox = runtime
        .block_on(Sandbox::start(Options {
            seed: seed(&[], groups),
            ..Options::default()
        }))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("account.yaml"),
        manifest(&people, groups, &sandbox.url()),
    )
    .unwrap();
    report(
        "onboard",
        onboarded,
        &mut [run(
            folder.path(),
            &["apply", "--auto-approve"],
            &sandbox.control(),
        )],
    );
    runtime.block_on(sandbox.stop());
}
