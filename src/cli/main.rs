//! The command line: arguments, terminal, clock and environment; the work is the library's.

mod args;
mod base;
mod commands;
mod context;
mod exit;
mod notify;
mod progress;
mod prompt;
mod session;
mod signal;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command};
use context::Context;
use exit::{Exit, Failure};

/// Manifests, accounts and ledgers are many small texts, and this allocator is the faster one for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; everything else is a wrong command line.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let context = Context::new(&cli.global);
    match run(&context, cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            context.error(&failure);
            failure.exit.into()
        }
    }
}

fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => commands::init::run(context, &args),
        Command::Fmt(args) => commands::fmt::run(context, &args),
        Command::Validate(args) => commands::validate::run(context, &args),
        Command::Show(args) => commands::show::run(context, &args),
        Command::Ledger(args) => commands::ledger::run(context, &args),
        Command::Unlock(args) => commands::unlock::run(context, &args),
        Command::History(args) => commands::history::run(context, &args),
        Command::Explain(args) => commands::explain::run(context, &args),
        Command::Schema(args) => commands::schema::run(context, &args),
        Command::Completions(args) => commands::completions::run(context, &args),
        Command::Man(args) => commands::man::run(context, &args),
        Command::Plan(args) => wait(commands::plan::run(context, &args)),
        Command::Apply(args) => wait(commands::apply::run(context, &args)),
        Command::Resume(args) => wait(commands::resume::run(context, &args)),
        Command::Drift(args) => wait(commands::drift::run(context, &args)),
        Command::Import(args) => wait(commands::import::run(context, &args)),
        Command::Confirm(args) => wait(commands::confirm::run(context, &args)),
        Command::Sandbox(args) => wait(commands::sandbox::run(context, &args)),
        Command::Demo(args) => wait(commands::demo::run(context, &args)),
    }
}

/// Runs what talks to a service. One thread is enough: requests go out one after the other.
fn wait(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot start: {error}")))?;
    // Dropped work gives its lock back; a run that writes ends in good order by itself.
    let result = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            signal = signal::to_be_dropped() => Err(Failure::new(
                Exit::Internal,
                format!("stopped by {signal}; nothing was written to the account"),
            )),
        }
    });
    runtime.shutdown_background();
    result
}
