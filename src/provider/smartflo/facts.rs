//! The documents of an account put together: what rules look at, and what is lowered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

use super::manifest::{
    Account, AllowedIps, CdrUsers, Department, ExtensionChoice, Manifest, Policy, RoleProfile, User,
};
use crate::manifest::check::{Named, Spot};
use crate::manifest::placed::Placed;
use crate::manifest::vocabulary::{DateText, EmailText, NameText, PhoneText, is_present};
use crate::model::Key;

/// What a user's `role` names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    /// Nothing.
    None,
    Profile(Placed<'a, RoleProfile>),
    /// A name that is not declared.
    Unknown,
}

impl<'a> Role<'a> {
    pub(super) fn profile(self) -> Option<Placed<'a, RoleProfile>> {
        match self {
            Self::Profile(profile) => Some(profile),
            Self::None | Self::Unknown => None,
        }
    }
}

/// A user, with what its texts mean.
#[derive(Debug)]
pub(super) struct UserFacts<'a> {
    pub(super) spot: Spot<'a>,
    pub(super) it: &'a User,
    /// The canonical login id.
    pub(super) key: String,
    pub(super) role: Role<'a>,
    /// What the user has, with what the profile adds.
    pub(super) has: Has<'a>,
    pub(super) present: bool,
    /// `None` also when it is not a date.
    pub(super) starts: Option<Date>,
    pub(super) ends: Option<Date>,
}

/// The canonical form of a login id: trimmed, NFC, lower case.
pub(super) fn login_key(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase()
}

/// The canonical form of a name that the service compares: trimmed, NFC.
pub(super) fn name_key(text: &str) -> String {
    text.trim().nfc().collect()
}

/// What a user says of itself, over what its profile says.
#[derive(Clone, Debug, Default)]
pub(super) struct Has<'a> {
    pub(super) agent: Option<bool>,
    pub(super) agent_groups: Option<BTreeSet<&'a str>>,
    pub(super) departments: Option<BTreeSet<&'a str>>,
    pub(super) caller_ids: Option<&'a [PhoneText]>,
    pub(super) extension: Extension<'a>,
    pub(super) login_based_calling: Option<bool>,
    pub(super) time_group: Option<&'a str>,
    /// Whether anything is said of a login to the panel.
    pub(super) web_login: bool,
    pub(super) enabled: Option<bool>,
    pub(super) designation: Option<&'a str>,
    pub(super) email: Option<&'a EmailText>,
    pub(super) login_role: Option<&'a str>,
    pub(super) blocked: Option<bool>,
    pub(super) cdr_users: Option<&'a CdrUsers>,
    pub(super) allowed_ips: Option<&'a AllowedIps>,
}

/// What is said of an extension.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Extension<'a> {
    /// Nothing.
    #[default]
    Unmanaged,
    /// Whether there is one; the service picks it.
    Given(bool),
    /// A person chooses this one.
    Chosen(&'a ExtensionChoice),
}

impl<'a> Has<'a> {
    fn of(user: &'a User, profile: Option<&'a RoleProfile>) -> Self {
        let common = profile.and_then(|profile| profile.web_login.as_ref());
        let own = user.web_login.as_ref();
        let extension = match (&user.extension, profile.and_then(|it| it.extension)) {
            (Some(ExtensionChoice::Given(given)), _) => Extension::Given(*given),
            (Some(choice), _) => Extension::Chosen(choice),
            (None, Some(given)) => Extension::Given(given),
            (None, None) => Extension::Unmanaged,
        };
        Self {
            agent: user.agent.or(profile.and_then(|it| it.agent)),
            agent_groups: joined(
                user.agent_groups.as_ref(),
                profile.and_then(|it| it.agent_groups.as_ref()),
                NameText::as_str,
            ),
            departments: joined(
                user.departments.as_ref(),
                profile.and_then(|it| it.departments.as_ref()),
                String::as_str,
            ),
            caller_ids: user
                .caller_ids
                .as_deref()
                .or(profile.and_then(|it| it.caller_ids.as_deref())),
            extension,
            login_based_calling: user
                .login_based_calling
                .or(profile.and_then(|it| it.login_based_calling)),
            time_group: user
                .time_group
                .as_ref()
                .or(profile.and_then(|it| it.time_group.as_ref()))
                .map(NameText::as_str),
            web_login: own.is_some() || common.is_some(),
            enabled: own
                .and_then(|it| it.enabled)
                .or(common.and_then(|it| it.enabled)),
            designation: own
                .and_then(|it| it.designation.as_ref())
                .or(common.and_then(|it| it.designation.as_ref()))
                .map(NameText::as_str),
            email: own.and_then(|it| it.email.as_ref()),
            login_role: own
                .and_then(|it| it.role.as_ref())
                .or(common.and_then(|it| it.role.as_ref()))
                .map(NameText::as_str),
            blocked: own
                .and_then(|it| it.blocked)
                .or(common.and_then(|it| it.blocked)),
            cdr_users: own
                .and_then(|it| it.cdr_users.as_ref())
                .or(common.and_then(|it| it.cdr_users.as_ref())),
            allowed_ips: own
                .and_then(|it| it.allowed_ips.as_ref())
                .or(common.and_then(|it| it.allowed_ips.as_ref())),
        }
    }
}

