//! The vendor's rows and pages, read tolerantly in form and strictly in substance.
//!
//! Tolerant: ids and figures as numbers or text, flags as booleans or `0` and `1`, nulls, missing and unknown keys, wrapper
//! names that drift. Strict: a value that fits no known form is an error that names its row and key, never a default.
//! The forms are those of the vendor's OpenAPI 1.7 and of answers that others saw live (2026-11-21).

use std::fmt;

use serde_json::{Map, Value as Json};

/// A value that fits none of the forms in which the vendor writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misshapen {
    /// The key in the object.
    pub(super) key: String,
    /// What was expected.
    expected: &'static str,
    /// What was there, without its content.
    found: &'static str,
}

impl fmt::Display for Misshapen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is {}, where {} was expected",
            self.key, self.found, self.expected
        )
    }
}

/// One object of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a>(&'a Map<String, Json>);

impl<'a> Object<'a> {
    /// Reads a value as an object.
    pub(super) fn of(value: &'a Json, key: &str) -> Result<Self, Misshapen> {
        value
            .as_object()
            .map(Self)
            .ok_or_else(|| misshapen(key, "an object", value))
    }

    /// Takes the object out of the first of these wrappers that is there.
    pub(super) fn unwrap_as(value: &'a Json, wrappers: &[&str]) -> Result<Self, Misshapen> {
        let first = wrappers.first().copied().unwrap_or_default();
        let outer = Self::of(value, first)?;
        let inner = wrappers.iter().find_map(|wrapper| outer.0.get(*wrapper));
        Self::of(inner.unwrap_or(&Json::Null), first)
    }

    /// A value as it is; null when missing.
    pub(super) fn get(self, key: &str) -> &'a Json {
        self.0.get(key).unwrap_or(&Json::Null)
    }

    /// Text; numbers count as the text of their digits, null, missing and blank as nothing.
    pub(super) fn text(self, key: &str) -> Result<Option<String>, Misshapen> {
        text_of(self.get(key), key)
    }

    /// An id; null, missing, blank and zero are nothing.
    pub(super) fn id(self, key: &str) -> Result<Option<String>, Misshapen> {
        let value = self.get(key);
        id_of(value).map_err(|()| misshapen(key, "an id", value))
    }

    /// A flag: a boolean, or 0 and 1 as a number or text; null, missing and blank are nothing.
    pub(super) fn flag(self, key: &str) -> Result<Option<bool>, Misshapen> {
        let value = self.get(key);
        match value {
            Json::Null => Ok(None),
            Json::Bool(on) => Ok(Some(*on)),
            Json::Number(number) if number.as_u64() == Some(0) => Ok(Some(false)),
            Json::Number(number) if number.as_u64() == Some(1) => Ok(Some(true)),
            Json::String(text) => match text.trim() {
                "" => Ok(None),
                "0" | "false" => Ok(Some(false)),
                "1" | "true" => Ok(Some(true)),
                _ => Err(misshapen(key, "a flag", value)),
            },
            _ => Err(misshapen(key, "a flag", value)),
        }
    }

    /// A whole number, also as text and with a fraction of zero; null, missing and blank are nothing.
    pub(super) fn whole(self, key: &str) -> Result<Option<u64>, Misshapen> {
        let value = self.get(key);
        let digits = match value {
            Json::Null => return Ok(None),
            Json::Number(number) => number.to_string(),
            Json::String(text) if text.trim().is_empty() => return Ok(None),
            Json::String(text) => text.trim().to_owned(),
            _ => return Err(misshapen(key, "a whole number", value)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        if fraction.bytes().any(|digit| digit != b'0') {
            return Err(misshapen(key, "a whole number", value));
        }
        whole
            .parse()
            .map(Some)
            .map_err(|_| misshapen(key, "a whole number", value))
    }

    /// A list of texts; null and missing are nothing, null entries are left out.
    pub(super) fn texts(self, key: &str) -> Result<Option<Vec<String>>, Misshapen> {
        match self.get(key) {
            Json::Null => Ok(None),
            Json::Array(list) => {
                let texts: Result<Vec<_>, _> =
                    list.iter().map(|entry| text_of(entry, key)).collect();
                Ok(Some(texts?.into_iter().flatten().collect()))
            }
            other => Err(misshapen(key, "a list", other)),
        }
    }

    /// A list of anything; null and missing count as empty.
    pub(super) fn list(self, key: &str) -> Result<&'a [Json], Misshapen> {
        match self.get(key) {
            Json::Null => Ok(&[]),
            Json::Array(list) => Ok(list),
            other => Err(misshapen(key, "a list", other)),
        }
    }
}

