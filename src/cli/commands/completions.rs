//! `seatwright completions`: for the shell.

use clap::CommandFactory as _;

use crate::args::{Cli, Completions};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(context: &Context, args: &Completions) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "seatwright", &mut text);
    context.out(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}
