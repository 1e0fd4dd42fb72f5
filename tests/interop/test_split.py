#!/usr/bin/env python3
# label: e2e
"""The P-CSCF in one process, I-CSCF, S-CSCF and HSS in another, SIP between them all: the phones see no difference."""

import re
import subprocess
import sys
import tomllib

from lib import accounts, config, ims_load
from lib.leg import hang_up, talk
from lib.node import ROOT, node
from lib.phone import phone
from lib.suite import check, equal, suite

tests = suite()
CALL = ROOT / "tests" / "interop" / "demo" / "call.py"
DEMO = ROOT / "config" / "profiles" / "demo-subscribers.toml"


def profile(name, folder, **changes):
    with open(ROOT / "config" / "profiles" / f"{name}.toml", "rb") as file:
        return config.write(folder / f"{name}.toml", config.merge(tomllib.load(file), changes))


class split:
    """Both processes on the repository's own profiles."""

    def __init__(self, folder, provision):
        self.core = node(profile("split-core", folder, hss={"database": str(folder / "hss.sqlite"), "provision": str(provision)},
                                 charging={"folder": str(folder / "cdr")}),
                         admin="127.0.0.1:8081")
        self.edge = node(profile("split-pcscf", folder))

    def __enter__(self):
        self.core.start()
        self.edge.start()
        return self

    def __exit__(self, *_):
        self.statuses = [one.stop() for one in (self.edge, self.core) if one.alive()]


@tests.case("the demo call has the same ladder as on one node")
def _(folder):
    with split(folder, DEMO) as both:
        done = subprocess.run([sys.executable, str(CALL), "--check", "--subscribers", str(DEMO)], capture_output=True, text=True, timeout=60)
        equal(done.returncode, 0, done.stdout + done.stderr)
    equal(both.statuses, [0, 0], "exit statuses")


@tests.case("what reaches the callee is the same as on one node, but for hops, tokens and tags")
def _(folder):
    users = accounts.generate(2)
    seen = {}
    for name in ("one", "two"):
        place = folder / name
        place.mkdir()
        path = accounts.provision(place / "subscribers.toml", users)
        server = split(place, path) if name == "two" else node(config.ims_node(place, users))
        with server, phone(users[0], ("127.0.0.1", 5060), port=5091) as a, phone(users[1], ("127.0.0.1", 5060), port=5092) as b:
            equal((a.register().status, b.register().status), (200, 200), "registrations")
            caller, callee = talk(a, b, users[1].uri)
            seen[name] = canonical(callee.invite)
            hang_up(caller, callee)
    equal(seen["two"], seen["one"], "the INVITE at the callee")


HOPS = {"via", "record-route", "call-id", "max-forwards", "content-length"}


def canonical(invite):
    """Header names and values in order of name, without hops, tokens, tags, ICIDs and the split's own addresses."""
    kept = []
    for name, value in invite.headers:
        if name.lower() not in HOPS:
            value = re.sub(r"tag=[^;,\s]+", "tag=T", value)
            value = re.sub(r'icid-value="?[^";,\s]+"?', "icid-value=I", value)
            kept.append(f"{name.lower()}: {value}")
    return sorted(kept)


@tests.case("SIPp's users register and call through both processes")
def _(folder):
    users = accounts.generate(40)
    path = accounts.provision(folder / "subscribers.toml", users)
    with split(folder, path):
        crowd = ims_load.crowd("precondition", list(zip(users[:20], users[20:])), folder, port=5100)
        equal(crowd.register(), [], "users who cannot register")
        crowd.start(200, 40)
        crowd.caller.wait(60)
        crowd.stop()
        check(crowd.caller.successful == 200 and crowd.caller.failed == 0,
              f"{crowd.caller.successful} of 200 calls, {crowd.caller.failed} failed: {crowd.caller.errors()[:400]}")


tests.run()
