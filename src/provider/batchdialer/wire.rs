//! What the API sends, read with care: the shapes are known from answers that others captured, not from a specification.

use serde::Deserialize;
use serde_json::Value;

/// A campaign, as campaign search lists it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Campaign {
    /// A number, or digits.
    pub(super) id: Value,
    pub(super) name: String,
    /// The names of the assigned agents; how they are listed is not documented.
    #[serde(default)]
    agentslist: Value,
}

impl Campaign {
    /// The names of the agents that are assigned by name.
    pub(super) fn agents(&self) -> Vec<String> {
        match &self.agentslist {
            Value::Array(items) => items.iter().filter_map(name).collect(),
            Value::String(text) => text
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
        }
    }
}

/// A page of call records: a page without records may still name a next one.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CallPage {
    pub(super) items: Vec<Call>,
    #[serde(default, rename = "nextPage")]
    pub(super) next: Value,
}

impl CallPage {
    /// The cursor of the next page.
    pub(super) fn cursor(&self) -> Option<String> {
        match &self.next {
            Value::String(cursor) if !cursor.is_empty() => Some(cursor.clone()),
            Value::Number(cursor) => Some(cursor.to_string()),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }
}

/// A call record; only who called is looked at.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Call {
    #[serde(default)]
    agent: Value,
}

impl Call {
    /// The name of the agent; `None` for a call without one.
    pub(super) fn agent(&self) -> Option<String> {
        name(&self.agent)
    }
}

/// A person's name: text, or an object with the parts of it.
fn name(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_str).map(str::trim);
            let whole = part("name").map(str::to_owned);
            whole.unwrap_or_else(|| {
                let parts = [part("firstname"), part("lastname")];
                let parts: Vec<&str> = parts.into_iter().flatten().collect();
                parts.join(" ").trim().to_owned()
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_understood_in_every_shape_that_was_seen() {
        let table = [
            (
                json!({ "id": 1, "firstname": "Ada", "lastname": "Lovelace" }),
                Some("Ada Lovelace"),
            ),
            (
                json!({ "id": 1, "firstname": "Ada", "lastname": null }),
                Some("Ada"),
            ),
            (json!({ "name": "Ada Lovelace" }), Some("Ada Lovelace")),
            (json!(" Ada Lovelace "), Some("Ada Lovelace")),
            (json!(""), None),
            (json!(null), None),
            (json!(7), None),
        ];
        for (value, expected) in table {
            assert_eq!(name(&value).as_deref(), expected, "{value}");
        }
        let listed = |list: Value| -> Vec<String> {
            let campaign = json!({ "id": 1, "name": "Spring", "agentslist": list });
            serde_json::from_value::<Campaign>(campaign)
                .unwrap()
                .agents()
        };
        assert_eq!(listed(json!(["Ada", "Bob"])), ["Ada", "Bob"]);
        assert_eq!(listed(json!("Ada, Bob,")), ["Ada", "Bob"]);
        assert!(listed(json!(null)).is_empty());
    }

    #[test]
    fn a_page_has_a_cursor_or_is_the_last() {
        let page = |next: Value| -> Option<String> {
            let page = json!({ "items": [], "nextPage": next });
            serde_json::from_value::<CallPage>(page).unwrap().cursor()
        };
        assert_eq!(page(json!("abc")).as_deref(), Some("abc"));
        assert_eq!(page(json!(7)).as_deref(), Some("7"));
        assert_eq!(page(json!(null)), None);
        assert_eq!(page(json!("")), None);
    }
}
