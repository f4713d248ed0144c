//! A rule as JSON: read strictly, and written.
//!
//! Each object is read in its order and with its keys as they come, and not by
//! derived code, which would take an array in its place, and which forgets the
//! text that it has read.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{FlagFileError, Percentage, Rule};

/// A place in the JSON, written out only when something is wrong there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(super) fn field(&'a self, name: &'a str) -> Place<'a> {
        Place::Field(self, name)
    }

    fn index(&'a self, index: usize) -> Place<'a> {
        Place::Index(self, index)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Root => Ok(()),
            Place::Field(Place::Root, name) => f.write_str(name),
            Place::Field(parent, name) => write!(f, "{parent}.{name}"),
            Place::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

type Fields<'a> = Vec<(String, &'a RawValue)>;

/// Reads a flag.
pub(super) fn rule(place: Place<'_>, json: &RawValue) -> Result<Rule, FlagFileError> {
    let known = ["state", "variants", "defaultVariant", "targeting"];
    let [state, variants, default, targeting] = fields(place, json, known)?;
    let state = required(place, "state", state)?;
    let is_enabled = one_of(place.field("state"), state, ["DISABLED", "ENABLED"])? == 1;
    check_variants(place.field("variants"), required(place, "variants", variants)?)?;
    let default = required(place, "defaultVariant", default)?;
    let default = variant(place.field("defaultVariant"), default)?;
    let (named, share) = match targeting {
        Some(targeting) => read_targeting(place.field("targeting"), targeting)?,
        None => (Vec::new(), if default { Percentage::ALL } else { Percentage::NONE }),
    };
    Ok(Rule { is_enabled, named, share })
}

/// Writes a flag, as it stands in a file.
pub(super) fn written(rule: &Rule) -> String {
    let state = if rule.is_enabled { "ENABLED" } else { "DISABLED" };
    let (on, off) = (rule.share.number(), rule.share.rest().number());
    let fractional = format!(r#"{{ "fractional": [["on", {on}], ["off", {off}]] }}"#);
    let targeting = if rule.named.is_empty() {
        fractional
    } else {
        let ids: Vec<String> = rule.named.iter().map(|id| quoted(id)).collect();
        let ids = ids.join(", ");
        format!(
            "{{\n        \"if\": [\n          \
             {{ \"in\": [{{ \"var\": \"targetingKey\" }}, [{ids}]] }},\n          \
             \"on\",\n          {fractional}\n        ]\n      }}"
        )
    };
    format!(
        "{{\n      \"state\": \"{state}\",\n      \
         \"variants\": {{ \"on\": true, \"off\": false }},\n      \
         \"defaultVariant\": \"off\",\n      \"targeting\": {targeting}\n    }}"
    )
}

/// A string as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The fields of an object that has these and no others.
pub(super) fn fields<'a, const N: usize>(
    place: Place<'_>,
    json: &'a RawValue,
    names: [&str; N],
) -> Result<[Option<&'a RawValue>; N], FlagFileError> {
    let mut found = [None; N];
    for (name, value) in object(place, json)? {
        let Some(index) = names.iter().position(|known| *known == name) else {
            let known = names.map(|name| format!("`{name}`")).join(", ");
            let message = format!("is not understood here; known are {known}");
            return Err(FlagFileError::new(place.field(&name), message));
        };
        found[index] = Some(value);
    }
    Ok(found)
}

/// The keys and values of an object, in their order and each key once.
pub(super) fn object<'a>(
    place: Place<'_>,
    json: &'a RawValue,
) -> Result<Fields<'a>, FlagFileError> {
    struct Object<'a>(Fields<'a>);
    impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct InOrder;
            impl<'de> Visitor<'de> for InOrder {
                type Value = Fields<'de>;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                    let mut fields: Fields<'de> = Vec::new();
                    let mut seen = HashSet::new();
                    while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                        if !seen.insert(name.clone()) {
                            return Err(A::Error::custom(format_args!("has `{name}` twice")));
                        }
                        fields.push((name, value));
                    }
                    Ok(fields)
                }
            }
            deserializer.deserialize_map(InOrder).map(Object)
        }
    }
    value(place, json, "an object").map(|Object(fields)| fields)
}

pub(super) fn string(place: Place<'_>, json: &RawValue) -> Result<String, FlagFileError> {
    value(place, json, "a string")
}

/// A value of one of JSON's own types.
fn value<'a, T: Deserialize<'a>>(
    place: Place<'_>,
    json: &'a RawValue,
    expected: &str,
) -> Result<T, FlagFileError> {
    serde_json::from_str(json.get()).map_err(|error| {
        let error = error.to_string();
        let message = match error.split(" at line ").next() {
            Some(twice) if twice.starts_with("has `") => twice.to_owned(),
            _ => format!("expected {expected}"),
        };
        FlagFileError::new(place, message)
    })
}

