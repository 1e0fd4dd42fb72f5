"""The product under test: started, waited for, questioned, ended."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import process

ROOT = pathlib.Path(__file__).resolve().parents[3]


def binary(prefer=("dev", "release", "asan", "tsan")):
    """The program to test: $TROUPE, or the first of the presets that is built."""
    if "TROUPE" in os.environ:
        return os.environ["TROUPE"]
    for preset in prefer:
        path = ROOT / "build" / preset / "troupe"
        if path.exists():
            return str(path)
    return None


class not_ready(AssertionError):
    """The node did not come up."""


class node:
    """One `troupe run`; a context manager that ends what it started."""

    def __init__(self, config, *, program=None, log=None, admin="127.0.0.1:8080", env=None, inside=(), cwd=ROOT):
        self.config, self.program, self.inside, self.cwd = str(config), program or binary(), list(inside), cwd
        self.log = pathlib.Path(log or str(config) + ".log")
        self.admin, self.env, self.child = admin, env, None

    def start(self, timeout=30.0):
        """Starts it and waits for "ready" in its log, or for its /readyz."""
        offset = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen([*self.inside, self.program, "run", "--config", self.config], stdout=log, stderr=log,
                                          stdin=subprocess.DEVNULL, cwd=self.cwd, env={**os.environ, **(self.env or {})})
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            said = self.log.read_bytes()[offset:]
            if re.search(rb"\bready\b", said) or self.http("/readyz", 0.5)[0] == 200:     # the line is hidden at level warn
                return self
            if self.child.poll() is not None:
                break
            time.sleep(0.02)
        status = self.child.poll()
        self.kill()
        raise not_ready(f"no 'ready' (exit status {status}); its log ends:\n{self.tail()}")

    __enter__ = start

    def __exit__(self, *_):
        if self.child and self.child.poll() is None:
            self.stop()

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def stop(self, timeout=20.0):
        """SIGTERM; returns the exit status, or None when it had to be killed."""
        self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        """kill -9, the whole family: nothing is flushed."""
        if self.child and self.child.poll() is None:
            for pid in process.family(self.child.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        if self.child:
            self.child.wait()

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    # the admin port

    def http(self, path, timeout=3.0):
        """(status, body) of a GET; (0, reason) when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.admin}{path}", timeout=timeout) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def json(self, path):
        return json.loads(self.http(path)[1])

    def metrics(self):
        """{'name{labels}': value} of /metrics."""
        status, text = self.http("/metrics")
        if status != 200:
            raise AssertionError(f"/metrics: {status} {text}")
        return parse_metrics(text)

    def cpu(self):
        return process.cpu_seconds(self.pid)

    def pss(self):
        return process.pss_bytes(self.pid)

    def descriptors(self):
        return process.descriptors(self.pid)


def parse_metrics(text):
    """Prometheus' text format, samples only."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def total(metrics, pattern):
    """The sum of all samples whose name with labels matches the pattern from its start."""
    return sum(value for name, value in metrics.items() if re.match(pattern, name))
