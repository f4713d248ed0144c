//! A client that never waits longer than a deadline: a server that hangs is a
//! failure.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Far more than anything here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// The program under test: the one that was built with the tests, or another
/// build of it that the environment names.
fn binary() -> PathBuf {
    let named = std::env::var_os("BATCHPATCH_BINARY").map(PathBuf::from);
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_batchpatch").into())
}

/// A server, and the client's ends of its pipes. Dropping it kills the server.
pub(super) struct Client {
    child: Child,
    input: Option<Sender<Vec<u8>>>,
    written: Receiver<io::Result<()>>,
    output: Option<ChildStdout>,
    messages: Receiver<Value>,
    arrived: Sender<Value>,
    /// Messages that came while another one was waited for.
    earlier: VecDeque<Value>,
    ended: Receiver<String>,
    last_id: i64,
}

impl Client {
    /// A server that was told nothing yet, with the commands for tests.
    pub(super) fn spawn() -> Client {
        let mut client = Client::spawn_unread(true);
        client.start_reading();
        client
    }

    /// A server that is started with these arguments, with the commands for
    /// tests.
    pub(super) fn with_arguments(arguments: &[&str]) -> Client {
        let mut client = Client::spawn_with(arguments, true, true);
        client.start_reading();
        client
    }

    /// A server whose standard error nobody reads.
    pub(super) fn with_unread_stderr() -> Client {
        let mut client = Client::spawn_with(&[], true, false);
        client.start_reading();
        client
    }

    /// A server whose output nobody reads before `start_reading`.
    pub(super) fn spawn_unread(with_test_commands: bool) -> Client {
        Client::spawn_with(&[], with_test_commands, true)
    }

