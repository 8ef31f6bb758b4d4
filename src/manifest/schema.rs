//! The two faces of a JSON Schema that is generated from types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// The keyword, of ours, that names the rule which checks the limits beside it.
const RULE: &str = "x-rule";
/// The keyword, of ours, that says what to do about a value that does not fit.
const HINT: &str = "x-hint";
/// The limits that give way to a rule.
const LIMITS: &[&str] = &[
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "enum",
    "const",
    "dependentRequired",
];

/// The schema of a type, as generated, with the address at which it is published.
pub fn generate<T: JsonSchema>(id: &str) -> Value {
    let mut schema: Schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), id.into());
    schema.to_value()
}

/// The schema for editors: every limit, optional means absent and never null.
pub fn published(mut generated: Value) -> Value {
    each_schema(&mut generated, &mut |schema| {
        strip_null(schema);
        schema.remove(RULE);
        schema.remove(HINT);
    });
    generated
}

/// The schema for validation: what a rule checks, and says better, is left to the rule.
pub fn checked(mut generated: Value) -> Value {
    each_schema(&mut generated, &mut |schema| {
        strip_null(schema);
        if schema.remove(RULE).is_some() {
            for limit in LIMITS {
                schema.remove(*limit);
            }
        }
    });
    generated
}

/// Visits every schema in a schema, and nothing that merely looks like one, such as an example.
fn each_schema(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Value::Object(schema) = value else { return };
    visit(schema);
    for (keyword, part) in schema.iter_mut() {
        match keyword.as_str() {
            "properties" | "$defs" | "patternProperties" | "dependentSchemas" => {
                if let Value::Object(parts) = part {
                    parts.values_mut().for_each(|part| each_schema(part, visit));
                }
            }
            "oneOf" | "anyOf" | "allOf" | "prefixItems" => {
                if let Value::Array(parts) = part {
                    parts.iter_mut().for_each(|part| each_schema(part, visit));
                }
            }
            "items" | "additionalProperties" | "not" | "if" | "then" | "else" => {
                each_schema(part, visit);
            }
            _ => {}
        }
    }
}

fn strip_null(schema: &mut Map<String, Value>) {
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(parts)) = schema.get_mut(keyword) else {
            continue;
        };
        parts.retain(|part| part.get("type").is_none_or(|name| name != "null"));
        // One way left is no choice.
        if parts.len() == 1
            && let Some(Value::Object(only)) = parts.pop()
        {
            schema.remove(keyword);
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn optional_means_absent_and_never_null() {
        let generated = json!({ "properties": {
            "a": { "type": ["string", "null"], "default": null },
            "b": { "anyOf": [{ "$ref": "#/$defs/B" }, { "type": "null" }], "description": "b" },
            "c": { "type": ["integer", "string", "null"] },
        }});
        assert_eq!(
            published(generated),
            json!({ "properties": {
                "a": { "type": "string" },
                "b": { "$ref": "#/$defs/B", "description": "b" },
                "c": { "type": ["integer", "string"] },
            }})
        );
    }

    #[test]
    fn a_limit_that_a_rule_checks_is_for_editors_only() {
        let generated = json!({
            "properties": { "pattern": { "type": "string", "pattern": "^a$", "x-rule": "r", "examples": [{ "x-rule": 1 }] } }
        });
        assert_eq!(
            published(generated.clone())["properties"]["pattern"]["pattern"],
            "^a$"
        );
        assert_eq!(
            checked(generated),
            json!({ "properties": { "pattern": { "type": "string", "examples": [{ "x-rule": 1 }] } } })
        );
    }
}
