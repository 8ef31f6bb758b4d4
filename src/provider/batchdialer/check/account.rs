//! Rules on the account and its sections.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Reporter, api_url, ledger, secret, section, time_zone};
use crate::provider::batchdialer::connect::API_URL;

/// The address, the time zone, the credentials and the price can be used.
pub(super) fn settings(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for account in &subject.facts.accounts {
        let it = account.it;
        if let Some(url) = &it.api_url {
            api_url(url, API_URL, account.spot.at("api_url"), report);
        }
        if let Some(name) = &it.time_zone {
            time_zone(name, account.spot.at("time_zone"), report);
        }
        if let Some(place) = &it.ledger {
            ledger(place, account.spot.at("ledger"), report);
        }
        if let Some(key) = it.credentials.as_ref().and_then(|it| it.api_key.as_ref()) {
            secret(key, account.spot.at("credentials/api_key"), report);
        }
    }
    for seats in &subject.facts.seats {
        let Some(price) = &seats.it.price_per_month else {
            continue;
        };
        if price.hundredths().is_none() {
            let diagnostic = report
                .at(
                    Code::BadValue,
                    seats.spot.at("price_per_month/amount"),
                    format!("the amount `{}` has more than two decimals", price.amount),
                )
                .hint("round it to hundredths");
            report.push(diagnostic);
        }
    }
}

/// What is no list stands in one document only.
pub(super) fn sections(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let hint = "put both together: only lists and roles add up";
    section(
        "seats",
        facts.seats.iter().map(|seats| seats.spot),
        hint,
        report,
    );
    section(
        "policy",
        facts.policies.iter().map(|policy| policy.spot),
        hint,
        report,
    );
}
