//! Reads the crate's own sources well enough to hold rules over them: comments and test code taken out, paths found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One file of the sources.
pub(crate) struct RustFile {
    /// The path from the root of the package, with `/`.
    pub(crate) path: String,
    /// The text as it stands.
    pub(crate) text: String,
    /// The text without comments and without test code; what is left stands in the same lines.
    pub(crate) code: String,
    /// The same, and without what stands between quotes.
    pub(crate) bare: String,
}

impl RustFile {
    fn new(path: String, text: String) -> Self {
        let code = without_tests(&blanked(&text, false), &blanked(&text, true));
        let bare = without_tests(&blanked(&text, true), &blanked(&text, true));
        Self {
            path,
            text,
            code,
            bare,
        }
    }

    /// The module below `src` that the file belongs to, such as `plan`; empty for `lib.rs`.
    pub(crate) fn module(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or_default();
        below.split_once('/').map_or("", |(module, _)| module)
    }

    /// The places of a text in the code, as `path:line`. A name counts whole only.
    pub(crate) fn places(&self, wanted: &str) -> Vec<String> {
        let lines = self.bare.lines().enumerate();
        lines
            .filter(|(_, line)| holds(line, wanted))
            .map(|(index, _)| format!("{}:{}", self.path, index + 1))
            .collect()
    }

    /// The modules of the crate that the code names, each with a place: `crate::x`, `super` upwards, `use crate::{x, y}`.
    pub(crate) fn modules_used(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for root in ["crate", "seatwright"] {
            for (at, _) in self.bare.match_indices(root) {
                let before = self.bare[..at].chars().next_back();
                if before.is_some_and(is_name) {
                    continue;
                }
                self.collect(at + root.len(), &mut found);
            }
        }
        let climbs = "super::".repeat(self.depth());
        for (at, _) in self.bare.match_indices(&climbs) {
            let before = self.bare[..at].chars().next_back();
            if !climbs.is_empty() && !before.is_some_and(is_name) {
                self.collect(at + climbs.len() - 2, &mut found);
            }
        }
        found
    }

    /// How many `super` lead from the file to the crate.
    fn depth(&self) -> usize {
        let below = self.path.strip_prefix("src/").unwrap_or_default();
        let below = below.trim_end_matches(".rs").trim_end_matches("/mod");
        below.split('/').filter(|part| !part.is_empty()).count()
    }

    fn collect(&self, at: usize, found: &mut BTreeSet<(String, String)>) {
        let Some(rest) = self.bare[at..].strip_prefix("::") else {
            return;
        };
        let line = self.bare[..at].lines().count();
        let place = format!("{}:{line}", self.path);
        let mut push = |name: &str| {
            if name.starts_with(|first: char| first.is_ascii_lowercase()) && name != "self" {
                found.insert((name.to_owned(), place.clone()));
            }
        };
        let Some(list) = rest.strip_prefix('{') else {
            push(rest.split(|it| !is_name(it)).next().unwrap_or_default());
            return;
        };
        let mut depth = 0;
        let mut name = String::new();
        let mut open = true;
        for it in list.chars() {
            match it {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    push(&name);
                    name.clear();
                    open = true;
                }
                it if depth == 0 && open && is_name(it) => name.push(it),
                it if it.is_whitespace() && name.is_empty() => {}
                _ => open = false,
            }
        }
        push(&name);
    }
}

fn is_name(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

fn holds(line: &str, wanted: &str) -> bool {
    line.match_indices(wanted).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + wanted.len()..].chars().next();
        let first = wanted.chars().next().is_some_and(is_name);
        let last = wanted.chars().next_back().is_some_and(is_name);
        !(first && before.is_some_and(is_name) || last && after.is_some_and(is_name))
    })
}

/// Every Rust file below a folder of the package that is no test, in order.
pub(crate) fn sources(folder: &str) -> Vec<RustFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<RustFile> = all(folder)
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(root.join(&path)).unwrap();
            RustFile::new(path, text)
        })
        .collect();
    let tests: BTreeSet<String> = files.iter().flat_map(test_modules).collect();
    files.retain(|file| {
        let module = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        !tests
            .iter()
            .any(|test| module == test || module.starts_with(&format!("{test}/")))
    });
    files
}

/// Every Rust file below a folder of the package, tests as well, in order.
pub(crate) fn all(folder: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root).unwrap();
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                paths.push(parts.join("/"));
            }
        }
    }
    paths.sort();
    paths
}

