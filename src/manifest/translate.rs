//! From the errors of the JSON Schema validator to diagnostics.
//!
//! One mistake gives one diagnostic: of alternatives the one that was probably meant is told, a
//! misspelt key is not also a missing one, and of several keywords that refuse one value the
//! first speaks.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::convert::Converted;
use super::parse::shortened;
use super::suggest::{one_of, suggest};
use super::tree::{self, Node, Place, Style, Tree};
use super::wanted::escaped;
use crate::diagnostic::{Code, Collector, Diagnostic};

pub(super) struct Translator<'a, 'c> {
    schema: &'a Value,
    tree: &'a Tree,
    /// Pointers of values that already have a diagnostic.
    told: BTreeSet<String>,
    /// Pointers of keys that a misspelt key was probably meant to be.
    misspelt: BTreeSet<String>,
    diagnostics: &'c mut Collector,
}

type Errors<'e> = Vec<&'e ValidationError<'e>>;

impl<'a, 'c> Translator<'a, 'c> {
    pub(super) fn new(
        schema: &'a Value,
        tree: &'a Tree,
        converted: &Converted,
        diagnostics: &'c mut Collector,
    ) -> Self {
        Self {
            schema,
            tree,
            told: converted.reported.clone(),
            misspelt: BTreeSet::new(),
            diagnostics,
        }
    }

    pub(super) fn all(&mut self, errors: Vec<ValidationError<'_>>) {
        self.each(&errors.iter().collect::<Vec<_>>());
    }

    /// Unknown keys go first: they explain missing ones.
    fn each(&mut self, errors: &[&ValidationError<'_>]) {
        let (unknown, other): (Errors<'_>, Errors<'_>) =
            errors.iter().copied().partition(|error| {
                matches!(
                    error.kind(),
                    Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. }
                )
            });
        for error in unknown.into_iter().chain(other) {
            self.one(error);
        }
    }

