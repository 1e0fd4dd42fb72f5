"""Users who come and go all the time, with SIP digest: what each was told last must be what the network has in the end."""

import dataclasses
import re

from lib import accounts, sipp
from lib.scenario import ACCESS, CONTACT, VIA, document, note, recv, send

from . import clock
from .nodes import DOMAIN, SIP, service_address

PORT, EACH, FIRST = 7100, 8.0, 500_000      # seconds between a user's registration and his de-registration; numbers of users
UNDER_WAY = 33.0                            # seconds for which an unanswered REGISTER may still be repeated


def scenario():
    """CSV: user;credentials;domain;expires."""
    patience = 35_000
    return document("chaos churn", note("registering [field0] [field3]"), _register(1), recv(100, optional=True), recv(401, auth=True, timeout=patience),
                    _register(2, "[field1]"), recv(100, optional=True), recv(200, timeout=patience, notes="told"))


def _register(cseq, *extra):
    return send("REGISTER sip:[field2] SIP/2.0", VIA, "Max-Forwards: 70", "From: <sip:[field0]@[field2]>;tag=[pid]r[call_number]",
                "To: <sip:[field0]@[field2]>", "Call-ID: [call_id]", f"CSeq: {cseq} REGISTER", CONTACT, "Expires: [field3]", "Supported: path",
                *extra, ACCESS)


@dataclasses.dataclass
class attempt:
    """One registration or de-registration, as its phone saw it."""
    user: str
    expires: int
    begun: float
    told: float = None      # the 200


LINE = re.compile(r"^(?:registering (\S+) (\d+)|(told)) (\S+) (\d+\.?\d*) (\d+\.?\d*)\s*$", re.M)


def read(text):
    """The attempts, in the order of their beginning."""
    found = {}
    for user, expires, told, call_id, seconds, microseconds in LINE.findall(text):
        moment = clock.of_wall(float(seconds) + float(microseconds) / 1e6)
        if not told:
            found.setdefault(call_id, attempt(user, int(expires), moment))
        elif call_id in found and found[call_id].told is None:
            found[call_id].told = moment
    return sorted(found.values(), key=lambda one: one.begun)


def outcome(attempts):
    """Whether the user of these attempts is registered: by the last, if it had its 200 and no other was under way; else None."""
    last = attempts[-1]
    if last.told is None:
        return None
    for one in attempts[:-1]:
        if (one.told is None and one.begun > last.begun - UNDER_WAY) or (one.told is not None and one.told > last.begun):
            return None
    return last.expires > 0


class churn:
    def __init__(self, rate, groups, folder):
        self.rate, self.groups, self.folder, self.runs = rate, groups, folder, []
        count = max(groups, round(rate * EACH)) if rate else 0
        self.users = accounts.generate(count, DOMAIN, "digest", FIRST) if count else []

    def start(self, clients, seconds):
        self.clients = clients
        for group in range(1, self.groups + 1) if self.users else ():
            members = self.users[group - 1::self.groups]
            rows = [[one.user, sipp.digest_credentials(one), DOMAIN, expires] for expires in ("3600", "0") for one in members]
            name, rate = f"churn-{group}", self.rate / self.groups
            (self.folder / f"{name}.xml").write_text(scenario())
            self.runs.append(sipp.sipp(
                self.folder / f"{name}.xml", self.folder, target=f"{service_address(group)}:{SIP}", local_port=PORT + group, local_ip=clients.address,
                rate=rate, calls=round(rate * seconds), inject=sipp.inject_file(self.folder / f"{name}.csv.in", rows), name=name,
                inside=clients.inside(), behaviours="all,-bye", options=["-l", 20_000, "-auth_uri", DOMAIN, "-trace_logs", "-log_file", self._notes(group)]).start())

    def _notes(self, group):
        return self.folder / f"churn-{group}.notes"

    def running(self):
        return [one for one in self.runs if one.child.poll() is None]

    def stop(self):
        for one in self.runs:
            one.stop()

    def judged(self):
        """({IMPU: Contact or None of whom is registered or not}, {IMPU of whom nobody can know}, attempts, failed ones)."""
        told, unknown, tried, failed = {}, set(), 0, 0
        for group in range(1, self.groups + 1) if self.users else ():
            by_user, path = {}, self._notes(group)
            for one in read(path.read_text(errors="replace") if path.exists() else ""):
                by_user.setdefault(one.user, []).append(one)
            for user, attempts in by_user.items():
                impu, known = f"sip:{user}@{DOMAIN}", outcome(attempts)
                tried, failed = tried + len(attempts), failed + sum(one.told is None for one in attempts)
                if known is None:
                    unknown.add(impu)
                else:
                    told[impu] = f"sip:{user}@{self.clients.address}:{PORT + group}" if known else None
        return told, unknown, tried, failed
