#!/usr/bin/env python3
# label: e2e
"""What the kernel does with sockets whose address has gone: docs/decisions/virtual-addresses.md relies on it."""

import contextlib
import errno
import socket
import time

from hosts import IPV4, IPV6, V4, V6, both, holder, network, span
from lib.suite import equal, eventually, suite

tests = suite(tools=["ip", "nsenter", "unshare"], needs_product=False)


def connected(net, address):
    """A stream from the holder's host to the client, from an address that lives for a second; what each end is."""
    with net.client.entered():
        listener = socket.create_server((net.client.own(address), 7000), family=V6 if ":" in address else V4)
    net.a.add(address, lifetime=1)
    with net.a.entered():
        near = socket.socket(V6 if ":" in address else V4, socket.SOCK_STREAM)
        near.bind((address, 0))
        near.connect((net.client.own(address), 7000))
    far, _ = listener.accept()
    listener.close()
    near.setblocking(False)
    far.settimeout(5)
    return near, far


@both(tests, "a stream outlives its address, and what was written meanwhile leaves when the address comes back")
def _(folder, address):
    with network() as net:
        near, far = connected(net, address)
        with near, far:
            eventually(lambda: not net.a.has(address), "the address did not go", timeout=3, every=0.005)
            near.send(b"late")
            net.a.add(address, lifetime=5)
            equal(far.recv(16), b"late", "what the client heard")


@both(tests, "a stream ends with a reset as soon as its client speaks to the successor")
def _(folder, address):
    with network() as net, holder(net.b, folder, "B", "eth0", [address]) as b:
        near, far = connected(net, address)
        with near, far:
            eventually(lambda: not net.a.has(address), "the address did not go", timeout=3, every=0.005)
            b.tell("hold")
            b.waits_for(f"announce {address} announced")
            started = time.monotonic()
            far.send(b"anyone?")
            with contextlib.suppress(ConnectionResetError):
                equal(far.recv(16), None, "what came instead of a reset")
            print(f"        reset after {span(time.monotonic() - started)}")


@tests.case("IPv4: the kernel refuses to send from a bound socket when its address has gone")
def _(folder):
    with network() as net:
        for name, option in (("IP_FREEBIND", 15), ("IP_TRANSPARENT", 19)):
            net.a.add(IPV4, lifetime=1)
            with net.a.entered(), socket.socket(V4, socket.SOCK_DGRAM) as bound:
                bound.setsockopt(socket.IPPROTO_IP, option, 1)
                bound.bind((IPV4, 0))
                eventually(lambda: not net.a.has(IPV4), "the address did not go", timeout=3, every=0.005)
                refused = bound_error(bound, net.client.own(IPV4))
            equal(refused, errno.ENETUNREACH if name == "IP_FREEBIND" else 0, f"sending with {name}")


@tests.case("IPv6: the kernel lets a bound socket send when its address has gone: only the gate stops it")
def _(folder):
    with network() as net:
        net.a.add(IPV6, lifetime=1)
        with net.a.entered(), socket.socket(V6, socket.SOCK_DGRAM) as bound:
            bound.bind((IPV6, 0))
            eventually(lambda: not net.a.has(IPV6), "the address did not go", timeout=3, every=0.005)
            equal(bound_error(bound, net.client.own(IPV6)), 0, "sending")


def bound_error(bound, to):
    try:
        bound.sendto(b"", (to, 7))
    except OSError as refused:
        return refused.errno
    return 0


tests.run()
