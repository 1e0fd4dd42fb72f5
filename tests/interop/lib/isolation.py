"""Own network, process and mount namespaces: no port is ever taken, and nothing outlives a test."""

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

_MARK = "TROUPE_ISOLATED"


def _bring_up(interface="lo"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", interface.encode(), 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, 0x8913, request))[1]     # SIOCGIFFLAGS
        fcntl.ioctl(sock, 0x8914, struct.pack("16sH14x", interface.encode(), flags | 1))   # SIOCSIFFLAGS, IFF_UP


def isolate():
    """Starts this program again inside namespaces of its own; False when the machine does not permit that."""
    if os.environ.get(_MARK):
        _bring_up()
        ctypes.CDLL(None).prctl(1, 9)       # PR_SET_PDEATHSIG: end with the parent
        return True
    if not shutil.which("unshare"):
        return False
    wanted = ["unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        wanted.insert(1, "--map-root-user")
    if subprocess.run([*wanted, "true"], capture_output=True).returncode != 0:
        return False
    sys.stdout.flush()
    os.environ[_MARK] = "1"
    os.execvp(wanted[0], [*wanted, sys.executable, *sys.argv])


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


class segment:
    """A second network namespace joined to ours by a veth pair: for clients that refuse loopback."""

    def __init__(self, name, here="10.99.0.1", there="10.99.0.2"):
        self.name, self.here, self.there = name, here, there

    def __enter__(self):
        os.makedirs("/run/netns", exist_ok=True)
        run("mount", "-t", "tmpfs", "none", "/run/netns")     # in our mount namespace: the machine's own list stays clean
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", "tr0", "type", "veth", "peer", "name", "tr1", "netns", self.name)
        run("ip", "addr", "add", f"{self.here}/24", "dev", "tr0")
        run("ip", "link", "set", "tr0", "up")
        for command in (["ip", "addr", "add", f"{self.there}/24", "dev", "tr1"], ["ip", "link", "set", "tr1", "up"],
                        ["ip", "link", "set", "lo", "up"]):
            run("ip", "netns", "exec", self.name, *command)
        return self

    def inside(self, *command):
        return ["ip", "netns", "exec", self.name, *command]

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
