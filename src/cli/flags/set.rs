//! `batchpatch flags set`: how many should have a feature.

use clap::Args;

use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::cli::render::one_line;
use crate::rollout::{self, InstallationId, Percentage, SetError, Setting};

/// Set for how many installations a flag is on.
#[derive(Debug, Args)]
#[command(after_long_help = "\
The flag file is replaced as a whole, all other flags in it stay as they are, and the change is
recorded. A flag file that is broken is left alone, unless the flag is set to 0: then it is kept
with .broken behind its name. Every process that runs sees the change within two seconds.

Exit status:
  0  it is set
  2  there is no such flag, or the flag file is broken
  3  something could not be read or written")]
pub(super) struct Set {
    /// The flag.
    #[arg(value_name = "FLAG")]
    flag: String,

    /// How many of a hundred installations have it: 0 to 100.
    ///
    /// 0 is nobody, also of those that --ids named before.
    #[arg(value_name = "PERCENT")]
    percent: Percentage,

    /// Installations that have it whatever the percentage, by their ids (see `flags list`).
    ///
    /// They take the place of those that were named before, and an empty list names nobody. They
    /// stay named when the flag is set again without --ids.
    #[arg(long, value_name = "ID,ID", value_parser = Ids::parse)]
    ids: Option<Ids>,

    /// Who sets it, for the history.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,

    /// Why, for the history.
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,

    #[command(flatten)]
    flags: FlagArgs,
}

/// Ids with commas between them.
#[derive(Clone, Debug)]
struct Ids(Vec<String>);

impl Ids {
    fn parse(text: &str) -> Result<Ids, rollout::NoInstallationId> {
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        let id = |id: &str| Ok(id.parse::<InstallationId>()?.to_string());
        ids.map(id).collect::<Result<_, _>>().map(Ids)
    }
}

impl Set {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let folder = self.flags.state_folder()?;
        let setting = Setting {
            flag: self.flag,
            share: self.percent,
            named: self.ids.map(|Ids(ids)| ids),
            who: self.who.map_or("cli".to_owned(), |who| format!("cli: {who}")),
            why: self.why,
            over_broken: self.percent == Percentage::NONE,
        };
        let change = rollout::set(&self.flags.sources(&folder), &setting).map_err(|error| {
            let exit = match error {
                SetError::Unknown { .. } | SetError::Broken { .. } => Exit::Malformed,
                SetError::Io { .. } | SetError::NotRecorded { .. } => Exit::Io,
            };
            Failure::new(exit, format!("batchpatch: {error}"))
        })?;
        let (flag, file) = (one_line(&change.flag), one_line(&change.file));
        let step = super::step(&change);
        output::print(|output| writeln!(output, "{flag}: {step} in {file}"))?;
        Ok(Exit::Done)
    }
}
