//! Manifest files, their text and the places in them.
//!
//! Nothing else in the library reads a manifest. A [`Span`] is a byte range in one file; it is
//! turned into a line and a column only when somebody asks, by [`Sources::position`].

mod search;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read, in bytes (64 MiB).
///
/// Offsets are 32 bits wide; a manifest of 200,000 users is about as large as this.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Names one file of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The place of the file in [`Sources::files`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in one file, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte, counted after a byte order mark.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A line and a column, both counted from 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for LineColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One file, or one text from memory.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    shown: String,
    origin: Option<PathBuf>,
    text: Arc<str>,
    byte_order_mark: bool,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The name of this file in its [`Sources`].
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path as people see it: relative to the account folder, with `/` between the parts.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The path it was read from; `None` for a text from memory.
    pub fn origin(&self) -> Option<&Path> {
        self.origin.as_deref()
    }

    /// The text without a byte order mark.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether the file began with a byte order mark, which is not part of the text.
    pub fn has_byte_order_mark(&self) -> bool {
        self.byte_order_mark
    }

    /// The line and column of a byte; an offset after the end means the end.
    pub fn position(&self, offset: u32) -> LineColumn {
        let offset = floor_char_boundary(&self.text, offset as usize);
        let line = self.line_index(offset);
        let start = self.line_starts[line] as usize;
        let column = self.text[start..offset].chars().count();
        LineColumn {
            line: to_u32(line + 1),
            column: to_u32(column + 1),
        }
    }

    /// The line and column of a byte, the column in UTF-16 code units, as editors and SARIF count.
    pub fn position_utf16(&self, offset: u32) -> LineColumn {
        let offset = floor_char_boundary(&self.text, offset as usize);
        let line = self.line_index(offset);
        let start = self.line_starts[line] as usize;
        let column = self.text[start..offset].encode_utf16().count();
        LineColumn {
            line: to_u32(line + 1),
            column: to_u32(column + 1),
        }
    }

    /// The byte range of the line that holds this byte, without its line break.
    pub fn line_range(&self, offset: u32) -> std::ops::Range<usize> {
        let line = self.line_index(floor_char_boundary(&self.text, offset as usize));
        let start = self.line_starts[line] as usize;
        let end = self
            .line_starts
            .get(line + 1)
            .map_or(self.text.len(), |next| *next as usize);
        let content = self.text[start..end].trim_end_matches('\n');
        let content = content.strip_suffix('\r').unwrap_or(content);
        start..start + content.len()
    }

    fn line_index(&self, offset: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start as usize <= offset)
            .saturating_sub(1)
    }
}

/// Every text that a run has read, in the order of reading.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    /// Texts that stand in for files, by real path.
    instead: BTreeMap<PathBuf, String>,
}

/// What [`Sources::load`] found at a path.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files that were read, sorted by path.
    pub files: Vec<FileId>,
    /// The files and folders that could not be read.
    pub errors: Vec<SourceError>,
}

/// A file or folder that could not be read.
#[derive(Debug)]
pub struct SourceError {
    /// The path, as people see it.
    pub path: String,
    /// The place in the file, when it has one.
    pub span: Option<Span>,
    /// What went wrong.
    pub kind: SourceErrorKind,
}

