"""Installations of batchpatch that exist only for a test: each has a state folder and an id of its own, and
one editor."""

import itertools
import json
import subprocess

from synthetic_editor import Editor

FLAG = "batch-patches-v1"
BATCH_EVERY_SECONDS = 0.1


class Installation:
    def __init__(self, binary, state, flags, wave):
        self.state = state
        # The first percentage that reaches it.
        self.wave = wave
        server = [binary, "lsp", "--metrics", "0", "--log-level", "warn", "--state-folder", state, "--flags", flags]
        self.editor = Editor(server, state / "stderr.log", BATCH_EVERY_SECONDS)

    def sent_since(self, moment):
        """Its batches that were sent since a moment and have ended."""
        return [batch for batch in list(self.editor.ended) if batch.sent >= moment]


def installations(binary, folder, flags, wanted):
    """As many as are wanted of those that each percentage is the first to reach. Ids are random, so one after
    the other is made and asked where it stands."""
    probes = {percentage: folder / f"flags-at-{percentage}.json" for percentage in sorted(wanted)}
    for percentage, probe in probes.items():
        run(binary, "flags", "set", FLAG, str(percentage), "--flags", probe, "--state-folder", folder / "probe")
    wanted = dict(wanted)
    for number in itertools.count():
        if not any(wanted.values()):
            return
        state = folder / f"installation-{number}"
        wave = next(percentage for percentage, probe in probes.items() if is_on(binary, state, probe))
        if wanted[wave]:
            wanted[wave] -= 1
            yield Installation(binary, state, flags, wave)


def is_on(binary, state, flags):
    listed = json.loads(run(binary, "flags", "list", "--json", "--flags", flags, "--state-folder", state))
    return next(flag["isOn"] for flag in listed["flags"] if flag["flag"] == FLAG)


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
