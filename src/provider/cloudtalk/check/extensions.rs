//! Rules on extensions and their pools.

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use crate::diagnostic::Code;
use crate::manifest::check::{Place, Reporter, Spot};
use crate::model::Extension;
use crate::provider::cloudtalk::facts::{PoolFacts, fixed_extension};
use crate::provider::cloudtalk::manifest::ExtensionChoice;

fn range_place<'a>(pool: &PoolFacts<'a>, index: usize) -> Place<'a> {
    let whole = pool.spot.whole();
    if pool.several {
        whole.nth(index)
    } else {
        whole
    }
}

/// Every pool is made of ranges, none of which shares an extension with another; each is used.
pub(super) fn pools(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let mut ranges = Vec::new();
    for (name, pool) in &facts.pools {
        if pool.texts.is_empty() {
            let diagnostic = report
                .at(
                    Code::InvalidPool,
                    pool.spot.whole(),
                    format!("the pool `{name}` holds no range"),
                )
                .hint("give a range such as `1000-1099`");
            report.push(diagnostic);
        }
        for (index, (text, range)) in pool.texts.iter().zip(&pool.ranges).enumerate() {
            let place = range_place(pool, index);
            match range {
                Some(range) => ranges.push((*range.start(), *range.end(), *name, place)),
                None => {
                    let diagnostic = report
                        .at(
                            Code::InvalidPool,
                            place,
                            format!("`{text}` is not a range of extensions"),
                        )
                        .hint(
                            "give the first and the last, from 1000 to 9999, such as `1000-1099`",
                        );
                    report.push(diagnostic);
                }
            }
        }
        if facts.has_users && !facts.used_pools.contains(name) {
            let diagnostic = report
                .at_key(
                    Code::UnusedPool,
                    pool.spot.whole(),
                    format!("no user takes an extension from the pool `{name}`"),
                )
                .hint("remove it, or ask for it with `extension: { pool: … }`");
            report.push(diagnostic);
        }
    }
    // In order of their beginnings, a range can overlap only with the one that reaches furthest.
    ranges.sort_by_key(|(first, last, ..)| (*first, *last));
    let mut furthest: Option<(u32, &str, Place<'_>)> = None;
    for (first, last, name, place) in ranges {
        if let Some((reach, other, other_place)) = furthest
            && first <= reach
        {
            let shared = if first == reach.min(last) {
                format!("{first}")
            } else {
                format!("{first}-{}", reach.min(last))
            };
            let message = if other == name {
                format!("the pool `{name}` holds {shared} twice")
            } else {
                format!("the pools `{other}` and `{name}` share {shared}")
            };
            let diagnostic = report
                .at(Code::PoolOverlap, place, message)
                .hint("let one of them end before the other begins");
            let diagnostic = report.related(diagnostic, other_place, "the other range");
            report.push(diagnostic);
        }
        if furthest.is_none_or(|(reach, ..)| last > reach) {
            furthest = Some((last, name, place));
        }
    }
}

/// The chosen extensions of present users, with the first who chose each.
fn chosen<'a>(subject: &Subject<'a>) -> BTreeMap<Extension, Spot<'a>> {
    let mut chosen = BTreeMap::new();
    for user in subject.facts.users.iter().filter(|user| user.present) {
        if let Some(extension) = user.it.extension.as_ref().and_then(fixed_extension) {
            chosen.entry(extension).or_insert(user.spot);
        }
    }
    chosen
}

/// No two users choose the same extension.
pub(super) fn fixed(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let chosen = chosen(subject);
    for user in subject.facts.users.iter().filter(|user| user.present) {
        let Some(extension) = user.it.extension.as_ref().and_then(fixed_extension) else {
            continue;
        };
        let Some(first) = chosen.get(&extension).filter(|first| **first != user.spot) else {
            continue;
        };
        let diagnostic = report
            .at(
                Code::DuplicateExtension,
                user.spot.at("extension"),
                format!("two users have the extension {extension}"),
            )
            .hint("give one of them another, or `{ pool: NAME }`");
        let diagnostic = report.related(diagnostic, first.at("extension"), "first taken here");
        report.push(diagnostic);
    }
}

/// Every pool that is asked for is declared, and has enough extensions for those who ask.
///
/// Live users who are not declared may hold more of them: only a plan can tell.
pub(super) fn asked_for(subject: &Subject<'_>, report: &mut Reporter<'_>) {
    let facts = &subject.facts;
    let mut asking: BTreeMap<&str, Vec<Spot<'_>>> = BTreeMap::new();
    for user in facts.users.iter().filter(|user| user.present) {
        let Some(ExtensionChoice::Pool(choice)) = &user.it.extension else {
            continue;
        };
        let name = choice.pool.as_str();
        if facts.pool_names.contains_key(name) {
            asking.entry(name).or_default().push(user.spot);
            continue;
        }
        let meant = report.suggest(name, facts.pool_names.keys().copied());
        let hint = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "declare it under `extensions.pools`, such as `sales: 1000-1099`".to_owned(),
        };
        let diagnostic = report
            .at(
                Code::UnknownPool,
                user.spot.at("extension/pool"),
                format!("there is no pool `{name}`"),
            )
            .hint(hint);
        report.push(diagnostic);
    }
    if asking.is_empty() {
        return;
    }
    let taken: BTreeSet<u32> = chosen(subject)
        .keys()
        .map(|extension| u32::from(extension.number()))
        .collect();
    for (name, spots) in asking {
        let Some((_, pool)) = facts.pool_names.get(name).map(|index| &facts.pools[*index]) else {
            continue;
        };
        if pool.ranges.iter().any(Option::is_none) {
            continue;
        }
        let free = pool
            .ranges
            .iter()
            .flatten()
            .map(|range| range.clone().count() - taken.range(range.clone()).count())
            .sum::<usize>();
        let Some(first_without) = spots.get(free) else {
            continue;
        };
        let diagnostic = report
            .at(
                Code::PoolExhausted,
                first_without.at("extension"),
                format!(
                    "{} for an extension of the pool `{name}`, and {free} {} free",
                    match spots.len() {
                        1 => "1 user asks".to_owned(),
                        several => format!("{several} users ask"),
                    },
                    if free == 1 { "is" } else { "are" }
                ),
            )
            .hint("widen the pool, or choose extensions outside of it");
        let diagnostic = report.related(diagnostic, pool.spot.whole(), "the pool");
        report.push(diagnostic);
    }
}
