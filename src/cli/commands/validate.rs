//! `seatwright validate`: offline, no network at all.

use std::path::{Path, PathBuf};

use seatwright::manifest::load::{Loaded, load_sources};
use seatwright::manifest::named::{StandIn, load_named};
use seatwright::provider::registry;
use seatwright::render::{self, wording::count};
use seatwright::source::{FileId, Sources};

use crate::args::{Report, Validate};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Validate) -> Result<Exit, Failure> {
    let (loaded, files) = load(context, args)?;
    let Loaded {
        sources,
        accounts,
        diagnostics,
    } = loaded;
    let base = context.working_folder();
    match args.format {
        Report::Human => {
            if diagnostics.errors + diagnostics.warnings > 0 {
                context.out(&render::diagnostics::human(
                    &diagnostics,
                    &sources,
                    context.style().color,
                ))?;
            }
            if diagnostics.errors == 0 {
                for account in &accounts {
                    // Without a result, a file that was not asked about is invalid.
                    let Some(lowered) = &account.lowered else {
                        continue;
                    };
                    context.out(&format!(
                        "{}: valid ({} in {})\n",
                        render::escape::visible(&account.name),
                        count(lowered.desired.iter().count(), "resource", "resources"),
                        count(account.files.len(), "file", "files")
                    ))?;
                }
            }
        }
        Report::Json => context.out(&render::json_diagnostics::json(&diagnostics, &sources))?,
        Report::Sarif => context.out(&render::sarif::sarif(&diagnostics, &sources, &base))?,
        Report::Github => context.out(&render::github::github(&diagnostics, &sources, &base))?,
        Report::Junit => {
            context.out(&render::junit::junit(&diagnostics, &sources, &files, &base))?;
        }
    }
    Ok(if diagnostics.errors > 0 {
        Exit::Invalid
    } else {
        Exit::Done
    })
}

fn load(context: &Context, args: &Validate) -> Result<(Loaded, Vec<FileId>), Failure> {
    let dialects = registry::dialects();
    let today = context.today("UTC");
    let (input, paths) = standard_input(context, &args.paths, args.stdin_path.as_deref())?;
    match input {
        Some(StandIn { path, text }) if path == Path::new("-") => {
            if !paths.is_empty() {
                return Err(Failure::new(
                    Exit::Usage,
                    "standard input and other paths are given, but not the file that standard input stands for",
                )
                .hint("name it with `--stdin-path`"));
            }
            let mut sources = Sources::new();
            let added = sources.add("-", &text);
            let file = added.map_err(|error| Failure::new(Exit::Invalid, error))?;
            Ok((load_sources(sources, &dialects, today), vec![file]))
        }
        input => Ok(load_named(&paths, input.as_ref(), &dialects, today)),
    }
}

/// Standard input as a stand-in for a file (`-` when it was given no name), and the other paths.
pub(super) fn standard_input(
    context: &Context,
    paths: &[PathBuf],
    name: Option<&Path>,
) -> Result<(Option<StandIn>, Vec<PathBuf>), Failure> {
    let is_input = |path: &PathBuf| path == Path::new("-");
    let others: Vec<PathBuf> = paths
        .iter()
        .filter(|path| !is_input(path))
        .cloned()
        .collect();
    if others.len() == paths.len() {
        return match name {
            None => Ok((None, others)),
            Some(_) => Err(Failure::new(
                Exit::Usage,
                "`--stdin-path` is given, but standard input is not read",
            )
            .hint("add `-` to the paths")),
        };
    }
    let stand_in = StandIn {
        path: name.unwrap_or(Path::new("-")).to_path_buf(),
        text: context.standard_input()?,
    };
    Ok((Some(stand_in), others))
}
