#!/usr/bin/env python3
# label: e2e
"""Links between the nodes of a cluster: they come up, notice who dies or falls silent, and keep strangers out."""

import contextlib
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time

from lib import certificates, config
from lib.node import binary, node, total
from lib.suite import SANITIZED, check, equal, eventually, suite

tests = suite(tools=["openssl"])
NAMES = ("node-a", "node-b", "node-c")
LINKED = sorted(NAMES)


def port(index):
    return 4500 + index


def one(folder, index, tls=None, **cluster):
    """Node number `index` of three."""
    name = NAMES[index]
    home = pathlib.Path(folder) / f"{name}-{len(os.listdir(folder))}"
    home.mkdir()
    keys = dict(zip(("tls_ca", "tls_certificate", "tls_key"), tls)) if tls else {}
    nodes = [{"id": i + 1, "name": other, "link": f"127.0.0.1:{port(i)}"} for i, other in enumerate(NAMES)]
    path = config.transit_node(home, node={"name": name, "shards": 1}, sip={"access": [f"udp://127.0.0.1:{5060 + index}"]},
                               admin={"listen": f"127.0.0.1:{8080 + index}"}, cluster={"nodes": nodes, **keys, **cluster})
    return node(path, log=pathlib.Path(folder) / f"{name}.log", admin=f"127.0.0.1:{8080 + index}")


def states(server):
    return {peer["name"]: peer["state"] for peer in server.json("/api/v1/nodes")["items"] if "queue" in peer}


def peer(server, name):
    return next(each for each in server.json("/api/v1/nodes")["items"] if each["name"] == name)


def all_linked(servers):
    return all(set(states(each).values()) == {"linked"} and len(states(each)) == len(NAMES) - 1 for each in servers)


@contextlib.contextmanager
def trio(folder, tls=None):
    servers = [one(folder, i, tls) for i in range(3)]
    try:
        for each in servers:
            each.start()
        eventually(lambda: all_linked(servers), lambda: f"not all linked: {[states(each) for each in servers]}", 10)
        yield servers
    finally:
        for each in servers:
            with contextlib.suppress(ProcessLookupError):
                if each.child:
                    os.kill(each.pid, signal.SIGCONT)
            each.kill()


def refused(server, reason):
    return total(server.metrics(), f'troupe_link_refused_total{{reason="{reason}"')


def still_serving(servers, before):
    eventually(lambda: all_linked(servers), "a stranger has disturbed the links", 3)
    for each, octets in zip(servers, before):
        grown = each.pss() - octets
        check(SANITIZED or grown < 16 << 20, f"memory grew by {grown} octets")      # 64 strangers with their buffers and TLS


def within(seconds, condition, what):
    start = time.monotonic()
    eventually(condition, what, 10, every=0.02)
    took = time.monotonic() - start
    check(took < seconds * (3 if SANITIZED else 1), f"{what} after {took:.2f} s only")
    print(f"        {what}: {took:.2f} s")


@tests.case("three nodes link over TLS; ctl and metrics show it")
def _(folder):
    with trio(folder, certificates.make(folder)) as servers:
        seen = peer(servers[0], "node-b")
        check(seen["incarnation"] > 0 and seen["open_since"], f"the peer is shown as {seen}")
        eventually(lambda: peer(servers[0], "node-b")["round_trip_ms"] is not None, "no round trip is measured", 3)
        shown = subprocess.run([binary(), "ctl", "--admin", f"http://{servers[2].admin}", "nodes"], capture_output=True, text=True, timeout=10)
        check("node-a" in shown.stdout and "linked" in shown.stdout, f"ctl nodes: {shown.stdout}{shown.stderr}")
        print("".join(f"        {line}\n" for line in shown.stdout.splitlines()), end="")
        for each in servers:
            now = each.metrics()
            equal(now["troupe_links"], 2, "troupe_links")
            check(total(now, "troupe_link_octets_total") > 0, "no octets are counted")
        equal([each.stop() for each in servers], [0, 0, 0], "exit statuses")


@tests.case("kill -9 is noticed within a second; the restarted node is linked again, with a higher incarnation")
def _(folder):
    with trio(folder, certificates.make(folder)) as servers:
        for victim in (0, 2):                   # the one that connects to all, and the one that never does
            others = [each for i, each in enumerate(servers) if i != victim]
            name = NAMES[victim]
            before = peer(others[0], name)["incarnation"]
            servers[victim].kill()
            within(1.0, lambda: all(states(each)[name] != "linked" for each in others), f"the death of {name} is noticed")
            equal(states(others[0])[NAMES[1]] if victim else "linked", "linked", "the others' link")
            servers[victim].start()
            within(3.0, lambda: all_linked(servers), f"{name} is linked again")
            after = peer(others[0], name)["incarnation"]
            check(after > before, f"incarnation {before}, then {after}")


