//! `seatwright init`: an account folder to start from.

use std::path::Path;

use seatwright::manifest::load;
use seatwright::provider::{registry, scaffold};
use seatwright::render::escape::visible;
use seatwright::secrets::ensure_gitignore;

use crate::args::Init;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::session::tell;

pub(crate) fn run(context: &Context, args: &Init) -> Result<Exit, Failure> {
    let provider = super::schema::provider(&args.provider)?;
    let name = match &args.account {
        Some(name) => name.clone(),
        None => scaffold::account_name(&folder_name(&args.dir)),
    };
    account_name(&name)?;
    let files = scaffold::files(provider, &name);
    let taken: Vec<String> = files
        .iter()
        .map(|file| args.dir.join(&file.name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if !taken.is_empty() {
        return Err(Failure::new(
            Exit::Refused,
            format!("there is already {}", taken.join(", ")),
        )
        .hint("name a new folder; nothing was written"));
    }
    let failed = |path: &Path, error: std::io::Error| {
        Failure::new(
            Exit::Internal,
            format!("cannot write `{}`: {error}", path.display()),
        )
    };
    for file in &files {
        let path = args.dir.join(&file.name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        }
        context.write_file(&path, file.text.as_bytes())?;
        context.out(&format!("{}\n", path.display()))?;
    }
    let ignore = args.dir.join(".gitignore");
    ensure_gitignore(&args.dir, &[]).map_err(|error| failed(&ignore, error))?;
    let attributes = args.dir.join(".gitattributes");
    add_line(&attributes, scaffold::GIT_ATTRIBUTES).map_err(|error| failed(&attributes, error))?;

    let loaded = load::load(&[&args.dir], &registry::dialects(), context.today("UTC"));
    tell(context, &loaded.diagnostics, &loaded.sources);
    if loaded.diagnostics.errors > 0 {
        // Other manifests that were in the folder, most likely.
        return Ok(Exit::Invalid);
    }
    context.note(&format!(
        "next: say who is to be there, then `seatwright plan {}`; `seatwright import` writes what an account has already",
        args.dir.display()
    ));
    Ok(Exit::Done)
}

/// Refuses a name that a manifest could not have.
pub(super) fn account_name(name: &str) -> Result<(), Failure> {
    let fit = scaffold::account_name(name);
    if name == fit {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        format!("`{}` cannot be the name of an account", visible(name)),
    )
    .hint(format!("use letters, digits, `-`, `_` and `.`: `{fit}`")))
}

fn folder_name(folder: &Path) -> String {
    std::path::absolute(folder)
        .ok()
        .and_then(|folder| {
            Some(
                folder
                    .components()
                    .next_back()?
                    .as_os_str()
                    .to_string_lossy()
                    .into_owned(),
            )
        })
        .unwrap_or_default()
}

/// Adds a line to a file, unless it is there.
fn add_line(path: &Path, line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let content = match std::fs::read_to_string(path) {
        Ok(content) => content,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if content.lines().any(|known| known.trim() == line) {
        return Ok(());
    }
    let separator = if content.is_empty() || content.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?
        .write_all(format!("{separator}{line}\n").as_bytes())
}
