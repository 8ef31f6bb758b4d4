//! Text that has a canonical form: e-mail addresses, telephone numbers, extensions.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// An e-mail address with its canonical form: trimmed, NFC, lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address; `None` unless it has one `@`, a local part, and a dotted domain, and no white space or control character.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let canonical = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            text.nfc().collect::<String>().to_lowercase()
        };
        let (local, domain) = canonical.split_once('@')?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"".contains(c);
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(plain);
        let domain_ok = domain.contains('.')
            && domain.len() <= 253
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        (local_ok && domain_ok).then_some(Self(canonical))
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number in E.164: `+`, then 7 to 15 digits, the first not zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a declared number; strict: the `+` is required, nothing but digits follows.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        Self::from_digits(digits)
    }

    /// Reads a number that a service wrote with or without `+`.
    pub fn from_live(text: &str) -> Option<Self> {
        Self::from_digits(text.trim().trim_start_matches('+'))
    }

    fn from_digits(digits: &str) -> Option<Self> {
        let ok = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        ok.then(|| Self(format!("+{digits}")))
    }

    /// The number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A four-digit extension, 1000 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extension(u16);

impl Extension {
    /// Reads four digits, the first not zero.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
            .filter(|n| *n >= 1000)
            .map(Self)
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_compared_trimmed_in_nfc_and_lower_case() {
        let plain = Email::parse("ada@acme.example").unwrap();
        assert_eq!(Email::parse(" Ada@ACME.example ").unwrap(), plain);
        let composed = Email::parse("zoë@acme.example").unwrap();
        assert_eq!(Email::parse("zoe\u{308}@acme.example").unwrap(), composed);
    }

    #[test]
    fn an_email_needs_a_local_part_one_at_and_a_dotted_domain() {
        for bad in [
            "",
            "ada",
            "@acme.example",
            "ada@",
            "ada@acme",
            "a da@acme.example",
            "ada@@acme.example",
            "ada@acme..example",
            ".ada@acme.example",
            "ada@-acme.example",
            "<ada@acme.example>",
            "ada\u{7}@acme.example",
        ] {
            assert_eq!(Email::parse(bad), None, "{bad:?}");
        }
        assert!(Email::parse("ada+night@mail.acme.example").is_some());
    }

    #[test]
    fn a_phone_number_is_e164() {
        assert_eq!(
            PhoneNumber::parse("+421220510801").unwrap().as_str(),
            "+421220510801"
        );
        for bad in [
            "421220510801",
            "+0421",
            "+42122",
            "+42 1220510801",
            "+1234567890123456",
        ] {
            assert_eq!(PhoneNumber::parse(bad), None, "{bad}");
        }
        assert_eq!(
            PhoneNumber::from_live("421220510801").unwrap().as_str(),
            "+421220510801"
        );
    }

    #[test]
    fn an_extension_is_four_digits_from_1000() {
        assert_eq!(Extension::parse("1001").unwrap().number(), 1001);
        for bad in ["0999", "999", "10000", "+100", "1e3", ""] {
            assert_eq!(Extension::parse(bad), None, "{bad}");
        }
    }
}
