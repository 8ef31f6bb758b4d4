//! The manifests that a proposal is compared with: a folder, or a git revision of the same folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::Session;

/// The base, loaded; what was taken out of git is kept until this is dropped.
pub(crate) struct Base {
    pub(crate) session: Session,
    _folder: Option<tempfile::TempDir>,
}

impl Base {
    /// Loads the base of this name: an existing folder or file first, then a git revision of the account's own folder.
    pub(crate) fn load(
        context: &Context,
        name: &str,
        head: &Path,
        account: &str,
    ) -> Result<Self, Failure> {
        let path = Path::new(name);
        if path.exists() {
            return Ok(Self {
                session: Session::load(context, path, Some(account))?,
                _folder: None,
            });
        }
        let folder = checkout(name, head)?;
        let session = Session::load(context, folder.path(), Some(account))?;
        Ok(Self {
            session,
            _folder: Some(folder),
        })
    }
}

/// Takes the manifests below a path out of a git revision.
fn checkout(revision: &str, head: &Path) -> Result<tempfile::TempDir, Failure> {
    let at = if head.is_dir() {
        head.to_owned()
    } else {
        head.parent().map(Path::to_owned).unwrap_or_default()
    };
    let at = if at.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        at
    };
    if revision.starts_with('-') {
        return Err(Failure::new(
            Exit::Usage,
            format!("`{revision}` is neither a folder nor a git revision"),
        ));
    }
    let listed = git(&at, &["ls-tree", "-r", "-z", "--name-only", revision, "--", "."]).map_err(|why| {
        Failure::new(Exit::Usage, format!("`{revision}` is neither a folder nor a git revision: {why}"))
            .hint("name a folder with the manifests before, or a revision such as origin/main (a shallow clone may lack it)")
    })?;
    let folder = tempfile::tempdir().map_err(anyhow::Error::from)?;
    for name in listed
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let name = String::from_utf8_lossy(name).into_owned();
        let manifest = name.ends_with(".yaml") || name.ends_with(".yml");
        let ledger = name.contains(".seatwright/ledger.jsonl");
        if !manifest && !ledger {
            continue;
        }
        let text = git(&at, &["show", &format!("{revision}:./{name}")]).map_err(|why| {
            Failure::new(
                Exit::Internal,
                format!("cannot read `{name}` of {revision}: {why}"),
            )
        })?;
        let target = folder.path().join(&name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(anyhow::Error::from)?;
        }
        std::fs::write(&target, text).map_err(anyhow::Error::from)?;
    }
    Ok(folder)
}

fn git(at: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
