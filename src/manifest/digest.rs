//! The digest of what manifests mean.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::dialect::{ConnectionSettings, PasswordSink};
use crate::model::{
    self, DeclaredResource, Desired, Fields, Guards, Key, Kind, Policy, Pool, SecretRef, State,
    Unmanaged,
};

/// The digest, `sha256:…`, of everything that the manifests of an account mean.
///
/// It depends neither on how they are split into files, nor on the order of files and of lists that
/// are sets, nor on comments and style. The `digest` of `desired` itself does not count.
pub fn digest(desired: &Desired, connection: &ConnectionSettings) -> String {
    model::digest(&Meaning::of(desired, connection))
}

#[derive(Serialize)]
struct Meaning<'a> {
    account: &'a str,
    provider: &'a str,
    time_zone: &'a str,
    resources: BTreeMap<&'a Kind, BTreeMap<&'a Key, Resource<'a>>>,
    unmanaged: &'a BTreeMap<Kind, Unmanaged>,
    guards: [u32; 4],
    rate: [u32; 3],
    grace_days: u32,
    pools: BTreeMap<&'a str, Vec<[u32; 2]>>,
    seats: Option<u32>,
    seat_price: &'a Option<(u64, String)>,
    api_url: &'a Option<String>,
    credentials: &'a BTreeMap<String, SecretRef>,
    ledger: &'a Option<String>,
    passwords: (Option<&'a str>, Option<&'a [String]>),
    ca_file: &'a Option<String>,
    extras: &'a Map<String, Json>,
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previously: &'a Option<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protected: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replace: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<Date>,
    fields: &'a Fields,
    #[serde(skip_serializing_if = "crate::model::SecretRefs::is_empty")]
    secrets: &'a crate::model::SecretRefs,
}

// Everything is taken apart exhaustively, so that a field that is added cannot be forgotten here.
impl<'a> Meaning<'a> {
    fn of(desired: &'a Desired, connection: &'a ConnectionSettings) -> Self {
        let Desired {
            account,
            provider,
            time_zone,
            resources,
            policy,
            pools,
            seats,
            seat_price,
            digest: _,
        } = desired;
        let Policy {
            unmanaged,
            guards,
            rate,
            grace_days,
        } = policy;
        let Guards {
            max_deletions,
            max_deletion_percent,
            min_population,
            min_admins,
        } = *guards;
        let crate::model::Rate {
            requests,
            per_seconds,
            reserve_percent,
        } = *rate;
        let ConnectionSettings {
            api_url,
            credentials,
            ledger,
            passwords,
            ca_file,
            extras,
        } = connection;
        Self {
            account,
            provider,
            time_zone,
            resources: resources
                .iter()
                .map(|(kind, declared)| {
                    let declared = declared
                        .iter()
                        .map(|(key, resource)| (key, Resource::of(resource)));
                    (kind, declared.collect())
                })
                .collect(),
            unmanaged,
            guards: [
                max_deletions,
                max_deletion_percent,
                min_population,
                min_admins,
            ],
            rate: [requests, per_seconds, u32::from(reserve_percent)],
            grace_days: *grace_days,
            pools: pools
                .iter()
                .map(|(name, Pool { ranges })| {
                    let ranges = ranges.iter().map(|range| [*range.start(), *range.end()]);
                    (name.as_str(), ranges.collect())
                })
                .collect(),
            seats: *seats,
            seat_price,
            api_url,
            credentials,
            ledger,
            passwords: match passwords {
                PasswordSink::Default => (None, None),
                PasswordSink::File(path) => (Some(path), None),
                PasswordSink::Command(command) => (None, Some(command)),
            },
            ca_file,
            extras,
        }
    }
}

impl<'a> Resource<'a> {
    fn of(resource: &'a DeclaredResource) -> Self {
        let DeclaredResource {
            id: _,
            // Made from the fields.
            title: _,
            state,
            previously,
            protected,
            replace,
            starts_on,
            ends_on,
            fields,
            secrets,
        } = resource;
        Self {
            absent: match state {
                State::Present => None,
                State::Absent { reason } => Some(reason),
            },
            previously,
            protected: *protected,
            replace: *replace,
            starts_on: *starts_on,
            ends_on: *ends_on,
            fields,
            secrets,
        }
    }
}
