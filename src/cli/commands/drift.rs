//! `seatwright drift`: has the account moved from what is declared?

use seatwright::diff::{self, corrections};
use seatwright::ledger::LedgerState;
use seatwright::manifest::accept::{Accepted, Account, accept};
use seatwright::model::{Live, Uncorrected};
use seatwright::render::escape::visible;
use seatwright::render::{self, Purpose, text_diff};

use crate::args::{Drift, PlanFormat};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::{How, Session, observe};

pub(crate) async fn run(context: &Context, args: &Drift) -> Result<Exit, Failure> {
    let load = || Session::load(context, &args.target.path, args.target.account.as_deref());
    let mut session = load()?;
    let ledger = session.ledger(context)?;
    let mut connection = session.connect(context)?;
    let live = observe(context, connection.as_mut(), &session.scope()).await?;
    connection.close().await;
    let how = How::from(&args.planning);
    session.fits(&live, &how)?;
    if args.accept {
        // Whatever speaks against believing the account speaks against writing it down.
        session.plan(context, &live, ledger.state(), &how)?;
        take_over(context, args, &session, &live, ledger.state(), &how)?;
        session = load()?;
    }
    let plan = session.plan(context, &live, ledger.state(), &how)?;
    super::plan::print(
        context,
        &plan,
        session.provider,
        args.output.format,
        Purpose::Drift,
    )?;
    if let Some(file) = &args.metrics {
        context.write_file(file, render::metrics::openmetrics(&plan).as_bytes())?;
    }
    if let Some(format) = args.notify
        && !plan.is_empty()
    {
        crate::notify::notify(context, &plan, format).await;
    }
    Ok(super::plan::pending(&plan))
}

/// Edits the manifests, and shows how. What is left after it is shown as drift.
fn take_over(
    context: &Context,
    args: &Drift,
    session: &Session,
    live: &Live,
    ledger: &LedgerState,
    how: &How,
) -> Result<(), Failure> {
    let desired = &session.lowered.desired;
    let today = context.today(&desired.time_zone);
    let diff = diff::diff(&diff::Input {
        desired,
        live,
        ledger,
        spec: session.provider.spec,
        as_of: how.as_of.unwrap_or(today),
    });
    let (wanted, unsaid) = corrections(&diff, ledger, &format!("accepted from drift on {today}"));
    let account = Account {
        sources: &session.sources,
        files: &session.files,
        lowered: &session.lowered,
        dialect: session.provider.dialect,
        as_of: context.today("UTC"),
    };
    let Accepted { files, made, left } = accept(&account, &wanted);
    for file in &files {
        let bytes = match std::fs::read(&file.path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Err(Failure::new(
                    Exit::Internal,
                    format!("cannot read `{}` again: {error}", file.path.display()),
                ));
            }
        };
        let mark: &[u8] = b"\xef\xbb\xbf";
        let content = bytes.strip_prefix(mark).unwrap_or(&bytes);
        if content != file.before.as_bytes() {
            return Err(Failure::new(
                Exit::Refused,
                format!("`{}` was changed meanwhile", file.path.display()),
            )
            .hint("look at it, and try again"));
        }
        let mut text = bytes[..bytes.len() - content.len()].to_vec();
        text.extend_from_slice(file.after.as_bytes());
        context.write_file(&file.path, &text)?;
        let name = file.path.display().to_string();
        let shown = text_diff::unified(&name, &file.before, &file.after, context.style());
        match args.output.format {
            PlanFormat::Human => context.out(&shown)?,
            // The result is one document, of what is left.
            PlanFormat::Json | PlanFormat::Markdown | PlanFormat::Html => {
                context.note(shown.trim_end());
            }
        }
    }
    for Uncorrected { id, field, why } in unsaid.iter().chain(&left) {
        let field = field.as_ref().map(|field| format!(" `{field}`"));
        context.warn(&format!(
            "{} `{}`{} was not accepted: {}",
            id.kind,
            visible(id.key.as_str()),
            field.unwrap_or_default(),
            visible(why)
        ));
    }
    context.note(&format!(
        "{} accepted in {}",
        render::wording::count(made.len(), "difference", "differences"),
        render::wording::count(files.len(), "file", "files")
    ));
    Ok(())
}
