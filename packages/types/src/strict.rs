//! How messages and answers are read. A reader made by derive looks for fields by name, in any order, and would take a bare
//! list of them as well: the code for that, once for every struct, was a third of a contract. Here fields are looked up
//! by one piece of code, which hands them over in the order the struct has them. So a struct is read from an object and
//! from nothing else, at every depth.
//!
//! [`Strict`] refuses a field nobody knows: messages. [`Lenient`] passes over it: answers, which a newer neighbour may have
//! said more in.

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
        SeqAccess, Unexpected, VariantAccess, Visitor,
    },
    forward_to_deserialize_any, Deserialize,
};
use serde_json::{from_str, value::RawValue, Error};

/// A message: every field is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strict<T>(pub T);

/// An answer: a field nobody knows is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lenient<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        let read = T::deserialize(Reader::of(raw, Unknown::Refused));
        read.map(Self).map_err(D::Error::custom)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        let read = T::deserialize(Reader::of(raw, Unknown::PassedOver));
        read.map(Self).map_err(D::Error::custom)
    }
}

/// What becomes of a field nobody knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refused,
    PassedOver,
}

/// One value, as its text.
#[derive(Clone, Copy)]
struct Reader<'de> {
    text: &'de str,
    unknown: Unknown,
}

/// Members of an object, in the order they came.
struct Members<'de>(Vec<(String, &'de RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = vec![];
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Object)
    }
}

impl<'de> Reader<'de> {
    fn of(raw: &'de RawValue, unknown: Unknown) -> Self {
        let text = raw.get();
        Self { text, unknown }
    }

    /// Another value beside or inside this one.
    fn at(self, raw: &'de RawValue) -> Self {
        Self::of(raw, self.unknown)
    }

    fn members(self) -> Result<Vec<(String, &'de RawValue)>, Error> {
        from_str::<Members<'de>>(self.text).map(|members| members.0)
    }

    fn items(self) -> Result<std::vec::IntoIter<&'de RawValue>, Error> {
        from_str::<Vec<&'de RawValue>>(self.text).map(Vec::into_iter)
    }

    fn null(self) -> bool {
        self.text == "null"
    }

    /// Values of an object's fields in the order of their names; none where one is missing.
    #[inline(never)]
    fn fields(
        self,
        names: &'static [&'static str],
    ) -> Result<std::vec::IntoIter<Option<&'de RawValue>>, Error> {
        let mut values = vec![None; names.len()];
        for (key, value) in self.members()? {
            let known = names
                .iter()
                .zip(&mut values)
                .find(|(name, _)| **name == key);
            match known {
                Some((name, Some(_))) => return Err(Error::duplicate_field(name)),
                Some((_, empty)) => *empty = Some(value),
                None if self.unknown == Unknown::Refused => {
                    return Err(Error::unknown_field(&key, names));
                }
                None => {}
            }
        }
        Ok(values.into_iter())
    }

    /// Which variant, and what it holds.
    #[inline(never)]
    fn variant(self, names: &'static [&'static str]) -> Result<(u32, Option<Self>), Error> {
        let (key, held) = if self.text.starts_with('"') {
            (from_str(self.text)?, None)
        } else {
            let mut members = self.members()?.into_iter();
            match (members.next(), members.next()) {
                (Some((key, held)), None) => (key, Some(self.at(held))),
                _ => return Err(Error::invalid_value(Unexpected::Map, &"one variant")),
            }
        };
        let known = names.iter().zip(0..).find(|(name, _)| **name == key);
        match known {
            Some((_, number)) => Ok((number, held)),
            None => Err(Error::unknown_variant(&key, names)),
        }
    }
}

/// Numbers and texts: read as what they are, whoever wants them.
#[inline(never)]
fn scalar<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Error> {
    from_str(text)
}

