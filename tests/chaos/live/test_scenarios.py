#!/usr/bin/env python3
# label: unit
"""Scenarios: what is read, what is refused and how, and when which fault comes."""

from support import ROOT, check, equal, refusal, scenario, suite, written

from chaos.live import SCENARIOS, nodes, schedule
from chaos.live.faults import BEGIN
from chaos.live.vocabulary import ENDING, KINDS

tests = suite(isolated=False, needs_product=False)

WHOLE = """
about = "mine"
seed = 7
[topology]
nodes = 3
store = "sentinel"
[topology.node.log]
level = "debug"
[load]
calls_per_second = 50
[[faults]]
kind = "kill"
target = "any node"
every = 8.0
times = 20
jitter = 3.0
lasts = 1.0
[limits]
takeover = 0.5
"""


@tests.case("a scenario is read with its topology, load, faults and limits")
def _(folder):
    one = scenario.read(written(folder, WHOLE))
    equal((one.name, one.about, one.seed, one.topology.nodes, one.topology.groups, one.load.calls_per_second), ("mine", "mine", 7, 3, 3, 50.0), "what was read")
    equal((one.faults[0].kind, one.faults[0].times, one.limits.takeover, one.limits.confirmed_lost), ("kill", 20, 0.5, 0), "faults and limits")
    equal(one.seconds, 10.0 + 19 * 8.0 + 3.0 + 1.0 + 5.0, "its length")


@tests.case("every scenario that comes with it is right")
def _(_folder):
    paths = sorted(SCENARIOS.glob("*.toml"))
    check(len(paths) >= 10, f"only {len(paths)} scenarios in {SCENARIOS}")
    for path in paths:
        check(scenario.read(path).about, f"{path} does not say what it is about")


@tests.case("a mistake is told with its key and what is wanted instead")
def _(folder):
    for text, key, words in (
            ("[topology]\nnodes = 0", "topology.nodes", "from 1 to 9"),
            ("[topology]\nnodes = \"three\"", "topology.nodes", "a whole number"),
            ("[topology]\nnode = 3", "topology.node", "a table"),
            ("[topology]\nstore = \"etcd\"", "topology.store", "sentinel"),
            ("[topology]\nnodes = 3\nstore = \"file\"", "topology.store", "redis or sentinel"),
            ("[load]\ncalls = 3", "load.calls", "calls_per_second"),
            ("[load]\nringing = true", "load.ringing", "a number"),
            ("[load]\nusers = 1", "load.users", "from 2"),
            ("[limits]\nlost = 0", "limits.lost", "confirmed_lost"),
            ("[limits]\nconfirmed_lost = -1", "limits.confirmed_lost", "from 0"),
            ("nodes = 3", "nodes", "topology"),
            ("faults = 3", "faults", "[[faults]]"),
            ("[[faults]]\ntarget = \"node-1\"", "faults[1].kind", "is missing"),
            ("[[faults]]\nkind = \"bomb\"", "faults[1].kind", "partition"),
            ("[[faults]]\nkind = \"kill\"\ntarget = \"node-2\"", "faults[1].target", "there is one node"),
            ("[[faults]]\nkind = \"kill\"\ntarget = \"clients\"", "faults[1].target", "any node"),
            ("[[faults]]\nkind = \"kill\"\ntarget = \"redis-master\"", "faults[1].target", "topology.store"),
            ("[topology]\nstore = \"redis\"\n[[faults]]\nkind = \"kill\"\ntarget = \"sentinel\"", "faults[1].target", "neither replicas nor Sentinels"),
            ("[[faults]]\nkind = \"kill\"\nshare = 0.1", "faults[1].share", "means nothing to kill"),
            ("[[faults]]\nkind = \"kill\"\ntimes = 3", "faults[1].every", "distance"),
            ("[[faults]]\nkind = \"stop\"", "faults[1].lasts", "has to end"),
            ("[[faults]]\nkind = \"partition\"\nlasts = 1", "faults[1].to", "two sides"),
            ("[[faults]]\nkind = \"packet-loss\"\nto = \"clients\"\nlasts = 1", "faults[1].share", "from 0 to 1"),
            ("[[faults]]\nkind = \"packet-loss\"\nto = \"clients\"\nshare = 2\nlasts = 1", "faults[1].share", "from 0 to 1"),
            ("[[faults]]\nkind = \"slow-disk\"\ndelay = 3600\nlasts = 1", "faults[1].delay", "60"),
            ("[[faults]]\nkind = \"busy\"\nlasts = 1", "faults[1].share", "from 0 to 1"),
            ("[baseline]\nstore = \"etcd\"", "baseline.store", "sentinel"),
            ("[baseline]\nnodes = 2", "baseline.store", "redis or sentinel"),
            ("[limits]\ncpu_ratio = 2", "limits.cpu_ratio", "[baseline]"),
    ):
        said = refusal(folder, text)
        check(said.startswith(f"{key}: ") and words in said, f"{text!r} gives {said!r}, without {key} or {words!r}")


