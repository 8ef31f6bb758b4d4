//! Why a ledger or a journal could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a ledger or a journal could not be read or written.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file system refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The chain is broken: a line was altered, dropped, moved or lost.
    #[error(
        "`{}` is damaged at line {line}: {why}; restore the file from version control or a backup",
        path.display()
    )]
    Broken {
        /// Which file.
        path: PathBuf,
        /// The first bad line, counted from 1; the one after the last when lines were lost.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The line is sound but holds something that this version does not know.
    #[error(
        "`{}` line {line} holds an entry that this version does not know ({why}); use the version that wrote it, or a newer one",
        path.display()
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: u64,
        /// What the reader stumbled over.
        why: String,
    },
    /// Something else wrote to the file after it was opened.
    #[error("`{}` was changed by something else since it was opened; nothing was written to it, run the command again", path.display())]
    Moved {
        /// Which file.
        path: PathBuf,
    },
    /// The manifest asks for a ledger that is not on a file system.
    #[error(
        "cannot keep the ledger at `{place}`: this build keeps ledgers on a file system only; let `account.ledger` name a folder, or leave it out for `.seatwright`"
    )]
    NotAFolder {
        /// What the manifest says.
        place: String,
    },
}

impl LedgerError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }
}
