"""The list of flows: each a sentence with its clause, and a function that plays it on a stage."""

import dataclasses
import typing

flows = []


@dataclasses.dataclass
class one_flow:
    sentence: str
    play: typing.Callable
    changes: dict           # configuration that differs from the common one: {section: {key: value}}
    subscribers: tuple      # provisioned beside the flow's own accounts
    compared: bool          # whether what comes out fused and split is compared
    limit: int
    number: int


def flow(sentence, *, subscribers=(), compared=True, limit=60, **changes):
    """Decorator. `changes` are sections of the configuration; a flow with some gets a node of its own."""
    def keep(function):
        flows.append(one_flow(sentence, function, changes, tuple(subscribers), compared, limit, len(flows)))
        return function
    return keep
