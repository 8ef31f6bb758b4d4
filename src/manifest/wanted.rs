//! Which types a JSON Schema admits at each place.
//!
//! A schema is unfolded once: `$ref` and `allOf` are followed, `oneOf` and `anyOf` become
//! alternatives. This says what a plain YAML scalar means; it does not validate.

use std::collections::BTreeMap;

use serde_json::Value;

/// Types of JSON, as bits.
pub(super) type Types = u8;
pub(super) const NULL: Types = 1;
pub(super) const BOOLEAN: Types = 2;
pub(super) const INTEGER: Types = 4;
pub(super) const NUMBER: Types = 8;
pub(super) const STRING: Types = 16;
pub(super) const ARRAY: Types = 32;
pub(super) const OBJECT: Types = 64;
pub(super) const ANY: Types = 127;

/// More alternatives than this at one place are not told apart.
const MAX_ALTERNATIVES: usize = 64;
/// `$ref` to `$ref` to `$ref`, without a property or an item between them.
const MAX_REF_CHAIN: usize = 16;

/// A place in the schema.
pub(super) type PlaceId = usize;

#[derive(Debug)]
pub(super) struct Wanted {
    places: Vec<Vec<Alternative>>,
    root: PlaceId,
}

/// One way in which a value may be formed.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) types: Types,
    properties: BTreeMap<String, PlaceId>,
    /// Places for keys that are not among the properties.
    additional: Vec<PlaceId>,
    /// No other keys than the properties.
    closed: bool,
    prefix: Vec<PlaceId>,
    items: Option<PlaceId>,
    /// Keys that can hold only these texts; they tell alternatives apart.
    tags: BTreeMap<String, Vec<String>>,
}

/// What is wanted of the value of a key.
pub(super) enum Child {
    Places(Vec<PlaceId>),
    /// The key does not exist.
    Closed,
}

impl Wanted {
    pub(super) fn new(schema: &Value) -> Self {
        let mut compiler = Compiler {
            schema,
            places: Vec::new(),
            known: BTreeMap::new(),
        };
        let root = compiler.place(String::new(), schema);
        Self {
            places: compiler.places,
            root,
        }
    }

    pub(super) fn root(&self) -> PlaceId {
        self.root
    }

    /// The types admitted by any of the places; without places, everything.
    pub(super) fn types(&self, places: &[PlaceId]) -> Types {
        if places.is_empty() {
            return ANY;
        }
        self.alternatives(places, 0)
            .fold(0, |types, alternative| types | alternative.types)
    }

    /// The alternatives that could be a list.
    pub(super) fn items(&self, places: &[PlaceId], index: usize) -> Vec<PlaceId> {
        self.alternatives(places, ARRAY)
            .filter_map(|alternative| alternative.prefix.get(index).copied().or(alternative.items))
            .collect()
    }

    /// Whether every item of a list is wanted alike.
    pub(super) fn uniform_items(&self, places: &[PlaceId]) -> bool {
        self.alternatives(places, ARRAY)
            .all(|alternative| alternative.prefix.is_empty())
    }

    /// The alternatives that could be a mapping with these texts at its keys.
    pub(super) fn mappings<'w>(
        &'w self,
        places: &'w [PlaceId],
        text_at: impl Fn(&str) -> Option<&'w str>,
    ) -> Vec<&'w Alternative> {
        let all: Vec<_> = self.alternatives(places, OBJECT).collect();
        if all.len() < 2 {
            return all;
        }
        let fitting: Vec<_> = all
            .iter()
            .copied()
            .filter(|alternative| {
                alternative.tags.iter().all(|(key, texts)| {
                    text_at(key).is_none_or(|text| texts.iter().any(|known| known == text))
                })
            })
            .collect();
        if fitting.is_empty() { all } else { fitting }
    }

    fn alternatives<'w>(
        &'w self,
        places: &'w [PlaceId],
        types: Types,
    ) -> impl Iterator<Item = &'w Alternative> {
        places
            .iter()
            .flat_map(|place| &self.places[*place])
            .filter(move |alternative| types == 0 || alternative.types & types != 0)
    }
}

/// What is wanted at a key of a mapping that has one of these forms.
pub(super) fn child(alternatives: &[&Alternative], key: &str) -> Child {
    let mut places = Vec::new();
    let mut closed = !alternatives.is_empty();
    for alternative in alternatives {
        if let Some(place) = alternative.properties.get(key) {
            places.push(*place);
            closed = false;
        } else if !alternative.closed {
            places.extend(&alternative.additional);
            closed = false;
        }
    }
    if closed {
        Child::Closed
    } else {
        Child::Places(places)
    }
}

struct Compiler<'s> {
    schema: &'s Value,
    places: Vec<Vec<Alternative>>,
    known: BTreeMap<String, PlaceId>,
}

impl<'s> Compiler<'s> {
    fn place(&mut self, pointer: String, schema: &'s Value) -> PlaceId {
        if let Some(place) = self.known.get(&pointer) {
            return *place;
        }
        let place = self.places.len();
        // A schema that contains itself finds this entry.
        self.places.push(Vec::new());
        self.known.insert(pointer.clone(), place);
        self.places[place] = self.unfold(&pointer, schema, 0);
        place
    }

