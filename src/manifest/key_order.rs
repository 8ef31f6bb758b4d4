//! The order in which a dialect's types declare the keys of a manifest.
//!
//! A JSON Schema does not keep the order of its properties; the types that it is generated from do. They are asked by
//! deserialising from nothing, one place after the other: each struct tells its fields on the way.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Manifests are not deeper than this; a type that contains itself ends here.
const MAX_DEPTH: usize = 12;

/// The order of keys, place by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyOrder {
    places: Vec<Place>,
}

/// A place of a manifest, such as one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceId(usize);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    fields: Vec<(&'static str, usize)>,
    item: Option<usize>,
}

impl KeyOrder {
    /// The order of a type's keys, and of the types in it.
    pub fn of<T: DeserializeOwned>() -> Self {
        let mut order = Self {
            places: vec![Place::default()],
        };
        order.explore::<T>(0, &mut Vec::new());
        order
    }

    fn explore<T: DeserializeOwned>(&mut self, place: usize, path: &mut Vec<Step>) {
        if path.len() >= MAX_DEPTH {
            return;
        }
        let steps: Vec<Step> = match look::<T>(path) {
            Seen::Nothing => return,
            Seen::Items => vec![Step::Item],
            Seen::Fields(fields) => fields.iter().map(|field| Step::Field(field)).collect(),
        };
        for step in steps {
            let below = self.places.len();
            self.places.push(Place::default());
            match step {
                Step::Field(field) => self.places[place].fields.push((field, below)),
                Step::Item => self.places[place].item = Some(below),
            }
            path.push(step);
            self.explore::<T>(below, path);
            path.pop();
        }
    }

    /// The whole document; `None` when no order is known.
    pub fn root(&self) -> Option<PlaceId> {
        (!self.places.is_empty()).then_some(PlaceId(0))
    }

    /// The value of a key.
    pub fn key(&self, place: PlaceId, key: &str) -> Option<PlaceId> {
        let place = &self.places[place.0];
        let field = place.fields.iter().find(|(field, _)| *field == key);
        field.map(|(_, below)| *below).or(place.item).map(PlaceId)
    }

    /// The items of a list.
    pub fn item(&self, place: PlaceId) -> Option<PlaceId> {
        self.places[place.0].item.map(PlaceId)
    }

    /// Where a key stands in the order, from 0; `None` for a key that the format does not have, or that people choose.
    pub fn rank(&self, place: PlaceId, key: &str) -> Option<usize> {
        let fields = &self.places[place.0].fields;
        fields.iter().position(|(field, _)| *field == key)
    }
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Item,
}

#[derive(Clone, Copy)]
enum Seen {
    Nothing,
    Items,
    Fields(&'static [&'static str]),
}

fn look<T: DeserializeOwned>(path: &[Step]) -> Seen {
    let seen = RefCell::new(Seen::Nothing);
    // It never ends well: there is nothing to deserialise.
    let _ = T::deserialize(Probe { path, seen: &seen });
    seen.into_inner()
}

/// Leads to one place, and notes what is asked for there.
#[derive(Clone, Copy)]
struct Probe<'p> {
    path: &'p [Step],
    seen: &'p RefCell<Seen>,
}

/// There is nothing to deserialise.
#[derive(Debug)]
struct Stop;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no value")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'p> Probe<'p> {
    fn enter<R>(
        self,
        here: Seen,
        go_on: impl FnOnce(Step, Self) -> Result<R, Stop>,
    ) -> Result<R, Stop> {
        let Some((step, path)) = self.path.split_first() else {
            *self.seen.borrow_mut() = here;
            return Err(Stop);
        };
        go_on(*step, Self { path, ..self })
    }
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.enter(Seen::Fields(fields), |step, below| match step {
            Step::Field(name) => visitor.visit_map(Only::new(name, below)),
            Step::Item => Err(Stop),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.enter(Seen::Items, |_, below| {
            visitor.visit_map(Only::new("any", below))
        })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.enter(Seen::Items, |_, below| {
            visitor.visit_seq(Only::new("", below))
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct tuple tuple_struct enum identifier ignored_any
    }
}

/// A mapping or list with one entry.
struct Only<'p> {
    key: Option<&'static str>,
    value: Probe<'p>,
}

impl<'p> Only<'p> {
    fn new(key: &'static str, value: Probe<'p>) -> Self {
        Self {
            key: Some(key),
            value,
        }
    }
}

impl<'de> MapAccess<'de> for Only<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        let key = self.key.take();
        key.map(|key| seed.deserialize(StrDeserializer::new(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(self.value)
    }
}

impl<'de> SeqAccess<'de> for Only<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        let Some(_) = self.key.take() else {
            return Ok(None);
        };
        seed.deserialize(self.value).map(Some)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::provider::cloudtalk::manifest::Manifest;

    fn keys(order: &KeyOrder, place: PlaceId) -> Vec<&'static str> {
        let fields = &order.places[place.0].fields;
        fields.iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn keys_come_in_the_order_of_the_types() {
        let order = KeyOrder::of::<Manifest>();
        let root = order.root().unwrap();
        assert_eq!(
            keys(&order, root),
            [
                "version",
                "account",
                "seats",
                "policy",
                "extensions",
                "roles",
                "groups",
                "numbers",
                "users"
            ]
        );
        let user = order.item(order.key(root, "users").unwrap()).unwrap();
        assert_eq!(
            keys(&order, user)[..4],
            ["email", "first_name", "last_name", "role"]
        );
        assert_eq!(order.rank(user, "first_name"), Some(1));
        assert_eq!(order.rank(user, "nickname"), None);
        let settings = order.key(user, "settings").unwrap();
        assert_eq!(keys(&order, settings)[0], "call_monitor_access");
        let role = order.key(order.key(root, "roles").unwrap(), "sales-agent");
        assert_eq!(keys(&order, role.unwrap())[0], "grants");
        let guards = order.key(order.key(root, "policy").unwrap(), "guards");
        assert!(keys(&order, guards.unwrap()).contains(&"max_deletions"));
    }

    #[test]
    fn without_types_no_order_is_known() {
        assert_eq!(KeyOrder::default().root(), None);
        assert_eq!(KeyOrder::of::<String>().places.len(), 1);
    }
}
