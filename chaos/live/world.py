"""Everything that is there during one scenario: switch, hosts, Redis, nodes. What faults are aimed at is looked up here."""

import concurrent.futures
import pathlib

from lib import accounts, certificates
from lib.node import binary

from . import nodes, owners, records, store
from .clock import wall_clock
from .disks import disk
from .network import network
from .nodes import configuration, member, own_address, service_address


class world:
    def __init__(self, scenario, folder, everyone):
        self.topology, self.folder = scenario.topology, pathlib.Path(folder)
        self.clocks = any(one.kind == "clock-jump" for one in scenario.faults)
        topology = self.topology
        self.nodes, self.disks, self.redis, self.outages = [], [], None, []
        self.net = network()
        self.clients = self.net.host("clients", "10.60.4.1")
        self._credentials()
        if topology.store in ("redis", "sentinel"):
            self.redis = store.redis_servers(self.net, self.folder, topology, self._wall)
        provision = accounts.provision(self.folder / "subscribers.toml", everyone)
        for number in range(1, topology.nodes + 1):
            self._make_node(number, provision)

    def _credentials(self):
        addresses = [own_address(n) for n in range(1, self.topology.nodes + 1)]
        self.topology.authority, self.topology.certificate, self.topology.key = certificates.make(self.folder, nodes.DOMAIN, addresses)
        self.topology.redis_key = nodes.make_redis_key(self.folder / "redis.key")

    def _make_node(self, number, provision):
        host = self.net.host(f"node-{number}", own_address(number))
        self.disks.append(disk(self.folder, f"disk-{number}", self.topology.disk))
        sections = configuration(self.topology, number, self.disks[-1].path, provision, self.redis.spec if self.redis else self._own_store())
        made = member(number, host, self.disks[-1], self.folder, sections, binary(("release", "dev", "asan", "tsan")), self._wall(host.name))
        self.nodes.append(made)
        self.give_addresses(made)

    def _wall(self, name):
        """Only where a clock jumps: everybody else has the machine's own."""
        return wall_clock(self.folder, name) if self.clocks else None

    def _own_store(self):
        return "memory" if self.topology.store == "memory" else None

    def start(self):
        if self.redis:
            self.redis.start()
        with concurrent.futures.ThreadPoolExecutor(len(self.nodes)) as together:
            for _ in together.map(lambda one: one.start(), self.nodes):
                pass
        if not nodes.wait_until(lambda: not self.unheld(), 30):
            raise RuntimeError(f"30 s after all nodes are ready none has {', '.join(self.unheld())}")
        return self

    def unheld(self):
        """Service addresses that no node has."""
        held = {address for one in self.nodes for address in self.service_addresses_of(one)}
        return [one for one in map(service_address, range(1, self.topology.groups + 1)) if one not in held]

    def end(self):
        for one in self.nodes:
            one.wanted = False
            if one.alive():
                one.kill()
        if self.redis:
            self.redis.end()
        for one in self.disks:
            one.end()
        self.net.end()

    # what faults are aimed at

    def nodes_named(self, target):
        return self.nodes if target == "all nodes" else [one for one in self.nodes if one.name == target]

    def processes(self, target):
        """Nodes, or one of Redis's servers or Sentinels: what can be killed and stopped."""
        if target == "redis-master":
            return [self.redis.master()]
        if target == "redis-replica":
            return self.redis.replicas()[:1]
        if target == "sentinel":
            return [one for one in self.redis.sentinels if one.alive()][:1]
        return self.nodes_named(target)

    def hosts(self, target):
        if target in self.net.hosts:
            return [self.net.hosts[target]]
        return [one.host for one in self.nodes_named(target)]

    # service addresses: a single node has them from us; in a cluster the nodes install them

    def give_addresses(self, node):
        if self.topology.nodes == 1:
            for group in range(1, self.topology.groups + 1):
                node.host.add(service_address(group))

    def service_addresses_of(self, node):
        return [one for one in map(service_address, range(1, self.topology.groups + 1)) if node.host.holds(one)]

    # what the report wants to know

    def remember_outage(self, target, moment):
        """From here the time until an answer is measured, where a node is the target."""
        if target == "all nodes" or target.startswith("node-"):
            self.outages.append(moment)

    @staticmethod
    def marks(one, moment, up=False):
        if hasattr(one, "ups"):
            if up:
                one.ups.append([moment, None])
            else:
                one.down(moment)

    def records(self):
        """All charging records, and what of them cannot be read."""
        try:
            return records.of_streams(self.redis.master()) if self.redis else records.of_files(self.disks)
        except (OSError, RuntimeError) as error:
            return None, [f"the charging records cannot be read: {error}"]

    def egress(self):
        """What all nodes have noted of their sending, and what of it cannot be read."""
        found, faults = [], []
        for one in self.nodes:
            for path in sorted(one.disk.path.glob("egress*.jsonl")):
                try:
                    found += owners.read(path.read_text(), f"{one.name}'s {path.name}")
                except owners.unreadable as error:
                    faults.append(str(error))
        return found, faults
