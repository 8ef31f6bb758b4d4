//! Running the programs that hold or take secrets.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;

use super::SecretError;

/// How long a program may take.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

/// The most that is read of a secret, in bytes.
pub(super) const LARGEST: usize = 64 * 1024;

/// How much of the standard error is shown, in bytes.
const SHOWN: usize = 1024;

/// How long after its end a program's output is waited for: a child that it left behind may keep the pipe open.
const AFTERMATH: Duration = Duration::from_millis(500);

/// Runs a program in `folder` and gives its standard output, of which one byte more than [`LARGEST`] is read at most.
///
/// `input` goes to its standard input, and is blotted out where the program repeats it on its standard error.
/// A program named by a relative path with a slash in it is meant from `folder`.
pub(super) fn run(
    argv: &[String],
    folder: &Path,
    input: Option<&Handed<'_>>,
    limit: Duration,
) -> Result<Vec<u8>, SecretError> {
    let (name, arguments) = argv.split_first().ok_or(SecretError::NoProgram)?;
    let not_run = |source| SecretError::NotRun {
        program: name.clone(),
        source,
    };
    let program = if name.contains('/') {
        std::path::absolute(folder.join(name)).map_err(not_run)?
    } else {
        name.into()
    };
    let stdin = if input.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(not_run)?;
    let stdout = listen(child.stdout.take(), LARGEST + 1);
    let stderr = listen(child.stderr.take(), LARGEST);
    let mut taken = Ok(());
    if let (Some(mut pipe), Some(handed)) = (child.stdin.take(), input) {
        // A line is far smaller than a pipe's buffer, so this never waits for the program.
        taken = pipe.write_all(handed.line);
    }
    let status = wait(&mut child, limit).map_err(not_run)?;
    let shown = |stderr: Listener| {
        let bytes = stderr.heard();
        let text = String::from_utf8_lossy(&bytes);
        let text = match input {
            Some(handed) => text.replace(handed.secret, "…"),
            None => text.into_owned(),
        };
        tail(text.trim()).to_owned()
    };
    match status {
        None => Err(SecretError::TooSlow {
            program: name.clone(),
            seconds: limit.as_secs(),
            stderr: shown(stderr),
        }),
        Some(status) if !status.success() => Err(SecretError::Failed {
            program: name.clone(),
            status: status.to_string(),
            stderr: shown(stderr),
        }),
        Some(_) => match taken {
            Ok(()) => Ok(stdout.heard()),
            Err(_) => Err(SecretError::NotTaken {
                program: name.clone(),
            }),
        },
    }
}

/// What goes to a program's standard input.
pub(super) struct Handed<'a> {
    /// The bytes.
    pub(super) line: &'a [u8],
    /// The secret in them.
    pub(super) secret: &'a str,
}

/// What a program has written so far, collected while it runs.
struct Listener {
    bytes: Arc<Mutex<Vec<u8>>>,
    closed: Receiver<()>,
}

impl Listener {
    /// Everything up to the closing of the pipe, or what came until now when it stays open.
    fn heard(self) -> Vec<u8> {
        // Both a closed pipe and a silent one end the waiting.
        let _ = self.closed.recv_timeout(AFTERMATH);
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *bytes)
    }
}

fn listen(pipe: Option<impl Read + Send + 'static>, most: usize) -> Listener {
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let (closing, closed) = mpsc::channel::<()>();
    if let Some(mut pipe) = pipe {
        let bytes = Arc::clone(&bytes);
        std::thread::spawn(move || {
            let mut chunk = Zeroizing::new([0; 4096]);
            // A program that says more than is wanted must not hang on a full pipe, so the rest is read and dropped.
            while let Ok(count @ 1..) = pipe.read(&mut *chunk) {
                let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
                let wanted = count.min(most - bytes.len());
                bytes.extend_from_slice(&chunk[..wanted]);
            }
            drop(closing);
        });
    }
    Listener { bytes, closed }
}

/// Waits for the end; stops the program after the limit, and then gives `None`.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn tail(text: &str) -> &str {
    let mut start = text.len().saturating_sub(SHOWN);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}
