#!/usr/bin/env python3
# label: e2e
"""The torture messages of RFC 4475 and RFC 5118 against a node: by UDP, by TCP, and by TCP an octet at a time."""

import json
import pathlib
import re
import subprocess
import sys

from lib import accounts, config
from lib.node import ROOT, node, total
from lib.suite import check, equal, suite

RUN = ROOT / "tests" / "corpus" / "torture" / "run.py"
tests = suite()

# Not for streams: one has no Content-Length, which a stream must have (RFC 3261 clause 18.3), the other no end of its header.
DATAGRAMS_ONLY = {"inv2543", "baddn"}


def for_streams():
    cases = json.loads((RUN.parent / "expected.json").read_text())["cases"]
    return ",".join(c["name"] for c in cases if c["name"] not in DATAGRAMS_ONLY)


def torture(folder, *options):
    """Runs the corpus's own program; every message must get its verdict and the node must live on."""
    server = node(config.ims_node(folder, accounts.generate(2))).start()
    try:
        done = subprocess.run([sys.executable, str(RUN), "--target", "127.0.0.1:5060", *options], capture_output=True, text=True, timeout=280)
        wrong = [line for line in done.stdout.splitlines() if re.match(r"\S+\s+(FAIL|NO-ANSWER|DEAD)", line)]
        closing = done.stdout.splitlines()[-1] if done.stdout else done.stderr[-300:]
        check(done.returncode == 0, f"{closing}; " + "; ".join(wrong))
        print(f"        {closing}")
        equal(total(server.metrics(), "troupe_restarts_total"), 0, "actors that threw")
    finally:
        status = server.stop()
    equal(status, 0, "exit status")


@tests.case("over UDP", 300)
def _(folder):
    torture(folder)


@tests.case("over TCP", 300)
def _(folder):
    torture(folder, "--transport", "tcp", "--only", for_streams())


@tests.case("over TCP, an octet at a time", 300)
def _(folder):
    torture(folder, "--transport", "tcp", "--chop", "1", "--only", for_streams())


tests.run()
