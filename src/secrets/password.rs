//! New passwords.

use rand::TryRng;
use rand::rngs::SysRng;

use super::SecretError;
use crate::model::Secret;

/// How long a password is.
const LENGTH: usize = 20;

/// The kinds of character, without those that look alike, those that shells and CSV give a meaning, and quotes.
const CLASSES: [&[u8]; 4] = [
    b"abcdefghijkmnpqrstuvwxyz",
    b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    b"23456789",
    b"#%+-=?@_",
];

/// How many characters there are to choose from: a divisor of 256 would be convenient, legibility matters more.
const SYMBOLS: usize = CLASSES[0].len() + CLASSES[1].len() + CLASSES[2].len() + CLASSES[3].len();

/// Makes a password: 20 characters, one of each kind at least, evenly drawn from the system's random numbers.
///
/// It has a lower-case and an upper-case letter, a digit and a symbol, and begins with a letter, so that no spreadsheet takes it
/// for a formula. That is some 119 bits.
pub fn generate_password() -> Result<Secret, SecretError> {
    draw(|bytes| {
        SysRng
            .try_fill_bytes(bytes)
            .map_err(|error| SecretError::NoEntropy {
                reason: error.to_string(),
            })
    })
}

fn draw(mut fill: impl FnMut(&mut [u8]) -> Result<(), SecretError>) -> Result<Secret, SecretError> {
    // Bytes beyond the last whole multiple are thrown away: taken modulo, they would favour the first characters.
    let fair = 256 / SYMBOLS * SYMBOLS;
    loop {
        let mut password = String::with_capacity(LENGTH);
        while password.len() < LENGTH {
            let mut bytes = [0; 64];
            fill(&mut bytes)?;
            let characters = bytes
                .iter()
                .map(|byte| usize::from(*byte))
                .filter(|byte| *byte < fair)
                .map(|byte| character(byte % SYMBOLS));
            let missing = LENGTH - password.len();
            password.extend(characters.take(missing));
        }
        let secret = Secret::new(password);
        // A password that lacks a kind is thrown away whole: mending it would make some passwords likelier than others.
        if is_acceptable(secret.expose()) {
            return Ok(secret);
        }
    }
}

fn character(mut index: usize) -> char {
    for class in CLASSES {
        if let Some(byte) = class.get(index) {
            return char::from(*byte);
        }
        index -= class.len();
    }
    unreachable!("the index is below the number of symbols")
}

fn is_acceptable(password: &str) -> bool {
    let begins_with_letter = password.starts_with(|c: char| c.is_ascii_alphabetic());
    begins_with_letter
        && CLASSES
            .iter()
            .all(|class| password.bytes().any(|byte| class.contains(&byte)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_password_has_twenty_characters_of_every_kind_and_none_that_look_alike() {
        for _ in 0..2_000 {
            let secret = generate_password().unwrap();
            let password = secret.expose();
            assert_eq!(password.len(), LENGTH);
            assert!(is_acceptable(password));
            assert!(
                !password
                    .contains(|c: char| "lIoO01|'\"`\\,;$! ".contains(c) || !c.is_ascii_graphic())
            );
        }
    }

    #[test]
    fn no_password_comes_twice() {
        let drawn: BTreeSet<String> = (0..2_000)
            .map(|_| generate_password().unwrap().expose().to_owned())
            .collect();
        assert_eq!(drawn.len(), 2_000);
    }

    #[test]
    fn every_character_is_about_equally_frequent() {
        let mut seen: BTreeMap<char, u32> = BTreeMap::new();
        for _ in 0..5_000 {
            // The first character is a letter, and so not evenly drawn.
            for c in generate_password().unwrap().expose().chars().skip(1) {
                *seen.entry(c).or_default() += 1;
            }
        }
        assert_eq!(seen.len(), SYMBOLS);
        let even = 5_000.0 * (LENGTH - 1) as f64 / SYMBOLS as f64;
        for (c, count) in seen {
            // That each kind must occur favours the small kinds, by less than a tenth each.
            let share = f64::from(count) / even;
            assert!((0.85..1.25).contains(&share), "{c}: {share}");
        }
    }

    #[test]
    fn bytes_that_would_skew_the_choice_are_thrown_away() {
        let mut first = true;
        let secret = draw(|bytes| {
            // 255 is beyond the last whole multiple; counting up gives every kind in turn.
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = if first {
                    255
                } else {
                    u8::try_from(index * 5 % SYMBOLS).unwrap()
                };
            }
            first = false;
            Ok(())
        });
        assert!(is_acceptable(secret.unwrap().expose()));
    }

    #[test]
    fn without_random_numbers_there_is_no_password() {
        let error = draw(|_| {
            Err(SecretError::NoEntropy {
                reason: "none".to_owned(),
            })
        });
        assert!(matches!(error, Err(SecretError::NoEntropy { .. })));
    }
}
