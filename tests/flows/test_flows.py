#!/usr/bin/env python3
# label: flow
"""Call flows, each played on one node with fused roles and again on two with SIP between all roles.

  test_flows.py [--only SENTENCE] [--mode fused|split]     VERBOSE=1 prints every message of a flow that fails

What UEs and foreign peers receive is brought into a canonical form (docs/conformance/canonical-form.md) and compared.
"""

import atexit
import os
import pathlib
import shutil
import sys

import kit                      # noqa: F401  (finds the phones' library)
from kit import canonical
from kit.flow import flows
from kit.stage import stage
from lib.suite import check, suite, temporary

import charging, identities, messages, registration, robustness, secured, services, sessions, transports     # noqa: E401,F401

tests = suite()
MODES = [sys.argv[sys.argv.index("--mode") + 1]] if "--mode" in sys.argv else ["fused", "split"]
seen = {}


def configuration(one):
    return repr(sorted(one.changes.items()))


def enlist(mode, one):
    @tests.case(f"{one.sentence} [{mode}]", one.limit)
    def _(_):
        if mode not in stages:
            stages[mode] = stage(mode, nodes / mode, flows)
        seen[one.sentence, mode] = canonical.of_cast(stages[mode].perform(one).actors)
        if mode == "split" and one.compared and (one.sentence, "fused") in seen:
            found = canonical.difference(seen[one.sentence, "fused"], seen[one.sentence, "split"])
            check(not found, "not the same as fused: " + found)


nodes = temporary("troupe-flows-")
stages = {}
for mode in MODES:
    for one in sorted(flows, key=configuration):
        enlist(mode, one)
    tests.case(f"the nodes end as they should [{mode}]")(lambda _, mode=mode: stages[mode].take_down() if mode in stages else None)
if not os.environ.get("KEEP"):
    atexit.register(shutil.rmtree, nodes, True)
tests.run()
