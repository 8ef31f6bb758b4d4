//! Rules on people who come and go, and on their seats.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Subject;
use crate::diagnostic::{Code, Severity};
use crate::manifest::check::{Reporter, period, tombstone};
use crate::manifest::vocabulary::Seats;
use crate::model::Guards;
use crate::provider::batchdialer::facts::UserFacts;
use crate::provider::batchdialer::manifest::Designation;

/// How many users with a seat are there today, and the most on one day from then on.
struct Need {
    now: u32,
    most: u32,
    on: Date,
}

fn need<'f>(users: impl Iterator<Item = &'f UserFacts<'f>>, today: Date) -> Need {
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    let mut now: i64 = 0;
    for user in users {
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
    Need {
        now: whole(now),
        most: whole(most),
        on,
    }
}

/// There is a seat for every agent, and for every administrator who calls.
pub(super) fn seats(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let Some((seats, purchased)) = subject
        .facts
        .seats
        .first()
        .and_then(|seats| Some((seats, seats.it.purchased?)))
    else {
        return;
    };
    let seated = || {
        let present = subject.facts.users.iter().filter(|user| user.present);
        present.filter(|user| user.effective.takes_seat())
    };
    let need = need(seated(), subject.as_of);
    if need.most <= purchased {
        return;
    }
    let callers: Vec<&UserFacts<'_>> = seated()
        .filter(|user| {
            let designation = user.effective.designation.map(|given| given.it);
            designation == Some(Designation::Administrator)
        })
        .collect();
    let when = if need.now > purchased {
        String::new()
    } else {
        format!("from {} on ", need.on)
    };
    let count = need.now.max(if when.is_empty() { 0 } else { need.most });
    let message = format!(
        "{when}{count} seats are needed, one for each agent and each administrator who calls, and {} bought",
        match purchased {
            0 => "no seat is".to_owned(),
            1 => "one seat is".to_owned(),
            more => format!("{more} are"),
        }
    );
    let severity = if when.is_empty() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let diagnostic = report
        .at(Code::SeatsExceeded, seats.spot.at("purchased"), message)
        .severity(severity)
        .hint(ways_out(seats.it, count - purchased, &callers));
    let diagnostic = callers.iter().fold(diagnostic, |diagnostic, caller| {
        match caller.effective.calling {
            Some(calling) => report.related(diagnostic, calling.place, "takes a seat to call"),
            None => diagnostic,
        }
    });
    report.push(diagnostic);
}

/// Both ways to a seat, with what each costs.
fn ways_out(seats: &Seats, missing: u32, callers: &[&UserFacts<'_>]) -> String {
    let price = seats.price_per_month.as_ref().and_then(|price| {
        let total = price.hundredths()?.checked_mul(u64::from(missing))?;
        Some(format!(
            "{}.{:02} {} a month",
            total / 100,
            total % 100,
            price.currency
        ))
    });
    let buy = format!(
        "buy {missing} under Billing, charged at once ({})",
        price
            .as_deref()
            .unwrap_or("`seats.price_per_month` is not declared")
    );
    let freed = callers
        .len()
        .min(usize::try_from(missing).unwrap_or(usize::MAX));
    if freed == 0 {
        return format!("{buy} and raise `seats.purchased`, or declare fewer agents");
    }
    let who: Vec<String> = callers
        .iter()
        .take(freed)
        .map(|user| format!("`{}`", user.it.email.as_str().trim()))
        .collect();
    let free = format!(
        "set `calling: false` for {}, which frees {freed} and costs nothing, when they do not call",
        who.join(", ")
    );
    if freed < missing as usize {
        return format!("{free}; and {buy} for the rest, and raise `seats.purchased`");
    }
    format!("the cheaper way: {free}; or {buy}, and raise `seats.purchased`")
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
        let Some(designation) = user.effective.designation else {
            continue;
        };
        if designation.it != Designation::Administrator {
            continue;
        }
        if user.present && user.it.ends_on.is_none() {
            staying += 1;
        } else {
            leaving = Some((user, designation));
        }
    }
    let Some((user, designation)) = leaving.filter(|_| staying < fewest) else {
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
        .hint("declare another administrator, or lower `policy.guards.min_admins`");
    let diagnostic = report.related(diagnostic, designation.place, "an administrator by this");
    report.push(diagnostic);
}

/// Whatever goes has a reason, and is not protected.
pub(super) fn tombstones(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    for user in &facts.users {
        tombstone("user", user.spot, user.it.standing(), report);
    }
    for group in &facts.groups {
        tombstone("group", group.spot, group.it.standing(), report);
    }
    for status in &facts.statuses {
        tombstone("agent status", status.spot, status.it.standing(), report);
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
