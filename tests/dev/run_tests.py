#!/usr/bin/env python3
"""Runs the tests of a build and sums them up; ./dev test calls it.

Tests in C++ are CTest's, by label (unit, flow). Suites in Python are tests/**/test_*.py outside tests/dev: each is a
program that is run with the environment below, prints what it does, a line beginning with SKIP for what it could not
do here, and last `N passed, N failed, N skipped`. A comment `# label: e2e` among its first lines gives its label;
without one it is the folder's: e2e in tests/e2e, otherwise interop. The checkers' own tests, tests/dev, are unit.

  TROUPE            the program under test: BUILD/troupe
  TROUPE_BUILD      the build's folder
  TROUPE_SANITIZER  asan, tsan or empty: a suite may ask for less load under one
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

import tally as tallies

ROOT = pathlib.Path(__file__).resolve().parents[2]
LABELS = ("unit", "flow", "e2e", "interop")
SUITE_SECONDS = int(os.environ.get("SUITE_SECONDS", "1200"))


def sanitizer_environment(sanitizer):
    """Suppressions are for the libraries' faults only; each is explained in its file."""
    support = ROOT / "tests/support"
    if sanitizer == "asan":
        return {
            "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1",
            "LSAN_OPTIONS": f"suppressions={support}/lsan.supp:print_suppressions=0",
            "UBSAN_OPTIONS": f"suppressions={support}/ubsan.supp:print_stacktrace=1",
        }
    if sanitizer == "tsan":
        return {"TSAN_OPTIONS": f"suppressions={support}/tsan.supp:ignore_noninstrumented_modules=1:second_deadlock_stack=1"}
    return {}


def label_of(path):
    head = path.read_text(encoding="utf-8", errors="replace")[:2000]
    found = re.search(r"^#\s*label:\s*(\w+)", head, re.M)
    if found:
        return found[1]
    inside = path.relative_to(ROOT / "tests").parts[0]
    return {"e2e": "e2e", "dev": "unit"}.get(inside, "interop")


def find_suites(labels, only):
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = str(path.relative_to(ROOT))
        if label_of(path) in labels and (not only or re.search(only, name)):
            yield name


def run_ctest(build, labels, only, jobs, environment):
    report = build / "ctest.xml"
    report.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", str(build), "--output-junit", str(report.resolve()), "--output-on-failure",
               "--parallel", str(jobs), "--label-regex", f"^({'|'.join(labels)})$",
               "--test-output-size-passed", "20000000", "--test-output-size-failed", "20000000"]
    if only:
        command += ["--tests-regex", only]
    status = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
    total = tallies.Tally()
    if not report.exists():
        return total if status == 0 else tallies.Tally(failed=1, failures=[f"ctest itself: exit status {status}"])
    for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        total.add(tallies.of_catch(case.get("name"), output, case.get("status") == "run"))
    if status != 0 and total.failed == 0:
        total.add(tallies.Tally(failed=1, failures=[f"ctest itself: exit status {status}"]))
    return total


def run_suite(name, environment):
    print(f"\n== {name}", flush=True)
    started, lines, late = time.monotonic(), [], False
    process = subprocess.Popen([sys.executable, "-u", str(ROOT / name)], cwd=ROOT, env=environment, text=True, errors="replace",
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    def give_up(*_):
        nonlocal late
        late = True
        os.killpg(process.pid, signal.SIGKILL)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SUITE_SECONDS)
    try:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
        status = process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGTERM)
        raise
    finally:
        signal.alarm(0)
    result = tallies.of_suite(name, "".join(lines), status)
    if late:
        result.failures[-1] = f"{name}: stopped after {SUITE_SECONDS} s"
    print(f"   ({time.monotonic() - started:.1f} s)", flush=True)
    return result


def summary(total):
    if total.skips:
        print(f"\n{'!' * 72}\nSKIPPED, so not tested here:")
        for skip in total.skips:
            print(f"  - {skip}")
        print("!" * 72)
    if total.failures:
        print("\nFAILED:")
        for failure in total.failures:
            print(f"  - {failure}")
    print()
    print(total.line())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", required=True, type=pathlib.Path)
    arguments.add_argument("--label", action="append", choices=LABELS)
    arguments.add_argument("--only")
    arguments.add_argument("--sanitizer", default="", choices=("", "asan", "tsan"))
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    given = arguments.parse_args()
    labels = given.label or list(LABELS)
    environment = {**os.environ, **sanitizer_environment(given.sanitizer), "TROUPE_BUILD": str(given.build.resolve()),
                   "TROUPE": str((given.build / "troupe").resolve()), "TROUPE_SANITIZER": given.sanitizer}

    total = tallies.Tally()
    in_ctest = [label for label in labels if label in ("unit", "flow")]
    if in_ctest:
        total.add(run_ctest(given.build, in_ctest, given.only, given.jobs, environment))
    for name in find_suites(labels, given.only):
        total.add(run_suite(name, environment))
    if total.passed + total.failed + total.skipped == 0:
        total.add(tallies.Tally(failed=1, failures=["no test matches what was asked for"]))
    summary(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
