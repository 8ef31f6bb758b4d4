//! Making manifests say what the account has, line by line, and only as far as nothing else changes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

use super::dialect::{Dialect, Lowered};
use super::edit::{TextEdit, apply, set};
use super::key_order::KeyOrder;
use super::load::{Loaded, load_sources};
use crate::model::{
    Corrected, Correction, DeclaredResource, Desired, ResourceId, State, Uncorrected, Value,
};
use crate::source::{FileId, Sources};

/// An account whose manifests are to be corrected.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The texts that were read.
    pub sources: &'a Sources,
    /// The files of the account, in order.
    pub files: &'a [FileId],
    /// What they come to.
    pub lowered: &'a Lowered,
    /// The provider's manifests.
    pub dialect: &'a dyn Dialect,
    /// The day that rules on dates go by.
    pub as_of: Date,
}

/// What came of corrections.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The files that change; nothing is written yet.
    pub files: Vec<EditedFile>,
    /// The corrections that were made.
    pub made: Vec<Correction>,
    /// Those that were not.
    pub left: Vec<Uncorrected>,
}

/// A file with its new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its name for people.
    pub shown: String,
    /// The text as it was read.
    pub before: String,
    /// The new text.
    pub after: String,
}

/// Edits the texts of an account for corrections.
///
/// The edited texts are read again: where they do not say what the corrections want, or say anything else differently, the
/// correction at fault is left out, and reported with the reason.
pub fn accept(account: &Account<'_>, corrections: &[Correction]) -> Accepted {
    let order = account.dialect.key_order();
    let mut accepted = Accepted::default();
    let mut possible = Vec::new();
    for correction in corrections {
        match edits(account, correction, &order) {
            Ok(edits) => possible.push((correction, edits)),
            Err(why) => accepted.left.push(left(correction, why)),
        }
    }
    let texts = match attempt(account, &possible) {
        Ok(texts) => {
            accepted.made = possible.iter().map(|(it, _)| (*it).clone()).collect();
            texts
        }
        Err(_) => one_by_one(account, possible, &mut accepted),
    };
    for (file, after) in texts {
        let file = account.sources.file(file);
        if after != **file.text() {
            accepted.files.push(EditedFile {
                path: file
                    .origin()
                    .map_or_else(|| PathBuf::from(file.shown()), PathBuf::from),
                shown: file.shown().to_owned(),
                before: file.text().to_string(),
                after,
            });
        }
    }
    accepted
}

type Possible<'c> = (&'c Correction, Vec<TextEdit>);

/// Finds out which of the corrections cannot be made beside the others.
fn one_by_one<'c>(
    account: &Account<'_>,
    possible: Vec<Possible<'c>>,
    accepted: &mut Accepted,
) -> BTreeMap<FileId, String> {
    let mut made: Vec<Possible<'c>> = Vec::new();
    let mut texts = BTreeMap::new();
    for candidate in possible {
        made.push(candidate);
        match attempt(account, &made) {
            Ok(found) => texts = found,
            Err(why) => {
                if let Some((correction, _)) = made.pop() {
                    accepted.left.push(left(correction, why));
                }
            }
        }
    }
    accepted.made = made.iter().map(|(it, _)| (*it).clone()).collect();
    texts
}

fn left(correction: &Correction, why: String) -> Uncorrected {
    Uncorrected {
        id: correction.id.clone(),
        field: correction.field().cloned(),
        why,
    }
}

fn edits(
    account: &Account<'_>,
    correction: &Correction,
    order: &KeyOrder,
) -> Result<Vec<TextEdit>, String> {
    let origins = &account.lowered.origins;
    let (tree, pointer) = origins
        .entry(&correction.id)
        .ok_or("its entry was not found")?;
    let one = |keys: &[String], value: &Value| {
        set(tree, &pointer.path, keys, value, order).map_err(|error| error.to_string())
    };
    match &correction.what {
        Corrected::Field { field, value } => {
            let keys = origins
                .keys(&correction.id, field)
                .ok_or("it is declared elsewhere than at its entry")?;
            one(&keys, value)
        }
        Corrected::Gone { reason } => {
            let mut edits = one(&["state".to_owned()], &Value::text("absent"))?;
            edits.extend(one(&["reason".to_owned()], &Value::text(reason.as_str()))?);
            Ok(edits)
        }
    }
}

