//! Rules on single values.

use std::ops::RangeInclusive;

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{
    Place, Reporter, Spot, day, email, is_plain, name, readable, suspicious,
};
use crate::manifest::vocabulary::NameText;
use crate::provider::batchdialer::manifest::TenDigits;

/// The characters that a name of a group or an agent status may have (vendor's test suite, 2023-06).
const NAME_LENGTH: RangeInclusive<usize> = 3..=15;

/// The values of users are well formed.
pub(super) fn users(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        let (it, spot) = (user.it, user.spot);
        if user.email.is_none() || !is_plain(it.email.as_str()) {
            email(it.email.as_str(), spot.at("email"), report);
        }
        if let Some(former) = &it.previously {
            email(former.as_str(), spot.at("previously"), report);
        }
        name(&it.first_name, spot, "first_name", report);
        name(&it.last_name, spot, "last_name", report);
        if let Some(phone) = &it.phone {
            ten_digits(phone, spot.at("phone"), report);
        }
        if let Some(reason) = it.reason.as_deref().filter(|reason| !is_plain(reason)) {
            suspicious(reason, spot.at("reason"), report);
        }
        for (text, below) in [(&it.starts_on, "starts_on"), (&it.ends_on, "ends_on")] {
            if let Some(text) = text {
                day(text.as_str(), spot.at(below), report);
            }
        }
        let common = Common {
            server_location: &it.server_location,
            campaigns: &it.campaigns,
        };
        common.check(spot, report);
    }
}

/// The values of profiles are well formed.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for (_, role) in &subject.facts.roles {
        let common = Common {
            server_location: &role.it.server_location,
            campaigns: &role.it.campaigns,
        };
        common.check(role.spot, report);
    }
}

/// What users and profiles have in common.
struct Common<'a> {
    server_location: &'a Option<NameText>,
    campaigns: &'a Option<Vec<NameText>>,
}

impl Common<'_> {
    fn check(&self, spot: Spot<'_>, report: &mut Reporter<'_>) {
        name(self.server_location, spot, "server_location", report);
        for (index, campaign) in self.campaigns.iter().flatten().enumerate() {
            if !is_plain(campaign.as_str()) {
                readable(campaign.as_str(), spot.at("campaigns").nth(index), report);
            }
        }
    }
}

fn ten_digits(phone: &TenDigits, place: Place<'_>, report: &mut Reporter<'_>) {
    if phone.is_valid() {
        return;
    }
    let digits: String = phone
        .as_str()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let national = match digits.len() {
        11 => digits.strip_prefix('1'),
        10 => Some(digits.as_str()),
        _ => None,
    };
    let hint = match national {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "give ten digits in quotes, such as \"5550101234\"; for somebody overseas any ten digits will do".to_owned(),
    };
    let diagnostic = report
        .at(
            Code::InvalidPhone,
            place,
            "the form takes a phone number of ten digits, without `+`, blanks and dashes",
        )
        .hint(hint);
    report.push(diagnostic);
}

/// The names of groups are such as the service takes.
pub(super) fn groups(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for group in &subject.facts.groups {
        let it = group.it;
        short_name("group", &it.name, group.spot, report);
        name(&it.previously, group.spot, "previously", report);
    }
}

/// The names of agent statuses are such as the service takes.
pub(super) fn statuses(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for status in &subject.facts.statuses {
        let it = status.it;
        short_name("agent status", &it.name, status.spot, report);
        name(&it.previously, status.spot, "previously", report);
    }
}

fn short_name(one: &str, text: &NameText, spot: Spot<'_>, report: &mut Reporter<'_>) {
    let text = text.as_str();
    let place = spot.at("name");
    readable(text, place, report);
    let length = text.trim().chars().count();
    if length == 0 || NAME_LENGTH.contains(&length) {
        return;
    }
    let hint = if length < *NAME_LENGTH.start() {
        "make it longer".to_owned()
    } else {
        let cut: String = text.trim().chars().take(*NAME_LENGTH.end()).collect();
        format!(
            "the form stops at `{}`: choose a shorter one",
            cut.trim_end()
        )
    };
    let diagnostic = report
        .at(
            Code::NameLength,
            place,
            format!(
                "the {one} name `{}` has {length} characters, 3 to 15 are taken",
                text.trim()
            ),
        )
        .hint(hint);
    report.push(diagnostic);
}
