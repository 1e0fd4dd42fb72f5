"""Many IMS users through SIPp: registered, re-registered, called."""

import pathlib
import re
import time

from . import call_kinds, scenario, sipp

SCENARIOS = pathlib.Path(__file__).resolve().parents[1] / "scenarios"


def _credentials(account):
    return sipp.digest_credentials(account) if account.password else sipp.aka_credentials(account)


def register(users, folder, *, target="127.0.0.1:5060", port=5061, expires=3600, rate=200, transport="u1", passes=5,
             name="register", progress=None, inside=(), local_ip="127.0.0.1", domain="ims.example"):
    """Registers every user (expires=0: de-registers). Users whose challenge SIPp could not answer are sent again.

    Returns ({user: Service-Route}, [how many needed which pass]); users who never succeeded are missing.
    """
    folder = pathlib.Path(folder)
    routes, left, needed = {}, list(users), []
    for number in range(passes):
        if not left:
            break
        needed.append(len(left))
        rows = [[one.user, _credentials(one), domain, str(expires)] for one in left]
        log = folder / f"{name}.{number}.log.routes"
        log.unlink(missing_ok=True)
        run = sipp.sipp(SCENARIOS / "register_aka.xml", folder, target=target, local_port=port, rate=rate, calls=len(left),
                        inject=sipp.inject_file(folder / f"{name}.csv.in", rows), transport=transport, name=f"{name}.{number}",
                        behaviours="all,-bye", inside=inside, local_ip=local_ip,
                        options=["-auth_uri", domain, "-trace_logs", "-log_file", log, "-l", 2000])
        with run:
            run.wait(len(left) / rate * 2 + 60, progress)
        routes.update(_registered(log))
        left = [one for one in left if one.user not in routes]
    return routes, needed


def _registered(log):
    text = log.read_text(errors="replace") if log.exists() else ""
    return {user: route.strip() for user, route in re.findall(r"(?m)registered (\S+) route (.*)$", text)}


def pair_rows(pairs, routes, domain="ims.example"):
    """CSV rows for the caller's scenarios: caller;domain;callee;pieces of the Service-Route."""
    return [[a.user, domain, b.user, *routes[a.user].split(";")] for a, b in pairs]


def write_kind(kind, folder, pieces):
    """The scenario files of one kind of call: (caller's, [callees'])."""
    caller, callees = call_kinds.KINDS[kind]
    folder = pathlib.Path(folder)
    first = folder / f"{kind}_caller.xml"
    first.write_text(caller(pieces))
    others = []
    for number, make in enumerate(callees):
        others.append(folder / f"{kind}_callee{number}.xml")
        others[-1].write_text(make())
    return first, others


def pieces_of(rows):
    """How many CSV fields the Service-Routes take: the same for all, or the scenario cannot be written."""
    pieces = {len(row) - scenario.FIRST_ROUTE_FIELD for row in rows}
    if len(pieces) != 1:
        raise AssertionError(f"Service-Routes of different shapes: {pieces}")
    return pieces.pop()


class crowd:
    """Pairs of users for one kind of call, registered from the ports that its SIPp processes use."""

    def __init__(self, kind, pairs, folder, *, port, target="127.0.0.1:5060", domain="ims.example"):
        self.kind, self.pairs, self.folder, self.port = kind, pairs, pathlib.Path(folder), port
        self.target, self.domain = target, domain
        self.routes, self.needed = {}, []

    def register(self, expires=3600, **options):
        """The callers at `port`, the callees at the ports after it (two contacts each for a fork)."""
        callers, callees = [a for a, _ in self.pairs], [b for _, b in self.pairs]
        missing = []
        for number, users in enumerate([callers] + [callees] * len(call_kinds.KINDS[self.kind][1])):
            routes, needed = register(users, self.folder, port=self.port + number, expires=expires, target=self.target,
                                      domain=self.domain, name=f"{self.kind}.register{number}", **options)
            missing += [one.user for one in users if one.user not in routes]
            self.needed.append(needed)
            if number == 0:
                self.routes = routes
        return missing

    def start(self, calls, rate, hold=0, options=(), callee_options=()):
        """Starts the callees, then the caller; returns the caller's process."""
        rows = pair_rows(self.pairs, self.routes, self.domain)
        calling, called = write_kind(self.kind, self.folder, pieces_of(rows))
        self.callees = [sipp.sipp(path, self.folder, local_port=self.port + 1 + number, options=callee_options).start() for number, path in enumerate(called)]
        time.sleep(0.3)
        self.caller = sipp.sipp(calling, self.folder, target=self.target, local_port=self.port, rate=rate, calls=calls,
                                inject=sipp.inject_file(self.folder / f"{self.kind}.pairs", rows),
                                options=["-d", hold, "-l", 5000, *options])
        return self.caller.start()

    def stop(self):
        self.caller.stop()
        for one in self.callees:
            one.stop()
