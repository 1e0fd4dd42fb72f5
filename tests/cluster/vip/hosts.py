"""Three hosts on one bridge, each a network namespace of its own, and the program that holds addresses on them."""

import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/interop"))

from lib.suite import check, eventually  # noqa: E402

V4, V6 = socket.AF_INET, socket.AF_INET6
IPV4, IPV6 = "10.77.0.100", "fd77::100"     # the service addresses
PORT = 5060
_CLONE_NEWNET = 0x40000000


def boot_time():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def span(seconds):
    return f"{seconds * 1000:.1f} ms"


def both(tests, sentence):
    """A case for each family."""
    def keep(function):
        for name, address in (("IPv4", IPV4), ("IPv6", IPV6)):
            tests.case(f"{name}: {sentence}", 60)(lambda folder, address=address: function(folder, address))
        return function
    return keep


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    check(done.returncode == 0, f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class host:
    """A network namespace that lives as long as a process that sleeps in it."""

    def __init__(self, name, number):
        self.name, self.number = name, number
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self.path = f"/proc/{self.keeper.pid}/ns/net"
        eventually(self._is_apart, f"no namespace for {name}", every=0.005)
        run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", str(self.keeper.pid))
        run("ip", "link", "set", f"to-{name}", "master", "bridge", "up")
        self.do("sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.eth0.accept_dad=0")
        self.do("ip", "link", "set", "lo", "up")
        self.up()
        self.mac = self._mac()

    def _is_apart(self):
        return os.readlink(self.path) != os.readlink("/proc/self/ns/net")

    def _mac(self):
        words = self.do("ip", "link", "show", "dev", "eth0").split()
        return words[words.index("link/ether") + 1]

    def own(self, like):
        """This host's own address, in the family of `like`."""
        return f"fd77::{self.number}" if ":" in like else f"10.77.0.{self.number}"

    def down(self):
        self.do("ip", "link", "set", "eth0", "down")

    def up(self):
        """With the host's own addresses: IPv6 ones go when the interface goes down."""
        self.do("ip", "link", "set", "eth0", "up")
        self.do("ip", "addr", "replace", f"{self.own(IPV4)}/24", "dev", "eth0")
        self.do("ip", "addr", "replace", f"{self.own(IPV6)}/64", "dev", "eth0", "nodad")

    def command(self, *command):
        return ["nsenter", f"--net={self.path}", *command]

    def do(self, *command):
        return run(*self.command(*command))

    @contextlib.contextmanager
    def entered(self):
        """Sockets that are made inside stay in the namespace."""
        with open("/proc/thread-self/ns/net") as here, open(self.path) as there:
            _set_namespace(there)
            try:
                yield
            finally:
                _set_namespace(here)

    def has(self, address):
        with self.entered():        # quicker than to ask ip
            family = V6 if ":" in address else V4
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind((address, 0))
                    return True
                except OSError:
                    return False

    def add(self, address, lifetime=None):
        words = ["ip", "addr", "replace", f"{address}/{128 if ':' in address else 32}", "dev", "eth0"]
        words += ["valid_lft", str(lifetime), "preferred_lft", "0"] if lifetime else []
        self.do(*words, *(["nodad"] if ":" in address else []))

    def remove(self, address):
        self.do("ip", "addr", "del", f"{address}/{128 if ':' in address else 32}", "dev", "eth0")

    def rename(self, interface, name):
        self.do("ip", "link", "set", interface, "down")
        self.do("ip", "link", "set", interface, "name", name)
        self.do("ip", "link", "set", name, "up")

    def neighbour(self, address):
        words = self.do("ip", "neighbour", "show", address).split()
        return words[words.index("lladdr") + 1] if "lladdr" in words else None

    def end(self):
        self.keeper.kill()
        self.keeper.wait()


def _set_namespace(file):
    check(ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET) == 0, "setns failed")


class network:
    """Hosts a and b, and the client."""

    def __enter__(self):
        run("ip", "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
        run("ip", "link", "set", "bridge", "up")
        self.hosts = []
        for number, name in enumerate(("a", "b", "client"), 1):
            self.hosts.append(host(name, number))
        self.a, self.b, self.client = self.hosts
        return self

    def __exit__(self, *_):
        for one in self.hosts:
            run("ip", "link", "del", f"to-{one.name}")
            one.end()
        run("ip", "link", "del", "bridge")


class holder:
    """tests/cluster/vip/holder on a host; its lines are (seconds of boot time, what)."""

    def __init__(self, on, folder, name, interface, addresses, through=()):
        program = pathlib.Path(os.environ.get("TROUPE_BUILD", ROOT / "build/dev")) / "tests/vip_holder"
        self.lines, self.changed = [], threading.Condition()
        self.process = subprocess.Popen(on.command(*through, program, name, str(PORT), interface, *addresses), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(folder / f"{name}.log", "w"))
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        self.name = name

    def _read(self):
        for line in self.process.stdout:
            when, _, what = line.strip().partition(" ")
            with self.changed:
                self.lines.append((int(when) / 1e6, what))
                self.changed.notify_all()

    def __enter__(self):
        self.waits_for("ready")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()

    def tell(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        self.tell("end")
        self.process.wait(10)

    def waits_for(self, what, timeout=15):
        """The time of the first line that begins so."""
        with self.changed:
            there = self.changed.wait_for(lambda: self._times(what), timeout)
        check(there, f"{self.name} has not said '{what}' within {timeout} s, but {self.lines[-8:]}")
        return there[0]

    def _times(self, what):
        return [when for when, said in self.lines if said.startswith(what)]

    def first(self, what):
        return self._times(what)[0]

    def last(self, what):
        return self._times(what)[-1]
