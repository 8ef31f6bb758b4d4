//! The documents of an account put together: what rules look at, and what is lowered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::manifest::{
    Account, AgentStatus, Designation, Group, Manifest, Permissions, Policy, RoleProfile, User,
};
use crate::manifest::check::{Named, Place, Spot};
use crate::manifest::placed::Placed;
use crate::manifest::vocabulary::{DateText, NameText, Seats, is_present};
use crate::model::{Email, Key};

/// A value with the place that it comes from: the user's own entry, or that of the profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a, T> {
    pub(super) it: T,
    pub(super) place: Place<'a>,
}

/// What a user comes to: its own keys over those of its profile.
#[derive(Debug)]
pub(super) struct Effective<'a> {
    pub(super) designation: Option<Given<'a, Designation>>,
    pub(super) server_location: Option<Given<'a, &'a NameText>>,
    pub(super) contact_edit_access: Option<Given<'a, bool>>,
    pub(super) group: Option<Given<'a, &'a NameText>>,
    pub(super) calling: Option<Given<'a, bool>>,
    pub(super) grant: Option<Given<'a, &'a [String]>>,
    pub(super) revoke: Option<Given<'a, &'a [String]>>,
    /// Those of the user and of the profile together.
    pub(super) campaigns: Option<BTreeSet<&'a str>>,
}

impl Effective<'_> {
    /// Whether the user takes a seat, as far as it is declared.
    pub(super) fn takes_seat(&self) -> bool {
        match self.designation.map(|given| given.it) {
            Some(Designation::Agent) => true,
            Some(Designation::Administrator) => self.calling.is_some_and(|given| given.it),
            Some(Designation::Supervisor) | None => false,
        }
    }
}

/// A user, with what its texts mean.
#[derive(Debug)]
pub(super) struct UserFacts<'a> {
    pub(super) spot: Spot<'a>,
    pub(super) it: &'a User,
    /// `None` when it is not an address.
    pub(super) email: Option<Email>,
    pub(super) profile: Option<Placed<'a, RoleProfile>>,
    pub(super) effective: Effective<'a>,
    pub(super) present: bool,
    /// `None` also when it is not a date.
    pub(super) starts: Option<Date>,
    pub(super) ends: Option<Date>,
}

/// The documents of an account put together.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) accounts: Vec<Placed<'a, Account>>,
    pub(super) seats: Vec<Placed<'a, Seats>>,
    pub(super) policies: Vec<Placed<'a, Policy>>,
    pub(super) statuses: Vec<Placed<'a, AgentStatus>>,
    pub(super) groups: Vec<Placed<'a, Group>>,
    pub(super) users: Vec<UserFacts<'a>>,
    /// Every declared profile, also those of the same name.
    pub(super) roles: Vec<(&'a str, Placed<'a, RoleProfile>)>,
    pub(super) role_names: BTreeMap<&'a str, Placed<'a, RoleProfile>>,
    /// The profiles that users name.
    pub(super) used_roles: BTreeSet<&'a str>,
    /// Whether any document has the list: only then its kind is managed.
    pub(super) has_statuses: bool,
    pub(super) has_groups: bool,
    pub(super) has_users: bool,
    /// Names with whether they are present, for references.
    pub(super) group_keys: BTreeMap<&'a str, bool>,
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
            seats,
            policy,
            roles,
            agent_statuses,
            groups,
            users,
        } = manifest;
        self.accounts
            .extend(Placed::section(document, "/account", account.as_ref()));
        self.seats
            .extend(Placed::section(document, "/seats", seats.as_ref()));
        self.policies
            .extend(Placed::section(document, "/policy", policy.as_ref()));
        self.has_statuses |= agent_statuses.is_some();
        self.has_groups |= groups.is_some();
        self.has_users |= users.is_some();
        for (name, it) in roles.iter().flatten() {
            let spot = Spot::entry(document, "/roles", name);
            self.role_names.entry(name).or_insert(Placed { spot, it });
            self.roles.push((name, Placed { spot, it }));
        }
        for (index, it) in agent_statuses.iter().flatten().enumerate() {
            let spot = Spot::item(document, "/agent_statuses", index);
            self.statuses.push(Placed { spot, it });
        }
        for (index, it) in groups.iter().flatten().enumerate() {
            let spot = Spot::item(document, "/groups", index);
            self.group_keys
                .entry(it.name.as_str())
                .and_modify(|present| *present |= is_present(it.state))
                .or_insert(is_present(it.state));
            self.groups.push(Placed { spot, it });
        }
    }

    fn user(&mut self, spot: Spot<'a>, it: &'a User) {
        let profile = it.role.as_deref().and_then(|name| {
            let profile = self.role_names.get(name).copied()?;
            self.used_roles.insert(name);
            Some(profile)
        });
        let day = |text: &Option<DateText>| text.as_ref().and_then(DateText::day);
        self.users.push(UserFacts {
            spot,
            it,
            email: Email::parse(it.email.as_str()),
            profile,
            effective: effective(spot, it, profile),
            present: is_present(it.state),
            starts: day(&it.starts_on),
            ends: day(&it.ends_on),
        });
    }

    /// The users with their keys, for the rules on names.
    pub(super) fn named_users(&self) -> Vec<Named<'a>> {
        self.users
            .iter()
            .filter_map(|user| {
                let former = user.it.previously.as_ref();
                Some(Named {
                    key: Key::from(user.email.as_ref()?.as_str()),
                    spot: user.spot,
                    present: user.present,
                    previously: former
                        .and_then(|former| Email::parse(former.as_str()))
                        .map(|former| Key::from(former.as_str())),
                })
            })
            .collect()
    }

    /// The groups with their keys, for the rules on names.
    pub(super) fn named_groups(&self) -> Vec<Named<'a>> {
        self.groups
            .iter()
            .map(|group| Named {
                key: Key::from(group.it.name.as_str()),
                spot: group.spot,
                present: is_present(group.it.state),
                previously: key(group.it.previously.as_ref()),
            })
            .collect()
    }

    /// The agent statuses with their keys, for the rules on names.
    pub(super) fn named_statuses(&self) -> Vec<Named<'a>> {
        self.statuses
            .iter()
            .map(|status| Named {
                key: Key::from(status.it.name.as_str()),
                spot: status.spot,
                present: is_present(status.it.state),
                previously: key(status.it.previously.as_ref()),
            })
            .collect()
    }
}

