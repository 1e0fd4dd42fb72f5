"""An application server on the ISC interface: TS 24.229 clause 5.7. It proxies (5.7.4), or calls on its own (5.7.5)."""

import re

from lib.message import message, uri_of

from .ue import ue


class server(ue):
    """Its address is its service's; it finds the S-CSCF by the Route and the Via of what it gets."""

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.onward = {}        # what it has sent on, by branch

    def goes_on(self, request, *, uri=None):
        """The request as this proxy sends it on: without its own Route, to the next one; with a Record-Route of its own."""
        onward = message.parse(request.encode())
        if uri:
            onward.start_line = f"{request.method} {uri} SIP/2.0"
        routes = onward.all("Route")[1:]
        kept = [(n, v) for n, v in onward.headers if n not in ("Route", "Via", "Record-Route", "Max-Forwards")]
        vias, recorded = onward.all("Via"), onward.all("Record-Route")
        onward.headers = [("Via", v) for v in [self.via()] + vias] + [("Max-Forwards", str(int(request.get("Max-Forwards")) - 1))]
        onward.headers += [("Route", v) for v in routes]
        if request.method == "INVITE":
            onward.headers += [("Record-Route", v) for v in [f"<sip:{self.wire.host_port};lr>"] + recorded]
        onward.headers += kept
        self._to(onward, next_hop(onward))
        self.onward[onward.branch] = onward
        return onward

    def passes(self, method, **options):
        """Proxies the next such request; returns it as it came."""
        got = self.receives(method)
        self.goes_on(got, **options)
        return got

    def passes_back(self, status, method="INVITE"):
        """Proxies the next such response."""
        def matches(got):
            return got.status == status and got.cseq[1] == method
        matches.wanted = f"{status} to {method}"
        got = self.receive(matches)
        back = message.parse(got.encode())
        vias = back.all("Via")[1:]
        back.headers = [("Via", v) for v in vias] + [(n, v) for n, v in back.headers if n != "Via"]
        self._to(back, via_address(vias[0]))
        if status >= 300 and method == "INVITE":
            self._follow(self.onward[got.branch], "ACK", got.get("To"))
        return got

    def cancels(self, onward):
        """Ends what it has sent on; the 200 is waited for."""
        self.receives(200, to=self._follow(onward, "CANCEL", onward.get("To")))

    def _follow(self, onward, method, to):
        """CANCEL, or the ACK of a failure: this hop's own, by the way of the INVITE (RFC 3261 clauses 9.1 and 17.1.1.3)."""
        made = message(f"{method} {onward.start_line.split(' ')[1]} SIP/2.0", [("Via", onward.all("Via")[0]), ("Max-Forwards", "70")])
        for value in onward.all("Route"):
            made.add("Route", value)
        made.add("From", onward.get("From")).add("To", to).add("Call-ID", onward.call_id).add("CSeq", f"{onward.cseq[0]} {method}")
        self._to(made, next_hop(onward))
        return made

    def _to(self, what, address):
        before, self.wire.proxy = self.wire.proxy, address
        self.send(what)
        self.wire.proxy = before


def next_hop(request):
    return address_of(uri_of((request.all("Route") + [request.start_line.split(" ")[1]])[0]))


def address_of(uri):
    found = re.fullmatch(r"sips?:(?:[^@]*@)?([^;:?>]+)(?::(\d+))?(?:[;?].*)?", uri)
    return found.group(1), int(found.group(2) or 5060)


def via_address(via):
    sent_by = re.search(r"SIP/2.0/\w+\s+([^;:\s]+)(?::(\d+))?", via)
    rport = re.search(r";rport=(\d+)", via)
    return sent_by.group(1), int(rport.group(1) if rport else sent_by.group(2) or 5060)
