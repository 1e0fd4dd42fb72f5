"""What is measured: Kamailio, troupe and a bare relay, each started anew for every run and ended after it."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "interop"))

from lib import accounts, config, process
from lib.node import binary, node

OUT = ROOT / "build" / "bench"
DOMAIN = "ims.example"


def compiled(name):
    """The helper program NAME.cpp, built when it is older than its source."""
    source, program = HERE / f"{name}.cpp", OUT / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["g++", "-std=c++20", "-O2", "-o", program, source], check=True)
    return str(program)


def _bound(port):
    wanted = f":{port:04X} "
    return any(wanted in line for line in pathlib.Path("/proc/net/udp").read_text().splitlines())


class child:
    """A program that listens on UDP port 5060."""

    def __init__(self, name, command):
        self.name, self.command = name, command

    def __enter__(self):
        self.log = open(OUT / f"{self.name}.log", "wb")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd=OUT)
        self.pid = self.process.pid
        for _ in range(200):
            if _bound(5060):
                time.sleep(1.0)     # all its workers are there
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not serve; see {self.log.name}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            for pid in process.family(self.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


def kamailio(purpose):
    """Two workers, the fast allocator (-x fm -X fm), shared memory for what it is to hold."""
    return child("kamailio", ["kamailio", "-DD", "-E", "-f", str(HERE / "kamailio" / f"{purpose}.cfg"), "-m", "1024", "-M", "16",
                              "-x", "fm", "-X", "fm", "-Y", str(OUT), "-w", str(OUT)])


def relay():
    return child("relay", [compiled("relay")])


class troupe:
    """The product on a profile of the repository, with its state and subscribers under build/bench."""

    def __init__(self, profile, subscribers=None, name="troupe", **changes):
        self.name = name
        self.state = OUT / "troupe"
        self.state.mkdir(parents=True, exist_ok=True)
        with open(ROOT / "config" / "profiles" / f"{profile}.toml", "rb") as file:
            sections = tomllib.load(file)
        if sections.get("hss", {}).get("database", ":memory:") != ":memory:":
            changes.setdefault("hss", {})["database"] = str(self.state / "hss.sqlite")
        changes.setdefault("charging", {})["folder"] = str(self.state / "cdr")
        if subscribers:
            changes.setdefault("hss", {})["provision"] = str(accounts.provision(self.state / "subscribers.toml", subscribers))
        changes.setdefault("log", {})["level"] = "warn"
        self.config = config.write(self.state / f"{profile}.toml", config.merge(sections, changes))

    def __enter__(self):
        for old in [*self.state.glob("hss.sqlite*"), *OUT.glob("troupe.console")]:
            old.unlink()
        admin = tomllib.loads(self.config.read_text()).get("admin", {}).get("listen", "127.0.0.1:8080")
        self.node = node(self.config, program=binary(("release",)), log=OUT / "troupe.console", admin=admin)
        self.node.start(60)
        self.pid = self.node.pid
        time.sleep(1.0)
        return self

    def __exit__(self, *_):
        self.status = self.node.stop(40)


def digest_users(count):
    """All with one password, so that Kamailio can hold it in its script."""
    users = accounts.generate(count, DOMAIN, "digest")
    for one in users:
        one.password = "secret"
    return users
