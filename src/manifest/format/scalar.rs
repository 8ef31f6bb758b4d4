//! How scalars are written: with quotes or without.

/// What a plain scalar may be read as, by YAML 1.1 or 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Text and nothing else.
    Text,
    /// Digits that begin with `+` or `0`, which a reader may take for a number, and lose what they begin with.
    Phone,
    /// Perhaps a number, a boolean, null or a date.
    Other,
}

const WORDS: &[&str] = &[
    "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=",
];

pub(super) fn reading(text: &str) -> Reading {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text
        .strip_prefix('+')
        .is_some_and(|rest| rest.len() > 4 && digits(rest))
        || (text.len() > 5 && text.starts_with('0') && digits(text))
    {
        return Reading::Phone;
    }
    let begins_as_number = text.starts_with(|c: char| c.is_ascii_digit())
        || (text.starts_with(['+', '-', '.']) && text.len() > 1);
    if begins_as_number || WORDS.contains(&text.to_ascii_lowercase().as_str()) {
        // A date, an address, a range: only plain words are sure to be text.
        return Reading::Other;
    }
    Reading::Text
}

/// Whether a text can stand without quotes, anywhere: as key or value, in brackets or not.
pub(in crate::manifest) fn plain(text: &str) -> bool {
    let inner = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '@' | '/' | '+' | '(' | ')')
    };
    reading(text) == Reading::Text
        && text.starts_with(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.chars().all(inner)
}

/// The canonical form of a scalar that stands in quotes on one line; `raw` has the quotes.
pub(super) fn quoted(raw: &str, value: &str) -> String {
    if plain(value) {
        return value.to_owned();
    }
    let simple = |c: char| {
        !c.is_control()
            && !matches!(
                c,
                '"' | '\\' | '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
    };
    if raw.starts_with('\'') && value.chars().all(simple) {
        return format!("\"{value}\"");
    }
    raw.to_owned()
}

/// A text as a scalar on one line, in quotes where it needs them.
pub(in crate::manifest) fn written(text: &str) -> String {
    if plain(text) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for c in text.chars() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                result.push_str(&format!("\\u{:04X}", c as u32));
            }
            c => result.push(c),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_text_stands_without_quotes() {
        for text in [
            "Ada",
            "Ľuboš Novák",
            "ada@acme.example",
            "Sales EU",
            "own messages",
            "a-b_c.d/e",
        ] {
            assert!(plain(text), "{text}");
        }
        for text in [
            "",
            "no",
            "Yes",
            "NULL",
            "1001",
            "+421220510801",
            "0901",
            "2026-11-21",
            "1e3",
            "a: b",
            "a #b",
            "-x",
            "*a",
            "a,b",
            "[a",
            " a",
            "a ",
            "10.0.0.1",
            "~",
            "<<",
            "a\nb",
            "#3366cc",
        ] {
            assert!(!plain(text), "{text}");
        }
    }

    #[test]
    fn quotes_are_double_and_escapes_stay() {
        for (raw, value, result) in [
            ("'Ada'", "Ada", "Ada"),
            ("'1001'", "1001", "\"1001\""),
            ("\"+421220510801\"", "+421220510801", "\"+421220510801\""),
            ("'say \"hi\"'", "say \"hi\"", "'say \"hi\"'"),
            ("\"\\u202e!\"", "\u{202e}!", "\"\\u202e!\""),
        ] {
            assert_eq!(quoted(raw, value), result, "{raw}");
        }
    }
}
