//! Rules on single values.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{
    Reporter, Spot, day, email, is_plain, name, password, phone, phones, readable, suspicious,
};
use crate::manifest::vocabulary::{NameText, PhoneText};
use crate::provider::cloudtalk::facts::fixed_extension;
use crate::provider::cloudtalk::manifest::{ExtensionChoice, Settings};

/// What a daily limit may be, in EUR (CloudTalk OpenAPI 1.7).
const PRICE_LIMITS: std::ops::RangeInclusive<i64> = 1..=200;
/// The languages of the dashboard: English (UK and US), Slovak and Czech (help centre, 2026-11-21).
const LANGUAGES: &[&str] = &["cs", "en", "en-GB", "en-US", "sk"];

/// What users and profiles have in common.
struct Common<'a> {
    daily_price_limit: Option<i64>,
    default_number: &'a Option<PhoneText>,
    language: &'a Option<String>,
    skills: &'a Option<Vec<NameText>>,
    assigned_numbers: &'a Option<Vec<PhoneText>>,
    settings: &'a Option<Settings>,
}

fn common(it: &Common<'_>, spot: Spot<'_>, report: &mut Reporter<'_>) {
    if let Some(limit) = it
        .daily_price_limit
        .filter(|limit| !PRICE_LIMITS.contains(limit))
    {
        let diagnostic = report
            .at(
                Code::PriceLimitOutOfRange,
                spot.at("daily_price_limit"),
                format!("the daily price limit {limit} is not between 1 and 200 EUR"),
            )
            .hint("give 1 to 200, or leave it out to keep what the account has");
        report.push(diagnostic);
    }
    if let Some(number) = it.default_number {
        phone(number.as_str(), spot.at("default_number"), report);
    }
    if let Some(language) = it.language.as_deref().filter(|it| !LANGUAGES.contains(it)) {
        let meant = report.suggest(language, LANGUAGES.iter().copied());
        let hint = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "known are `en-GB`, `en-US`, `sk` and `cs`".to_owned(),
        };
        let diagnostic = report
            .at(
                Code::UnknownLanguage,
                spot.at("language"),
                format!("the dashboard is not known to have the language `{language}`"),
            )
            .hint(hint);
        report.push(diagnostic);
    }
    for (index, skill) in it.skills.iter().flatten().enumerate() {
        if !is_plain(skill.as_str()) {
            readable(skill.as_str(), spot.at("skills").nth(index), report);
        }
    }
    phones(it.assigned_numbers, spot, "assigned_numbers", report);
    if let Some(settings) = it.settings {
        for (index, user) in settings.visible_users.iter().flatten().enumerate() {
            let place = spot.at("settings/visible_users").nth(index);
            email(user.as_str(), place, report);
        }
        phones(
            &settings.visible_numbers,
            spot,
            "settings/visible_numbers",
            report,
        );
        let external = &settings.visible_external_numbers;
        phones(external, spot, "settings/visible_external_numbers", report);
    }
}

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
        if let Some(reason) = it.reason.as_deref().filter(|reason| !is_plain(reason)) {
            suspicious(reason, spot.at("reason"), report);
        }
        if let Some(number) = &it.external_phone {
            phone(number.as_str(), spot.at("external_phone"), report);
        }
        if let Some(source) = &it.password {
            password(source, spot.at("password"), report);
        }
        for (text, below) in [(&it.starts_on, "starts_on"), (&it.ends_on, "ends_on")] {
            if let Some(text) = text {
                day(text.as_str(), spot.at(below), report);
            }
        }
        extension(it.extension.as_ref(), spot, report);
        common(
            &Common {
                daily_price_limit: it.daily_price_limit,
                default_number: &it.default_number,
                language: &it.language,
                skills: &it.skills,
                assigned_numbers: &it.assigned_numbers,
                settings: &it.settings,
            },
            spot,
            report,
        );
    }
}

fn extension(choice: Option<&ExtensionChoice>, spot: Spot<'_>, report: &mut Reporter<'_>) {
    let given = match choice {
        Some(choice) if fixed_extension(choice).is_some() => return,
        None | Some(ExtensionChoice::Pool(_)) => return,
        Some(ExtensionChoice::Number(number)) => number.to_string(),
        Some(ExtensionChoice::Text(text)) => text.clone(),
    };
    let diagnostic = report
        .at(
            Code::InvalidExtension,
            spot.at("extension"),
            format!("`{given}` is not an extension"),
        )
        .hint("give four digits from 1000 to 9999, or `{ pool: NAME }`");
    report.push(diagnostic);
}

/// The values of profiles are well formed.
pub(super) fn roles(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for (name, role) in &subject.facts.roles {
        if !is_plain(name) {
            readable(name, role.spot.at("grants"), report);
        }
        let it = role.it;
        common(
            &Common {
                daily_price_limit: it.daily_price_limit,
                default_number: &it.default_number,
                language: &it.language,
                skills: &it.skills,
                assigned_numbers: &it.assigned_numbers,
                settings: &it.settings,
            },
            role.spot,
            report,
        );
    }
}

/// The values of groups are well formed.
pub(super) fn groups(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for group in &subject.facts.groups {
        readable(group.it.name.as_str(), group.spot.at("name"), report);
        name(&group.it.previously, group.spot, "previously", report);
    }
}

/// The values of numbers are well formed.
pub(super) fn numbers(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for number in &subject.facts.numbers {
        phone(number.it.number.as_str(), number.spot.at("number"), report);
        name(&number.it.name, number.spot, "name", report);
        if let Some(former) = &number.it.previously {
            phone(former.as_str(), number.spot.at("previously"), report);
        }
    }
}
