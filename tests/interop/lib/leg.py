"""One side's view of a call: dialog state of RFC 3261 clause 12, PRACK RFC 3262, UPDATE RFC 3311."""

import secrets

from .message import message, uri_of
from .phone import no_answer, unexpected, _response_to


class leg:
    """A call as caller (`leg.to`) or as callee (`leg.of`); the test plays every message itself."""

    def __init__(self, phone, invite, caller):
        self.phone, self.invite, self.caller = phone, invite, caller
        self.local_cseq = invite.cseq[0] if caller else 0
        self.tag = secrets.token_hex(4)
        self.local, self.remote = (invite.get("From"), invite.get("To")) if caller else (
            f"{invite.get('To')};tag={self.tag}", invite.get("From"))
        self.route = [] if caller else [uri_of(v) for v in invite.all("Record-Route")]
        self.target = uri_of(invite.get("Contact") or "") if not caller else None
        self.pending = None         # our own re-INVITE, whose ACK is to be sent

    @classmethod
    def to(cls, phone, uri, *, body=b"", **options):
        """Calls: sends the INVITE."""
        made = cls(phone, phone.initial("INVITE", uri, body=body, **options), caller=True)
        phone.send(made.invite)
        return made

    @classmethod
    def of(cls, phone, timeout=5.0):
        """Waits to be called."""
        return cls(phone, phone.receive("INVITE", timeout), caller=False)

    # the caller's part

    def expect(self, status, timeout=5.0, request=None):
        """The response with that status to our INVITE (or another request of ours); early and final ones set the dialog."""
        asked = request or self.invite
        is_answer = _response_to(asked)
        def matches(got):
            return is_answer(got) and (got.status == status or got.status >= 200)
        matches.wanted = f"{status} to {asked.start_line}"
        got = self.phone.receive(matches, timeout)
        if got.status != status:
            raise unexpected(f"{self.phone.name}: {got.start_line} instead of {status} to {asked.start_line}"
                             f" (Reason: {got.get('Reason')}, Warning: {got.get('Warning')})")
        if asked is self.invite and 100 < status < 300:
            self.adopt(got)
        return got

    def adopt(self, response):
        """The dialog that this response made (RFC 3261 clause 12.1.2)."""
        self.remote = response.get("To")
        self.route = [uri_of(v) for v in reversed(response.all("Record-Route"))]
        self.target = uri_of(response.get("Contact") or "") or self.target

    def request(self, method, *, body=b"", extra=(), content="application/sdp", cseq=None):
        """A request within the dialog, not yet sent."""
        if cseq is None:
            self.local_cseq += 1
            cseq = self.local_cseq
        made = message(f"{method} {self.target} SIP/2.0", [("Via", self.phone.via()), ("Max-Forwards", "70")])
        for route in self.route:
            made.add("Route", f"<{route}>")
        made.add("From", self.local).add("To", self.remote).add("Call-ID", self.invite.call_id)
        made.add("CSeq", f"{cseq} {method}")
        if method in ("INVITE", "UPDATE", "SUBSCRIBE"):
            made.add("Contact", f"<{self.phone.contact_uri}>")
        for name, value in extra:
            made.add(name, value)
        if body:
            made.add("Content-Type", content)
            made.body = body
        return made

    def start(self, method, **options):
        """Sends a request within the dialog and does not wait."""
        made = self.request(method, **options)
        self.phone.send(made)
        return made

    def prack(self, reliable, **options):
        acknowledged = f"{reliable.get('RSeq')} {reliable.get('CSeq')}"
        return self.start("PRACK", extra=[("RAck", acknowledged)], **options)

    def ack(self):
        """For a 2xx, to the INVITE or the last re-INVITE."""
        self.phone.send(self.request("ACK", cseq=(self.pending or self.invite).cseq[0]))
        self.pending = None

    def ack_failure(self, final):
        """For a non-2xx final: the hop's own ACK (RFC 3261 clause 17.1.1.3)."""
        made = message(f"ACK {self.invite.start_line.split(' ')[1]} SIP/2.0", [("Via", self.invite.get("Via")), ("Max-Forwards", "70")])
        for value in self.invite.all("Route"):
            made.add("Route", value)
        made.add("From", self.invite.get("From")).add("To", final.get("To"))
        made.add("Call-ID", self.invite.call_id).add("CSeq", f"{self.invite.cseq[0]} ACK")
        self.phone.send(made)

    def cancel(self):
        made = message(f"CANCEL {self.invite.start_line.split(' ')[1]} SIP/2.0", [("Via", self.invite.get("Via")), ("Max-Forwards", "70")])
        for value in self.invite.all("Route"):
            made.add("Route", value)
        made.add("From", self.invite.get("From")).add("To", self.invite.get("To"))
        made.add("Call-ID", self.invite.call_id).add("CSeq", f"{self.invite.cseq[0]} CANCEL")
        self.phone.send(made)
        return made

    # either part

    def reinvite(self, body):
        self.pending = self.start("INVITE", body=body)
        return self.pending

    def hear(self, method, timeout=5.0):
        """The next such request of this call."""
        def matches(got):
            return got.is_request and got.method == method and got.call_id == self.invite.call_id
        matches.wanted = f"{method} within the call"
        return self.phone.receive(matches, timeout)

    def answer(self, status, *, request=None, body=b"", extra=(), content="application/sdp"):
        """Answers the INVITE, or another request of this call."""
        asked = request or self.invite
        contact = [("Contact", f"<{self.phone.contact_uri}>")] if asked.method in ("INVITE", "UPDATE") and 100 < status < 300 else []
        return self.phone.reply(asked, status, body=body, extra=contact + list(extra), to_tag=self.tag, content=content)

    def bye(self, timeout=5.0):
        """Ends the call; returns the final response."""
        return self.phone.transact(self.request("BYE"), timeout)


def sdp(port=49170, host="127.0.0.1", *, direction="sendrecv", qos=None, version=1):
    """An audio offer or answer; qos is (current local, current remote, desired strength) of RFC 3312."""
    lines = ["v=0", f"o=- 2987933615 {version} IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
             f"m=audio {port} RTP/AVP 96 97", "b=AS:41", "a=rtpmap:96 AMR-WB/16000", "a=rtpmap:97 telephone-event/16000",
             f"a={direction}"]
    if qos:
        lines += [f"a=curr:qos local {qos[0]}", f"a=curr:qos remote {qos[1]}",
                  f"a=des:qos {qos[2]} local sendrecv", f"a=des:qos {qos[2]} remote sendrecv"]
    return ("\r\n".join(lines) + "\r\n").encode()


def talk(caller, callee, uri, **options):
    """The plain call: both legs confirmed. INVITE 100 180 200 ACK."""
    out = leg.to(caller, uri, body=sdp(), **options)
    into = leg.of(callee)
    into.answer(180)
    out.expect(180)
    into.answer(200, body=sdp(49180))
    out.expect(200)
    out.ack()
    into.hear("ACK")
    return out, into


def hang_up(ending, other):
    """BYE from one, 200 from the other."""
    request = ending.start("BYE")
    other.answer(200, request=other.hear("BYE"))
    return ending.expect(200, request=request)


__all__ = ["leg", "sdp", "talk", "hang_up", "no_answer", "unexpected"]
