#!/usr/bin/env python3
# label: e2e
"""The CSCFs in one process, the HSS in another, Cx between them over freeDiameter: TS 29.228, seen by phones."""

import os
import pathlib
import signal
import subprocess
import threading

from lib import accounts, config, digest, ims_load, process
from lib.leg import hang_up, talk
from lib.node import binary, node, total
from lib.phone import phone
from lib.suite import SANITIZED, check, equal, eventually, suite

PROXY = ("127.0.0.1", 5060)
CORE, HSS = "scscf.ims.example", "hss.ims.example"
COUNT = 100 if SANITIZED else 300
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
        self.start_hss()
        self.core.start()
        self.connected()
        return self

    def start_hss(self):
        """Until it listens: a peer that is refused tries again in its own time only."""
        before = self.hss.log.read_text().count("Diameter is served") if self.hss.log.exists() else 0
        self.hss.start()
        eventually(lambda: self.hss.log.read_text().count("Diameter is served") > before, "the HSS does not serve Diameter")

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

    def carried(self):
        """What the core asked, and what came at the HSS."""
        return total(self.core.metrics(), "troupe_diameter_requests_total"), total(self.hss.metrics(), "troupe_diameter_questions_total")


def child_of(server):
    """The process that carries Diameter."""
    for pid in process.family(server.pid):
        if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "diameter":
            return pid
    return None


def deaths(server):
    return total(server.metrics(), 'troupe_diameter_child_total{event="died"}')


class crowd_registering(threading.Thread):
    """SIPp's users, registering while a test does something else."""

    def __init__(self, users, folder, rate):
        super().__init__()
        self.work = lambda: ims_load.register(users, folder, rate=rate, port=5300)
        self.routes, self.needed = {}, []
        self.start()

    def run(self):
        self.routes, self.needed = self.work()


@tests.case("a phone registers, registers again, is called and leaves, with its HSS in another process")
def _(folder):
    users = accounts.generate(2)
    with pair(folder, users) as both:
        with phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
            equal((a.register().status, b.register().status), (200, 200), "registrations")
            asked, came = both.carried()
            check(asked == came >= 8, f"UAR, MAR, UAR and SAR of each: {asked} asked, {came} came")
            hang_up(*talk(a, b, users[1].uri))
            equal(a.register().status, 200, "registration again")
            said = both.ctl("subscriber", "show", users[0].impi)[1]
            check(" registered" in said and "scscf" in said, f"what the HSS has kept: {said}")
            equal((a.deregister().status, b.deregister().status), (200, 200), "de-registrations")
            eventually(lambda: both.registered() == 0, lambda: f"{both.registered()} registrations are left")
            check("not_registered" in both.ctl("subscriber", "show", users[0].impi)[1], "the HSS has not been told that the user left")
        equal(total(both.core.metrics(), "troupe_cx_failures_total"), 0, "failures of Cx")
    equal(both.statuses, [0, 0], "exit statuses")


@tests.case("strangers and wrong keys are refused as with the HSS at home")
def _(folder):
    known, stranger = accounts.generate(2)
    with pair(folder, [known]), phone(stranger, PROXY) as unknown, phone(known, PROXY) as caller:
        check(unknown.register().status in (403, 404), "a stranger")
        equal(caller.register().status, 200, "the caller's registration")
        check(caller.transact(caller.initial("INVITE", stranger.uri)).status in (404, 480), "a call to a stranger")
        caller.session = None
        caller.session = digest.session(known, caller.register(rounds=0).get("WWW-Authenticate"))
        caller.session.password = b"wrong"
        check(caller.register(rounds=0).status in (401, 403), "a wrong response")


@tests.case("a USIM that is ahead is resynchronised by a MAR with AUTS")
def _(folder):
    users = accounts.generate(1)
    with pair(folder, users), phone(users[0], PROXY) as one:
        equal(one.register().status, 200, "registration")
        users[0].sqn += 1 << 20
        one.session = None
        ahead = users[0].sqn
        equal(one.register().status, 200, "registration of a USIM that is ahead")
        check(users[0].sqn > ahead, "the USIM was given a number that it had seen")


@tests.case("a removed subscriber is de-registered by RTR, and an unregistered callee is looked for by LIR")
def _(folder):
    users = accounts.generate(2)
    with pair(folder, users) as both, phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        equal(both.registered(), 2, "registrations")
        equal(both.ctl("subscriber", "remove", users[1].impi)[0], 0, "subscriber remove")
        eventually(lambda: both.registered() == 1, lambda: f"{both.registered()} registrations after an RTR")
        equal(a.transact(a.initial("INVITE", users[1].uri)).status, 404, "a call to one who is no more")


@tests.case("a changed subscription is pushed by PPR: calls to its new identity reach the phone that is registered")
def _(folder):
    users = accounts.generate(2)
    new = "sip:another.name@ims.example"
    with pair(folder, users) as both, phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        users[1].impus.append(new)
        path = accounts.provision(folder / "changed.toml", [users[1]])
        equal(both.ctl("subscriber", "import", str(path))[0], 0, "subscriber import")
        eventually(lambda: total(both.core.metrics(), "troupe_diameter_questions_total") == 1, "the S-CSCF has not been told")
        hang_up(*talk(a, b, new))


@tests.case("kill -9 of the HSS: no registration meanwhile, calls of the registered go on, and all is well when it is back", 240)
def _(folder):
    users = accounts.generate(2 + COUNT)
    with pair(folder, users) as both, phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        running = talk(a, b, users[1].uri)
        load = crowd_registering(users[2:], folder, 50)
        eventually(lambda: both.registered() > COUNT / 10, "no load")
        both.hss.kill()
        again = a.register()
        check(again.status in (480, 504), f"a registration without an HSS: {again.start_line}")
        hang_up(*running)
        both.start_hss()
        both.connected()
        load.join()
        equal([one.user for one in users[2:] if one.user not in load.routes][:5], [], "users who could not register")
        a.session = None
        equal(a.register().status, 200, "registration when the HSS is back")
        equal(both.ctl("subscriber", "remove", users[1].impi)[0], 0, "subscriber remove")
        eventually(lambda: both.registered() == COUNT + 1, lambda: f"{both.registered()} registrations: it has forgotten who has the user")


@tests.case("kill -9 of the CSCFs' Diameter child under load costs no registration, that of the HSS's those until it is connected again", 240)
def _(folder):
    users = accounts.generate(COUNT)
    with pair(folder, users, hss={"answer_within": 8000}) as both:  # longer than a reconnection takes
        for number, server in enumerate((both.core, both.hss)):
            part = users[number::2]
            load = crowd_registering(part, folder, 50)
            eventually(lambda number=number: both.registered() > COUNT * number / 2 + COUNT / 10, "no load")
            os.kill(child_of(server), signal.SIGKILL)
            load.join()
            equal([one.user for one in part if one.user not in load.routes][:5], [], "users who could not register")
            check(server is both.hss or sum(load.needed[1:2]) <= len(part) // 8, f"more than SIPp's wrong responses had to be repeated: {load.needed}")
            equal(deaths(server), 1, "deaths of the child")
        equal(both.registered(), COUNT, "registrations")


tests.run()
