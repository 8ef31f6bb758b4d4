//! Where a file lies, for programs that look from the working folder.

use std::path::{Component, Path};

use crate::source::SourceFile;

/// The path relative to `base` where it lies below it, with `/` between the parts; a text from memory has its name.
pub(super) fn path(file: &SourceFile, base: &Path) -> String {
    let Some(origin) = file.origin() else {
        return file.shown().to_owned();
    };
    let below = origin.strip_prefix(base).unwrap_or(origin);
    let mut parts: Vec<String> = Vec::new();
    for component in below.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            Component::RootDir => parts.push(String::new()),
            Component::Prefix(_) | Component::ParentDir | Component::Normal(_) => {
                parts.push(component.as_os_str().to_string_lossy().into_owned());
            }
        }
    }
    parts.join("/")
}

/// The path as a URI reference (RFC 3986): relative, or with the scheme `file` where the path is absolute.
pub(super) fn uri(file: &SourceFile, base: &Path) -> String {
    let path = path(file, base);
    let mut uri = String::with_capacity(path.len() + 7);
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    let first = path.split('/').next().unwrap_or_default().len();
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            // In the first part of a relative reference it would look like a scheme.
            b':' if at > first => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn uris_are_relative_to_the_working_folder_and_escaped() {
        let folder = tempfile::tempdir().unwrap();
        let name = "päople & co/a:b%.yaml";
        let full = folder.path().join(name);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(&full, "").unwrap();
        let mut sources = Sources::new();
        let file = sources.load(&full).files[0];
        let file = sources.file(file);
        assert_eq!(path(file, folder.path()), name);
        assert_eq!(
            uri(file, folder.path()),
            "p%C3%A4ople%20%26%20co/a:b%25.yaml"
        );
        let elsewhere = uri(file, Path::new("/nowhere"));
        assert!(elsewhere.starts_with("file:///"), "{elsewhere}");
        let dotted = folder.path().join("./x/../päople & co/a:b%.yaml");
        std::fs::create_dir_all(folder.path().join("x")).unwrap();
        let file = sources.load(&dotted).files[0];
        assert_eq!(path(sources.file(file), folder.path()), name);
        let memory = sources.add("-", "").unwrap();
        assert_eq!(uri(sources.file(memory), folder.path()), "-");
    }
}
