"""The words of a scenario's faults: what each may be aimed at and what it has to be told."""

import dataclasses

NODE = ("any node", "all nodes", r"node-\d+")
REDIS = ("redis-master", "redis-replica", "sentinel")
HOSTS = NODE + ("redis", "clients")


@dataclasses.dataclass
class kind:
    about: str
    targets: tuple
    target: str = "any node"        # when none is given
    others: tuple = ()              # what `to` may be
    takes: tuple = ("target",)
    needs: dict = dataclasses.field(default_factory=dict)


KINDS = {
    "kill": kind("kill -9 of the process that serves; started again when the time is over", NODE + REDIS, takes=("target", "whole")),
    "stop": kind("SIGSTOP, and SIGCONT when the time is over", NODE + REDIS, takes=("target", "whole")),
    "drain": kind("SIGTERM to a node, which ends in order, and is then started again", NODE),
    "host-loss": kind("a node's host: its link goes down and all its processes are killed; both come back when the time is over", NODE),
    "partition": kind("nothing passes between the hosts of `target` and `to`; one_way: only from `target` to `to`", HOSTS, others=HOSTS,
                      takes=("target", "to", "one_way"), needs={"to": "has two sides"}),
    "packet-loss": kind("a share of the frames between `target` and `to` is lost, both ways, at random", HOSTS, others=HOSTS,
                        takes=("target", "to", "share"), needs={"to": "has two sides", "share": "loses a share, from 0 to 1, of the frames"}),
    "redis-partition": kind("one Redis server, with the Sentinel beside it, hears nothing from the others and from the nodes",
                            ("redis-master", "redis-replica"), "redis-master", takes=("target", "one_way")),
    "address-loss": kind("a service address is taken from the node that has it (ip addr del); given back when the time is over", NODE),
    "clock-jump": kind("the wall clock that the target sees is `delay` seconds ahead; true again when the time is over", NODE + REDIS[:2],
                       takes=("target", "delay"), needs={"delay": "needs to know how far ahead"}),
    "slow-disk": kind("each write of the node may wait for `delay` seconds", NODE, takes=("target", "delay"),
                      needs={"delay": "needs to know how long a write may wait"}),
    "busy": kind("other programs take this share of each core", ("machine",), "machine", takes=("target", "share"),
                 needs={"share": "takes a share, from 0 to 1, of each core"}),
    "full-disk": kind("not an octet is left on the node's disk", NODE),
}

ENDING = ("stop", "partition", "packet-loss", "redis-partition", "clock-jump", "slow-disk", "full-disk", "busy")     # these must have `lasts`
