"""Counts and skips of one test program or of several, and the plain closing line that all of them end with."""

import dataclasses
import re

CLOSING = re.compile(r"^(?:\S+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$")
SKIPPED = re.compile(r"^\s*SKIP(?:PED)?\b[:\s]*(.*)$")
CATCH_ALL = re.compile(r"^All tests passed \(\d+ assertions? in (\d+) test cases?\)", re.M)
CATCH_SOME = re.compile(r"^test cases:\s*(\d+)(.*)$", re.M)
CATCH_NONE = re.compile(r"^No tests ran", re.M)


@dataclasses.dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = dataclasses.field(default_factory=list)
    skips: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        self.skips += other.skips

    def line(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def skips_in(name, output):
    """The lines by which a program says that it skipped something: they begin with SKIP or SKIPPED."""
    return [f"{name}: {found[1].strip()}" for found in map(SKIPPED.match, output.splitlines()) if found]


def of_catch(name, output, ended_well):
    """A Catch2 program's: its test cases. One that ended otherwise than it printed counts as a failure more."""
    tally = Tally(skips=skips_in(name, output))
    tally.skipped = len(tally.skips)
    every, some = CATCH_ALL.search(output), CATCH_SOME.search(output)
    if every:
        tally.passed = int(every[1])
    elif some:
        tally.failed = sum(int(count) for count in re.findall(r"(\d+) failed", some[2]))
        tally.passed = int(some[1]) - tally.failed
    elif not CATCH_NONE.search(output) and ended_well:
        tally.passed = 1
    if not ended_well:
        tally.failed = max(tally.failed, 1)
        tally.failures.append(name)
    tally.passed = max(0, tally.passed - tally.skipped)
    return tally


def of_suite(name, output, status):
    """A suite's that ends with the plain closing line; without one, its exit status is all there is to judge by."""
    tally = Tally(skips=skips_in(name, output))
    closing = [found for found in map(CLOSING.match, output.splitlines()) if found]
    if closing:
        tally.passed, tally.failed, tally.skipped = (int(count or 0) for count in closing[-1].groups())
        if tally.skipped and not tally.skips:
            tally.skips.append(f"{name}: {tally.skipped}, without a word why")
        if status != 0 and tally.failed == 0:
            tally.failed = 1
    elif status == 0:
        tally.passed = 1
    else:
        tally.failed = 1
    if tally.failed:
        tally.failures.append(name if status == 0 or closing else f"{name}: exit status {status}, no closing line")
    return tally
