//! Checking single files within the account that they belong to, as editors and commit hooks ask for it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::dialect::Dialect;
use super::load::{Loaded, check};
use super::parse::parse;
use crate::diagnostic::Collector;
use crate::source::{FileId, SourceFile, Sources, manifests_in};

/// A text that is checked in place of a file, which need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The file's path.
    pub path: PathBuf,
    /// The text.
    pub text: String,
}

/// Reads the manifests below folders, and single files together with the accounts that they are part of.
///
/// References are checked against whole accounts. Where single files are named, there are diagnostics of these (and of
/// folders that were named) only; the second part of the result says which these are. `as_of` is the day that rules on
/// dates go by.
pub fn load_named(
    paths: &[PathBuf],
    stand_in: Option<&StandIn>,
    dialects: &[&dyn Dialect],
    as_of: Date,
) -> (Loaded, Vec<FileId>) {
    let mut sources = Sources::new();
    if let Some(StandIn { path, text }) = stand_in {
        sources.stand_in(path, text.as_str());
    }
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|path| path.is_dir());
    files.extend(stand_in.map(|it| it.path.clone()));

    let mut roots = folders.clone();
    for file in &files {
        roots.push(account_folder(file).unwrap_or_else(|| file.clone()));
    }
    let mut diagnostics = Collector::new();
    let mut found = Vec::new();
    for root in outermost(&roots) {
        let loaded = sources.load(root);
        for error in &loaded.errors {
            diagnostics.push(error);
        }
        found.extend(loaded.files);
    }
    if let Some(StandIn { path, .. }) = stand_in {
        let read = sources.files().iter().any(|file| {
            file.origin()
                .is_some_and(|origin| real(origin) == real(path))
        });
        if !read {
            let loaded = sources.load(path);
            for error in &loaded.errors {
                diagnostics.push(error);
            }
            found.extend(loaded.files);
        }
    }

    if files.is_empty() {
        let loaded = check(sources, None, found.clone(), dialects, as_of, diagnostics);
        return (loaded, found);
    }
    let named: BTreeSet<PathBuf> = files.iter().map(|file| real(file)).collect();
    let below: Vec<PathBuf> = folders.iter().map(|folder| real(folder)).collect();
    let only = |file: &SourceFile| {
        file.origin().map(real).is_none_or(|origin| {
            named.contains(&origin) || below.iter().any(|folder| origin.starts_with(folder))
        })
    };
    let told = found
        .iter()
        .copied()
        .filter(|file| only(sources.file(*file)))
        .collect();
    let loaded = check(sources, Some(&only), found, dialects, as_of, diagnostics);
    (loaded, told)
}

/// The folder of the account that a file belongs to: the nearest one at or above it that directly holds a document with
/// `account`. `None` when there is none, or when the folder holds the manifests of several accounts, one of them this file.
///
/// The search ends at the top of a repository.
pub fn account_folder(file: &Path) -> Option<PathBuf> {
    let start = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    };
    let mut folder = start;
    loop {
        let holders: Vec<PathBuf> = manifests_in(&folder)
            .into_iter()
            .filter(|path| holds_account(path))
            .collect();
        if !holders.is_empty() {
            let own = holders.iter().any(|holder| real(holder) == real(file));
            return (holders.len() == 1 || !own).then_some(folder);
        }
        if folder.join(".git").exists() {
            return None;
        }
        folder = above(&folder)?;
    }
}

/// The folder above; a relative path is followed through the working folder only as far as it has to be.
fn above(folder: &Path) -> Option<PathBuf> {
    if let Some(parent) = folder.parent()
        && !parent.as_os_str().is_empty()
        && folder.file_name().is_some()
    {
        return Some(parent.to_path_buf());
    }
    if folder.is_relative() && folder.file_name().is_some() {
        return Some(PathBuf::from("."));
    }
    let parent = folder.canonicalize().ok()?.parent()?.to_path_buf();
    Some(parent)
}