fn text_of(value: &Json, key: &str) -> Result<Option<String>, Misshapen> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) if text.trim().is_empty() => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        Json::Number(number) => Ok(Some(number.to_string())),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err(misshapen(key, "text", value)),
    }
}

/// An id as text. Only characters that are safe in a path are believed to be one.
pub(super) fn id_of(value: &Json) -> Result<Option<String>, ()> {
    let text = match value {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_u64().ok_or(())?.to_string(),
        Json::String(text) => text.trim().to_owned(),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => return Err(()),
    };
    if text.bytes().all(|digit| digit == b'0') {
        return Ok(None);
    }
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain { Ok(Some(text)) } else { Err(()) }
}

fn misshapen(key: &str, expected: &'static str, value: &Json) -> Misshapen {
    let found = match value {
        Json::Null => "missing or null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "another number",
        Json::String(_) => "other text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Misshapen {
        key: key.to_owned(),
        expected,
        found,
    }
}

/// A row of `agents/index.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AgentRow {
    pub(super) id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) extension: Option<String>,
    pub(super) outbound: Option<bool>,
    /// EUR a day, 1 to 200; answers leave it out for the company's default.
    pub(super) daily_price_limit: Option<u64>,
    pub(super) default_number: Option<String>,
    pub(super) default_number_id: Option<String>,
    pub(super) assigned_numbers: Option<Vec<String>>,
}

/// A row of `groups/index.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupRow {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
}

/// A row of `numbers/index.json`. The target of the route is not in it, whatever the specification says (seen live by others).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NumberRow {
    pub(super) id: Option<String>,
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
    pub(super) route: Option<u64>,
}

/// A group in `statistics/realtime/groups.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupCount {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) members: Option<u64>,
}

/// A row of a list: how it is unwrapped, read and recognised.
pub(super) trait Row: Sized {
    /// Reads the row.
    fn read(value: &Json) -> Result<Self, Misshapen>;

    /// The id.
    fn id(&self) -> Option<&str>;

    /// By what people know the object. A row with neither is counted and otherwise ignored, as are groups without an id, which the
    /// service is known to list; any other object without an id would look absent, and be made a second time.
    fn name(&self) -> Option<&str> {
        None
    }
}

