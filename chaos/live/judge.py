"""What must hold, held against what was seen: rows of the report. A figure that is missed makes the run fail."""

import collections
import dataclasses
import math
import statistics

from . import owners, records
from .takeover import longest

GAUGES = ("calls", "sessions", "unanswered", "transactions")    # all zero when nothing goes on
EXAMPLES = 20
KINDS = {1: "calls", 2: "registration sets", 3: "access bindings", 4: "subscriptions", 5: "indexes", 7: "charging records"}     # cluster/store/store.hpp
KEPT = (6, 10, 11, 12)      # nonces; the HSS's


@dataclasses.dataclass
class row:
    """One figure: `limit` None is not judged; `value` None could not be seen, which is no pass where a limit stands."""
    name: str
    value: object
    limit: object = None
    unit: str = ""
    examples: list = dataclasses.field(default_factory=list)
    why: str = ""               # why it could not be seen, or what to know when reading it

    @property
    def held(self):
        if self.limit is None:
            return True
        return self.value is not None and not (isinstance(self.value, float) and math.isnan(self.value)) and self.value <= self.limit

    @property
    def verdict(self):
        if self.limit is None:
            return "not judged"
        return "held" if self.held else "not seen" if self.value is None else "MISSED"


def judge(seen):
    """All rows."""
    limits = seen.scenario.limits
    return [*_calls(seen, limits), _finals(seen, limits), _owners(seen, limits), _claims(seen, limits), *_registrations(seen, limits), _left_over(seen, limits),
            _died(seen, limits), *_takeover(seen, limits), *_setup(seen, limits), _memory(seen, limits), *_cpu(seen, limits), *_records(seen, limits),
            _harness(seen)]


def _calls(seen, limits):
    by = collections.defaultdict(list)
    for one in seen.calls.values():
        by[one.verdict].append(one)
    made = seen.sipp.get("made", 0)
    yield row("calls that were made", made)
    yield row("calls that were completed", len(by["complete"]), examples=[])
    for name, verdict, limit in (("confirmed dialogs lost", "confirmed lost", limits.confirmed_lost), ("early dialogs lost", "early lost", limits.early_lost),
                                 ("INVITEs without a final response", "unanswered", limits.unanswered), ("new calls refused", "refused", limits.refused)):
        yield row(name, len(by[verdict]), limit, examples=[explain(seen, one) for one in sorted(by[verdict], key=lambda c: c.lost_at)[:EXAMPLES]])


def explain(seen, one):
    """A call that was lost: how far it came, after which fault, and its messages as the witness saw them."""
    before = [event for event in seen.events if event.began <= one.lost_at + 1 and not event.about]
    fault = f"; last fault {before[-1].name} at {before[-1].began - seen.began:.3f}" if before else ""
    ladder = seen.finals.get("ladders", {}).get(one.id, [])
    shown = [f"{moment - seen.began:9.3f} {source} -> {destination} {line}" for moment, source, destination, line in ladder[:40]]
    return "\n".join([f"{one.verdict}: {one.describe(seen.began)}{fault}"] + shown)


def _finals(seen, limits):
    if not seen.scenario.load.witnessed:
        return row("transactions with two final responses", None, why="nobody read the messages")
    if not seen.finals:
        return row("transactions with two final responses", None, limits.two_finals, why="the witness did not report")
    doubled = seen.finals["doubled"]
    examples = [f"{one['moment'] - seen.began:.3f} to {one['to']}: {one['cseq']} of {one['call']}: first {one['first'][0]}, then {one['then'][0]}"
                for one in doubled[:EXAMPLES]]
    return row("transactions with two final responses", len(doubled), limits.two_finals, examples=examples,
               why=f"of {seen.finals['transactions']} that clients began")


def _owners(seen, limits):
    if seen.scenario.topology.nodes == 1:
        return row("moments with two owners of a group", None, why="one node has no groups")
    if not seen.egress:
        return row("moments with two owners of a group", None, limits.two_owners, why="the nodes have written no egress log")
    found = owners.two_owners(seen.egress)
    return row("moments with two owners of a group", len(found), limits.two_owners, examples=found[:EXAMPLES], why=f"in {len(seen.egress)} stretches")


def _claims(seen, limits):
    found = owners.claims(seen.egress, round(seen.began * 1000))
    return row("groups that went to another node", len(found) if seen.egress else None, limits.claims, examples=found[:EXAMPLES])


def _registrations(seen, limits):
    tried, failed = seen.churn
    yield row("registrations that failed, of those who come and go", failed, limits.registrations_failed, why=f"of {tried}")
    name = "registrations other than clients were told"
    if not all("after" in one for one in seen.nodes):
        yield row(name, None, limits.registrations_differ, why="a node was not ready in the end")
        return
    wrong = [f"{impu}: told {contact or 'that he is gone'}, the network has {', '.join(sorted(seen.registered.get(impu, []))) or 'nothing'}"
             for impu, contact in seen.told.items() if seen.registered.get(impu, set()) != ({contact} if contact else set())]
    wrong += [f"{impu}: registered, and nobody was told" for impu in seen.registered
              if impu.startswith("sip:") and impu not in seen.told and impu not in seen.unknown]
    unknown = f"; {len(seen.unknown)} cannot know" if seen.unknown else ""
    yield row(name, len(wrong), limits.registrations_differ, examples=wrong[:EXAMPLES], why=f"of {len(seen.told)}{unknown}")


