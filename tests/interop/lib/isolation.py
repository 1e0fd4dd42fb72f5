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


def names(folder, hosts):
    """Private /etc/hosts and a resolver that answers at once with nothing: no client waits for a DNS that is not there."""
    files = {"hosts": "127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for name, address in hosts.items()),
             "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"}
    for name, text in files.items():
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        run("mount", "--bind", path, f"/etc/{name}")


def subnet(interface="tr0", addresses=("10.99.0.1/24", "10.99.0.2/24")):
    """A network interface that is not the loopback, with these addresses and the default route."""
    run("ip", "link", "add", interface, "type", "veth", "peer", "name", f"{interface}peer")
    for one in addresses:
        run("ip", "addr", "add", one, "dev", interface)
    run("ip", "link", "set", interface, "up")
    run("ip", "link", "set", f"{interface}peer", "up")
    run("ip", "route", "add", "default", "dev", interface)