impl Row for AgentRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["Agent"])?;
        Ok(Self {
            id: row.id("id")?,
            email: row.text("email")?,
            first_name: row.text("firstname")?,
            last_name: row.text("lastname")?,
            extension: row.text("extension")?,
            outbound: row.flag("status_outbound")?,
            // Zero lies outside of the documented range and can only stand for "not set".
            daily_price_limit: row.whole("daily_price_limit")?.filter(|limit| *limit > 0),
            default_number: row.text("default_number")?,
            default_number_id: row.id("call_number_id")?,
            assigned_numbers: row.texts("associated_numbers")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn name(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

impl Row for GroupRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["Group", "Groups"])?;
        Ok(Self {
            id: row.id("id")?,
            name: row.text("internal_name")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl Row for NumberRow {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::unwrap_as(value, &["CallNumber"])?;
        Ok(Self {
            id: row.id("id")?,
            number: row.text("caller_id_e164")?,
            name: row.text("internal_name")?,
            route: row.whole("connected_to")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn name(&self) -> Option<&str> {
        self.number.as_deref()
    }
}

impl Row for GroupCount {
    fn read(value: &Json) -> Result<Self, Misshapen> {
        let row = Object::of(value, "groups")?;
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            members: row.whole("operators")?,
        })
    }

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// The figures and rows of one page of a list.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// All rows of the list, over all pages.
    pub(super) items: u64,
    /// The number of pages.
    pub(super) pages: u64,
    /// The number of this page, from 1.
    pub(super) number: u64,
    /// The most rows on a page; the service may have lowered what was asked.
    pub(super) limit: Option<u64>,
    /// The rows of this page.
    pub(super) rows: &'a [Json],
}

impl<'a> Page<'a> {
    /// Reads the figures; all but `limit` have to be there, since nothing else proves that a list is whole.
    pub(super) fn read(content: &'a Json) -> Result<Self, Misshapen> {
        let content_object = Object::of(content, "responseData")?;
        let figure = |key: &str| {
            content_object
                .whole(key)?
                .ok_or_else(|| misshapen(key, "a whole number", &Json::Null))
        };
        Ok(Self {
            items: figure("itemsCount")?,
            pages: figure("pageCount")?,
            number: figure("pageNumber")?,
            limit: content_object.whole("limit")?,
            rows: content_object.list("data")?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &Json) -> Object<'_> {
        Object::of(value, "test").unwrap()
    }

    #[test]
    fn an_id_is_a_number_or_text_and_zero_is_none() {
        let table = [
            (json!({"k": 99}), Some("99")),
            (json!({"k": "99"}), Some("99")),
            (json!({"k": " 0099 "}), Some("0099")),
            (json!({"k": "a-1_b"}), Some("a-1_b")),
            (json!({"k": 0}), None),
            (json!({"k": "0"}), None),
            (json!({"k": ""}), None),
            (json!({"k": null}), None),
            (json!({}), None),
        ];
        for (row, expected) in table {
            assert_eq!(object(&row).id("k").unwrap().as_deref(), expected, "{row}");
        }
        for bad in [
            json!({"k": -1}),
            json!({"k": 1.5}),
            json!({"k": "1/2"}),
            json!({"k": "../x"}),
            json!({"k": [1]}),
        ] {
            assert!(object(&bad).id("k").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_flag_is_a_boolean_or_a_figure_in_either_form() {
        let table = [
            (json!(true), Some(true)),
            (json!(false), Some(false)),
            (json!(1), Some(true)),
            (json!(0), Some(false)),
            (json!("1"), Some(true)),
            (json!("0"), Some(false)),
            (json!("true"), Some(true)),
            (json!("false"), Some(false)),
            (json!(""), None),
            (json!(null), None),
        ];
        for (flag, expected) in table {
            assert_eq!(
                object(&json!({"k": flag})).flag("k").unwrap(),
                expected,
                "{flag}"
            );
        }
        for bad in [json!(2), json!("yes"), json!([]), json!({})] {
            assert!(object(&json!({"k": bad})).flag("k").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_whole_number_may_be_text_and_have_a_fraction_of_zero() {
        for (figure, expected) in [
            (json!(20), Some(20)),
            (json!("20"), Some(20)),
            (json!(20.0), Some(20)),
            (json!("20.00"), Some(20)),
            (json!(""), None),
            (json!(null), None),
        ] {
            assert_eq!(
                object(&json!({"k": figure})).whole("k").unwrap(),
                expected,
                "{figure}"
            );
        }
        for bad in [
            json!(20.5),
            json!("20.5"),
            json!(-1),
            json!("many"),
            json!(true),
            json!("1e3"),
        ] {
            assert!(object(&json!({"k": bad})).whole("k").is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_may_be_null_or_missing_and_hold_nulls_and_numbers() {
        let row = json!({"k": ["+421123456789", null, 421_987_654_321_u64, ""], "n": null});
        assert_eq!(
            object(&row).texts("k").unwrap().unwrap(),
            ["+421123456789", "421987654321"]
        );
        assert_eq!(object(&row).texts("n").unwrap(), None);
        assert_eq!(object(&row).texts("m").unwrap(), None);
        assert!(object(&row).list("m").unwrap().is_empty());
        assert!(object(&json!({"k": "x"})).texts("k").is_err());
    }

    #[test]
    fn a_value_of_no_known_form_is_named_without_its_content() {
        let error = object(&json!({"status_outbound": "s3cret"}))
            .flag("status_outbound")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`status_outbound` is other text, where a flag was expected"
        );
    }

    #[test]
    fn an_agent_is_read_in_the_documented_and_in_the_drifted_form() {
        let documented = json!({"Agent": {
            "id": "99", "name": "123456", "firstname": "John", "lastname": "Doe", "email": "john.doe@acme.example",
            "status_outbound": true, "availability_status": "idle", "extension": "1001", "call_number_id": 36,
            "default_number": "+421123456789", "associated_numbers": ["+421123456789"], "new_key": {"a": []},
        }});
        let drifted = json!({"Agent": {
            "id": 99, "firstname": "John", "lastname": "Doe", "email": "john.doe@acme.example",
            "status_outbound": "1", "extension": 1001, "call_number_id": "36", "daily_price_limit": "0",
            "default_number": "+421123456789", "associated_numbers": ["+421123456789"],
        }});
        let row = AgentRow::read(&documented).unwrap();
        assert_eq!(row, AgentRow::read(&drifted).unwrap());
        assert_eq!(row.default_number_id.as_deref(), Some("36"));
        let bare =
            AgentRow::read(&json!({"Agent": {"id": "7", "associated_numbers": null}})).unwrap();
        assert_eq!(
            bare,
            AgentRow {
                id: Some("7".to_owned()),
                ..AgentRow::default()
            }
        );
    }

    #[test]
    fn a_group_is_unwrapped_from_the_live_and_from_the_specified_name() {
        for wrapper in ["Group", "Groups"] {
            let row =
                GroupRow::read(&json!({wrapper: {"id": "568", "internal_name": "Operátori"}}))
                    .unwrap();
            assert_eq!(
                (row.id.as_deref(), row.name.as_deref()),
                (Some("568"), Some("Operátori"))
            );
        }
        let ghost = GroupRow::read(&json!({"Group": {"id": "0", "internal_name": null}})).unwrap();
        assert_eq!(ghost, GroupRow::default());
        for bad in [json!(null), json!({}), json!({"Agent": {}}), json!([1])] {
            assert!(GroupRow::read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_read_from_a_bare_integer_too() {
        let row = json!({"CallNumber": {"id": "123", "caller_id_e164": 442_012_345_678_u64, "connected_to": "1",
            "internal_name": null, "source_id": "4"}});
        let row = NumberRow::read(&row).unwrap();
        assert_eq!(
            (row.number.as_deref(), row.route, row.name),
            (Some("442012345678"), Some(1), None)
        );
    }

    #[test]
    fn a_page_needs_its_figures_but_not_its_limit() {
        let whole = json!({"itemsCount": "0", "pageCount": 0, "pageNumber": 1, "data": null});
        let page = Page::read(&whole).unwrap();
        assert_eq!(
            (
                page.items,
                page.pages,
                page.number,
                page.limit,
                page.rows.len()
            ),
            (0, 0, 1, None, 0)
        );
        for missing in ["itemsCount", "pageCount", "pageNumber"] {
            let mut lacking = whole.clone();
            lacking.as_object_mut().unwrap().remove(missing);
            let error = Page::read(&lacking).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("`{missing}` is missing or null, where a whole number was expected")
            );
        }
    }
}