/// The new texts of changed files, when they say what is wanted and nothing else.
fn attempt(
    account: &Account<'_>,
    corrections: &[Possible<'_>],
) -> Result<BTreeMap<FileId, String>, String> {
    let all: Vec<TextEdit> = corrections
        .iter()
        .flat_map(|(_, edits)| edits.iter().cloned())
        .collect();
    let texts = apply(account.sources, &all).map_err(|error| error.to_string())?;
    let mut sources = Sources::new();
    for file in account.files {
        let source = account.sources.file(*file);
        let text = texts.get(file).map_or(&**source.text(), String::as_str);
        sources
            .add(source.shown(), text)
            .map_err(|error| error.to_string())?;
    }
    let Loaded {
        accounts,
        diagnostics,
        ..
    } = load_sources(sources, &[account.dialect], account.as_of);
    let Some(after) = accounts.first().and_then(|it| it.lowered.as_ref()) else {
        let first = diagnostics
            .items
            .iter()
            .find(|it| it.severity == crate::diagnostic::Severity::Error);
        return Err(first.map_or_else(
            || "the manifests would not be valid".to_owned(),
            |it| format!("the manifests would not be valid: {}", it.message),
        ));
    };
    let mut wanted: BTreeMap<&ResourceId, Vec<&Corrected>> = BTreeMap::new();
    for (correction, _) in corrections {
        wanted
            .entry(&correction.id)
            .or_default()
            .push(&correction.what);
    }
    if after.connection != account.lowered.connection
        || !says(&account.lowered.desired, &after.desired, &wanted)
    {
        return Err("the manifests would say something else differently too".to_owned());
    }
    Ok(texts)
}

/// Whether manifests say the same as before but for what is wanted.
fn says(
    before: &Desired,
    after: &Desired,
    wanted: &BTreeMap<&ResourceId, Vec<&Corrected>>,
) -> bool {
    // Taken apart exhaustively, so that a new part cannot be forgotten.
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
    } = before;
    *account == after.account
        && *provider == after.provider
        && *time_zone == after.time_zone
        && *policy == after.policy
        && *pools == after.pools
        && *seats == after.seats
        && *seat_price == after.seat_price
        && resources.keys().eq(after.resources.keys())
        && before.iter().count() == after.iter().count()
        && before.iter().all(|resource| {
            after
                .get(&resource.id)
                .is_some_and(|now| match wanted.get(&resource.id) {
                    None => resource == now,
                    Some(changes) => says_of(resource, now, changes),
                })
        })
}

fn says_of(before: &DeclaredResource, after: &DeclaredResource, changes: &[&Corrected]) -> bool {
    let DeclaredResource {
        id,
        title: _,
        state,
        previously,
        protected,
        replace,
        starts_on,
        ends_on,
        fields,
        secrets,
    } = before;
    let same = *id == after.id
        && *previously == after.previously
        && *protected == after.protected
        && *replace == after.replace
        && *starts_on == after.starts_on
        && *ends_on == after.ends_on;
    let mut expected = fields.clone();
    for change in changes {
        match change {
            Corrected::Field { field, value } => {
                expected.insert(field.clone(), value.clone());
            }
            Corrected::Gone { reason } => {
                // What is absent has no fields.
                let gone = State::Absent {
                    reason: reason.clone(),
                };
                return same && after.state == gone;
            }
        }
    }
    same && *state == after.state && *secrets == after.secrets && expected == after.fields
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
