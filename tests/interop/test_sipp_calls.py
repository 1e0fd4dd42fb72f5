#!/usr/bin/env python3
# label: e2e
"""Calls between registered users by SIPp: plain, PRACK and UPDATE with preconditions, hold, CANCEL, forks, MESSAGE.

  test_sipp_calls.py [--calls N] [--users N]      1,000 and 240 unless told (10,000 and 1,000 before a release)
"""

import sys
import time

from lib import accounts, config, ims_load
from lib.node import node, total
from lib.suite import SANITIZED, check, equal, eventually, suite

CALLS = int(sys.argv[sys.argv.index("--calls") + 1]) if "--calls" in sys.argv else 200 if SANITIZED else 1000
SHARES = {"plain": 0.15, "precondition": 0.30, "hold": 0.15, "cancel": 0.20, "fork": 0.15, "message": 0.05}
USERS = int(sys.argv[sys.argv.index("--users") + 1]) if "--users" in sys.argv else 240
RATE = 20 if SANITIZED else 100    # calls a second of all kinds together
tests = suite(tools=["sipp"])
PAIRS = -(-USERS // (2 * len(SHARES)))     # of each kind
users = accounts.generate(2 * PAIRS * len(SHARES))
running = {}


def crowds(folder):
    made = []
    for number, kind in enumerate(SHARES):
        first = 2 * PAIRS * number
        pairs = list(zip(users[first:first + PAIRS], users[first + PAIRS:first + 2 * PAIRS]))
        made.append(ims_load.crowd(kind, pairs, folder, port=5100 + 10 * number))
    return made


@tests.case("users register for all kinds of calls, some from two places", 180)
def _(folder):
    running["node"] = node(config.ims_node(folder, users)).start(60)
    running["crowds"] = crowds(folder)
    for one in running["crowds"]:
        equal(one.register(), [], f"users who cannot register for {one.kind} calls")


@tests.case(f"{CALLS} calls of all kinds at once, and none fails", 120 + CALLS // 20)
def _(folder):
    for one in running["crowds"]:
        one.start(max(1, round(CALLS * SHARES[one.kind])), max(1, round(RATE * SHARES[one.kind])), hold=100)
    for one in running["crowds"]:
        one.caller.wait(60 + CALLS / RATE * 3)
    time.sleep(1)
    told = []
    for one in running["crowds"]:
        one.stop()
        wanted = max(1, round(CALLS * SHARES[one.kind]))
        told.append(f"{one.kind} {one.caller.successful}/{wanted}")
        check(one.caller.failed == 0 and one.caller.successful == wanted,
              f"{one.kind}: {one.caller.successful} of {wanted}, {one.caller.failed} failed: {one.caller.errors(2)[:600]}")
        for callee in one.callees:
            equal(callee.failed, 0, f"{one.kind}: calls that failed at {callee.name}: {callee.errors(1)[:400]}")
            check(callee.successful >= wanted * 0.99, f"{one.kind}: {callee.name} saw {callee.successful} of {wanted} calls")
    print("        " + ", ".join(told))


@tests.case("nothing of the calls is left when their timers have run out", 120)
def _(folder):
    server = running["node"]
    def left():
        now = server.metrics()
        return {name: value for name, value in now.items() if name.startswith(("troupe_calls{", "troupe_transactions")) and "_total" not in name and value}
    eventually(lambda: not left(), lambda: f"left: {left()}", timeout=80, every=1)
    equal(total(server.metrics(), "troupe_restarts_total"), 0, "troupe_restarts_total")


@tests.case("the node ends in order")
def _(folder):
    equal(running["node"].stop(), 0, "exit status after SIGTERM")


tests.run()
