"""What a proxy refuses before it looks where to: RFC 3261 clauses 16.3 and 16.4, RFC 5393; outages: TS 24.229 clauses 5.2.6.3, 5.3.2.2."""

from kit.flow import flow
from lib.suite import check, equal


def with_header(request, name, value):
    request.headers = [(n, value if n == name else v) for n, v in request.headers]
    return request


@flow("RFC 3261 16.3: Max-Forwards 0 gets 483")
def _(net):
    a, b = net.registered("A", "B")
    a.receives(483, to=a.sends(with_header(a.initial("INVITE", b.uri), "Max-Forwards", "0")))
    a.receives(483, to=a.sends(with_header(a.initial("MESSAGE", b.uri), "Max-Forwards", "0")))
    b.receives_nothing(lambda m: m.is_request)


@flow("RFC 3261 16.3: Max-Forwards that runs out on the way gets 483")
def _(net):
    a, b = net.registered("A", "B")
    a.receives(483, to=a.sends(with_header(a.initial("MESSAGE", b.uri), "Max-Forwards", "1")))
    b.receives_nothing("MESSAGE")


@flow("RFC 3261 16.3: an extension that Proxy-Require asks for gets 420 with Unsupported")
def _(net):
    a, b = net.registered("A", "B")
    refused = a.receives(420, to=a.sends(a.initial("INVITE", b.uri, extra=[("Proxy-Require", "sky-hook")])))
    equal(refused.all("Unsupported"), ["sky-hook"], "Unsupported")
    b.receives_nothing("INVITE")


@flow("RFC 3261 16.3: a Require is the callee's to judge")
def _(net):
    a, b = net.registered("A", "B")
    sent = a.sends(a.initial("MESSAGE", b.uri, extra=[("Require", "sky-hook")]))
    got = b.receives("MESSAGE")
    equal(got.get("Require"), "sky-hook", "Require")
    b.answers(got, 420, extra=[("Unsupported", "sky-hook")])
    a.receives(420, to=sent)


@flow("RFC 5393 4.2: a request that comes back by way of another network unchanged is a loop: 482")
def _(net):
    a, far = net.registered("A"), net.foreign("carol")
    sent = a.calls(far)
    got = far.is_called().invite
    far.reply(got, 100)
    hops = got.all("Via")
    back = type(got)(got.start_line, [("Via", far.via())] + [h for h in got.headers if h[0] not in ("Route",)], got.body)
    back.start_line = f"INVITE {a.account.impus[0]} SIP/2.0"
    far.send(back)
    into = a.is_called()
    check(len(into.invite.all("Via")) > len(hops), "the Vias of the first way are gone")
    a.answers(into.invite, 486)
    equal(far.final(back).status, 486, "the spiral's answer")
    far.answers(got, 486)
    a.receives(486, to=sent.invite)


@flow("RFC 3261 8.2.2.1: a Request-URI of a scheme that cannot be routed gets 416, or 404")
def _(net):
    a = net.registered("A")
    status = a.final(a.request("MESSAGE", "mailto:someone@elsewhere.example", body=b"x", content="text/plain")).status
    check(status in (404, 416), f"mailto: {status}")


@flow("RFC 3261 16.5: a domain that does not exist gets a final response and no silence", limit=90)
def _(net):
    a = net.registered("A")
    status = a.final(a.request("MESSAGE", "sip:someone@nowhere.invalid", body=b"x", content="text/plain"), timeout=20).status
    check(status in (404, 408, 478, 500, 502, 503, 504), f"an unknown domain: {status}")


@flow("RFC 3261 8.2.6.1: a request without To, From, Call-ID or CSeq gets 400 or is dropped, and nobody else sees it")
def _(net):
    a, b = net.registered("A", "B")
    for missing in ("To", "From", "Call-ID", "CSeq"):
        made = a.initial("MESSAGE", b.uri, body=b"x", content="text/plain")
        made.headers = [h for h in made.headers if h[0] != missing]
        a.send_octets(made.encode())
    a.idle(0.3)
    check(all(got.status == 400 for got in a.inbox), f"{[got.start_line for got in a.inbox]}")
    a.inbox.clear()
    b.receives_nothing("MESSAGE")


@flow("RFC 3261 16.9: a network whose host says that nobody is there gets the caller a 500 at once")
def _(net):
    a, far = net.registered("A"), net.foreign("carol", port=5083)
    far.goes_away()
    a.receives(500, to=a.calls(far).invite, timeout=2)


@flow("RFC 5626 5.3: a callee whose phone is gone is 480 at once")
def _(net):
    a, b = net.registered("A", "B")
    b.goes_away()
    a.receives(480, to=a.calls(b.uri).invite, timeout=2)


@flow("RFC 3261 16.8: a network that is silent gets the caller a 408 when timer B runs out", sip={"t1": 50, "t2": 200, "t4": 300})
def _(net):
    a, far = net.registered("A"), net.foreign("carol", port=5081)
    far.falls_silent()
    a.receives(408, to=a.calls(far).invite, timeout=15)


@flow("RFC 4320 4.2: a request that is no INVITE and has no answer gets no 408", sip={"t1": 50, "t2": 200, "t4": 300})
def _(net):
    a, far = net.registered("A"), net.foreign("carol", port=5082)
    far.falls_silent()
    a.request("MESSAGE", far, body=b"x", content="text/plain")
    a.receives_nothing(lambda m: m.status >= 200, seconds=5)


@flow("TS 24.229 5.2.6.3.3: when the S-CSCF is away a request gets a final response", compared=False, limit=90,
      sip={"t1": 50, "t2": 200, "t4": 300}, pcscf={"visited_network_id": "away.example"})
def _(net):
    if net.stage.mode == "fused":
        return          # one process: there is no S-CSCF that could be away from its P-CSCF
    a, b = net.registered("A", "B")
    net.stage.nodes[0].stop()
    status = a.final(a.request("MESSAGE", b, body=b"x", content="text/plain"), timeout=20).status
    check(status in (408, 500, 503, 504), f"a MESSAGE without S-CSCF: {status}")
    equal(a.final(a.sends(a.register_request()), timeout=20).status, 504, "a REGISTER without I-CSCF")
