//! The metrics of another process, over its endpoint.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the other process may take for each step.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than an endpoint ever answers, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// One series and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Vec<(String, String)>,
    pub(super) value: f64,
}

/// What a process counts now.
///
/// # Errors
///
/// The system's; or that something else answers there.
pub(super) fn scrape(address: SocketAddr) -> io::Result<Vec<Sample>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MOST_BYTES).read_to_string(&mut answer)?;
    let other = || io::Error::new(io::ErrorKind::InvalidData, "something else answers there");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(other)?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(other());
    }
    Ok(body.lines().filter_map(sample).collect())
}

/// A line of the text format; `None` for a comment.
fn sample(line: &str) -> Option<Sample> {
    let (series, value) = line.rsplit_once(' ').filter(|_| !line.starts_with('#'))?;
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}')?),
        None => (series, ""),
    };
    // No value of a label has a comma or a quote in it.
    let label = |label: &str| {
        let (name, value) = label.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    };
    Some(Sample {
        name: name.to_owned(),
        labels: labels.split(',').filter_map(label).collect(),
        value: value.parse().ok()?,
    })
}

impl Sample {
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }
}
