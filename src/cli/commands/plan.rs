//! `seatwright plan`: what would be done. Sends nothing but reads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seatwright::apply::{Interruption, Journal};
use seatwright::ledger::lock;
use seatwright::plan::{Action, Cause, Plan, Step, Task, mark_causes};
use seatwright::provider::registry::{Registered, UploadRow};
use seatwright::render::{self, Purpose};

use crate::args::{self, PlanFormat};
use crate::base::Base;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{How, Session, observe};

/// What a pull-request comment holds at most (GitHub, documented), with room for a hidden marker.
const COMMENT_LIMIT: usize = 65_536 - 256;

pub(crate) async fn run(context: &Context, args: &args::Plan) -> Result<Exit, Failure> {
    if args.untrusted {
        stays_here(&args.target.path)?;
    }
    let mut session = Session::load(context, &args.target.path, args.target.account.as_deref())?;
    let base = args
        .base
        .as_ref()
        .map(|name| {
            Base::load(
                context,
                name,
                &args.target.path,
                &session.lowered.desired.account,
            )
        })
        .transpose()?;
    if let Some(base) = base.as_ref().filter(|_| args.untrusted) {
        session.trust(&base.session)?;
    }
    if let Some(file) = &args.out {
        no_manifest(&session, file)?;
    }
    let ledger = session.ledger(context)?;
    tell_interrupted(context, &session);
    let mut connection = session.connect(context)?;
    let mut scope = session.scope();
    if let Some(base) = &base {
        let before = base.session.scope();
        scope.kinds.extend(before.kinds);
        scope.member_counts |= before.member_counts;
    }
    let live = observe(context, connection.as_mut(), &scope).await?;
    connection.close().await;
    let how = How {
        // Printed as JSON or saved, it can be applied later.
        keep_observed: args.out.is_some() || args.output.format == PlanFormat::Json,
        ..How::from(&args.planning)
    };
    session.fits(&live, &how)?;
    let mut plan = session.plan(context, &live, ledger.state(), &how)?;
    if let Some(base) = &base {
        let before = base.session.plan(context, &live, ledger.state(), &how)?;
        mark_causes(&mut plan, &before, &session.lowered.desired);
    }
    print(
        context,
        &plan,
        session.provider,
        args.output.format,
        Purpose::Plan,
    )?;
    if let Some(folder) = &args.uploads {
        write_uploads(context, session.provider, &session, &plan, folder)?;
    }
    if !plan.refusals.is_empty() {
        return Ok(Exit::Refused);
    }
    if let Some(file) = &args.out {
        save(context, &plan, session.provider, &session.folder, file)?;
        context.note(&format!(
            "saved: {} (apply it with `seatwright apply --plan {}`)",
            file.display(),
            file.display()
        ));
    }
    Ok(if args.detailed_exitcode {
        pending(&plan)
    } else {
        Exit::Done
    })
}

