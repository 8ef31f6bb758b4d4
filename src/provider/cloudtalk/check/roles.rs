//! Rules on what each role can have.

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Reporter, Spot};
use crate::manifest::suggest::one_of;
use crate::provider::cloudtalk::manifest::{
    BuiltInRole::{self, Admin, Agent, Analyst, Supervisor},
    Settings,
};

const CALLERS: &[BuiltInRole] = &[Agent, Supervisor, Admin];
const VIEWERS: &[BuiltInRole] = &[Supervisor, Analyst];

/// The settings that are given, with the roles that each is for (help centre: add a user, 2026-11-21).
fn given(settings: &Settings) -> impl Iterator<Item = (&'static str, &'static [BuiltInRole])> {
    // Taken apart exhaustively, so that a new setting cannot be forgotten.
    let Settings {
        call_monitor_access,
        realtime_analytics_access,
        global_call_visibility,
        message_visibility,
        max_concurrent_calls,
        pause_recording,
        incoming_call_notifications,
        mandatory_call_tagging,
        auto_answer_dialed_calls,
        auto_answer_inbound_calls,
        can_change_own_groups,
        visible_users,
        visible_groups,
        visible_numbers,
        visible_external_numbers,
        download_recordings,
        download_reports,
    } = settings;
    let agents: &[BuiltInRole] = &[Agent];
    [
        (
            call_monitor_access.is_some(),
            "settings/call_monitor_access",
            agents,
        ),
        (
            realtime_analytics_access.is_some(),
            "settings/realtime_analytics_access",
            agents,
        ),
        (
            global_call_visibility.is_some(),
            "settings/global_call_visibility",
            agents,
        ),
        (
            message_visibility.is_some(),
            "settings/message_visibility",
            agents,
        ),
        (
            max_concurrent_calls.is_some(),
            "settings/max_concurrent_calls",
            CALLERS,
        ),
        (
            pause_recording.is_some(),
            "settings/pause_recording",
            CALLERS,
        ),
        (
            incoming_call_notifications.is_some(),
            "settings/incoming_call_notifications",
            CALLERS,
        ),
        (
            mandatory_call_tagging.is_some(),
            "settings/mandatory_call_tagging",
            CALLERS,
        ),
        (
            auto_answer_dialed_calls.is_some(),
            "settings/auto_answer_dialed_calls",
            CALLERS,
        ),
        (
            auto_answer_inbound_calls.is_some(),
            "settings/auto_answer_inbound_calls",
            CALLERS,
        ),
        (
            can_change_own_groups.is_some(),
            "settings/can_change_own_groups",
            CALLERS,
        ),
        (visible_users.is_some(), "settings/visible_users", VIEWERS),
        (visible_groups.is_some(), "settings/visible_groups", VIEWERS),
        (
            visible_numbers.is_some(),
            "settings/visible_numbers",
            VIEWERS,
        ),
        (
            visible_external_numbers.is_some(),
            "settings/visible_external_numbers",
            VIEWERS,
        ),
        (
            download_recordings.is_some(),
            "settings/download_recordings",
            VIEWERS,
        ),
        (
            download_reports.is_some(),
            "settings/download_reports",
            VIEWERS,
        ),
    ]
    .into_iter()
    .filter_map(|(is_given, path, roles)| is_given.then_some((path, roles)))
}

/// Every setting is one that the service offers to the role.
pub(super) fn settings(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let users = subject
        .facts
        .users
        .iter()
        .filter(|user| user.present)
        .filter_map(|user| {
            Some((
                user.spot,
                "role",
                user.it.settings.as_ref()?,
                user.role.granted()?,
            ))
        });
    // What a profile says is held against what it grants, once, and not again for each holder.
    let roles = subject.facts.roles.iter().filter_map(|(_, role)| {
        Some((
            role.spot,
            "grants",
            role.it.settings.as_ref()?,
            role.it.grants,
        ))
    });
    for (spot, role_key, settings, role) in users.chain(roles) {
        for (path, offered) in given(settings) {
            if offered.contains(&role) {
                continue;
            }
            let name = path.trim_start_matches("settings/");
            let role_name = role.as_str();
            let offered = one_of(offered.iter().map(|role| role.as_str()));
            let diagnostic = report
                .at_key(
                    Code::SettingNotForRole,
                    spot.at(path),
                    format!("the setting `{name}` does not exist for the role `{role_name}`"),
                )
                .hint(format!("remove it, or choose the role {offered}"));
            let diagnostic = report.related(
                diagnostic,
                spot.at(role_key),
                &format!("the role `{role_name}` is given here"),
            );
            report.push(diagnostic);
        }
    }
}

/// What only people who call have; an extension is not among it: the service gives one to everybody.
struct CallFields {
    outbound_calls: bool,
    daily_price_limit: bool,
    default_number: bool,
    groups: bool,
    assigned_numbers: bool,
    external_phone: bool,
}

fn some<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

/// Analysts have nothing that calling needs.
pub(super) fn analysts(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    for user in &subject.facts.users {
        if !user.present || user.role.granted() != Some(Analyst) {
            continue;
        }
        let it = user.it;
        let fields = CallFields {
            outbound_calls: it.outbound_calls == Some(true),
            daily_price_limit: it.daily_price_limit.is_some(),
            default_number: it.default_number.is_some(),
            groups: some(&it.groups),
            assigned_numbers: some(&it.assigned_numbers),
            external_phone: it.external_phone.is_some(),
        };
        analyst(&fields, user.spot, "role", report);
    }
    for (_, role) in &subject.facts.roles {
        let it = role.it;
        if it.grants != Analyst {
            continue;
        }
        let fields = CallFields {
            outbound_calls: it.outbound_calls == Some(true),
            daily_price_limit: it.daily_price_limit.is_some(),
            default_number: it.default_number.is_some(),
            groups: some(&it.groups),
            assigned_numbers: some(&it.assigned_numbers),
            external_phone: false,
        };
        analyst(&fields, role.spot, "grants", report);
    }
}

fn analyst(fields: &CallFields, spot: Spot<'_>, role_key: &str, report: &mut Reporter<'_>) {
    let CallFields {
        outbound_calls,
        daily_price_limit,
        default_number,
        groups,
        assigned_numbers,
        external_phone,
    } = *fields;
    let named = [
        (outbound_calls, "outbound_calls"),
        (daily_price_limit, "daily_price_limit"),
        (default_number, "default_number"),
        (groups, "groups"),
        (assigned_numbers, "assigned_numbers"),
        (external_phone, "external_phone"),
    ];
    for (is_given, name) in named {
        if !is_given {
            continue;
        }
        let diagnostic = report
            .at_key(
                Code::AnalystCannotCall,
                spot.at(name),
                format!("an analyst cannot call, and has no `{name}`"),
            )
            .hint("remove it, or choose the role `supervisor`, which sees reports and calls");
        let diagnostic = report.related(diagnostic, spot.at(role_key), "an analyst by this");
        report.push(diagnostic);
    }
}
