//! An append-only file of JSON lines, each of which holds the hash of the line before.
//!
//! A line is `{"seq":1,"at":"2026-11-21T10:00:00Z","by":"ada@desk","prev":"sha256:…","data":{…}}`. `seq` is the number of the
//! line, `prev` the SHA-256 of the former line without its line break (of the empty text for the first). So an altered, dropped or
//! moved line is noticed by what follows it. What follows the last line is the sidecar `FILE.head`, which holds the last `seq`
//! and hash: it notices a lost tail and an altered last line.
//!
//! The head is replaced after every append, but flushed only when the chain is dropped: an append costs one flush, a killed
//! process leaves an exact head, and a power cut can leave one that lags behind, which is tolerated. A head is never ahead of the
//! file, because the line is on the disk before the head is written.
//!
//! This guards against accidents and careless edits. It is no signature: who rewrites both files consistently is not noticed.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::durable;

/// A SHA-256 with its textual form `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Whether `text` is this hash in its textual form.
    pub fn is(&self, text: &str) -> bool {
        let Some(digits) = text.strip_prefix("sha256:") else {
            return false;
        };
        let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
        digits.len() == 64
            && digits
                .as_bytes()
                .chunks_exact(2)
                .zip(self.0)
                .all(|(pair, byte)| pair == [digit(byte >> 4), digit(byte & 15)])
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One line, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<T> {
    /// The number of the line, from 1.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// By whom, as `user@host`.
    pub by: String,
    /// What it holds.
    pub data: T,
}

/// What is known of a file whose chain holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many whole lines there are.
    pub lines: u64,
    /// The incomplete last line that a crash left, if there is one.
    pub torn: Option<Torn>,
    /// What the sidecar says.
    pub head: Head,
}

/// An incomplete last line: the process or the machine stopped in the middle of an append, which was never acknowledged.
///
/// The next append moves its bytes into `kept_in` before it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// In which file.
    pub path: PathBuf,
    /// The number that the line would have had.
    pub line: u64,
    /// How many bytes of it there are.
    pub bytes: u64,
    /// The file to which the bytes are moved.
    pub kept_in: PathBuf,
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the last line of `{}` (line {}, {} bytes) is incomplete, as after a crash in the middle of writing it; it does not count, and is moved to `{}` with the next write",
            self.path.display(),
            self.line,
            self.bytes,
            self.kept_in.display()
        )
    }
}

/// What the sidecar says of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Head {
    /// It agrees with the last line, or there are neither lines nor sidecar.
    #[default]
    Agrees,
    /// It agrees with an earlier line: the machine stopped before it was flushed. A loss of later lines would not be noticed.
    Behind(u64),
    /// There is none, or an empty one: a loss of lines at the end would not be noticed.
    Missing,
}

/// An open chain, positioned after its last whole line.
///
/// Opening never writes; the file and its folder are created by the first append.
#[derive(Debug)]
pub struct Chain<T> {
    path: PathBuf,
    by: String,
    seq: u64,
    last: Hash,
    length: u64,
    torn: Option<Torn>,
    head_unflushed: bool,
    payload: PhantomData<fn(T)>,
}

/// A chain and what it held when it was opened.
#[derive(Debug)]
pub struct Opened<T> {
    /// The chain, ready for appends.
    pub chain: Chain<T>,
    /// Its records, in order.
    pub records: Vec<Record<T>>,
    /// What was found out about the file.
    pub verified: Verified,
}

/// Reads a whole chain without payloads; names the first bad line. A missing file has no lines.
pub fn verify(path: &Path) -> Result<Verified, LedgerError> {
    Ok(walk::<IgnoredAny>(path)?.verified)
}

impl<T: Serialize + DeserializeOwned> Chain<T> {
    /// Reads and verifies a chain, to be continued by the author `by` (`user@host`). A missing file is an empty chain.
    pub fn open(path: &Path, by: &str) -> Result<Opened<T>, LedgerError> {
        let walked = walk::<T>(path)?;
        let chain = Self {
            path: path.to_owned(),
            by: by.to_owned(),
            seq: walked.verified.lines,
            last: walked.last,
            length: walked.length,
            torn: walked.verified.torn.clone(),
            head_unflushed: false,
            payload: PhantomData,
        };
        Ok(Opened {
            chain,
            records: walked.records,
            verified: walked.verified,
        })
    }

