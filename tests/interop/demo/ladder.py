"""A call drawn as a ladder: caller on the left, the core in the middle, callee on the right."""

import dataclasses
import difflib
import pathlib

WIDTH = 34


@dataclasses.dataclass
class rung:
    """One message: which phone, whether towards the core, what, and when (milliseconds)."""
    side: str               # "left" or "right"
    towards_core: bool
    label: str
    at: float = 0.0


def _label(what):
    if what.is_request:
        body = " (SDP)" if what.body and "sdp" in (what.get("Content-Type") or "") else ""
        credentials = what.get("Authorization") or ""
        if what.method == "REGISTER":
            leaving = " (leaves)" if what.get("Expires") == "0" else ""
            return "REGISTER" + (" (RES)" if 'response=""' not in credentials else "") + leaving
        return what.method + body
    body = " (SDP)" if what.body else ""
    challenge = " (RAND, AUTN)" if what.status == 401 else ""
    return f"{what.status} {what.method}" + body + challenge


def lines(story, left, right):
    """The rungs in an order that does not depend on races: between two sendings what arrives at the left comes first."""
    start = story.events[0][0] if story.events else 0
    ordered, waiting = [], []
    for when, who, direction, what in sorted(story.events, key=lambda event: event[0]):
        one = rung("left" if who is left else "right", direction == "sent", _label(what), (when - start) * 1000)
        if one.towards_core:
            ordered += sorted(waiting, key=lambda r: r.side) + [one]
            waiting = []
        else:
            waiting.append(one)
    return ordered + sorted(waiting, key=lambda r: r.side)


def _arrow(label, rightwards):
    body = f" {label} ".center(WIDTH - 1, "-")
    return body + ">" if rightwards else "<" + body


def draw(rungs, left, core, right, times=True):
    """The ladder as text lines."""
    gap = " " * WIDTH
    out = [f"{left:^9}{core:^{2 * WIDTH - 7}}{right:^9}" + ("      ms" if times else "")]
    for one in rungs:
        arrow = _arrow(one.label, rightwards=(one.side == "left") == one.towards_core)
        first, second = (arrow, gap) if one.side == "left" else (gap, arrow)
        out.append(f"    |{first}|{second}|    " + (f"{one.at:8.1f}" if times else ""))
    return [line.rstrip() for line in out]


def masked(rungs):
    return draw(rungs, "phone A", "troupe", "phone B", times=False)


def difference(rungs, golden):
    """What differs from the golden file, or None."""
    wanted = pathlib.Path(golden).read_text().splitlines()
    delta = list(difflib.unified_diff(wanted, masked(rungs), "ladder.golden", "this call", lineterm=""))
    return AssertionError("the ladder differs:\n" + "\n".join(delta)) if delta else None
