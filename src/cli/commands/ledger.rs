//! `seatwright ledger`: what was written and cannot be read back.

use std::path::Path;

use seatwright::apply::Journal;
use seatwright::ledger::{Ledger, LedgerError, chain};
use seatwright::render;

use crate::args::{self, Format, LedgerCommand};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

pub(crate) fn run(context: &Context, args: &args::Ledger) -> Result<Exit, Failure> {
    match &args.command {
        LedgerCommand::Show { target, output } => {
            let session =
                Session::load_for_records(context, &target.path, target.account.as_deref())?;
            let ledger = session.ledger(context)?;
            let text = match output.format {
                Format::Human => render::ledger::human(ledger.state()),
                Format::Json => render::ledger::json(ledger.state()),
            };
            context.out(&text)?;
            Ok(Exit::Done)
        }
        LedgerCommand::Verify { target, output } => {
            let session =
                Session::load_for_records(context, &target.path, target.account.as_deref())?;
            let mut checked = Vec::new();
            let mut broken = None;
            for file in [
                Ledger::file(&session.ledger_folder),
                Journal::file(&session.ledger_folder),
            ] {
                let found = if file.exists() {
                    chain::verify(&file).map(|verified| verified.lines)
                } else {
                    Ok(0)
                };
                checked.push(Checked::of(&file, &found));
                if let Err(error) = found {
                    broken = broken.or(Some(error));
                }
            }
            match output.format {
                Format::Human => {
                    for it in checked.iter().filter(|it| it.why.is_none()) {
                        let lines = usize::try_from(it.lines.unwrap_or(0)).unwrap_or(usize::MAX);
                        context.out(&format!(
                            "{}: whole, {}\n",
                            it.file,
                            render::wording::count(lines, "line", "lines")
                        ))?;
                    }
                }
                Format::Json => {
                    let value = serde_json::json!({ "format": "seatwright/ledger-verify/v1", "whole": broken.is_none(), "files": checked });
                    context.out(&render::json::to_string(&value))?;
                }
            }
            if let Some(error) = broken {
                return Err(error.into());
            }
            Ok(Exit::Done)
        }
    }
}

/// What came of checking one file.
#[derive(serde::Serialize)]
struct Checked {
    file: String,
    /// How many lines there are, when all are good.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<u64>,
    /// The first bad line, counted from 1; the one after the last when lines were lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    bad_line: Option<u64>,
    /// Why the file is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Checked {
    fn of(file: &Path, found: &Result<u64, LedgerError>) -> Self {
        let (lines, bad_line, why) = match found {
            Ok(lines) => (Some(*lines), None, None),
            Err(LedgerError::Broken { line, why, .. }) => (None, Some(*line), Some(why.clone())),
            Err(LedgerError::Foreign { line, .. }) => (None, Some(*line), None),
            Err(_) => (None, None, None),
        };
        let said = found.as_ref().err().map(ToString::to_string);
        Self {
            file: file.display().to_string(),
            lines,
            bad_line,
            why: why.or(said),
        }
    }
}
