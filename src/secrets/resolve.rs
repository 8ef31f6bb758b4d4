//! From references to secrets.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::program::{self, LARGEST};
use super::{SecretError, generate_password};
use crate::model::{Secret, SecretRef};

/// Looks up an environment variable.
type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Turns references into secrets.
pub struct Resolver {
    environment: Environment,
    folder: PathBuf,
    limit: Duration,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The references that could not be resolved, by what they are for.
#[derive(Debug)]
pub struct Unresolved<K>(
    /// Every failure, in the order of the keys.
    pub BTreeMap<K, SecretError>,
);

impl<K: fmt::Display> fmt::Display for Unresolved<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, error)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{key}: {error}")?;
        }
        Ok(())
    }
}

impl<K: fmt::Display + fmt::Debug> std::error::Error for Unresolved<K> {}

impl Resolver {
    /// Resolves with this environment, and files and commands as seen from the account's folder.
    pub fn new(
        environment: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        folder: impl Into<PathBuf>,
    ) -> Self {
        Self {
            environment: Box::new(environment),
            folder: folder.into(),
            limit: program::LIMIT,
        }
    }

    /// Resolves one reference; `generate` makes a new password each time.
    ///
    /// A command may take 30 s; its standard error is shown when it fails, its standard output never.
    pub fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Generate => generate_password(),
            SecretRef::Env(name) => {
                let text = (self.environment)(name)
                    .ok_or_else(|| SecretError::NotSet { name: name.clone() })?;
                checked(text, || format!("the environment variable `{name}`"))
            }
            SecretRef::File(path) => {
                let path = self.folder.join(path);
                let bytes = read(&path).map_err(|source| SecretError::File {
                    doing: "read",
                    path: path.clone(),
                    source,
                })?;
                text(bytes, || format!("the file `{}`", path.display()))
            }
            SecretRef::Command(argv) => {
                let bytes = program::run(argv, &self.folder, None, self.limit)?;
                let name = argv.first().map_or("", String::as_str);
                text(bytes, || format!("the output of the command `{name}`"))
            }
        }
    }

    /// Resolves all references, or tells of every one that cannot be.
    ///
    /// A reference that is named more than once is looked up once, but for `generate`.
    pub fn resolve_all<K: Ord>(
        &self,
        references: impl IntoIterator<Item = (K, SecretRef)>,
    ) -> Result<BTreeMap<K, Secret>, Unresolved<K>> {
        let mut known: BTreeMap<SecretRef, Secret> = BTreeMap::new();
        let mut resolved = BTreeMap::new();
        let mut failed = BTreeMap::new();
        for (key, reference) in references {
            if let Some(secret) = known.get(&reference) {
                resolved.insert(key, secret.clone());
                continue;
            }
            match self.resolve(&reference) {
                Ok(secret) => {
                    if reference != SecretRef::Generate {
                        known.insert(reference, secret.clone());
                    }
                    resolved.insert(key, secret);
                }
                Err(error) => {
                    failed.insert(key, error);
                }
            }
        }
        if failed.is_empty() {
            Ok(resolved)
        } else {
            Err(Unresolved(failed))
        }
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>, place: impl Fn() -> String) -> Result<Secret, SecretError> {
    let not_text = |what| SecretError::NotText {
        place: place(),
        what,
    };
    if bytes.len() > LARGEST {
        return Err(not_text("more than that"));
    }
    // The error would carry the bytes along.
    let mut text = String::from_utf8(bytes).map_err(|_| not_text("bytes that are no text"))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    checked(text, place)
}

fn checked(text: String, place: impl Fn() -> String) -> Result<Secret, SecretError> {
    if text.trim().is_empty() {
        return Err(SecretError::Empty { place: place() });
    }
    Ok(Secret::new(text))
}
