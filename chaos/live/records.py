"""The charging records that the nodes have left: read from their files or from Redis's streams, and held against the calls."""

import collections
import json

ROLES = ("originating", "terminating")


def of_files(disks):
    """(records, what cannot be read) of the files on these disks."""
    found, faults = [], []
    for one in disks:
        for path in sorted(one.path.glob("cdr/cdr-*.jsonl")):
            _take(path.read_text(errors="replace").splitlines(), f"{one.path.name}'s {path.name}", found, faults)
    return found, faults


def of_streams(server):
    """(records, what cannot be read) of all groups' streams."""
    found, faults = [], []
    for key in server.ask("KEYS", "*:cdr", timeout=10):
        lines = [dict(zip(fields[::2], fields[1::2])).get("record", "") for _, fields in server.ask("XRANGE", key, "-", "+", timeout=60)]
        _take(lines, key, found, faults)
    return found, faults


def _take(lines, where, found, faults):
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            record["id"], record["type"], record["call_id"], record["role"]     # noqa: B018  (must be there)
            found.append(record)
        except (ValueError, KeyError, TypeError):
            faults.append(f"charging record {number} of {where} cannot be read: {line[:80]!r}")


def missing(calls, records):
    """Calls that were answered and ended, and have no record of a half: sentences."""
    there = {(one["call_id"], one["role"]) for one in records if one["type"] == "session"}
    return [f"{call.id}: no {role} session; {call.describe()}" for call in calls.values() if call.verdict == "complete" and call.answered is not None
            for role in ROLES if (call.id, role) not in there]


def doubled(records):
    """Records that are there twice, by their id or because a half of one call has one already: sentences."""
    ids, halves = collections.Counter(), collections.Counter()
    out = []
    for one in records:
        ids[one["id"]] += 1
        half = one["call_id"], one["node"], one["role"], one["type"]
        halves[half] += 1
        if ids[one["id"]] > 1:
            out.append(f"{one['call_id']}: {one['role']} {one['type']} {one['id']} again")
        elif halves[half] > 1 and one["type"] == "session":
            out.append(f"{one['call_id']}: another {one['role']} session, {one['id']}: {one.get('cause')} at {one.get('ended_at')}")
    return out
