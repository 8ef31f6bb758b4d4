//! An account with its ledger and journal, and what the command line does with them.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use super::subject::{Declared, Double, Subject};
use crate::apply::{HandOver, Journal, Progress, Report, Run, RunOutcome, Start, StepOutcome};
use crate::ledger::{Confidence, Entry, Ledger};
use crate::model::{Live, ProviderSpec, Secret};
use crate::plan::{self, ApprovedPlan, Plan, Selection, Step, Verification, effect};
use crate::provider::{Connection, ProviderError};
use crate::testing::toy::TODAY;

/// The time of all runs.
fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The most runs until an account is as declared.
const PATIENCE: usize = 6;

/// One account under management.
pub struct Bench {
    /// The account.
    pub account: Box<dyn Double>,
    /// What it shall be.
    pub declared: Declared,
    /// What its API can do.
    pub spec: &'static ProviderSpec,
    folder: tempfile::TempDir,
}

struct Passwords;

impl HandOver for Passwords {
    fn make(&self) -> Result<Secret, String> {
        Ok(Secret::new("Planted-Passw0rd!".to_owned()))
    }

    fn handed_over(&self, _: &str, _: Timestamp) -> Result<Option<Secret>, String> {
        Ok(None)
    }

    fn store(&self, _: &str, _: &Secret) -> Result<(), String> {
        Ok(())
    }
}

struct Silent;

impl Progress for Silent {
    fn begins(&mut self, _: &Step) {}
    fn ended(&mut self, _: &Step, _: StepOutcome, _: Option<&str>) {}
}