/// Whether a file has a document with `account`, also when something is wrong further down.
fn holds_account(path: &Path) -> bool {
    let mut sources = Sources::new();
    let Some(file) = sources.load(path).files.first().copied() else {
        return false;
    };
    let file = sources.file(file);
    parse(file, &mut Collector::new())
        .iter()
        .any(|tree| tree.at("/account").is_some())
        || file.text().lines().any(|line| line.starts_with("account:"))
}

/// Leaves out what lies below another of the paths, or is there twice.
fn outermost(paths: &[PathBuf]) -> Vec<&Path> {
    let reals: Vec<PathBuf> = paths.iter().map(|path| real(path)).collect();
    let covered = |index: usize| {
        reals.iter().enumerate().any(|(other, root)| {
            let same = reals[index] == *root;
            (same && other < index) || (!same && reals[index].starts_with(root))
        })
    };
    (0..paths.len())
        .filter(|index| !covered(*index))
        .map(|index| paths[index].as_path())
        .collect()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::provider::registry::dialects;
    use jiff::civil::date;

    const ACCOUNT: &str = "version: 1\naccount: { name: acme, provider: cloudtalk }\n";

    fn account(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn codes(folder: &tempfile::TempDir, names: &[&str], stand_in: Option<(&str, &str)>) -> String {
        let paths: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
        let stand_in = stand_in.map(|(name, text)| StandIn {
            path: folder.path().join(name),
            text: text.to_owned(),
        });
        let (loaded, _) = load_named(&paths, stand_in.as_ref(), &dialects(), date(2026, 11, 21));
        let told: Vec<String> = loaded
            .diagnostics
            .items
            .iter()
            .map(|it| {
                let file = it.primary.span.map(|span| loaded.sources.file(span.file));
                format!("{} {}", it.code, file.map_or("-", SourceFile::shown))
            })
            .collect();
        told.join(", ")
    }

    #[test]
    fn references_are_checked_against_the_whole_account_and_only_named_files_are_told_about() {
        let folder = account(&[
            ("eu/account.yaml", ACCOUNT),
            ("eu/groups.yaml", "groups:\n  - name: Sales\n"),
            (
                "eu/people/users.yaml",
                "users:\n  - { email: ada@acme.example, groups: [Sales] }\n",
            ),
            (
                "eu/people/others.yaml",
                "users:\n  - { email: bob@acme.example, groups: [Sails] }\n",
            ),
        ]);
        assert_eq!(codes(&folder, &["eu/people/users.yaml"], None), "");
        let wrong = "unknown-group people/others.yaml";
        assert_eq!(codes(&folder, &["eu/people/others.yaml"], None), wrong);
        assert_eq!(codes(&folder, &["eu"], None), wrong);
        assert_eq!(
            codes(&folder, &["eu/people/users.yaml", "eu/people"], None),
            wrong
        );
    }

    #[test]
    fn a_text_stands_in_for_a_file_that_is_being_written() {
        let folder = account(&[
            ("account.yaml", ACCOUNT),
            ("users.yaml", "users:\n  - email: ada@acme.example\n"),
        ]);
        let broken = "users:\n  - email: ada\n";
        assert_eq!(
            codes(&folder, &[], Some(("users.yaml", broken))),
            "invalid-email users.yaml"
        );
        let new = "users:\n  - { email: bob@acme.example, role: pilot }\n";
        assert_eq!(
            codes(&folder, &[], Some(("new.yaml", new))),
            "unknown-role new.yaml"
        );
        assert_eq!(codes(&folder, &["users.yaml"], None), "");
    }

    #[test]
    fn a_file_without_an_account_above_it_is_told_so_and_accounts_in_one_file_each_stay_apart() {
        let folder = account(&[
            ("lone/users.yaml", "users: []\n"),
            ("all/eu.yaml", ACCOUNT),
            ("all/us.yaml", &ACCOUNT.replace("acme", "acme-us")),
        ]);
        assert_eq!(
            codes(&folder, &["lone/users.yaml"], None),
            "no-account users.yaml"
        );
        assert_eq!(codes(&folder, &["all/eu.yaml"], None), "");
        assert_eq!(codes(&folder, &["gone.yaml"], None), "missing-file -");
    }
}
