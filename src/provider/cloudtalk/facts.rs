//! The documents of an account put together: what rules look at, and what is lowered.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::manifest::{
    Account, BuiltInRole, ExtensionChoice, Group, Manifest, NumberEntry, Policy, PoolRanges,
    RoleProfile, User,
};
use crate::manifest::check::{Named, Spot};
use crate::manifest::placed::Placed;
use crate::manifest::vocabulary::{DateText, Seats, is_present};
use crate::model::{Email, Extension, Key, PhoneNumber};

/// What a user's `role` names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    /// Nothing: the role is not managed.
    Unmanaged,
    BuiltIn(BuiltInRole),
    Profile(Placed<'a, RoleProfile>),
    /// A name that is not declared.
    Unknown,
}

impl<'a> Role<'a> {
    /// The built-in role, when it is known.
    pub(super) fn granted(self) -> Option<BuiltInRole> {
        match self {
            Self::BuiltIn(role) => Some(role),
            Self::Profile(profile) => Some(profile.it.grants),
            Self::Unmanaged | Self::Unknown => None,
        }
    }

    pub(super) fn profile(self) -> Option<Placed<'a, RoleProfile>> {
        match self {
            Self::Profile(profile) => Some(profile),
            Self::Unmanaged | Self::BuiltIn(_) | Self::Unknown => None,
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
    pub(super) role: Role<'a>,
    pub(super) present: bool,
    /// `None` also when it is not a date.
    pub(super) starts: Option<Date>,
    pub(super) ends: Option<Date>,
}

/// A pool, with its ranges read.
#[derive(Debug)]
pub(super) struct PoolFacts<'a> {
    pub(super) spot: Spot<'a>,
    pub(super) texts: &'a [String],
    pub(super) several: bool,
    /// As many as texts; `None` for one that is no range.
    pub(super) ranges: Vec<Option<RangeInclusive<u32>>>,
}

