//! The words of diagnostics about values that do not fit the schema.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::suggest::shortened;
use super::tree::{self, Node, Style};

/// The values that a `const` or an `enum` leaves.
pub(super) fn options(error: &ValidationError<'_>) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match error.kind() {
        Kind::Constant { expected_value } => vec![text(expected_value)],
        Kind::Enum { options } => match &**options {
            Value::Array(options) => options.iter().map(text).collect(),
            other => vec![text(other)],
        },
        _ => Vec::new(),
    }
}

pub(super) fn type_names(kind: &TypeKind) -> Vec<String> {
    let name = |kind: JsonType| match kind {
        JsonType::Null => None,
        JsonType::Boolean => Some("`true` or `false`".to_owned()),
        JsonType::Integer => Some("a whole number".to_owned()),
        JsonType::Number => Some("a number".to_owned()),
        JsonType::String => Some("a text".to_owned()),
        JsonType::Array => Some("a list".to_owned()),
        JsonType::Object => Some("a mapping".to_owned()),
    };
    match kind {
        TypeKind::Single(kind) => name(*kind).into_iter().collect(),
        TypeKind::Multiple(kinds) => kinds.iter().filter_map(name).collect(),
    }
}

pub(super) fn either(names: &[String]) -> String {
    match names {
        [] => "another value".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

pub(super) fn found(node: Node<'_>) -> String {
    match node.kind() {
        tree::Kind::Scalar(scalar) if scalar.text.is_empty() => "an empty text".to_owned(),
        tree::Kind::Scalar(scalar) if scalar.style == Style::Plain => {
            format!("`{}`", shortened(scalar.text))
        }
        tree::Kind::Scalar(scalar) => format!("the text `{}`", shortened(scalar.text)),
        tree::Kind::Sequence(_) => "a list".to_owned(),
        tree::Kind::Mapping(_) => "a mapping".to_owned(),
    }
}

/// What to write instead of a value of the wrong type.
pub(super) fn type_hint(node: Node<'_>, wanted: &[String]) -> Option<String> {
    let wants = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let scalar = node.scalar();
    if let Some(scalar) = scalar {
        let word = scalar.text.to_ascii_lowercase();
        if wants("`true` or `false`") {
            match word.as_str() {
                "yes" | "on" | "y" | "true" => return Some("write `true`".to_owned()),
                "no" | "off" | "n" | "false" => return Some("write `false`".to_owned()),
                _ => {}
            }
        }
        if (wants("a whole number") || wants("a number"))
            && scalar.style != Style::Plain
            && scalar.text.parse::<f64>().is_ok()
        {
            return Some(format!("write `{}` without quotes", shortened(scalar.text)));
        }
    }
    if wants("a list") {
        return Some(match scalar {
            Some(scalar) => format!("write `[{}]`", shortened(scalar.text)),
            None => "put `- ` before it".to_owned(),
        });
    }
    None
}

/// The key that a pointer ends in, for the beginning of a message.
pub(super) fn subject(pointer: &str) -> String {
    let mut parts = pointer.rsplit('/');
    let last = parts.next().unwrap_or_default();
    if pointer.is_empty() {
        return "the document".to_owned();
    }
    if last.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(list) = parts.next().filter(|list| !list.is_empty())
    {
        return format!("an item of `{}`", shortened(&unescaped(list)));
    }
    format!("`{}`", shortened(&unescaped(last)))
}

pub(super) fn subject_of_parent(pointer: &str) -> Option<String> {
    (!pointer.is_empty()).then(|| subject(pointer))
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn counted(limit: impl std::fmt::Display, noun: &str) -> String {
    let limit = limit.to_string();
    let plural = if limit == "1" { "" } else { "s" };
    format!("{limit} {noun}{plural}")
}

/// What a keyword has against a value, to follow the value in a sentence.
pub(super) fn refusal(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Minimum { limit } => format!("is less than {limit}"),
        Kind::Maximum { limit } => format!("is more than {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("is not more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("is not less than {limit}"),
        Kind::MinLength { limit } => format!("is shorter than {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("is longer than {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("has fewer than {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("has more than {}", counted(*limit, "item")),
        Kind::AdditionalItems { limit } => format!("has more than {}", counted(*limit, "item")),
        Kind::MinProperties { limit } => format!("has fewer than {}", counted(*limit, "key")),
        Kind::MaxProperties { limit } => format!("has more than {}", counted(*limit, "key")),
        Kind::UniqueItems => "holds an item twice".to_owned(),
        Kind::Format { format } => format!("is not of the form `{format}`"),
        Kind::Pattern { .. } => "is not of the allowed form".to_owned(),
        Kind::MultipleOf { multiple_of } => format!("is no multiple of {multiple_of}"),
        Kind::OneOfMultipleValid { .. } => "fits more than one of the allowed forms".to_owned(),
        _ => "is not allowed".to_owned(),
    }
}
