//! The search for manifests below a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{SourceError, SourceErrorKind, io_kind, shown_path};

/// How many folders may lie within each other.
pub(super) const MAX_FOLDER_DEPTH: usize = 64;

#[derive(Default)]
pub(super) struct Found {
    /// Path to read, and path to show.
    pub(super) files: Vec<(PathBuf, String)>,
    pub(super) errors: Vec<SourceError>,
    /// The searched folder's real path.
    root: PathBuf,
    /// Real paths already taken: a symbolic link must not bring a file in twice, nor lead in a circle.
    seen: BTreeSet<PathBuf>,
}

pub(super) fn manifests_below(folder: &Path) -> Found {
    let mut found = Found::default();
    if let Ok(real) = folder.canonicalize() {
        found.root.clone_from(&real);
        found.seen.insert(real);
    }
    found.descend(folder, "", 0);
    found.files.sort_by(|a, b| a.1.cmp(&b.1));
    found.errors.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Found {
    fn descend(&mut self, folder: &Path, prefix: &str, depth: usize) {
        if depth > MAX_FOLDER_DEPTH {
            self.fail(prefix, SourceErrorKind::TooDeep);
            return;
        }
        let entries =
            match std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
                Ok(entries) => entries,
                Err(error) => {
                    let shown = if prefix.is_empty() {
                        shown_path(folder)
                    } else {
                        prefix.trim_end_matches('/').to_owned()
                    };
                    self.fail(&shown, io_kind(error));
                    return;
                }
            };
        // Real files before links, so that the shown path of a file does not depend on the
        // order in which the file system lists its links.
        let mut entries: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                (link, entry.file_name(), entry.path())
            })
            .collect();
        entries.sort();
        for (link, name, path) in entries {
            let name = name.to_string_lossy();
            let shown = format!("{prefix}{name}");
            let Ok(metadata) = std::fs::metadata(&path) else {
                // A dangling link with the name of a manifest is a mistake; another is not ours.
                if is_manifest_name(&name) {
                    self.fail(&shown, SourceErrorKind::Missing);
                }
                continue;
            };
            let ours = if metadata.is_dir() {
                !name.starts_with('.') && name != "node_modules"
            } else {
                is_manifest_name(&name)
            };
            // What a proposal links to could be any file of the machine that checks it, and messages quote what they read.
            if link && ours && !self.is_inside(&path) {
                self.fail(&shown, SourceErrorKind::LeadsOut);
                continue;
            }
            if metadata.is_dir() {
                if name.starts_with('.') || name == "node_modules" || !self.first_visit(&path) {
                    continue;
                }
                self.descend(&path, &format!("{shown}/"), depth + 1);
            } else if metadata.is_file() && is_manifest_name(&name) && self.first_visit(&path) {
                self.files.push((path, shown));
            }
        }
    }

    fn is_inside(&self, path: &Path) -> bool {
        let Ok(real) = path.canonicalize() else {
            return false;
        };
        // What is hidden in the folder is not read either, by whatever way.
        real.strip_prefix(&self.root).is_ok_and(|inside| {
            let mut parts = inside.components();
            !parts.any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
        })
    }

    fn first_visit(&mut self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|real| self.seen.insert(real))
    }

    fn fail(&mut self, path: &str, kind: SourceErrorKind) {
        self.errors.push(SourceError {
            path: path.to_owned(),
            span: None,
            kind,
        });
    }
}

pub(super) fn is_manifest_name(name: &str) -> bool {
    if name.starts_with('.') {
        return false;
    }
    Path::new(name).extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
    })
}
