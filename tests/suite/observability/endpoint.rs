//! Who is answered, and who is not. A browser is a client that sends `Origin` and
//! `Sec-Fetch-Site`; one whose page rebound its name sends that name as `Host`.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use batchpatch::observability::{
    Admin, AdminError, Endpoint, EndpointConfig, EndpointError, Metrics, Token, discovered,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{Answer, get, send};

/// Far more than anything here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// A flag that can be set to anything but 13.
#[derive(Default)]
struct OneFlag(Mutex<u8>);

impl Admin for OneFlag {
    fn flags(&self) -> Value {
        json!({ "flags": [{ "name": "one", "percentage": *self.0.lock().unwrap() }] })
    }

    fn set(&self, name: &str, percentage: u8) -> Result<Value, AdminError> {
        match (name, percentage) {
            ("one", 13) => Err(AdminError::Refused("not 13".to_owned())),
            ("one", 14) => Err(AdminError::Failed("the disk is full".to_owned())),
            ("one", percentage) => {
                *self.0.lock().unwrap() = percentage;
                Ok(json!({ "name": "one", "percentage": percentage }))
            }
            _ => Err(AdminError::UnknownFlag),
        }
    }
}

struct Served {
    endpoint: Endpoint,
    flag: Arc<OneFlag>,
    folder: TempDir,
}

impl Served {
    fn new() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let flag = Arc::new(OneFlag::default());
        let endpoint = start(&folder, 0, Arc::clone(&flag)).unwrap();
        Served { endpoint, flag, folder }
    }

    fn address(&self) -> SocketAddr {
        self.endpoint.address()
    }

    fn bearer(&self) -> String {
        let token = std::fs::read_to_string(Token::path(self.folder.path())).unwrap();
        format!("Bearer {token}")
    }

    fn percentage(&self) -> u8 {
        *self.flag.0.lock().unwrap()
    }

    /// Sets the flag in the right way, but for these headers.
    fn set(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        let bearer = self.bearer();
        let mut all =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        send(self.address(), "POST", "/admin/flags", &all, body)
    }
}

fn start(folder: &TempDir, port: u16, flag: Arc<OneFlag>) -> Result<Endpoint, EndpointError> {
    let config = EndpointConfig { port, state_folder: folder.path().to_owned() };
    Endpoint::start(&config, Arc::new(Metrics::default()), flag)
}

const TO_50: &str = r#"{"name":"one","percentage":50}"#;

#[test]
fn metrics_and_health_are_there_for_programs_on_this_computer() {
    let served = Served::new();
    assert!(served.address().ip().is_loopback());
    let metrics = get(served.address(), "/metrics");
    assert_eq!(metrics.status, 200);
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    assert!(metrics.body.ends_with("# EOF\n"), "{}", metrics.body);
    let health = get(served.address(), "/health");
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("ok")));
    let by_name = format!("localhost:{}", served.address().port());
    let answer = send(served.address(), "GET", "/health", &[("host", &by_name)], "");
    assert_eq!(answer.status, 200);
}