    fn one(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    self.unknown_key(error, pointer, key);
                }
                return;
            }
            Kind::Required { property } => {
                self.missing_key(error, pointer, property.as_str().unwrap_or_default());
                return;
            }
            _ => {}
        }
        if self.told.contains(pointer) {
            return;
        }
        let Some(place) = self.tree.at(pointer) else {
            return;
        };
        match error.kind() {
            Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
                self.alternatives(error, place, context);
            }
            Kind::Type { kind } => {
                let wanted = type_names(kind);
                self.wrong_type(error, place, &wanted);
            }
            Kind::Enum { .. } | Kind::Constant { .. } => {
                self.not_an_option(place, pointer, &options(error), self.hint(error));
            }
            Kind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default();
                let Some(place) = self.tree.at(&format!("{pointer}/{}", escaped(key))) else {
                    return;
                };
                let diagnostic = Diagnostic::new(
                    Code::BadValue,
                    format!("the name `{}` {}", shortened(key), refusal(inner)),
                )
                .at(place.name_span())
                .maybe_hint(self.hint(inner));
                self.tell(pointer, diagnostic);
            }
            Kind::FalseSchema => {
                let diagnostic = Diagnostic::new(
                    Code::UnknownKey,
                    format!("{} is not allowed here", subject(pointer)),
                )
                .at(place.name_span())
                .maybe_hint(self.hint(error).or(Some("remove it".to_owned())));
                self.tell(pointer, diagnostic);
            }
            _ => {
                let value = found(place.value);
                let diagnostic = Diagnostic::new(
                    Code::BadValue,
                    format!("{}: {value} {}", subject(pointer), refusal(error)),
                )
                .at(place.value.span())
                .maybe_hint(self.hint(error));
                self.tell(pointer, diagnostic);
            }
        }
    }

    fn tell(&mut self, pointer: &str, diagnostic: Diagnostic) {
        self.told.insert(pointer.to_owned());
        self.diagnostics.push(diagnostic);
    }

    fn unknown_key(&mut self, error: &ValidationError<'_>, pointer: &str, key: &str) {
        let at = format!("{pointer}/{}", escaped(key));
        let Some(place) = self.tree.at(&at) else {
            return;
        };
        let known = self.known_keys(error);
        let present = self
            .tree
            .at(pointer)
            .and_then(|place| place.value.mapping());
        // A key that is there already was not meant a second time.
        let absent = |known: &&str| present.is_none_or(|keys| keys.get(known).is_none());
        let meant = suggest(key, known.iter().copied().filter(absent));
        let hint = match meant {
            Some(meant) => {
                self.misspelt
                    .insert(format!("{pointer}/{}", escaped(meant)));
                Some(format!("did you mean `{meant}`?"))
            }
            None if known.is_empty() => Some("remove it".to_owned()),
            None => Some(format!("known keys are {}", one_of(known.iter().copied()))),
        };
        let message = match subject_of_parent(pointer) {
            Some(parent) => format!("{parent} has no key `{}`", shortened(key)),
            None => format!("there is no key `{}` here", shortened(key)),
        };
        self.tell(
            &at,
            Diagnostic::new(Code::UnknownKey, message)
                .at(place.name_span())
                .maybe_hint(hint),
        );
    }

    fn missing_key(&mut self, error: &ValidationError<'_>, pointer: &str, key: &str) {
        let at = format!("{pointer}/{}", escaped(key));
        if self.misspelt.contains(&at) || self.told.contains(&at) {
            return;
        }
        let Some(place) = self.tree.at(pointer) else {
            return;
        };
        let first = place
            .value
            .mapping()
            .and_then(|keys| keys.iter().next())
            // A merged key stands elsewhere.
            .map(|entry| entry.key_span)
            .filter(|span| {
                span.start >= place.value.span().start && span.end <= place.value.span().end
            });
        let span = first.unwrap_or_else(|| place.name_span());
        let message = match subject_of_parent(pointer) {
            Some(parent) => format!("{parent} lacks the key `{key}`"),
            None => format!("the key `{key}` is missing"),
        };
        let about = parent_schema(self.schema, error.schema_path().as_str())
            .and_then(|schema| schema.get("properties")?.get(key))
            .and_then(annotation);
        self.tell(
            &at,
            Diagnostic::new(Code::MissingKey, message)
                .at(span)
                .hint(match about {
                    Some(about) => format!("add `{key}:`: {about}"),
                    None => format!("add `{key}:`"),
                }),
        );
    }

    fn wrong_type(&mut self, error: &ValidationError<'_>, place: Place<'_>, wanted: &[String]) {
        let pointer = error.instance_path().as_str();
        let hint = type_hint(place.value, wanted).or_else(|| self.hint(error));
        let diagnostic = Diagnostic::new(
            Code::WrongType,
            format!(
                "{} takes {}, not {}",
                subject(pointer),
                either(wanted),
                found(place.value)
            ),
        )
        .at(place.value.span())
        .maybe_hint(hint);
        self.tell(pointer, diagnostic);
    }

    fn not_an_option(
        &mut self,
        place: Place<'_>,
        pointer: &str,
        options: &[String],
        hint: Option<String>,
    ) {
        let meant = place.value.scalar().and_then(|scalar| {
            suggest(scalar.text, options.iter().map(String::as_str))
                .map(|meant| format!("did you mean `{meant}`?"))
        });
        let expected = match options {
            [only] => format!("expected `{only}`"),
            _ => format!(
                "expected one of {}",
                one_of(options.iter().map(String::as_str))
            ),
        };
        let diagnostic = Diagnostic::new(
            Code::BadValue,
            format!(
                "{}: {expected}, not {}",
                subject(pointer),
                found(place.value)
            ),
        )
        .at(place.value.span())
        .maybe_hint(meant.or(hint));
        self.tell(pointer, diagnostic);
    }

    /// Tells what is wrong with the alternative that was probably meant.
    fn alternatives(
        &mut self,
        error: &ValidationError<'_>,
        place: Place<'_>,
        context: &[Vec<ValidationError<'static>>],
    ) {
        let pointer = error.instance_path().as_str();
        let branches: Vec<Errors<'_>> = context
            .iter()
            .map(|errors| errors.iter().collect::<Errors<'_>>())
            .collect();
        let (other_type, fitting): (Vec<_>, Vec<_>) = branches
            .iter()
            .partition(|errors| errors.iter().any(|error| is_other_type(error, pointer)));
        if fitting.is_empty() {
            let mut wanted = Vec::new();
            for error in other_type.iter().flat_map(|errors| errors.iter()) {
                let names = match error.kind() {
                    Kind::Type { kind } => type_names(kind),
                    _ => options(error)
                        .iter()
                        .map(|text| format!("`{text}`"))
                        .collect(),
                };
                for name in names {
                    if !wanted.contains(&name) {
                        wanted.push(name);
                    }
                }
            }
            self.wrong_type(error, place, &wanted);
            return;
        }
        // A value that has to be one of several, in several alternatives, is one list of options.
        let mut choices: Vec<String> = Vec::new();
        let mut open: Vec<&Errors<'_>> = Vec::new();
        for errors in fitting {
            match errors.as_slice() {
                [only] if only.instance_path().as_str() == pointer && is_option(only) => {
                    choices.extend(options(only));
                }
                _ => open.push(errors),
            }
        }
        let near = place.value.scalar().is_some_and(|scalar| {
            suggest(scalar.text, choices.iter().map(String::as_str)).is_some()
        });
        if open.is_empty() || near {
            self.not_an_option(place, pointer, &choices, self.hint(error));
            return;
        }
        // Keys that name the alternative: one whose names fit wins over those whose names do not.
        let (tagged_otherwise, tag_fits): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|errors| errors.iter().any(|error| is_tag(error, pointer)));
        if tag_fits.is_empty() {
            let tags: Errors<'_> = tagged_otherwise
                .iter()
                .filter_map(|errors| errors.iter().copied().find(|error| is_tag(error, pointer)))
                .collect();
            let first = tags[0].instance_path().as_str();
            let options: Vec<String> = tags
                .iter()
                .filter(|tag| tag.instance_path().as_str() == first)
                .flat_map(|tag| options(tag))
                .collect();
            if let Some(place) = self.tree.at(first).filter(|_| !self.told.contains(first)) {
                self.not_an_option(place, first, &options, self.hint(tags[0]));
            }
            return;
        }
        let best = tag_fits
            .into_iter()
            .min_by_key(|errors| self.distance(errors, pointer))
            .cloned()
            .unwrap_or_default();
        let told = self.told.len();
        self.each(&best);
        if self.told.len() == told && !best.iter().any(|error| self.is_told(error)) {
            let diagnostic = Diagnostic::new(
                Code::BadValue,
                format!(
                    "{}: {} fits none of the allowed forms",
                    subject(pointer),
                    found(place.value)
                ),
            )
            .at(place.value.span())
            .maybe_hint(self.hint(error));
            self.tell(pointer, diagnostic);
        }
    }

    fn is_told(&self, error: &ValidationError<'_>) -> bool {
        let pointer = error.instance_path().as_str();
        self.told.contains(pointer)
            || matches!(error.kind(), Kind::Required { property } if property.as_str().is_some_and(
                |key| self.told.contains(&format!("{pointer}/{}", escaped(key)))
                    || self.misspelt.contains(&format!("{pointer}/{}", escaped(key)))))
            || matches!(error.kind(), Kind::OneOfNotValid { context } | Kind::AnyOf { context }
                if context.iter().flatten().any(|inner| self.is_told(inner)))
    }

    /// How far a value is from an alternative: unknown and missing keys weigh most, for they
    /// tell that another mapping was meant.
    fn distance(&self, errors: &[&ValidationError<'_>], pointer: &str) -> usize {
        errors
            .iter()
            .filter(|error| !self.told.contains(error.instance_path().as_str()))
            .map(|error| {
                let here = error.instance_path().as_str() == pointer;
                match error.kind() {
                    Kind::AdditionalProperties { unexpected }
                    | Kind::UnevaluatedProperties { unexpected }
                        if here =>
                    {
                        2 * unexpected.len()
                    }
                    Kind::Required { .. } if here => 3,
                    _ => 1,
                }
            })
            .sum()
    }

    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<&'a str> {
        parent_schema(self.schema, error.schema_path().as_str())
            .and_then(|schema| schema.get("properties")?.as_object())
            .into_iter()
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect()
    }

    /// What the schema says to people about the value that it refuses.
    fn hint(&self, error: &ValidationError<'_>) -> Option<String> {
        let own = parent_schema(self.schema, error.schema_path().as_str()).and_then(annotation);
        if own.is_some() {
            return own;
        }
        // A definition is often described where it is used: beside the `$ref`.
        let mut path = error.evaluation_path().as_str();
        while let Some((before, _)) = path.rsplit_once("/$ref") {
            if let Some(text) = resolve(self.schema, before).and_then(annotation) {
                return Some(text);
            }
            path = before;
        }
        None
    }
}

