"""Mixed load on one IMS node for minutes: calls of several kinds, messages, registrations. Memory and descriptors stay flat.

A slope is fitted by least squares to samples taken every five seconds, after a warm-up in which caches and allocator
pools fill; "flat" means that the slope less twice its standard error is below the limit.
"""

import json
import time

import load
from servers import OUT, accounts, process, troupe
from lib import ims_load

WARM_UP = 120           # seconds; a third of a run shorter than six minutes
EVERY = 5.0
LIMITS = {"memory_kib": 128.0, "descriptors": 0.5}      # a minute
MIX = [("plain", 60, 2000), ("precondition", 30, 500), ("hold", 15, 500), ("cancel", 20, 0), ("fork", 10, 500), ("message", 50, 0)]
PAIRS = 100             # of each kind


def slope(samples):
    """(slope, its standard error) a minute of (seconds, value) samples."""
    n = len(samples)
    if n < 3:
        return 0.0, float("inf")
    mean_t = sum(t for t, _ in samples) / n
    mean_v = sum(v for _, v in samples) / n
    variance = sum((t - mean_t) ** 2 for t, _ in samples)
    gradient = sum((t - mean_t) * (v - mean_v) for t, v in samples) / variance
    residual = sum((v - mean_v - gradient * (t - mean_t)) ** 2 for t, v in samples)
    return gradient * 60, (residual / (n - 2) / variance) ** 0.5 * 60


class churn:
    """Users who register again and again, with AKA. Some 3.1% of SIPp's answers are wrong for a reason of its own, and some
    answers end it (an octet of RES that it takes for a keyword): then it begins again with the next users."""

    def __init__(self, users, rate, seconds):
        self.users, self.rate, self.until = users, rate, time.monotonic() + seconds
        self.runs = []
        self.runs.append(self._run())

    def _run(self):
        from lib import sipp
        self.users = self.users[7:] + self.users[:7]
        rows = [[one.user, sipp.aka_credentials(one), one.domain, "600"] for one in self.users]
        run = sipp.sipp(ims_load.SCENARIOS / "register_aka.xml", OUT, target="127.0.0.1:5060", local_port=5300, rate=self.rate,
                        calls=int(self.rate * max(1, self.until - time.monotonic())), inject=sipp.inject_file(OUT / "churn.csv.in", rows),
                        name=f"churn{len(self.runs)}", behaviours="all,-bye", options=["-auth_uri", self.users[0].domain, "-l", 2000])
        run.start()
        return run

    def go_on(self):
        if self.runs[-1].child.poll() is not None and time.monotonic() < self.until:
            self.runs[-1].stop()
            self.runs.append(self._run())

    def wait(self, timeout):
        self.runs[-1].wait(timeout)

    @property
    def done(self):
        return sum(one.successful for one in self.runs)

    @property
    def failed(self):
        return sum(one.failed for one in self.runs)

    def share_failed(self):
        return self.failed / max(1, self.failed + self.done)


def run(minutes):
    seconds = minutes * 60
    users = accounts.generate(2 * PAIRS * len(MIX) + 500)
    crowds = [ims_load.crowd(kind, list(zip(users[2 * i * PAIRS:], users[(2 * i + 1) * PAIRS:(2 * i + 2) * PAIRS])), OUT, port=5100 + 10 * i)
              for i, (kind, _, _) in enumerate(MIX)]
    with troupe("demo", users) as server:
        show = load.progress(f"soak of {minutes:g} minutes")
        for one in crowds:
            show(f"registering for {one.kind}")
            if missing := one.register():
                raise RuntimeError(f"{len(missing)} users cannot register: {missing[0]}")
        churning = churn(users[2 * PAIRS * len(MIX):], 20, seconds)
        for one, (_, rate, hold) in zip(crowds, MIX):
            one.start(int(rate * seconds), rate, hold)
        samples = _sample(server, seconds, show, churning)
        alive = server.node.alive()
        _finish(crowds, churning)
        show.done()
    return _judge(samples, crowds, churning, alive, server.status, seconds)


def _sample(server, seconds, show, churning):
    """[(seconds since the start, KiB, descriptors)] while the load runs; the last moments, when it ebbs, are left out."""
    began, samples = time.monotonic(), []
    while (now := time.monotonic() - began) < seconds - EVERY:
        samples.append((now, process.pss_bytes(server.pid) / 1024, process.descriptors(server.pid)))
        show(f"{now / 60:.1f} min, {samples[-1][1] / 1024:.1f} MiB, {samples[-1][2]} descriptors")
        churning.go_on()
        time.sleep(EVERY)
    return samples


def _finish(crowds, churning):
    churning.wait(120)
    for one in crowds:
        one.caller.wait(120)
        one.stop()


def _judge(samples, crowds, churning, alive, status, seconds):
    steady = [one for one in samples if one[0] > min(WARM_UP, seconds / 3)]
    flat = True
    for name, column, unit in (("memory_kib", 1, "KiB"), ("descriptors", 2, "descriptors")):
        gradient, error = slope([(one[0], one[column]) for one in steady])
        good = gradient - 2 * error <= LIMITS[name]
        flat = flat and good
        print(f"{unit} a minute: {gradient:+.2f} (standard error {error:.2f}, limit {LIMITS[name]:g}): {'flat' if good else 'GROWING'}")
    failed = 0
    for one in crowds:
        failed += one.caller.failed
        print(f"{one.kind:<14}{one.caller.successful:>9} done {one.caller.failed:>6} failed")
    share = churning.share_failed()
    print(f"{'registration':<14}{churning.done:>9} done {churning.failed:>6} failed ({share:.1%}; SIPp's own fault is 3.1%;"
          f" it began {len(churning.runs)} times)")
    print(f"node: {'alive to the end' if alive else 'DIED'}, exit status {status}")
    (OUT / "soak.json").write_text(json.dumps({"samples": samples, "failed": failed, "registrations_failed": share}) + "\n")
    return 0 if flat and alive and status == 0 and failed == 0 and churning.done > 0 and share < 0.05 else 1
