"""Registered users who call each other all the time: SIPp in the clients' namespace, a caller for each service address."""

import pathlib
import socket
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


def milliseconds(seconds):
    return str(round(seconds * 1000))


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

    def start(self, load, rate, count, hold, holding):
        """`hold` calls come first, and last for so many seconds."""
        pairs = ims_load.pair_rows(self.pairs, self.routes, DOMAIN)
        rows = [[*pairs[number % len(pairs)], milliseconds(holding)] for number in range(hold)]
        rows += [[*pairs[number % len(pairs)], milliseconds(load.talking)] for number in range(count if hold else len(pairs))]
        pieces = ims_load.pieces_of(pairs)
        files = {"caller": calls.caller(pieces), "callee": calls.callee(load.ringing, max(load.talking, holding))}
        for name, text in files.items():
            (self.folder / f"{name}-{self.group}.xml").write_text(text)
        self.callee = self._sipp("callee", self.answering).start()
        time.sleep(0.3)
        self.caller = self._sipp("caller", self.port, target=self.target, rate=rate, calls=hold + count,
                                 inject=sipp.inject_file(self.folder / f"pairs-{self.group}.csv", rows)).start()

    def slow_down(self, rate):
        """From now on so many calls a second: SIPp listens for it beside its port."""
        with self.clients.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            control.sendto(f"cset rate {rate:g}\n".encode(), (self.clients.address, self.port + sipp.CONTROL))

    def _sipp(self, what, port, **options):
        name = f"{what}-{self.group}"
        log = self.folder / f"{name}.notes"
        return sipp.sipp(self.folder / f"{name}.xml", self.folder, local_port=port, local_ip=self.clients.address, name=name,
                         inside=self.clients.inside(), options=["-l", 200_000, "-trace_logs", "-log_file", log, *ENDURE], **options)

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

    def start(self, seconds, show):
        """The calls that come and go, for so long; those that are held have been set up when it returns."""
        groups, held = len(self.crowds), round(self.wanted.held / len(self.crowds))
        self.longest = self.wanted.held / self.wanted.held_per_second + seconds + self.wanted.talking if held else self.wanted.talking
        rate = self.wanted.calls_per_second / groups
        for one in self.crowds:
            one.start(self.wanted, self.wanted.held_per_second / groups if held else rate, round(rate * seconds), held, self.longest)
        if held:
            self._wait_until_held(held * groups, show)
            for one in self.crowds:
                one.slow_down(rate)
        self.churn.start(self.crowds[0].clients, seconds)

    def _wait_until_held(self, calls, show):
        """Until the last one is about to be made: SIPp goes over to the others by itself."""
        end = time.monotonic() + 2 * calls / self.wanted.held_per_second + 30
        while (made := self.figures()["made"]) < calls:
            if time.monotonic() > end:
                raise RuntimeError(f"{made} of {calls} calls that are to be held could be set up in time")
            show(f"setting up calls that are held: {made} of {calls}")
            time.sleep(0.2)

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
