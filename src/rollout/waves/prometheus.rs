//! A Prometheus, asked over HTTP.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use ureq::Agent;
use ureq::http::Uri;

use super::queries::{self, Ranges, WITH, WITHOUT};
use super::{Course, Observations};

/// How long one question may take, all in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// More than any answer has, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// A Prometheus, by its address.
#[derive(Clone, Debug)]
pub struct Prometheus {
    query: String,
    agent: Agent,
}

/// Something that is no address of a Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPrometheus {
    /// It is encrypted.
    #[error(
        "https is not spoken here: name an http address, or put a proxy on this machine that \
         speaks https to the other side"
    )]
    Https,
    /// It is something else.
    #[error("expected an address as in http://127.0.0.1:9090")]
    Other,
}

impl FromStr for Prometheus {
    type Err = NoPrometheus;

    fn from_str(text: &str) -> Result<Prometheus, NoPrometheus> {
        let uri: Uri = text.parse().map_err(|_| NoPrometheus::Other)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(NoPrometheus::Https),
            _ => return Err(NoPrometheus::Other),
        }
        let is_plain = uri.query().is_none() && !text.contains(['#', '@']);
        if !is_plain || uri.host().is_none_or(str::is_empty) {
            return Err(NoPrometheus::Other);
        }
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("batchpatch/", env!("CARGO_PKG_VERSION")))
            .proxy(None);
        let query = format!("{}/api/v1/query", text.trim_end_matches('/'));
        Ok(Prometheus { query, agent: config.build().new_agent() })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    /// The time, and the number as text.
    value: (f64, String),
}

impl Sample {
    /// A number, where it is one.
    fn number(&self) -> Option<f64> {
        self.value.1.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

impl Prometheus {
    /// Asks all that the gates of a rollout need. What is not known stays `None`,
    /// and with the first question that gets no answer no more are asked: what is
    /// dangerous is asked first.
    pub fn observe(&self, course: &Course, now: SystemTime) -> Observations {
        let ranges = Ranges::new(course, course.elapsed(now));
        let mut seen = Observations::default();
        let asked = self.ask_all(&ranges, &mut seen);
        seen.trouble = asked.err();
        seen
    }

    fn ask_all(&self, ranges: &Ranges, seen: &mut Observations) -> Result<(), String> {
        seen.faults = self.number(&queries::faults(ranges))?;
        (seen.alerts, seen.alert_names) = self.alerts()?;
        seen.processes = self.number(&queries::processes())?;
        seen.samples = self.number(&queries::samples(ranges, WITH))?;
        seen.failed_share = self.number(&queries::failed_share(ranges, WITH))?;
        seen.fallback_samples = self.number(&queries::samples(ranges, WITHOUT))?;
        seen.fallback_failed_share = self.number(&queries::failed_share(ranges, WITHOUT))?;
        seen.p95_ms = self.number(&queries::quantile(ranges, 0.95))?;
        seen.p99_ms = self.number(&queries::quantile(ranges, 0.99))?;
        Ok(())
    }

    fn alerts(&self) -> Result<(Option<f64>, Vec<String>), String> {
        let samples = self.ask(&queries::alerts())?;
        let name = |sample: &Sample| sample.metric.get("alertname").cloned();
        let names = samples.iter().filter_map(name).collect();
        let numbers: Option<Vec<f64>> = samples.iter().map(Sample::number).collect();
        let count = numbers.filter(|numbers| !numbers.is_empty());
        Ok((count.map(|numbers| numbers.iter().sum()), names))
    }

    /// The number that answers a question, if there is exactly one.
    fn number(&self, query: &str) -> Result<Option<f64>, String> {
        match self.ask(query)?.as_slice() {
            [sample] => Ok(sample.number()),
            _ => Ok(None),
        }
    }

    fn ask(&self, query: &str) -> Result<Vec<Sample>, String> {
        let silent = |error: ureq::Error| format!("Prometheus does not answer: {error}");
        let answer = self.agent.get(&self.query).query("query", query).call().map_err(silent)?;
        let status = answer.status();
        let body = answer.into_body().into_with_config().limit(MOST_BYTES).read_to_vec();
        let answer: Result<Answer, _> = serde_json::from_slice(&body.map_err(silent)?);
        match answer {
            Ok(Answer { data: Some(data), error: None }) if status.is_success() => Ok(data.result),
            Ok(Answer { error: Some(error), .. }) => Err(format!("Prometheus refuses: {error}")),
            _ if !status.is_success() => Err(format!("Prometheus answers with status {status}")),
            _ => Err("what answers is no Prometheus".to_owned()),
        }
    }
}
