//! Checks of single values.

use jiff::civil::Date;

use super::{Place, Reporter, Spot};
use crate::diagnostic::Code;
use crate::manifest::vocabulary::{NameText, PhoneText};
use crate::model::{Email, PhoneNumber};

/// Reads an e-mail address, or tells that it is none.
pub fn email(text: &str, place: Place<'_>, report: &mut Reporter<'_>) -> Option<Email> {
    let email = Email::parse(text);
    match &email {
        None => {
            let diagnostic = report
                .at(
                    Code::InvalidEmail,
                    place,
                    format!("`{}` is not an e-mail address", plain(text)),
                )
                .hint("write it as `name@company.example`");
            report.push(diagnostic);
        }
        Some(_) if text.trim() != text => blanks(text, place, report),
        Some(_) => suspicious(text, place, report),
    }
    email
}

/// Reads a phone number, or tells that it is none.
pub fn phone(text: &str, place: Place<'_>, report: &mut Reporter<'_>) -> Option<PhoneNumber> {
    let number = PhoneNumber::parse(text);
    if number.is_none() {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let meant = match text.trim_start().strip_prefix("00") {
            Some(_) => PhoneNumber::from_live(&digits[2.min(digits.len())..]),
            None => PhoneNumber::from_live(&digits),
        };
        let hint = match meant {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "write it in E.164 form and in quotes, such as \"+421220510801\"".to_owned(),
        };
        let diagnostic = report
            .at(
                Code::InvalidNumber,
                place,
                format!("`{}` is not a phone number in E.164 form", plain(text)),
            )
            .hint(hint);
        report.push(diagnostic);
    }
    number
}

/// Reads a day, or tells that it is none.
pub fn day(text: &str, place: Place<'_>, report: &mut Reporter<'_>) -> Option<Date> {
    let day = strict_day(text);
    if day.is_none() {
        let diagnostic = report
            .at(
                Code::InvalidDate,
                place,
                format!("`{}` is not a day of the calendar", plain(text)),
            )
            .hint("write it as `2026-12-31`");
        report.push(diagnostic);
    }
    day
}

/// A day in the one form that manifests have.
fn strict_day(text: &str) -> Option<Date> {
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    form.then(|| text.parse().ok()).flatten()
}

/// Tells that a last day lies before the first.
pub fn period(
    (starts, start_place): (Date, Place<'_>),
    (ends, end_place): (Date, Place<'_>),
    report: &mut Reporter<'_>,
) {
    if ends < starts {
        let diagnostic = report
            .at(
                Code::DateOrder,
                end_place,
                format!("the last day, {ends}, lies before the first, {starts}"),
            )
            .hint("swap the two days, or remove one");
        let diagnostic = report.related(diagnostic, start_place, "the first day");
        report.push(diagnostic);
    }
}

/// Checks a name that people read: it is not empty, has no blanks around it, and hides nothing.
pub fn readable(text: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    if text.trim().is_empty() {
        let diagnostic = report
            .at(Code::BadValue, place, "the text is empty")
            .hint("write something, or remove the key: what is left out is not managed");
        report.push(diagnostic);
    } else if text.trim() != text {
        blanks(text, place, report);
    } else {
        suspicious(text, place, report);
    }
}

/// Checks a name that may be left out; see [`readable`].
pub fn name(text: &Option<NameText>, spot: Spot<'_>, below: &str, report: &mut Reporter<'_>) {
    if let Some(text) = text.as_ref().filter(|text| !is_plain(text.as_str())) {
        readable(text.as_str(), spot.at(below), report);
    }
}

/// Checks a list of phone numbers that may be left out; see [`phone`].
pub fn phones(
    numbers: &Option<Vec<PhoneText>>,
    spot: Spot<'_>,
    below: &str,
    report: &mut Reporter<'_>,
) {
    for (index, number) in numbers.iter().flatten().enumerate() {
        if PhoneNumber::parse(number.as_str()).is_none() {
            phone(number.as_str(), spot.at(below).nth(index), report);
        }
    }
}

/// Whether a text is so plain that nothing can be said against it; saves looking up its place.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| (0x20..0x7f).contains(byte))
        && bytes.first().is_some_and(|byte| *byte != b' ')
        && bytes.last().is_some_and(|byte| *byte != b' ')
}

fn blanks(text: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    let diagnostic = report
        .at(
            Code::WhitespaceInValue,
            place,
            format!("`{}` begins or ends with white space", plain(text)),
        )
        .hint("remove the white space inside the quotes");
    report.push(diagnostic);
}

/// Warns of characters that cannot be seen, or that turn the direction of writing.
pub fn suspicious(text: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    // Nearly every text is plain ASCII without control characters.
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return;
    }
    if let Some(found) = text.chars().find(|c| unseen(*c)) {
        let diagnostic = report
            .at(
                Code::SuspiciousCharacter,
                place,
                format!(
                    "`{}` holds the invisible character U+{:04X}",
                    plain(text),
                    u32::from(found)
                ),
            )
            .hint("type the text anew; such characters come with copied text, and make two names look alike");
        report.push(diagnostic);
    }
}

fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// The text without what would disturb a terminal, cut when it is long.
fn plain(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(80)
        .map(|c| if unseen(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(80).is_some() {
        shown.push('…');
    }
    shown
}
