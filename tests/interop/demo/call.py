#!/usr/bin/env python3
"""Two demo phones register with IMS AKA, one calls the other with preconditions, both leave again.

  call.py [--target 127.0.0.1:5060] [--subscribers config/profiles/demo-subscribers.toml] [--ladder]
          [--caller IMPI] [--callee IMPI] [--transport udp|tcp] [--check] [--trace] [--json FILE]

--ladder  print the call as a ladder with timings (milliseconds since the first message)
--check   compare the ladder, without its times, with ladder.golden beside this program
--trace   print every message whole
Exit status 0 only when every message came as it should.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))

import ladder
from lib import accounts
from lib.leg import hang_up, leg, sdp
from lib.phone import phone, trace

RELIABLE = [("Require", "100rel"), ("RSeq", "1")]
OFFERED = [("Supported", "100rel, precondition, timer"), ("Allow", "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, OPTIONS, MESSAGE"),
           ("Accept-Contact", '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel"'),
           ("P-Preferred-Service", "urn:urn-7:3gpp-service.ims.icsi.mmtel")]


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--target", default="127.0.0.1:5060", help="where the phones send to")
    parser.add_argument("--subscribers", default=ROOT / "config/profiles/demo-subscribers.toml")
    parser.add_argument("--caller", default="001010000000001@ims.example")
    parser.add_argument("--callee", default="001010000000002@ims.example")
    parser.add_argument("--transport", default="udp", choices=["udp", "tcp"])
    parser.add_argument("--ladder", action="store_true", help="print the ladder")
    parser.add_argument("--check", action="store_true", help="compare the ladder with ladder.golden")
    parser.add_argument("--trace", action="store_true", help="print every message")
    parser.add_argument("--json", help="write the ladder's lines to this file")
    return parser.parse_args()


def register(ue):
    """REGISTER, 401 with RAND and AUTN, REGISTER with RES, 200 (TS 24.229 clause 5.1.1)."""
    answer = ue.register()
    if answer.status != 200:
        raise AssertionError(f"{ue.name} cannot register: {answer.start_line}")
    if ue.account.k and ue.session.vector is None:
        raise AssertionError(f"{ue.name} was not challenged with AKA but with {ue.session.algorithm}")
    if not ue.service_route or not ue.associated:
        raise AssertionError(f"{ue.name}: the 200 to REGISTER lacks Service-Route or P-Associated-URI")


def check_challenge(story):
    """The keys of the session never reach a phone (TS 24.229 clause 5.2.2)."""
    for _, who, _, what in story.events:
        challenge = what.get("WWW-Authenticate") or ""
        if "ck=" in challenge or "ik=" in challenge:
            raise AssertionError(f"{who.name} was sent ck or ik in a 401")


def set_up(a, b):
    """The call with preconditions: RFC 3312, 3262, 3311; TS 24.229 clause 5.1.3 and 5.1.4."""
    caller = leg.to(a, b.account.uri, body=sdp(qos=("none", "none", "mandatory")), extra=OFFERED)
    caller.expect(100)
    callee = leg.of(b)
    callee.answer(183, body=sdp(49180, qos=("none", "none", "mandatory")), extra=RELIABLE)
    acknowledged = caller.prack(caller.expect(183))
    callee.answer(200, request=callee.hear("PRACK"))
    caller.expect(200, request=acknowledged)
    ready = caller.start("UPDATE", body=sdp(qos=("sendrecv", "none", "mandatory"), version=2))
    callee.answer(200, request=callee.hear("UPDATE"), body=sdp(49180, qos=("sendrecv", "sendrecv", "mandatory"), version=2))
    caller.expect(200, request=ready)
    callee.answer(180)
    caller.expect(180)
    callee.answer(200)
    caller.expect(200)
    caller.ack()
    callee.hear("ACK")
    return caller, callee


def check_identities(callee, a):
    """The caller is asserted by the network, not by itself (RFC 3325; TS 24.229 clause 5.2.6.3)."""
    asserted = callee.invite.all("P-Asserted-Identity")
    if not any(a.account.uri in value for value in asserted):
        raise AssertionError(f"the callee was told P-Asserted-Identity {asserted}, wanted {a.account.uri}")
    if callee.invite.get("P-Preferred-Identity"):
        raise AssertionError("P-Preferred-Identity reached the callee")


def play(a, b):
    register(a)
    register(b)
    caller, callee = set_up(a, b)
    check_identities(callee, a)
    hang_up(caller, callee)
    for ue in (a, b):
        answer = ue.deregister()
        if answer.status != 200:
            raise AssertionError(f"{ue.name} cannot de-register: {answer.start_line}")
    check_challenge(a.story)


def main():
    given = options()
    host, _, port = given.target.rpartition(":")
    known = {one.impi: one for one in accounts.load(given.subscribers)}
    story = trace()
    failure = None
    with phone(known[given.caller], (host.strip("[]"), int(port)), transport=given.transport, name="phone A", story=story) as a, \
            phone(known[given.callee], (host.strip("[]"), int(port)), transport=given.transport, name="phone B", story=story) as b:
        try:
            play(a, b)
        except (AssertionError, OSError) as error:
            failure = error
        lines = ladder.lines(story, a, b)
    if given.trace:
        print(story.dump())
    if given.ladder:
        print("\n".join(ladder.draw(lines, "phone A", "troupe", "phone B")))
    if given.json:
        pathlib.Path(given.json).write_text(json.dumps([line.__dict__ for line in lines], indent=1) + "\n")
    if failure is None and given.check:
        failure = ladder.difference(lines, HERE / "ladder.golden")
    if failure:
        print(f"call.py: {failure}", file=sys.stderr)
        return 1
    print(f"{given.caller} registered, called {given.callee}, and both left again: {len(lines)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