/// The documents of an account put together.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) accounts: Vec<Placed<'a, Account>>,
    pub(super) seats: Vec<Placed<'a, Seats>>,
    pub(super) policies: Vec<Placed<'a, Policy>>,
    pub(super) users: Vec<UserFacts<'a>>,
    pub(super) groups: Vec<Placed<'a, Group>>,
    pub(super) numbers: Vec<Placed<'a, NumberEntry>>,
    /// Every declared profile, also those of the same name.
    pub(super) roles: Vec<(&'a str, Placed<'a, RoleProfile>)>,
    pub(super) role_names: BTreeMap<&'a str, Placed<'a, RoleProfile>>,
    /// Every declared pool, also those of the same name.
    pub(super) pools: Vec<(&'a str, PoolFacts<'a>)>,
    pub(super) pool_names: BTreeMap<&'a str, usize>,
    /// Whether any document has the list: only then its kind is managed.
    pub(super) has_users: bool,
    pub(super) has_groups: bool,
    pub(super) has_numbers: bool,
    /// Canonical keys with whether they are present, for references.
    pub(super) user_keys: BTreeMap<String, bool>,
    pub(super) group_keys: BTreeMap<&'a str, bool>,
    pub(super) number_keys: BTreeMap<String, bool>,
    /// The profiles that users name.
    pub(super) used_roles: BTreeSet<&'a str>,
    pub(super) used_pools: BTreeSet<&'a str>,
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
            extensions,
            roles,
            groups,
            numbers,
            users,
        } = manifest;
        self.accounts
            .extend(Placed::section(document, "/account", account.as_ref()));
        self.seats
            .extend(Placed::section(document, "/seats", seats.as_ref()));
        self.policies
            .extend(Placed::section(document, "/policy", policy.as_ref()));
        self.has_users |= users.is_some();
        self.has_groups |= groups.is_some();
        self.has_numbers |= numbers.is_some();
        let pools = extensions
            .iter()
            .filter_map(|it| it.pools.as_ref())
            .flatten();
        for (name, ranges) in pools {
            let spot = Spot::entry(document, "/extensions/pools", name);
            self.pool_names.entry(name).or_insert(self.pools.len());
            let texts = ranges.texts();
            self.pools.push((
                name,
                PoolFacts {
                    spot,
                    texts,
                    several: matches!(ranges, PoolRanges::Several(_)),
                    ranges: texts.iter().map(|text| range(text)).collect(),
                },
            ));
        }
        for (name, it) in roles.iter().flatten() {
            let placed = Placed {
                spot: Spot::entry(document, "/roles", name),
                it,
            };
            self.role_names.entry(name).or_insert(placed);
            self.roles.push((name, placed));
        }
        for (index, it) in groups.iter().flatten().enumerate() {
            let spot = Spot::item(document, "/groups", index);
            self.group_keys
                .entry(it.name.as_str())
                .and_modify(|present| *present |= is_present(it.state))
                .or_insert(is_present(it.state));
            self.groups.push(Placed { spot, it });
        }
        for (index, it) in numbers.iter().flatten().enumerate() {
            let spot = Spot::item(document, "/numbers", index);
            self.number_keys
                .entry(it.number.as_str().to_owned())
                .and_modify(|present| *present |= is_present(it.state))
                .or_insert(is_present(it.state));
            self.numbers.push(Placed { spot, it });
        }
    }

    fn user(&mut self, spot: Spot<'a>, it: &'a User) {
        let email = Email::parse(it.email.as_str());
        let present = is_present(it.state);
        if let Some(email) = &email {
            self.user_keys
                .entry(email.as_str().to_owned())
                .and_modify(|known| *known |= present)
                .or_insert(present);
        }
        let role = match it.role.as_deref() {
            None => Role::Unmanaged,
            Some(name) => match (BuiltInRole::from_name(name), self.role_names.get(name)) {
                (Some(role), _) => Role::BuiltIn(role),
                (None, Some(profile)) => {
                    self.used_roles.insert(name);
                    Role::Profile(*profile)
                }
                (None, None) => Role::Unknown,
            },
        };
        if let Some(ExtensionChoice::Pool(choice)) = &it.extension {
            self.used_pools.insert(&choice.pool);
        }
        self.users.push(UserFacts {
            spot,
            it,
            email,
            role,
            present,
            starts: it.starts_on.as_ref().and_then(DateText::day),
            ends: it.ends_on.as_ref().and_then(DateText::day),
        });
    }

    /// The users with their keys, for the rules on names.
    pub(super) fn named_users(&self) -> Vec<Named<'a>> {
        self.users
            .iter()
            .filter_map(|user| {
                Some(Named {
                    key: Key::from(user.email.as_ref()?.as_str()),
                    spot: user.spot,
                    present: user.present,
                    previously: user
                        .it
                        .previously
                        .as_ref()
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
                previously: group
                    .it
                    .previously
                    .as_ref()
                    .map(|name| Key::from(name.as_str())),
            })
            .collect()
    }

    /// The numbers with their keys, for the rules on names.
    pub(super) fn named_numbers(&self) -> Vec<Named<'a>> {
        self.numbers
            .iter()
            .filter_map(|number| {
                Some(Named {
                    key: Key::from(PhoneNumber::parse(number.it.number.as_str())?.as_str()),
                    spot: number.spot,
                    present: is_present(number.it.state),
                    previously: number
                        .it
                        .previously
                        .as_ref()
                        .and_then(|former| PhoneNumber::parse(former.as_str()))
                        .map(|former| Key::from(former.as_str())),
                })
            })
            .collect()
    }
}

/// The extension that is chosen; `None` for a pool, and for what is no extension.
pub(super) fn fixed_extension(choice: &ExtensionChoice) -> Option<Extension> {
    match choice {
        ExtensionChoice::Number(number) => Extension::parse(&number.to_string()),
        ExtensionChoice::Text(text) => Extension::parse(text),
        ExtensionChoice::Pool(_) => None,
    }
}

/// A range such as `1000-1099`, or a single extension.
fn range(text: &str) -> Option<RangeInclusive<u32>> {
    let number = |text: &str| Extension::parse(text.trim()).map(|it| u32::from(it.number()));
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last).then_some(first..=last)
}
