"""The cluster of docs/operations/cluster.md, brought up by the page's own commands: three nodes, three Redis servers with a
Sentinel each, and a machine for phones, all of them network namespaces. The page is thereby tested with the product.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess

from . import process
from .node import ROOT, binary, node

PAGE = ROOT / "docs" / "operations" / "cluster.md"
NAMES = ("a", "b", "c")
_CLONE_NEWNET = 0x40000000


def commands(heading, page=PAGE):
    """The commands (```sh) under a heading of the page, up to the next heading."""
    part = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page.read_text(), re.M | re.S)
    found = re.findall(r"^```sh\n(.*?)^```$", part[1] if part else "", re.M | re.S)
    if not found:
        raise AssertionError(f"{page.name} has no commands under '{heading}'")
    return "\n".join(found)


def enter(machine):
    """This thread's sockets are on that machine from here on."""
    with open(f"/run/netns/tr-{machine}") as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def entered(machine):
    with open("/proc/thread-self/ns/net") as here:
        enter(machine)
        try:
            yield
        finally:
            ctypes.CDLL(None, use_errno=True).setns(here.fileno(), _CLONE_NEWNET)


class member(node):
    """A node on its machine: the parent process is `child`, who serves is its child."""

    def __init__(self, machine, folder, config=None):
        self.machine = machine
        super().__init__(config or f"config/profiles/cluster-{machine}.toml", log=folder / f"{machine}.log", cwd=folder,
                         inside=["ip", "netns", "exec", f"tr-{machine}"])

    def http(self, path, timeout=3.0):
        with entered(self.machine):
            return super().http(path, timeout)

    def serving(self):
        """The process that serves, or None while there is none."""
        return next(iter(process.family(self.child.pid)[1:]), None)

    def crash(self):
        """kill -9 of the process that serves: its parent starts it again."""
        os.kill(self.serving(), signal.SIGKILL)

    def send_to_serving(self, number):
        os.kill(self.serving(), number)

    def ctl(self, *words):
        """(exit status, what it printed) of `troupe ctl` on this machine."""
        done = subprocess.run([*self.inside, binary(), "ctl", *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def view(self):
        """The cluster as this node sees it; None while it does not answer."""
        status, text = self.http("/api/v1/status", 1.0)
        return json.loads(text)["cluster"] if status == 200 else None


class lab:
    """Machines, secrets and Redis from the page; the nodes are started by the test."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ("config", "tests"):
            (self.folder / name).symlink_to(ROOT / name)
        os.makedirs("/run/netns", exist_ok=True)        # a namespace's name shall not outlive the test
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
        headings = ("Machines", "Secrets", "Redis and its Sentinels")
        self.run("\n".join(commands(each) for each in headings))
        self.members = {each: member(each, self.folder) for each in NAMES}

    def run(self, script):
        """Commands as the page has them, with the program under test as `troupe`."""
        tools = self.folder / "bin"
        if not tools.exists():
            tools.mkdir()
            (tools / "troupe").symlink_to(binary())
        with open(self.folder / "commands.log", "ab") as log:
            done = subprocess.run(["bash", "-euc", script], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60,
                                  env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        if done.returncode != 0:
            raise AssertionError("the page's commands fail: " + (self.folder / "commands.log").read_text()[-600:])

    def start(self):
        for each in self.members.values():
            each.start()
        return self

    def view(self, but=()):
        """The cluster by the word of the first node that answers and is in it."""
        for name, each in self.members.items():
            if name not in but and each.alive():
                seen = each.view()
                if seen and seen["lease"] == "serving":
                    return seen
        return None

    def owners(self, but=()):
        """Per group the machine of its owner: ["b", "b", "a", ...]."""
        seen = self.view(but)
        return [(each["owner"] or "").removeprefix("node-") for each in seen["groups"]] if seen else None

    def holders(self, address):
        """The machines that have a service address installed."""
        found = []
        for name in NAMES:
            shown = subprocess.run(["ip", "-n", f"tr-{name}", "-o", "addr", "show", "to", address], capture_output=True, text=True).stdout
            if address in shown:
                found.append(name)
        return found
