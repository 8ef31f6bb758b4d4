//! What dates will bring: nothing to do today, and not to be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::diff::{self, Goal};
use crate::model::{KindSpec, Read};

use super::Warning;

/// The most names of one warning.
const SHOWN: usize = 3;

/// The objects of each kind, by kind, and by the day and the key.
type Dated<'a> = BTreeMap<&'static str, BTreeSet<(Date, &'a str)>>;

/// Who comes, leaves, and is deleted at a later date; one warning each for the objects of a kind.
///
/// A difference says what is to be done today: most of these have none, so that the declarations are asked.
pub(super) fn warnings(input: &diff::Input<'_>) -> Vec<Warning> {
    let (mut coming, mut leaving, mut going) = (Dated::new(), Dated::new(), Dated::new());
    for declared in input.desired.iter() {
        let Some(spec) = input.spec.kind(&declared.id.kind) else {
            continue;
        };
        let exists = input.live.get(&declared.id).is_some()
            || spec.read == Read::No && input.ledger.fields.contains_key(&declared.id);
        let (list, day) = match diff::goal(input, declared, exists) {
            Some(Goal::Leaving { until, .. }) if exists => (&mut going, Some(until)),
            Some(Goal::Present) => (&mut leaving, declared.ends_on),
            Some(Goal::Leaving { .. } | Goal::Gone { .. }) => continue,
            None => (
                &mut coming,
                declared.starts_on.filter(|day| *day > input.as_of),
            ),
        };
        if let Some(day) = day {
            let dated = list.entry(spec.name).or_default();
            dated.insert((day, declared.id.key.as_str()));
        }
    }
    let kinds = |dated: &Dated<'_>, one: &str, several: &str, before: &str| -> Vec<Warning> {
        let kinds = input.spec.kinds.iter();
        kinds
            .filter_map(|spec| {
                let who = dated.get(spec.name)?;
                let what = if who.len() == 1 { one } else { several };
                Some(warning(spec, who, what, before))
            })
            .collect()
    };
    let mut warnings = kinds(&coming, "is created later", "are created later", "from");
    warnings.extend(kinds(&leaving, "leaves later", "leave later", "after"));
    warnings.extend(kinds(
        &going,
        "has left and will be deleted",
        "have left and will be deleted",
        "from",
    ));
    warnings
}

fn warning(spec: &KindSpec, who: &BTreeSet<(Date, &str)>, what: &str, before: &str) -> Warning {
    let named: Vec<String> = who
        .iter()
        .take(SHOWN)
        .map(|(day, key)| format!("`{key}` {before} {day}"))
        .collect();
    let noun = if who.len() == 1 {
        spec.name
    } else {
        spec.plural
    };
    let mut message = format!("{} {noun} {what}: {}", who.len(), named.join(", "));
    if who.len() > SHOWN {
        message.push_str(&format!(" and {} more", who.len() - SHOWN));
    }
    Warning {
        code: "pending-later".into(),
        message,
    }
}
