"""The network that a flow plays on: fused (one process) or split (the profiles split-pcscf and split-core, two processes).

Phones find the P-CSCF at 127.0.0.1:5060 either way. A foreign network is at 127.0.0.9; it finds the I-CSCF at
127.0.0.2:5060, and the home network finds it by the address in the Request-URI.
"""

import contextlib
import json
import os
import subprocess
import time
import tomllib

from lib import accounts, config
from lib.node import ROOT, binary, node
from lib.phone import trace
from lib.suite import equal

from .server import server
from .ue import ue

PROXY, ICSCF, ABROAD = ("127.0.0.1", 5060), ("127.0.0.2", 5060), "127.0.0.9"
ACCOUNTS_A_FLOW = 4
COMMON = {"node": {"drain_timeout": 0, "shards": 2}, "dns": {"servers": ["127.0.0.1:5353"], "timeout": 200, "attempts": 1}}
EDGE = ("node", "sip", "pcscf", "session", "registration", "overload", "dns", "log", "charging")     # sections that the P-CSCF reads


class stage:
    """One mode's nodes. They stay up from flow to flow while the same configuration will do."""

    def __init__(self, mode, folder, flows):
        self.mode, self.folder, self.nodes, self.changes = mode, folder, [], None
        self.records = folder / "cdr"
        self.accounts = accounts.generate(ACCOUNTS_A_FLOW * len(flows))
        self.extra = [text for one in flows for text in one.subscribers]

    def set_up(self, changes):
        if self.nodes and self.changes == changes and all(one.alive() for one in self.nodes):
            return
        self.take_down()
        self.changes = changes
        self.folder.mkdir(exist_ok=True)
        subscribers = accounts.provision(self.folder / "subscribers.toml", self.accounts)
        with open(subscribers, "a") as file:
            file.write("\n" + "\n".join(self.extra))
        hss = {"hss": {"database": str(self.folder / "hss.sqlite"), "provision": str(subscribers)},
               "charging": {"folder": str(self.records / "core")}}
        edge_records = {"charging": {"folder": str(self.records / "edge")}}
        self.nodes = [node(path, admin=admin, log=self.folder / f"{path.stem}.log") for path, admin in self._configurations(hss, edge_records)]
        for one in self.nodes:
            one.start()

    def _configurations(self, hss, edge_records):
        if self.mode == "fused":
            core = {"sip": {"core": [f"{way}://127.0.0.2:5060" for way in ("udp", "tcp")], "peers": [ABROAD]}}
            yield self._write("demo", core, hss, COMMON, self.changes), "127.0.0.1:8080"
            return
        own = {"sip": {"access": None, "core": None}}
        peers = {"sip": {"peers": ["127.0.0.1", "127.0.0.2", "127.0.0.3", ABROAD]}}
        yield self._write("split-core", peers, hss, COMMON, self.changes, own), "127.0.0.1:8081"
        edge = {name: options for name, options in self.changes.items() if name in EDGE}
        yield self._write("split-pcscf", COMMON, edge_records, edge), "127.0.0.1:8080"

    def _write(self, profile, *changes):
        with open(ROOT / "config" / "profiles" / f"{profile}.toml", "rb") as file:
            sections = tomllib.load(file)
        for one in changes:
            sections = config.merge(sections, one)
        return config.write(self.folder / f"{profile}.toml", sections)

    def take_down(self):
        for one in reversed(self.nodes):
            if one.alive():
                one.stop()
        self.nodes = []

    def charged(self, call_id):
        """The charging records of a call that the nodes have written so far."""
        found = [json.loads(line) for path in sorted(self.records.glob("*/cdr-*.jsonl")) for line in path.read_text().splitlines()]
        return [one for one in found if one["call_id"] == call_id]

    @property
    def edge(self):
        """The node that has the P-CSCF."""
        return self.nodes[-1]

    def perform(self, which):
        """Plays one flow; returns its cast, who keep what they received."""
        self.set_up(which.changes)
        own = self.accounts[which.number * ACCOUNTS_A_FLOW:][:ACCOUNTS_A_FLOW]
        with cast(self, own) as actors:
            which.play(actors)
        return actors


class cast:
    """Who appears in one flow: UEs A to D with an account each, and what else the flow asks for."""

    def __init__(self, on, own):
        self.stage, self.accounts = on, own
        self.story, self.actors, self.exit = trace(), [], contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *why):
        with self.exit:
            for one in self.actors:
                one.idle(0.05)
        if os.environ.get("VERBOSE") == "all" or why[0] and os.environ.get("VERBOSE"):
            print(self.story.dump())

    def ue(self, name, account=None, **options):
        """A UE that has done nothing yet; A to D have the flow's accounts in turn."""
        account = account or self.accounts["ABCD".index(name[0])]
        return self._enter(ue(account, options.pop("proxy", PROXY), name=name, story=self.story, **options))

    def registered(self, *names, **options):
        """UEs that have registered: as many as names."""
        found = [self.ue(name, **options) for name in names]
        for one in found:
            one.registers()
        return found if len(found) > 1 else found[0]

    def foreign(self, name="peer", port=5080, **options):
        """A user agent of another network, behind a peer of the I-CSCF."""
        account = accounts.account(f"{name}@{ABROAD}", [f"sip:{name}@{ABROAD}:{port}"])
        return self._enter(ue(account, ICSCF, bind=ABROAD, port=port, name=name, story=self.story, **options))

    def charged(self, call, count):
        """The charging records of this call, once there are so many; no more may come."""
        end = time.monotonic() + 5
        while len(self.stage.charged(call.invite.call_id)) < count and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.3)
        found = self.stage.charged(call.invite.call_id)
        equal(len(found), count, f"charging records: {found}")
        equal(len({one["id"] for one in found}), count, "their ids")
        return sorted(found, key=lambda one: (one["node"], one["role"]))

    @property
    def scscf_uri(self):
        """By which an application server finds the S-CSCF."""
        return "sip:scscf.ims.example" if self.stage.mode == "fused" else "sip:127.0.0.3:5060"

    def server(self, name, port):
        """An application server, a peer of the S-CSCF."""
        account = accounts.account(f"{name}@{ABROAD}", [f"sip:{name}@{ABROAD}:{port}"])
        return self._enter(server(account, ICSCF, bind=ABROAD, port=port, name=name, story=self.story))

    def _enter(self, actor):
        self.actors.append(self.exit.enter_context(actor))
        return actor

    def take_away(self, account):
        """The subscriber is removed from the HSS while the node runs."""
        self._subscriber("remove", account.impi)

    def changes(self, account):
        """The subscriber is changed in the HSS while the node runs."""
        self._subscriber("import", "-", said=account.toml())

    def _subscriber(self, *words, said=""):
        admin = self.stage.nodes[0].admin
        done = subprocess.run([binary(), "ctl", "--admin", f"http://{admin}", "subscriber", *words], input=said,
                              capture_output=True, text=True, timeout=20)
        if done.returncode:
            raise AssertionError(f"troupe ctl subscriber {words[0]}: {done.stderr or done.stdout}")

    def metrics(self):
        """Of all nodes, summed up."""
        total = {}
        for one in self.stage.nodes:
            for name, value in one.metrics().items():
                total[name] = total.get(name, 0) + value
        return total
