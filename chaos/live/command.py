"""./dev chaos --live: real processes, real SIPp, real Redis in network namespaces, and faults. docs/operations/chaos.md.

  ./dev chaos --live NAME|all|FILE.toml... [--seed N] [--report DIR] [--keep]
  ./dev chaos --live --list

Exit status: 0 all figures held; 1 one was missed; 2 a scenario or the command line is wrong; 3 it cannot run here.
"""

import argparse
import pathlib
import shutil
import sys
import time

from lib import isolation
from lib.node import binary
from lib.suite import temporary

from . import ROOT, SCENARIOS, experiment, report, scenario
from .judge import judge

TOOLS = ("sipp", "redis-server", "nft", "ip", "nsenter", "unshare", "mkfs.ext4", "fsfreeze", "openssl")


def parse(words):
    parser = argparse.ArgumentParser(prog="./dev chaos --live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="NAME|all|FILE.toml")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are, and end")
    parser.add_argument("--seed", type=int, help="of what is random, instead of the scenario's or a fresh one")
    parser.add_argument("--report", metavar="DIR", default=str(ROOT / "build" / "chaos"), help="where DIR/NAME/report.html is written (build/chaos)")
    parser.add_argument("--keep", action="store_true", help="keep the run's folder: configurations, logs, notes, disks")
    return parser.parse_args(words)


def chosen(names):
    """The scenarios that are meant, read and checked."""
    paths = []
    for name in names:
        if name == "all":
            paths += sorted(SCENARIOS.glob("*.toml"))
        elif name.endswith(".toml") or "/" in name:
            paths.append(pathlib.Path(name))
        elif (SCENARIOS / f"{name}.toml").exists():
            paths.append(SCENARIOS / f"{name}.toml")
        else:
            raise scenario.wrong(f"there is no scenario {name!r}; ./dev chaos --live --list names them")
    return [scenario.read(path) for path in paths]


class progress:
    """One line that moves; a line now and then where the output is no terminal."""

    def __init__(self, name):
        self.name, self.last, self.live = name, 0.0, sys.stdout.isatty()

    def __call__(self, text):
        now = time.monotonic()
        if self.live:
            print(f"\r\033[K{self.name}  {text}", end="", flush=True)
        elif now - self.last >= 5:
            print(f"{self.name}  {text}", flush=True)
            self.last = now

    def done(self):
        if self.live:
            print("\r\033[K", end="", flush=True)


def one_run(wanted, given):
    """Runs a scenario; whether all its figures held."""
    folder, show = temporary("troupe-chaos-"), progress(wanted.name)
    print(f"== {wanted.name}: {wanted.about}", flush=True)
    try:
        seen = experiment.run(wanted, folder, show, given.seed)
        show.done()
        rows = judge(seen)
        page = report.write(seen, rows, pathlib.Path(given.report) / wanted.name)
        for one in rows:
            print(report.line(one))
            for text in one.examples[:3] if not one.held else []:
                print("".join(f"             {each}\n" for each in str(text).splitlines()[:30]), end="")
        print(f"{'passed' if report.passed(rows) else 'FAILED'}: {wanted.name}, seed {seen.seed}; {page}", flush=True)
        return report.passed(rows)
    except (RuntimeError, AssertionError, OSError) as error:
        show.done()
        print(f"FAILED: {wanted.name} could not be carried out: {error}", flush=True)
        return False
    finally:
        if given.keep:
            print(f"logs, configurations and notes are kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main(words):
    given = parse(words)
    try:
        if given.list:
            for path in sorted(SCENARIOS.glob("*.toml")):
                print(f"{path.stem:<20}{scenario.read(path).about}")
            return 0
        if not given.scenarios:
            raise scenario.wrong("which scenario? A name, a file or all; ./dev chaos --live --list names them")
        wanted = chosen(given.scenarios)
    except scenario.wrong as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        print(f"chaos: not installed: {', '.join(missing)} (./dev setup)", file=sys.stderr)
        return 3
    if not binary(("release", "dev", "asan", "tsan")):
        print("chaos: the product is not built (./dev build)", file=sys.stderr)
        return 3
    if not isolation.isolate():
        print("chaos: no permission to make namespaces: run it as root", file=sys.stderr)
        return 3
    held = [one_run(one, given) for one in wanted]
    if len(held) > 1:
        print(f"{sum(held)} of {len(held)} scenarios passed")
    return 0 if all(held) else 1
