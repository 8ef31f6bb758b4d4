//! Making foreign text harmless to show.
//!
//! Names and excerpts come from files and from accounts. A terminal must not obey them (escape
//! sequences), and nobody must be misled by them (bidirectional and invisible characters).

use std::borrow::Cow;

/// The text with every control, bidirectional and invisible character replaced by a visible one.
///
/// Tabs and line feeds are control characters here; U+200D is left, as emoji need it.
pub fn inert(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| visible(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_inert(&mut result, c);
    }
    Cow::Owned(result)
}

/// Adds one character, made visible and harmless.
pub(super) fn push_inert(result: &mut String, c: char) {
    match visible(c) {
        None => result.push(c),
        Some(Visible::Picture(picture)) => result.push(picture),
        Some(Visible::Number) => {
            result.push_str(&format!("<U+{:04X}>", c as u32));
        }
    }
}

enum Visible {
    Picture(char),
    Number,
}

fn visible(c: char) -> Option<Visible> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).map(Visible::Picture),
        '\x7f' => Some(Visible::Picture('␡')),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(Visible::Number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_become_visible_and_other_text_stays() {
        for (text, shown) in [
            ("Ľuboš 東京 👩‍💻", "Ľuboš 東京 👩‍💻"),
            ("\x1b[31mred", "␛[31mred"),
            ("a\nb\tc\r", "a␊b␉c␍"),
            ("x\u{202e}y", "x<U+202E>y"),
            ("\u{9b}2J\u{7f}", "<U+009B>2J␡"),
        ] {
            assert_eq!(inert(text), shown);
        }
    }
}
