//! Asking before a write.

use std::io::{BufRead as _, Write as _};

/// Asks on standard error, and takes nothing but `yes` for a yes.
///
/// The answer is awaited on another thread: a signal is heard meanwhile.
pub(crate) async fn confirm(question: &'static str) -> bool {
    tokio::task::spawn_blocking(move || ask(question))
        .await
        .unwrap_or(false)
}

fn ask(question: &str) -> bool {
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
