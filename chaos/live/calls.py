"""The calls that are made while things break: their SIPp scenarios, and the verdict on each from SIPp's own notes.

A phone's patience is RFC 3261's: an INVITE is repeated for 64*T1, an answer is awaited as long, and so is the 200 to a
BYE. A call of which that does not come is lost; how far it had come says what was lost.
"""

import dataclasses
import re

from lib.scenario import FIRST_ROUTE_FIELD, INVITED, ack_failure, document, initial, jump, label, note, ok, pause, pause_of, recv, sdp, to_invite, within

from . import clock

PATIENCE = 35_000       # milliseconds: 64*T1 is 32 s, and SIPp's clock and ours need not agree to the last
REPEATED = 33_000       # for so long a callee answers a repeated BYE: timer J
REFUSALS = (400, 403, 404, 408, 420, 430, 480, 481, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603, 606)


def caller(pieces):
    """How long he talks stands in his row, behind the `pieces` of the Service-Route."""
    asked = initial("INVITE", pieces, body=sdp(49170))
    steps = [
        note("invited"), asked, recv(100, optional=True, notes="trying"),
        *(recv(status, optional=True, jump="refused", notes=f"refused-{status}") for status in REFUSALS),
        recv(180, optional=True, notes="rang"), recv(200, routes=True, timeout=PATIENCE, notes="answered"), within("ACK", 1),
        *pause_of(FIRST_ROUTE_FIELD + pieces), note("ending"), within("BYE", 2),
        *(recv(status, optional=True, jump="over", notes=f"bye-{status}") for status in REFUSALS),
        recv(200, timeout=PATIENCE, notes="ended"), jump("over")]
    back = len(steps) - steps.index(asked)
    return document("chaos caller", *steps, label("refused"), ack_failure(back, pieces), label("over"), pause(1))


def callee(ringing, talking):
    """Answers a BYE as often as it comes: who repeats it after a crash may use a new branch."""
    life = round(talking * 1000) + 2 * PATIENCE
    return document(
        "chaos callee", recv("INVITE", keep=INVITED), note("called"), to_invite(180), pause(round(ringing * 1000)),
        to_invite(200, body=sdp(49180), repeat=True), recv("ACK", optional=True, notes="confirmed"), recv("BYE", timeout=life, notes="hung-up"),
        label("again"), ok(), recv("BYE", timeout=REPEATED, late="over"), jump("again"), label("over"), pause(1))


@dataclasses.dataclass
class call:
    """What a caller and his callee have seen of one call; moments in boot time, None for what has not happened."""
    id: str
    invited: float = None
    trying: float = None
    rang: float = None
    answered: float = None
    ending: float = None
    ended: float = None
    refused: tuple = None       # (status, moment)
    bye_refused: tuple = None
    called: float = None
    confirmed: float = None

    @property
    def verdict(self):
        if self.ended is not None:
            return "complete"
        if self.answered is not None:
            return "confirmed lost"
        if self.rang is not None:
            return "early lost"
        if self.refused is not None:
            return "refused"
        return "unanswered"

    @property
    def lost_at(self):
        """The last moment at which it was well."""
        return max(one for one in (self.invited, self.trying, self.rang, self.answered, self.ending) if one is not None)

    def describe(self, began=0.0):
        """What happened when, in seconds since `began`."""
        seen = [(name, getattr(self, name)) for name in WORDS if getattr(self, name) is not None]
        seen += [(f"{what} {one[0]}", one[1]) for what, one in (("refused", self.refused), ("BYE refused", self.bye_refused)) if one]
        return f"{self.id}: " + ", ".join(f"{name} {moment - began:.3f}" for name, moment in sorted(seen, key=lambda one: one[1]))


LINE = re.compile(r"^([a-z]+)(?:-([a-z]+|\d+))? (\S+) (\d+\.?\d*) (\d+\.?\d*)\s*$")
WORDS = ("invited", "trying", "rang", "answered", "ending", "ended", "called", "confirmed")


def read(texts):
    """{Call-ID: call} of the logs of all callers and callees."""
    calls = {}
    for text in texts:
        for line in text.splitlines():
            if match := LINE.match(line):
                word, more, call_id, seconds, microseconds = match.groups()
                _take(calls.setdefault(call_id, call(call_id)), word, more, clock.of_wall(float(seconds) + float(microseconds) / 1e6))
    return calls


def _take(one, word, more, moment):
    if word in WORDS:
        if getattr(one, word) is None:
            setattr(one, word, moment)
    elif word == "refused":
        one.refused = (int(more), moment)
    elif word == "bye":
        one.bye_refused = (int(more), moment)
