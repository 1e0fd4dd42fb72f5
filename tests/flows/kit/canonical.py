"""The canonical form of what an actor received: docs/conformance/canonical-form.md says what is masked, and why."""

import itertools
import re

from lib.message import split_values

HOPS = {"via", "record-route", "path"}
LEFT_OUT = {"max-forwards", "content-length", "call-id"}
OUR_HOSTS = r"(?:127\.0\.0\.[123]:50\d\d|127\.0\.0\.[123]|\[::[123]\]:50\d\d|\[::[123]\]|scscf\.ims\.example|[\w-]+\.invalid)"
COMPACT = {"v": "via", "f": "from", "t": "to", "m": "contact", "i": "call-id", "l": "content-length", "c": "content-type",
           "k": "supported", "x": "session-expires"}

MASKS = [
    (r'(?i)\b399 troupe "[^"]*"', '399 troupe "*"'),
    (r"(?i)(branch|tag|icid-value|icid-generated-at|nonce|opaque|cnonce)=(\"[^\"]*\"|[^;,\s>]+)", r"\1=*"),
    (rf"(?i)sip:(?:[0-9a-v]{{20,}}@)?{OUR_HOSTS}(;transport=\w+)?(;lr)?", "sip:{our hop}"),
    (r"(?i)\brport=\d+", "rport=*"),
    (r"\b192\.0\.2\.9:\d+", "192.0.2.9:*"),
    (r"(?i)sip:tgruu\.[^@]+@", "sip:tgruu.*@"),
    (r"(?i)urn:uuid:[0-9a-f-]{36}", "urn:uuid:*"),
    (r"(?i)\b(id=\")(?:c\d+-)?r?[0-9a-f]+(\")", r"\1*\2"),
    (r"(?i)\b(callid=\")[^\"]*(\")", r"\1*\2"),
]
REMAINING = re.compile(r"(?i)\b((?:duration-registered|expires)=\"?)(\d+)")


def rounded(found):
    """What is left of a time depends on when it is looked at: to half a minute."""
    return f"{found.group(1)}{round(int(found.group(2)) / 30) * 30}"


def masked(text, addresses):
    for address, name in addresses:
        text = text.replace(address, name)
    for pattern, into in MASKS:
        text = re.sub(pattern, into, text)
    return REMAINING.sub(rounded, text)


def of_message(what, addresses):
    values = {}
    for name, value in what.headers:
        name = COMPACT.get(name.lower(), name.lower())
        if name not in LEFT_OUT:
            values.setdefault(name, []).extend(split_values(value) if name not in ("www-authenticate", "authorization", "warning", "date") else [value])
    lines = [masked(what.start_line, addresses)]
    for name in sorted(values):
        kept = [masked(value, addresses) for value in values[name]]
        if name == "via" and what.is_request:
            kept = ["{hops}"]
        elif name == "via":
            kept = list(dict.fromkeys("{our hop}" if re.search(OUR_HOSTS, value.split(";")[0]) else value for value in kept))
        elif name in HOPS and name != "via":
            kept = list(dict.fromkeys("<sip:{our hop}>" if "{our hop}" in value else value for value in kept))
        elif name == "route":       # of a dialog whose Record-Route was merged
            kept = [value for value, _ in itertools.groupby(kept)]
        lines += [f"{name}: {value}" for value in kept]
    lines.append("")
    lines.append(masked(what.body.decode("utf-8", "backslashreplace"), addresses))
    return "\n".join(lines)


def of_cast(actors):
    """{actor's name: [messages]}: those of one transaction in their order, transactions by call and CSeq.

    Transactions run beside each other and have no order among themselves, so they are sorted. 100 is a hop's own.
    """
    addresses = sorted(((one.wire.host_port, "{" + one.name + "}") for one in actors), key=lambda pair: -len(pair[0]))
    calls = {}
    for _, _, _, what in actors[0].story.events if actors else ():
        calls.setdefault(what.call_id, len(calls))
    seen = {}
    for _, who, direction, what in actors[0].story.events if actors else ():
        if direction == "received" and what.status != 100:
            group = (calls[what.call_id], what.cseq[0], what.cseq[1], what.is_request)
            seen.setdefault(who.name, {}).setdefault(group, []).append(of_message(what, addresses))
    return {name: [text for group in sorted(groups) for text in groups[group]] for name, groups in sorted(seen.items())}


def difference(fused, split):
    """Empty when both saw the same; else the first message that differs, line by line."""
    for name in sorted(set(fused) | set(split)):
        a, b = fused.get(name, []), split.get(name, [])
        for one, other in zip(a, b):
            if one != other:
                return f"{name} received\n" + "\n".join(_lines(one, other))
        if len(a) != len(b):
            longer, where = (a, "fused") if len(a) > len(b) else (b, "split")
            return f"{name} received {len(a)} messages fused, {len(b)} split; only {where}:\n" + longer[min(len(a), len(b))]
    return ""


def _lines(one, other):
    a, b = one.split("\n"), other.split("\n")
    yield f"  {a[0]}"
    yield from (f"  fused only: {line}" for line in a if line not in b)
    yield from (f"  split only: {line}" for line in b if line not in a)
    if sorted(a) == sorted(b) or (set(a) == set(b)):
        yield "  (the same lines, in another order or number)"
