//! Digests of values: what changes when, and only when, the value changes.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// How many bytes are collected before they are hashed: JSON comes in many small pieces, and a hasher likes large ones.
const COLLECTED: usize = 1 << 14;

/// Digests the JSON forms of values, one after the other.
#[derive(Debug, Default)]
pub struct Digester {
    hasher: Sha256,
    collected: Vec<u8>,
}

impl Digester {
    /// Takes a value. Maps are ordered, so equal values have equal digests; each value ends with a line break, so that
    /// two never run together.
    pub fn take<T: Serialize + ?Sized>(&mut self, value: &T) {
        serde_json::to_writer(&mut *self, value)
            .expect("a digester takes everything, and every key of every map is text");
        self.collected.push(b'\n');
    }

    /// The digest in its textual form: `sha256:` and 64 lower-case hexadecimal digits.
    pub fn finish(mut self) -> String {
        self.hasher.update(&self.collected);
        let mut text = String::with_capacity(7 + 64);
        text.push_str("sha256:");
        for byte in self.hasher.finalize() {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The first 12 digits of the digest of one value: enough to tell values apart, where nothing is approved by it.
    pub fn short<T: Serialize + ?Sized>(value: &T) -> String {
        let text = serde_json::to_vec(value).expect("every key of every map is text");
        let mut short = String::with_capacity(12);
        for byte in &Sha256::digest(&text)[..6] {
            // Writing into a `String` cannot fail.
            let _ = write!(short, "{byte:02x}");
        }
        short
    }
}

impl io::Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.collected.len() + bytes.len() > COLLECTED {
            self.hasher.update(&self.collected);
            self.collected.clear();
        }
        self.collected.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The digest of one value, `sha256:…`.
pub fn digest<T: Serialize + ?Sized>(value: &T) -> String {
    let mut digester = Digester::default();
    digester.take(value);
    digester.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_of_the_json_and_a_line_break() {
        // printf '"a"\n' | sha256sum
        assert_eq!(
            digest("a"),
            "sha256:ee195db0cd14979ece92e4ac42d91fef87d1ee254f8df170907cd674dab12d44"
        );
    }

    #[test]
    fn two_values_never_run_together() {
        let of = |parts: &[u32]| {
            let mut digester = Digester::default();
            parts.iter().for_each(|part| digester.take(part));
            digester.finish()
        };
        assert_ne!(of(&[1, 23]), of(&[12, 3]));
    }

    #[test]
    fn a_value_larger_than_what_is_collected_is_digested_whole() {
        let long = "x".repeat(3 * COLLECTED);
        let mut other = long.clone();
        other.replace_range(0..1, "y");
        assert_ne!(digest(&long), digest(&other));
    }
}