/// The `*.yaml` and `*.yml` files that lie directly in a folder, by name; none when the folder cannot be read.
pub fn manifests_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| search::is_manifest_name(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

/// Why a file or folder could not be read.
#[derive(Debug)]
pub enum SourceErrorKind {
    /// There is nothing at this path.
    Missing,
    /// A folder without any `*.yaml` or `*.yml` file.
    NoManifests,
    /// The operating system refused: permission, or a broken disk.
    Unreadable(std::io::Error),
    /// More than [`MAX_FILE_BYTES`].
    TooLarge,
    /// The bytes from `offset` on are no UTF-8.
    NotUtf8 {
        /// Offset of the first bad byte in the file, counting a byte order mark.
        offset: usize,
        /// Whether the file looks like UTF-16.
        utf16: bool,
    },
    /// Folders within folders, too deep to be meant.
    TooDeep,
    /// A symbolic link in the folder, to something outside of it.
    LeadsOut,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.kind {
            SourceErrorKind::Missing => write!(f, "there is no file or folder `{path}`"),
            SourceErrorKind::NoManifests => {
                write!(f, "the folder `{path}` holds no `.yaml` or `.yml` file")
            }
            SourceErrorKind::Unreadable(error) => write!(f, "`{path}` cannot be read: {error}"),
            SourceErrorKind::TooLarge => write!(
                f,
                "`{path}` is larger than {} MiB",
                MAX_FILE_BYTES / (1024 * 1024)
            ),
            SourceErrorKind::NotUtf8 { offset, .. } => {
                write!(f, "`{path}` is not UTF-8: byte {offset} fits no character")
            }
            SourceErrorKind::TooDeep => write!(
                f,
                "the folder `{path}` lies more than {} folders deep",
                search::MAX_FOLDER_DEPTH
            ),
            SourceErrorKind::LeadsOut => {
                write!(
                    f,
                    "`{path}` is a link that leads out of the folder; it was not read"
                )
            }
        }
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            SourceErrorKind::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

impl Sources {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a file, or every `*.yaml` and `*.yml` file below a folder, sorted by path.
    ///
    /// Hidden folders, `node_modules` and whatever a symbolic link leads to a second time are
    /// left out. A file that cannot be read does not stop the others.
    pub fn load(&mut self, path: &Path) -> Loaded {
        let mut loaded = Loaded::default();
        let shown = |path: &Path| {
            path.file_name().map_or_else(
                || shown_path(path),
                |name| name.to_string_lossy().into_owned(),
            )
        };
        if self.standing_in(path).is_some() {
            self.load_file(path, shown(path), &mut loaded);
            return loaded;
        }
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let found = search::manifests_below(path);
                loaded.errors.extend(found.errors);
                if found.files.is_empty() && loaded.errors.is_empty() {
                    loaded.errors.push(SourceError {
                        path: shown_path(path),
                        span: None,
                        kind: SourceErrorKind::NoManifests,
                    });
                }
                for (file, shown) in found.files {
                    self.load_file(&file, shown, &mut loaded);
                }
            }
            Ok(_) => self.load_file(path, shown(path), &mut loaded),
            Err(error) => loaded.errors.push(SourceError {
                path: shown_path(path),
                span: None,
                kind: io_kind(error),
            }),
        }
        loaded
    }

    /// Lets a text stand in for a file wherever [`load`](Self::load) comes across it, such as what an editor has not saved yet.
    pub fn stand_in(&mut self, path: &Path, text: impl Into<String>) {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        self.instead.insert(real, text.into());
    }

    /// Takes a text from memory, such as standard input, under the name that people shall see.
    pub fn add(&mut self, shown: impl Into<String>, text: &str) -> Result<FileId, SourceError> {
        self.add_bytes(shown.into(), None, text.as_bytes().to_vec())
    }

    /// A file by its name.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// Every file, in the order of reading; also those that could be read only in part.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The line and column of a byte.
    pub fn position(&self, file: FileId, offset: u32) -> LineColumn {
        self.file(file).position(offset)
    }

    /// The text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        let text = &self.file(span.file).text;
        let start = floor_char_boundary(text, span.start as usize);
        let end = floor_char_boundary(text, span.end as usize).max(start);
        &text[start..end]
    }

    fn load_file(&mut self, path: &Path, shown: String, loaded: &mut Loaded) {
        // One byte more than allowed is enough to know that a file (or an endless pipe) is too large.
        let mut bytes = Vec::new();
        let read = match self.standing_in(path) {
            Some(text) => {
                bytes.extend_from_slice(text.as_bytes());
                Ok(bytes.len())
            }
            None => std::fs::File::open(path)
                .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)),
        };
        let outcome = match read {
            Ok(_) => self.add_bytes(shown, Some(path.to_path_buf()), bytes),
            Err(error) => Err(SourceError {
                path: shown,
                span: None,
                kind: io_kind(error),
            }),
        };
        match outcome {
            Ok(id) => loaded.files.push(id),
            Err(error) => loaded.errors.push(error),
        }
    }

    fn standing_in(&self, path: &Path) -> Option<&str> {
        if self.instead.is_empty() {
            return None;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        self.instead.get(&real).map(String::as_str)
    }

    fn add_bytes(
        &mut self,
        shown: String,
        origin: Option<PathBuf>,
        mut bytes: Vec<u8>,
    ) -> Result<FileId, SourceError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(SourceError {
                path: shown,
                span: None,
                kind: SourceErrorKind::TooLarge,
            });
        }
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let byte_order_mark = bytes.starts_with(&[0xef, 0xbb, 0xbf]);
        if byte_order_mark {
            bytes.drain(..3);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(self.insert(shown, origin, text, byte_order_mark)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                bytes.truncate(good);
                // The readable beginning is kept so that the place has a line and a column.
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let file = self.insert(shown.clone(), origin, text, byte_order_mark);
                let at = to_u32(good);
                Err(SourceError {
                    path: shown,
                    span: Some(Span {
                        file,
                        start: at,
                        end: at,
                    }),
                    kind: SourceErrorKind::NotUtf8 {
                        offset: good + if byte_order_mark { 3 } else { 0 },
                        utf16,
                    },
                })
            }
        }
    }

    fn insert(
        &mut self,
        shown: String,
        origin: Option<PathBuf>,
        text: String,
        byte_order_mark: bool,
    ) -> FileId {
        let id = FileId(to_u32(self.files.len()));
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| to_u32(at + 1)))
            .collect();
        self.files.push(SourceFile {
            id,
            shown,
            origin,
            text: text.into(),
            byte_order_mark,
            line_starts,
        });
        id
    }
}

fn io_kind(error: std::io::Error) -> SourceErrorKind {
    if error.kind() == ErrorKind::NotFound {
        SourceErrorKind::Missing
    } else {
        SourceErrorKind::Unreadable(error)
    }
}

fn shown_path(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Files are at most 64 MiB, so that every offset and line number fits.
fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
