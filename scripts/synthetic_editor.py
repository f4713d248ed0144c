"""An editor that exists only for the language server: it opens one document in a server of its own and
applies one batch after the other, until it is told to stop."""

import dataclasses
import json
import os
import subprocess
import threading
import time

URI = "file:///synthetic/document.txt"
LINES = 20
# How long the end of either may take, before it is forced.
PATIENCE_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Manner:
    """What an editor does with an edit that it is asked to apply, and what it says about it."""

    does: bool
    says: bool
    # Whether it is so only with what a batch makes, several changes at once.
    of_several: bool = False

    def asked(self, edits):
        """Whether it applies these edits, and whether it says so."""
        return (True, True) if self.of_several and len(edits) == 1 else (self.does, self.says)


GOOD = Manner(does=True, says=True)
REFUSES = Manner(does=False, says=False)
REFUSES_SEVERAL = Manner(does=False, says=False, of_several=True)
LIES_ABOUT_SEVERAL = Manner(does=False, says=True, of_several=True)


@dataclasses.dataclass(frozen=True)
class Ended:
    """A batch that ended. Both times are those of the monotonic clock."""

    sent: float
    at: float
    status: str
    mode: str


class Editor:
    """An editor and its server. `manner` may be changed at any time, and holds from the next edit on."""

    def __init__(self, server, log, every_seconds):
        self.manner = GOOD
        self.ended = []
        self.problem = None
        self._every = every_seconds
        self._text = "".join(f"line {number}\n" for number in range(1, LINES + 1))
        self._version = 1
        self._numbers = 0
        self._stopping = threading.Event()
        with log.open("a") as stderr:
            self._server = subprocess.Popen(
                server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
            )
        self._thread = threading.Thread(target=self._live, daemon=True)

    @property
    def pid(self):
        return self._server.pid

    def start(self):
        self._thread.start()

    def stop(self):
        """Ends both."""
        self._stopping.set()
        if self._thread.ident:
            self._thread.join(PATIENCE_SECONDS)
        self._server.stdin.close()
        try:
            self._server.wait(PATIENCE_SECONDS)
        finally:
            self._server.kill()

    def _live(self):
        try:
            self._initialize()
            while not self._stopping.is_set():
                began = time.monotonic()
                self._apply_a_batch()
                self._stopping.wait(began + self._every - time.monotonic())
            self._request("shutdown", None)
            self._notify("exit", None)
        except Exception as error:  # Whoever started the thread asks for it.
            self.problem = f"{type(error).__name__}: {error}"

    def _initialize(self):
        self._request("initialize", {
            "processId": os.getpid(),
            "capabilities": {
                "general": {"positionEncodings": ["utf-8"]},
                "workspace": {"applyEdit": True},
            },
        })
        self._notify("initialized", {})
        opened = {"uri": URI, "languageId": "plaintext", "version": self._version, "text": self._text}
        self._notify("textDocument/didOpen", {"textDocument": opened})

    def _apply_a_batch(self):
        """One that replaces, inserts and deletes a line, and leaves as many as there were."""
        before = self._text
        self._numbers += 1
        replaced, put_in = f"batch {self._numbers}", f"put in by {self._numbers}"
        lines = before.splitlines()
        patches = [
            {"type": "replace", "line": 2, "text": replaced, "expect": lines[1]},
            {"type": "insert", "line": 9, "text": put_in},
            {"type": "delete", "line": 15},
        ]
        made = [lines[0], replaced, *lines[2:8], put_in, *lines[8:14], *lines[15:]]
        sent = time.monotonic()
        outcome = self._request("workspace/executeCommand", {
            "command": "batchpatch.apply",
            "arguments": [{"uri": URI, "patches": patches}],
        })
        self.ended.append(Ended(sent, time.monotonic(), outcome["status"], outcome["mode"]))
        expected = "".join(f"{line}\n" for line in made) if outcome["status"] == "applied" else before
        if self._text != expected:
            raise AssertionError(f"after {outcome} the text is {self._text!r}")

    def _on_apply_edit(self, params):
        (document,) = params["edit"]["documentChanges"]
        does, says = self.manner.asked(document["edits"])
        if does:
            self._text = edited(self._text, document["edits"])
            self._version += 1
            self._notify("textDocument/didChange", {
                "textDocument": {"uri": URI, "version": self._version},
                "contentChanges": [{"text": self._text}],
            })
        return {"applied": says}

    def _request(self, method, params):
        """Sends a request, and does what the server asks for until it answers."""
        self._send({"id": 1, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("method") == "workspace/applyEdit":
                self._send({"id": message["id"], "result": self._on_apply_edit(message["params"])})
            elif "id" in message and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def _notify(self, method, params):
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self):
        length = None
        while (line := self._server.stdout.readline()) != b"\r\n":
            if not line:
                raise EOFError("the server ended")
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self._server.stdout.read(length))


def edited(text, edits):
    """The text with LSP edits, whose places are all those of the text before. Its columns count bytes, which
    are characters here."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(position):
        return min(starts[position["line"]] + position["character"], len(text))

    pieces, done = [], 0
    for edit in sorted(edits, key=lambda it: offset(it["range"]["start"])):
        pieces += [text[done:offset(edit["range"]["start"])], edit["newText"]]
        done = offset(edit["range"]["end"])
    return "".join([*pieces, text[done:]])
