//! Ways in which a true JSON answer goes wrong.

use serde_json::{Value, json};

/// The key that nobody documents.
pub(crate) const EXTRA_KEY: &str = "x_undocumented";

/// Adds a key that nobody documents to every object of the tree.
pub(crate) fn add_extra_keys(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(add_extra_keys);
            fields.insert(
                EXTRA_KEY.to_owned(),
                json!({ "since": "yesterday", "values": [1, null] }),
            );
        }
        Value::Array(items) => items.iter_mut().for_each(add_extra_keys),
        _ => {}
    }
}

/// Puts null in place of every list below `value`.
pub(crate) fn null_lists(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(null_lists),
        Value::Array(_) => *value = Value::Null,
        _ => {}
    }
}

/// Puts null in place of every list and scalar below `value` whose key is not in `keep`.
pub(crate) fn null_fields(value: &mut Value, keep: &[&str]) {
    let Value::Object(fields) = value else { return };
    for (key, field) in fields.iter_mut() {
        if field.is_object() {
            null_fields(field, keep);
        } else if !keep.contains(&key.as_str()) {
            *field = Value::Null;
        }
    }
}

/// Drops the last row of a page.
pub(crate) fn shorten(rows: &mut Vec<Value>) {
    rows.pop();
}

/// Shows the first row of a page again in place of the last; a single row is shown twice.
pub(crate) fn repeat_first(rows: &mut Vec<Value>) {
    let Some(first) = rows.first().cloned() else {
        return;
    };
    if rows.len() > 1 {
        rows.pop();
    }
    rows.push(first);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_leave_what_identifies_a_row() {
        let mut row = json!({ "Agent": { "id": "1", "groups": ["a"], "limit": 4 } });
        null_fields(&mut row, &["id"]);
        assert_eq!(
            row,
            json!({ "Agent": { "id": "1", "groups": null, "limit": null } })
        );
        let mut row = json!({ "Agent": { "id": "1", "groups": ["a"], "limit": 4 } });
        null_lists(&mut row);
        assert_eq!(
            row,
            json!({ "Agent": { "id": "1", "groups": null, "limit": 4 } })
        );
    }

    #[test]
    fn a_repeated_row_keeps_the_length_of_a_page() {
        let mut rows = vec![json!(1), json!(2), json!(3)];
        repeat_first(&mut rows);
        assert_eq!(rows, [json!(1), json!(2), json!(1)]);
        let mut one = vec![json!(1)];
        repeat_first(&mut one);
        assert_eq!(one, [json!(1), json!(1)]);
    }
}
