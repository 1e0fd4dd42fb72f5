"""Real nodes, real SIPp, real Redis in network namespaces, with faults: ./dev chaos --live. docs/operations/chaos.md."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "chaos" / "scenarios"

sys.path.insert(0, str(ROOT / "tests" / "interop"))     # the tools of the tests against real clients: lib
