"""`batchpatch rollout`, as an operator calls it."""

import contextlib
import json
import subprocess
import threading
import time

WATCH_EVERY = "1s"


class Rollout:
    """The commands, with the state of an operator and the flag file of all installations."""

    def __init__(self, binary, state, flags):
        self._command = [binary, "rollout"]
        self._where = ["--state-folder", state, "--flags", flags]
        self._state = state

    def plan(self):
        """The plan as it is shipped."""
        return json.loads(subprocess.run([*self._command, "plan"], check=True, stdout=subprocess.PIPE).stdout)

    def run(self, subcommand, *arguments):
        subprocess.run([*self._command, subcommand, *arguments, *self._where], check=True, stdout=subprocess.DEVNULL)

    def decisions(self):
        """All that is kept since the last start."""
        kept = [json.loads(line) for line in (self._state / "rollout-decisions.jsonl").read_text().splitlines()]
        begun = max(number for number, decision in enumerate(kept) if decision["what"] == "start")
        return kept[begun:]

    @contextlib.contextmanager
    def watched(self, prometheus, tell):
        """Watches until the end of the block, or until the rollout is over. `tell` hears each decision."""
        command = [*self._command, "watch", "--json", "--interval", WATCH_EVERY, "--prometheus", prometheus]
        with (self._state / "watch.log").open("a") as stderr:
            process = subprocess.Popen([*command, *self._where], stdout=subprocess.PIPE, stderr=stderr, text=True)
        watch = Watch(process, tell)
        try:
            yield watch
        finally:
            process.terminate()
            process.wait()


class Watch:
    """A process that watches. `decisions` are those that it told, each with `seen`, the time of the monotonic
    clock."""

    def __init__(self, process, tell):
        self.decisions = []
        self._process = process
        self._tell = tell
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def first(self, what, to):
        """The first decision of a kind that leads to a percentage."""
        return next((it for it in list(self.decisions) if (it["what"], it["to"]) == (what, to)), None)

    def exit_status(self, seconds):
        return self._process.wait(seconds)

    def _read(self):
        for line in self._process.stdout:
            decision = {**json.loads(line), "seen": time.monotonic()}
            self.decisions.append(decision)
            self._tell(decision)
