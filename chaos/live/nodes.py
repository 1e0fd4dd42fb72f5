"""The nodes under test: their configuration, and each a process on a host of its own. What a cluster needs to be told
stands in `cluster_keys` and nowhere else.
"""

import json
import os
import secrets
import signal
import threading
import time
import urllib.parse

from lib import config, process
from lib.node import node, total

from . import clock

DOMAIN = "ims.example"
SIP, CORE, ADMIN, LINK = 5060, 5070, "127.0.0.1:8080", 4500
ROLES = ["pcscf", "icscf", "scscf", "hss"]


def own_address(number):
    return f"10.60.1.{number}"


def service_address(group):
    return f"10.60.2.{group}"


def listeners(group):
    """What phones of a group send to."""
    return [f"{transport}://{service_address(group)}:{SIP}" for transport in ("udp", "tcp")]


def cluster_keys(topology, number, disk):
    """What node `number` of several is told beside what a single one is: [cluster], and that groups have the listeners."""
    cluster = {
        "nodes": [{"id": other, "name": f"node-{other}", "link": f"{own_address(other)}:{LINK}"} for other in range(1, topology.nodes + 1)],
        "node_id": number,
        "groups": [{"access": listeners(group), "core": [f"udp://{service_address(group)}:{CORE}"], "interface": "eth0"}
                   for group in range(1, topology.groups + 1)],
        "life_file": f"{disk}/life",
        "egress_log": f"{disk}/egress.jsonl",
        "tls_certificate": topology.certificate, "tls_key": topology.key, "tls_ca": topology.authority,
    }
    return {"cluster": cluster, "sip": {"access": None}}


def configuration(topology, number, disk, provision, store):
    """The sections of node `number`; `store` is what cluster.store says, or None for a file on its own disk."""
    made = {
        "node": {"name": f"node-{number}", "roles": ROLES, "home_domain": DOMAIN, "shards": topology.shards, "drain_timeout": 2,
                 "secret": "one and the same on every node"},
        "sip": {"access": [one for group in range(1, topology.groups + 1) for one in listeners(group)]},
        "admin": {"listen": ADMIN},
        "hss": {"database": f"{disk}/hss.sqlite", "provision": str(provision)},
        "charging": {"folder": f"{disk}/cdr"},
        "cluster": {"store": store or f"file:{disk}/state.sqlite"},
    }
    if store and store.startswith("redis"):
        replicas = topology.replicas if topology.store == "sentinel" else 0
        made["cluster"] |= {"redis_key_file": topology.redis_key, "redis_replicas": replicas}
    if topology.nodes > 1:
        made = config.merge(made, cluster_keys(topology, number, disk))
    return config.merge(made, topology.changes)


def make_redis_key(path):
    path.write_text(secrets.token_hex(32) + "\n")
    path.chmod(0o600)
    return str(path)


class member(node):
    """A node on its host. `ups` are the spans in which it was ready: (from, to) in boot time, the last one open."""

    def __init__(self, number, host, disk, folder, sections, program, wall=None):
        self.number, self.host, self.disk, self.wall = number, host, disk, wall
        self.name = f"node-{number}"
        super().__init__(config.write(folder / f"{self.name}.toml", sections), program=program, log=folder / f"{self.name}.log", admin=ADMIN,
                         inside=host.inside() + (wall.before() if wall else []))
        self.ups, self.deaths, self.wanted, self.lock = [], [], False, threading.RLock()

    def start(self, timeout=60.0):
        """Until it is ready. Where its parent process lives, that starts it."""
        with self.lock:
            self.wanted = True
            if not self.alive():
                super().start(timeout)
            elif not wait_until(lambda: self.http("/readyz", 0.5)[0] == 200, timeout, 0.01):
                raise RuntimeError(f"{self.name} is not ready within {timeout:g} s")
            self.ups.append([clock.now(), None])
            return self

    def http(self, path, timeout=3.0):
        with self.host.entered():
            return super().http(path, timeout)

    def serving(self):
        """The process that carries calls: a child of the one that was started, where that watches over it."""
        if not self.alive():
            return None
        children = [pid for pid in process.family(self.child.pid)[1:] if _program(pid) == _program(self.child.pid)]
        return children[0] if children else self.child.pid

    def signal(self, number, whole=True):
        """To all its processes, or only to the one that serves; returns the moment just before."""
        targets = process.family(self.child.pid) if whole else [self.serving()]
        moment = clock.now()
        for pid in targets:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        return moment

    def crash(self, whole=True):
        """kill -9; returns the moment."""
        with self.lock:
            self.wanted, victim = False, self.serving()
            moment = self.signal(signal.SIGKILL, whole)
            if whole or victim == self.child.pid:
                self.child.wait()
            else:
                wait_until(lambda: self.serving() != victim, 5, 0.002)
            self.down(moment)
            return moment

    def sees_clock(self, ahead):
        self.wall.ahead(ahead)

    def down(self, moment):
        if self.ups and self.ups[-1][1] is None:
            self.ups[-1][1] = moment

    def died(self):
        """True once for each time that it ended although nobody ended it."""
        if not self.lock.acquire(blocking=False):       # it is being ended or started
            return False
        try:
            if self.alive() or not self.wanted or (self.deaths and self.deaths[-1][2] == self.child.pid):
                return False
            self.deaths.append((clock.now(), self.child.returncode, self.child.pid))
            self.down(self.deaths[-1][0])
            return True
        finally:
            self.lock.release()

    # what it says of itself

    def gauges(self):
        now = self.metrics()
        return {"calls": total(now, r"troupe_calls\{"), "sessions": total(now, "troupe_sessions"), "unanswered": total(now, "troupe_requests_unanswered"),
                "transactions": total(now, r"troupe_transactions\{"), "registrations": total(now, "troupe_registrations$"),
                "store_octets": total(now, "troupe_store_octets"), "timers": total(now, "troupe_timers"),
                "sent_unstored": total(now, "troupe_sent_unstored_total"), "quarantined": total(now, "troupe_store_quarantined_total"),
                "restarts": total(now, "troupe_restarts_total")}

    def listed(self, what):
        """All items of an admin list, page by page."""
        items, after = [], ""
        while after is not None:
            query = "limit=1000" + (f"&after={urllib.parse.quote(after)}" if after else "")
            status, body = self.http(f"/api/v1/{what}?{query}", 10)
            page = json.loads(body)
            if status != 200 or page.get("partial"):
                raise RuntimeError(f"{self.name}: /api/v1/{what}: {status} {body[:200]}")
            items += page["items"]
            after = page.get("next")
        return items


def _program(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return None


def wait_until(condition, seconds, every=0.05):
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(every)
    return found
