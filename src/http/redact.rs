//! Keeps credentials out of everything that a person or a log may see.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

/// What stands in a text where a secret was.
const MARK: &str = "[redacted]";

/// The longest excerpt, in characters.
const EXCERPT_CHARS: usize = 200;

/// Replaces every occurrence of every secret in `text`.
///
/// The escaped forms in which a server may echo a value (JSON, URL, HTML) are found too. Secrets that overlap in the
/// text are replaced together, so that no tail of one of them is left. Empty secrets are ignored.
pub fn redact(text: &str, secrets: &[SecretString]) -> String {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for needle in secrets
        .iter()
        .flat_map(|secret| spellings(secret.expose_secret()))
    {
        let mut from = 0;
        while let Some(at) = text[from..].find(&needle) {
            let start = from + at;
            found.push((start, start + needle.len()));
            // One character on, not one needle: `aa` occurs twice in `aaa`.
            from = start + text[start..].chars().next().map_or(1, char::len_utf8);
        }
    }
    found.sort_unstable();

    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in found {
        if start >= done {
            out.push_str(&text[done..start]);
            out.push_str(MARK);
        }
        done = done.max(end);
    }
    out.push_str(&text[done..]);
    out
}

/// A short, printable, redacted beginning of a body, for error messages.
///
/// At most 200 characters; bytes that are not UTF-8 become `U+FFFD`; control and direction characters are escaped,
/// so that a body cannot drive the reader's terminal.
pub fn excerpt(body: &[u8], secrets: &[SecretString]) -> String {
    let longest = secrets
        .iter()
        .flat_map(|secret| spellings(secret.expose_secret()))
        .map(|s| s.len())
        .max()
        .unwrap_or(0);
    let window = (EXCERPT_CHARS * 8)
        .saturating_add(longest.saturating_mul(4))
        .min(body.len());
    let mut text = redact(&String::from_utf8_lossy(&body[..window]), secrets);
    if window < body.len() {
        // The window may end within a secret, which redaction then does not recognise.
        let mut keep = text.len().saturating_sub(longest.max(4));
        while !text.is_char_boundary(keep) {
            keep -= 1;
        }
        text.truncate(keep);
    }
    shorten(text.trim(), window < body.len())
}

/// Escapes `text` and cuts it to the length of an excerpt.
fn shorten(text: &str, more_follows: bool) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut cut = more_follows;
    for c in text.chars() {
        let shown: String = if needs_escape(c) {
            c.escape_default().collect()
        } else {
            c.to_string()
        };
        let chars = shown.chars().count();
        if length + chars > EXCERPT_CHARS - 1 {
            cut = true;
            break;
        }
        out.push_str(&shown);
        length += chars;
    }
    if cut {
        out.push('…');
    }
    out
}

/// True for characters that a terminal acts on instead of showing them.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The ways in which a server may spell a value that it echoes.
fn spellings(secret: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    if secret.is_empty() {
        return all;
    }
    all.insert(secret.to_owned());
    let json: String = serde_json::Value::from(secret).to_string();
    let json = json.trim_start_matches('"');
    let json = json.strip_suffix('"').unwrap_or(json);
    // PHP escapes the slash and everything that is not ASCII.
    let php = json.replace('/', "\\/");
    let mut ascii = String::new();
    for c in php.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    let mut url = String::new();
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    for spelling in [
        json.to_owned(),
        php,
        ascii,
        url.replace("%20", "+"),
        url,
        html.replace('\'', "&#039;"),
        html,
    ] {
        if !spelling.is_empty() {
            all.insert(spelling);
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secrets(list: &[&str]) -> Vec<SecretString> {
        list.iter().map(|s| SecretString::from(*s)).collect()
    }

    #[test]
    fn replaces_each_occurrence_and_keeps_the_rest() {
        assert_eq!(
            redact("a hunter2 b hunter2", &secrets(&["hunter2"])),
            "a [redacted] b [redacted]"
        );
        assert_eq!(
            redact("ada@acme.example", &secrets(&[""])),
            "ada@acme.example"
        );
    }

    #[test]
    fn replaces_overlapping_and_nested_secrets_without_a_rest() {
        assert_eq!(
            redact("xabcdefx", &secrets(&["abcd", "cdef"])),
            "x[redacted]x"
        );
        assert_eq!(
            redact("xabcdefx", &secrets(&["cd", "abcdef"])),
            "x[redacted]x"
        );
        assert_eq!(redact("aaa", &secrets(&["aa"])), "[redacted]");
    }

    #[test]
    fn finds_the_escaped_forms_that_servers_echo() {
        let list = secrets(&["pä/s\"s&d e"]);
        for echo in [
            r#"{"pass":"pä/s\"s&d e"}"#,
            r#"{"pass":"pä\/s\"s&d e"}"#,
            r#"{"pass":"p\u00e4\/s\"s&d e"}"#,
            "?pass=p%C3%A4%2Fs%22s%26d%20e",
            "?pass=p%C3%A4%2Fs%22s%26d+e",
            "<b>pä/s&quot;s&amp;d e</b>",
        ] {
            let shown = redact(echo, &list);
            assert!(shown.contains(MARK), "{echo} gave {shown}");
            assert!(
                !shown.contains("d e") && !shown.contains("d+e") && !shown.contains("d%20e"),
                "{shown}"
            );
        }
    }

    #[test]
    fn an_excerpt_is_short_printable_and_valid() {
        let shown = excerpt(b"one\ntwo\x1b[31m\xff\xe2\x80\xae!", &[]);
        assert_eq!(shown, "one\\ntwo\\u{1b}[31m\u{FFFD}\\u{202e}!");
        let long = excerpt("é".repeat(5000).as_bytes(), &[]);
        assert_eq!(long.chars().count(), 200);
        assert!(long.ends_with('…'));
        assert_eq!(excerpt(b"   ", &[]), "");
    }

    #[test]
    fn an_excerpt_never_shows_a_secret_that_the_window_cuts() {
        let token = "T0k3n".repeat(500);
        let body = token.repeat(12);
        let shown = excerpt(body.as_bytes(), &secrets(&[&token]));
        assert!(!shown.contains("T0k3n"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_secret_survives_whatever_surrounds_it(
            before in "\\PC{0,300}", secret in "[!-~]{6,40}", after in "\\PC{0,300}",
        ) {
            let list = [SecretString::from(secret.clone())];
            let body = format!("{before}{secret}{after}{secret}");
            prop_assert!(!redact(&body, &list).contains(&secret));
            let shown = excerpt(body.as_bytes(), &list);
            prop_assert!(!shown.contains(&secret));
            prop_assert!(shown.chars().count() <= 200);
        }
    }
}
