"""Redis for the nodes: one server, or a master with replicas and as many Sentinels, all on one host, each with its own address."""

import collections
import os
import re
import signal

from lib.redis import redis

from . import clock
from .network import inner_cut
from .nodes import wait_until

MASTER, SENTINEL_PORT, DOWN_AFTER = "ours", 26379, 500


def address(number):
    return f"10.60.3.{number}"


class server(redis):
    """One that is connected to from its own host."""

    def __init__(self, on, folder, name, number, wall=None, **options):
        super().__init__(folder, address=address(number), name=name, inside=on.inside() + (wall.before() if wall else []), **options)
        self.on, self.wall = on, wall

    def connect(self, timeout):
        with self.on.entered():
            return super().connect(timeout)

    def crash(self, _whole=True):
        moment = clock.now()
        self.kill()
        return moment

    def signal(self, number, _whole=True):
        moment = clock.now()
        os.kill(self.child.pid, number)
        return moment

    def sees_clock(self, ahead):
        self.wall.ahead(ahead)


class redis_servers:
    def __init__(self, net, folder, topology, wall):
        self.sentinels, count = [], 1 + (topology.replicas if topology.store == "sentinel" else 0)
        self.sentinel_mode = topology.store == "sentinel"
        self.host = net.host("redis", *(address(n) for n in range(1, max(count, 3 if self.sentinel_mode else 1) + 1)))
        self.inner = inner_cut(self.host)
        self.servers = [server(self.host, folder, f"redis-{n}", n, wall=wall(f"redis-{n}"), options=self._options(n)) for n in range(1, count + 1)]
        if self.sentinel_mode:
            self.sentinels = [server(self.host, folder, f"sentinel-{n}", n, port=SENTINEL_PORT, sentinel=True, options=[
                f"sentinel monitor {MASTER} {address(1)} 6379 2", f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER}",
                f"sentinel failover-timeout {MASTER} 3000", f"sentinel announce-ip {address(n)}", f"bind-source-addr {address(n)}"]) for n in (1, 2, 3)]

    def _options(self, number):
        common = ["maxmemory-policy noeviction"]
        if self.sentinel_mode:
            common += ["min-replicas-to-write 1", "min-replicas-max-lag 10", "repl-diskless-sync-delay 0", "repl-diskless-load swapdb",
                       f"replica-announce-ip {address(number)}", "repl-timeout 5", f"bind-source-addr {address(number)}"]
            common += [f"replicaof {address(1)} 6379"] if number > 1 else []
        return common

    def start(self):
        for one in self.servers + self.sentinels:
            one.start()
        if self.sentinel_mode and not wait_until(self._settled, 30):
            raise RuntimeError("Redis's replicas and Sentinels have not found each other within 30 s")
        return self

    def _settled(self):
        try:
            if f"min_slaves_good_slaves:{len(self.servers) - 1}" not in self.servers[0].ask("INFO", "replication"):
                return False
            for one in self.sentinels:
                facts = one.ask("SENTINEL", "MASTER", MASTER)
                known = dict(zip(facts[::2], facts[1::2]))
                if int(known["num-slaves"]) < len(self.servers) - 1 or int(known["num-other-sentinels"]) < 2:
                    return False
            return True
        except (OSError, RuntimeError):
            return False

    @property
    def spec(self):
        if not self.sentinel_mode:
            return self.servers[0].spec
        return "redis-sentinel://" + ",".join(one.host for one in self.sentinels) + f"/{MASTER}"

    def master(self):
        """The server that a Sentinel names; the first one when none does."""
        return self._named_by(self.sentinels) or self.servers[0]

    def others_say(self, server):
        """The master by the word of a Sentinel that is not beside `server`; None when they are silent."""
        return self._named_by([one for one in self.sentinels if one.address != server.address])

    def _named_by(self, sentinels):
        for one in sentinels:
            try:
                told = one.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER, timeout=0.5)
                return next(each for each in self.servers if each.address == told[0])
            except (OSError, RuntimeError, StopIteration):
                continue
        return None

    def replicas(self):
        master = self.master()
        return [one for one in self.servers if one is not master and one.alive()]

    def serves(self):
        """Whether the master answers and, behind Sentinels, has a replica to write to."""
        try:
            facts = self.master().ask("INFO", "replication", timeout=0.5)
        except (OSError, RuntimeError):
            return False
        good = re.search(r"min_slaves_good_slaves:(\d+)", facts)
        return "role:master" in facts and (not self.sentinel_mode or (good and int(good[1]) >= 1))

    def stored(self):
        """How many records there are of each kind (the first octet of a field of groups' data); None when it does not answer."""
        try:
            master, kinds = self.master(), collections.Counter()
            for key in master.ask("KEYS", "*:d:*", timeout=10):
                kinds.update(ord(field[0]) for field in master.ask("HKEYS", key, timeout=10))
            return dict(kinds)
        except (OSError, RuntimeError):
            return None

    def end(self):
        for one in self.sentinels + self.servers:
            if one.alive():
                one.signal(signal.SIGCONT)
                one.kill()
