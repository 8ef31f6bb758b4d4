//! Rules on people who come and go, and on their seats.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Subject;
use crate::diagnostic::{Code, Severity};
use crate::manifest::check::{Reporter, period, tombstone};
use crate::model::Guards;
use crate::provider::cloudtalk::manifest::BuiltInRole;

/// The users who are there today, and the most who are there on one day from then on.
fn seats_taken(subject: &Subject<'_>) -> (u32, u32, Date) {
    let today = subject.as_of;
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    let mut now: i64 = 0;
    for user in subject.facts.users.iter().filter(|user| user.present) {
        if user.ends.is_some_and(|ends| ends < today) {
            continue;
        }
        match user.starts.filter(|starts| *starts > today) {
            Some(starts) => *changes.entry(starts).or_default() += 1,
            None => now += 1,
        }
        // A seat that is free on the day after the last of all days is not needed any more.
        if let Some(after) = user.ends.and_then(|ends| ends.tomorrow().ok()) {
            *changes.entry(after).or_default() -= 1;
        }
    }
    let (mut most, mut on, mut count) = (now, today, now);
    for (day, change) in changes {
        count += change;
        if count > most {
            (most, on) = (count, day);
        }
    }
    let whole = |count: i64| u32::try_from(count).unwrap_or(0);
    (whole(now), whole(most), on)
}

fn seats_are(count: u32) -> String {
    match count {
        0 => "no seat is".to_owned(),
        1 => "one seat is".to_owned(),
        more => format!("{more} seats are"),
    }
}

/// There is a seat for everybody.
pub(super) fn seats(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let Some((seats, purchased)) = subject
        .facts
        .seats
        .first()
        .and_then(|seats| Some((seats, seats.it.purchased?)))
    else {
        return;
    };
    let (now, most, on) = seats_taken(subject);
    if most <= purchased {
        return;
    }
    let (message, severity) = if now > purchased {
        let message = format!(
            "{now} users are declared, and {} bought",
            seats_are(purchased)
        );
        (message, Severity::Error)
    } else {
        let message = format!(
            "{most} users are declared from {on} on, and {} bought",
            seats_are(purchased)
        );
        (message, Severity::Warning)
    };
    let diagnostic = report
        .at(Code::SeatsExceeded, seats.spot.at("purchased"), message)
        .severity(severity)
        .hint("buy seats under Account > Billing > Seats and raise `seats.purchased`, or declare fewer users");
    report.push(diagnostic);
}

/// An administrator stays.
pub(super) fn last_admin(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let fewest = subject
        .facts
        .policies
        .iter()
        .find_map(|policy| policy.it.guards?.min_admins)
        .unwrap_or(Guards::default().min_admins);
    let mut staying = 0;
    let mut leaving = None;
    for user in &subject.facts.users {
        if user.role.granted() != Some(BuiltInRole::Admin) {
            continue;
        }
        if user.present && user.it.ends_on.is_none() {
            staying += 1;
        } else {
            leaving = Some(user);
        }
    }
    let Some(user) = leaving.filter(|_| staying < fewest) else {
        return;
    };
    let place = if user.present {
        user.spot.at("ends_on")
    } else {
        user.spot.at("state")
    };
    let left = match staying {
        0 => "no declared administrator would be left".to_owned(),
        some => format!("{some} of {fewest} declared administrators would be left"),
    };
    let diagnostic = report
        .at(
            Code::LastAdminRemoved,
            place,
            format!("when `{}` goes, {left}", user.it.email.as_str()),
        )
        .hint("declare another user with the role `admin`, or lower `policy.guards.min_admins`");
    let diagnostic = report.related(diagnostic, user.spot.at("role"), "an administrator by this");
    report.push(diagnostic);
}

/// Whoever goes has a reason, and is not protected.
pub(super) fn tombstones(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for user in &facts.users {
        tombstone("user", user.spot, user.it.standing(), report);
    }
    for group in &facts.groups {
        tombstone("group", group.spot, group.it.standing(), report);
    }
    for number in &facts.numbers {
        tombstone("number", number.spot, number.it.standing(), report);
    }
}

/// Nobody leaves before coming.
pub(super) fn dates(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        if let (Some(starts), Some(ends)) = (user.starts, user.ends) {
            let (first, last) = (user.spot.at("starts_on"), user.spot.at("ends_on"));
            period((starts, first), (ends, last), report);
        }
    }
}
