//! From the errors of the JSON Schema validator to diagnostics.
//!
//! One mistake gives one diagnostic: of alternatives the one that was probably meant is told, a
//! misspelt key is not also a missing one, and of several keywords that refuse one value the
//! first speaks.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::convert::Converted;
use super::suggest::{all_of, one_of, shortened, suggest};
use super::tree::{Node, Place, Tree};
use super::wanted::escaped;
use super::wording::{
    either, found, options, refusal, subject, subject_of_parent, type_hint, type_names,
};
use crate::diagnostic::{Code, Collector, Diagnostic};

pub(super) struct Translator<'a, 'c> {
    schema: &'a Value,
    tree: &'a Tree,
    /// Pointers of values that already have a diagnostic.
    told: BTreeSet<String>,
    /// Pointers of keys that a misspelt key was probably meant to be.
    misspelt: BTreeSet<String>,
    /// The value at hand is a secret: the schema calls it `writeOnly`.
    secret: bool,
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
            secret: false,
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
        self.secret = self.is_secret(error);
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
                self.not_an_option(place, pointer, &options(error), &[], self.hint(error));
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
                let value = self.found(place.value);
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
        self.diagnostics.push(if self.secret {
            diagnostic.confidential()
        } else {
            diagnostic
        });
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
            None => Some(format!("known keys are {}", all_of(known.iter().copied()))),
        };
        // Somebody may have written the secret where a key belongs.
        let named = if self.secret && meant.is_none() {
            "of this name".to_owned()
        } else {
            format!("`{}`", shortened(key))
        };
        let message = match subject_of_parent(pointer) {
            Some(parent) => format!("{parent} has no key {named}"),
            None => format!("there is no key {named} here"),
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
        let hint = if self.secret {
            self.hint(error)
        } else {
            type_hint(place.value, wanted).or_else(|| self.hint(error))
        };
        let diagnostic = Diagnostic::new(
            Code::WrongType,
            format!(
                "{} takes {}, not {}",
                subject(pointer),
                either(wanted),
                self.found(place.value)
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
        types: &[String],
        hint: Option<String>,
    ) {
        let meant = place.value.scalar().and_then(|scalar| {
            suggest(scalar.text, options.iter().map(String::as_str))
                .map(|meant| format!("did you mean `{meant}`?"))
        });
        let expected = match (options, types) {
            ([only], []) => format!("expected `{only}`"),
            (_, []) => format!(
                "expected one of {}",
                one_of(options.iter().map(String::as_str))
            ),
            _ => {
                let mut names = vec![one_of(options.iter().map(String::as_str))];
                names.extend_from_slice(types);
                format!("expected {}", either(&names))
            }
        };
        let diagnostic = Diagnostic::new(
            Code::BadValue,
            format!(
                "{}: {expected}, not {}",
                subject(pointer),
                self.found(place.value)
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
            let mut types = Vec::new();
            for error in other_type.iter().flat_map(|errors| errors.iter()) {
                if let Kind::Type { kind } = error.kind() {
                    types.extend(type_names(kind));
                }
            }
            types.dedup();
            self.not_an_option(place, pointer, &choices, &types, self.hint(error));
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
                self.not_an_option(place, first, &options, &[], self.hint(tags[0]));
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
                    self.found(place.value)
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

    fn found(&self, node: Node<'_>) -> String {
        if self.secret && node.scalar().is_some() {
            "this value".to_owned()
        } else {
            found(node)
        }
    }

    fn is_secret(&self, error: &ValidationError<'_>) -> bool {
        let path = error.evaluation_path().as_str();
        path.match_indices('/')
            .filter_map(|(end, _)| resolve(self.schema, &path[..end]))
            .any(|schema| schema.get("writeOnly") == Some(&Value::Bool(true)))
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
        // A definition is often described where it is used, beside the `$ref`; an alternative,
        // by the schema that lists the alternatives.
        let mut path = error.evaluation_path().as_str().rsplit_once('/')?.0;
        loop {
            if let Some(text) = resolve(self.schema, path).and_then(annotation) {
                return Some(text);
            }
            let (before, last) = path.rsplit_once('/')?;
            path = match before.rsplit_once('/') {
                _ if last == "$ref" => before,
                Some((before, "oneOf" | "anyOf" | "allOf")) => before,
                _ => return None,
            };
        }
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
