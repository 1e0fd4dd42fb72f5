"""Registered users who call each other all the time: SIPp in the clients' namespace, a caller for each service address."""

import pathlib
import time

from lib import accounts, ims_load, sipp

from . import calls, churn
from .nodes import DOMAIN, SIP, service_address

ENDURE = ["-watchdog_minor_maxtriggers", 1_000_000, "-watchdog_major_maxtriggers", 1_000_000]      # a slow machine does not end SIPp
CALLERS, CALLEES = 5100, 6100       # ports, and those after them for further groups


def users(count):
    """Callers and callees, with AKA."""
    everyone = accounts.generate(count, DOMAIN)
    return everyone[:count // 2], everyone[count // 2:]


class crowd:
    """The users that one service address serves."""

    def __init__(self, group, pairs, folder, clients):
        self.group, self.pairs, self.folder, self.clients = group, pairs, pathlib.Path(folder), clients
        self.port, self.answering = CALLERS + group, CALLEES + group
        self.target = f"{service_address(group)}:{SIP}"
        self.caller = self.callee = None

    def register(self):
        """{IMPU: Contact} of what the network has accepted."""
        told = {}
        for which, port, name in ((0, self.port, "callers"), (1, self.answering, "callees")):
            members = [pair[which] for pair in self.pairs]
            routes, _ = ims_load.register(members, self.folder, target=self.target, port=port, name=f"{name}-{self.group}", rate=250,
                                          inside=self.clients.inside(), local_ip=self.clients.address, domain=DOMAIN)
            if missing := [one.user for one in members if one.user not in routes]:
                raise RuntimeError(f"{len(missing)} users cannot register, {missing[0]} among them")
            if which == 0:
                self.routes = routes
            told |= {one.uri: f"sip:{one.user}@{self.clients.address}:{port}" for one in members}
        return told

    def start(self, load, rate, count):
        rows = ims_load.pair_rows(self.pairs, self.routes, DOMAIN)
        files = {"caller": calls.caller(ims_load.pieces_of(rows), load.talking), "callee": calls.callee(load.ringing, load.talking)}
        for name, text in files.items():
            (self.folder / f"{name}-{self.group}.xml").write_text(text)
        self.callee = self._sipp("callee", self.answering).start()
        time.sleep(0.3)
        self.caller = self._sipp("caller", self.port, target=self.target, rate=rate, calls=count,
                                 inject=sipp.inject_file(self.folder / f"pairs-{self.group}.csv", rows)).start()

    def _sipp(self, what, port, **options):
        name = f"{what}-{self.group}"
        log = self.folder / f"{name}.notes"
        return sipp.sipp(self.folder / f"{name}.xml", self.folder, local_port=port, local_ip=self.clients.address, name=name,
                         inside=self.clients.inside(), options=["-l", 20_000, "-trace_logs", "-log_file", log, *ENDURE], **options)

    def stop(self):
        for one in (self.caller, self.callee):
            if one:
                one.stop()

    def notes(self):
        for what in ("caller", "callee"):
            path = self.folder / f"{what}-{self.group}.notes"
            if path.exists():
                yield path.read_text(errors="replace")


class load:
    def __init__(self, wanted, groups, folder, clients):
        self.wanted = wanted
        callers, callees = users(wanted.users)
        pairs = list(zip(callers, callees))
        self.churn = churn.churn(wanted.registrations_per_second, groups, folder)
        self.everyone = callers + callees + self.churn.users
        self.crowds = [crowd(group, pairs[group - 1::groups], folder, clients) for group in range(1, groups + 1)]

    def register(self):
        told = {}
        for one in self.crowds:
            told |= one.register()
        return told

    def start(self, seconds):
        rate = self.wanted.calls_per_second / len(self.crowds)
        self.count = round(rate * seconds) * len(self.crowds)
        self.churn.start(self.crowds[0].clients, seconds)
        for one in self.crowds:
            one.start(self.wanted, rate, round(rate * seconds))

    def running(self):
        return [one for one in self.crowds if one.caller.child.poll() is None] + self.churn.running()

    def figures(self):
        """{made, now, done, failed} of all callers, as SIPp last wrote them."""
        columns = {"made": "OutgoingCall(C)", "now": "CurrentCall", "done": "SuccessfulCall(C)", "failed": "FailedCall(C)"}
        return {name: sum(one.caller.count(column) for one in self.crowds) for name, column in columns.items()}

    def stop(self):
        self.churn.stop()
        for one in self.crowds:
            one.stop()

    def calls(self):
        return calls.read(text for one in self.crowds for text in one.notes())
