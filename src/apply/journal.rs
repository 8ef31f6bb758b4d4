//! The journal of runs: what was about to be done, and what came of it.
//!
//! A line of intent is on the disk before its request is sent, a line of outcome after the answer. An intent without an outcome is
//! therefore a request that may have reached the service: what came of it must be looked up, never assumed.
//! The plan of a run is kept beside the journal in `runs/RUN.plan.json`, on the disk before the run starts.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use super::event::{Event, RunId, RunOutcome, StepOutcome};
use crate::ledger::LedgerError;
use crate::ledger::chain::{Chain, Hash, Opened, Record, Verified};
use crate::ledger::durable;
use crate::model::RemoteId;

/// The name of the journal's file within the ledger's folder.
const FILE: &str = "journal.jsonl";

/// The name of the folder of plans within the ledger's folder.
const RUNS: &str = "runs";

/// Why the journal could not be read or written.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The chain of its lines could not be read or written.
    #[error(transparent)]
    Chain(#[from] LedgerError),
    /// A run's plan could not be read or written.
    #[error("cannot {doing} the plan of run `{run}` at `{}`: {source}", path.display())]
    Plan {
        /// What was tried, as a verb.
        doing: &'static str,
        /// Which run.
        run: RunId,
        /// The plan's file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The plan that was kept is not the one that was started.
    #[error("the plan of run `{run}` at `{}` is not the one that the run was started with; make a new plan", path.display())]
    OtherPlan {
        /// Which run.
        run: RunId,
        /// The plan's file.
        path: PathBuf,
    },
    /// A line was to be written for a run that does not go on, or was found in the file.
    #[error("the journal `{}` has no run `{run}` that goes on", path.display())]
    NoSuchRun {
        /// Which run.
        run: RunId,
        /// The journal's file.
        path: PathBuf,
    },
}

/// The last word on a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRecord {
    /// What came of it.
    pub outcome: StepOutcome,
    /// The service's id of the object, where it was told.
    pub remote: Option<RemoteId>,
    /// What was told about it.
    pub message: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How a run came to be unfinished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// It stopped in the middle: a crash, a kill, a power cut.
    Stopped,
    /// It ended in good order, with something left to do.
    Partial,
}

/// A run that can be resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterruptedRun {
    /// The run.
    pub run: RunId,
    /// How it came to be unfinished.
    pub how: Interruption,
    /// When it was started.
    pub started_at: Timestamp,
    /// By whom, as `user@host`.
    pub by: String,
    /// The command that ran it.
    pub command: String,
    /// The file of its plan; read it with [`Journal::plan`].
    pub plan: PathBuf,
    /// The hash of that file.
    pub plan_hash: String,
    /// The last outcome of each step that has one; the outcome before, for a step with an open intent.
    pub outcomes: BTreeMap<String, StepRecord>,
    /// Steps whose last request may have reached the service, with the number of the try.
    pub open_intents: BTreeMap<String, u32>,
}

/// A run in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// The run.
    pub run: RunId,
    /// When it was started.
    pub started_at: Timestamp,
    /// By whom, as `user@host`.
    pub by: String,
    /// The command that ran it last.
    pub command: String,
    /// The version of the tool that ran it last.
    pub tool_version: String,
    /// The hash of its plan.
    pub plan_hash: String,
    /// How often it was resumed.
    pub resumed: u32,
    /// When it ended; `None` while it runs, or when it stopped.
    pub finished_at: Option<Timestamp>,
    /// What came of it; `None` while it runs, or when it stopped.
    pub outcome: Option<RunOutcome>,
    /// The requests that it told of, over all resumptions; what a crash interrupted is not in it.
    pub requests: u64,
    /// How many steps came to what.
    pub steps: BTreeMap<StepOutcome, u64>,
    /// How many steps have an intent without an outcome.
    pub open_intents: u64,
}

/// The journal of an account, open.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    by: String,
    chain: Chain<Event>,
    runs: Vec<Run>,
    verified: Verified,
}

#[derive(Clone, Debug)]
struct Run {
    id: RunId,
    started_at: Timestamp,
    by: String,
    command: String,
    tool_version: String,
    plan_hash: String,
    resumed: u32,
    finished: Option<(Timestamp, RunOutcome)>,
    requests: u64,
    outcomes: BTreeMap<String, StepRecord>,
    open_intents: BTreeMap<String, u32>,
}