#[test]
fn flags_are_told_and_set_with_the_token() {
    let served = Served::new();
    let answer = served.set(&[], TO_50);
    assert_eq!((answer.status, &answer.json()["percentage"]), (200, &json!(50)), "{answer:?}");
    assert_eq!(served.percentage(), 50);
    let bearer = served.bearer();
    let told = send(served.address(), "GET", "/admin/flags", &[("authorization", &bearer)], "");
    assert_eq!(told.json()["flags"][0]["percentage"], 50);
    let with_charset = [("content-type", "application/json; charset=utf-8")];
    assert_eq!(served.set(&with_charset, r#"{"name":"one","percentage":0}"#).status, 200);
    assert_eq!(served.percentage(), 0);
}

#[test]
fn a_name_that_only_leads_here_is_misdirected() {
    let served = Served::new();
    let port = served.address().port();
    let strangers = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        format!("[::1]:{port}"),
    ];
    for host in &strangers {
        for path in ["/metrics", "/health", "/admin/flags", "/nothing"] {
            let answer = send(served.address(), "GET", path, &[("host", host)], "");
            assert_eq!(answer.status, 421, "{host} {path}");
        }
        assert_eq!(served.set(&[("host", host)], TO_50).status, 421, "{host}");
    }
    // The host of the first line counts as well.
    let ours = format!("127.0.0.1:{port}");
    let target = format!("http://evil.example:{port}/metrics");
    assert_eq!(send(served.address(), "GET", &target, &[("host", &ours)], "").status, 421);
    let both = [("host", ours.as_str()), ("host", "evil.example")];
    assert_eq!(send(served.address(), "GET", "/metrics", &both, "").status, 421);
    assert_eq!(served.percentage(), 0);
}

#[test]
fn a_page_in_a_browser_is_not_answered() {
    let served = Served::new();
    let ours = format!("http://127.0.0.1:{}", served.address().port());
    let pages = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", ours.as_str()),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
    ];
    for page in pages {
        for path in ["/metrics", "/health", "/admin/flags"] {
            assert_eq!(send(served.address(), "GET", path, &[page], "").status, 403, "{page:?}");
        }
        assert_eq!(served.set(&[page], TO_50).status, 403, "{page:?}");
        // What a browser asks first gets no leave either.
        let ask = [page, ("access-control-request-method", "POST")];
        let answer = send(served.address(), "OPTIONS", "/admin/flags", &ask, "");
        assert_eq!(answer.status, 403);
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
    assert_eq!(served.percentage(), 0);
}

#[test]
fn who_does_not_know_the_token_changes_nothing_and_is_told_nothing() {
    let served = Served::new();
    let right = served.bearer();
    let wrong = [
        String::new(),
        "Bearer ".to_owned(),
        right[..right.len() - 1].to_owned(),
        format!("{right}0"),
        format!("Bearer {}", "0".repeat(64)),
        right.replace("Bearer", "Basic"),
    ];
    for authorization in &wrong {
        let header = [("authorization", authorization.as_str())];
        let answer = served.set(&header, TO_50);
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        for path in ["/admin/flags", "/admin/", "/admin/nothing"] {
            assert_eq!(send(served.address(), "GET", path, &header, "").status, 401, "{path}");
        }
    }
    let twice = [("authorization", right.as_str()), ("authorization", wrong[4].as_str())];
    assert_eq!(send(served.address(), "GET", "/admin/flags", &twice, "").status, 401);
    assert_eq!(served.percentage(), 0);
}

#[test]
fn a_body_is_json_and_says_so() {
    let served = Served::new();
    for content_type in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
    {
        let answer = served.set(&[("content-type", content_type)], TO_50);
        assert_eq!(answer.status, 415, "{content_type}");
    }
    assert_eq!(served.percentage(), 0);
}

#[test]
fn a_body_that_is_not_exactly_a_flag_and_a_percentage_is_refused() {
    let served = Served::new();
    for body in [
        "",
        "{",
        "[]",
        r#"["one",50]"#,
        r#"{"name":"one"}"#,
        r#"{"name":"one","percentage":50,"force":true}"#,
        r#"{"name":"one","percentage":101}"#,
        r#"{"name":"one","percentage":-1}"#,
        r#"{"name":"one","percentage":5.5}"#,
        r#"{"name":"one","percentage":"50"}"#,
        r#"{"name":"one","percentage":50} x"#,
    ] {
        let answer = served.set(&[], body);
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
    let long = format!(r#"{{"name":"{}","percentage":50}}"#, "x".repeat(2_000));
    assert_eq!(served.set(&[], &long).status, 413);
    assert_eq!(served.percentage(), 0);
}

#[test]
fn what_the_flags_owner_says_decides_the_status() {
    let served = Served::new();
    for (body, status, why) in [
        (r#"{"name":"two","percentage":50}"#, 404, "no such flag"),
        (r#"{"name":"one","percentage":13}"#, 409, "not 13"),
        (r#"{"name":"one","percentage":14}"#, 500, "the disk is full"),
    ] {
        let answer = served.set(&[], body);
        assert_eq!(answer.status, status);
        assert!(answer.json()["error"].as_str().unwrap().contains(why), "{answer:?}");
    }
}

#[test]
fn other_methods_and_other_paths_are_told_apart() {
    let served = Served::new();
    let bearer = served.bearer();
    let headers = [("authorization", bearer.as_str())];
    for (method, path, status, allowed) in [
        ("POST", "/metrics", 405, "GET"),
        ("PUT", "/health", 405, "GET"),
        ("DELETE", "/admin/flags", 405, "GET, POST"),
        ("GET", "/", 404, ""),
        ("GET", "/admin/other", 404, ""),
        ("GET", "/metrics/", 404, ""),
    ] {
        let answer = send(served.address(), method, path, &headers, "");
        assert_eq!((answer.status, answer.header("allow")), (status, allowed), "{method} {path}");
    }
}

#[test]
fn connections_are_bounded_and_free_again_when_they_end() {
    let served = Served::new();
    let connect = || {
        let stream = TcpStream::connect(served.address()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    };
    let mut held: Vec<TcpStream> = (0..16).map(|_| connect()).collect();
    for stream in &mut held {
        stream.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
    }
    // One that is more is closed, with or without a last word of the system's.
    let more = connect().read(&mut [0]);
    assert!(matches!(more, Ok(0)) || more.is_err_and(|it| it.kind() == ErrorKind::ConnectionReset));
    drop(held);
    let begun = Instant::now();
    let is_served = || {
        let mut stream = connect();
        let asked = write!(stream, "GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", served.address());
        asked.is_ok() && stream.read(&mut [0]).is_ok_and(|read| read == 1)
    };
    while !is_served() {
        assert!(begun.elapsed() < DEADLINE, "the places are free again");
    }
}

#[test]
fn where_the_port_is_taken_another_one_is_told() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let endpoint = start(&folder, port, Arc::default()).unwrap();
    assert_ne!(endpoint.address().port(), port);
    assert_eq!(discovered(folder.path())[0].address, endpoint.address());
    assert_eq!(get(endpoint.address(), "/health").status, 200);
}

#[test]
fn what_ends_is_no_longer_listened_on_and_no_longer_found() {
    let Served { endpoint, folder, .. } = Served::new();
    let address = endpoint.address();
    drop(endpoint);
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(discovered(folder.path()), []);
    assert_eq!(std::fs::read_dir(folder.path().join("discovery")).unwrap().count(), 0);
}

#[test]
fn all_processes_of_a_user_have_one_token_that_only_the_user_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let token = || format!("{:?}", Token::in_folder(folder.path()).unwrap());
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(token)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let token = std::fs::read_to_string(Token::path(folder.path())).unwrap();
    assert_eq!(token.len(), 64);
    for told in tokens {
        assert!(!told.contains(&token), "{told}");
    }
    assert!(Token::in_folder(folder.path()).unwrap().is(&token));
    assert!(!Token::in_folder(folder.path()).unwrap().is(&token[..63]));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let path = Token::path(folder.path());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let error = start(&folder, 0, Arc::default()).unwrap_err();
        assert!(error.to_string().contains("can be read by others"), "{error}");
        assert_eq!(discovered(folder.path()), []);
    }
}
