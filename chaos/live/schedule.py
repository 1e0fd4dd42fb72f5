"""When which fault comes: a scenario's faults spread out in time, with everything random drawn from its seed."""

import dataclasses
import random

from .scenario import fault


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
            moment = scenario.load.before + each.at + number * each.every + drawn.uniform(0, each.jitter)
            found.append(due(moment, _target(each.target, scenario.topology.nodes, drawn), each))
    return sorted(found, key=lambda one: one.moment)


def _target(target, nodes, drawn):
    return f"node-{drawn.randint(1, nodes)}" if target == "any node" else target
