//! Cuts a plan down with `--only` and `--except`, without cutting through what depends on each other.

use std::collections::BTreeSet;

use crate::model::{Desired, Live, ResourceId};

use super::Selection;
use super::draft::Draft;

/// A selector: `KEY`, `KIND:KEY` or `KIND:`; `*` stands for any text in a key.
fn matches(selector: &str, kind: &str, key: &str) -> bool {
    if selector.is_empty() {
        return false;
    }
    let (wanted_kind, wanted_key) = match selector.split_once(':') {
        Some((wanted_kind, wanted_key)) => (Some(wanted_kind), wanted_key),
        None => (None, selector),
    };
    let kind_fits =
        wanted_kind.is_none_or(|wanted| wanted == kind || wanted.strip_suffix('s') == Some(kind));
    let key_fits = wanted_key.is_empty() || glob(&wanted_key.to_lowercase(), &key.to_lowercase());
    kind_fits && key_fits
}

fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The selectors that fit nothing: neither what is declared, nor what is in the account.
pub fn unmatched<'s>(selection: &'s Selection, desired: &Desired, live: &Live) -> Vec<&'s str> {
    let fits = |selector: &str| {
        let declared = desired.iter().map(|declared| &declared.id);
        let mut all = declared.chain(live.iter().map(|live| &live.id));
        all.any(|id| matches(selector, id.kind.as_str(), id.key.as_str()))
    };
    let selectors = selection.only.iter().chain(&selection.except);
    selectors
        .map(String::as_str)
        .filter(|selector| !fits(selector))
        .collect()
}

/// The drafts that stay, with their edges renumbered, and the resources of those that go.
pub(super) fn select(
    drafts: Vec<Draft>,
    selection: &Selection,
) -> (Vec<Draft>, BTreeSet<ResourceId>) {
    if selection.is_whole() {
        return (drafts, BTreeSet::new());
    }
    let fits = |draft: &Draft, selectors: &[String]| {
        selectors
            .iter()
            .any(|selector| matches(selector, draft.step.kind.as_str(), draft.step.key.as_str()))
    };
    let mut stays: BTreeSet<usize> = (0..drafts.len())
        .filter(|index| selection.only.is_empty() || fits(&drafts[*index], &selection.only))
        .collect();
    if !selection.only.is_empty() {
        let mut open: Vec<usize> = stays.iter().copied().collect();
        while let Some(index) = open.pop() {
            open.extend(
                drafts[index]
                    .after
                    .iter()
                    .copied()
                    .filter(|before| stays.insert(*before)),
            );
        }
    }
    let mut goes: BTreeSet<usize> = (0..drafts.len())
        .filter(|index| fits(&drafts[*index], &selection.except))
        .collect();
    loop {
        let more: Vec<usize> = (0..drafts.len())
            .filter(|index| {
                !goes.contains(index)
                    && drafts[*index]
                        .after
                        .iter()
                        .any(|before| goes.contains(before))
            })
            .collect();
        if more.is_empty() {
            break;
        }
        goes.extend(more);
    }
    stays.retain(|index| !goes.contains(index));
    let renumbered: Vec<Option<usize>> = {
        let mut next = 0;
        (0..drafts.len())
            .map(|index| {
                stays.contains(&index).then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect()
    };
    let cut = drafts
        .iter()
        .enumerate()
        .filter(|(index, _)| !stays.contains(index))
        .map(|(_, draft)| draft.step.resource())
        .collect();
    let kept = drafts
        .into_iter()
        .enumerate()
        .filter(|(index, _)| stays.contains(index))
        .map(|(_, mut draft)| {
            draft.after = draft
                .after
                .iter()
                .filter_map(|before| renumbered[*before])
                .collect();
            draft
        })
        .collect();
    (kept, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_names_a_key_a_kind_or_both() {
        let cases = [
            ("ada@acme.example", true),
            ("ADA@acme.example", true),
            ("user:ada@acme.example", true),
            ("users:", true),
            ("user:*@acme.example", true),
            ("*@acme.example", true),
            ("a*a@*.example", true),
            ("group:ada@acme.example", false),
            ("ada", false),
            ("*@other.example", false),
            ("a*b*c", false),
        ];
        for (selector, fits) in cases {
            assert_eq!(
                matches(selector, "user", "ada@acme.example"),
                fits,
                "{selector}"
            );
        }
    }
}