/// The schema that holds the keyword at this pointer.
fn parent_schema<'s>(schema: &'s Value, keyword: &str) -> Option<&'s Value> {
    schema.pointer(keyword.rsplit_once('/')?.0)
}

/// Follows an evaluation path, which goes through `$ref`.
fn resolve<'s>(schema: &'s Value, path: &str) -> Option<&'s Value> {
    let mut here = schema;
    for part in path.split('/').skip(1) {
        here = if part == "$ref" {
            schema.pointer(here.get("$ref")?.as_str()?.strip_prefix('#')?)?
        } else {
            here.pointer(&format!("/{part}"))?
        };
    }
    Some(here)
}

fn annotation(schema: &Value) -> Option<String> {
    let text = schema
        .get("x-hint")
        .or_else(|| schema.get("errorMessage"))
        .or_else(|| schema.get("description"))?
        .as_str()?;
    let sentence = text.split("\n\n").next().unwrap_or(text);
    Some(shorten_to(&sentence.replace('\n', " "), 200))
}

fn shorten_to(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// The value is of another type than the alternative: it was not meant.
fn is_other_type(error: &ValidationError<'_>, pointer: &str) -> bool {
    if error.instance_path().as_str() != pointer {
        return false;
    }
    let kind_of = std::mem::discriminant::<Value>;
    let instance = kind_of(error.instance());
    match error.kind() {
        Kind::Type { .. } => true,
        Kind::Constant { expected_value } => kind_of(expected_value) != instance,
        Kind::Enum { options } => options
            .as_array()
            .is_some_and(|options| options.iter().all(|option| kind_of(option) != instance)),
        _ => false,
    }
}

fn is_option(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Enum { .. } | Kind::Constant { .. })
}

