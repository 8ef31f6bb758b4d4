//! `seatwright validate`: offline, no network at all.

use seatwright::manifest::load::{self, Loaded};
use seatwright::provider::registry;
use seatwright::render;

use crate::args::{Format, Validate};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Validate) -> Result<Exit, Failure> {
    let Loaded {
        sources,
        accounts,
        diagnostics,
    } = load::load(&args.paths, &registry::dialects(), context.today("UTC"));
    match args.output.format {
        Format::Human => {
            if diagnostics.errors + diagnostics.warnings > 0 {
                context.out(&render::diagnostics::human(
                    &diagnostics,
                    &sources,
                    context.style().color,
                ))?;
            }
            if diagnostics.errors == 0 {
                for account in &accounts {
                    let counted = account
                        .lowered
                        .as_ref()
                        .map_or(0, |lowered| lowered.desired.iter().count());
                    context.out(&format!(
                        "{}: valid ({counted} resources in {} file{})\n",
                        render::inert::inert(&account.name),
                        account.files.len(),
                        if account.files.len() == 1 { "" } else { "s" }
                    ))?;
                }
            }
        }
        Format::Json => context.out(&render::json_diagnostics::json(&diagnostics, &sources))?,
    }
    Ok(if diagnostics.errors > 0 {
        Exit::Invalid
    } else {
        Exit::Done
    })
}
