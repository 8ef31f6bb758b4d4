//! How a run is followed: a bar on a terminal, lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use seatwright::apply::{Progress, StepOutcome};
use seatwright::plan::{Action, Plan, Step};
use seatwright::render::escape::visible;

use crate::context::Context;

/// Follows a run.
pub(crate) struct Follow<'a> {
    context: &'a Context,
    bar: Option<ProgressBar>,
    done: u64,
    total: u64,
}

impl<'a> Follow<'a> {
    /// Follows what is left of a plan when `done` of its steps are done already.
    pub(crate) fn new(context: &'a Context, plan: &Plan, done: u64) -> Self {
        let total = plan.steps.iter().filter(|step| step.is_sent()).count() as u64;
        let bar = context.draws_progress().then(|| {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg} {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style);
            bar.set_position(done);
            bar
        });
        Self {
            context,
            bar,
            done,
            total,
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => self.context.note(text),
        }
    }
}

/// A step in a few words.
fn words(step: &Step) -> String {
    let key = visible(step.key.as_str());
    let target = step
        .member_of
        .as_ref()
        .map(|member| visible(member.target.key.as_str()).into_owned());
    match (step.action, target) {
        (Action::AddMember, Some(target)) => format!("add {key} to {target}"),
        (Action::RemoveMember, Some(target)) => format!("remove {key} from {target}"),
        (action, _) => format!("{} {} {key}", action.as_str().replace('_', " "), step.kind),
    }
}

impl Progress for Follow<'_> {
    fn begins(&mut self, step: &Step) {
        if let Some(bar) = &self.bar {
            bar.set_message(words(step));
        }
    }

    fn ended(&mut self, step: &Step, outcome: StepOutcome, message: Option<&str>) {
        if step.is_sent() {
            self.done += 1;
            if let Some(bar) = &self.bar {
                bar.set_position(self.done);
            }
        }
        let told = message
            .map(|message| format!(" ({})", visible(message)))
            .unwrap_or_default();
        match (outcome, &self.bar) {
            (StepOutcome::Done, Some(_)) => {}
            (StepOutcome::Done, None) => self.say(&format!(
                "[{}/{}] {}: done{told}",
                self.done,
                self.total,
                words(step)
            )),
            (StepOutcome::Blocked, _) if !step.is_sent() => {}
            (
                StepOutcome::Blocked
                | StepOutcome::Failed
                | StepOutcome::Refused
                | StepOutcome::Unknown,
                _,
            ) => {
                self.say(&format!(
                    "[{}/{}] {}: {}{told}",
                    self.done,
                    self.total,
                    words(step),
                    outcome.as_str()
                ));
            }
        }
    }

    fn verifying(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.context.note("reading the account again");
    }
}
