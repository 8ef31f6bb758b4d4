//! Rules on single values.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{
    Place, Reporter, Spot, day, email, is_plain, name, password, phone, phones, readable,
    suspicious,
};
use crate::manifest::vocabulary::NameText;
use crate::provider::smartflo::manifest::{
    AllowedIps, CdrUsers, ExtensionChoice, RoleProfile, User, WebLogin, WebLoginProfile,
};

/// The fewest characters of a login id (docs/users, 2026-11-21).
const SHORTEST_LOGIN_ID: usize = 6;

/// The values of users are well formed.
pub(super) fn users(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        // Taken apart exhaustively, so that a new key cannot be forgotten.
        let User {
            login_id: key,
            name: title,
            phone: number,
            role: _,
            agent: _,
            existing_agent: _,
            agent_groups,
            departments: _,
            caller_ids,
            extension: choice,
            web_login: login,
            login_based_calling: _,
            time_group,
            call_forward_number,
            previously,
            protected: _,
            state: _,
            reason,
            starts_on,
            ends_on,
        } = user.it;
        let spot = user.spot;
        login_id(key.as_str(), spot.at("login_id"), report);
        if let Some(former) = previously {
            login_id(former.as_str(), spot.at("previously"), report);
        }
        name(title, spot, "name", report);
        if let Some(reason) = reason.as_deref().filter(|reason| !is_plain(reason)) {
            suspicious(reason, spot.at("reason"), report);
        }
        for (number, below) in [
            (number, "phone"),
            (call_forward_number, "call_forward_number"),
        ] {
            if let Some(number) = number {
                phone(number.as_str(), spot.at(below), report);
            }
        }
        phones(caller_ids, spot, "caller_ids", report);
        twice(caller_ids.as_deref(), spot, report);
        names(agent_groups, spot, "agent_groups", report);
        name(time_group, spot, "time_group", report);
        for (text, below) in [(starts_on, "starts_on"), (ends_on, "ends_on")] {
            if let Some(text) = text {
                day(text.as_str(), spot.at(below), report);
            }
        }
        if let Some(choice) = choice {
            extension(choice, spot.at("extension"), report);
        }
        let Some(login) = login else { continue };
        let WebLogin {
            enabled: _,
            designation,
            email: address,
            role,
            password: source,
            blocked: _,
            cdr_users,
            allowed_ips,
        } = login;
        name(designation, spot, "web_login/designation", report);
        name(role, spot, "web_login/role", report);
        if let Some(address) = address {
            email(address.as_str(), spot.at("web_login/email"), report);
        }
        if let Some(source) = source {
            password(source, spot.at("web_login/password"), report);
        }
        reports(cdr_users.as_ref(), spot, report);
        addresses(allowed_ips.as_ref(), spot, report);
    }
}

/// The values of profiles are well formed.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for (title, role) in &subject.facts.roles {
        let spot = role.spot;
        if !is_plain(title) {
            readable(title, spot.whole(), report);
        }
        let RoleProfile {
            agent: _,
            agent_groups,
            departments: _,
            caller_ids,
            extension: _,
            web_login,
            login_based_calling: _,
            time_group,
        } = role.it;
        phones(caller_ids, spot, "caller_ids", report);
        twice(caller_ids.as_deref(), spot, report);
        names(agent_groups, spot, "agent_groups", report);
        name(time_group, spot, "time_group", report);
        let Some(login) = web_login else { continue };
        let WebLoginProfile {
            enabled: _,
            designation,
            role,
            blocked: _,
            cdr_users,
            allowed_ips,
        } = login;
        name(designation, spot, "web_login/designation", report);
        name(role, spot, "web_login/role", report);
        reports(cdr_users.as_ref(), spot, report);
        addresses(allowed_ips.as_ref(), spot, report);
    }
}

/// The values of departments are well formed.
pub(super) fn departments(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for department in &subject.facts.departments {
        let (it, spot) = (department.it, department.spot);
        readable(it.name.as_str(), spot.at("name"), report);
        name(&it.previously, spot, "previously", report);
        if let Some(reason) = it.reason.as_deref().filter(|reason| !is_plain(reason)) {
            suspicious(reason, spot.at("reason"), report);
        }
    }
}

fn names(list: &Option<Vec<NameText>>, spot: Spot<'_>, below: &str, report: &mut Reporter<'_>) {
    for (index, text) in list.iter().flatten().enumerate() {
        if !is_plain(text.as_str()) {
            readable(text.as_str(), spot.at(below).nth(index), report);
        }
    }
}