/// Refuses to write the plan over a manifest that it is made from.
fn no_manifest(session: &Session, file: &Path) -> Result<(), Failure> {
    let Ok(target) = std::fs::canonicalize(file) else {
        return Ok(());
    };
    let mut manifests = session.files.iter().filter_map(|id| {
        let source = session.sources.file(*id);
        std::fs::canonicalize(source.origin()?).ok()
    });
    if manifests.any(|manifest| manifest == target) {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{}` is a manifest of this account", file.display()),
        )
        .hint("name another file for the plan; nothing was written"));
    }
    Ok(())
}

/// Tells of a run that stopped in the middle, unless somebody still has the lock: then it goes on.
fn tell_interrupted(context: &Context, session: &Session) {
    let running = match lock::holder(&session.ledger_folder) {
        Ok(None) => false,
        Ok(Some(info)) => info.is_running() != Some(false),
        Err(_) => true,
    };
    if running {
        return;
    }
    // A journal that cannot be read hinders no reading of the account; `apply` and `ledger verify` say what is wrong with it.
    let Ok(journal) = Journal::open(&session.ledger_folder, &context.author()) else {
        return;
    };
    if let Some(stopped) = journal
        .interrupted()
        .filter(|run| run.how == Interruption::Stopped)
    {
        context.note(&format!(
            "run {} was interrupted: go on with `seatwright resume`",
            stopped.run
        ));
    }
}

/// A proposal may not turn the path into a link to elsewhere: messages quote what they read.
fn stays_here(path: &Path) -> Result<(), Failure> {
    let inside = || {
        Some(
            path.canonicalize()
                .ok()?
                .starts_with(Path::new(".").canonicalize().ok()?),
        )
    };
    // What is not there is told by whoever reads it, and an absolute path was chosen by the pipeline.
    if path.is_absolute() || !path.exists() || inside() == Some(true) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "`{}` leads out of the working folder, and the proposal is not trusted",
            render::escape::visible(&path.display().to_string())
        ),
    )
    .hint("nothing was read; name the folder itself"))
}

/// The exit code that says what is pending.
///
/// Of a plan that was made against a base, only what the proposal answers for counts: drift that was there before never
/// changes the verdict on it.
pub(crate) fn pending(plan: &Plan) -> Exit {
    let counts = |step: &&Step| step.cause.is_none_or(Cause::is_of_the_proposal);
    let sent = plan.steps.iter().filter(counts).any(Step::is_sent);
    let empty = plan.steps.iter().filter(counts).count() == 0;
    match (sent, empty) {
        (true, _) => Exit::Changes,
        (false, false) => Exit::Manual,
        (false, true) => Exit::Done,
    }
}

pub(crate) fn print(
    context: &Context,
    plan: &Plan,
    provider: &Registered,
    format: PlanFormat,
    purpose: Purpose,
) -> Result<(), Failure> {
    let text = match format {
        PlanFormat::Human => render::human::plan(
            plan,
            provider.spec,
            render::human::Options {
                style: context.style(),
                verbose: context.verbose(),
                purpose,
            },
        ),
        PlanFormat::Json => render::json::plan(plan, provider.spec),
        PlanFormat::Markdown => render::markdown::plan(plan, provider.spec, purpose, COMMENT_LIMIT),
        PlanFormat::Html => render::html::plan(plan, provider.spec, purpose),
    };
    context.out(&text)
}

/// Saves a plan with the way back to its account's folder.
fn save(
    context: &Context,
    plan: &Plan,
    provider: &Registered,
    folder: &Path,
    file: &Path,
) -> Result<(), Failure> {
    let parent = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    };
    let absolute = |path: &Path| {
        std::fs::canonicalize(path).map_err(|error| {
            Failure::new(
                Exit::Internal,
                format!("cannot find `{}`: {error}", path.display()),
            )
        })
    };
    let mut saved = plan.clone();
    saved.folder = relative(&absolute(&parent)?, &absolute(folder)?);
    context.write_file(file, render::json::plan(&saved, provider.spec).as_bytes())
}

/// The way from one absolute folder to another, with `/`.
fn relative(from: &Path, to: &Path) -> String {
    let from: Vec<_> = from.components().collect();
    let to: Vec<_> = to.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts: Vec<String> = vec!["..".to_owned(); from.len() - shared];
    parts.extend(
        to[shared..]
            .iter()
            .map(|part| part.as_os_str().to_string_lossy().into_owned()),
    );
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

/// Writes the files that the vendor's bulk upload takes: people who are to be created, and whose role or settings a person
/// would have to set afterwards.
fn write_uploads(
    context: &Context,
    provider: &Registered,
    session: &Session,
    plan: &Plan,
    folder: &Path,
) -> Result<(), Failure> {
    let Some(uploads) = provider.uploads else {
        context.warn(&format!(
            "{} has no bulk upload; nothing was written to `{}`",
            provider.spec.title,
            folder.display()
        ));
        return Ok(());
    };
    let mut rows: Vec<UploadRow> = Vec::new();
    for step in &plan.steps {
        let by_hand = step.action == Action::Manual
            && step
                .manual
                .as_ref()
                .is_some_and(|manual| manual.task == Task::Update);
        let created = plan.steps.iter().any(|other| {
            other.action == Action::Create && other.kind == step.kind && other.key == step.key
        });
        if !(by_hand && created) {
            continue;
        }
        let declared = session.lowered.desired.get(&step.resource());
        let mut fields: BTreeMap<String, String> = declared
            .into_iter()
            .flat_map(|declared| &declared.fields)
            .map(|(path, value)| (path.to_string(), value.to_string()))
            .collect();
        fields.extend(step.fields.iter().filter_map(|change| {
            Some((change.path.to_string(), change.after.as_ref()?.to_string()))
        }));
        rows.push(UploadRow {
            key: step.key.to_string(),
            fields,
        });
    }
    let files = uploads(&rows);
    if files.is_empty() {
        context.note("no new person needs a bulk upload");
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(
            Exit::Internal,
            format!("cannot create `{}`: {error}", folder.display()),
        )
    })?;
    for file in files {
        let path = folder.join(&file.name);
        context.write_file(&path, file.text.as_bytes())?;
        context.note(&format!("bulk upload file: {}", path.display()));
    }
    Ok(())
}
