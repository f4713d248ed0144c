"""Processes that exist only for Prometheus: each answers a scrape on a port of its own with made-up
metrics, in the names and labels of docs/operations/observability.md, and tells where it is in a
discovery file."""

import contextlib
import http.server
import itertools
import json
import threading

STATUSES = ["succeeded", "partial", "rejected", "rolled_back", "failed", "cancelled"]
MODES = ["batch", "sequential"]
DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0]
FLAG = {"flag": ["batch-patches-v1"]}

COUNTERS = {
    "batch_patches": {"status": STATUSES, "mode": MODES},
    "patches": {"status": ["applied", "failed"]},
    "patch_operations": {"type": ["replace", "insert", "delete", "edit"]},
    "invariant_violations": {"law": ["1", "none"], "code": ["expect-mismatch"]},
    "faults": {"law": ["2", "3", "6", "7"]},
    "errors": {"type": ["refused_by_editor", "no_answer", "other_text", "fault", "internal"]},
    "stale_batches": {},
    "rebases": {"result": ["carried", "conflict"]},
    "first_try": {"result": ["succeeded", "not"]},
    "rollbacks": {"result": ["done", "incomplete"]},
    "log_lines_dropped": {},
    "feature_flag_changes": FLAG,
}
HISTOGRAMS = {
    "batch_duration_seconds": ({"mode": MODES}, DURATIONS),
    "batch_layer_duration_seconds": ({"layer": ["semantics", "normalizer", "executor", "commit"]}, DURATIONS),
    "patches_per_batch": ({}, [1.0, 10.0, 100.0, 1000.0]),
}
GAUGES = {
    "documents_open": {},
    "text_bytes": {},
    "history_bytes": {},
    "process_resident_memory_bytes": {},
    "process_peak_resident_memory_bytes": {},
    "batches_under_way": {},
    "build_info": {"version": ["0.1.0"]},
    "feature_flag_percentage": FLAG,
    "feature_flag_enabled": FLAG,
}
NAMES = {f"{name}_total" for name in COUNTERS} | HISTOGRAMS.keys() | GAUGES.keys()


def series(labels):
    """Every combination of the values, as it is written after a name."""
    for values in itertools.product(*labels.values()):
        yield [f'{label}="{value}"' for label, value in zip(labels, values)]


def braces(pairs):
    return "{" + ",".join(pairs) + "}" if pairs else ""


def exposition(scrapes):
    """The metrics at a scrape, as OpenMetrics text. Every counter has grown since the one before."""
    for name, labels in COUNTERS.items():
        yield f"# TYPE {name} counter"
        for pairs in series(labels):
            yield f"{name}_total{braces(pairs)} {scrapes}"
    for name, (labels, bounds) in HISTOGRAMS.items():
        yield f"# TYPE {name} histogram"
        for pairs in series(labels):
            # One observation in each bucket.
            for below, bound in enumerate([*bounds, "+Inf"], 1):
                bucket = braces([*pairs, f'le="{bound}"'])
                yield f"{name}_bucket{bucket} {below * scrapes}"
            yield f"{name}_sum{braces(pairs)} {sum(bounds) * scrapes}"
            yield f"{name}_count{braces(pairs)} {(len(bounds) + 1) * scrapes}"
    for name, labels in GAUGES.items():
        yield f"# TYPE {name} gauge"
        for pairs in series(labels):
            yield f"{name}{braces(pairs)} 1"
    yield "# EOF\n"


def handler():
    scrapes = itertools.count()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = "\n".join(exposition(next(scrapes))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


@contextlib.contextmanager
def processes(count, discovery):
    """Runs them until the end of the block."""
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler()) for _ in range(count)]
    for pid, server in enumerate(servers, 1):
        target = f"127.0.0.1:{server.server_port}"
        found = [{"targets": [target], "labels": {"job": "batchpatch", "pid": str(pid)}}]
        (discovery / f"{pid}.json").write_text(json.dumps(found))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
