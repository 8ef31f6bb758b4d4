//! Where secrets come from, and where made ones go: never to a terminal, a plan, a ledger or a message.

mod password;
mod program;
mod resolve;
mod sink;
mod version_control;

pub use password::generate_password;
pub use resolve::{Resolver, Unresolved};
pub use sink::{PasswordSink, Stored};
pub use version_control::{ensure_gitignore, is_tracked_by_git};

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a secret could not be had, or not be handed over. Never holds the secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The environment has no such variable.
    #[error("the environment variable `{name}` is not set; set it, or name another reference")]
    NotSet {
        /// Its name.
        name: String,
    },
    /// The variable, file or output is there and holds nothing.
    #[error("{place} is empty; put the secret there, or name another reference")]
    Empty {
        /// Where the secret was looked for, in words.
        place: String,
    },
    /// What was found cannot be a secret.
    #[error("{place} holds {what}; a secret is at most 64 KiB of UTF-8 text")]
    NotText {
        /// Where the secret was looked for, in words.
        place: String,
        /// What is there instead.
        what: &'static str,
    },
    /// The file system refused.
    #[error("cannot {doing} the file `{}`: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Passwords would go to something that is not a file.
    #[error("`{}` is not a regular file; name a file for passwords, or a command", path.display())]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// The program could not be started.
    #[error("cannot run `{program}`: {source}")]
    NotRun {
        /// The program's name; its arguments may be confidential.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The reference or sink names no program.
    #[error("the command is empty; name a program and its arguments")]
    NoProgram,
    /// The program failed.
    #[error("the command `{program}` failed ({status}){}", said(stderr))]
    Failed {
        /// The program's name; its arguments may be confidential.
        program: String,
        /// How it ended, in words.
        status: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The program did not end in time, and was stopped.
    #[error(
        "the command `{program}` did not end within {seconds} s, and was stopped{}",
        said(stderr)
    )]
    TooSlow {
        /// The program's name; its arguments may be confidential.
        program: String,
        /// The limit.
        seconds: u64,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The program did not take the password from its standard input.
    #[error(
        "the command `{program}` did not read its standard input, where the password is handed over"
    )]
    NotTaken {
        /// The program's name.
        program: String,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random numbers for a password: {reason}")]
    NoEntropy {
        /// What it said.
        reason: String,
    },
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() {
        String::new()
    } else {
        format!(": {stderr}")
    }
}
