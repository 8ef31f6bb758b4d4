//! Rules on users and their agents.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Place, Reporter, Spot};
use crate::provider::smartflo::facts::UserFacts;
use crate::provider::smartflo::manifest::{ExtensionChoice, RoleProfile, User};

/// What only an agent has, where it is given: by the user, or else by the profile.
///
/// An empty list and `false` give nothing.
fn given<'a>(user: &UserFacts<'a>) -> Vec<(&'static str, Place<'a>)> {
    let mut given = own(user.it, user.spot);
    if let Some(profile) = user.role.profile() {
        let inherited = inherited(profile.it, profile.spot);
        for (key, place) in inherited {
            // An own value overrides that of the profile, also an empty one; sets are joined.
            let overridden = match key {
                "caller_ids" => user.it.caller_ids.is_some(),
                "extension" => user.it.extension.is_some(),
                "time_group" => user.it.time_group.is_some(),
                _ => given.iter().any(|(own, _)| *own == key),
            };
            if !overridden {
                given.push((key, place));
            }
        }
    }
    given
}

fn own<'a>(user: &User, spot: Spot<'a>) -> Vec<(&'static str, Place<'a>)> {
    let extension = match &user.extension {
        None | Some(ExtensionChoice::Given(false)) => false,
        Some(
            ExtensionChoice::Given(true) | ExtensionChoice::Number(_) | ExtensionChoice::Text(_),
        ) => true,
    };
    listed(
        [
            ("agent_groups", some(&user.agent_groups)),
            ("departments", some(&user.departments)),
            ("caller_ids", some(&user.caller_ids)),
            ("extension", extension),
            ("time_group", user.time_group.is_some()),
            ("call_forward_number", user.call_forward_number.is_some()),
        ],
        spot,
    )
}

fn inherited<'a>(profile: &RoleProfile, spot: Spot<'a>) -> Vec<(&'static str, Place<'a>)> {
    listed(
        [
            ("agent_groups", some(&profile.agent_groups)),
            ("departments", some(&profile.departments)),
            ("caller_ids", some(&profile.caller_ids)),
            ("extension", profile.extension == Some(true)),
            ("time_group", profile.time_group.is_some()),
        ],
        spot,
    )
}

fn some<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

fn listed<'a, const N: usize>(
    keys: [(&'static str, bool); N],
    spot: Spot<'a>,
) -> Vec<(&'static str, Place<'a>)> {
    keys.into_iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| (key, spot.at(key)))
        .collect()
}

/// Where `agent` is decided: by the user, or else by the profile.
fn decided<'a>(user: &UserFacts<'a>) -> Place<'a> {
    match user.role.profile() {
        Some(profile) if user.it.agent.is_none() => profile.spot.at("agent"),
        Some(_) | None => user.spot.at("agent"),
    }
}

/// A user without an agent has nothing that only agents have.
pub(super) fn without(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in subject.facts.users.iter().filter(|user| user.present) {
        // One who takes an agent over has one; see `existing`.
        if user.has.agent != Some(false) || user.it.existing_agent.is_some() {
            continue;
        }
        for (key, place) in given(user) {
            let diagnostic = report
                .at_key(
                    Code::SettingWithoutAgent,
                    place,
                    format!(
                        "the user `{}` has no agent, and `{key}` is for agents",
                        user.key
                    ),
                )
                .hint("remove it, or write `agent: true`");
            let diagnostic = report.related(diagnostic, decided(user), "no agent by this");
            report.push(diagnostic);
        }
    }
}

/// Who takes an agent over gets it as it is: nothing is said of a new one.
pub(super) fn existing(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in subject.facts.users.iter().filter(|user| user.present) {
        if user.it.existing_agent.is_none() {
            continue;
        }
        let mut said = given(user);
        // That there is an agent is true of both.
        if user.has.agent == Some(false) {
            said.insert(0, ("agent", decided(user)));
        }
        for (key, place) in said {
            let diagnostic = report
                .at_key(
                    Code::ExistingAgentConflict,
                    place,
                    format!(
                        "the user `{}` takes over an agent: `{key}` is left as that agent has it",
                        user.key
                    ),
                )
                .hint("remove it; or remove `existing_agent` once the two are linked, and it is managed from then on");
            let at = user.spot.at("existing_agent");
            let diagnostic = report.related(diagnostic, at, "taken over by this");
            report.push(diagnostic);
        }
    }
}