/// The modules in files of their own that a file declares for tests only, as paths without `.rs`.
fn test_modules(file: &RustFile) -> Vec<String> {
    let bare = blanked(&file.text, true);
    let folder = match file.path.rsplit_once('/') {
        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder.to_owned(),
        _ => file.path.trim_end_matches(".rs").to_owned(),
    };
    let whole = bare.trim_start().starts_with("#![cfg(test)]");
    let mut modules: Vec<String> = tested(&bare)
        .filter_map(|(start, end)| {
            let (_, name) = bare[start..end].rsplit_once("mod ")?;
            Some(format!("{folder}/{}", name.strip_suffix(';')?.trim()))
        })
        .collect();
    if whole {
        modules.push(file.path.trim_end_matches(".rs").to_owned());
    }
    modules
}

/// Where items begin and end that are compiled for tests only.
fn tested(bare: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    bare.match_indices("#[cfg(test)]").map(|(start, mark)| {
        let mut depth = 0_usize;
        let mut end = bare.len();
        for (at, it) in bare[start + mark.len()..].char_indices() {
            let at = start + mark.len() + at + it.len_utf8();
            match it {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(it, '}' | ';') {
                end = at;
                break;
            }
        }
        (start, end)
    })
}

fn without_tests(text: &str, bare: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (start, end) in tested(bare) {
        for byte in &mut bytes[start..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The text with comments, and when asked with what stands between quotes, turned into blanks of the same length.
fn blanked(text: &str, quotes: bool) -> String {
    let bytes = text.as_bytes();
    let mut kept = bytes.to_vec();
    let mut blank = |from: usize, to: usize| {
        for byte in &mut kept[from..to] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let find = |from: usize, what: &str| text[from..].find(what).map(|at| from + at);
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let named = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        if rest.starts_with(b"//") {
            let end = find(at, "\n").unwrap_or(bytes.len());
            blank(at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = find(at, "*/").map_or(bytes.len(), |end| end + 2);
            blank(at, end);
            at = end;
        } else if !named
            && (rest.starts_with(b"r\"") || rest.starts_with(b"r#") || rest.starts_with(b"br"))
        {
            let hashes = rest.iter().skip_while(|it| **it != b'#' && **it != b'"');
            let hashes = hashes.take_while(|it| **it == b'#').count();
            let prefix = if rest[0] == b'b' { 2 } else { 1 };
            if rest.get(prefix + hashes) != Some(&b'"') || (prefix == 2 && rest[1] != b'r') {
                at += 1;
                continue;
            }
            let from = at + prefix + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = find(from, &close).unwrap_or(bytes.len());
            if quotes {
                blank(from, end);
            }
            at = (end + close.len()).min(bytes.len());
        } else if rest[0] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            let end = end.min(bytes.len());
            if quotes {
                blank(at + 1, end);
            }
            at = end + 1;
        } else if rest[0] == b'\'' {
            // A character, and not a lifetime: it is closed within a few bytes.
            let escaped = rest.get(1) == Some(&b'\\');
            let length = text[at + 1..].chars().next().map_or(1, char::len_utf8);
            if escaped {
                let end = find(at + 3, "'").map_or(bytes.len(), |end| end + 1);
                blank(at, end);
                at = end;
            } else if bytes.get(at + 1 + length) == Some(&b'\'') {
                blank(at, at + length + 2);
                at += length + 2;
            } else {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
    String::from_utf8(kept).unwrap()
}

#[test]
fn comments_quotes_and_tests_are_taken_out_and_lines_stay() {
    let text = r##"//! crate::a
use crate::{b, c::{d, e}, F};
const S: &str = "crate::g \" crate::h";
const R: &str = r#"crate::i""#; const C: char = '"'; fn f<'a>(x: &'a str) {}
#[cfg(test)]
mod tests { use crate::j; }
#[cfg(test)]
mod sample;
fn g() { super::super::k::l(); crate::m::n() }
"##;
    let file = RustFile::new("src/x/y.rs".to_owned(), text.to_owned());
    assert_eq!(file.code.lines().count(), text.lines().count());
    let used: Vec<(String, String)> = file.modules_used().into_iter().collect();
    let used: Vec<(&str, &str)> = used
        .iter()
        .map(|(name, place)| (name.as_str(), place.as_str()))
        .collect();
    assert_eq!(
        used,
        [
            ("b", "src/x/y.rs:2"),
            ("c", "src/x/y.rs:2"),
            ("k", "src/x/y.rs:9"),
            ("m", "src/x/y.rs:9"),
        ]
    );
    assert!(file.code.contains("crate::g"));
    assert_eq!(test_modules(&file), ["src/x/y/sample"]);
}
