//! From a tree to JSON, with the schema deciding what a plain scalar means.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use super::suggest::shortened;
use super::tree::{Kind, Mapping, Node, Scalar, Style, Tag};
use super::wanted::{
    ANY, BOOLEAN, Child, INTEGER, NULL, NUMBER, PlaceId, STRING, Types, Wanted, child,
};
use crate::diagnostic::{Code, Collector, Diagnostic};

/// A converted tree.
pub(super) struct Converted {
    pub(super) value: Value,
    /// Pointers of values that a diagnostic has been given for; validating them tells nothing new.
    pub(super) reported: BTreeSet<String>,
}

pub(super) fn to_json(root: Node<'_>, wanted: &Wanted, diagnostics: &mut Collector) -> Converted {
    let mut converter = Converter {
        wanted,
        diagnostics,
        pointer: String::new(),
        key: None,
        reported: BTreeSet::new(),
    };
    let value = converter.value(root, &[wanted.root()], false);
    Converted {
        value,
        reported: converter.reported,
    }
}

struct Converter<'w, 'c, 't> {
    wanted: &'w Wanted,
    diagnostics: &'c mut Collector,
    /// Where we are, as a JSON pointer.
    pointer: String,
    /// The key whose value is being read, with its place.
    key: Option<super::tree::Entry<'t>>,
    reported: BTreeSet<String>,
}

impl<'t> Converter<'_, '_, 't> {
    /// `unknown`: the value belongs to a key that does not exist, about which nothing more is said.
    fn value(&mut self, node: Node<'t>, places: &[PlaceId], unknown: bool) -> Value {
        match node.kind() {
            Kind::Scalar(scalar) if unknown => Value::String(scalar.text.to_owned()),
            Kind::Scalar(scalar) => {
                let types = self.wanted.types(places);
                self.scalar(node, scalar, types)
            }
            Kind::Sequence(items) => {
                let uniform = self.wanted.uniform_items(places);
                let mut wanted = self.wanted.items(places, 0);
                let mut values = Vec::with_capacity(items.len());
                let length = self.pointer.len();
                for (index, item) in items.iter().enumerate() {
                    if !uniform && index > 0 {
                        wanted = self.wanted.items(places, index);
                    }
                    // Writing to a String cannot fail.
                    let _ = write!(self.pointer, "/{index}");
                    self.key = None;
                    values.push(self.value(item, &wanted, unknown));
                    self.pointer.truncate(length);
                }
                Value::Array(values)
            }
            Kind::Mapping(entries) => Value::Object(self.mapping(entries, places, unknown)),
        }
    }

    fn mapping(
        &mut self,
        entries: Mapping<'t>,
        places: &[PlaceId],
        unknown: bool,
    ) -> Map<String, Value> {
        let wanted = self.wanted;
        let alternatives = wanted.mappings(places, |key| {
            let value = entries.get(key)?.value;
            value.scalar().map(|scalar| scalar.text)
        });
        let mut values = Map::new();
        let length = self.pointer.len();
        for entry in entries.iter() {
            self.pointer.push('/');
            if entry.key.contains(['~', '/']) {
                self.pointer.push_str(&super::wanted::escaped(entry.key));
            } else {
                self.pointer.push_str(entry.key);
            }
            self.key = Some(entry);
            let value = match child(&alternatives, entry.key) {
                Child::Places(places) => self.value(entry.value, &places, unknown),
                Child::Closed => self.value(entry.value, &[], true),
            };
            values.insert(entry.key.to_owned(), value);
            self.pointer.truncate(length);
        }
        values
    }

