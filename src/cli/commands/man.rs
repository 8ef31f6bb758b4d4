//! `seatwright man`: manual pages.

use clap::CommandFactory as _;

use crate::args::{Cli, Man};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Man) -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Internal, format!("cannot write the manual: {error}"))
    };
    match &args.dir {
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(failed)?;
            clap_mangen::generate_to(Cli::command(), dir).map_err(failed)?;
            context.note(&format!("manual pages are in {}", dir.display()));
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut text)
                .map_err(failed)?;
            context.out(&String::from_utf8_lossy(&text))?;
        }
    }
    Ok(Exit::Done)
}