fn array<'a, const N: usize>(
    place: Place<'_>,
    json: &'a RawValue,
    expected: &str,
) -> Result<[&'a RawValue; N], FlagFileError> {
    let items: Vec<&RawValue> = value(place, json, expected)?;
    items.try_into().map_err(|_| FlagFileError::new(place, format!("expected {expected}")))
}

fn required<'a>(
    place: Place<'_>,
    name: &str,
    value: Option<&'a RawValue>,
) -> Result<&'a RawValue, FlagFileError> {
    value.ok_or_else(|| FlagFileError::new(place.field(name), "is missing"))
}

fn one_of<const N: usize>(
    place: Place<'_>,
    json: &RawValue,
    names: [&str; N],
) -> Result<usize, FlagFileError> {
    let expected = names.map(|name| format!("\"{name}\"")).join(" or ");
    let name: String = value(place, json, &expected)?;
    let position = names.iter().position(|known| *known == name);
    position.ok_or_else(|| FlagFileError::new(place, format!("expected {expected}")))
}

/// Whether the variant is `on`.
fn variant(place: Place<'_>, json: &RawValue) -> Result<bool, FlagFileError> {
    Ok(one_of(place, json, ["off", "on"])? == 1)
}

fn check_variants(place: Place<'_>, json: &RawValue) -> Result<(), FlagFileError> {
    for (name, given, expected) in {
        let [on, off] = fields(place, json, ["on", "off"])?;
        [("on", on, true), ("off", off, false)]
    } {
        let given: bool =
            value(place.field(name), required(place, name, given)?, &expected.to_string())?;
        if given != expected {
            return Err(FlagFileError::new(place.field(name), format!("expected {expected}")));
        }
    }
    Ok(())
}

/// `{"fractional": …}` alone, or after those that are named.
fn read_targeting(
    place: Place<'_>,
    json: &RawValue,
) -> Result<(Vec<String>, Percentage), FlagFileError> {
    match fields(place, json, ["fractional", "if"])? {
        [Some(fractional), None] => {
            Ok((Vec::new(), read_fractional(place.field("fractional"), fractional)?))
        }
        [None, Some(condition)] => {
            let place = place.field("if");
            let expected = "a condition, \"on\", and a `fractional`";
            let [condition, then, otherwise] = array(place, condition, expected)?;
            let named = read_named(place.index(0), condition)?;
            one_of(place.index(1), then, ["on"])?;
            let place = place.index(2);
            let [fractional] = fields(place, otherwise, ["fractional"])?;
            let fractional = required(place, "fractional", fractional)?;
            Ok((named, read_fractional(place.field("fractional"), fractional)?))
        }
        _ => Err(FlagFileError::new(place, "expected either `fractional` or `if`")),
    }
}

/// `{"in": [{"var": "targetingKey"}, ["an id"]]}`
fn read_named(place: Place<'_>, json: &RawValue) -> Result<Vec<String>, FlagFileError> {
    let [operands] = fields(place, json, ["in"])?;
    let operands = required(place, "in", operands)?;
    let place = place.field("in");
    let [key, ids] = array(place, operands, "`{\"var\": \"targetingKey\"}` and a list of ids")?;
    {
        let place = place.index(0);
        let [var] = fields(place, key, ["var"])?;
        one_of(place.field("var"), required(place, "var", var)?, ["targetingKey"])?;
    }
    value(place.index(1), ids, "a list of ids, each a string")
}

/// `[["on", 25], ["off", 75]]`; what is not listed has no weight.
fn read_fractional(place: Place<'_>, json: &RawValue) -> Result<Percentage, FlagFileError> {
    let items: Vec<&RawValue> = value(place, json, "a list of variants with their weights")?;
    let mut weights: [Option<Percentage>; 2] = [None; 2];
    for (index, item) in items.into_iter().enumerate() {
        let place = place.index(index);
        let [name, weight] = array(place, item, "a variant and its weight, as in [\"on\", 25]")?;
        let known = &mut weights[usize::from(variant(place.index(0), name)?)];
        if known.is_some() {
            return Err(FlagFileError::new(place.index(0), "is there twice"));
        }
        *known = Some(value(place.index(1), weight, "a whole number from 0 to 100")?);
    }
    let [off, on] = weights.map(|weight| weight.unwrap_or(Percentage::NONE));
    if on.rest() != off {
        let sum = u16::from(on.number()) + u16::from(off.number());
        return Err(FlagFileError::new(place, format!("the weights sum to {sum}, and not to 100")));
    }
    Ok(on)
}