    fn scalar(&mut self, node: Node<'t>, scalar: Scalar<'t>, types: Types) -> Value {
        let text = scalar.text;
        let verbatim = || Value::String(text.to_owned());
        let types = match (scalar.tag, scalar.style) {
            (Tag::Str, _) | (Tag::None, Style::Quoted | Style::Block) => return verbatim(),
            (Tag::None, Style::Plain) => types,
            (Tag::Int, _) => INTEGER,
            (Tag::Float, _) => INTEGER | NUMBER,
            (Tag::Bool, _) => BOOLEAN,
            (Tag::Null, _) => NULL,
        };
        if is_null(text) || scalar.tag == Tag::Null {
            if types & NULL == 0 || types == ANY || scalar.tag == Tag::Null {
                self.null(node, text);
            }
            return Value::Null;
        }
        let string = types & STRING != 0;
        if types & BOOLEAN != 0
            && let Some(value) = boolean(text)
        {
            return Value::Bool(value);
        }
        if types & (INTEGER | NUMBER) != 0
            && let Some(number) = canonical(text, types, string)
        {
            return Value::Number(number);
        }
        if string && types != ANY {
            return verbatim();
        }
        if types == ANY {
            if looks_like_number(text) {
                self.report(
                    Diagnostic::new(
                        Code::NumberNeedsQuotes,
                        format!("`{}` may be a number or a text", shortened(text)),
                    )
                    .at(node.span())
                    .hint(format!("write `\"{}\"` for the text", shortened(text))),
                );
            }
            return verbatim();
        }
        if types & (INTEGER | NUMBER) != 0 && looks_like_number(text) {
            self.odd_number(node, text, types);
        } else if scalar.tag != Tag::None {
            self.report(
                Diagnostic::new(
                    Code::BadValue,
                    format!("`{}` does not fit the tag before it", shortened(text)),
                )
                .at(node.span())
                .hint("remove the tag"),
            );
        }
        verbatim()
    }

    fn null(&mut self, node: Node<'t>, text: &str) {
        let key = self.key;
        let message = match (key, text) {
            (Some(entry), "") => format!("`{}` has no value", shortened(entry.key)),
            (Some(entry), _) => format!("`{}` is set to `{text}`", shortened(entry.key)),
            (None, "") => "an item of the list is empty".to_owned(),
            (None, _) => format!("`{text}` is not a value here"),
        };
        let span = match key {
            Some(entry) if text.is_empty() => entry.key_span,
            _ => node.span(),
        };
        let hint = match (key, text) {
            (None, _) => "remove it, or write a value".to_owned(),
            (_, "" | "~") => {
                "leave the key out: an absent key is not managed; `[]` means none".to_owned()
            }
            _ => format!(
                "leave the key out: an absent key is not managed; `[]` means none, and `\"{text}\"` the text"
            ),
        };
        self.report(
            Diagnostic::new(Code::NullValue, message)
                .at(span)
                .hint(hint),
        );
    }

    /// A number in a form that YAML knows and the format does not take: `+5`, `007`, `0x1f`, `9e99`.
    fn odd_number(&mut self, node: Node<'t>, text: &str, types: Types) {
        let digits = text.trim_start_matches('+').trim_start_matches('0');
        let plain = if digits.is_empty() { "0" } else { digits };
        let whole = plain.bytes().all(|byte| byte.is_ascii_digit());
        let (message, hint) = if whole && plain.len() < 19 {
            (
                format!("`{}` is not written as a plain number", shortened(text)),
                format!("write `{plain}`"),
            )
        } else if whole {
            (
                format!("`{}` is too large a number", shortened(text)),
                "write a smaller number".to_owned(),
            )
        } else if types & NUMBER == 0 {
            (
                format!("`{}` is not a whole number", shortened(text)),
                "write digits only".to_owned(),
            )
        } else {
            (
                format!("`{}` is not written as a plain number", shortened(text)),
                "write it with digits and at most one point".to_owned(),
            )
        };
        self.report(
            Diagnostic::new(Code::WrongType, message)
                .at(node.span())
                .hint(hint),
        );
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
        self.reported.insert(self.pointer.clone());
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A number that reads the same when it is written out again, as far as the types want one.
fn canonical(text: &str, types: Types, string_too: bool) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit() {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return if text == "-0" {
            None
        } else if let Ok(number) = text.parse::<u64>() {
            Some(number.into())
        } else {
            text.parse::<i64>().ok().map(Number::from)
        };
    }
    if types & NUMBER == 0 || !is_core_float(digits) {
        return None;
    }
    let number = text
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())?;
    if string_too && number.to_string() != text {
        return None;
    }
    Number::from_f64(number)
}

/// Whether the core schema of YAML 1.2, or of 1.1 for a leading zero, would read a number.
fn looks_like_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |digits: &str, fits: fn(char) -> bool| !digits.is_empty() && digits.chars().all(fits);
    all(digits, |c| c.is_ascii_digit())
        || digits
            .strip_prefix("0x")
            .is_some_and(|hex| all(hex, |c| c.is_ascii_hexdigit()))
        || digits
            .strip_prefix("0o")
            .is_some_and(|octal| all(octal, |c| c.is_digit(8)))
        || matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || is_core_float(digits)
}

/// `[0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?` with at least one digit before the exponent.
fn is_core_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent)
        })
}
