#!/usr/bin/env python3
# label: e2e
"""The live chaos itself: that its faults do what they say, that a node which keeps its state passes, and that one which does not is found."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time

from support import ROOT, check, equal, eventually, suite, written

from chaos.live import clock, command, network, nodes, store
from chaos.live.disks import disk
from chaos.live.scenario import topology

tests = suite(tools=command.TOOLS)


class post:
    """A datagram socket on a host."""

    def __init__(self, on):
        with on.entered():
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((on.address, 7000))
        self.socket.setblocking(False)

    def send(self, to, count=1):
        for _ in range(count):
            with contextlib.suppress(OSError):
                self.socket.sendto(b"x", (to.socket.getsockname()))

    def came(self, within=0.3):
        time.sleep(within)
        count = 0
        with contextlib.suppress(BlockingIOError):
            while self.socket.recv(16):
                count += 1
        return count


@contextlib.contextmanager
def two_hosts():
    net = network.network()
    try:
        a, b = net.host("a", "10.60.9.1"), net.host("b", "10.60.9.2")
        yield net, a, b, post(a), post(b)
    finally:
        net.end()


def passes(one, other):
    """(how many of three came there, how many back)."""
    one.send(other, 3)
    other.send(one, 3)
    return other.came(), one.came(0)


@tests.case("a partition cuts both ways or one, and heals", 30)
def _(_folder):
    with two_hosts() as (net, a, b, from_a, from_b):
        equal(passes(from_a, from_b), (3, 3), "before")
        number = net.cut([a], [b])
        equal(passes(from_a, from_b), (0, 0), "both ways")
        net.mend(number)
        equal(passes(from_a, from_b), (3, 3), "healed")
        first, second = net.cut([a], [b], one_way=True), net.lose([a], [b], 0.0)
        equal(passes(from_a, from_b), (0, 3), "one way")
        net.mend(second)
        equal(passes(from_a, from_b), (0, 3), "one way, when another fault has ended")
        net.mend(first)
        equal(passes(from_a, from_b), (3, 3), "healed again")


@tests.case("a share of the frames is lost, and no other", 30)
def _(_folder):
    with two_hosts() as (net, a, b, from_a, from_b):
        equal(passes(from_a, from_b), (3, 3), "before")
        number = net.lose([a], [b], 0.25)
        came = 0
        for _ in range(20):
            from_a.send(from_b, 100)
            came += from_b.came(0.005)
        check(1380 < came < 1620, f"{came} of 2,000 came where a quarter is lost")      # six standard deviations
        net.mend(number)
        from_a.send(from_b, 100)
        equal(from_b.came(), 100, "healed")


@tests.case("a drawn cable, and an address that is taken away, are silence", 30)
def _(_folder):
    with two_hosts() as (net, a, b, from_a, from_b):
        net.down(b)
        equal(passes(from_a, from_b), (0, 0), "the cable is drawn")
        net.up(b)
        eventually(lambda: passes(from_a, from_b) == (3, 3), "it is in again", every=0.2)
        b.remove(b.address)
        check(not b.holds(b.address), "the address is still there")
        from_a.send(from_b, 3)
        equal(from_b.came(), 0, "without its address")
        b.add(b.address)
        eventually(lambda: passes(from_a, from_b) == (3, 3), "with it again", every=0.2)


@tests.case("a full disk takes nothing, a slow one late, and both are got over", 60)
def _(folder):
    one = disk(folder, "d", 16)

    def write(name="file"):
        began = time.monotonic()
        with open(one.path / name, "wb", buffering=0) as file:
            file.write(b"x" * 8192)
            os.fsync(file.fileno())
        return time.monotonic() - began
    try:
        write()
        one.fill()
        try:
            write("another")
        except OSError as error:
            equal(error.errno, 28, "errno")
        else:
            check(False, "a full disk took a write")
        one.make_room()
        end = one.slow(0.3)
        slowest = 0.0
        for _ in range(6):
            time.sleep(0.05)
            slowest = max(slowest, write())
        end()
        check(0.1 < slowest < 2, f"the slowest of six writes took {slowest:.3f} s")
        fast = min(write() for _ in range(4))
        check(fast < 0.1, f"afterwards the fastest of four writes took {fast:.3f} s")
    finally:
        one.end()


@tests.case("a wall clock is put ahead and back for one process, whose other clocks go on as they were", 30)
def _(folder):
    wall = clock.wall_clock(folder, "one")
    program = "import sys,time\nfor _ in sys.stdin: print(time.time(), time.clock_gettime(time.CLOCK_BOOTTIME), flush=True)"
    with subprocess.Popen([*wall.before(), sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        def ahead():
            child.stdin.write("?\n")
            child.stdin.flush()
            seen, boot = map(float, child.stdout.readline().split())
            return round(seen - time.time()), round(boot - clock.now())
        equal(ahead(), (0, 0), "at first")
        wall.ahead(3600)
        equal(ahead(), (3600, 0), "an hour ahead")
        wall.ahead(-60)
        equal(ahead(), (-60, 0), "a minute behind")
        wall.ahead(0)
        equal(ahead(), (0, 0), "true again")
        child.stdin.close()


@tests.case("Redis behind Sentinels has a new master when the old one is killed or cut off, and the old one comes back as a replica", 180)
def _(folder):
    net = network.network()
    servers = store.redis_servers(net, folder, topology(store="sentinel", replicas=2), lambda name: None)
    try:
        servers.start()
        first = servers.master()
        first.crash()
        eventually(lambda: servers.master() is not first and servers.serves(), "no new master", timeout=40)
        second = servers.master()
        first.start()
        eventually(lambda: "role:slave" in first.ask("INFO", "replication"), "the old master is no replica", timeout=40)
        number = servers.inner.cut(second.address, [one.address for one in servers.servers if one is not second])
        eventually(lambda: servers.others_say(second) not in (None, second), "no new master for the one that is cut off", timeout=40)
        servers.inner.mend(number)
        eventually(lambda: "role:slave" in second.ask("INFO", "replication"), "the one that was cut off is no replica", timeout=40)
    finally:
        servers.end()
        net.end()


WATCHED = """#!%s
import http.server, os, time
class answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer.allow_reuse_address = True
while True:
    child = os.fork()
    if child == 0:
        serving = http.server.HTTPServer(("127.0.0.1", 8080), answer)
        print("ready", flush=True)
        serving.serve_forever()
    os.waitpid(child, 0)
    time.sleep(0.2)