macro_rules! plain {
    ($($method:ident $as:ty, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(scalar::<$as>(self.text)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    plain! {
        deserialize_bool bool, visit_bool;
        deserialize_i8 i64, visit_i64;
        deserialize_i16 i64, visit_i64;
        deserialize_i32 i64, visit_i64;
        deserialize_i64 i64, visit_i64;
        deserialize_u8 u64, visit_u64;
        deserialize_u16 u64, visit_u64;
        deserialize_u32 u64, visit_u64;
        deserialize_u64 u64, visit_u64;
        deserialize_str String, visit_string;
        deserialize_string String, visit_string;
        deserialize_identifier String, visit_string;
    }

    forward_to_deserialize_any! { i128 u128 f32 f64 char bytes byte_buf }

    /// Nothing here is read without knowing what it is.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Err(Error::invalid_type(
            Unexpected::Other("a value of any kind"),
            &visitor,
        ))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        from_str::<()>(self.text)?;
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = self.items()?;
        visitor.visit_seq(Items { items, list: self })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let items = self.items()?;
        if items.len() != len {
            return Err(Error::invalid_length(items.len(), &visitor));
        }
        visitor.visit_seq(Items { items, list: self })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let members = self.members()?.into_iter();
        visitor.visit_map(Entries {
            members,
            value: None,
            map: self,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let values = self.fields(names)?;
        visitor.visit_seq(Fields {
            values,
            names: names.iter(),
            object: self,
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (number, held) = self.variant(names)?;
        visitor.visit_enum(Variant { number, held })
    }
}

/// Items of a list.
struct Items<'de> {
    items: std::vec::IntoIter<&'de RawValue>,
    list: Reader<'de>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let item = self.items.next().map(|raw| self.list.at(raw));
        item.map(|item| seed.deserialize(item)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// Fields of a struct, in its order.
struct Fields<'de> {
    values: std::vec::IntoIter<Option<&'de RawValue>>,
    names: std::slice::Iter<'static, &'static str>,
    object: Reader<'de>,
}

impl<'de> Fields<'de> {
    /// The next field. One piece of code for every field of a type, wherever it is.
    #[inline(never)]
    fn next<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.values.next().zip(self.names.next()) {
            Some((Some(raw), _)) => seed.deserialize(self.object.at(raw)),
            Some((None, name)) => seed.deserialize(Missing(name)),
            None => Err(Error::missing_field("another")),
        }
    }
}

impl<'de> SeqAccess<'de> for Fields<'de> {
    type Error = Error;

    /// There is always one: what a struct would do without is left out.
    #[inline(always)]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.next(seed).map(Some)
    }
}

/// A field that is not there: as good as nothing where that is allowed.
struct Missing(&'static str);

impl<'de> Deserializer<'de> for Missing {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Entries of a map.
struct Entries<'de> {
    members: std::vec::IntoIter<(String, &'de RawValue)>,
    value: Option<&'de RawValue>,
    map: Reader<'de>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        match self.value.take() {
            Some(raw) => seed.deserialize(self.map.at(raw)),
            None => Err(Error::missing_field("value")),
        }
    }
}

/// One of several.
struct Variant<'de> {
    number: u32,
    held: Option<Reader<'de>>,
}

impl<'de> Variant<'de> {
    fn held(self) -> Result<Reader<'de>, Error> {
        self.held.ok_or_else(|| {
            Error::invalid_type(Unexpected::UnitVariant, &"a variant that holds something")
        })
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let number = IntoDeserializer::<Error>::into_deserializer(self.number);
        Ok((seed.deserialize(number)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.held {
            None => Ok(()),
            Some(held) => from_str(held.text),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.held()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.held()?.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.held()?.deserialize_struct("", names, visitor)
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::from_json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "snake_case")]
    enum Said {
        Nothing {},
        Much {
            inner: Option<Inner>,
            all: Vec<Inner>,
        },
        One(Inner),
    }

    #[derive(Debug, Clone, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        name: String,
        pair: (u64, bool),
    }

    #[test]
    fn objects_are_read_as_ever() {
        let inner = || Inner {
            name: "a".into(),
            pair: (1, true),
        };
        let one = r#"{"name":"a","pair":[1,true]}"#;
        let cases = [
            (r#"{"nothing":{}}"#.to_owned(), Said::Nothing {}),
            (format!(r#"{{"one":{one}}}"#), Said::One(inner())),
            (
                format!(r#"{{"much":{{"inner":null,"all":[{one},{one}]}}}}"#),
                Said::Much {
                    inner: None,
                    all: vec![inner(), inner()],
                },
            ),
            (
                format!(r#"{{"much":{{"inner":{one},"all":[]}}}}"#),
                Said::Much {
                    inner: Some(inner()),
                    all: vec![],
                },
            ),
        ];
        for (text, want) in cases {
            let read: Strict<Said> = from_json(&text).unwrap();
            assert_eq!(read.0, want, "{text}");
            assert_eq!(from_json::<Said>(&text).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn lists_are_no_structs_at_any_depth() {
        let refused = [
            r#"{"one":["a",[1,true]]}"#,
            r#"{"much":[null,[]]}"#,
            r#"{"much":{"inner":["a",[1,true]],"all":[]}}"#,
            r#"{"much":{"inner":null,"all":[["a",[1,true]]]}}"#,
        ];
        for text in refused {
            assert!(from_json::<Said>(text).is_ok(), "{text}: as derived");
            assert!(from_json::<Strict<Said>>(text).is_err(), "{text}");
        }
        for text in [
            r#"{"one":{"name":"a","pair":[1,true],"more":1}}"#,
            r#"{"nothing":{"x":1}}"#,
        ] {
            assert!(from_json::<Strict<Said>>(text).is_err(), "{text}");
        }
    }
}
