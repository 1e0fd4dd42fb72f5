"""One scenario from the first process to the last: builds its world, loads it, breaks it, waits until all is over, and hands
back what was seen.
"""

import dataclasses
import pathlib
import random
import threading
import time

from lib import process

from . import clock, schedule
from .faults import injector
from .load import load
from .nodes import wait_until
from .takeover import probing
from .witness import witness
from .world import world

PATIENCE = 150          # seconds for the last calls to end: talking comes on top


@dataclasses.dataclass
class observation:
    """All that is judged and shown."""
    scenario: object
    seed: int
    folder: pathlib.Path
    began: float = 0.0                                      # boot time: the first call
    loaded: float = 0.0                                     # the last call was over
    ended: float = 0.0
    calls: dict = dataclasses.field(default_factory=dict)
    events: list = dataclasses.field(default_factory=list)
    outages: list = dataclasses.field(default_factory=list)     # moments at which nodes were taken away
    probes: dict = dataclasses.field(default_factory=dict)
    nodes: list = dataclasses.field(default_factory=list)       # {name, ups, deaths, before, after, memory}
    finals: dict = dataclasses.field(default_factory=dict)      # what the witness saw
    told: dict = dataclasses.field(default_factory=dict)        # IMPU: Contact that the network accepted
    churn: tuple = (0, 0)                                       # registrations of those who come and go; failed ones
    unknown: set = dataclasses.field(default_factory=set)       # IMPUs whose phones cannot know
    registered: dict = dataclasses.field(default_factory=dict)  # IMPU: Contacts that it says it has
    egress: list = dataclasses.field(default_factory=list)
    records: list = None                                    # charging records; None: they could not be read
    sipp: dict = dataclasses.field(default_factory=dict)
    steal: float = 0.0                                      # of the machine's time, taken by its host
    busy: float = 0.0
    users_before: int = 0                                   # registered before the first call
    redis_before: dict = None                               # records by kind
    redis_after: dict = None
    cpu: list = dataclasses.field(default_factory=list)         # {what: seconds} when the load began, and when the last call was over
    baseline: object = None                                 # the observation of the same load on the scenario's baseline
    faults: list = dataclasses.field(default_factory=list)      # of the harness itself: what it could not do


def run(scenario, folder, show, seed=None):
    """The observation; `show(text)` gets the progress."""
    if scenario.baseline:
        (before := folder / "baseline").mkdir()
        against = dataclasses.replace(scenario, topology=scenario.baseline, baseline=None, faults=[])
        baseline = run(against, before, lambda text: show(f"baseline: {text}"), seed)
    seed = seed if seed is not None else scenario.seed if scenario.seed is not None else random.SystemRandom().randrange(1 << 32)
    seen = observation(scenario, seed, folder)
    callers = load(scenario.load, scenario.topology.groups, folder, None)
    there = world(scenario, folder, callers.everyone)
    for one in callers.crowds:
        one.clients = there.clients
    try:
        show(f"seed {seed}: starting {scenario.topology.nodes} node(s), store: {scenario.topology.store}")
        there.start()
        _experiment(seen, there, callers, show)
    finally:
        callers.stop()
        there.end()
    seen.baseline = baseline if scenario.baseline else None
    return seen


def _experiment(seen, there, callers, show):
    show(f"registering {seen.scenario.load.users} users")
    seen.told = callers.register()
    seen.users_before = len(seen.told)
    time.sleep(1)
    seen.nodes = [{"name": one.name, "before": one.gauges(), "memory_before": one.pss(), "pid": one.serving()} for one in there.nodes]
    seen.redis_before = there.redis.stored() if there.redis else None
    watching, asking = witness(there.clients, seen.folder) if seen.scenario.load.witnessed else None, probing(seen.scenario.topology.groups, seen.folder, there.clients)
    machine = _machine()
    try:
        _break(seen, there, callers, show)
        _wait_for_calls(seen, there, callers, show)
        asking.stop()
        _wait_for_timers(there, round(seen.scenario.load.settle), show)
    finally:
        callers.stop()
        asking.stop()
        seen.finals = watching.stop() if watching else {}
        seen.steal, seen.busy = _shares(machine, _machine())
        seen.ended = clock.now()
        seen.calls, seen.probes, seen.outages = callers.calls(), asking.answers(), there.outages
        seen.sipp = callers.figures()
        told, seen.unknown, *seen.churn = callers.churn.judged()
        seen.told = seen.told | told
    _look_afterwards(seen, there)


