//! The flags, for the endpoint.

use serde_json::{Value, json};

use super::flag_watch::CurrentFlags;
use crate::observability::{Admin, AdminError};
use crate::rollout::{Decision, Percentage, SetError, Setting};

/// Who changes flags through the endpoint, for their history.
const WHO: &str = "admin endpoint";

/// The flags of this process, and whoever has the token may change them.
pub(super) struct FlagAdmin(pub(super) CurrentFlags);

impl Admin for FlagAdmin {
    fn flags(&self) -> Value {
        let flags = self.0.all();
        let flags: Vec<Value> = flags.iter().map(|(name, it)| in_json(name, it)).collect();
        json!({ "flags": flags })
    }

    fn set(&self, name: &str, percentage: u8) -> Result<Value, AdminError> {
        let share = Percentage::try_from(u64::from(percentage))
            .map_err(|error| AdminError::Refused(error.to_string()))?;
        let setting = Setting {
            flag: name.to_owned(),
            share,
            named: None,
            who: WHO.to_owned(),
            why: None,
            over_broken: share == Percentage::NONE,
        };
        let Some(set) = self.0.set(&setting) else {
            return Err(AdminError::Refused("there is no place for flags".to_owned()));
        };
        set.map_err(|error| match error {
            SetError::Unknown { .. } => AdminError::UnknownFlag,
            SetError::Broken { .. } => AdminError::Refused(error.to_string()),
            SetError::Io { .. } | SetError::NotRecorded { .. } => {
                AdminError::Failed(error.to_string())
            }
        })?;
        let flags = self.0.all();
        let flag = flags.iter().find(|(known, _)| known == name);
        Ok(flag.map_or(Value::Null, |(name, decision)| in_json(name, decision)))
    }
}

fn in_json(name: &str, decision: &Decision) -> Value {
    json!({
        "name": name,
        "percentage": decision.percentage,
        "isOn": decision.is_on,
        "why": decision.why.to_string(),
    })
}
