//! What a plan was made from: digests of the live objects in scope.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::diff::{self, Diff};
use crate::model::{Key, LiveResource, Read, ResourceId, Shape, Unmanaged, Value};

use super::document::digest;

/// Short digests of live fields, by `kind:key` and field.
pub type Observed = BTreeMap<String, BTreeMap<String, String>>;

/// The digests of everything in scope: the declared fields of declared objects, objects that the policy would delete, and the
/// member counts of what people are put into. An object that no manifest names may change without making a plan stale.
pub(super) fn observe(input: &diff::Input<'_>, diff: &Diff<'_>) -> Observed {
    let mut observed = Observed::new();
    // Found by the id that the ledger keeps, under a key that no manifest names.
    let moved: BTreeMap<&ResourceId, &Key> = diff
        .resources
        .iter()
        .filter_map(|found| Some((&found.declared.id, found.existing.as_ref()?)))
        .filter(|(_, existing)| existing.moved)
        .map(|(id, existing)| (id, &existing.key))
        .collect();
    for spec in input.spec.kinds {
        let Some(live) = input.live.kinds.get(spec.name) else {
            continue;
        };
        for declared in input
            .desired
            .resources
            .get(spec.name)
            .into_iter()
            .flat_map(|list| list.values())
        {
            let candidates = [
                Some(&declared.id.key),
                declared.previously.as_ref(),
                moved.get(&declared.id).copied(),
            ];
            let found = candidates
                .into_iter()
                .flatten()
                .find_map(|key| live.resources.get(key));
            let name = format!("{}:{}", spec.name, declared.id.key);
            let Some(found) = found else {
                observed.insert(name, BTreeMap::new());
                continue;
            };
            let mut fields = BTreeMap::from([("id".to_owned(), short(&found.remote))]);
            for field in declared.fields.keys() {
                if spec.field(field).is_some_and(|spec| spec.read != Read::No) {
                    fields.insert(field.to_string(), short(&found.fields.get(field)));
                }
            }
            observed.insert(name, fields);
        }
    }
    let policy = &input.desired.policy.unmanaged;
    for found in &diff.unmanaged {
        if policy.get(&found.id.kind) == Some(&Unmanaged::Delete) {
            observed.insert(
                name_of(found),
                BTreeMap::from([("id".to_owned(), short(&found.remote))]),
            );
        }
    }
    member_counts(input, &mut observed);
    observed
}

/// Of what people are put into, or are known to be in; other counts may move.
fn member_counts(input: &diff::Input<'_>, observed: &mut Observed) {
    for kind in input.spec.kinds {
        for field in kind.fields {
            let Shape::Members(target) = field.shape else {
                continue;
            };
            let Some(live) = input.live.kinds.get(target) else {
                continue;
            };
            let declared = input.desired.resources.get(kind.name).into_iter();
            let wanted = declared
                .flat_map(|list| list.values())
                .filter_map(|resource| resource.fields.get(field.name))
                .flat_map(Value::texts);
            let known = input
                .ledger
                .members
                .iter()
                .filter(|(id, _)| id.kind == kind.name)
                .filter_map(|(_, fields)| fields.get(field.name))
                .flat_map(|targets| targets.keys().map(Key::as_str));
            let targets: BTreeSet<&str> = wanted.chain(known).collect();
            for found in targets
                .into_iter()
                .filter_map(|key| live.resources.get(key))
            {
                if let Some(count) = found.member_count {
                    observed
                        .entry(name_of(found))
                        .or_default()
                        .insert("member count".to_owned(), short(&count));
                }
            }
        }
    }
}

fn name_of(found: &LiveResource) -> String {
    format!("{}:{}", found.id.kind, found.id.key)
}

fn short<T: serde::Serialize>(value: &T) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let hash = Sha256::digest(&text);
    // Written by hand: this is done for every field of every object.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut shown = String::with_capacity(12);
    for byte in &hash[..6] {
        shown.push(char::from(DIGITS[usize::from(byte >> 4)]));
        shown.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    shown
}

/// The one digest over all of it.
pub(super) fn fingerprint(observed: &Observed) -> String {
    digest(observed)
}

/// What moved between two observations, as `kind `key`: field` lines.
pub fn moved(before: &Observed, after: &Observed) -> Vec<String> {
    let mut lines = Vec::new();
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let shown = match name.split_once(':') {
            Some((kind, key)) => format!("{kind} `{key}`"),
            None => name.clone(),
        };
        match (before.get(name), after.get(name)) {
            (Some(was), Some(is)) if was == is => {}
            (Some(was), Some(is)) => {
                if was.is_empty() {
                    lines.push(format!("{shown} appeared"));
                    continue;
                }
                if is.is_empty() {
                    lines.push(format!("{shown} went away"));
                    continue;
                }
                let fields: BTreeSet<&String> = was
                    .keys()
                    .chain(is.keys())
                    .filter(|field| was.get(*field) != is.get(*field))
                    .collect();
                for field in fields {
                    lines.push(format!("{shown}: `{field}` changed"));
                }
            }
            (None, Some(_)) => lines.push(format!("{shown} appeared")),
            (Some(_), None) => lines.push(format!("{shown} went away")),
            (None, None) => {}
        }
    }
    lines
}
