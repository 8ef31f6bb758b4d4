//! `seatwright ledger`: what was written and cannot be read back.

use seatwright::apply::Journal;
use seatwright::ledger::{Ledger, chain};
use seatwright::render;

use crate::args::{self, Format, LedgerCommand};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

pub(crate) fn run(context: &Context, args: &args::Ledger) -> Result<Exit, Failure> {
    match &args.command {
        LedgerCommand::Show { target, output } => {
            let session = Session::load(context, &target.path, target.account.as_deref())?;
            let ledger = session.ledger(context)?;
            let text = match output.format {
                Format::Human => render::ledger::human(ledger.state()),
                Format::Json => render::ledger::json(ledger.state()),
            };
            context.out(&text)?;
            Ok(Exit::Done)
        }
        LedgerCommand::Verify { target, output } => {
            let session = Session::load(context, &target.path, target.account.as_deref())?;
            let mut checked = Vec::new();
            for file in [
                Ledger::file(&session.ledger_folder),
                Journal::file(&session.ledger_folder),
            ] {
                let lines = if file.exists() {
                    chain::verify(&file)?.lines
                } else {
                    0
                };
                checked.push((file, lines));
            }
            match output.format {
                Format::Human => {
                    for (file, lines) in &checked {
                        context.out(&format!("{}: whole, {lines} lines\n", file.display()))?;
                    }
                }
                Format::Json => {
                    let files: Vec<_> = checked
                        .iter()
                        .map(|(file, lines)| serde_json::json!({ "file": file.display().to_string(), "lines": lines }))
                        .collect();
                    let value = serde_json::json!({ "format": "seatwright/ledger-verify/v1", "files": files });
                    context.out(&render::json::to_string(&value))?;
                }
            }
            Ok(Exit::Done)
        }
    }
}