@tests.case("what is no TOML, and a file that is not there, are told by file")
def _(folder):
    check("is not TOML" in refusal(folder, "[load\n"), "a broken file")
    try:
        scenario.read(folder / "absent.toml")
    except scenario.wrong as error:
        check("absent.toml" in str(error), f"the file is not named: {error}")
    else:
        check(False, "an absent file was read")


@tests.case("the same seed gives the same faults, another one others, and each comes within its jitter")
def _(folder):
    one = scenario.read(written(folder, WHOLE))
    first, again, other = schedule.of(one, 1), schedule.of(one, 1), schedule.of(one, 2)
    equal([(each.moment, each.target) for each in first], [(each.moment, each.target) for each in again], "the same seed")
    check([each.target for each in first] != [each.target for each in other], "another seed draws the same nodes")
    equal(len(first), 20, "faults")
    for each in first:
        lately = [one for one in first if one.target == each.target and each.moment - 60 < one.moment <= each.moment]
        check(len(lately) <= 4, f"{each.target} is killed {len(lately)} times in the minute before {each.moment:.1f}")
    check({each.target for each in first} == {"node-1", "node-2", "node-3"}, f"not every node is drawn: {[each.target for each in first]}")
    for number, each in enumerate(sorted(first, key=lambda one: one.moment)):
        check(10 + 8 * number <= each.moment <= 13 + 8 * number, f"fault {number} comes at {each.moment}")


@tests.case("every word of the vocabulary does something, and is in the operator's page")
def _(_folder):
    equal(set(KINDS), set(BEGIN), "words that are known and words that act")
    check(set(ENDING) <= set(KINDS), "an ending word that is not known")
    page = (ROOT / "docs/operations/chaos.md").read_text()
    for name in KINDS:
        check(f"| `{name}` |" in page, f"docs/operations/chaos.md does not tell of {name}")
    for of in (scenario.topology, scenario.load, scenario.fault, scenario.limits):
        for name in ("node" if each == "changes" else each for each in of.__dataclass_fields__):
            check(f"`{name}`" in page, f"docs/operations/chaos.md does not tell of {name} in {of.__name__}")


@tests.case("a scenario's own changes reach the nodes' configuration, and only several nodes get the keys of a cluster")
def _(folder):
    one = scenario.read(written(folder, WHOLE))
    one.topology.certificate = one.topology.key = one.topology.authority = one.topology.redis_key = "x"
    made = nodes.configuration(one.topology, 2, "disk", "subscribers.toml", "redis-sentinel://10.60.3.1:26379/ours")
    cluster = made["cluster"]
    equal((made["log"]["level"], made["node"]["name"], cluster["node_id"], len(cluster["nodes"])), ("debug", "node-2", 2, 3), "the configuration")
    check("access" not in made["sip"] and len(cluster["groups"]) == 3, "listeners are the groups'")
    one.topology.nodes = 1
    check("nodes" not in nodes.configuration(one.topology, 1, "disk", "subscribers.toml", None)["cluster"], "a single node has other nodes")


tests.run()
