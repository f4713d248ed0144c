"""Somebody on loopback whom an Alertmanager tells its alerts."""

import contextlib
import dataclasses
import http.server
import json
import threading
import time


@dataclasses.dataclass(frozen=True)
class Told:
    """An alert that arrived, at a time of the monotonic clock."""

    at: float
    receiver: str
    name: str
    severity: str
    status: str


class AlertReceiver:
    """Keeps what it is told. Alertmanager's receivers are its pages, `/on-call` for instance."""

    def __init__(self, server):
        self.address = f"http://127.0.0.1:{server.server_port}"
        self.told = []

    def add(self, page, message):
        now = time.monotonic()
        self.told += [
            Told(now, page.strip("/"), alert["labels"]["alertname"], alert["labels"]["severity"], alert["status"])
            for alert in message["alerts"]
        ]


@contextlib.contextmanager
def alert_receiver():
    """Listens until the end of the block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            receiver.add(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = AlertReceiver(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
