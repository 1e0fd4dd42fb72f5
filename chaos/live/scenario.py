"""A scenario: topology, load, faults and what must hold, read from TOML. A mistake is told with its file and key."""

import dataclasses
import pathlib
import re
import tomllib
import typing

from .vocabulary import ENDING, KINDS


class wrong(Exception):
    """What is wrong with a scenario's file, in a sentence that names file and key."""


@dataclasses.dataclass
class topology:
    """Which processes there are."""
    nodes: int = 1
    store: str = "file"             # "memory", "file", "redis" or "sentinel"
    replicas: int = 2               # of Redis's master, behind Sentinels
    groups: int = 0                 # service addresses; as many as nodes unless given
    shards: int = 1
    disk: int = 128                 # MiB, of each node
    restart: bool = True            # whether a node that ends by itself is started again, as systemd would
    changes: dict = dataclasses.field(default_factory=dict)    # [topology.node.SECTION]: more of the nodes' configuration


@dataclasses.dataclass
class load:
    """Calls between registered users, all the time."""
    calls_per_second: float = 100
    users: int = 1000
    registrations_per_second: float = 10    # of users who come and go
    held: int = 0                   # calls that are set up before all else and last until the others have ended
    held_per_second: float = 250    # how fast
    ringing: float = 2.0            # seconds
    talking: float = 20.0
    before: float = 10.0            # seconds of load before the first fault
    after: float = 5.0              # and after the last
    witnessed: bool = True          # every message is read at the clients' port, which costs as much as SIPp
    settle: float = 40.0            # after the last call: the longest SIP timer is 32 s


@dataclasses.dataclass
class fault:
    """What breaks, when and for how long. Times are seconds since the first fault may come (load.before)."""
    kind: str
    target: str = ""                # as the vocabulary says; "any node" is drawn anew each time
    to: str = ""                    # the other side of a partition or of loss
    at: float = 0.0
    every: float = 0.0
    times: int = 1
    jitter: float = 0.0             # each comes up to so many seconds later
    lasts: float = 0.0
    one_way: bool = False
    whole: bool = False             # also the parent process that watches over a node, and starts it again
    share: float = 0.0              # of what is lost
    delay: float = 0.0              # of a slow disk, seconds


@dataclasses.dataclass
class limits:
    """What must hold; a figure that is not given is reported and not judged."""
    confirmed_lost: int = 0
    early_lost: int = 0
    unanswered: int = 0             # no final response to an INVITE that nobody has rung for
    refused: int = None             # new calls that got an error
    two_finals: int = 0             # transactions with two different final responses
    two_owners: int = 0
    registrations_failed: int = None    # REGISTERs of those who come and go without a 200
    registrations_differ: int = 0   # from what clients were told
    cdr_missing: int = 0            # of calls that were answered and ended: one a half
    cdr_doubled: int = 0
    left_over: int = 0              # calls, transactions that stay when all is over
    died: int = 0                   # nodes that ended by themselves
    takeover: float = None          # seconds, the longest
    claims: int = None              # groups that went from one node to another
    cpu_ratio: float = None         # the nodes' CPU time a call, over the baseline's
    setup_p99: float = None         # milliseconds, INVITE to 180, over the whole run
    memory_growth: float = None     # MiB over the run, of a node that lived through it


@dataclasses.dataclass
class scenario:
    name: str
    path: str
    about: str = ""
    seed: int = None                # drawn when it is not given; printed
    topology: topology = None
    baseline: topology = None       # the same load is first put on this, without faults, and the CPU time a call compared
    load: load = None
    faults: list = dataclasses.field(default_factory=list)
    limits: limits = None

    @property
    def length(self):
        """Seconds from the first moment of a fault to the end of the last."""
        return max([one.at + (one.times - 1) * one.every + one.jitter + one.lasts for one in self.faults], default=0.0)

    @property
    def seconds(self):
        return self.load.before + self.length + self.load.after


_KINDS_OF_VALUES = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", dict: "a table"}
LONG = 86_400       # seconds
BOUNDS = {"topology.nodes": (1, 9), "topology.replicas": (1, 5), "topology.groups": (0, 64), "topology.shards": (1, 64), "topology.disk": (16, 4096),
          "load.calls_per_second": (0.1, 5000), "load.users": (2, 100_000), "load.registrations_per_second": (0, 1000),
          "load.held": (0, 1_000_000), "load.held_per_second": (1, 5000), "load.ringing": (0, 60), "load.talking": (0, LONG),
          "load.before": (0, LONG), "load.after": (0, LONG), "load.settle": (0, LONG), "faults.at": (0, LONG), "faults.every": (0, LONG),
          "faults.times": (1, 100_000), "faults.jitter": (0, LONG), "faults.lasts": (0, LONG), "faults.share": (0, 1), "faults.delay": (-LONG, LONG)}
STORES = ("memory", "file", "redis", "sentinel")