fn login_id(text: &str, place: Place<'_>, report: &mut Reporter<'_>) {
    let length = text.chars().count();
    let wrong = if text.chars().any(char::is_whitespace) {
        "has white space in it".to_owned()
    } else if length < SHORTEST_LOGIN_ID {
        format!("has {length} of at least {SHORTEST_LOGIN_ID} characters")
    } else {
        return suspicious(text, place, report);
    };
    let diagnostic = report
        .at(
            Code::InvalidLoginId,
            place,
            format!("the login id `{text}` {wrong}"),
        )
        .hint("give the login id that the service has, such as `ada.lovelace`");
    report.push(diagnostic);
}

fn extension(choice: &ExtensionChoice, place: Place<'_>, report: &mut Reporter<'_>) {
    let Some(chosen) = choice.chosen() else {
        return;
    };
    let digits = chosen.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (3..=15).contains(&chosen.len()) {
        return;
    }
    let diagnostic = report
        .at(
            Code::InvalidExtension,
            place,
            format!("`{chosen}` is not an extension"),
        )
        .hint("write `true` for one that the service picks, or the digits of a free one in quotes");
    report.push(diagnostic);
}

fn twice(
    numbers: Option<&[crate::manifest::vocabulary::PhoneText]>,
    spot: Spot<'_>,
    report: &mut Reporter<'_>,
) {
    let numbers = numbers.unwrap_or_default();
    for (index, number) in numbers.iter().enumerate() {
        let Some(first) = numbers[..index].iter().position(|other| other == number) else {
            continue;
        };
        let place = spot.at("caller_ids");
        let diagnostic = report
            .at(
                Code::DuplicateCallerId,
                place.nth(index),
                format!(
                    "the caller id `{}` stands twice in the list",
                    number.as_str()
                ),
            )
            .hint("keep it once, at the place that it is to have: the first is the extension's");
        let diagnostic = report.related(diagnostic, place.nth(first), "first here");
        report.push(diagnostic);
    }
}

fn reports(users: Option<&CdrUsers>, spot: Spot<'_>, report: &mut Reporter<'_>) {
    let Some(CdrUsers::Word(word)) = users.filter(|users| !users.is_all()) else {
        return;
    };
    let diagnostic = report
        .at(
            Code::BadValue,
            spot.at("web_login/cdr_users"),
            format!("`{word}` is neither `all` nor a list of users"),
        )
        .hint("write `all`, or a list of login ids, such as `[ada.lovelace]`");
    report.push(diagnostic);
}

fn addresses(given: Option<&AllowedIps>, spot: Spot<'_>, report: &mut Reporter<'_>) {
    const HINT: &str = "write `all`, or a list of addresses and networks, such as `[203.0.113.7, 198.51.100.0/24]`";
    let place = spot.at("web_login/allowed_ips");
    let Some(given) = given.filter(|given| !given.is_all()) else {
        return;
    };
    let whole = match given {
        AllowedIps::Word(word) => {
            Some(format!("`{word}` is neither `all` nor a list of addresses"))
        }
        AllowedIps::Some(list) if list.is_empty() => {
            Some("the list of allowed addresses is empty: nobody could log in".to_owned())
        }
        AllowedIps::Some(_) => None,
    };
    if let Some(message) = whole {
        let diagnostic = report.at(Code::InvalidIp, place, message).hint(HINT);
        report.push(diagnostic);
    }
    for (index, text) in given.some().iter().enumerate() {
        if !is_address_or_network(text) {
            let diagnostic = report
                .at(
                    Code::InvalidIp,
                    place.nth(index),
                    format!("`{text}` is neither an address nor a network"),
                )
                .hint(HINT);
            report.push(diagnostic);
        }
    }
}

/// `203.0.113.7`, `2001:db8::7`, or one of them with the length of a prefix: `198.51.100.0/24`.
fn is_address_or_network(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let longest = if address.parse::<Ipv4Addr>().is_ok() {
        32
    } else if address.parse::<Ipv6Addr>().is_ok() {
        128
    } else {
        return false;
    };
    length.is_none_or(|length| {
        length.bytes().all(|byte| byte.is_ascii_digit())
            && length.parse::<u8>().is_ok_and(|length| length <= longest)
    })
}

#[cfg(test)]
mod tests {
    use super::is_address_or_network;

    #[test]
    fn an_allowed_ip_is_an_address_of_either_kind_or_a_network() {
        for good in [
            "203.0.113.7",
            "0.0.0.0/0",
            "198.51.100.0/24",
            "2001:db8::7",
            "2001:db8::/128",
        ] {
            assert!(is_address_or_network(good), "{good}");
        }
        for bad in [
            "",
            "all",
            "203.0.113",
            "203.0.113.256",
            "203.0.113.7/33",
            "203.0.113.7/",
            "203.0.113.7/+8",
            "2001:db8::/129",
            "2001:db8::7::1",
            "203.0.113.7 ",
        ] {
            assert!(!is_address_or_network(bad), "{bad}");
        }
    }
}