    fn unfold(&mut self, pointer: &str, schema: &'s Value, refs: usize) -> Vec<Alternative> {
        let mut result = vec![self.own(pointer, schema)];
        if let Some(target) = schema.get("$ref").and_then(Value::as_str)
            && let Some(target_pointer) = target.strip_prefix('#')
            && let Some(target) = self.schema.pointer(target_pointer)
            && refs < MAX_REF_CHAIN
        {
            let target = self.unfold(target_pointer, target, refs + 1);
            result = both(result, target);
        }
        for (index, part) in parts(schema, "allOf") {
            let part = self.unfold(&format!("{pointer}/allOf/{index}"), part, refs + 1);
            result = both(result, part);
        }
        for keyword in ["oneOf", "anyOf"] {
            let mut either = Vec::new();
            for (index, part) in parts(schema, keyword) {
                if refs < MAX_REF_CHAIN {
                    either.extend(self.unfold(
                        &format!("{pointer}/{keyword}/{index}"),
                        part,
                        refs + 1,
                    ));
                }
            }
            if !either.is_empty() {
                result = both(result, either);
            }
        }
        result
    }

    /// What the keywords of the schema itself say, without those that combine schemas.
    fn own(&mut self, pointer: &str, schema: &'s Value) -> Alternative {
        let mut alternative = Alternative {
            types: types_of(schema),
            properties: BTreeMap::new(),
            additional: Vec::new(),
            closed: schema.get("additionalProperties") == Some(&Value::Bool(false))
                || schema.get("unevaluatedProperties") == Some(&Value::Bool(false)),
            prefix: Vec::new(),
            items: None,
            tags: BTreeMap::new(),
        };
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (key, property) in properties {
                let place = self.place(format!("{pointer}/properties/{}", escaped(key)), property);
                alternative.properties.insert(key.clone(), place);
                let texts = texts_of(property);
                if !texts.is_empty() {
                    alternative.tags.insert(key.clone(), texts);
                }
            }
        }
        if let Some(patterns) = schema.get("patternProperties").and_then(Value::as_object) {
            alternative.closed = false;
            for (pattern, property) in patterns {
                let pointer = format!("{pointer}/patternProperties/{}", escaped(pattern));
                alternative.additional.push(self.place(pointer, property));
            }
        }
        if let Some(additional) = schema.get("additionalProperties").filter(|v| v.is_object()) {
            let place = self.place(format!("{pointer}/additionalProperties"), additional);
            alternative.additional.push(place);
        }
        for (index, part) in parts(schema, "prefixItems") {
            let place = self.place(format!("{pointer}/prefixItems/{index}"), part);
            alternative.prefix.push(place);
        }
        if let Some(items) = schema.get("items").filter(|v| v.is_object()) {
            alternative.items = Some(self.place(format!("{pointer}/items"), items));
        }
        alternative
    }
}

/// Every pair of an alternative of one and an alternative of the other.
fn both(left: Vec<Alternative>, right: Vec<Alternative>) -> Vec<Alternative> {
    if left.len() * right.len() > MAX_ALTERNATIVES {
        return left.into_iter().chain(right).collect();
    }
    let mut result = Vec::with_capacity(left.len() * right.len());
    for a in &left {
        for b in &right {
            let mut joined = a.clone();
            joined.types &= b.types;
            // What the inner schema says of a key is nearly always the narrower.
            joined.properties.extend(
                b.properties
                    .iter()
                    .map(|(key, place)| (key.clone(), *place)),
            );
            joined.tags.extend(b.tags.clone());
            joined.additional.extend(&b.additional);
            joined.closed |= b.closed;
            if joined.prefix.is_empty() {
                joined.prefix.clone_from(&b.prefix);
            }
            joined.items = b.items.or(a.items);
            result.push(joined);
        }
    }
    result
}

fn parts<'s>(schema: &'s Value, keyword: &str) -> impl Iterator<Item = (usize, &'s Value)> {
    schema
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
}

fn types_of(schema: &Value) -> Types {
    let mut types = match schema.get("type") {
        Some(Value::String(name)) => type_named(name),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .fold(0, |types, name| types | type_named(name)),
        _ => ANY,
    };
    if let Some(value) = schema.get("const") {
        types &= type_of(value);
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        types &= values.iter().fold(0, |types, value| types | type_of(value));
    }
    types
}

fn type_named(name: &str) -> Types {
    match name {
        "null" => NULL,
        "boolean" => BOOLEAN,
        "integer" => INTEGER,
        "number" => INTEGER | NUMBER,
        "string" => STRING,
        "array" => ARRAY,
        "object" => OBJECT,
        _ => ANY,
    }
}

fn type_of(value: &Value) -> Types {
    match value {
        Value::Null => NULL,
        Value::Bool(_) => BOOLEAN,
        Value::Number(number) if number.is_f64() => NUMBER,
        Value::Number(_) => INTEGER,
        Value::String(_) => STRING,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
    }
}

/// The texts that a `const` or an `enum` of texts leaves.
fn texts_of(schema: &Value) -> Vec<String> {
    let one = schema.get("const").into_iter();
    let many = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    one.chain(many)
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// A key as a part of a JSON pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
