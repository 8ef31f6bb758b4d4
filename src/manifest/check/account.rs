//! Checks of what every account has.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::tz::TimeZone;

use super::{Place, Reporter, Spot};
use crate::diagnostic::Code;
use crate::manifest::vocabulary::{PasswordSource, SecretSource};
use crate::model::SecretRef;

/// Checks that the tz database has a time zone.
pub fn time_zone(name: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    if TimeZone::get(name).is_ok() && name.contains(['/', 'U', 'G']) {
        return;
    }
    let known: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .collect();
    let meant = report.suggest(name, known.iter().map(String::as_str));
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "give an IANA name, such as `Europe/Bratislava`".to_owned(),
    };
    let diagnostic = report
        .at(
            Code::InvalidTimeZone,
            place,
            format!("there is no time zone `{name}`"),
        )
        .hint(hint);
    report.push(diagnostic);
}

/// Checks that an API address is one, and that credentials go over it encrypted or stay on this computer.
///
/// `vendor` is the vendor's own address, for hints.
pub fn api_url(url: &str, vendor: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    let (secure, rest) = if let Some(rest) = url.strip_prefix("https://") {
        (true, rest)
    } else if let Some(rest) = url.strip_prefix("http://") {
        (false, rest)
    } else {
        let diagnostic = report
            .at(
                Code::BadValue,
                place,
                format!("the API address `{url}` does not begin with `https://`"),
            )
            .hint(format!("give the whole address, such as `{vendor}`"));
        return report.push(diagnostic);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        let diagnostic = report
            .at(Code::BadValue, place, "the API address holds credentials")
            .hint("remove what stands before `@`, and name secrets under `account.credentials`");
        return report.push(diagnostic);
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let diagnostic = report
            .at(
                Code::BadValue,
                place,
                format!("the API address `{url}` names no host"),
            )
            .hint(format!("give the whole address, such as `{vendor}`"));
        return report.push(diagnostic);
    }
    if rest.contains(['?', '#']) {
        let diagnostic = report
            .at(
                Code::BadValue,
                place,
                format!("the API address `{url}` holds a query or a fragment"),
            )
            .hint("leave out what begins with `?` or `#`: paths are added to the address");
        return report.push(diagnostic);
    }
    let loopback = host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback());
    if !secure && !loopback {
        let diagnostic = report
            .at(
                Code::InsecureApiUrl,
                place,
                format!("the API address would send credentials to `{host}` unencrypted"),
            )
            .hint("begin it with `https://`; plain http is for this computer only");
        report.push(diagnostic);
    }
}

/// Checks that the ledger is kept in a folder: no store of objects is reached.
pub fn ledger(named: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    if !named.contains("://") {
        return;
    }
    let diagnostic = report
        .at(
            Code::BadValue,
            place,
            format!("the ledger `{named}` is no folder: it is kept on a file system only"),
        )
        .hint("name a folder, relative to the account's; or leave `ledger` out for `.seatwright`");
    report.push(diagnostic);
}

/// Checks a secret that is named, and hands out the reference.
pub fn secret(
    source: &SecretSource,
    place: Place<'_>,
    report: &mut Reporter<'_>,
) -> Option<SecretRef> {
    match source.reference() {
        Ok(reference) => Some(reference),
        Err(wrong) => {
            let diagnostic = report
                .at(
                    Code::InvalidPasswordRule,
                    place,
                    format!("the reference to a secret {wrong}"),
                )
                .hint("write `{env: NAME}`, `{file: PATH}` or `{command: [PROGRAM, ARGUMENT]}`")
                .confidential();
            report.push(diagnostic);
            None
        }
    }
}

/// Checks where a new user's password comes from, and hands out the reference.
pub fn password(
    source: &PasswordSource,
    place: Place<'_>,
    report: &mut Reporter<'_>,
) -> Option<SecretRef> {
    match source.reference() {
        Ok(reference) => Some(reference),
        Err(wrong) => {
            // The text is not repeated: it may well be a password.
            let diagnostic = report
                .at(Code::InvalidPasswordRule, place, format!("the password {wrong}"))
                .hint("write `generate`, `{env: NAME}`, `{file: PATH}` or `{command: [PROGRAM]}`; passwords never stand in manifests")
                .confidential();
            report.push(diagnostic);
            None
        }
    }
}

/// Checks that what is no list stands in one document only.
///
/// `spots` are all places of the section `name`; `hint` says what adds up.
pub fn section<'a>(
    name: &str,
    mut spots: impl Iterator<Item = Spot<'a>>,
    hint: &str,
    report: &mut Reporter<'_>,
) {
    let Some(first) = spots.next() else {
        return;
    };
    for other in spots {
        let diagnostic = report
            .at_key(
                Code::DuplicateKey,
                other.whole(),
                format!("`{name}` stands in two documents of the account"),
            )
            .hint(hint);
        let diagnostic = match report.key(first.whole()) {
            Some(span) => diagnostic.related(span, "also here"),
            None => diagnostic,
        };
        report.push(diagnostic);
    }
}
