#!/usr/bin/env python3
# label: e2e
"""An actor that throws: its request gets 500, its call goes on, nobody else notices, /metrics tells.

The header X-Troupe-Fault makes the actor that handles the request throw, in builds with TROUPE_FAULT_HOOKS only.
"""

import contextlib
import os
import pathlib
import signal

from lib import accounts, config, ims_load
from lib.leg import hang_up, sdp, talk
from lib.node import binary, node, total
from lib.phone import phone
from lib.suite import check, equal, skip, suite

FAULT = [("X-Troupe-Fault", "throw")]
PROXY = ("127.0.0.1", 5060)
tests = suite(tools=["sipp"])


def need_hooks():
    if b"X-Troupe-Fault" not in pathlib.Path(binary()).read_bytes():
        raise skip("this build has no fault hooks (preset dev has)")


def restarts(server):
    return total(server.metrics(), "troupe_restarts_total")


@contextlib.contextmanager
def loaded(folder, users):
    """A node, and SIPp making calls on it beside the test."""
    with node(config.ims_node(folder, users)) as server:
        crowd = crowd_of(folder, users)
        yield server, crowd
        undisturbed(crowd)


def crowd_of(folder, users):
    crowd = ims_load.crowd("plain", list(zip(users[2:22], users[22:42])), folder, port=5100)
    equal(crowd.register(), [], "users who cannot register")
    crowd.start(400, 50, hold=500)
    return crowd


def undisturbed(crowd):
    crowd.caller.wait(60)
    crowd.stop()
    check(crowd.caller.failed == 0 and crowd.caller.successful == 400,
          f"of the other calls {crowd.caller.successful} of 400 went well, {crowd.caller.failed} failed: {crowd.caller.errors()[:300]}")


@tests.case("a dialog that throws answers 500, goes on, and costs nobody else anything")
def _(folder):
    need_hooks()
    users = accounts.generate(42)
    with loaded(folder, users) as (server, crowd), phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        caller, callee = talk(a, b, users[1].uri)
        before = restarts(server)
        faulty = caller.request("UPDATE", body=sdp(version=2), extra=FAULT)
        equal(a.transact(faulty).status, 500, "the request that makes it throw")
        after = restarts(server)
        check(after >= before + 1, f"troupe_restarts_total went from {before} to {after}")
        check(b.nothing("UPDATE"), "the request that threw reached the other side")
        good = caller.start("UPDATE", body=sdp(version=3))
        callee.answer(200, request=callee.hear("UPDATE"), body=sdp(49180, version=3))
        caller.expect(200, request=good)
        equal(hang_up(callee, caller).status, 200, "the BYE")


@tests.case("what came right behind the request that threw is served by the actor's successor")
def _(folder):
    need_hooks()
    users = accounts.generate(2)
    with node(config.ims_node(folder, users)) as server, phone(users[0], PROXY) as a, phone(users[1], PROXY) as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        for _ in range(5):
            caller, callee = talk(a, b, users[1].uri)
            os.kill(server.pid, signal.SIGSTOP)         # so that both are read at once
            faulty = caller.start("UPDATE", body=sdp(version=2), extra=FAULT)
            good = caller.start("INFO", body=b"5", content="application/dtmf")
            os.kill(server.pid, signal.SIGCONT)
            callee.answer(200, request=callee.hear("INFO"))
            caller.expect(200, request=good)
            caller.expect(500, request=faulty)
            hang_up(caller, callee)


@tests.case("repetitions of the request that threw are absorbed")
def _(folder):
    need_hooks()
    users = accounts.generate(2)
    with node(config.ims_node(folder, users)) as server, phone(users[0], PROXY) as a, phone(users[1], PROXY) as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        caller, callee = talk(a, b, users[1].uri)
        faulty = caller.request("UPDATE", body=sdp(version=2), extra=FAULT)
        equal(a.transact(faulty).status, 500, "the first answer")
        once = restarts(server)
        a.seen.clear()
        for _ in range(3):
            a.send_octets(faulty.encode())
            a.receive(500)
            a.seen.clear()
        equal(restarts(server), once, "restarts after three repetitions")
        equal(hang_up(caller, callee).status, 200, "the BYE")


@tests.case("a header from outside does nothing in a build without hooks")
def _(folder):
    if b"X-Troupe-Fault" in pathlib.Path(binary()).read_bytes():
        raise skip("this build has the hooks")
    users = accounts.generate(2)
    with node(config.ims_node(folder, users)) as server, phone(users[0], PROXY) as a, phone(users[1], PROXY) as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        caller, callee = talk(a, b, users[1].uri)
        update = caller.start("UPDATE", body=sdp(version=2), extra=FAULT)
        callee.answer(200, request=callee.hear("UPDATE"), body=sdp(49180, version=2))
        caller.expect(200, request=update)
        equal(restarts(server), 0, "restarts")


tests.run()