fn key(name: Option<&NameText>) -> Option<Key> {
    name.map(|name| Key::from(name.as_str()))
}

/// The user's own value, or else that of the profile, with its place.
fn given<'a, T: Copy>(
    below: &'static str,
    own: (Spot<'a>, Option<T>),
    inherited: Option<(Spot<'a>, Option<T>)>,
) -> Option<Given<'a, T>> {
    [Some(own), inherited]
        .into_iter()
        .flatten()
        .find_map(|(spot, it)| {
            Some(Given {
                it: it?,
                place: spot.at(below),
            })
        })
}

fn effective<'a>(
    spot: Spot<'a>,
    it: &'a User,
    profile: Option<Placed<'a, RoleProfile>>,
) -> Effective<'a> {
    let inherited = profile.map(|placed| (placed.it, placed.spot));
    let list = |permissions: Option<&'a Permissions>, grant: bool| {
        let permissions = permissions?;
        let list = if grant {
            &permissions.grant
        } else {
            &permissions.revoke
        };
        list.as_deref()
    };
    let permissions = |below, grant| {
        given(
            below,
            (spot, list(it.permissions.as_ref(), grant)),
            inherited.map(|(it, spot)| (spot, list(it.permissions.as_ref(), grant))),
        )
    };
    let campaigns = [
        it.campaigns.as_ref(),
        inherited.and_then(|(it, _)| it.campaigns.as_ref()),
    ];
    let named = campaigns.iter().flatten().count() > 0;
    Effective {
        designation: given(
            "designation",
            (spot, it.designation),
            inherited.map(|(it, spot)| (spot, it.designation)),
        ),
        server_location: given(
            "server_location",
            (spot, it.server_location.as_ref()),
            inherited.map(|(it, spot)| (spot, it.server_location.as_ref())),
        ),
        contact_edit_access: given(
            "contact_edit_access",
            (spot, it.contact_edit_access),
            inherited.map(|(it, spot)| (spot, it.contact_edit_access)),
        ),
        group: given(
            "group",
            (spot, it.group.as_ref()),
            inherited.map(|(it, spot)| (spot, it.group.as_ref())),
        ),
        calling: given(
            "calling",
            (spot, it.calling),
            inherited.map(|(it, spot)| (spot, it.calling)),
        ),
        grant: permissions("permissions/grant", true),
        revoke: permissions("permissions/revoke", false),
        campaigns: named.then(|| {
            let all = campaigns.into_iter().flatten().flatten();
            all.map(NameText::as_str).collect()
        }),
    }
}