/// The error is about a key directly below that can hold only certain values.
fn is_tag(error: &ValidationError<'_>, pointer: &str) -> bool {
    is_option(error)
        && error
            .instance_path()
            .as_str()
            .strip_prefix(pointer)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| !rest.contains('/'))
}

fn options(error: &ValidationError<'_>) -> Vec<String> {
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

fn type_names(kind: &TypeKind) -> Vec<String> {
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

fn either(names: &[String]) -> String {
    match names {
        [] => "another value".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn found(node: Node<'_>) -> String {
    match node.kind() {
        tree::Kind::Scalar(scalar) if scalar.style == Style::Plain => {
            format!("`{}`", shortened(scalar.text))
        }
        tree::Kind::Scalar(scalar) => format!("the text `{}`", shortened(scalar.text)),
        tree::Kind::Sequence(_) => "a list".to_owned(),
        tree::Kind::Mapping(_) => "a mapping".to_owned(),
    }
}

/// What to write instead of a value of the wrong type.
fn type_hint(node: Node<'_>, wanted: &[String]) -> Option<String> {
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
fn subject(pointer: &str) -> String {
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

fn subject_of_parent(pointer: &str) -> Option<String> {
    (!pointer.is_empty()).then(|| subject(pointer))
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// What a keyword has against a value, to follow the value in a sentence.
fn refusal(error: &ValidationError<'_>) -> String {
    let characters = |limit: &u64| match limit {
        1 => "1 character".to_owned(),
        _ => format!("{limit} characters"),
    };
    match error.kind() {
        Kind::Minimum { limit } => format!("is less than {limit}"),
        Kind::Maximum { limit } => format!("is more than {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("is not more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("is not less than {limit}"),
        Kind::MinLength { limit } => format!("is shorter than {}", characters(limit)),
        Kind::MaxLength { limit } => format!("is longer than {}", characters(limit)),
        Kind::MinItems { limit } => format!("has fewer than {limit} items"),
        Kind::MaxItems { limit } => format!("has more than {limit} items"),
        Kind::AdditionalItems { limit } => format!("has more than {limit} items"),
        Kind::MinProperties { limit } => format!("has fewer than {limit} keys"),
        Kind::MaxProperties { limit } => format!("has more than {limit} keys"),
        Kind::UniqueItems => "holds an item twice".to_owned(),
        Kind::Format { format } => format!("is not of the form `{format}`"),
        Kind::Pattern { .. } => "is not of the allowed form".to_owned(),
        Kind::MultipleOf { multiple_of } => format!("is no multiple of {multiple_of}"),
        Kind::OneOfMultipleValid { .. } => "fits more than one of the allowed forms".to_owned(),
        _ => "is not allowed".to_owned(),
    }
}
