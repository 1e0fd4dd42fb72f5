"""An IMS phone driven step by step by a test: TS 24.229 clause 5.1, without IPsec and without media.

It does what a test tells it and nothing else, so that a test can also misbehave. A phone shares a
`trace` with others to tell one story.
"""

import re
import secrets
import time

from . import digest
from .message import message, uri_of
from .wire import wire

T1 = 0.5
ACCESS_NETWORK = "3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=001010001000019B"


class no_answer(AssertionError):
    """What a test waited for did not come."""


class unexpected(AssertionError):
    """Something else came."""


class trace:
    """Every message that any phone sent or received, in order of time."""

    def __init__(self):
        self.events = []

    def record(self, when, who, direction, what):
        self.events.append((when, who, direction, what))

    def dump(self):
        return "\n".join(f"--- {when:.6f} {who.name} {direction}\n{what}" for when, who, direction, what in self.events)


class phone:
    """One user agent with one subscription, one address and one flow to its P-CSCF."""

    def __init__(self, account, proxy, *, transport="udp", bind="127.0.0.1", port=0, name="", story=None, tls=None):
        self.account, self.name = account, name or account.user
        self.wire = wire(proxy, transport, bind, port, tls)
        self.story = story or trace()
        self.inbox, self.answered, self.seen = [], {}, set()
        self.service_route, self.associated, self.session = [], [], None
        self.register_id, self.register_cseq = f"{secrets.token_hex(8)}@{self.wire.bound[0]}", 0
        self.register_tag = secrets.token_hex(4)
        self.instance = f"urn:uuid:{secrets.token_hex(4)}-0000-4000-8000-{secrets.token_hex(6)}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    # what its messages are made of

    @property
    def proxy_uri(self):
        host, port = self.wire.proxy[:2]
        shown = f"[{host}]" if ":" in host else host
        suffix = "" if self.wire.transport == "udp" else f";transport={self.wire.transport}"
        return f"sip:{shown}:{port}{suffix};lr"

    @property
    def contact_uri(self):
        suffix = "" if self.wire.transport == "udp" else f";transport={self.wire.transport}"
        return f"sip:{self.account.user}@{self.wire.host_port}{suffix}"

    def via(self):
        return f"SIP/2.0/{self.wire.transport.upper()} {self.wire.host_port};rport;branch=z9hG4bK{secrets.token_hex(8)}"

    def initial(self, method, uri, *, identity=None, body=b"", content="application/sdp", extra=(), routes=None):
        """A request outside a dialog, as an IMS phone forms it after registration."""
        own = identity or self.account.uri
        made = message(f"{method} {uri} SIP/2.0", [
            ("Via", self.via()), ("Max-Forwards", "70")])
        for route in [self.proxy_uri] + self.service_route if routes is None else routes:
            made.add("Route", f"<{route}>")
        made.add("From", f"<{own}>;tag={secrets.token_hex(4)}").add("To", f"<{uri}>")
        made.add("Call-ID", f"{secrets.token_hex(8)}@{self.wire.bound[0]}").add("CSeq", f"1 {method}")
        made.add("Contact", f"<{self.contact_uri}>").add("P-Preferred-Identity", f"<{own}>")
        made.add("P-Access-Network-Info", ACCESS_NETWORK)
        for name, value in extra:
            made.add(name, value)
        if body:
            made.add("Content-Type", content)
            made.body = body
        return made

    # sending and receiving

    def send(self, what):
        self.story.record(time.time(), self, "sent", what)
        self.wire.send(what.encode())

    def send_octets(self, octets):
        """Exactly these octets, for tests that misbehave."""
        self.wire.send(octets)

    def _take(self, timeout):
        for when, octets in self.wire.poll(timeout):
            got = message.parse(octets)
            key = _same(got)
            if key in self.seen:
                if key in self.answered:
                    self.wire.send(self.answered[key])
                continue
            self.seen.add(key)
            self.story.record(when, self, "received", got)
            self.inbox.append(got)

    def receive(self, wanted, timeout=5.0):
        """The first message for which wanted(message) holds; a method name or a status may stand for the function."""
        matches = _matcher(wanted)
        end = time.monotonic() + timeout
        while True:
            for got in self.inbox:
                if matches(got):
                    self.inbox.remove(got)
                    return got
            left = end - time.monotonic()
            if left <= 0:
                came = ", ".join(got.start_line for got in self.inbox) or "nothing"
                what = wanted if isinstance(wanted, (str, int)) else getattr(wanted, "wanted", "such message")
                raise no_answer(f"{self.name}: no {what} within {timeout} s; in the inbox: {came}")
            self._take(min(left, 0.1))

    def idle(self, seconds):
        """Reads for so long; what came is in the inbox."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._take(left)

    def nothing(self, wanted, seconds=0.3):
        """True when no such message comes within that time."""
        self.idle(seconds)
        return not any(_matcher(wanted)(got) for got in self.inbox)

    def transact(self, request, timeout=8.0):
        """Sends a request, repeats it over UDP (timer A or E), and returns the final response."""
        self.send(request)
        end, wait = time.monotonic() + timeout, T1
        while (left := end - time.monotonic()) > 0:
            try:
                got = self.receive(_response_to(request), min(wait, left))
            except no_answer:
                if self.wire.transport == "udp":
                    self.wire.send(request.encode())
                wait = min(wait * 2, 4.0)
                continue
            if got.status >= 200:
                return got
            wait = timeout
        raise no_answer(f"{self.name}: no final response to {request.start_line}")

    def reply(self, request, status, reason="", *, extra=(), body=b"", to_tag=None, content="application/sdp"):
        """Answers a request and remembers the answer for its retransmissions."""
        made = message(f"SIP/2.0 {status} {reason or REASONS.get(status, 'Whatever')}")
        for value in request.all("Via"):
            made.add("Via", value)
        for value in request.all("Record-Route") if status > 100 else ():
            made.add("Record-Route", value)
        to = request.get("To")
        if status > 100 and not request.tag("To"):
            to += f";tag={to_tag or secrets.token_hex(4)}"
        made.add("From", request.get("From")).add("To", to)
        made.add("Call-ID", request.call_id).add("CSeq", request.get("CSeq"))
        for name, value in extra:
            made.add(name, value)
        if body:
            made.add("Content-Type", content)
            made.body = body
        self.answered[_same(request)] = made.encode()
        self.send(made)
        return made

    # registration: TS 24.229 clause 5.1.1

    def register_request(self, expires=600, *, contact=None, extra=(), authorization=None, identity=None):
        self.register_cseq += 1
        uri = f"sip:{self.account.domain}"
        made = message(f"REGISTER {uri} SIP/2.0", [("Via", self.via()), ("Max-Forwards", "70")])
        own = identity or self.account.uri
        made.add("From", f"<{own}>;tag={self.register_tag}").add("To", f"<{own}>")
        made.add("Call-ID", self.register_id).add("CSeq", f"{self.register_cseq} REGISTER")
        made.add("Contact", contact or f'<{self.contact_uri}>;+sip.instance="<{self.instance}>"'
                                       f';+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel"')
        made.add("Expires", str(expires)).add("Supported", "path, gruu")
        made.add("P-Access-Network-Info", ACCESS_NETWORK)
        if authorization is None:
            authorization = (self.session.credentials("REGISTER", uri) if self.session
                             else digest.blank_credentials(self.account))
        if authorization:
            made.add("Authorization", authorization)
        for name, value in extra:
            made.add(name, value)
        return made

    def register(self, expires=600, *, rounds=3, **options):
        """Registers, answering up to `rounds` challenges; returns the final response, whatever it is."""
        answer = self.transact(self.register_request(expires, **options))
        while answer.status == 401 and rounds > 0:
            rounds -= 1
            self.session = digest.session(self.account, answer.get("WWW-Authenticate"))
            answer = self.transact(self.register_request(expires, **options))
            if self.session.auts:
                self.session = None if answer.status != 401 else self.session
        if answer.status == 200:
            self.service_route = [uri_of(v) for v in answer.all("Service-Route")]
            self.associated = [uri_of(v) for v in answer.all("P-Associated-URI")]
        return answer

    def deregister(self, **options):
        return self.register(0, **options)


def _same(what):
    """Equal for a message and its retransmission; forks differ by their To-tag."""
    return what.start_line, what.branch, what.cseq, what.get("RSeq"), what.tag("To")


def _matcher(wanted):
    if isinstance(wanted, str):
        return lambda got: got.is_request and got.method == wanted
    if isinstance(wanted, int):
        return lambda got: got.status == wanted
    return wanted


def _response_to(request):
    def matches(got):
        return not got.is_request and got.branch == request.branch and got.cseq == request.cseq
    matches.wanted = f"response to {request.start_line}"
    return matches


REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily",
           400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 480: "Temporarily Unavailable", 481:
           "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here",
           500: "Server Internal Error", 503: "Service Unavailable", 580: "Precondition Failure", 603: "Decline"}


def expires_of(response, contact_uri):
    """The expiry granted to one of our contacts in a 200 to REGISTER, or None."""
    for value in response.all("Contact"):
        if uri_of(value) == contact_uri:
            found = re.search(r";\s*expires\s*=\s*(\d+)", value.rpartition(">")[2])
            return int(found.group(1)) if found else None
    return None
