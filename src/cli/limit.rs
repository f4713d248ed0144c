//! `--limit NAME=VALUE`.

use std::ffi::OsStr;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, Command, Error};

use crate::engine::Limits;

/// The limits that the command line sets.
#[derive(Clone, Debug, Args)]
pub(super) struct LimitArgs {
    /// Set a limit; may be given several times.
    ///
    /// message-bytes (536870912), patches (100000) and documents (10000) of a batch,
    /// document-bytes (268435456) before and after it, violations (100) told in full.
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = LimitParser)]
    limits: Vec<Limit>,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    of: fn(&mut Limits) -> &mut usize,
    value: usize,
}

type Named = (&'static str, fn(&mut Limits) -> &mut usize);

const LIMITS: [Named; 5] = [
    ("message-bytes", |limits| &mut limits.message_bytes),
    ("patches", |limits| &mut limits.patches),
    ("documents", |limits| &mut limits.documents),
    ("document-bytes", |limits| &mut limits.document_bytes),
    ("violations", |limits| &mut limits.violations_told),
];

impl LimitArgs {
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for limit in &self.limits {
            *(limit.of)(&mut limits) = limit.value;
        }
        limits
    }
}

#[derive(Clone)]
struct LimitParser;

impl TypedValueParser for LimitParser {
    type Value = Limit;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Limit, Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        let name = text.split('=').next().unwrap_or_default();
        let known = LIMITS.iter().find(|(known, _)| *known == name);
        let value = text.split_once('=').and_then(|(_, number)| number.parse().ok());
        if let (Some((_, of)), Some(value)) = (known, value) {
            return Ok(Limit { of: *of, value });
        }
        let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(command);
        if let Some(arg) = arg {
            error.insert(ContextKind::InvalidArg, ContextValue::String(arg.to_string()));
        }
        let possible = match known {
            Some((name, _)) => vec![format!("{name}=NUMBER")],
            None => LIMITS.iter().map(|(name, _)| format!("{name}=NUMBER")).collect(),
        };
        error.insert(ContextKind::InvalidValue, ContextValue::String(text));
        error.insert(ContextKind::ValidValue, ContextValue::Strings(possible));
        Err(error)
    }
}
