"""A phone (or a foreign peer) as flows speak of it: it sends, receives, answers, calls."""

from lib.leg import leg, sdp
from lib.message import message
from lib.phone import no_answer, phone, unexpected
from lib.suite import check, equal


class ue(phone):
    """sends() and receives() as the arrows of a 3GPP diagram; what arrives again is counted, not told twice."""

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.arrivals = []
        poll = self.wire.poll
        self.wire.poll = lambda timeout: self._noted(poll(timeout))

    def _noted(self, arrived):
        self.arrivals += [message.parse(octets) for _, octets in arrived]
        return arrived

    def times(self, what):
        """How often such a message has come, retransmissions included: a method, or (status, method)."""
        if isinstance(what, str):
            return sum(one.is_request and one.method == what for one in self.arrivals)
        status, method = what
        return sum(not one.is_request and one.status == status and one.cseq[1] == method for one in self.arrivals)

    @property
    def uri(self):
        return self.account.uri

    # arrows

    def sends(self, request):
        self.send(request)
        return request

    def receives(self, wanted, *, to=None, timeout=5.0):
        """A request by its method; or the response with this status, `to` a request: another final one is a failure."""
        if to is None:
            return self.receive(wanted, timeout)
        got = self.receive(lambda m: _answers(m, to) and (m.status == wanted or m.status >= 200), timeout)
        if got.status >= 300 and to.method == "INVITE":
            self.acknowledges(to, got)
        if got.status != wanted:
            raise unexpected(f"{self.name}: {got.start_line} instead of {wanted} to {to.start_line} (Warning: {got.get('Warning')})")
        return got

    def final(self, request, timeout=8.0):
        """The final response, whatever it is."""
        got = self.receive(lambda m: _answers(m, request) and m.status >= 200, timeout)
        if got.status >= 300 and request.method == "INVITE":
            self.acknowledges(request, got)
        return got

    def receives_nothing(self, wanted, seconds=0.3):
        check(self.nothing(wanted, seconds), f"{self.name} got {wanted}, which it must not")

    def answers(self, request, status, **options):
        return self.reply(request, status, **options)

    def acknowledges(self, invite, final):
        """The hop's own ACK to a final response that is no 2xx (RFC 3261 clause 17.1.1.3)."""
        leg(self, invite, True).ack_failure(final)

    def falls_silent(self):
        """Its addresses are there, and nobody reads what comes."""
        for one in (self.wire.datagram, self.wire.listener):
            self.wire.selector.unregister(one)

    def goes_away(self):
        """Takes nothing more; its addresses answer nobody."""
        for one in (self.wire.datagram, self.wire.listener):
            self.wire.selector.unregister(one)
            one.close()
        for one in list(self.wire.streams):
            self.wire._drop(one)

    # registration

    def registers(self, *, expecting=200, **options):
        answer = self.register(**options)
        equal(answer.status, expecting, f"{self.name}'s registration")
        return answer

    def asks_for_bindings(self):
        """A REGISTER without Contact (RFC 3261 clause 10.2.3)."""
        plain = self.register_request

        def without_contact(*given, **options):
            asked = plain(*given, **options)
            asked.headers = [(n, v) for n, v in asked.headers if n not in ("Contact", "Expires")]
            return asked
        self.register_request = without_contact
        try:
            return self.registers()
        finally:
            self.register_request = plain

    def answers_challenge(self, challenge, *, response=None, expires=600, **options):
        """Sends the REGISTER with credentials for this 401; `response` replaces the right one. Returns the request."""
        from lib import digest
        self.session = digest.session(self.account, challenge.get("WWW-Authenticate"))
        credentials = self.session.credentials("REGISTER", f"sip:{self.account.domain}")
        if response is not None:
            head, _, rest = credentials.partition('response="')
            credentials = f'{head}response="{response}"{rest.partition(chr(34))[2]}'
        return self.sends(self.register_request(expires, authorization=credentials, **options))

    # calls

    def calls(self, callee, *, body=None, **options):
        """INVITE; `callee` is a phone or a URI."""
        return leg.to(self, callee if isinstance(callee, str) else callee.uri, body=sdp() if body is None else body, **options)

    def is_called(self, timeout=5.0):
        return leg.of(self, timeout)

    def request(self, method, to, **options):
        return self.sends(self.initial(method, to if isinstance(to, str) else to.uri, **options))


def _answers(got, request):
    return not got.is_request and got.branch == request.branch and got.cseq == request.cseq


__all__ = ["ue", "no_answer", "unexpected", "leg", "sdp"]
