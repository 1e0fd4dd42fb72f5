"""When which fault comes: a scenario's faults spread out in time, with everything random drawn from its seed."""

import dataclasses
import random

from .scenario import fault


MINUTE, OFTEN = 60.0, 4


@dataclasses.dataclass
class due:
    """One fault at its moment, in seconds of load; "any node" has become one."""
    moment: float
    target: str
    fault: fault


def of(scenario, seed):
    """In the order of time; the same for the same seed."""
    drawn, found = random.Random(seed), []
    for each in scenario.faults:
        for number in range(each.times):
            found.append(due(scenario.load.before + each.at + number * each.every + drawn.uniform(0, each.jitter), each.target, each))
    found.sort(key=lambda one: one.moment)
    for number, one in enumerate(found):
        if one.target == "any node":
            one.target = _node(one.moment, found[:number], scenario.topology.nodes, drawn)
    return found


def _node(moment, before, nodes, drawn):
    """Not one that has had its share of the last minute: whoever watches over it would give up."""
    names = [f"node-{number}" for number in range(1, nodes + 1)]
    lately = [one.target for one in before if one.moment > moment - MINUTE]
    return drawn.choice([name for name in names if lately.count(name) < OFTEN] or [min(names, key=lately.count)])