def read(path):
    path = pathlib.Path(path)
    try:
        with open(path, "rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise wrong(f"{path}: cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise wrong(f"{path}: is not TOML: {error}") from None
    return _scenario(path, tables)


def _scenario(path, tables):
    made = scenario(path.stem, str(path), topology=topology(), load=load(), limits=limits())
    for key, value in tables.items():
        if key == "about":
            made.about = _typed(path, key, value, str)
        elif key == "seed":
            made.seed = _typed(path, key, value, int)
        elif key in ("topology", "baseline", "load", "limits"):
            setattr(made, key, _section(path, key, value))
        elif key == "faults":
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                raise wrong(f"{path}: faults: is not a list of tables; write [[faults]]")
            made.faults = [_fault(path, number, one) for number, one in enumerate(value, 1)]
        else:
            raise wrong(f"{path}: {key}: is not known; there are about, seed, topology, baseline, load, faults and limits")
    for name, top in (("topology", made.topology), ("baseline", made.baseline)):
        if top:
            top.groups = top.groups or made.topology.groups or made.topology.nodes
            _check_topology(path, name, top, made.load)
    _check_whole(path, made)
    return made


def _typed(path, key, value, kind):
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise wrong(f"{path}: {key}: is {value!r}, but {_KINDS_OF_VALUES[kind]} is wanted")
    return value


def _fields(of):
    hints = typing.get_type_hints(of)
    return {("node" if one.name == "changes" else one.name): (one.name, hints[one.name]) for one in dataclasses.fields(of)}


def _filled(path, name, values, of, bounds_of):
    """An `of` with these values, each checked."""
    if not isinstance(values, dict):
        raise wrong(f"{path}: {name}: is {values!r}, but a table is wanted")
    known, given = _fields(of), {}
    for key, value in values.items():
        if key not in known:
            raise wrong(f"{path}: {name}.{key}: is not known; there are {', '.join(sorted(known))}")
        field, kind = known[key]
        given[field] = _typed(path, f"{name}.{key}", value, kind)
        least, most = BOUNDS.get(f"{bounds_of}.{key}", (0, float("inf")) if kind in (int, float) else (None, None))
        if least is not None and not least <= given[field] <= most:
            raise wrong(f"{path}: {name}.{key}: is {value}, but must be from {least:g} to {most:g}")
    return given


def _section(path, name, values):
    of = {"topology": topology, "baseline": topology, "load": load, "limits": limits}[name]
    made = of(**_filled(path, name, values, of, "topology" if of is topology else name))
    if of is topology and made.store not in STORES:
        raise wrong(f"{path}: {name}.store: is {made.store!r}; there are {', '.join(STORES)}")
    if of is topology:
        for section, options in made.changes.items():
            if not isinstance(options, dict):
                raise wrong(f"{path}: {name}.node.{section}: is {options!r}, but a table is wanted: a section of a node's configuration")
    return made


def _fault(path, number, values):
    name = f"faults[{number}]"
    if "kind" not in values:
        raise wrong(f"{path}: {name}.kind: is missing; there are {', '.join(KINDS)}")
    given = _filled(path, name, values, fault, "faults")
    if given["kind"] not in KINDS:
        raise wrong(f"{path}: {name}.kind: is {given['kind']!r}; there are {', '.join(KINDS)}")
    made, kind = fault(**given), KINDS[given["kind"]]
    for key in ("target", "to", "share", "delay", "one_way", "whole"):
        if key in given and key not in kind.takes:
            raise wrong(f"{path}: {name}.{key}: means nothing to {made.kind}, which takes {', '.join(kind.takes)}")
    made.target = made.target or kind.target
    for key in kind.needs:
        if not getattr(made, key):
            raise wrong(f"{path}: {name}.{key}: is missing: {made.kind} {kind.needs[key]}")
    if made.kind in ENDING and "lasts" not in given:
        raise wrong(f"{path}: {name}.lasts: is missing: {made.kind} has to end again")
    if made.kind == "slow-disk" and not 0 < made.delay <= 60:
        raise wrong(f"{path}: {name}.delay: is {made.delay:g}, but must be more than 0 and at most 60")
    if made.times > 1 and made.every <= 0:
        raise wrong(f"{path}: {name}.every: is missing: {made.times} times need their distance in seconds")
    return made


def _check_topology(path, name, top, wanted):
    if wanted.users < 2 * top.groups:
        raise wrong(f"{path}: load.users: is {wanted.users}, but each of {top.groups} service addresses needs a caller and a callee")
    if top.nodes > 1 and top.store not in ("redis", "sentinel"):
        raise wrong(f"{path}: {name}.store: is {top.store!r}, but {top.nodes} nodes need a store that they share: redis or sentinel")


def _check_whole(path, made):
    top = made.topology
    if made.limits.cpu_ratio is not None and not made.baseline:
        raise wrong(f"{path}: limits.cpu_ratio: needs [baseline]: which processes the CPU time is compared with")
    for number, one in enumerate(made.faults, 1):
        for key in ("target", "to"):
            if text := getattr(one, key):
                _check_target(path, f"faults[{number}].{key}", text, one.kind, key, top)


def _check_target(path, key, text, kind, which, top):
    patterns = KINDS[kind].targets if which == "target" else KINDS[kind].others
    if not any(re.fullmatch(pattern, text) for pattern in patterns):
        raise wrong(f"{path}: {key}: is {text!r}, but {kind} takes {_readable(patterns)}")
    if (match := re.search(r"node-(\d+)", text)) and not 1 <= int(match[1]) <= top.nodes:
        raise wrong(f"{path}: {key}: is {text!r}, but there {'is one node' if top.nodes == 1 else f'are {top.nodes} nodes'}")
    if text.startswith(("redis", "sentinel")) and top.store not in ("redis", "sentinel"):
        raise wrong(f"{path}: {key}: is {text!r}, but topology.store is {top.store!r}")
    if text.startswith(("redis-replica", "sentinel")) and top.store != "sentinel":
        raise wrong(f"{path}: {key}: is {text!r}, but topology.store is {top.store!r}: there are neither replicas nor Sentinels")


def _readable(patterns):
    return " or ".join(pattern.replace(r"node-\d+", "node-N").replace(r"\d+", "N") for pattern in patterns)
