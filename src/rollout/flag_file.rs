//! A flag file: the part of flagd's JSON format that is needed here.

use serde_json::value::RawValue;

use super::flag_text::{self, Place};
use super::{Percentage, Rule};

/// Where the schema of flagd's format is; editors complete a file that names it.
const SCHEMA: &str = "https://flagd.dev/schema/v0/flags.json";

/// How large a flag file may be, in bytes.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// A flag file that is well formed, with its flags in the order of the file.
///
/// ```
/// use batchpatch::rollout::{FlagFile, Percentage};
///
/// let file = FlagFile::parse(br#"{ "flags": { "batch-patches-v1": {
///     "state": "ENABLED",
///     "variants": { "on": true, "off": false },
///     "defaultVariant": "off",
///     "targeting": { "fractional": [["on", 25], ["off", 75]] } } } }"#)?;
/// assert_eq!(file.rule("batch-patches-v1").map(|rule| rule.percentage().number()), Some(25));
/// # Ok::<(), batchpatch::rollout::FlagFileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FlagFile {
    /// `$schema`, as it is written.
    schema: Option<Box<RawValue>>,
    flags: Vec<Flag>,
}

#[derive(Clone, Debug)]
struct Flag {
    name: String,
    rule: Rule,
    /// As it is written in the file, so that a flag that nobody sets stays byte
    /// for byte what it was.
    text: String,
}

/// What keeps a text from being a flag file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", path, if path.is_empty() { "" } else { ": " })]
pub struct FlagFileError {
    path: String,
    message: String,
}

impl FlagFileError {
    pub(super) fn new(place: Place<'_>, message: impl Into<String>) -> FlagFileError {
        FlagFileError { path: place.to_string(), message: message.into() }
    }

    /// Where the mistake is, as in `flags.batch-patches-v1.variants`; empty for
    /// the file as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl FlagFile {
    /// A file that mentions no flag.
    pub fn empty() -> FlagFile {
        let schema = serde_json::value::to_raw_value(SCHEMA).ok();
        FlagFile { schema, flags: Vec::new() }
    }

    /// Reads a flag file.
    ///
    /// # Errors
    ///
    /// [`FlagFileError`] if it is no JSON in UTF-8, is larger than a MiB, or says
    /// anything that is not understood here: a rule that is understood by half
    /// would switch a feature on for the wrong ones.
    pub fn parse(bytes: &[u8]) -> Result<FlagFile, FlagFileError> {
        let root = Place::Root;
        let wrong = |message: String| FlagFileError::new(root, message);
        if bytes.len() > MAX_BYTES {
            return Err(wrong(format!("has more than {MAX_BYTES} bytes")));
        }
        let text = str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8".to_owned()))?;
        let json: &RawValue =
            serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let [schema, flags] = flag_text::fields(root, json, ["$schema", "flags"])?;
        if let Some(schema) = schema {
            flag_text::string(root.field("$schema"), schema)?;
        }
        let place = root.field("flags");
        let flags = flags.ok_or_else(|| FlagFileError::new(place, "is missing"))?;
        let flags = flag_text::object(place, flags)?.into_iter().map(|(name, text)| {
            let rule = flag_text::rule(place.field(&name), text)?;
            Ok(Flag { rule, text: text.get().to_owned(), name })
        });
        Ok(FlagFile {
            schema: schema.map(RawValue::to_owned),
            flags: flags.collect::<Result<_, _>>()?,
        })
    }

    /// What the file says of a flag; `None` if it does not mention it.
    pub fn rule(&self, flag: &str) -> Option<&Rule> {
        self.flags.iter().find(|known| known.name == flag).map(|known| &known.rule)
    }

    /// The flags that it mentions, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.flags.iter().map(|flag| flag.name.as_str())
    }

    /// The percentage that it gives a flag; `None` if it does not mention it.
    pub(super) fn percentage(&self, flag: &str) -> Option<Percentage> {
        self.rule(flag).map(Rule::percentage)
    }

    /// Says something new of a flag, and leaves all others as they are.
    pub(super) fn set(&mut self, flag: &str, rule: Rule) {
        let text = flag_text::written(&rule);
        match self.flags.iter_mut().find(|known| known.name == flag) {
            Some(known) => (known.rule, known.text) = (rule, text),
            None => self.flags.push(Flag { name: flag.to_owned(), rule, text }),
        }
    }

    /// The file as text.
    pub(super) fn written(&self) -> String {
        let schema = self.schema.as_ref().map(|schema| format!("  \"$schema\": {schema},\n"));
        let flags: Vec<String> = self
            .flags
            .iter()
            .map(|flag| format!("    {}: {}", flag_text::quoted(&flag.name), flag.text))
            .collect();
        let flags = match flags.as_slice() {
            [] => "{}".to_owned(),
            flags => format!("{{\n{}\n  }}", flags.join(",\n")),
        };
        format!("{{\n{}  \"flags\": {flags}\n}}\n", schema.unwrap_or_default())
    }
}
