//! A server that plays Prometheus: it answers by what is asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use batchpatch::rollout::waves::Observations;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// Far more than anything here takes, on any machine.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// What it answers.
pub(crate) enum Answer {
    /// These numbers, each where it is asked for.
    Seen(Observations),
    /// This text as the body, with this status.
    Text(u16, String),
    /// The start of an answer and never its end.
    Half,
    /// The connection is closed without a word.
    Nothing,
}

/// A server that plays Prometheus, until it is dropped.
pub(crate) struct Played {
    pub(crate) address: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Played {
    pub(crate) fn new(answer: Answer) -> Played {
        Played::listening(TcpListener::bind("127.0.0.1:0").unwrap(), answer)
    }

    fn listening(listener: TcpListener, answer: Answer) -> Played {
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(answer));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let thread = {
            let (answer, asked) = (Arc::clone(&answer), Arc::clone(&asked));
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || {
                // Kept open where no end is to be sent.
                let mut open = Vec::new();
                for stream in listener.incoming() {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    // Whoever asks may have gone.
                    if let Some(stream) = stream.ok().and_then(|it| serve(it, &answer, &asked)) {
                        open.push(stream);
                    }
                }
            })
        };
        Played { address, answer, asked, is_over, thread: Some(thread) }
    }

    pub(crate) fn now(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// Waits until it was asked so often again.
    pub(crate) fn wait_for(&self, questions: usize) {
        let (before, deadline) = (self.asked().len(), Instant::now() + DEADLINE);
        while self.asked().len() < before + questions {
            assert!(Instant::now() < deadline, "nobody asks");
            thread::yield_now();
        }
    }

    /// All that it was asked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address.strip_prefix("http://").unwrap());
        let _ = self.thread.take().unwrap().join();
    }
}

/// Answers one request; a stream that has to stay open comes back.
fn serve(
    stream: TcpStream,
    answer: &Mutex<Answer>,
    asked: &Mutex<Vec<String>>,
) -> Option<TcpStream> {
    let mut lines = BufReader::new(&stream).lines();
    let request = lines.next()?.ok()?;
    while !lines.next()?.ok()?.is_empty() {}
    let target = request.split(' ').nth(1)?.to_owned();
    let query = target.strip_prefix("/api/v1/query?query=").unwrap_or(&target);
    let query = percent_decode_str(&query.replace('+', " ")).decode_utf8().ok()?.into_owned();
    asked.lock().unwrap().push(query.clone());
    let (status, body) = match &*answer.lock().unwrap() {
        Answer::Seen(seen) => (200, told(&query, seen).to_string()),
        Answer::Text(status, body) => (*status, body.clone()),
        Answer::Half => {
            (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").ok()?;
            return Some(stream);
        }
        Answer::Nothing => return None,
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    (&stream).write_all(head.as_bytes()).ok()?;
    (&stream).write_all(body.as_bytes()).ok()?;
    None
}

/// A vector as Prometheus tells it: of no sample or of one, and one for each alert.
fn told(query: &str, seen: &Observations) -> Value {
    let is_with = query.contains("mode=\"batch\"");
    let number = match query {
        _ if query.contains("faults_total") => seen.faults,
        _ if query.contains("ALERTS") => seen.alerts,
        _ if query.contains("up{") => seen.processes,
        _ if query.contains("quantile(0.95") => seen.p95_ms,
        _ if query.contains("quantile(0.99") => seen.p99_ms,
        _ if query.contains(" / ") && is_with => seen.failed_share,
        _ if query.contains(" / ") => seen.fallback_failed_share,
        _ if is_with => seen.samples,
        _ => seen.fallback_samples,
    };
    let sample = |metric: Value, number: f64| {
        let text = if number.is_nan() { "NaN".to_owned() } else { number.to_string() };
        json!({ "metric": metric, "value": [1_800_000_000.123, text] })
    };
    let result: Vec<Value> = if query.contains("ALERTS") && !seen.alert_names.is_empty() {
        let alert = |name: &String| sample(json!({ "alertname": name }), 1.0);
        seen.alert_names.iter().map(alert).chain([sample(json!({}), 0.0)]).collect()
    } else {
        number.map(|number| sample(json!({}), number)).into_iter().collect()
    };
    json!({ "status": "success", "data": { "resultType": "vector", "result": result } })
}
