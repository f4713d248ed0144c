//! A language server in a process of its own, and the editor's end of its
//! pipes.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server that was initialized. It ends when it is dropped.
pub struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: i64,
}

impl Server {
    /// `batchpatch lsp`, for an editor that takes edits and counts columns in
    /// bytes.
    ///
    /// # Panics
    ///
    /// Panics if it does not start.
    pub fn ours(options: &Value) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_batchpatch"));
        Server::start(command.arg("lsp"), options)
    }

    /// Whatever server the command starts.
    ///
    /// # Panics
    ///
    /// Panics if it does not start.
    pub fn start(command: &mut Command, options: &Value) -> Server {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut server = Server { child, input, output, asked: 0 };
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-8"] }, "workspace": { "applyEdit": true } });
        let params = json!({ "capabilities": capabilities, "initializationOptions": options });
        server.request("initialize", &params);
        server.notify("initialized", &json!({}));
        server
    }

    /// Opens a document, and waits until its text is taken in.
    pub fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": "", "version": version, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        self.wait();
    }

    /// Waits until everything before is done.
    pub fn wait(&mut self) {
        let call = json!({ "command": "batchpatch.status", "arguments": [] });
        self.request("workspace/executeCommand", &call);
    }

    /// How long it takes until all of these messages are taken in.
    pub fn time(&mut self, frames: &[u8]) -> Duration {
        let start = Instant::now();
        self.write(frames);
        self.wait();
        start.elapsed()
    }

    /// Tells something.
    pub fn notify(&mut self, method: &str, params: &Value) {
        self.write(&notification(method, params));
    }

    /// Asks something, and gives the answer's frame.
    pub fn request(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.write(&frame(&message));
        self.read_until(|message| message["id"] == id).0
    }

    /// Writes what was framed before.
    ///
    /// # Panics
    ///
    /// Panics if the server is gone.
    pub fn write(&mut self, frames: &[u8]) {
        self.input.write_all(frames).expect("the server reads");
    }

    /// The first message that is meant, and when it was there: that is before
    /// it is parsed.
    ///
    /// # Panics
    ///
    /// Panics if the server is gone, or writes what is no message.
    pub fn read_until(&mut self, is_meant: impl Fn(&Value) -> bool) -> (Value, Instant) {
        loop {
            let body = self.read();
            let at = Instant::now();
            let message = serde_json::from_slice(&body).expect("a message");
            if is_meant(&message) {
                return (message, at);
            }
        }
    }

    fn read(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("a header");
            assert!(read > 0, "the server is gone");
            match line.trim().split_once(": ") {
                Some((_, value)) => length = value.parse().expect("a length"),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a body");
        body
    }

    /// Resident bytes now, and at most. Not a number where the system does not
    /// tell.
    pub fn memory(&self) -> [f64; 2] {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        ["VmRSS:", "VmHWM:"].map(|name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
            kilobytes.map_or(f64::NAN, |kilobytes: f64| kilobytes * 1024.0)
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A message as it stands on the wire.
pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The frame of a notification.
pub fn notification(method: &str, params: &Value) -> Vec<u8> {
    frame(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
}

/// The frame of a `didChange`.
pub fn did_change(uri: &str, version: i32, changes: &[Value]) -> Vec<u8> {
    let document = json!({ "uri": uri, "version": version });
    let params = json!({ "textDocument": document, "contentChanges": changes });
    notification("textDocument/didChange", &params)
}

/// A character typed into a line.
pub fn typed(line: usize) -> Value {
    let place = json!({ "line": line, "character": 4 });
    json!({ "range": { "start": place, "end": place }, "text": "x" })
}

/// What an editor sends that makes every edit that it is asked for, and says
/// so: its texts, which get the versions from `version` on, and its answer.
///
/// # Panics
///
/// Panics if the request is no `workspace/applyEdit`.
pub fn applied(asked: &Value, version: i32) -> Vec<u8> {
    let documents = asked["params"]["edit"]["documentChanges"].as_array().expect("edits");
    let texts = documents.iter().flat_map(|document| {
        let uri = document["textDocument"]["uri"].as_str().expect("a document");
        // They are in descending order, so they can be made one by one.
        let edits = document["edits"].as_array().expect("edits");
        let change = |edit: &Value| json!({ "range": edit["range"], "text": edit["newText"] });
        did_change(uri, version, &edits.iter().map(change).collect::<Vec<_>>())
    });
    let reply = json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "applied": true } });
    texts.chain(frame(&reply)).collect()
}
