//! What a plan was made from: digests of the live objects in scope.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diff::{self, Diff};
use crate::model::{Digester, Key, Read, RemoteId, ResourceId, Shape, Unmanaged, Value};

/// Short digests of live fields, by `kind:key` and field.
pub type Observed = BTreeMap<String, BTreeMap<String, String>>;

/// One object in scope, as it was found.
#[derive(Serialize)]
struct Sight<'a> {
    kind: &'a str,
    key: &'a str,
    /// What of it is in scope; nothing when it is not there.
    parts: &'a [(&'a str, Seen<'a>)],
}

#[derive(Serialize)]
#[serde(untagged)]
enum Seen<'a> {
    Remote(&'a RemoteId),
    Field(Option<&'a Value>),
    Count(u64),
}

/// The digest over everything in scope.
///
/// One pass of one hasher: single fields are digested only for plans that are compared later, by [`observe`].
pub(super) fn fingerprint(input: &diff::Input<'_>, diff: &Diff<'_>) -> String {
    let mut digester = Digester::default();
    look(input, diff, &mut |sight| digester.take(sight));
    digester.finish()
}

/// The short digests of everything in scope.
pub(super) fn observe(input: &diff::Input<'_>, diff: &Diff<'_>) -> Observed {
    let mut observed = Observed::new();
    look(input, diff, &mut |sight| {
        let name = format!("{}:{}", sight.kind, sight.key);
        let parts = sight.parts.iter();
        observed
            .entry(name)
            .or_default()
            .extend(parts.map(|(part, seen)| ((*part).to_owned(), Digester::short(seen))));
    });
    observed
}

/// Shows everything in scope, in a fixed order: the declared fields of declared objects, objects that the policy would delete,
/// and the member counts of what people are put into. An object that no manifest names may change without making a plan stale.
fn look(input: &diff::Input<'_>, diff: &Diff<'_>, show: &mut impl FnMut(&Sight<'_>)) {
    // Found by the id that the ledger keeps, under a key that no manifest names.
    let moved: BTreeMap<&ResourceId, &Key> = diff
        .resources
        .iter()
        .filter_map(|found| Some((&found.declared.id, found.existing.as_ref()?)))
        .filter(|(_, existing)| existing.moved)
        .map(|(id, existing)| (id, &existing.key))
        .collect();
    let mut parts = Vec::new();
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
            parts.clear();
            if let Some(found) = found {
                parts.push(("id", Seen::Remote(&found.remote)));
                for field in declared.fields.keys() {
                    if spec.field(field).is_some_and(|spec| spec.read != Read::No) {
                        parts.push((field.as_str(), Seen::Field(found.fields.get(field))));
                    }
                }
            }
            show(&Sight {
                kind: spec.name,
                key: declared.id.key.as_str(),
                parts: &parts,
            });
        }
    }
    for found in &diff.unmanaged {
        if input.desired.unmanaged_policy(&found.id.kind) == Unmanaged::Delete {
            show(&Sight {
                kind: found.id.kind.as_str(),
                key: found.id.key.as_str(),
                parts: &[("id", Seen::Remote(&found.remote))],
            });
        }
    }
    member_counts(input, show);
}

/// Of what people are put into, or are known to be in; other counts may move.
fn member_counts(input: &diff::Input<'_>, show: &mut impl FnMut(&Sight<'_>)) {
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
                    show(&Sight {
                        kind: target,
                        key: found.id.key.as_str(),
                        parts: &[("member count", Seen::Count(count))],
                    });
                }
            }
        }
    }
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