    fn spawn_with(arguments: &[&str], with_test_commands: bool, stderr_is_read: bool) -> Client {
        let mut command = Command::new(binary());
        command.arg("lsp").args(arguments);
        command.env("RUST_BACKTRACE", "0").env_remove("BATCHPATCH_TEST_COMMANDS");
        // Whatever flags this machine's user has, they are not those of a test.
        command.env("BATCHPATCH_STATE", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-state"));
        if with_test_commands {
            command.env("BATCHPATCH_TEST_COMMANDS", "1");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let output = child.stdout.take();

        let (input, to_write) = channel::<Vec<u8>>();
        let (wrote, written) = channel();
        thread::spawn(move || {
            for bytes in to_write {
                let _ = wrote.send(stdin.write_all(&bytes).and_then(|()| stdin.flush()));
            }
        });
        // Its end is the end of the process, whoever holds the other pipes.
        let (end, ended) = channel();
        thread::spawn(move || {
            let mut text = Vec::new();
            if !stderr_is_read {
                // Held open, and full sooner or later.
                std::mem::forget(stderr);
                return;
            }
            let _ = stderr.read_to_end(&mut text);
            let _ = end.send(String::from_utf8_lossy(&text).into_owned());
        });
        let (arrived, messages) = channel();
        Client {
            child,
            input: Some(input),
            written,
            output,
            messages,
            arrived,
            earlier: VecDeque::new(),
            ended,
            last_id: 0,
        }
    }

    /// A server that is initialized, and whose columns count in utf-8.
    pub(super) fn initialized() -> Client {
        let mut client = Client::spawn();
        client.initialize(&["utf-8"]);
        client
    }

    /// A server for an editor that takes edits, with these further workspace
    /// capabilities and settings.
    pub(super) fn of_editor(workspace: &Value, settings: &Value) -> Client {
        let mut client = Client::spawn();
        let mut capabilities = json!({ "applyEdit": true });
        for (name, value) in workspace.as_object().unwrap() {
            capabilities[name] = value.clone();
        }
        let params = json!({
            "capabilities": {
                "general": { "positionEncodings": ["utf-16"] },
                "workspace": capabilities,
            },
            "initializationOptions": settings,
        });
        let answer = client.request("initialize", &params);
        assert!(answer["error"].is_null(), "{answer}");
        client.notify("initialized", &json!({}));
        client
    }

    pub(super) fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document =
            json!({ "uri": uri, "languageId": "text", "version": version, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// The document holds this text now.
    pub(super) fn retype(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "text": text }]);
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", &params);
    }

    /// Sends a batch, whose outcome is waited for by `outcome`.
    pub(super) fn apply(&mut self, batch: &Value) -> Value {
        self.last_id += 1;
        let id = json!(self.last_id);
        let params = json!({ "command": "batchpatch.apply", "arguments": [batch] });
        self.raw(request(&id, "workspace/executeCommand", &params));
        id
    }

    /// The outcome of a batch.
    pub(super) fn outcome(&mut self, id: &Value) -> Value {
        let answer = self.answer(id);
        super::result(&answer).clone()
    }

    /// The next edit that the server asks for: the request's id, and its
    /// parameters.
    pub(super) fn asked_to_edit(&mut self) -> (Value, Value) {
        let mut asked = self.wait_for(|message| message["method"] == "workspace/applyEdit");
        (asked["id"].take(), asked["params"].take())
    }

    pub(super) fn reply(&mut self, id: &Value, result: &Value) {
        let reply = json!({ "jsonrpc": "2.0", "id": id, "result": result });
        self.raw(frame(reply.to_string()));
    }

    /// An initialized server with these folders as its workspace.
    pub(super) fn in_folders(folders: &[&Path]) -> Client {
        let folder = |path: &&Path| json!({ "uri": uri(path), "name": "a folder" });
        let folders: Vec<Value> = folders.iter().map(folder).collect();
        let mut client = Client::spawn();
        let params = json!({ "capabilities": {}, "workspaceFolders": folders });
        let answer = client.request("initialize", &params);
        assert!(answer["error"].is_null(), "{answer}");
        client
    }

    /// The result of `initialize`, offering these encodings.
    pub(super) fn initialize(&mut self, encodings: &[&str]) -> Value {
        let answer = self.request("initialize", &initialize_params(encodings));
        self.notify("initialized", &json!({}));
        super::result(&answer).clone()
    }

    pub(super) fn start_reading(&mut self) {
        let mut output = BufReader::new(self.output.take().unwrap());
        let arrived = self.arrived.clone();
        thread::spawn(move || {
            while let Some(message) = read_message(&mut output) {
                let _ = arrived.send(message);
            }
        });
    }

    /// Closes the pipe that nobody has started to read.
    pub(super) fn close_output(&mut self) {
        drop(self.output.take().unwrap());
    }

    pub(super) fn close_input(&mut self) {
        self.input = None;
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes bytes as they are.
    pub(super) fn raw(&mut self, bytes: impl Into<Vec<u8>>) {
        self.try_raw(bytes).unwrap();
    }

    /// Writes bytes as they are; the system's error if the server no longer
    /// reads.
    pub(super) fn try_raw(&mut self, bytes: impl Into<Vec<u8>>) -> io::Result<()> {
        self.input.as_ref().unwrap().send(bytes.into()).unwrap();
        self.written.recv_timeout(DEADLINE).expect("the server reads what it is sent")
    }

    pub(super) fn notify(&mut self, method: &str, params: &Value) {
        self.raw(notification(method, params));
    }

    /// The whole answer to a request.
    pub(super) fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = json!(self.last_id);
        self.raw(request(&id, method, params));
        self.answer(&id)
    }

    pub(super) fn execute(&mut self, command: &str, arguments: &Value) -> Value {
        let params = json!({ "command": command, "arguments": arguments });
        self.request("workspace/executeCommand", &params)
    }

    /// The whole answer to a request for a document's snapshot.
    pub(super) fn snapshot(&mut self, uri: &str) -> Value {
        self.execute("batchpatch.snapshot", &json!([{ "uri": uri }]))
    }

    pub(super) fn text(&mut self, uri: &str) -> String {
        let answer = self.snapshot(uri);
        super::result(&answer)["text"].as_str().unwrap().to_owned()
    }

    pub(super) fn status(&mut self) -> Value {
        let answer = self.execute("batchpatch.status", &json!([]));
        super::result(&answer).clone()
    }

    /// The next message that is an answer with this id.
    pub(super) fn answer(&mut self, id: &Value) -> Value {
        self.wait_for(|message| message.get("id") == Some(id) && message.get("method").is_none())
    }

    /// The parameters of the next notification of this kind.
    pub(super) fn notified(&mut self, method: &str) -> Value {
        self.wait_for(|message| message["method"] == method)["params"].take()
    }

    /// The next message, whatever it is.
    pub(super) fn next_message(&mut self) -> Value {
        self.wait_for(|_| true)
    }

    /// What came and was not waited for.
    pub(super) fn unexpected(&mut self) -> Vec<Value> {
        self.earlier.drain(..).chain(self.messages.try_iter()).collect()
    }

    pub(super) fn shutdown_and_exit(mut self) -> i32 {
        let answer = self.request("shutdown", &Value::Null);
        assert_eq!(super::result(&answer), &Value::Null);
        self.notify("exit", &Value::Null);
        self.exit_code()
    }

    /// The exit code of a server that ends by itself.
    pub(super) fn exit_code(&mut self) -> i32 {
        self.ended.recv_timeout(DEADLINE).expect("the server ends");
        self.child.wait().unwrap().code().expect("no signal ended it")
    }

    /// Ends the server; gives what it wrote to standard error, and the messages
    /// that nobody waited for.
    pub(super) fn end(mut self) -> (String, Vec<Value>) {
        let answer = self.request("shutdown", &Value::Null);
        assert_eq!(super::result(&answer), &Value::Null);
        self.notify("exit", &Value::Null);
        let stderr = self.ended.recv_timeout(DEADLINE).expect("the server ends");
        self.child.wait().unwrap();
        (stderr, self.unexpected())
    }

    fn wait_for(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.earlier.iter().position(&is_wanted) {
            return self.earlier.remove(found).unwrap();
        }
        loop {
            let message = self.messages.recv_timeout(DEADLINE).unwrap_or_else(|_| {
                let stderr = self.ended.try_recv().unwrap_or_else(|_| "(it still runs)".to_owned());
                panic!("no such message; before it: {:?}; stderr: {stderr}", self.earlier)
            });
            if is_wanted(&message) {
                return message;
            }
            self.earlier.push_back(message);
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn initialize_params(encodings: &[&str]) -> Value {
    json!({
        "processId": null,
        "rootUri": null,
        "capabilities": { "general": { "positionEncodings": encodings } }
    })
}

/// The frame of a request.
pub(super) fn request(id: &Value, method: &str, params: &Value) -> Vec<u8> {
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    frame(message.to_string())
}

/// The frame of a notification.
pub(super) fn notification(method: &str, params: &Value) -> Vec<u8> {
    frame(json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string())
}

/// The frame of a request for a document's snapshot.
pub(super) fn snapshot_request(id: &Value, uri: &str) -> Vec<u8> {
    let params = json!({ "command": "batchpatch.snapshot", "arguments": [{ "uri": uri }] });
    request(id, "workspace/executeCommand", &params)
}

/// The frame of a request for the server's status.
pub(super) fn status_request(id: &Value) -> Vec<u8> {
    request(id, "workspace/executeCommand", &json!({ "command": "batchpatch.status" }))
}

/// A body with its header.
pub(super) fn frame(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// The URI of an absolute path.
pub(super) fn uri(path: &Path) -> String {
    let path = path.to_str().unwrap().replace('\\', "/");
    format!("file:///{}", path.trim_start_matches('/'))
}

/// The next message; `None` at the end of output.
fn read_message(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = Some(value.parse().unwrap()),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length.expect("every frame has a length")];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("every body is JSON"))
}
