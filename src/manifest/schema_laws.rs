//! What holds for the schema of every dialect's manifests.

use serde_json::Value;

use super::schema::published;

/// The published schema is kept in `schemas/`; with `SEATWRIGHT_BLESS=1` it is written anew.
pub(crate) fn is_the_one_in_the_repository(provider: &str, generated: Value) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
    let file = format!("{folder}/{provider}.schema.json");
    let text = serde_json::to_string_pretty(&published(generated)).unwrap() + "\n";
    if std::env::var_os("SEATWRIGHT_BLESS").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "run the tests once with SEATWRIGHT_BLESS=1 to write {file} anew"
    );
}

/// Calls `visit` with the path and schema of every property, `$ref` followed for the second.
fn each_property(
    root: &Value,
    schema: &Value,
    path: &str,
    visit: &mut dyn FnMut(&str, &Value, &Value),
) {
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let path = format!("{path}.{name}");
        let target = match property["$ref"].as_str() {
            Some(reference) => root.pointer(&reference[1..]).unwrap(),
            None => property,
        };
        visit(&path, property, target);
        each_property(root, target, &path, visit);
        let items = match target["items"]["$ref"].as_str() {
            Some(reference) => root.pointer(&reference[1..]).unwrap(),
            None => &target["items"],
        };
        each_property(root, items, &format!("{path}[]"), visit);
        let values = match target["additionalProperties"]["$ref"].as_str() {
            Some(reference) => root.pointer(&reference[1..]).unwrap(),
            None => &target["additionalProperties"],
        };
        each_property(root, values, &format!("{path}.*"), visit);
    }
}

/// Every key has a description and an example; the number of keys is handed out.
pub(crate) fn every_key_is_described(generated: Value) -> usize {
    let schema = published(generated);
    let mut seen = 0;
    each_property(&schema, &schema, "", &mut |path, property, target| {
        seen += 1;
        assert!(property["description"].is_string(), "{path}: description");
        let shown = property["examples"].is_array() || target["examples"].is_array();
        let whole = target["properties"].is_object();
        assert!(shown || whole, "{path}: examples");
    });
    seen
}

/// No mapping takes keys that it does not know, nothing may be null, and no mark of ours is published.
pub(crate) fn nothing_is_open(generated: Value) {
    let schema = published(generated);
    let mut open = Vec::new();
    let text = serde_json::to_string(&schema).unwrap();
    assert!(!text.contains("\"null\"") && !text.contains("x-rule") && !text.contains("x-hint"));
    each_property(&schema, &schema, "", &mut |path, _, target| {
        if target["properties"].is_object() && target["additionalProperties"] != Value::Bool(false)
        {
            open.push(path.to_owned());
        }
    });
    assert_eq!(open, Vec::<String>::new());
    assert_eq!(schema["additionalProperties"], Value::Bool(false));
}
