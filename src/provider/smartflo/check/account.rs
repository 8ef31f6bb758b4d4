//! Rules on the account and its policy.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{
    Reporter, Spot, api_url, ledger, readable, secret, section, time_zone,
};

/// The vendor's own address.
const VENDOR_URL: &str = "https://api-smartflo.tatateleservices.com";

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
        let Some(credentials) = &it.credentials else {
            continue;
        };
        let parts = [
            ("credentials/token", &credentials.token),
            ("credentials/login_id", &credentials.login_id),
            ("credentials/password", &credentials.password),
        ];
        for (below, source) in parts {
            if let Some(source) = source {
                secret(source, account.spot.at(below), report);
            }
        }
        let login = credentials.login_id.is_some() || credentials.password.is_some();
        if credentials.token.is_some() && login {
            let diagnostic = report
                .at_key(
                    Code::BadValue,
                    account.spot.at("credentials"),
                    "the account names a token, and a login as well",
                )
                .hint("keep `token`, or `login_id` and `password`");
            report.push(diagnostic);
        }
    }
}

/// What is no list stands in one document only.
pub(super) fn sections(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let policies = subject.facts.policies.iter().map(|policy| policy.spot);
    let hint = "put both together: only lists and roles add up";
    section("policy", policies, hint, report);
}

/// The names of roles and agent groups that ids are given for can be read.
pub(super) fn ids(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for account in &subject.facts.accounts {
        let document = account.spot.pointer().document;
        for (name, _) in account.it.role_ids.iter().flatten() {
            let spot = Spot::entry(document, "/account/role_ids", name);
            readable(name, spot.whole(), report);
        }
        for (name, _) in account.it.agent_group_ids.iter().flatten() {
            let spot = Spot::entry(document, "/account/agent_group_ids", name);
            readable(name, spot.whole(), report);
        }
    }
}
