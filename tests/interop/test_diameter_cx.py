#!/usr/bin/env python3
# label: e2e
"""The CSCFs in one process, the HSS in another, Cx between them over freeDiameter: TS 29.228, seen by phones."""

import os
import pathlib
import signal
import subprocess
import time

from lib import accounts, config, ims_load, process
from lib.leg import hang_up, talk
from lib.node import binary, node, total
from lib.phone import no_answer, phone
from lib.suite import SANITIZED, check, equal, eventually, suite

PROXY = ("127.0.0.1", 5060)
CORE, HSS = "scscf.ims.example", "hss.ims.example"
tests = suite(tools=["sipp"])


def core_config(folder, **changes):
    """P-, I- and S-CSCF, and no HSS."""
    return config.ims_node(folder, **config.merge({
        "node": {"roles": ["pcscf", "icscf", "scscf"], "secret": "the same after a restart"},
        "hss": {"database": None},
        "diameter": {"identity": CORE, "peers": [{"identity": HSS, "address": "127.0.0.2:3868"}], "reconnect": 1},
    }, changes))


def hss_config(folder, users):
    """An HSS and nothing else; it waits for connections."""
    return config.write(folder / "hss.toml", {
        "node": {"name": "hss-a", "roles": ["hss"], "home_domain": "ims.example", "drain_timeout": 2},
        "admin": {"listen": "127.0.0.2:8080"},
        "hss": {"database": str(folder / "hss.sqlite"), "provision": str(accounts.provision(folder / "subscribers.toml", users))},
        "diameter": {"identity": HSS, "listen": ["127.0.0.2"], "peers": [{"identity": CORE}], "reconnect": 1},
        "cluster": {"store": "memory"},
    })


class pair:
    """Both processes; ready when Diameter is up between them."""

    def __init__(self, folder, users, **changes):
        self.hss = node(hss_config(folder, users), admin="127.0.0.2:8080")
        self.core = node(core_config(folder, **changes))

    def __enter__(self):
        self.hss.start()
        self.core.start()
        self.connected()
        return self

    def __exit__(self, *_):
        self.statuses = [one.stop() for one in (self.core, self.hss) if one.alive()]

    def connected(self, timeout=20):
        for one in (self.core, self.hss):
            eventually(lambda one=one: total(one.metrics(), "troupe_diameter_peers$") == 1, "no Diameter between the two", timeout)

    def ctl(self, *words):
        done = subprocess.run([binary(), "ctl", "--admin", "http://127.0.0.2:8080", *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr

    def registered(self):
        return total(self.core.metrics(), "troupe_registrations$")

    def questions(self):
        return total(self.hss.metrics(), "troupe_diameter_questions_total")


@tests.case("a phone registers, registers again, is called and leaves, with its HSS in another process")
def _(folder):
    users = accounts.generate(2)
    with pair(folder, users) as both:
        with phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
            equal((a.register().status, b.register().status), (200, 200), "registrations")
            equal(both.questions(), 8, "UAR, MAR, UAR and SAR of each")
            hang_up(*talk(a, b, users[1].uri))
            equal(a.register().status, 200, "registration again")
            check(users[0].impi in both.ctl("subscriber", "show", users[0].impi)[1], "the HSS does not know its subscriber")
            equal((a.deregister().status, b.deregister().status), (200, 200), "de-registrations")
            eventually(lambda: both.registered() == 0, lambda: f"{both.registered()} registrations are left")
    equal(both.statuses, [0, 0], "exit statuses")


tests.run()