impl Journal {
    /// Reads the journal in a ledger's folder, to be continued by the author `by` (`user@host`).
    ///
    /// A missing file is an empty journal; nothing is created before the first run.
    pub fn open(folder: &Path, by: &str) -> Result<Self, JournalError> {
        let Opened {
            chain,
            records,
            verified,
        } = Chain::open(&Self::file(folder), by)?;
        let mut journal = Self {
            folder: folder.to_owned(),
            by: by.to_owned(),
            chain,
            runs: Vec::new(),
            verified,
        };
        for Record { at, by, data, .. } in records {
            journal.take(data, at, &by)?;
        }
        Ok(journal)
    }

    /// The file within the ledger's folder.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// What was found out about the file when it was opened: an incomplete last line is worth a note.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// Keeps the plan, then starts a run of it. Both are on the disk when this returns.
    pub fn begin(
        &mut self,
        plan: &[u8],
        command: &str,
        tool_version: &str,
        at: Timestamp,
    ) -> Result<RunId, JournalError> {
        let plan_hash = Hash::of(plan).to_string();
        let run = self.free_id(&plan_hash, at);
        let path = self.plan_path(&run);
        durable::create_folder(&self.folder.join(RUNS))
            .and_then(|()| durable::replace(&path, plan, true))
            .map_err(|source| JournalError::Plan {
                doing: "keep",
                run: run.clone(),
                path,
                source,
            })?;
        self.write(
            Event::RunStarted {
                run: run.clone(),
                plan_hash,
                command: command.to_owned(),
                tool_version: tool_version.to_owned(),
            },
            at,
        )?;
        Ok(run)
    }

    /// Goes on with a run that stopped or ended in part.
    pub fn resume(
        &mut self,
        run: &RunId,
        command: &str,
        tool_version: &str,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(
            Event::RunResumed {
                run: run.clone(),
                command: command.to_owned(),
                tool_version: tool_version.to_owned(),
            },
            at,
        )
    }

    /// Notes that a request of this step is about to be sent; it is on the disk when this returns.
    ///
    /// `attempt` counts from 1 and goes on over resumptions.
    pub fn intent(
        &mut self,
        run: &RunId,
        step: &str,
        attempt: u32,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(
            Event::Intent {
                run: run.clone(),
                step: step.to_owned(),
                attempt,
            },
            at,
        )
    }

    /// Notes what came of a step. `message` must not hold a secret.
    pub fn outcome(
        &mut self,
        run: &RunId,
        step: &str,
        outcome: StepOutcome,
        remote: Option<&RemoteId>,
        message: Option<&str>,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(
            Event::Outcome {
                run: run.clone(),
                step: step.to_owned(),
                outcome,
                remote: remote.cloned(),
                message: message.map(str::to_owned),
            },
            at,
        )
    }

    /// Notes that a run ended in good order, with the requests of the process that ran it, its reading before the first
    /// write included.
    pub fn finish(
        &mut self,
        run: &RunId,
        outcome: RunOutcome,
        requests: u64,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        self.write(
            Event::RunFinished {
                run: run.clone(),
                outcome,
                requests,
            },
            at,
        )
    }

    /// The last run, when it stopped or ended in part. Earlier runs are superseded by the last one.
    pub fn interrupted(&self) -> Option<InterruptedRun> {
        let run = self.runs.last()?;
        let how = match run.finished {
            None => Interruption::Stopped,
            Some((_, RunOutcome::Partial)) => Interruption::Partial,
            Some((_, RunOutcome::Converged | RunOutcome::Manual)) => return None,
        };
        Some(InterruptedRun {
            run: run.id.clone(),
            how,
            started_at: run.started_at,
            by: run.by.clone(),
            command: run.command.clone(),
            plan: self.plan_path(&run.id),
            plan_hash: run.plan_hash.clone(),
            outcomes: run.outcomes.clone(),
            open_intents: run.open_intents.clone(),
        })
    }

    /// The plan of a run, byte for byte as it was started.
    pub fn plan(&self, run: &RunId) -> Result<Vec<u8>, JournalError> {
        let known = self.run(run)?;
        let path = self.plan_path(run);
        match fs::read(&path) {
            Ok(plan) if Hash::of(&plan).is(&known.plan_hash) => Ok(plan),
            Ok(_) => Err(JournalError::OtherPlan {
                run: run.clone(),
                path,
            }),
            Err(source) => Err(JournalError::Plan {
                doing: "read",
                run: run.clone(),
                path,
                source,
            }),
        }
    }

    /// All runs, the oldest first.
    pub fn history(&self) -> Vec<RunSummary> {
        self.runs.iter().map(Run::summary).collect()
    }

