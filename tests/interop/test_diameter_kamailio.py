#!/usr/bin/env python3
# label: e2e
"""Kamailio's I- and S-CSCF, with a Diameter stack of their own, ask our HSS; our P-CSCF stands in front of them."""

import contextlib
import subprocess

from lib import accounts, config, isolation, kamailio
from lib.leg import hang_up, talk
from lib.node import binary, node, total
from lib.phone import phone
from lib.suite import check, equal, eventually, skip, suite

PROXY = ("127.0.0.1", 5060)
HSS, ICSCF, SCSCF = "hss.ims.example", "icscf.ims.example", "scscf.ims.example"
tests = suite()


def edge(folder):
    return node(config.ims_node(folder, **{
        "node": {"roles": ["pcscf"]}, "hss": {"database": None},
        "sip": {"core": ["udp://127.0.0.1:5062"], "peers": ["127.0.0.2", "127.0.0.3"]},
        "pcscf": {"icscf": "sip:127.0.0.2:5060"}}))


def hss(folder, users):
    return node(config.write(folder / "hss.toml", {
        "node": {"name": "hss-a", "roles": ["hss"], "home_domain": "ims.example", "drain_timeout": 2},
        "admin": {"listen": "127.0.0.4:8080"},
        "hss": {"database": str(folder / "hss.sqlite"), "provision": str(accounts.provision(folder / "subscribers.toml", users))},
        "diameter": {"identity": HSS, "listen": ["127.0.0.4"], "peers": [{"identity": ICSCF}, {"identity": SCSCF}], "reconnect": 1},
        "cluster": {"store": "memory"}}), admin="127.0.0.4:8080")


@contextlib.contextmanager
def network(folder, users):
    if why := kamailio.missing():
        raise skip(why)
    isolation.names(folder, {f"{ICSCF} ims.example": "127.0.0.2", SCSCF: "127.0.0.3", HSS: "127.0.0.4"})
    with hss(folder, users) as home, \
            kamailio.cscf("icscf", folder, address="127.0.0.2", name=ICSCF, scscf="127.0.0.3", alias='alias="ims.example"'), \
            kamailio.cscf("scscf", folder, address="127.0.0.3", name=SCSCF, icscf="127.0.0.2", alias='alias="ims.example"') as scscf, edge(folder):
        eventually(lambda: total(home.metrics(), "troupe_diameter_peers$") == 2, "Kamailio's CSCFs do not connect to our HSS", 40)
        yield home, scscf


def ctl(*words):
    done = subprocess.run([binary(), "ctl", "--admin", "http://127.0.0.4:8080", *words], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout + done.stderr


def state(user):
    return ctl("subscriber", "show", user.impi)[1]


@tests.case("AKA registration, re-registration, a call and de-registration through Kamailio's CSCFs")
def _(folder):
    users = accounts.generate(2)
    with network(folder, users), phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        check(" registered" in state(users[0]) and "sip:127.0.0.3:5060" in state(users[0]), f"what our HSS has kept: {state(users[0])}")
        equal(a.register().status, 200, "registration again")
        hang_up(*talk(a, b, users[1].uri))
        equal(a.deregister().status, 200, "de-registration")
        eventually(lambda: "not_registered" in state(users[0]), lambda: f"our HSS has not been told: {state(users[0])}")


@tests.case("a USIM that is ahead is resynchronised through Kamailio's S-CSCF, and a stranger is refused")
def _(folder):
    known, stranger = accounts.generate(2)
    with network(folder, [known]), phone(known, PROXY) as one, phone(stranger, PROXY) as other:
        known.sqn += 1 << 20
        ahead = known.sqn
        equal(one.register().status, 200, "registration of a USIM that is ahead")
        check(known.sqn > ahead, "the USIM was given a number that it had seen")
        check(400 <= other.register().status < 700, "a stranger's registration")


@tests.case("a public identity that is taken away is de-registered at Kamailio's S-CSCF by RTR")
def _(folder):
    users = accounts.generate(2)
    with network(folder, users) as (_, scscf), phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
        equal((a.register().status, b.register().status), (200, 200), "registrations")
        lost = users[1].impus[0]
        check("state: registered" in scscf.ask("ulscscf.showimpu", lost), "Kamailio does not know its registered user")
        users[1].impus = ["sip:another.name@ims.example"]
        path = accounts.provision(folder / "changed.toml", [users[1]])
        equal(ctl("subscriber", "import", str(path))[0], 0, "subscriber import")
        eventually(lambda: "state: registered" not in scscf.ask("ulscscf.showimpu", lost), lambda: scscf.ask("ulscscf.showimpu", lost))
        check("state: registered" in scscf.ask("ulscscf.showimpu", users[0].impus[0]), "another was de-registered, too")


tests.run()
