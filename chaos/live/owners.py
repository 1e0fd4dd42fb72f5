"""The oracle of owners: egress logs of all nodes must show that nobody spoke for a group whose successor had spoken.

A node appends a line of JSON for each stretch of time in which it sent for a group under one token:

  {"group":3,"generation":1,"epoch":7,"incarnation":2,"node":1,"from":81234567,"to":81240021}

`from` and `to` are milliseconds of CLOCK_BOOTTIME of the first and the last message. All nodes are on one machine, so that
their times compare (docs/decisions/cluster.md, 27). A crash may cut the last line short.
"""

import dataclasses
import json

FIELDS = ("group", "generation", "epoch", "incarnation", "node", "from", "to")


class unreadable(Exception):
    """A log that cannot be judged, and where."""


@dataclasses.dataclass(frozen=True)
class stretch:
    group: int
    generation: int
    epoch: int
    incarnation: int
    node: int
    first: int
    last: int

    @property
    def token(self):
        return self.generation, self.epoch

    @property
    def owner(self):
        return self.node, self.incarnation

    def __str__(self):
        return (f"node {self.node} (incarnation {self.incarnation}) under generation {self.generation}, epoch {self.epoch}"
                f" from {self.first} to {self.last} ms")


def read(text, name="egress log"):
    """The stretches of one node's log."""
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_stretch(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):        # no line end: the node died while it wrote
                break
            raise unreadable(f"{name}:{number}: {error}: {line[:120]}") from None
    return found


def _stretch(table):
    values = [table[field] for field in FIELDS]
    if not all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in values):
        raise ValueError("a value is not a whole number")
    made = stretch(*values)
    if made.last < made.first:
        raise ValueError("it ends before it begins")
    return made


def claims(stretches, since):
    """A sentence for each time after `since` (milliseconds) that a group began to speak through another life of a node."""
    found, speaks = [], {}
    for one in sorted(stretches, key=lambda one: (one.group, one.token, one.first)):
        before = speaks.get(one.group)
        if before and before.owner != one.owner and one.first > since:
            found.append(f"group {one.group}: {one}, before it node {before.node} (incarnation {before.incarnation})")
        speaks[one.group] = one
    return found


def two_owners(stretches):
    """A sentence for each time that a group had two: a token that spoke after a later one had, or one token with two owners."""
    found = []
    for group in sorted({one.group for one in stretches}):
        mine = sorted((one for one in stretches if one.group == group), key=lambda one: (one.token, one.first))
        found += _shared_tokens(group, mine) + _late_voices(group, mine)
    return found


def _shared_tokens(group, mine):
    holders, found = {}, []
    for one in mine:
        first = holders.setdefault(one.token, one)
        if first.owner != one.owner:
            found.append(f"group {group}: {one} has the token of {first}")
    return found


def _late_voices(group, mine):
    """Within one millisecond the order is not known, and taken to be right."""
    found, latest, token = [], None, None
    pending = None
    for one in mine:
        if one.token != token:
            latest, token = pending, one.token
        if latest and latest.last > one.first:
            found.append(f"group {group}: {latest} still spoke when {one} did: {latest.last - one.first} ms")
        if pending is None or one.last > pending.last:
            pending = one
    return found
