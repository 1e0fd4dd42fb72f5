#!/usr/bin/env python3
# label: e2e
"""A thousand SIPp phones register with AKAv1-MD5, register again and leave.  test_sipp_registrations.py [--users N]

SIPp miscalculates a RES that holds a zero octet: 1 - (255/256)^8 = 3.1% of all challenges. Those users are sent again
here; a core that took the wrong response at once would be found by their absence.
"""

import sys

from lib import accounts, config, ims_load
from lib.node import node, total
from lib.phone import phone
from lib.suite import SANITIZED, check, equal, eventually, suite

COUNT = int(sys.argv[sys.argv.index("--users") + 1]) if "--users" in sys.argv else 200 if SANITIZED else 1000
RATE = 40 if SANITIZED else 200
tests = suite(tools=["sipp"])
users = accounts.generate(COUNT)
running = {}


def registered(server):
    return total(server.metrics(), "troupe_registrations$")


def wrong_responses_are_few_but_real(needed):
    """The binomial's mean is 31 of 1,000, its deviation 5.5; six of them either way."""
    mean, deviation = 0.0308 * COUNT, (0.0308 * 0.9692 * COUNT) ** 0.5
    again = needed[1] if len(needed) > 1 else 0
    check(mean - 6 * deviation <= again <= mean + 6 * deviation, f"{again} of {COUNT} challenges had to be repeated, expected about {mean:.0f}")
    if mean - 6 * deviation > 0:
        check(again > 0, "no wrong response was refused")


@tests.case("every user registers; only responses that SIPp gets wrong are refused", 300)
def _(folder):
    server = running["node"] = node(config.ims_node(folder, users)).start(60)
    routes, needed = ims_load.register(users, folder, rate=RATE, name="first")
    equal([one.user for one in users if one.user not in routes][:5], [], "users who could not register")
    wrong_responses_are_few_but_real(needed)
    check(all("sip:" in route for route in routes.values()), "a 200 to REGISTER without Service-Route")
    equal(registered(server), COUNT, "troupe_registrations")
    check(total(server.metrics(), "troupe_authentication_failures_total") >= needed[1] if len(needed) > 1 else True,
          "wrong responses are not counted")


@tests.case("every user registers again and stays one registration", 300)
def _(folder):
    routes, needed = ims_load.register(users, folder, rate=RATE, name="again")
    equal(len(routes), COUNT, "users who registered again")
    equal(registered(running["node"]), COUNT, "troupe_registrations")


@tests.case("every user leaves, and none is left", 300)
def _(folder):
    routes, needed = ims_load.register(users, folder, rate=RATE, expires=0, name="leave")
    equal(len(routes), COUNT, "users who left")
    eventually(lambda: registered(running["node"]) == 0, lambda: f"{registered(running['node'])} registrations are left")


@tests.case("one who has left cannot be called")
def _(folder):
    with phone(users[0], ("127.0.0.1", 5060)) as caller:
        equal(caller.register().status, 200, "the caller's registration")
        answer = caller.transact(caller.initial("INVITE", users[1].uri))
        check(answer.status in (404, 480), f"INVITE to one who has left: {answer.start_line}")


@tests.case("the node ends in order")
def _(folder):
    equal(running["node"].stop(), 0, "exit status after SIGTERM")


tests.run()