    /// Writes one line for each item and flushes them to the disk, all with one flush.
    ///
    /// After an error none of them counts. Nothing to write writes nothing.
    pub fn append(&mut self, at: Timestamp, data: &[T]) -> Result<(), LedgerError> {
        if data.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        let (mut seq, mut last) = (self.seq, self.last);
        for item in data {
            seq += 1;
            let start = text.len();
            let line = Line {
                seq,
                at,
                by: Cow::Borrowed(&self.by),
                prev: Cow::Owned(last.to_string()),
                data: item,
            };
            serde_json::to_writer(&mut text, &line)
                .map_err(|error| LedgerError::io("write to", &self.path, error.into()))?;
            last = Hash::of(&text[start..]);
            text.push(b'\n');
        }
        self.write(&text)?;
        self.seq = seq;
        self.last = last;
        self.length += text.len() as u64;
        // The lines are safe already; a head that could not be written merely lags behind.
        self.head_unflushed = self.write_head(false).is_ok();
        Ok(())
    }

    /// The number of lines.
    pub fn lines(&self) -> u64 {
        self.seq
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write(&mut self, text: &[u8]) -> Result<(), LedgerError> {
        let folder = durable::parent(&self.path);
        durable::create_folder(folder)
            .map_err(|error| LedgerError::io("create the folder", folder, error))?;
        let failed = |error| LedgerError::io("write to", &self.path, error);
        // The file is opened anew each time, so that a file put in its place is not missed.
        let mut options = OpenOptions::new();
        options.append(true).create(self.length == 0);
        let mut file = options.open(&self.path).map_err(failed)?;
        let torn = self.torn.as_ref().map_or(0, |torn| torn.bytes);
        if file.metadata().map_err(failed)?.len() != self.length + torn {
            return Err(LedgerError::Moved {
                path: self.path.clone(),
            });
        }
        if let Some(torn) = &self.torn {
            set_aside(&self.path, self.length, &torn.kept_in)
                .and_then(|()| truncate(&self.path, self.length))
                .map_err(|error| {
                    LedgerError::io("move an incomplete line out of", &self.path, error)
                })?;
            self.torn = None;
        }
        let failed = |error| LedgerError::io("write to", &self.path, error);
        let written = file
            .write_all(text)
            .and_then(|()| file.sync_all())
            .and_then(|()| match self.length {
                0 => durable::sync_folder(folder),
                _ => Ok(()),
            });
        written.map_err(|error| {
            // Half a batch must not count later; when even this fails, the next opening sees a torn line.
            let _ = truncate(&self.path, self.length);
            failed(error)
        })
    }
}

impl<T> Chain<T> {
    fn write_head(&self, flush: bool) -> io::Result<()> {
        let head = serde_json::to_vec(&HeadLine {
            seq: self.seq,
            hash: Cow::Owned(self.last.to_string()),
        })?;
        durable::replace(&beside(&self.path, ".head"), &head, flush)
    }
}

impl<T> Drop for Chain<T> {
    fn drop(&mut self) {
        if self.head_unflushed {
            // Nobody is left to be told, and a head that lags behind is tolerated.
            let _ = self.write_head(true);
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a, T> {
    seq: u64,
    at: Timestamp,
    by: Cow<'a, str>,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    data: T,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine<'a> {
    seq: u64,
    hash: Cow<'a, str>,
}

struct Walked<T> {
    records: Vec<Record<T>>,
    last: Hash,
    length: u64,
    verified: Verified,
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn set_aside(path: &Path, from: u64, kept_in: &Path) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let torn = usize::try_from(from)
        .ok()
        .and_then(|from| bytes.get(from..))
        .unwrap_or_default();
    let mut file = OpenOptions::new().append(true).create(true).open(kept_in)?;
    file.write_all(torn)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn truncate(path: &Path, length: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(length)?;
    file.sync_all()
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LedgerError::io("read", path, error)),
    }
}

fn read_head(path: &Path) -> Result<Option<HeadLine<'static>>, LedgerError> {
    let place = beside(path, ".head");
    let Some(bytes) = read(&place)?.filter(|bytes| !bytes.is_empty()) else {
        return Ok(None);
    };
    serde_json::from_slice::<HeadLine<'_>>(&bytes)
        .map(|head| {
            Some(HeadLine {
                seq: head.seq,
                hash: Cow::Owned(head.hash.into_owned()),
            })
        })
        .map_err(|error| LedgerError::Broken {
            path: place,
            line: 1,
            why: format!("it is not the head of a chain ({error})"),
        })
}

fn walk<T: DeserializeOwned>(path: &Path) -> Result<Walked<T>, LedgerError> {
    // The head comes first: whoever appends meanwhile makes the file longer than the head says, never shorter.
    let head = read_head(path)?;
    let bytes = read(path)?.unwrap_or_default();
    let acknowledged = head.as_ref().map_or(0, |head| head.seq);
    let broken = |line: u64, why: String| LedgerError::Broken {
        path: path.to_owned(),
        line,
        why,
    };
    let mut walked = Walked {
        records: Vec::new(),
        last: Hash::of(b""),
        length: 0,
        verified: Verified::default(),
    };
    let mut at_head = None;
    let mut foreign = None;
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
    let mut seq = 0;
    while let Some(line) = lines.next() {
        seq += 1;
        let complete = line.strip_suffix(b"\n");
        let text = complete.unwrap_or(line);
        let parsed = parse::<T>(text);
        let torn = complete.is_none() || (parsed.is_err() && lines.peek().is_none());
        if torn && seq > acknowledged {
            walked.verified.torn = Some(Torn {
                path: path.to_owned(),
                line: seq,
                bytes: line.len() as u64,
                kept_in: beside(path, ".torn"),
            });
            break;
        }
        if complete.is_none() {
            return Err(broken(seq, "its end is missing".to_owned()));
        }
        let parsed = parsed.map_err(|error| broken(seq, format!("it cannot be read ({error})")))?;
        if parsed.seq != seq {
            let found = parsed.seq;
            return Err(broken(
                seq,
                format!("line {found} stands here: lines were dropped, added or moved"),
            ));
        }
        let hash = Hash::of(text);
        if !walked.last.is(&parsed.prev) {
            let confirmed = match lines.peek() {
                Some(next) => follows(next, &hash),
                None => head
                    .as_ref()
                    .is_some_and(|head| head.seq == seq && hash.is(&head.hash)),
            };
            // What follows a line vouches for it: a sound line that does not fit accuses the line before.
            return Err(if confirmed && seq > 1 {
                broken(
                    seq - 1,
                    "it is not what was written: its hash differs from the one in the next line"
                        .to_owned(),
                )
            } else {
                broken(
                    seq,
                    "it does not follow from the line before: the hash differs".to_owned(),
                )
            });
        }
        walked.last = hash;
        walked.length += line.len() as u64;
        walked.verified.lines = seq;
        if seq == acknowledged {
            at_head = Some(hash);
        }
        match parsed.data {
            Ok(data) => walked.records.push(Record {
                seq,
                at: parsed.at,
                by: parsed.by.into_owned(),
                data,
            }),
            Err(error) => foreign = foreign.or(Some((seq, error))),
        }
    }
    let lines = walked.verified.lines;
    walked.verified.head = match head {
        None if lines == 0 => Head::Agrees,
        None => Head::Missing,
        Some(head) => {
            let place = beside(path, ".head");
            match at_head {
                Some(hash) if hash.is(&head.hash) => match head.seq == lines {
                    true => Head::Agrees,
                    false => Head::Behind(head.seq),
                },
                Some(_) => {
                    return Err(broken(
                        head.seq,
                        format!(
                            "it is not what was written: its hash differs from the one in `{}`",
                            place.display()
                        ),
                    ));
                }
                None => {
                    return Err(broken(
                        lines + 1,
                        format!(
                            "the end is missing: `{}` remembers {} lines, {lines} are left (to go on without the lost ones, remove that file)",
                            place.display(),
                            head.seq
                        ),
                    ));
                }
            }
        }
    };
    // Damage explains an unknown entry, so it is told first.
    match foreign {
        None => Ok(walked),
        Some((line, error)) => Err(LedgerError::Foreign {
            path: path.to_owned(),
            line,
            why: error.to_string(),
        }),
    }
}

/// A line, whose payload may be one that this version does not know.
fn parse<'a, T: DeserializeOwned>(
    text: &'a [u8],
) -> Result<Line<'a, Result<T, serde_json::Error>>, serde_json::Error> {
    let error = match serde_json::from_slice::<Line<'a, T>>(text) {
        Ok(line) => return Ok(line.with(Ok)),
        Err(error) => error,
    };
    let line = serde_json::from_slice::<Line<'a, IgnoredAny>>(text)?;
    Ok(line.with(|_| Err(error)))
}

impl<'a, T> Line<'a, T> {
    fn with<U>(self, change: impl FnOnce(T) -> U) -> Line<'a, U> {
        Line {
            seq: self.seq,
            at: self.at,
            by: self.by,
            prev: self.prev,
            data: change(self.data),
        }
    }
}

fn follows(next: &[u8], hash: &Hash) -> bool {
    let text = next.strip_suffix(b"\n").unwrap_or(next);
    serde_json::from_slice::<Line<'_, IgnoredAny>>(text).is_ok_and(|next| hash.is(&next.prev))
}
