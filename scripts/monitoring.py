"""A Prometheus and an Alertmanager on loopback, with the examples of docs/operations as their
configuration, each until the end of a block."""

import contextlib
import json
import math
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs/operations"
RULES = OPERATIONS / "batchpatch.rules.yml"
DEADLINE_SECONDS = 30


def installed():
    """The folder with the programs of both, installed if they are not there yet."""
    command = [ROOT / "scripts/install-prometheus"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return pathlib.Path(printed.splitlines()[-1])


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def comes_true(condition, seconds=DEADLINE_SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def rewritten(name, replacements):
    """An example of docs/operations with something else in the place of what only its reader can know."""
    text = (OPERATIONS / name).read_text()
    for example, here in replacements.items():
        if example not in text:
            sys.exit(f"docs/operations/{name} has no {example} any more")
        text = text.replace(example, here)
    return text


class Prometheus:
    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path, **parameters):
        address = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            sys.exit(f"{parameters}: {error.read().decode()}")

    def numbers(self, query):
        """The values of a query's samples that are numbers."""
        values = (float(sample["value"][1]) for sample in self.get("query", query=query)["result"])
        return [value for value in values if not math.isnan(value)]

    def rules(self):
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def is_ready(self):
        try:
            return bool(self.rules())
        except OSError:
            return False


@contextlib.contextmanager
def prometheus(programs, folder, discovery, port=None, alertmanager_port=9093):
    """A Prometheus that has read the rules. It finds its targets in the folders `discovery`, scrapes and
    evaluates every second instead of each 15, and keeps its data in `folder`."""
    port = port or free_port()
    config = folder / "prometheus.yml"
    config.write_text(rewritten(config.name, {
        "/home/me/.local/state/batchpatch/discovery/*.json": ", ".join(f"{each}/*.json" for each in discovery),
        f"- {RULES.name}": f"- {RULES}",
        "127.0.0.1:9093": f"127.0.0.1:{alertmanager_port}",
        "15s": "1s",
    }))
    server = Prometheus(port)
    command = [
        programs / "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with running(command, folder / "prometheus.log", server.is_ready):
        yield server


@contextlib.contextmanager
def alertmanager(programs, folder, receiver):
    """An Alertmanager whose receivers are pages at the address `receiver`, named as in the example, and which
    waits a second for the other alerts of a group instead of 30. Gives its port."""
    port = free_port()
    config = folder / "alertmanager.yml"
    config.write_text(rewritten(config.name, {
        "https://on-call.example.org/batchpatch": f"{receiver}/on-call",
        "https://chat.example.org/batchpatch-journal": f"{receiver}/journal",
        "https://chat.example.org/batchpatch": f"{receiver}/channel",
        "group_wait: 30s": "group_wait: 1s",
    }))
    command = [
        programs / "prometheus-alertmanager",
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager-data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]

    def is_ready():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=10):
                return True
        except OSError:
            return False

    with running(command, folder / "alertmanager.log", is_ready):
        yield port


@contextlib.contextmanager
def running(command, log, is_ready):
    """Runs a program until the end of the block, which begins when it is ready."""
    with log.open("a") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        if not comes_true(lambda: process.poll() is not None or is_ready()) or process.poll() is not None:
            sys.exit(f"{command[0].name} does not start:\n{log.read_text()}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE_SECONDS)
        finally:
            process.kill()
