//! Asking before a write.

use std::io::{BufRead as _, Write as _};

/// Asks on standard error, and takes nothing but `yes` for a yes.
pub(crate) fn confirm(question: &str) -> bool {
    let mut stderr = std::io::stderr().lock();
    if write!(stderr, "{question} Type `yes` to go on: ")
        .and_then(|()| stderr.flush())
        .is_err()
    {
        return false;
    }
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(_) => answer.trim() == "yes",
        Err(_) => false,
    }
}
