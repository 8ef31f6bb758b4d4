//! What is said of names that lead nowhere.

use super::{Place, Reporter};
use crate::diagnostic::Code;

/// Tells that something is named which is not declared.
///
/// `one` is what it is called, such as `group`; `meant` is the name that was probably meant.
pub fn unknown(
    code: Code,
    one: &str,
    name: &str,
    place: Place<'_>,
    meant: Option<&str>,
    report: &mut Reporter<'_>,
) {
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("declare it under `{one}s`, or remove the name here"),
    };
    let diagnostic = report
        .at(code, place, format!("the {one} `{name}` is not declared"))
        .hint(hint);
    report.push(diagnostic);
}

/// Tells that something is named which is declared absent.
pub fn absent(one: &str, name: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    let diagnostic = report
        .at(
            Code::ReferenceToAbsent,
            place,
            format!("the {one} `{name}` is declared absent"),
        )
        .hint("name a successor here, or keep it present");
    report.push(diagnostic);
}