/// Both lists as one set; `None` when neither is given.
fn joined<'a, T>(
    own: Option<&'a Vec<T>>,
    inherited: Option<&'a Vec<T>>,
    text: fn(&T) -> &str,
) -> Option<BTreeSet<&'a str>> {
    (own.is_some() || inherited.is_some()).then(|| {
        own.into_iter()
            .chain(inherited)
            .flatten()
            .map(text)
            .collect()
    })
}

/// The documents of an account put together.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) accounts: Vec<Placed<'a, Account>>,
    pub(super) policies: Vec<Placed<'a, Policy>>,
    pub(super) users: Vec<UserFacts<'a>>,
    pub(super) departments: Vec<Placed<'a, Department>>,
    /// Every declared profile, also those of the same name.
    pub(super) roles: Vec<(&'a str, Placed<'a, RoleProfile>)>,
    pub(super) role_names: BTreeMap<&'a str, Placed<'a, RoleProfile>>,
    /// Whether any document has the list: only then its kind is managed.
    pub(super) has_users: bool,
    pub(super) has_departments: bool,
    /// Keys with whether they are present, for references.
    pub(super) user_keys: BTreeMap<String, bool>,
    pub(super) department_keys: BTreeMap<String, bool>,
    /// The profiles that users name.
    pub(super) used_roles: BTreeSet<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn gather(manifests: &'a [Manifest]) -> Self {
        let mut facts = Self::default();
        for (document, manifest) in manifests.iter().enumerate() {
            facts.sections(document, manifest);
        }
        for (document, manifest) in manifests.iter().enumerate() {
            for (index, it) in manifest.users.iter().flatten().enumerate() {
                facts.user(Spot::item(document, "/users", index), it);
            }
        }
        facts
    }

    fn sections(&mut self, document: usize, manifest: &'a Manifest) {
        // Taken apart exhaustively, so that a new section cannot be forgotten.
        let Manifest {
            version: _,
            account,
            policy,
            roles,
            departments,
            users,
        } = manifest;
        self.accounts
            .extend(Placed::section(document, "/account", account.as_ref()));
        self.policies
            .extend(Placed::section(document, "/policy", policy.as_ref()));
        self.has_users |= users.is_some();
        self.has_departments |= departments.is_some();
        for (name, it) in roles.iter().flatten() {
            let placed = Placed {
                spot: Spot::entry(document, "/roles", name),
                it,
            };
            self.role_names.entry(name).or_insert(placed);
            self.roles.push((name, placed));
        }
        for (index, it) in departments.iter().flatten().enumerate() {
            let spot = Spot::item(document, "/departments", index);
            known(
                &mut self.department_keys,
                name_key(it.name.as_str()),
                is_present(it.state),
            );
            self.departments.push(Placed { spot, it });
        }
    }

    fn user(&mut self, spot: Spot<'a>, it: &'a User) {
        let present = is_present(it.state);
        let key = login_key(it.login_id.as_str());
        known(&mut self.user_keys, key.clone(), present);
        let role = match it.role.as_deref() {
            None => Role::None,
            Some(name) => match self.role_names.get(name) {
                Some(profile) => {
                    self.used_roles.insert(name);
                    Role::Profile(*profile)
                }
                None => Role::Unknown,
            },
        };
        self.users.push(UserFacts {
            spot,
            it,
            key,
            role,
            has: Has::of(it, role.profile().map(|profile| profile.it)),
            present,
            starts: it.starts_on.as_ref().and_then(DateText::day),
            ends: it.ends_on.as_ref().and_then(DateText::day),
        });
    }

    /// The users with their keys, for the rules on names.
    pub(super) fn named_users(&self) -> Vec<Named<'a>> {
        self.users
            .iter()
            .map(|user| Named {
                key: Key::from(user.key.as_str()),
                spot: user.spot,
                present: user.present,
                previously: user
                    .it
                    .previously
                    .as_ref()
                    .map(|former| Key::from(login_key(former.as_str()))),
            })
            .collect()
    }

    /// The departments with their keys, for the rules on names.
    pub(super) fn named_departments(&self) -> Vec<Named<'a>> {
        self.departments
            .iter()
            .map(|department| Named {
                key: Key::from(name_key(department.it.name.as_str())),
                spot: department.spot,
                present: is_present(department.it.state),
                previously: department
                    .it
                    .previously
                    .as_ref()
                    .map(|name| Key::from(name_key(name.as_str()))),
            })
            .collect()
    }
}

fn known(keys: &mut BTreeMap<String, bool>, key: String, present: bool) {
    *keys.entry(key).or_default() |= present;
}
