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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PLANTED: &str = "hunter2-planted";

    fn resolver(folder: &Path) -> Resolver {
        let environment = |name: &str| match name {
            "TOKEN" => Some(PLANTED.to_owned()),
            "EMPTY" => Some(String::new()),
            "BLANK" => Some(" \n".to_owned()),
            _ => None,
        };
        Resolver::new(environment, folder)
    }

    fn env(name: &str) -> SecretRef {
        SecretRef::Env(name.to_owned())
    }

    fn sh(script: &str) -> SecretRef {
        SecretRef::Command(["sh", "-c", script].map(str::to_owned).to_vec())
    }

    fn failure(resolver: &Resolver, reference: &SecretRef) -> String {
        let error = resolver.resolve(reference).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains(PLANTED), "{text}");
        error.to_string()
    }

    #[test]
    fn a_variable_must_be_set_and_hold_something() {
        let folder = tempfile::tempdir().unwrap();
        let resolver = resolver(folder.path());
        assert_eq!(resolver.resolve(&env("TOKEN")).unwrap().expose(), PLANTED);
        insta::assert_snapshot!(failure(&resolver, &env("OTHER")), @"the environment variable `OTHER` is not set; set it, or name another reference");
        insta::assert_snapshot!(failure(&resolver, &env("EMPTY")), @"the environment variable `EMPTY` is empty; put the secret there, or name another reference");
        assert!(failure(&resolver, &env("BLANK")).contains("is empty"));
    }

    #[test]
    fn a_file_is_read_from_the_account_s_folder_less_one_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let resolver = resolver(folder.path());
        let file = SecretRef::File("token".to_owned());
        for (content, secret) in [
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            (" a ", " a "),
        ] {
            std::fs::write(folder.path().join("token"), content).unwrap();
            assert_eq!(resolver.resolve(&file).unwrap().expose(), secret);
        }
        for (content, message) in [
            (b"".to_vec(), "is empty"),
            (b"\n".to_vec(), "is empty"),
            (b"hunter2-planted\xff".to_vec(), "bytes that are no text"),
            (vec![b'a'; LARGEST + 1], "more than that"),
        ] {
            std::fs::write(folder.path().join("token"), content).unwrap();
            let failure = failure(&resolver, &file);
            assert!(failure.contains(message), "{failure}");
        }
        std::fs::remove_file(folder.path().join("token")).unwrap();
        let failure = failure(&resolver, &file);
        assert!(failure.starts_with("cannot read the file `"), "{failure}");
    }

    #[test]
    fn a_command_gives_its_output_and_runs_in_the_account_s_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), PLANTED).unwrap();
        let resolver = resolver(folder.path());
        assert_eq!(
            resolver.resolve(&sh("cat token; echo")).unwrap().expose(),
            PLANTED
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_command_with_a_slash_is_meant_from_the_account_s_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("get");
        std::fs::copy("/bin/echo", &script).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let reference = SecretRef::Command(vec!["./get".to_owned(), "x".to_owned()]);
        assert_eq!(
            resolver(folder.path())
                .resolve(&reference)
                .unwrap()
                .expose(),
            "x"
        );
    }

    #[test]
    fn a_command_that_fails_shows_its_standard_error_and_never_its_output_or_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let resolver = resolver(folder.path());
        let failed = failure(
            &resolver,
            &sh("echo hunter2-planted; echo 'no such item' >&2; exit 3"),
        );
        insta::assert_snapshot!(failed, @"the command `sh` failed (exit status: 3): no such item");
        insta::assert_snapshot!(failure(&resolver, &sh("true")), @"the output of the command `sh` is empty; put the secret there, or name another reference");
        let missing = SecretRef::Command(vec!["no-such-program-at-all".to_owned()]);
        assert!(failure(&resolver, &missing).starts_with("cannot run `no-such-program-at-all`: "));
        assert!(
            failure(&resolver, &SecretRef::Command(Vec::new())).starts_with("the command is empty")
        );
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let mut resolver = resolver(folder.path());
        resolver.limit = Duration::from_millis(100);
        let start = std::time::Instant::now();
        let failed = failure(
            &resolver,
            &sh("echo waiting >&2; echo hunter2-planted; sleep 60"),
        );
        insta::assert_snapshot!(failed, @"the command `sh` did not end within 0 s, and was stopped: waiting");
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn what_a_command_leaves_running_does_not_hold_its_output_back() {
        let folder = tempfile::tempdir().unwrap();
        let start = std::time::Instant::now();
        let secret =
            resolver(folder.path()).resolve(&sh("echo hunter2-planted; sleep 60 & exit 0"));
        assert_eq!(secret.unwrap().expose(), PLANTED);
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_command_that_says_too_much_does_not_hang() {
        let folder = tempfile::tempdir().unwrap();
        let noisy = sh("head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");
        assert!(failure(&resolver(folder.path()), &noisy).contains("more than that"));
    }

    #[test]
    fn all_references_are_resolved_or_every_failure_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let resolver = resolver(folder.path());
        let counted = sh("echo run >> runs; echo secret");
        let resolved = resolver
            .resolve_all([
                ("a", counted.clone()),
                ("b", counted),
                ("c", SecretRef::Generate),
                ("d", SecretRef::Generate),
            ])
            .unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join("runs")).unwrap(),
            "run\n"
        );
        assert_eq!(resolved["a"].expose(), "secret");
        assert_ne!(resolved["c"].expose(), resolved["d"].expose());
        let failed = resolver
            .resolve_all([("a", env("ONE")), ("b", env("TOKEN")), ("c", env("TWO"))])
            .unwrap_err();
        assert_eq!(failed.0.keys().copied().collect::<Vec<_>>(), ["a", "c"]);
        assert!(!format!("{failed} {failed:?}").contains(PLANTED));
    }

    #[test]
    fn neither_secrets_nor_resolvers_show_anything() {
        let folder = tempfile::tempdir().unwrap();
        let resolver = resolver(folder.path());
        let resolved = resolver.resolve_all([("a", env("TOKEN"))]).unwrap();
        assert!(!format!("{resolved:?} {resolver:?}").contains(PLANTED));
    }
}