@tests.case("SIGSTOP is suspected within a second; after SIGCONT the link is open again, also when it was given up")
def _(folder):
    with trio(folder, certificates.make(folder)) as servers:
        before = peer(servers[0], "node-b")["incarnation"]
        for pause, expected in ((1.0, "silent"), (4.5, "not linked")):
            os.kill(servers[1].pid, signal.SIGSTOP)
            stopped = time.monotonic()
            within(1.0, lambda: all(states(each)["node-b"] == "silent" for each in (servers[0], servers[2])), "the silence is suspected")
            time.sleep(max(0.0, pause - (time.monotonic() - stopped)))
            check(states(servers[2])["node-b"] in (expected, "connecting"), f"after {pause} s: {states(servers[2])}")
            os.kill(servers[1].pid, signal.SIGCONT)
            within(3.0, lambda: all_linked(servers), "it is linked again")
        equal(peer(servers[0], "node-b")["incarnation"], before, "incarnation")


@tests.case("who has no certificate, or one of another authority, is kept out before a frame is read")
def _(folder):
    good = certificates.make(folder)
    (pathlib.Path(folder) / "other").mkdir()
    other = certificates.make(pathlib.Path(folder) / "other")
    with trio(folder, good) as servers:
        before = [each.pss() for each in servers]
        for certificate in (None, other):
            count = refused(servers[2], "tls")
            client = ssl.create_default_context(cafile=good[0])
            client.check_hostname = False
            if certificate:
                client.load_cert_chain(certificate[1], certificate[2])
            with contextlib.suppress(OSError), client.wrap_socket(socket.create_connection(("127.0.0.1", port(2)), 3)) as tls:
                tls.settimeout(3)
                tls.sendall(b"\1\x80\0\0\0\0\0\0")
                equal(tls.recv(100), b"", "what a stranger is told")
            eventually(lambda: refused(servers[2], "tls") > count, "the refusal is not counted", 3)
        still_serving(servers, before)
        servers[1].kill()
        wrong = one(folder, 1, other)
        with wrong:
            time.sleep(2)
            equal({states(servers[0])["node-b"], states(servers[2])["node-b"]} & {"linked"}, set(), "a node with a certificate of another authority")
            check("refused" in servers[0].log.read_text() or "cannot be linked" in servers[0].log.read_text(), "nothing is logged")


@tests.case("a node of another cluster is refused, and both say why")
def _(folder):
    tls = certificates.make(folder)
    with trio(folder, tls) as servers:
        before = [each.pss() for each in servers]
        servers[1].kill()
        with one(folder, 1, tls, name="another") as stray:
            eventually(lambda: refused(servers[2], "cluster") > 0 and refused(servers[0], "cluster") > 0, "it is not refused", 5)
            check("linked" not in states(stray).values(), f"the stray's links: {states(stray)}")
            for each in (servers[0], servers[2], stray):
                check("what=other_cluster" in each.log.read_text(), f"{each.log.name} does not say why")
        servers[1].start()
        still_serving(servers[::2], before[::2])


def rubbish(index, octets):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port(index)), 3) as sock:
        sock.settimeout(3)
        sock.sendall(octets)
        sock.recv(1000)


@tests.case("plain text, 1 MB of rubbish, silence and a crowd on the link leave the nodes serving, with bounded memory")
def _(folder):
    for tls in (None, certificates.make(folder)):
        with trio(folder, tls) as servers:
            before = [each.pss() for each in servers]
            server = servers[2]
            reason = "tls" if tls else "malformed"
            for octets in (b"GET / HTTP/1.0\r\n\r\n", os.urandom(1 << 20), b"\1\x80\0\0\xff\xff\xff\xff" + bytes(100_000),
                           b"\1\1\0\0\x08\0\0\0message!"):
                count = refused(server, reason)
                rubbish(2, octets)
                eventually(lambda: refused(server, reason) > count, f"refusal of {octets[:16]!r} is not counted as {reason}", 3)
            check("a stranger was refused at the link" in server.log.read_text(), "no line in the log")
            crowd = [socket.create_connection(("127.0.0.1", port(2)), 3) for _ in range(200)]
            eventually(lambda: refused(server, "crowd") > 0, "a crowd is let in", 3)
            eventually(lambda: refused(server, "silent") > 0, "the silent may stay", 5)
            for each in crowd:
                each.close()
            still_serving(servers, before)


@tests.case("plain links listen on the loopback only, and the configuration refuses them elsewhere")
def _(folder):
    with trio(folder):
        with socket.socket() as sock:
            sock.settimeout(1)
            equal(sock.connect_ex(("127.0.0.1", port(0))), 0, "the loopback")
        listening = pathlib.Path("/proc/net/tcp").read_text()
        check(f"0100007F:{port(0):04X}" in listening and f"00000000:{port(0):04X}" not in listening, "it listens on every address")
    elsewhere = one(folder, 0, link="0.0.0.0:4500")
    done = subprocess.run([binary(), "check", "--config", elsewhere.config], capture_output=True, text=True, timeout=10)
    equal(done.returncode, 2, "exit status")
    check("cluster.tls_certificate" in done.stdout + done.stderr, f"it says {done.stdout}{done.stderr}")


tests.run()
