//! Fills values out of pools: the lowest free number, the same every time.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Diff, Input};
use crate::model::{FieldSpec, KindSpec, Pool, State, Value};

/// What is left in the pools.
pub(super) struct Pools {
    pools: BTreeMap<String, Pool>,
    taken: BTreeMap<(&'static str, &'static str), BTreeSet<String>>,
}

impl Pools {
    /// Everything that is live or declared by its number is taken, even what this plan frees: whether a service gives a
    /// freed number out again at once is not known.
    pub(super) fn new(input: &Input<'_>, _diff: &Diff<'_>) -> Self {
        let mut taken: BTreeMap<(&'static str, &'static str), BTreeSet<String>> = BTreeMap::new();
        let asked = !input.desired.pools.is_empty();
        for kind in input.spec.kinds.iter().filter(|_| asked) {
            for field in kind.fields.iter().filter(|field| field.unique) {
                let numbers = taken.entry((kind.name, field.name)).or_default();
                if let Some(live) = input.live.kinds.get(kind.name) {
                    numbers.extend(live.resources.values().filter_map(|resource| {
                        Some(resource.fields.get(field.name)?.as_text()?.to_owned())
                    }));
                }
                if let Some(declared) = input.desired.resources.get(kind.name) {
                    numbers.extend(
                        declared
                            .values()
                            .filter(|resource| resource.state == State::Present)
                            .filter_map(|resource| {
                                Some(resource.fields.get(field.name)?.as_text()?.to_owned())
                            }),
                    );
                }
            }
        }
        Self {
            pools: input.desired.pools.clone(),
            taken,
        }
    }

    /// Takes the lowest free value; `None` when there is none, or no such pool.
    pub(super) fn take(&mut self, kind: &KindSpec, field: &FieldSpec, pool: &str) -> Option<Value> {
        let taken = self.taken.entry((kind.name, field.name)).or_default();
        let ranges = &mut self.pools.get_mut(pool)?.ranges;
        while let Some(range) = ranges.first_mut() {
            let (start, end) = (*range.start(), *range.end());
            // What was looked at is never looked at again, so that filling a pool is linear.
            for number in start..=end {
                *range = number.saturating_add(1)..=end;
                if taken.insert(number.to_string()) {
                    return Some(Value::Text(number.to_string()));
                }
            }
            ranges.remove(0);
        }
        None
    }
}