def _break(seen, there, callers, show):
    callers.start(seen.scenario.seconds, show)
    seen.cpu.append(_cpu(there))
    seen.began = clock.now()
    breaking = injector(there)
    seen.events = breaking.events
    planned = schedule.of(seen.scenario, seen.seed)
    injecting = threading.Thread(target=breaking.run, args=(planned, seen.began), daemon=True)
    injecting.start()
    try:
        while clock.now() < seen.began + seen.scenario.seconds or injecting.is_alive():
            _watch(seen, there, callers, show)
    finally:
        breaking.stop()
        injecting.join()


def _wait_for_calls(seen, there, callers, show):
    """The last calls end, or their phones lose patience."""
    end = time.monotonic() + callers.longest + seen.scenario.load.ringing + PATIENCE
    while callers.running() and time.monotonic() < end:
        _watch(seen, there, callers, show)
    if callers.running():
        seen.faults.append("SIPp did not end: calls are left that neither ended nor failed")
    seen.loaded = clock.now()
    seen.cpu.append(_cpu(there))


def _wait_for_timers(there, seconds, show):
    for left in range(seconds, 0, -1):
        _tend(there)
        show(f"waiting {left} s for the last timers")
        time.sleep(1)


def _watch(seen, there, callers, show):
    _tend(there)
    now, elapsed = callers.figures(), clock.now() - seen.began
    rate = (now["made"] - seen.sipp.get("made", 0)) / max(0.5, elapsed - seen.sipp.get("at", 0.0)) if seen.sipp else 0.0
    seen.sipp = now | {"at": elapsed}
    show(f"{elapsed:5.0f} s  {rate:5.0f} calls/s  {now['now']:5} in progress  {now['done']:6} done  {now['failed']:4} failed"
         f"  {sum(not one.about for one in seen.events):3} faults{'  ' + seen.events[-1].name if seen.events else ''}")
    time.sleep(1)


def _tend(there):
    """A node that has ended by itself is started again, and it is remembered."""
    for one in there.nodes:
        if one.died() and there.topology.restart:
            try:
                one.start()
            except AssertionError as error:
                (there.folder / f"{one.name}.restart-failed").write_text(str(error))


def _look_afterwards(seen, there):
    for one, told in zip(there.nodes, seen.nodes):
        told |= {"ups": one.ups, "deaths": one.deaths, "alive": one.alive()}
        if one.alive() and wait_until(lambda one=one: one.http("/readyz")[0] == 200, 20):
            told |= {"after": one.gauges(), "memory_after": one.pss(), "same_process": one.serving() == told["pid"]}
            for entry in one.listed("registrations"):
                detail = entry if "contacts" in entry else {}
                contacts = {contact["uri"] for contact in detail.get("contacts", [])}
                for impu in {entry["id"], *entry.get("impus", [])}:
                    seen.registered.setdefault(impu, set()).update(contacts)
    seen.egress, faults = there.egress()
    seen.faults += faults
    seen.records, faults = there.records()
    seen.faults += faults
    seen.redis_after = there.redis.stored() if there.redis else None


def _cpu(there):
    """CPU seconds of all processes of a kind that run."""
    kinds = {"nodes": there.nodes, "Redis": there.redis.servers + there.redis.sentinels if there.redis else []}
    return {kind: sum(process.cpu_seconds(one.child.pid) for one in them if one.alive()) for kind, them in kinds.items()}


def _machine():
    return [int(one) for one in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]


def _shares(before, after):
    """(stolen by the host, busy) of the machine's time between the two."""
    spent = [b - a for a, b in zip(before, after)]
    whole = max(1, sum(spent[:8]))
    return spent[7] / whole, (sum(spent[:3]) + sum(spent[5:8])) / whole