    fn write(&mut self, event: Event, at: Timestamp) -> Result<(), JournalError> {
        self.check(&event)?;
        self.chain.append(at, std::slice::from_ref(&event))?;
        let by = self.by.clone();
        self.take(event, at, &by)
    }

    /// Refuses an event of a run that was never started, or does not go on.
    fn check(&self, event: &Event) -> Result<(), JournalError> {
        let (run, runs_now) = match event {
            Event::RunStarted { .. } => return Ok(()),
            Event::RunResumed { run, .. } => (run, false),
            Event::Intent { run, .. }
            | Event::Outcome { run, .. }
            | Event::RunFinished { run, .. } => (run, true),
        };
        let finished = self.run(run)?.finished;
        match finished {
            None => Ok(()),
            Some((_, RunOutcome::Partial)) if !runs_now => Ok(()),
            Some(_) => Err(self.no_such_run(run)),
        }
    }

    fn take(&mut self, event: Event, at: Timestamp, by: &str) -> Result<(), JournalError> {
        self.check(&event)?;
        match event {
            Event::RunStarted {
                run,
                plan_hash,
                command,
                tool_version,
            } => self.runs.push(Run {
                id: run,
                started_at: at,
                by: by.to_owned(),
                command,
                tool_version,
                plan_hash,
                resumed: 0,
                finished: None,
                requests: 0,
                outcomes: BTreeMap::new(),
                open_intents: BTreeMap::new(),
            }),
            Event::RunResumed {
                run,
                command,
                tool_version,
            } => {
                let known = self.run_mut(&run)?;
                known.resumed += 1;
                known.finished = None;
                known.command = command;
                known.tool_version = tool_version;
            }
            Event::Intent { run, step, attempt } => {
                self.run_mut(&run)?.open_intents.insert(step, attempt);
            }
            Event::Outcome {
                run,
                step,
                outcome,
                remote,
                message,
            } => {
                let known = self.run_mut(&run)?;
                known.open_intents.remove(&step);
                let record = StepRecord {
                    outcome,
                    remote,
                    message,
                    at,
                };
                known.outcomes.insert(step, record);
            }
            Event::RunFinished {
                run,
                outcome,
                requests,
            } => {
                let known = self.run_mut(&run)?;
                known.finished = Some((at, outcome));
                known.requests += requests;
            }
        }
        Ok(())
    }

    fn run(&self, run: &RunId) -> Result<&Run, JournalError> {
        let found = self.runs.iter().rfind(|known| known.id == *run);
        found.ok_or_else(|| self.no_such_run(run))
    }

    fn run_mut(&mut self, run: &RunId) -> Result<&mut Run, JournalError> {
        let missing = self.no_such_run(run);
        let found = self.runs.iter_mut().rfind(|known| known.id == *run);
        found.ok_or(missing)
    }

    fn no_such_run(&self, run: &RunId) -> JournalError {
        JournalError::NoSuchRun {
            run: run.clone(),
            path: self.chain.path().to_owned(),
        }
    }

    fn plan_path(&self, run: &RunId) -> PathBuf {
        self.folder.join(RUNS).join(format!("{run}.plan.json"))
    }

    fn free_id(&self, plan_hash: &str, at: Timestamp) -> RunId {
        let digits = plan_hash.trim_start_matches("sha256:");
        let stem = format!("{}-{}", at.strftime("%Y%m%dT%H%M%SZ"), &digits[..8]);
        let taken = |id: &RunId| self.runs.iter().any(|run| run.id == *id);
        let numbered = (2_u32..).map(|number| RunId::new(format!("{stem}-{number}")));
        std::iter::once(RunId::new(stem.clone()))
            .chain(numbered)
            .find(|id| !taken(id))
            .expect("there are more numbers than runs")
    }
}

impl Run {
    fn summary(&self) -> RunSummary {
        let mut steps = BTreeMap::new();
        for record in self.outcomes.values() {
            *steps.entry(record.outcome).or_default() += 1;
        }
        RunSummary {
            run: self.id.clone(),
            started_at: self.started_at,
            by: self.by.clone(),
            command: self.command.clone(),
            tool_version: self.tool_version.clone(),
            plan_hash: self.plan_hash.clone(),
            resumed: self.resumed,
            finished_at: self.finished.map(|(at, _)| at),
            outcome: self.finished.map(|(_, outcome)| outcome),
            requests: self.requests,
            steps,
            open_intents: self.open_intents.len() as u64,
        }
    }
}
