//! A simulator's account kept in a file between runs.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a state; `None` when the file does not exist.
///
/// # Errors
/// When the file cannot be read, or does not hold a state.
pub fn load<S: DeserializeOwned>(path: &Path) -> io::Result<Option<S>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(naming(path, "read", &error)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        let what = format!("state file `{}` does not hold this simulator's state: {error}; delete it to begin from the seed", path.display());
        io::Error::new(io::ErrorKind::InvalidData, what)
    })
}

/// Replaces the file with `state` in one step: a reader sees the old state or the new one, never a part.
///
/// It is not flushed to the disk: it has to survive the end of the process, not of the machine.
///
/// # Errors
/// When the folder of `path` cannot be written.
pub fn save(path: &Path, state: &impl Serialize) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(io::BufWriter::new(&mut file), state)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| naming(path, "written", &error))
}

fn naming(path: &Path, verb: &str, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("state file `{}` cannot be {verb}: {error}", path.display()),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_state_is_read_back_and_a_missing_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.json");
        assert_eq!(load::<Vec<u8>>(&path).unwrap(), None);
        save(&path, &vec![1_u8, 2]).unwrap();
        save(&path, &vec![3_u8]).unwrap();
        assert_eq!(load::<Vec<u8>>(&path).unwrap(), Some(vec![3]));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.json");
        std::fs::write(&path, "{").unwrap();
        let message = load::<Vec<u8>>(&path).unwrap_err().to_string();
        assert!(
            message.contains("account.json") && message.contains("delete it"),
            "{message}"
        );
    }
}
