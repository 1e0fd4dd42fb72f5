#!/usr/bin/env python3
"""Times calls or registrations one after the other, a few a second, until a line comes on standard input.

  probe.py call | register IMPI PASSWORD

A call's time is from the INVITE to its 180; a registration's is both round trips, without what the prober computes
in between. Arrival times are the kernel's. Prints {"ms": [...], "failed": n}.
"""

import json
import select
import sys
import time

from servers import DOMAIN
from lib import digest
from lib.accounts import account
from lib.leg import leg, sdp
from lib.phone import phone, trace

EVERY = 0.02


class arrival_times(trace):
    """Remembers only when the last message was sent and the last one came."""

    def record(self, when, who, direction, what):
        if direction == "sent":
            self.sent_at = when
        else:
            self.received_at = when


def one_call(ue, times):
    out = leg.to(ue, "sip:callee@127.0.0.1:5060", body=sdp(), routes=[])
    sent = times.sent_at
    out.expect(180, 3)
    took = times.received_at - sent
    out.expect(200, 3)
    out.ack()
    out.bye(3)
    return took


def one_registration(ue, times):
    took = 0.0
    ue.session = None
    for wanted in (401, 200):
        answer = ue.transact(ue.register_request(), 3)
        took += times.received_at - times.sent_at
        if answer.status != wanted:
            raise AssertionError(answer.start_line)
        if wanted == 401:
            ue.session = digest.session(ue.account, answer.get("WWW-Authenticate"))
    return took


def main():
    kind, times = sys.argv[1], arrival_times()
    who = account("prober@" + DOMAIN, ["sip:prober@" + DOMAIN]) if kind == "call" else account(
        sys.argv[2], ["sip:" + sys.argv[2]], password=sys.argv[3])
    work = one_call if kind == "call" else one_registration
    taken, failed = [], 0
    with phone(who, ("127.0.0.1", 5060), story=times) as ue:
        while not select.select([sys.stdin], [], [], 0)[0]:
            began = time.monotonic()
            try:
                taken.append(work(ue, times) * 1000)
            except AssertionError:
                failed += 1
            ue.inbox.clear()
            ue.seen.clear()
            time.sleep(max(0.0, EVERY - (time.monotonic() - began)))
    print(json.dumps({"ms": taken, "failed": failed}))


main()