"""


@tests.case("a crash spares the parent process that watches over a node, and waits until that has started it again; or takes both", 60)
def _(folder):
    program = written(folder, WATCHED % sys.executable, "watched.py")
    program.chmod(0o755)
    with two_hosts() as (_net, a, _b, _from_a, _from_b):
        one = nodes.member(1, a, None, folder, {}, str(program))
        try:
            one.start()
            parent, serving = one.pid, one.serving()
            check(serving not in (None, parent), f"{serving} serves, of parent {parent}")
            one.crash(whole=False)
            one.start()
            check(one.pid == parent and one.serving() not in (serving, parent), f"{one.serving()} serves, of parent {one.pid}")
            equal((len(one.ups), one.ups[0][1] is not None, one.died()), (2, True, False), "spans in which it was up")
            check(one.ups[1][0] - one.ups[0][1] > 0.2, f"it was away for {one.ups[1][0] - one.ups[0][1]:.3f} s")
            one.crash()
            check(not one.alive() and one.serving() is None, "the parent lives")
            one.start()
            check(one.pid != parent, "another parent")
            one.signal(9)
            eventually(one.died, "a node that ended by itself is not noticed")
        finally:
            one.wanted = False
            one.kill()


SMALL = """
about = "a small one"
[topology]
store = "{store}"
[load]
calls_per_second = 20
users = 40
ringing = 1.0
talking = 3.0
before = 6.0
after = 3.0
settle = {settle}
[[faults]]
kind = "kill"
every = 3.0
times = 2
[limits]
takeover = 5.0
"""


THREE = """
about = "three nodes, five kills"
[topology]
nodes = 3
store = "sentinel"
[load]
calls_per_second = 20
users = 60
talking = 4.0
before = 8.0
settle = 36
[[faults]]
kind = "kill"
every = 5.0
times = 5
[limits]
takeover = 5.0
"""


def chaos(folder, store, settle):
    """(exit status, what it said, the report's figures by name)."""
    return carried_out(folder, written(folder, SMALL.format(store=store, settle=settle), f"small-{store}.toml"))


def carried_out(folder, path):
    done = subprocess.run([sys.executable, "-m", "chaos.live", str(path), "--seed", "1", "--report", str(folder / "out")], cwd=ROOT,
                          capture_output=True, text=True, timeout=280, env={**os.environ})
    page = folder / "out" / path.stem / "report.json"
    check(page.exists(), f"no report; it said: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.returncode, done.stdout, {one["name"]: one for one in json.loads(page.read_text())["figures"]}


@tests.case("a node that keeps its state in a file is killed twice under load, and loses nothing", 300)
def _(folder):
    status, said, figures = chaos(folder, "file", 36)
    equal(status, 0, f"exit status; it said:\n{said}")
    made, done = figures["calls that were made"]["value"], figures["calls that were completed"]["value"]
    check(made == done > 200, f"{done} of {made} calls")
    check(0 < figures["away after a fault, longest"]["value"] < 5, f"away {figures['away after a fault, longest']}")
    check(figures["transactions with two final responses"]["why"] != "of 0 that clients began", "the witness saw nothing")


@tests.case("five random kills of three nodes behind Sentinels lose no call, and no group ever has two owners", 300)
def _(folder):
    _, said, figures = carried_out(folder, written(folder, THREE, "three.toml"))
    for name in ("confirmed dialogs lost", "early dialogs lost", "INVITEs without a final response", "transactions with two final responses",
                 "moments with two owners of a group", "registrations other than clients were told", "away after a fault, longest"):
        equal(figures[name]["verdict"], "held", f"{name}; it said:\n{said}")
    made, done = figures["calls that were made"]["value"], figures["calls that were completed"]["value"]
    check(made > 400 and made - done <= figures["new calls refused"]["value"], f"{done} of {made} calls")


@tests.case("a node that keeps nothing loses confirmed and early calls and registrations, and the run says so and fails", 300)
def _(folder):
    status, said, figures = chaos(folder, "memory", 1)
    equal(status, 1, f"exit status; it said:\n{said}")
    for name in ("confirmed dialogs lost", "early dialogs lost", "registrations other than clients were told"):
        check(figures[name]["verdict"] == "MISSED" and figures[name]["value"] > 0, f"{name}: {figures[name]}")
    example = figures["confirmed dialogs lost"]["examples"][0]
    check("10.60.2.1:5060" in example, f"a lost call without its messages: {example}")


@tests.case("a wrong scenario, a name that is not there and no name at all are told in a sentence, with exit status 2", 30)
def _(folder):
    wrong = written(folder, "[load]\ncalls = 1\n")
    for words, wanted in (([str(wrong)], f"{wrong}: load.calls: "), (["nothing-of-this-name"], "nothing-of-this-name"), ([], "which scenario")):
        done = subprocess.run([sys.executable, "-m", "chaos.live", *words], cwd=ROOT, capture_output=True, text=True, timeout=20)
        equal(done.returncode, 2, f"exit status of {words}")
        check(wanted in done.stderr and "Traceback" not in done.stderr, f"{words}: {done.stderr}")


tests.run()