impl Bench {
    /// An account that nothing was applied to yet.
    pub fn new(subject: &dyn Subject, account: Box<dyn Double>, declared: Declared) -> Self {
        Self {
            account,
            declared,
            spec: subject.spec(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The ledger, as the next command finds it.
    pub fn ledger(&self) -> Ledger {
        Ledger::open(self.folder.path(), "tester").unwrap()
    }

    fn journal(&self) -> Journal {
        Journal::open(self.folder.path(), "tester").unwrap()
    }

    /// The lines of ledger and journal: what commands have recorded.
    pub fn records(&self) -> Vec<String> {
        let files = [
            Ledger::file(self.folder.path()),
            Journal::file(self.folder.path()),
        ];
        let texts = files.map(|file| std::fs::read_to_string(file).unwrap_or_default());
        texts
            .iter()
            .flat_map(|text| text.lines().map(str::to_owned))
            .collect()
    }

    /// Reads what is in scope, as `plan`, `drift` and `apply` begin.
    pub async fn observe(&self) -> Result<(Box<dyn Connection>, Live), ProviderError> {
        let mut connection = self.account.connect(&self.declared.extras);
        let scope = plan::scope(self.spec, &self.declared.desired);
        let live = connection.observe(&scope).await?;
        Ok((connection, live))
    }

    /// The plan from what was read.
    pub fn plan_of(&self, live: &Live) -> Plan {
        plan::plan(&plan::Input {
            desired: &self.declared.desired,
            live,
            ledger: self.ledger().state(),
            spec: self.spec,
            as_of: TODAY,
            now: now(),
            allowances: &BTreeMap::new(),
            selection: &Selection::default(),
            max_requests: None,
            keep_observed: false,
        })
    }

    /// Reads and plans.
    pub async fn try_plan(&self) -> Result<Plan, ProviderError> {
        let (mut connection, live) = self.observe().await?;
        connection.close().await;
        Ok(self.plan_of(&live))
    }

    /// The plan of an account that can be read.
    pub async fn plan(&self) -> Plan {
        self.try_plan().await.unwrap()
    }

    /// `apply --auto-approve`: the report, or why the account could not be read.
    pub async fn apply(&self) -> Result<Report, ProviderError> {
        let (connection, live) = self.observe().await?;
        let plan = self.plan_of(&live);
        let bytes = serde_json::to_vec(&plan).unwrap();
        let start = Start::Fresh {
            plan: bytes,
            command: "apply".to_owned(),
        };
        Ok(self.execute(plan, live, connection, start).await)
    }

    /// `resume`, or `apply` where there is nothing to resume.
    pub async fn resume(&self) -> Result<Report, ProviderError> {
        let journal = self.journal();
        let Some(interrupted) = journal.interrupted() else {
            return self.apply().await;
        };
        let plan: Plan = serde_json::from_slice(&journal.plan(&interrupted.run).unwrap()).unwrap();
        drop(journal);
        let (connection, live) = self.observe().await?;
        let start = Start::Resume {
            started_at: interrupted.started_at,
            run: interrupted.run,
            outcomes: interrupted
                .outcomes
                .into_iter()
                .map(|(step, record)| (step, (record.outcome, record.remote)))
                .collect(),
            open: interrupted.open_intents,
        };
        Ok(self.execute(plan, live, connection, start).await)
    }

    async fn execute(
        &self,
        plan: Plan,
        live: Live,
        connection: Box<dyn Connection>,
        start: Start,
    ) -> Report {
        let mut approved = ApprovedPlan::approve(plan).unwrap();
        let permit = approved.take_permit().unwrap();
        let mut performer = connection.into_writer(permit);
        let (mut ledger, mut journal) = (self.ledger(), self.journal());
        let mut run = Run {
            spec: self.spec,
            desired: &self.declared.desired,
            live,
            scope: plan::scope(self.spec, &self.declared.desired),
            ledger: &mut ledger,
            journal: &mut journal,
            performer: performer.as_mut(),
            secrets: &BTreeMap::new(),
            passwords: &Passwords,
            now: &now,
            progress: &mut Silent,
            stop: &AtomicBool::new(false),
        };
        let report = run.execute(&approved, start).await.unwrap();
        performer.close().await;
        report
    }

    /// Does all manual steps of a plan in the dashboard, and confirms those that cannot be read back.
    pub async fn do_by_hand(&self, plan: &Plan) {
        for step in plan.steps.iter().filter(|step| step.manual.is_some()) {
            let done = self.account.by_hand(self.spec, step);
            done.unwrap_or_else(|why| panic!("{} {}: {why}", step.id, step.resource()));
        }
        let (mut connection, live) = self.observe().await.unwrap();
        connection.close().await;
        // As `confirm` does: those that the plan still has, since reading did not tell that they were done.
        let left = self.plan_of(&live);
        let confirmed: Vec<&Step> = left
            .steps
            .iter()
            .filter(|step| {
                let manual = step.manual.as_ref();
                manual.is_some_and(|manual| manual.verified_by == Verification::Confirm)
            })
            .filter(|step| plan.steps.iter().any(|known| known.id == step.id))
            .collect();
        self.confirm(&live, &confirmed);
    }

    fn confirm(&self, live: &Live, steps: &[&Step]) {
        let mut ledger = self.ledger();
        let mut entries = Vec::new();
        for step in steps {
            entries.extend(effect::ledger_entries(
                self.spec,
                step,
                None,
                Confidence::Confirmed,
            ));
            entries.push(Entry::Confirmation {
                step: step.id.0.clone(),
                id: step.resource(),
                note: None,
            });
        }
        let mut after = ledger.state().clone();
        for entry in &entries {
            after.take(entry.clone(), now());
        }
        let desired = &self.declared.desired;
        let further = effect::confirmed_entries(self.spec, desired, live, &after, &entries);
        entries.extend(further);
        ledger.append(&entries, now()).unwrap();
    }

    /// Applies and does by hand, until nothing is left.
    pub async fn settle(&self, case: &str) {
        for _ in 0..PATIENCE {
            let report = self.apply().await.unwrap();
            assert_ne!(report.outcome, RunOutcome::Partial, "{case}: {report:#?}");
            let plan = self.plan().await;
            if plan.is_empty() {
                return;
            }
            self.do_by_hand(&plan).await;
            if self.plan().await.is_empty() {
                return;
            }
        }
        panic!("{case}: never as declared: {:#?}", self.plan().await.steps);
    }

    /// Resumes until the API has nothing left to do.
    pub async fn recover(&self, case: &str) {
        let mut told = String::new();
        for _ in 0..PATIENCE {
            match self.resume().await {
                Ok(report) if report.outcome != RunOutcome::Partial => return,
                Ok(report) => told = format!("{report:#?}"),
                Err(error) => told = error.to_string(),
            }
        }
        panic!("{case}: never ended: {told}");
    }

    /// The steps that the API would do.
    pub async fn sent(&self) -> Vec<Step> {
        let plan = self.plan().await;
        plan.steps.into_iter().filter(Step::is_sent).collect()
    }
}
