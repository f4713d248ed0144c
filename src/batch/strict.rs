//! Wrappers that make serde as strict as the contract: JSON's own types and no
//! others.
//!
//! Derived code takes an array where an object is meant, and an object where a
//! name is meant; these do not. They buffer nothing, so that the path of a
//! mistake is never lost.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

use super::Expect;

/// A `T` that is written as an object.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// A `T` that is written as one of a set of names.
#[derive(Debug)]
pub(super) struct Name<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for NameVisitor<T> {
            type Value = Name<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<T>, E> {
                let name: StrDeserializer<'_, E> = name.into_deserializer();
                T::deserialize(name).map(Name)
            }
        }
        deserializer.deserialize_str(NameVisitor(PhantomData))
    }
}

/// An integer as LSP's `uinteger` has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uinteger(pub(super) u32);

impl<'de> Deserialize<'de> for Uinteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UintegerVisitor;
        impl Visitor<'_> for UintegerVisitor {
            type Value = Uinteger;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an integer from 0 to {}", i32::MAX)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Uinteger, E> {
                match u32::try_from(number) {
                    Ok(number) if number <= i32::MAX.unsigned_abs() => Ok(Uinteger(number)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Unsigned(number), &self)),
                }
            }
        }
        deserializer.deserialize_u32(UintegerVisitor)
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ends {
            first: String,
            last: String,
        }
        struct ExpectVisitor;
        impl<'de> Visitor<'de> for ExpectVisitor {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an object with `first` and `last`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Expect, E> {
                Ok(Expect::Lines(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Expect, E> {
                Ok(Expect::Lines(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expect, A::Error> {
                let Ends { first, last } = Ends::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Expect::Ends { first, last })
            }
        }
        deserializer.deserialize_any(ExpectVisitor)
    }
}
