#!/usr/bin/env python3
"""Measures troupe and Kamailio with the same loads, in turn, on this machine, and prints what it gave.

  bench.py [--quick] [--only call|registration|dialogs|ims] [--rates 500,1000] [--calls N] [--repetitions N]
           [--million] [--soak MINUTES] [--list] [--kamailio-only]

Calls: INVITE 100 180 200 ACK BYE 200 through a stateful, record-routing, dialog-keeping UDP hop (config/profiles/transit.toml).
Registrations: SIP digest, two round trips (config/profiles/digest.toml). Dialogs: growth of PSS over 50,000 held ones.
CPU is user and system time of all the server's processes, including the 33 s in which its last timers run out; latency
comes from a prober beside the load (call: INVITE to 180; registration: both round trips). Figures are medians of three
repetitions; the spread beside them is (largest - smallest) / median. Results: build/bench/results.json.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

import load
import servers
from lib import isolation

OUT = servers.OUT
LOADS = {"call": "a call through one hop: a bare relay, Kamailio, troupe",
         "registration": "a SIP digest registration: Kamailio, troupe as registrar, troupe with the IMS's access side too",
         "dialogs": "bytes of a held dialog: Kamailio, troupe",
         "ims": "a call between two registered IMS users: troupe",
         "--million": "one million held dialogs: troupe",
         "--soak MINUTES": "mixed load; memory and descriptors stay flat: troupe"}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke run: 2,000 calls, one repetition, short waits; no figures to quote")
    parser.add_argument("--only", choices=["call", "registration", "dialogs", "ims"])
    parser.add_argument("--rates", default="500,1000", help="calls or registrations a second")
    parser.add_argument("--calls", type=int, help="calls and registrations a run (20,000)")
    parser.add_argument("--dialogs", type=int, help="held dialogs (50,000)")
    parser.add_argument("--repetitions", type=int)
    parser.add_argument("--million", action="store_true", help="one million held dialogs in troupe: its memory")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="mixed load on one IMS node; memory and descriptors must stay flat")
    parser.add_argument("--list", action="store_true", help="say what is measured, and end")
    parser.add_argument("--kamailio-only", action="store_true", help="leave troupe out: checks the bench itself")
    given = parser.parse_args()
    if given.list:
        print("\n".join(f"{name:<14}{about}" for name, about in LOADS.items()))
        sys.exit(0)
    given.rates = [int(rate) for rate in given.rates.split(",")]
    given.calls = given.calls or (2_000 if given.quick else 20_000)
    given.dialogs = given.dialogs or (2_000 if given.quick else 50_000)
    given.repetitions = given.repetitions or (1 if given.quick else 3)
    given.linger = 3 if given.quick else load.LINGER
    given.settle = 8 if given.quick else 40
    return given


class table:
    """Rows of medians; remembers every run for the file."""

    def __init__(self):
        self.runs, self.ratios = [], {}

    def head(self, title, unit="CPU us each"):
        print(f"\n{title}\n{'server':<10}{'rate/s':>7}{unit:>13}{'spread':>8}{'p50 ms':>9}{'p99 ms':>9}{'done':>8}{'failed':>8}{'resent':>8}{'other load':>12}")

    def row(self, runs):
        self.runs += runs
        first, resent = runs[0], sum(one.resent for one in runs)
        print(f"{first.server:<10}{first.rate:>7}{load.median(runs, 'cpu_us'):>13.1f}{load.spread(runs, 'cpu_us'):>8.1%}"
              f"{load.median(runs, 'p50_ms'):>9.2f}{load.median(runs, 'p99_ms'):>9.2f}{sum(one.done for one in runs):>8}"
              f"{sum(one.failed for one in runs):>8}{resent:>8}{max(one.other_load for one in runs):>12.1%}", flush=True)

    def ratio(self, name, ours, theirs, figure, at=""):
        if ours and theirs:
            value = load.median(ours, figure) / load.median(theirs, figure)
            self.ratios[(name + " " + at).strip()] = value
            print(f"{name} ratio {value:.3f}{'  (' + at + ')' if at else ''}")
            return value
        return None


def compare(given, rows, title, name, contestants, measure):
    """Every contestant in turn, `repetitions` times, at each rate; the ratio of the worst rate is the one that counts."""
    rows.head(title)
    found = {}
    for rate in given.rates:
        runs = {who: [] for who, _ in contestants}
        for _ in range(given.repetitions):
            for who, make in contestants:
                with make() as server:
                    runs[who].append(measure(server, rate))
        for who, _ in contestants:
            rows.row(runs[who])
            found[who, rate] = runs[who]
    for ours, figure in (("troupe", name), ("ims", f"ims {name}")):
        ratios = [load.median(found[ours, rate], "cpu_us") / load.median(found["kamailio", rate], "cpu_us")
                  for rate in given.rates if (ours, rate) in found and ("kamailio", rate) in found]
        for rate, value in zip(given.rates, ratios):
            print(f"  at {rate}/s {ours} over kamailio: {value:.3f}")
        if ratios:
            rows.ratios[figure] = max(ratios)
            print(f"{figure} ratio {max(ratios):.3f}")


def bench_calls(given, rows):
    contestants = [("relay", servers.relay), ("kamailio", lambda: servers.kamailio("call"))]
    if not given.kamailio_only:
        contestants.append(("troupe", lambda: servers.troupe("transit")))
    compare(given, rows, "A call through one hop (UDP; INVITE 100 180 200 ACK BYE 200)", "call", contestants,
            lambda server, rate: load.calls(server, rate, given.calls, given.linger))


def bench_registrations(given, rows):
    users = servers.digest_users(1_000 if given.quick else 5_000)
    contestants = [("kamailio", lambda: servers.kamailio("register"))]
    if not given.kamailio_only:
        contestants += [("troupe", lambda: servers.troupe("registrar", users)),
                        ("ims", lambda: servers.troupe("digest", users, name="ims"))]
    compare(given, rows, "A digest registration (UDP; REGISTER 401 REGISTER 200)", "registration", contestants,
            lambda server, rate: load.registrations(server, users, rate, given.calls, given.linger))


def bench_dialogs(given, rows):
    contestants = [("kamailio", lambda: servers.kamailio("call"))]
    if not given.kamailio_only:
        contestants.append(("troupe", lambda: servers.troupe("transit")))
    print(f"\nA held dialog ({given.dialogs:,} of them; growth of PSS, all processes)\n"
          f"{'server':<10}{'bytes':>9}{'spread':>8}{'each further':>14}{'failed':>8}")
    found = {who: [] for who, _ in contestants}
    for _ in range(given.repetitions):
        for who, make in contestants:
            with make() as server:
                found[who].append(load.dialogs(server, given.dialogs, settle=given.settle))
    for who, runs in found.items():
        rows.runs += runs
        print(f"{who:<10}{load.median(runs, 'bytes_each'):>9.0f}{load.spread(runs, 'bytes_each'):>8.1%}"
              f"{load.median(runs, 'bytes_each_further'):>14.0f}{sum(one.failed for one in runs):>8}")
    print("  (each further: the growth from so many held dialogs to twice as many)")
    rows.ratio("dialog bytes", found.get("troupe"), found["kamailio"], "bytes_each")
    rows.ratio("further dialog bytes", found.get("troupe"), found["kamailio"], "bytes_each_further")


def bench_ims(given, rows):
    import ims
    rows.head("An IMS call between two registered users (AKA; P-, I- and S-CSCF and HSS in one node)")
    for rate in given.rates:
        rows.row([ims.calls(rate, given.calls, given.linger) for _ in range(given.repetitions)])


def million(given):
    count = 20_000 if given.quick else 1_000_000
    with servers.troupe("transit") as server:
        held, failed, full = load.million(server, count, settle=given.settle)
    print(f"\n{held:,} held dialogs, {failed} failed: {full / 2**20:.0f} MiB PSS ({full / max(1, held):.0f} bytes each)")
    return {"held": held, "failed": failed, "pss_bytes": full}


def machine():
    cpu = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    version = subprocess.run(["kamailio", "-v"], capture_output=True, text=True).stdout.split("\n")[0].strip()
    commit = subprocess.run(["git", "-C", servers.ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "kamailio": version, "commit": commit,
            "when": time.strftime("%Y-%m-%dT%H:%M:%S")}


def main():
    given = options()
    isolation.isolate() or print("no namespaces here: using the machine's own loopback and ports")
    OUT.mkdir(parents=True, exist_ok=True)
    if not given.kamailio_only and not servers.binary(("release",)):
        sys.exit("build/release/troupe is not built: ./dev build")
    about = machine()
    print(f"{about['cpu']}, {about['cores']} cores, {about['kamailio']}; {given.repetitions} repetition(s) of {given.calls:,}")
    if os.getloadavg()[0] > 0.5:
        print(f"note: the load average is {os.getloadavg()[0]:.2f}: something else runs, and the figures will show it")
    if given.soak:
        import soak
        sys.exit(soak.run(given.soak))
    rows, extra = table(), {}
    if given.million:
        extra["million"] = million(given)
    else:
        for name, bench in (("call", bench_calls), ("registration", bench_registrations), ("dialogs", bench_dialogs), ("ims", bench_ims)):
            if given.only in (None, name) and not (name == "ims" and given.kamailio_only):
                bench(given, rows)
    results = {"machine": about, "ratios": rows.ratios, "runs": [one.__dict__ for one in rows.runs], **extra}
    (OUT / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    failed = sum(one.failed for one in rows.runs if one.server == "troupe")
    print(f"\ntroupe: {failed} failed; all runs are in build/bench/results.json")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
