//! What asks the program to end: Ctrl-C, and the signal by which pipelines and supervisors cancel a job.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many parts of the program are under way that end in good order by themselves.
static ORDERLY: AtomicU32 = AtomicU32::new(0);

/// While this lives, a signal is answered by whoever holds it, and drops no work in the middle.
pub(crate) struct Orderly(());

impl Orderly {
    pub(crate) fn begin() -> Self {
        ORDERLY.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Orderly {
    fn drop(&mut self) {
        ORDERLY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Waits until the program is asked to end, and says by which signal.
pub(crate) async fn asked_to_end() -> &'static str {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                () = interrupted() => "SIGINT",
                Some(()) = terminate.recv() => "SIGTERM",
            };
        }
    }
    interrupted().await;
    "SIGINT"
}

/// Waits until work is to be dropped as it is: never while something ends in good order by itself.
pub(crate) async fn to_be_dropped() -> &'static str {
    loop {
        let signal = asked_to_end().await;
        if ORDERLY.load(Ordering::SeqCst) == 0 {
            return signal;
        }
    }
}

/// Waits for Ctrl-C; for ever where the system cannot tell.
pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
