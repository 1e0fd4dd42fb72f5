#!/usr/bin/env python3
"""RFC 3263 against a real DNS server: NAPTR, SRV with priorities and weights, A and AAAA, fail-over; RFC 3261 18.1.1."""

import contextlib
import shutil

from lib import accounts, config
from lib.named import named
from lib.node import node, total
from lib.phone import phone
from lib.responder import responder
from lib.suite import check, equal, suite

tests = suite(tools=["named"])
CALLER = accounts.generate(1)[0]


@contextlib.contextmanager
def hop(folder, records, next_hop="sip:carrier.example", **changes):
    """A hop whose next hop is found by DNS, and a phone to send through it."""
    access = ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060", "udp://[::1]:5060", "tcp://[::1]:5060"]
    settings = {"sip": {"access": access, "t1": 100}, "dns": {"servers": ["127.0.0.1:5353"], "timeout": 300, "attempts": 2}}
    for section, options in changes.items():
        settings.setdefault(section, {}).update(options)
    with named(folder, records) as server:
        with node(config.transit_node(folder, next_hop, **settings)) as running, phone(CALLER, ("127.0.0.1", 5060)) as ue:
            ue.dns, ue.node = server, running
            yield ue


def send(ue, size=0):
    """One MESSAGE through the hop; returns its final response."""
    return ue.transact(ue.initial("MESSAGE", "sip:bob@far.example", routes=[], body=b"x" * size, content="text/plain"), timeout=12)


NAPTR = """\
@ IN NAPTR 10 50 "s" "SIP+D2T" "" _sip._tcp.carrier.example.
@ IN NAPTR 20 50 "s" "SIP+D2U" "" _sip._udp.carrier.example.
"""
ONE, TWO = "one IN A 127.0.0.11\n", "two IN A 127.0.0.12\n"


@tests.case("NAPTR chooses the transport that the domain prefers")
def _(folder):
    records = NAPTR + "_sip._tcp IN SRV 1 1 5070 one\n_sip._udp IN SRV 1 1 5070 two\n" + ONE + TWO
    with hop(folder, records) as ue, responder("127.0.0.11", 5070) as preferred, responder("127.0.0.12", 5070) as other:
        equal(send(ue).status, 200, "status")
        equal((len(preferred.tcp_requests), len(preferred.udp_requests), len(other.requests)), (1, 0, 0), "requests")


@tests.case("without NAPTR the SRV of the transport in use counts, with its port")
def _(folder):
    with hop(folder, "_sip._udp IN SRV 1 1 5075 one\n" + ONE) as ue, responder("127.0.0.11", 5075) as far:
        equal(send(ue).status, 200, "status")
        equal(len(far.udp_requests), 1, "requests by UDP")


@tests.case("without SRV the address counts, at port 5060")
def _(folder):
    with hop(folder, "@ IN A 127.0.0.11\n") as ue, responder("127.0.0.11", 5060) as far:
        equal(send(ue).status, 200, "status")
        equal(len(far.udp_requests), 1, "requests by UDP")


@tests.case("a port in the URI means no SRV look-up")
def _(folder):
    records = "@ IN A 127.0.0.11\n_sip._udp IN SRV 1 1 5075 two\n" + TWO
    with hop(folder, records, "sip:carrier.example:5080") as ue, responder("127.0.0.11", 5080) as right, responder("127.0.0.12", 5075) as wrong:
        equal(send(ue).status, 200, "status")
        equal((len(right.requests), len(wrong.requests)), (1, 0), "requests")


@tests.case("an IPv6 address is used")
def _(folder):
    with hop(folder, "@ IN AAAA ::1\n", "sip:carrier.example:5090") as ue, responder("::1", 5090) as far:
        equal(send(ue).status, 200, "status")
        equal(len(far.udp_requests), 1, "requests")


@tests.case("weights share the load as RFC 2782 says")
def _(folder):
    records = "_sip._udp IN SRV 1 75 5070 one\n_sip._udp IN SRV 1 25 5070 two\n" + ONE + TWO
    with hop(folder, records) as ue, responder("127.0.0.11", 5070) as heavy, responder("127.0.0.12", 5070) as light:
        for _ in range(200):
            equal(send(ue).status, 200, "status")
        share = len(heavy.requests) / 200
        check(0.75 - 0.18 < share < 0.75 + 0.18, f"three quarters were to go to the heavier target, {share:.0%} did")


@tests.case("a target that is not there is left for the next one")
def _(folder):
    records = "_sip._udp IN SRV 1 1 5070 one\n_sip._udp IN SRV 2 1 5070 two\n" + ONE + TWO
    with hop(folder, records) as ue, responder("127.0.0.12", 5070) as second:
        equal(send(ue).status, 200, "status")
        equal(len(second.requests), 1, "requests at the second target")


@tests.case("a target that answers 503 is left for the next one")
def _(folder):
    records = "_sip._udp IN SRV 1 1 5070 one\n_sip._udp IN SRV 2 1 5070 two\n" + ONE + TWO
    with hop(folder, records) as ue, responder("127.0.0.11", 5070, status=503) as first, responder("127.0.0.12", 5070) as second:
        equal(send(ue).status, 200, "status")
        equal((len(first.requests), len(second.requests)), (1, 1), "requests")


@tests.case("a silent target is left for the next one when its transaction times out")
def _(folder):
    records = "_sip._udp IN SRV 1 1 5070 one\n_sip._udp IN SRV 2 1 5070 two\n" + ONE + TWO
    with hop(folder, records) as ue, responder("127.0.0.11", 5070, status=0) as silent, responder("127.0.0.12", 5070) as second:
        equal(send(ue).status, 200, "status")
        check(len(silent.requests) >= 1 and len(second.requests) >= 1, "both targets see the request")


@tests.case("a request above 1,300 octets goes by TCP")
def _(folder):
    with hop(folder, "@ IN A 127.0.0.11\n") as ue, responder("127.0.0.11", 5060) as far:
        equal(send(ue, 100).status, 200, "the small one")
        equal(send(ue, 2000).status, 200, "the large one")
        equal((len(far.udp_requests), len(far.tcp_requests)), (1, 1), "requests by UDP and TCP")


@tests.case("a request above 1,300 octets falls back to UDP where there is no TCP")
def _(folder):
    with hop(folder, "@ IN A 127.0.0.11\n") as ue, responder("127.0.0.11", 5060, tcp=False) as far:
        equal(send(ue, 2000).status, 200, "status")
        equal(len(far.udp_requests), 1, "requests by UDP")


@tests.case("a name that does not exist is a clear status, at once")
def _(folder):
    with hop(folder, "", "sip:nobody.carrier.example") as ue:
        answer = send(ue)
        check(answer.status in (404, 500, 502, 503, 504), f"an unknown next hop: {answer.start_line}")


@tests.case("a DNS server that is silent is a clear status, in bounded time, and counted")
def _(folder):
    with hop(folder, ONE, "sip:one.carrier.example") as ue:
        ue.dns.stop()
        answer = send(ue)
        check(500 <= answer.status < 600, f"no DNS: {answer.start_line}")
        check(total(ue.node.metrics(), 'troupe_dropped_total{.*reason="dns"') > 0, "it is not counted")


tests.run()
