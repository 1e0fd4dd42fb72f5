"""Hosts on one switch, each a network namespace; what cuts, loses and one-way partitions are is nftables at the switch.

A host is what is behind a port of the bridge, whatever addresses it has at the moment: a partition also holds for service
addresses that move, and for ARP. There is no netem on the machines this runs on; nftables drops at random.
"""

import contextlib
import ctypes
import os
import subprocess
import time

_CLONE_NEWNET = 0x40000000
PREFIX = 16
MTU = 9000      # no message of a test is ever in fragments: the witness reads datagrams as they pass


def run(*command, stdin=None):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, input=stdin)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _enter(file):
    if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class host:
    """A network namespace that lives as long as a process that sleeps in it."""

    def __init__(self, name, addresses):
        self.name, self.addresses = name, list(addresses)
        self.port = f"to-{name}"[:15]
        self.keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        self.path = f"/proc/{self.keeper.pid}/ns/net"
        while os.readlink(self.path) == os.readlink("/proc/self/ns/net"):
            time.sleep(0.002)
        run("ip", "link", "add", self.port, "mtu", MTU, "type", "veth", "peer", "name", "eth0", "mtu", MTU, "netns", self.keeper.pid)
        run("ip", "link", "set", self.port, "master", "bridge", "up")
        self.do("ip", "link", "set", "lo", "up")
        self.do("ip", "link", "set", "eth0", "up")
        for one in self.addresses:
            self.add(one)

    @property
    def address(self):
        return self.addresses[0]

    def inside(self):
        """What a command has to begin with to run on this host; it keeps its process id."""
        return ["nsenter", f"--net={self.path}"]

    def do(self, *command, stdin=None):
        return run(*self.inside(), *command, stdin=stdin)

    @contextlib.contextmanager
    def entered(self):
        """Sockets that this thread makes meanwhile are on this host."""
        with open("/proc/thread-self/ns/net") as here, open(self.path) as there:
            _enter(there)
            try:
                yield
            finally:
                _enter(here)

    def add(self, address):
        self.do("ip", "addr", "replace", f"{address}/{PREFIX}", "dev", "eth0")

    def remove(self, address):
        self.do("ip", "addr", "del", f"{address}/{PREFIX}", "dev", "eth0")

    def holds(self, address):
        return f" {address}/" in self.do("ip", "-4", "-o", "addr", "show", "dev", "eth0")

    def end(self):
        self.keeper.kill()
        self.keeper.wait()


class network:
    """The switch, its hosts, and what is broken between them now."""

    def __init__(self):
        self.hosts, self.rules, self.number = {}, {}, 0
        run("ip", "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
        run("ip", "link", "set", "bridge", "mtu", MTU, "up")
        self._write()

    def host(self, name, *addresses):
        self.hosts[name] = host(name, addresses)
        return self.hosts[name]

    def end(self):
        for one in self.hosts.values():
            run("ip", "link", "del", one.port)
            one.end()
        run("ip", "link", "del", "bridge")

    # faults; each returns what `mend` takes

    def cut(self, left, right, one_way=False):
        """No frame goes from a host of `left` to one of `right`; nor back, unless one_way."""
        pairs = [(a, b) for a in left for b in right]
        if not one_way:
            pairs += [(b, a) for a, b in pairs]
        return self._break([f"{_between(a, b)} drop" for a, b in pairs])

    def lose(self, left, right, share):
        """Drops this share of the frames, chosen at random, both ways."""
        each = f"numgen random mod 10000 < {round(share * 10000)} drop"
        return self._break([f"{_between(a, b)} {each}" for one in left for other in right for a, b in ((one, other), (other, one))])

    @staticmethod
    def down(one):
        """Its cable is drawn; the host's own addresses stay, as they do then."""
        run("ip", "link", "set", one.port, "down")

    @staticmethod
    def up(one):
        run("ip", "link", "set", one.port, "up")

    def mend(self, number):
        self.rules.pop(number, None)
        self._write()

    def _break(self, rules):
        self.number += 1
        self.rules[self.number] = rules
        self._write()
        return self.number

    def _write(self):
        """The whole table anew, in one transaction of the kernel's."""
        rules = "\n".join(rule for each in self.rules.values() for rule in each)
        run("nft", "-f", "-", stdin="table bridge chaos\ndelete table bridge chaos\ntable bridge chaos {\nchain forward {\n"
            f"type filter hook forward priority 0; policy accept;\n{rules}\n}}\n}}\n")


def _between(source, destination):
    return f'iifname "{source.port}" oifname "{destination.port}"'


class inner_cut:
    """A partition between addresses of one host (Redis servers share one): rules in its own namespace, loopback included."""

    def __init__(self, on):
        self.on, self.rules = on, {}

    def cut(self, address, others, one_way=False):
        """`address` hears nothing from `others`; nor they from it, unless one_way."""
        rules = [f"ip saddr {other} ip daddr {address} drop" for other in others]
        if not one_way:
            rules += [f"ip saddr {address} ip daddr {other} drop" for other in others]
        self.rules[address] = rules
        self._write()
        return address

    def mend(self, address):
        self.rules.pop(address, None)
        self._write()

    def _write(self):
        rules = "\n".join(rule for each in self.rules.values() for rule in each)
        self.on.do("nft", "-f", "-", stdin="table inet chaos\ndelete table inet chaos\ntable inet chaos {\nchain input {\n"
                   f"type filter hook input priority 0; policy accept;\n{rules}\n}}\n}}\n")
