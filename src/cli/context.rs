//! The only place where the clock, the environment and the terminal come in.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seatwright::http::{Attempt, RateObserver, TraceHook, WaitReason};
use seatwright::model::Digester;
use seatwright::render::style::Style;

use crate::args::{Color, Global};
use crate::exit::{Exit, Failure};

/// The clock, the environment and the terminal.
pub(crate) struct Context {
    global: Global,
    color_out: bool,
    color_err: bool,
    width: usize,
    err_is_terminal: bool,
}

impl Context {
    pub(crate) fn new(global: &Global) -> Self {
        let stdout = std::io::stdout().is_terminal();
        let stderr = std::io::stderr().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = |terminal: bool| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !no_color && !dumb,
        };
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|text| text.parse().ok());
        Self {
            global: global.clone(),
            color_out: wanted(stdout),
            color_err: wanted(stderr),
            width: columns.unwrap_or(100).clamp(40, 400),
            err_is_terminal: stderr,
        }
    }

    /// How results look.
    pub(crate) fn style(&self) -> Style {
        Style {
            color: self.color_out,
            width: self.width,
            unicode: true,
        }
    }

    pub(crate) fn color_err(&self) -> bool {
        self.color_err
    }

    pub(crate) fn verbose(&self) -> bool {
        self.global.verbose > 0
    }

    pub(crate) fn quiet(&self) -> bool {
        self.global.quiet
    }

    /// Whether progress may be drawn over itself.
    pub(crate) fn draws_progress(&self) -> bool {
        self.err_is_terminal && !self.global.quiet
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal()
    }

    /// All of standard input.
    pub(crate) fn standard_input(&self) -> Result<String, Failure> {
        std::io::read_to_string(std::io::stdin().lock()).map_err(|error| {
            Failure::new(
                Exit::Internal,
                format!("cannot read standard input: {error}"),
            )
        })
    }

    /// The working folder, with links followed.
    pub(crate) fn working_folder(&self) -> PathBuf {
        std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .unwrap_or_else(|_| PathBuf::from("."))
    }

    /// Writes a result. A reader that went away ends the program quietly.
    pub(crate) fn out(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                Err(Failure::silent(Exit::Done))
            }
            Err(error) => Err(Failure::new(
                Exit::Internal,
                format!("cannot write the result: {error}"),
            )),
        }
    }

    /// Tells something about the work, on standard error.
    pub(crate) fn note(&self, text: &str) {
        if !self.global.quiet {
            self.err(text);
        }
    }

    /// Tells of something that may be wrong, whether asked to be quiet or not.
    pub(crate) fn warn(&self, text: &str) {
        let word = self.paint("\u{1b}[1;33m", "warning");
        self.err(&format!("{word}: {text}"));
    }

    /// Shows text that is warnings or errors already.
    pub(crate) fn warn_block(&self, text: &str) {
        self.err(text.trim_end());
    }

    /// Tells of a failure.
    pub(crate) fn error(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        let word = self.paint("\u{1b}[1;31m", "error");
        self.err(&format!(
            "{word}: {}",
            seatwright::render::escape::visible(&failure.message)
        ));
        for line in &failure.lines {
            self.err(&format!("  {}", seatwright::render::escape::visible(line)));
        }
        if let Some(hint) = &failure.hint {
            let word = self.paint("\u{1b}[1;36m", "hint");
            self.err(&format!("{word}: {hint}"));
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color_err {
            format!("{code}{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn err(&self, text: &str) {
        // Where standard error is gone, nobody is left to be told.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// The time; `SOURCE_DATE_EPOCH` (seconds) stands in for the clock, for results that can be repeated to the byte.
    pub(crate) fn now(&self) -> Timestamp {
        now()
    }

    /// The day in a time zone.
    pub(crate) fn today(&self, time_zone: &str) -> Date {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        self.now().to_zoned(zone).date()
    }

    /// An environment variable.
    pub(crate) fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// The file in which the calls to an account are noted for the next command: one for each user of this machine, since a
    /// service counts the calls from every folder.
    pub(crate) fn call_log(
        &self,
        provider: &str,
        api_url: Option<&str>,
        account: &str,
    ) -> Option<PathBuf> {
        let folder = |name| self.env(name).filter(|value| !value.is_empty());
        let state = folder("XDG_STATE_HOME")
            .or_else(|| folder("LOCALAPPDATA"))
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(Path::new(&folder("HOME")?).join(".local/state")))?;
        let name = Digester::short(&(provider, api_url, account));
        Some(state.join("seatwright/calls").join(name))
    }

    /// Who runs this, as `user@host`.
    pub(crate) fn author(&self) -> String {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| self.env(name).filter(|user| !user.is_empty()))
            .unwrap_or_else(|| "unknown".to_owned());
        format!("{user}@{}", seatwright::ledger::host_name())
    }

    /// Told before each wait for the rate limit.
    pub(crate) fn rate_observer(&self) -> Option<Arc<dyn RateObserver>> {
        if self.global.quiet {
            return None;
        }
        Some(Arc::new(|wait: Duration, why: WaitReason| {
            if wait >= Duration::from_secs(1) {
                let _ = writeln!(
                    std::io::stderr().lock(),
                    "waiting {} s: {why}",
                    wait.as_secs()
                );
            }
        }))
    }

    /// Told after each request, when asked for.
    pub(crate) fn trace(&self) -> Option<Arc<dyn TraceHook>> {
        if self.global.verbose < 2 {
            return None;
        }
        Some(Arc::new(|attempt: &Attempt<'_>| {
            let status = attempt
                .status
                .map_or("no answer".to_owned(), |status| status.to_string());
            let _ = writeln!(
                std::io::stderr().lock(),
                "{} {} -> {status} ({} ms)",
                attempt.method,
                attempt.path,
                attempt.milliseconds
            );
        }))
    }

    /// Writes a file whole or not at all.
    pub(crate) fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(
                Exit::Internal,
                format!("cannot write `{}`: {error}", path.display()),
            )
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(bytes)
            .and_then(|()| file.as_file().sync_all())
            .map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.as_file()
                .set_permissions(std::fs::Permissions::from_mode(0o644))
                .map_err(failed)?;
        }
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The time, or what `SOURCE_DATE_EPOCH` says it is.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock comes in here, and nowhere else"
)]
pub(crate) fn now() -> Timestamp {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or_else(Timestamp::now)
}
