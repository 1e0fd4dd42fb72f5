"""The loads of the bench and what each run gives. A run is one server, one rate, one repetition."""

import dataclasses
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import threading
import time

from servers import DOMAIN, HERE, OUT, compiled, process
from lib import sipp as generator
from lib.node import total

SCENARIOS = HERE / "scenarios"
LINGER = 33         # seconds: the longest SIP timer (32 s), so that what a run has put off is paid within it


@dataclasses.dataclass
class run:
    """The figures of one run; microseconds, milliseconds and bytes as the names say."""
    server: str
    load: str
    rate: int
    done: int
    failed: int
    cpu_us: float = 0.0
    resent: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    bytes_each: float = 0.0
    bytes_each_further: float = 0.0
    other_load: float = 0.0     # share of one core that neither the server nor the generators used


class progress:
    """One line that says where a long run is."""

    def __init__(self, what):
        self.what, self.last = what, 0.0

    def __call__(self, text):
        now = time.monotonic()
        if sys.stdout.isatty():
            print(f"\r\033[K  {self.what}: {text}", end="", flush=True)
        elif now - self.last > 15:
            print(f"  {self.what}: {text}", flush=True)
        else:
            return
        self.last = now

    def done(self):
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)


def machine_seconds():
    """Busy CPU seconds of the whole machine, steal included."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:8])) / os.sysconf("SC_CLK_TCK")


class watch:
    """CPU of one server between two moments, and what else the machine did meanwhile."""

    def __init__(self, server):
        self.server = server
        self.began, self.cpu = time.monotonic(), process.cpu_seconds(server.pid)
        self.machine, self.own = machine_seconds(), _own_seconds()

    def finish(self, generators_cpu=0.0):
        cpu = process.cpu_seconds(self.server.pid) - self.cpu
        took = time.monotonic() - self.began
        other = machine_seconds() - self.machine - cpu - (_own_seconds() - self.own) - generators_cpu
        return cpu, max(0.0, other / took)


def _own_seconds():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


class prober:
    """A few calls or registrations a second beside the load, timed with the kernel's stamps; a process of its own."""

    def __init__(self, kind, *arguments):
        self.child = subprocess.Popen([sys.executable, str(HERE / "probe.py"), kind, *map(str, arguments)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def finish(self):
        """(milliseconds of each, failed)."""
        out, _ = self.child.communicate("stop\n", timeout=60)
        result = json.loads(out)
        return result["ms"], result["failed"]


def percentile(values, share):
    if not values:
        return float("nan")
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _linger(show, seconds=LINGER):
    for left in range(seconds, 0, -1):
        show(f"waiting {left} s for its last timers")
        time.sleep(1)


def drive(server, load, rate, count, generators, probe, linger):
    """Runs the first generator to its end with the others beside it; makes the run's figures."""
    show = progress(f"{server.name} {load} at {rate}/s")
    other_generators = generators[1:]
    for one in other_generators:
        one.start()
    time.sleep(0.3)
    watching = watch(server)
    probing = prober(*probe) if probe else None
    generators[0].start()
    generators[0].wait(count / rate * 2 + 120, lambda now: show(f"{now.get('SuccessfulCall(C)', 0)} of {count}"))
    milliseconds, probe_failed = probing.finish() if probing else ([], 0)
    _linger(show, linger)
    beside = sum(process.cpu_seconds(one.child.pid) for one in other_generators)
    cpu, other = watching.finish(beside)
    for one in other_generators:
        one.stop()
    show.done()
    done, failed = generators[0].successful, count - generators[0].successful      # what SIPp never came to has failed too
    done, failed = done + len(milliseconds), failed + probe_failed
    return run(server.name, load, rate, done, failed, cpu / max(1, done) * 1e6,
               generators[0].count("Retransmissions(C)"), percentile(milliseconds, 0.5), percentile(milliseconds, 0.99), other_load=other)


def calls(server, rate, count, linger=LINGER):
    """The seven-message call, hold 0, the callee waits 10 ms between 180 and 200. Latency: INVITE to 180."""
    callee = generator.sipp(SCENARIOS / "call_uas.xml", OUT, local_port=5070, name="callee")
    caller = generator.sipp(SCENARIOS / "call_uac.xml", OUT, target="127.0.0.1:5060", local_port=5061, rate=rate, calls=count,
                            name="caller", options=["-l", "5000", "-d", "0"])
    return drive(server, "call", rate, count, [caller, callee], None if server.name == "relay" else ("call",), linger)


def registrations(server, users, rate, count, linger=LINGER):
    """Two round trips each; users in turn, each again and again with the same contact. Latency: both round trips."""
    rows = [[one.user, generator.digest_credentials(one), DOMAIN] for one in users[1:]]
    inject = generator.inject_file(OUT / "users.csv", rows)
    phones = generator.sipp(SCENARIOS / "register.xml", OUT, target="127.0.0.1:5060", local_port=5061, rate=rate, calls=count,
                            inject=inject, name="phones", options=["-l", "5000", "-auth_uri", DOMAIN])
    return drive(server, "registration", rate, count, [phones], ("register", users[0].impi, users[0].password), linger)


class holding:
    """The holder program: commands in, one line out."""

    def __init__(self, rate, window=400):
        self.child = subprocess.Popen([compiled("holder"), str(rate), str(window)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, command, number):
        self.child.stdin.write(f"{command} {number}\n")
        self.child.stdin.flush()
        words = self.child.stdout.readline().split()
        return int(words[1]), int(words[3])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait(10)


def dialogs(server, count, rate=1000, settle=40):
    """Bytes a held dialog: growth of PSS over the first `count` dialogs, and over as many again.

    The first growth holds what the transactions at their peak took and the allocator keeps; the second hardly does.
    """
    show = progress(f"{server.name} dialogs")
    sizes, held, failed = [process.pss_bytes(server.pid)], 0, 0
    with holding(rate) as holder:
        for part in ("first", "second"):
            show(f"setting up the {part} {count:,} at {rate}/s")
            made, lost = holder("hold", count)
            held, failed = held + made, failed + lost
            _linger(show, settle)
            sizes.append(process.pss_bytes(server.pid))
        forgotten = held - kept(server, held)
        show("ending a sample of them")
        _, lost = holder("end", min(1000, count // 50))
    show.done()
    return run(server.name, "dialogs", rate, held, failed + lost + forgotten, bytes_each=(sizes[1] - sizes[0]) / count,
               bytes_each_further=(sizes[2] - sizes[1]) / count)


def kept(server, wanted):
    """How many calls the server says it holds; its word is asked for where it can be: a hop could route by tokens alone."""
    if server.name != "troupe":
        return wanted
    return min(wanted, int(total(server.node.metrics(), "troupe_calls{")))


def million(server, count, rate=4000, settle=60):
    """Memory with so many held dialogs; returns (held, failed, PSS in bytes)."""
    show = progress(f"{server.name} {count} dialogs")
    stop = threading.Event()

    def tell():
        while not stop.wait(10):
            show(f"{process.pss_bytes(server.pid) / 2**20:.0f} MiB")
    threading.Thread(target=tell, daemon=True).start()
    with holding(rate, 1000) as holder:
        held, failed = holder("hold", count)
        _linger(show, settle)
        full = process.pss_bytes(server.pid)
        forgotten = held - kept(server, held)
        _, lost = holder("end", 2000)
    stop.set()
    show.done()
    return held, failed + lost + forgotten, full


def median(runs, figure):
    return statistics.median(getattr(one, figure) for one in runs)


def spread(runs, figure):
    """(largest - smallest) / median: how much the repetitions differ."""
    values = [getattr(one, figure) for one in runs]
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0
