//! Rules on the account, its policy and its seats.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Reporter, api_url, ledger, secret, section, time_zone};

/// The vendor's own address.
const VENDOR_URL: &str = "https://my.cloudtalk.io/api";

/// The address, the time zone and the credentials can be used.
pub(super) fn settings(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for account in &subject.facts.accounts {
        let it = account.it;
        if let Some(url) = &it.api_url {
            api_url(url, VENDOR_URL, account.spot.at("api_url"), report);
        }
        if let Some(name) = &it.time_zone {
            time_zone(name, account.spot.at("time_zone"), report);
        }
        if let Some(place) = &it.ledger {
            ledger(place, account.spot.at("ledger"), report);
        }
        if let Some(credentials) = &it.credentials {
            let parts = [
                ("credentials/access_key_id", &credentials.access_key_id),
                (
                    "credentials/access_key_secret",
                    &credentials.access_key_secret,
                ),
            ];
            for (below, source) in parts {
                if let Some(source) = source {
                    secret(source, account.spot.at(below), report);
                }
            }
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
    let hint = "put both together: only lists, roles and pools add up";
    let seats = facts.seats.iter().map(|seats| seats.spot);
    section("seats", seats, hint, report);
    let policies = facts.policies.iter().map(|policy| policy.spot);
    section("policy", policies, hint, report);
}

/// The plan has an API.
pub(super) fn plan(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for account in &subject.facts.accounts {
        let Some(plan) = account.it.plan.filter(|plan| !plan.has_api()) else {
            continue;
        };
        let diagnostic = report
            .at(
                Code::UnsupportedPlan,
                account.spot.at("plan"),
                format!("the plan `{}` has no API", plan.as_str()),
            )
            .hint("`validate` works without it; `plan` and `apply` need the plan `essential` or higher");
        report.push(diagnostic);
    }
}
