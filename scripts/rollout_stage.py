"""Where a rollout is played for real: installations with their editors, which stay, and for each act a rollout
from its start, with a Prometheus and an Alertmanager that know nothing yet."""

import contextlib
import itertools
import json
import shutil
import time

import synthetic_editor
from alert_receiver import alert_receiver
from installations import installations
from monitoring import alertmanager, free_port, prometheus
from rollout_commands import Rollout

# How many installations each wave reaches first.
INSTALLATIONS = {10: 7, 25: 4, 50: 4, 100: 5}
HOLD_SECONDS = 20
# How long after a step no batch that ends is looked at: a process sees the step in half a second, and a lie
# is found out after one.
SETTLE_SECONDS = 3
ROLLBACK_SECONDS = 30
BEGAN = time.monotonic()


def say(text, at=None):
    print(f"{(at or time.monotonic()) - BEGAN:7.1f}  {text}", flush=True)


class Stage:
    """What all acts have in common: the installations, and the rollout of their flag."""

    def __init__(self, binary, programs, folder, stack):
        self.programs = programs
        self.folder = folder
        self.timings = []
        flags = folder / "flags.json"
        operator = folder / "operator"
        operator.mkdir()
        self.rollout = Rollout(binary, operator, flags)
        self.plan = shortened(self.rollout.plan())
        self.plan_file = folder / "plan.json"
        self.plan_file.write_text(json.dumps(self.plan))
        self.installations = []
        for installation in installations(binary, folder, flags, INSTALLATIONS):
            stack.callback(installation.editor.stop)
            self.installations.append(installation)
        for installation in self.installations:
            installation.editor.start()
        say(f"{len(self.installations)} servers, each with an editor; {binary}")

    def play(self, play):
        began = time.monotonic()
        print(f"\n{play.__doc__}\n")
        for installation in self.installations:
            installation.editor.manner = synthetic_editor.GOOD
        folder = self.folder / play.__name__
        folder.mkdir()
        with Act(self, folder) as act:
            play(act)
        # Logs are for an act that fails.
        shutil.rmtree(folder)
        self.timings.append((f"the whole act: {play.__doc__}", time.monotonic() - began))

    def print_timings(self):
        print()
        for about, seconds in self.timings:
            print(f"{seconds:7.1f} s  {about}")

    def print_logs(self):
        """The last lines of each."""
        for log in sorted([*self.folder.rglob("*.log"), *self.folder.rglob("*.jsonl")]):
            lines = log.read_text(errors="replace").splitlines()[-20:]
            if lines:
                print(f"\n-- {log.relative_to(self.folder)}", *lines, sep="\n")


def shortened(plan):
    assert [wave["percentage"] for wave in plan["waves"]] == list(INSTALLATIONS), plan
    for wave in plan["waves"]:
        wave["hold"] = f"{HOLD_SECONDS}s"
    plan["watch"] = f"{HOLD_SECONDS}s"
    plan["gates"]["settle"] = f"{SETTLE_SECONDS}s"
    return plan


class Act:
    """A rollout under way, from its start, and those who watch it."""

    def __init__(self, stage, folder):
        self.stage = stage
        self.rollout = stage.rollout
        self.installations = stage.installations
        self._folder = folder
        self._stack = contextlib.ExitStack()
        self._prometheus = contextlib.ExitStack()
        self._port = free_port()

    def __enter__(self):
        with self._stack:
            self.receiver = self._stack.enter_context(alert_receiver())
            self._alertmanager = self._stack.enter_context(
                alertmanager(self.stage.programs, self._folder, self.receiver.address)
            )
            self._stack.callback(self.stop_prometheus)
            self.start_prometheus()
            self.wait_for("all processes are scraped", lambda: self.sums_to("up", len(self.installations)))
            self.rollout.run("start", "--plan", self.stage.plan_file)
            self.started = time.monotonic()
            say("the rollout is started")
            self.watch = self._stack.enter_context(self.rollout.watched(self._server.address, tell))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *failure):
        self._stack.close()

    def start_prometheus(self):
        discovery = [it.state / "discovery" for it in self.installations]
        self._server = self._prometheus.enter_context(
            prometheus(self.stage.programs, self._folder, discovery, self._port, self._alertmanager)
        )

    def stop_prometheus(self):
        self._prometheus.close()

    def reached_by(self, percentage):
        return [it for it in self.installations if it.wave <= percentage]

    def sums_to(self, metric, expected):
        """Whether Prometheus has a metric of every process, and this is their sum."""
        values = self._server.numbers(f'{metric}{{job="batchpatch"}}')
        return len(values) == len(self.installations) and sum(values) == expected

    def wait_for(self, what, condition, seconds=60):
        """The first result of the condition that is true."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            for installation in self.installations:
                assert not installation.editor.problem, installation.editor.problem
            assert time.monotonic() < deadline, f"within {seconds} s it did not come true that {what}"
            time.sleep(0.05)
        return found

    def decision(self, what, to):
        return self.wait_for(f"it decides: {what}, to {to} %", lambda: self.watch.first(what, to))

    def until_gates_hold(self, since):
        """Until it waits for nothing but the end of a hold, or of a pause."""
        waits = {f"the {HOLD_SECONDS}s are not over", "it is paused"}

        def hold():
            decisions = list(self.watch.decisions)
            return any(it["seen"] > since and set(it["why"].split("; ")) <= waits for it in decisions)

        self.wait_for("all gates hold", hold)

    def misbehave(self, whose, installations):
        """One half refuses what several patches make, the other half lies about it. Gives the moment of the
        first batch that failed."""
        began = time.monotonic()
        manners = itertools.cycle([synthetic_editor.REFUSES_SEVERAL, synthetic_editor.LIES_ABOUT_SEVERAL])
        for installation, manner in zip(installations, manners):
            installation.editor.manner = manner
        say(f"{whose} editors begin to refuse and to lie")

        def first_failure():
            batches = itertools.chain.from_iterable(it.sent_since(began) for it in installations)
            return min((batch.at for batch in batches if batch.status == "failed"), default=None)

        return self.wait_for("a batch fails", first_failure)

    def reaches(self, about, mode, installations, since):
        """Waits until each of the installations had a batch in a mode that was sent after `since`, and gives the
        moment of the last one. That may take as long as a rollback may."""
        def last():
            firsts = [
                min((batch.at for batch in it.sent_since(since) if batch.mode == mode), default=None)
                for it in installations
            ]
            return None not in firsts and max(firsts)

        moment = self.wait_for(f"{len(installations)} installations have batches in mode {mode}", last)
        self.took(about, moment - since)
        assert moment - since < ROLLBACK_SECONDS, about
        return moment

    def alert(self, about, name, since):
        """Waits until somebody is told of an alert."""
        def told():
            return next((it for it in self.receiver.told if it.name == name and it.at >= since), None)

        found = self.wait_for(f"{name} is told", told)
        say(f"{found.receiver} is told of {name} ({found.severity})", found.at)
        self.took(about, found.at - since)

    def took(self, about, seconds):
        say(f"{about}: {seconds:.1f} s")
        self.stage.timings.append((about, seconds))


def tell(decision):
    say(f"{decision['what']}: {decision['from']} % → {decision['to']} %: {decision['why']}", decision["seen"])
