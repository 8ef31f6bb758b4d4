//! The parts of messages that every rule needs: "did you mean …?", lists of options, cut texts.

/// The candidate that was probably meant, if one is near enough.
///
/// Case, `-`, `_` and blanks do not count; of equally near candidates the first is taken.
pub fn suggest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer names are no slips of the pen, and comparing them costs time.
    const LONGEST: usize = 64;
    // One number is as near to another as any.
    if given.len() > LONGEST || !given.chars().any(char::is_alphabetic) {
        return None;
    }
    let wanted = folded(given);
    let allowed = (wanted.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST && *candidate != given)
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&wanted, &folded(candidate));
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A list to choose from, for a message: `a`, `b` or `c`; a long one is cut.
pub fn one_of<'a>(options: impl IntoIterator<Item = &'a str>) -> String {
    listed(options, " or ")
}

/// A list of all that there is, for a message: `a`, `b` and `c`; a long one is cut.
pub fn all_of<'a>(options: impl IntoIterator<Item = &'a str>) -> String {
    listed(options, " and ")
}

fn listed<'a>(options: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    const MOST: usize = 12;
    let options: Vec<_> = options.into_iter().collect();
    let mut text = String::new();
    for (index, option) in options.iter().take(MOST).enumerate() {
        if index > 0 {
            text.push_str(if index + 1 == options.len() {
                last
            } else {
                ", "
            });
        }
        text.push('`');
        text.push_str(option);
        text.push('`');
    }
    if options.len() > MOST {
        text.push_str(&format!(" and {} more", options.len() - MOST));
    }
    text
}

/// A text for use within a message: of a long one the first 60 characters.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let keys = ["email", "extension", "first_name", "groups"];
        for (given, wanted) in [
            ("emial", Some("email")),
            ("firstName", Some("first_name")),
            ("First-Name", Some("first_name")),
            ("group", Some("groups")),
            ("extention", Some("extension")),
            ("phone", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(suggest(given, keys), wanted, "{given}");
        }
    }

    #[test]
    fn options_are_listed_like_a_sentence() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
