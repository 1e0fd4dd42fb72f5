#!/usr/bin/env python3
# label: e2e
"""Service addresses on real kernels: two holders and a client, each in a network namespace, on one bridge.

What is measured is printed: it stands in docs/decisions/virtual-addresses.md.
"""

import contextlib
import os
import select
import signal
import socket
import time

from hosts import IPV4, PORT, V4, V6, boot_time, both, holder, network, span
from lib.suite import check, equal, eventually, suite

tests = suite(tools=["ip", "nsenter", "setpriv", "unshare"], needs_product=False)
PROBE_EVERY = 0.005


class client:
    """Talks to the service addresses from its own namespace; `answers` are (who, what, when)."""

    def __init__(self, net, address):
        self.net, self.address, self.answers, self.sent = net, address, [], 0
        with net.client.entered():
            self.socket = socket.socket(V6 if ":" in address else V4, socket.SOCK_DGRAM)
        self.socket.setblocking(False)

    def probe(self):
        """Sends one datagram and reads what has come meanwhile; returns what was new."""
        with contextlib.suppress(OSError):      # EHOSTUNREACH while nobody answers for the address
            self.socket.sendto(str(self.sent).encode(), (self.address, PORT))
        self.sent += 1
        return self.read(PROBE_EVERY)

    def read(self, patience):
        before, end = len(self.answers), time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            if select.select([self.socket], [], [], left)[0]:
                with contextlib.suppress(OSError):
                    who, _, what = self.socket.recv(256).decode().partition(" ")
                    self.answers.append((who, what, boot_time()))
        return self.answers[before:]

    def hears(self, name, timeout=15):
        """Probes until `name` answers a probe; the time of that answer."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for who, what, when in self.probe():
                if who == name and what != "unasked":
                    return when
        raise AssertionError(f"{name} has not answered for {self.address} within {timeout} s; last: {self.answers[-3:]}")

    def close(self):
        self.socket.close()


@contextlib.contextmanager
def scene(folder, *addresses, interface="eth0"):
    with network() as net, holder(net.a, folder, "A", interface, addresses) as a, holder(net.b, folder, "B", interface, addresses) as b:
        clients = [client(net, address) for address in addresses]
        try:
            yield net, a, b, *clients
        finally:
            for one in clients:
                one.close()


# Seconds: a life of one; the kernel looks again a second after it looked in vain, and rounds that up by a quarter.
KERNEL_FORGETS = 2.3


def speakers(phone, since):
    return {who for who, _, _ in phone.answers[since:]}


@both(tests, "a successor is heard as soon as it has the address, and the stopped holder cannot speak from it again")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        a.signal(signal.SIGSTOP)
        eventually(lambda: not net.a.has(address), "the address of the stopped holder did not go", timeout=3, every=0.005)
        gone, refreshed = boot_time(), a.last("install")
        check(gone - refreshed < KERNEL_FORGETS, f"it stood for {gone - refreshed:.3f} s after its last refresh")
        b.tell("hold")
        heard = phone.hears("B")
        installed = b.first("install")
        print(f"        gone {span(gone - refreshed)} after the last refresh; answered {span(heard - installed)} after the install")
        check(heard - installed < 0.3, f"B was heard only {span(heard - installed)} after its install")

        count = len(phone.answers)
        a.signal(signal.SIGCONT)
        a.waits_for("life over")
        end = time.monotonic() + 1
        while time.monotonic() < end:
            phone.probe()
            check(not net.a.has(address), "the address came back to the stopped holder")
        equal(speakers(phone, count), {"B"}, "who spoke after the stopped holder went on")
        # Without its gate the kernel alone is left: it refuses IPv4 and lets IPv6 pass.
        a.tell("ungated")
        if address == IPV4:
            a.waits_for(f"send {address} Network is unreachable")
        else:
            eventually(lambda: [1 for who, _, _ in phone.probe() if who == "A"], "IPv6 has become strict: say so in the page of decisions")


@both(tests, "a holder that ends in order removes its address, and the successor needs nobody's time-out")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        a.end()
        check(not net.a.has(address), "the address outlived an end in order")
        b.tell("hold")
        heard = phone.hears("B")
        check(heard - b.first("install") < 0.3, "B was heard too late")


@both(tests, "of two holders at once the client hears the one that announced last")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        b.tell("hold")
        phone.hears("B")
        check(net.a.has(address) and net.b.has(address), "two holders were meant to have the address")
        # Both repeat their announcements.
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            phone.probe()
        eventually(lambda: net.client.neighbour(address) == (net.a if a.last("announce") > b.last("announce") else net.b).mac,
                   "the client's neighbour is not the one that announced last", timeout=9)
        answered = [what for _, what, _ in phone.answers if what != "unasked"]
        equal(len(answered), len(set(answered)), "answers, and probes that were answered")
        for one in (a, b):
            check(one.last("announce") > one.first("install"), "it was announced once only")
        # The gate is the guard: A still has the address, and speaks as soon as nothing stops it.
        count = len(phone.answers)
        phone.read(0.2)
        check(any(who == "A" for who, what, _ in phone.answers[count:] if what == "unasked"), "A had the address and could not speak")
        a.tell("release")
        eventually(lambda: not net.a.has(address), "A did not remove it", timeout=2, every=0.01)
        count = len(phone.answers)
        phone.read(0.2)
        equal(speakers(phone, count), {"B"} if address == IPV4 else {"A", "B"}, "who speaks when A's address is gone")


@both(tests, "without its announcements a successor would not be heard")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        a.end()
        b.tell("silent")
        b.tell("hold")
        b.waits_for(f"install {address} created")
        started, limit = boot_time(), float(os.environ.get("SILENCE", "1"))     # seconds; the client's time-outs take longer
        try:
            heard = phone.hears("B", limit)
        except AssertionError:
            return
        raise AssertionError(f"B was heard {span(heard - started)} after its install")


@both(tests, "each announcement is made in every form that neighbours believe")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone), net.client.entered(), \
            socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd if ":" in address else 0x0806)) as wire:
        a.tell("hold")
        wanted = {("NA", 255, 0x20)} if ":" in address else {("ARP", 1), ("ARP", 2)}
        seen, own = set(), socket.inet_pton(V6 if ":" in address else V4, address)
        wire.settimeout(5)
        while seen < wanted:
            packet = wire.recv(256)
            if ":" in address:
                if packet[6] == 58 and packet[40] == 136 and packet[8:24] == packet[48:64] == own:
                    seen.add(("NA", packet[7], packet[44]))
            elif packet[14:18] == packet[24:28] == own:
                seen.add(("ARP", packet[7]))
        equal(seen, wanted, "forms")


@both(tests, "without the capability the operator is told which one is missing")
def _(folder, address):
    without = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"]
    with network() as net, holder(net.a, folder, "A", "eth0", [address], through=without) as a:
        a.tell("hold")
        a.waits_for(f"fault {address} not permitted: the process needs CAP_NET_ADMIN")


@both(tests, "an address that was taken while the interface was down is announced when it comes up")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        a.end()
        net.b.down()
        b.tell("hold")
        b.waits_for(f"fault {address} the interface eth0 is down")
        net.b.up()
        up = boot_time()
        print(f"        answered {span(phone.hears('B') - up)} after the interface came up")


@both(tests, "while the lease is renewed the address never goes away")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        end = time.monotonic() + 4
        while time.monotonic() < end:
            check(net.a.has(address), "the address went away")
            phone.probe()
        heard = sorted(when for who, what, when in phone.answers if what != "unasked")
        longest = max(later - earlier for earlier, later in zip(heard, heard[1:]))
        check(longest < 0.2, f"the client heard nothing for {span(longest)}")


@both(tests, "what the operator has configured is reported, left alone, and taken over when it goes")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        net.a.add(address)
        a.tell("hold")
        a.waits_for(f"fault {address} it is on eth0 already")
        phone.hears("A")
        a.tell("release")
        a.waits_for(f"fault {address} over")
        check(net.a.has(address), "the operator's address was removed")
        a.tell("hold")
        a.waits_for(f"install {address} foreign")
        net.a.remove(address)
        a.waits_for(f"install {address} created")


@both(tests, "what a killed holder has left is removed by its next life")
def _(folder, address):
    with scene(folder, address) as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")
        a.signal(signal.SIGKILL)
        with holder(net.a, folder, "A2", "eth0", [address]) as again:
            again.waits_for(f"remove {address} removed")
            check(not net.a.has(address), "the next life did not remove it")
            again.tell("hold")
            phone.hears("A2")


@both(tests, "without a name the interface in the address's subnet is taken")
def _(folder, address):
    with scene(folder, address, interface="-") as (net, a, b, phone):
        a.tell("hold")
        phone.hears("A")


@both(tests, "the next life serves although its interface is not there yet")
def _(folder, address):
    with network() as net:
        net.a.rename("eth0", "eth9")
        with holder(net.a, folder, "A", "eth0", [address]) as a:
            a.tell("hold")
            a.waits_for(f"fault {address} there is no interface eth0")
            net.a.rename("eth9", "eth0")
            a.waits_for(f"install {address} created")
            a.waits_for(f"fault {address} over")


tests.run()