def _left_over(seen, limits):
    if not all("after" in one for one in seen.nodes):
        return row("left over when all is over", None, limits.left_over, why="a node was not ready in the end")
    found = [(f"{one['name']}: {one['after'][gauge]:.0f} {gauge}", one["after"][gauge]) for one in seen.nodes for gauge in GAUGES if one["after"][gauge]]
    found += [(f"Redis: {more} records of kind {kind} ({KINDS.get(kind, 'of which the test knows nothing')}) more than registrations explain", more)
              for kind, more in _redis_left_over(seen).items() if more > 0]
    return row("left over when all is over", int(sum(count for _, count in found)), limits.left_over, examples=[text for text, _ in found],
               why="calls, sessions, transactions; records in Redis")


def _redis_left_over(seen):
    """Records of each kind beyond those of registrations, of which a registered user takes as many as before the first call. A private identity's
    nonce lives on for five minutes, and what the HSS keeps of it for ever."""
    if not seen.redis_before or not seen.redis_after or not seen.users_before:
        return {}
    users = sum(impu.startswith("sip:") for impu in seen.registered)
    return {kind: count - round(seen.redis_before.get(kind, 0) / seen.users_before * users) for kind, count in sorted(seen.redis_after.items()) if kind not in KEPT}


def _died(seen, limits):
    deaths = [f"{one['name']} at {moment - seen.began:.3f} with status {status}" for one in seen.nodes for moment, status, _ in one["deaths"]]
    deaths += [f"{one['name']} was not running in the end" for one in seen.nodes if not one["alive"]]
    return row("nodes that ended by themselves", len(deaths), limits.died, examples=deaths)


def _takeover(seen, limits):
    times = longest(seen.probes, seen.outages)
    if not seen.outages:
        return
    yield row("away after a fault, longest", max(times, default=None), limits.takeover, "s", why=f"{len(times)} faults, probes every 20 ms",
              examples=[f"{moment - seen.began:.3f}: {time:.3f} s" for moment, time in zip(seen.outages, times)])
    yield row("away after a fault, median", statistics.median(times) if times else None, None, "s")


def _setup(seen, limits):
    times = sorted((one.rang - one.invited) * 1000 for one in seen.calls.values() if one.rang is not None and one.invited is not None)
    yield row("set-up (INVITE to 180), median", percentile(times, 0.5), None, "ms")
    yield row("set-up (INVITE to 180), p99", percentile(times, 0.99), limits.setup_p99, "ms", why="over the whole run, faults included")
    byes = sorted((one.ended - one.ending) * 1000 for one in seen.calls.values() if one.ended is not None and one.ending is not None)
    yield row("a BYE to its 200, p99", percentile(byes, 0.99), None, "ms", why="over the whole run, faults included")
    yield row("a BYE to its 200, longest", byes[-1] if byes else None, None, "ms")


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))] if times else None


def _memory(seen, limits):
    grown = {one["name"]: (one["memory_after"] - one["memory_before"]) / 2**20 for one in seen.nodes if one.get("same_process")}
    if not grown:
        return row("growth of memory", None, None, "MiB", why="no node lived through the whole run")
    return row("growth of memory", round(max(grown.values()), 1), limits.memory_growth, "MiB",
               examples=[f"{name}: {more:.1f} MiB" for name, more in grown.items()], why="PSS before the first call and after the last timers")


def _cpu(seen, limits):
    """Where no process was killed: what a process has spent is known while it lives."""
    mine = _cpu_per_call(seen)
    if not mine:
        return
    for kind, taken in mine.items():
        yield row(f"CPU time of {kind} a call", round(taken * 1e6), None, "us")
    if before := seen.baseline and _cpu_per_call(seen.baseline):
        yield row("CPU time of nodes a call, baseline", round(before["nodes"] * 1e6), None, "us", why=f"{seen.baseline.scenario.topology.nodes} node(s), "
                  f"store {seen.baseline.scenario.topology.store}: {len(seen.baseline.calls)} calls, {_incomplete(seen.baseline)} of them not completed")
        yield row("CPU time of nodes a call, over the baseline's", round(mine["nodes"] / before["nodes"], 3), limits.cpu_ratio, "times")


def _cpu_per_call(seen):
    if len(seen.cpu) < 2 or any(one.kind in ("kill", "host-loss", "drain") for one in seen.events):
        return {}
    first, last = seen.cpu
    calls = max(1, len(seen.calls) - seen.scenario.load.held)
    return {kind: (last[kind] - first[kind]) / calls for kind in first if last[kind] > first[kind]}


def _incomplete(seen):
    return sum(one.verdict != "complete" for one in seen.calls.values())


def _records(seen, limits):
    """Each call that was answered and ended has one record of a session a half; who never heard the 200 to his BYE cannot say."""
    if seen.records is None:
        yield row("charging records missing", None, limits.cdr_missing, why="they could not be read")
        yield row("charging records doubled", None, limits.cdr_doubled, why="they could not be read")
        return
    sessions = sum(one["type"] == "session" for one in seen.records)
    lost, twice = records.missing(seen.calls, seen.records), records.doubled(seen.records)
    yield row("charging records missing", len(lost), limits.cdr_missing, examples=lost[:EXAMPLES],
              why=f"of {sum(one.verdict == 'complete' for one in seen.calls.values())} complete calls, two halves each")
    yield row("charging records doubled", len(twice), limits.cdr_doubled, examples=twice[:EXAMPLES],
              why=f"of {sessions} sessions and {len(seen.records) - sessions} attempts")


def _harness(seen):
    """What the judge did not see must not pass for good."""
    faults = list(seen.faults)
    if (made := seen.sipp.get("made", 0)) != len(seen.calls):
        faults.append(f"SIPp made {made} calls, and its notes tell of {len(seen.calls)}")
    if dropped := seen.finals.get("dropped", 0):
        faults.append(f"the witness missed {dropped} packets")
    faults += [f"{event.name} at {event.began - seen.began:.1f} s {event.about}" for event in seen.events if event.about]
    return row("faults of the test itself", len(faults), 0, examples=faults)
