//! A plan as JSON: read strictly, and written for somebody to edit.

use serde::Deserialize;

use super::Plan;

/// What keeps a text from being a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", path, if path.is_empty() { "" } else { ": " })]
pub struct PlanError {
    path: String,
    message: String,
}

impl PlanError {
    /// Where the mistake is, as in `waves[1].hold`; empty for the plan as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// [`PlanError`] if it is no JSON, has a field that is not known or lacks one, or
    /// says what cannot be carried out.
    pub fn parse(bytes: &[u8]) -> Result<Plan, PlanError> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let mut track = serde_path_to_error::Track::new();
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        let plan = Plan::deserialize(tracked).map_err(|error| {
            let path = track.path().to_string();
            PlanError {
                path: if path == "." { String::new() } else { path },
                message: error.to_string(),
            }
        })?;
        json.end()
            .map_err(|error| PlanError { path: String::new(), message: error.to_string() })?;
        match plan.mistake() {
            Some((path, message)) => Err(PlanError { path, message }),
            None => Ok(plan),
        }
    }

    /// The plan as text, to be edited.
    pub fn written(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }
}
