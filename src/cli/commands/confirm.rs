//! `seatwright confirm`: records that a manual step was done.

use seatwright::ledger::{Confidence, Entry};
use seatwright::plan::{Action, Step, Verification, effect};
use seatwright::render::{self, escape::visible};

use crate::args::{Confirm, Format};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{How, Session, observe};

pub(crate) async fn run(context: &Context, args: &Confirm) -> Result<Exit, Failure> {
    let session = Session::load(context, &args.path, args.account.as_deref())?;
    let lock = super::apply::lock(context, &session, "confirm")?;
    let mut ledger = session.ledger(context)?;
    let mut connection = session.connect(context)?;
    let live = observe(context, connection.as_mut(), &session.scope()).await?;
    connection.close().await;
    let plan = session.plan(context, &live, ledger.state(), &How::default())?;
    let manual: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| step.action == Action::Manual)
        .collect();
    let mut chosen: Vec<&Step> = Vec::new();
    for wanted in &args.steps {
        if ledger.state().confirmations.contains(wanted)
            && !manual.iter().any(|step| step.id.0 == *wanted)
        {
            context.note(&format!("step {wanted} was confirmed before"));
            continue;
        }
        chosen.push(find(&manual, wanted)?);
    }
    let seen: Vec<String> = chosen
        .iter()
        .filter(|step| {
            step.manual
                .as_ref()
                .is_some_and(|manual| manual.verified_by == Verification::Read)
        })
        .map(|step| {
            format!(
                "{} ({} `{}`)",
                step.id,
                step.kind,
                visible(step.key.as_str())
            )
        })
        .collect();
    if !seen.is_empty() {
        return Err(Failure::new(
            Exit::Refused,
            format!("not done yet, as the account itself shows: {}", seen.join(", ")),
        )
        .hint("a step that can be read back is not confirmed but seen: do it, and the next plan drops it"));
    }
    let unmade = chosen.iter().find(|step| {
        let made =
            |other: &&Step| other.action == Action::Create && other.resource() == step.resource();
        plan.steps.iter().any(|other| made(&other))
    });
    if let Some(step) = unmade {
        return Err(Failure::new(
            Exit::Refused,
            format!(
                "{} `{}` is not in the account yet: nothing of it can have been done",
                step.kind,
                visible(step.key.as_str())
            ),
        )
        .hint("apply first, then do the step, and confirm it"));
    }
    let mut entries = Vec::new();
    for step in &chosen {
        entries.extend(effect::ledger_entries(
            session.provider.spec,
            step,
            None,
            Confidence::Confirmed,
        ));
        entries.push(Entry::Confirmation {
            step: step.id.0.clone(),
            id: step.resource(),
            note: args.note.clone(),
        });
    }
    let mut after = ledger.state().clone();
    for entry in &entries {
        after.take(entry.clone(), context.now());
    }
    let further = effect::confirmed_entries(
        session.provider.spec,
        &session.lowered.desired,
        &live,
        &after,
        &entries,
    );
    entries.extend(further);
    ledger.append(&entries, context.now())?;
    drop(lock);
    match args.output.format {
        Format::Human => {
            for step in &chosen {
                context.out(&format!(
                    "confirmed: {} ({} `{}`)\n",
                    step.id,
                    step.kind,
                    visible(step.key.as_str())
                ))?;
            }
        }
        Format::Json => {
            let ids: Vec<&str> = chosen.iter().map(|step| step.id.0.as_str()).collect();
            let value = serde_json::json!({ "format": "seatwright/confirm/v1", "confirmed": ids });
            context.out(&render::json::to_string(&value))?;
        }
    }
    Ok(Exit::Done)
}

fn find<'a>(manual: &[&'a Step], wanted: &str) -> Result<&'a Step, Failure> {
    let fits: Vec<&&Step> = manual
        .iter()
        .filter(|step| !wanted.is_empty() && step.id.0.starts_with(wanted))
        .collect();
    match fits.as_slice() {
        [one] => Ok(one),
        [] => {
            let known: Vec<String> = manual.iter().map(|step| step.id.to_string()).collect();
            let hint = if known.is_empty() {
                "the plan has no manual step; one that can be read back drops out by itself when it is done".to_owned()
            } else {
                format!(
                    "the plan has {}; one that can be read back drops out by itself when it is done",
                    known.join(", ")
                )
            };
            Err(Failure::new(
                Exit::Refused,
                format!("there is no pending manual step `{}`", visible(wanted)),
            )
            .hint(hint))
        }
        _ => Err(Failure::new(
            Exit::Refused,
            format!("`{}` fits several manual steps", visible(wanted)),
        )
        .hint("give more of the id")),
    }
}
