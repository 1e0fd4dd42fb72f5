"""Who a request is from and for, and what may cross the trust domain's edge: TS 24.229 clauses 5.2.6, 5.4.3; RFC 3325, 7315, 3323."""

from kit.flow import flow
from lib import accounts
from lib.leg import hang_up, talk
from lib.message import uri_of
from lib.suite import check, equal

LIES = [("P-Asserted-Identity", "<sip:boss@ims.example>"), ("P-Charging-Vector", 'icid-value="forged";orig-ioi=forged.example'),
        ("P-Charging-Function-Addresses", "ccf=192.0.2.1"), ("P-Visited-Network-ID", "forged.example"),
        ("P-Served-User", "<sip:boss@ims.example>;sescase=orig;regstate=reg"), ("P-Profile-Key", "<sip:boss@ims.example>"),
        ("P-Called-Party-ID", "<sip:boss@ims.example>"), ("P-User-Database", "<aaa://forged.example>"),
        ("P-Asserted-Service", "urn:urn-7:3gpp-service.forged"), ("History-Info", "<sip:boss@ims.example>;index=1")]


def preferring(request, *identities):
    request.headers = [(n, v) for n, v in request.headers if n != "P-Preferred-Identity"]
    for one in identities:
        request.add("P-Preferred-Identity", f"<{one}>")
    return request


def message_from(a, b, *identities, **options):
    """A MESSAGE from A that prefers these identities, as B gets it."""
    sent = a.sends(preferring(a.initial("MESSAGE", b.uri, body=b"hello", content="text/plain", **options), *identities))
    got = b.receives("MESSAGE")
    b.answers(got, 200)
    a.receives(200, to=sent)
    return got


def asserted(got):
    return sorted(uri_of(value) for value in got.all("P-Asserted-Identity"))


@flow("TS 24.229 5.2.6.3.1: a registered preferred identity is asserted, with the alias that the S-CSCF adds")
def _(net):
    a, b = net.registered("A", "B")
    got = message_from(a, b, a.account.impus[1])
    equal(asserted(got), sorted(a.account.impus), "P-Asserted-Identity")
    equal(got.get("P-Preferred-Identity"), None, "P-Preferred-Identity")


@flow("TS 24.229 5.2.6.3.1: a preferred identity that is not registered is replaced by the default one")
def _(net):
    a, b = net.registered("A", "B")
    for wanted in ("sip:boss@ims.example", b.uri):
        equal(asserted(message_from(a, b, wanted)), sorted(a.account.impus), f"P-Asserted-Identity for {wanted}")


@flow("TS 24.229 5.2.6.3.1: without a preferred identity the default one is asserted")
def _(net):
    a, b = net.registered("A", "B")
    equal(asserted(message_from(a, b)), sorted(a.account.impus), "P-Asserted-Identity")


@flow("TS 24.229 5.2.6.3.3: what a UE asserts about itself, its charging and its access does not reach anyone")
def _(net):
    a, b = net.registered("A", "B")
    text = str(message_from(a, b, extra=LIES + [("P-Access-Network-Info", "IEEE-802.11; network-provided")]))
    for lie in ("boss", "forged", "192.0.2.1", "network-provided"):
        check(lie not in text, f"'{lie}' reached the callee:\n{text}")


@flow("TS 24.229 4.4.4: where a UE is does not reach the other UE")
def _(net):
    a, b = net.registered("A", "B")
    equal(message_from(a, b).get("P-Access-Network-Info"), None, "P-Access-Network-Info at the callee")


@flow("TS 24.229 5.2.6.4.4: what a callee asserts in its answer is replaced by who was called")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b)
    into = b.is_called()
    into.answer(180, extra=LIES)
    ringing = call.expect(180)
    equal(asserted(ringing), sorted(b.account.impus), "P-Asserted-Identity in the 180")
    check("forged" not in str(ringing) and "boss" not in str(ringing), f"a lie reached the caller:\n{ringing}")
    into.answer(200)
    call.expect(200)
    call.ack()
    into.hear("ACK")
    hang_up(call, into)


@flow("TS 24.229 5.4.3.3: the callee is told in P-Called-Party-ID by which of its identities it was called")
def _(net):
    a, b = net.registered("A", "B")
    sent = a.request("MESSAGE", b.account.impus[0], body=b"hello", content="text/plain")
    got = b.receives("MESSAGE")
    equal(uri_of(got.get("P-Called-Party-ID")), b.account.impus[0], "P-Called-Party-ID")
    check(got.start_line.split(" ")[1] == b.contact_uri, f"Request-URI: {got.start_line}")
    b.answers(got, 200)
    a.receives(200, to=sent)


@flow("TS 24.229 5.4.3.2: a tel URI is called like the SIP URI of its user")
def _(net):
    a, b = net.registered("A", "B")
    caller, callee = talk(a, b, b.account.impus[1])
    check(callee.invite.start_line.split(" ")[1] == b.contact_uri, callee.invite.start_line)
    hang_up(caller, callee)


@flow("TS 24.229 5.4.3.2: a SIP URI with user=phone is called like its number")
def _(net):
    a, b = net.registered("A", "B")
    number = b.account.impus[1].removeprefix("tel:")
    sent = a.request("MESSAGE", f"sip:{number}@ims.example;user=phone", body=b"hello", content="text/plain")
    b.answers(b.receives("MESSAGE"), 200)
    a.receives(200, to=sent)


@flow("RFC 3323 4.3: with Privacy id the callee is not told who calls")
def _(net):
    a, b = net.registered("A", "B")
    request = preferring(a.initial("MESSAGE", b.uri, body=b"hello", content="text/plain", extra=[("Privacy", "id")]))
    request.headers = [(n, '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1' if n == "From" else v) for n, v in request.headers]
    sent = a.sends(request)
    got = b.receives("MESSAGE")
    equal(asserted(got), [], "P-Asserted-Identity")
    b.answers(got, 200)
    a.receives(200, to=sent)


@flow("RFC 3323 4.3: with Privacy id in its answer the callee is not asserted towards the caller")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b)
    into = b.is_called()
    into.answer(486, extra=[("Privacy", "id")])
    equal(asserted(a.receives(486, to=call.invite)), [], "P-Asserted-Identity in the 486")


@flow("TS 24.229 5.4.3.3: an unknown callee gets 404")
def _(net):
    a = net.registered("A")
    a.receives(404, to=a.calls("sip:nobody@ims.example").invite)
    a.receives(404, to=a.calls("tel:+15559999999").invite)


@flow("TS 24.229 5.3.2.2: a callee who is not registered gets 480")
def _(net):
    a = net.registered("A")
    a.receives(480, to=a.calls(net.ue("B")).invite)


@flow("TS 24.229 5.2.6.3.2A: a request from a source that is not registered gets 403")
def _(net):
    a, b = net.registered("A", "B")
    stranger = net.ue("A9", bind="127.0.0.66")
    stranger.service_route = a.service_route
    stranger.receives(403, to=stranger.calls(b).invite)
    stranger.receives(403, to=stranger.request("MESSAGE", b, body=b"hello", content="text/plain"))
    b.receives_nothing("INVITE")


@flow("TS 24.229 5.2.6.3.5: a BYE from another source does not end the call")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    liar = net.ue("A9", bind="127.0.0.66")
    forged = call.request("BYE")
    forged.headers[0] = ("Via", liar.via())
    liar.receives(403, to=liar.sends(forged))
    b.receives_nothing("BYE")
    call.local_cseq -= 1
    hang_up(call, into)


@flow("TS 24.229 5.2.6.3.3: a Route that is not the Service-Route is replaced, and asserts nothing about another user")
def _(net):
    a, b, c = net.registered("A", "B", "C")
    sent = c.sends(c.initial("MESSAGE", b.uri, body=b"hello", content="text/plain", routes=[c.proxy_uri, "sip:elsewhere.example;lr"]))
    got = c.receive(lambda m: not m.is_request and m.status >= 200 or m.is_request) if c.inbox else None
    check(got is None, "the sender got something first")
    arrived = b.receives("MESSAGE")
    equal(asserted(arrived), sorted(c.account.impus), "P-Asserted-Identity")
    b.answers(arrived, 200)
    c.receives(200, to=sent)


@flow("TS 24.229 5.2.6.3.3: a Path of another UE is no Route for a UE: 403")
def _(net):
    a, b = net.ue("A"), net.registered("B")
    path = [uri_of(value) for value in a.registers().all("Path")]
    stolen = b.sends(b.initial("INVITE", a.contact_uri, body=b"", routes=path))
    b.receives(403, to=stolen)
    a.receives_nothing("INVITE")


@flow("TS 24.229 5.2.6.3.3: a Record-Route of the core's side is no Route for a UE: 403", compared=False)
def _(net):
    a, b, c = net.registered("A", "B", "C")
    call, into = talk(a, b, b.uri)
    routes = [uri_of(value) for value in into.invite.all("Record-Route")]
    statuses = [c.final(c.calls(b, routes=[one]).invite).status for one in routes]
    check(all(400 <= one < 500 for one in statuses) and 403 in statuses, f"stolen routes {routes}: {statuses}")
    b.receives_nothing("INVITE")
    hang_up(call, into)


@flow("TS 24.229 5.2.6.3.3: a Service-Route that was changed is not believed")
def _(net):
    a, b = net.registered("A", "B")
    route = a.service_route[0]
    at = route.index("sip:") + 8
    a.service_route[0] = route[:at] + ("b" if route[at] != "b" else "c") + route[at + 1:]
    sent = a.request("MESSAGE", b, body=b"hello", content="text/plain")
    answer = a.receive(lambda m: not m.is_request and m.branch == sent.branch) if b.nothing("MESSAGE") else None
    if answer is not None:
        return check(400 <= answer.status < 500, f"a changed Service-Route: {answer.start_line}")
    got = b.receives("MESSAGE")
    equal(asserted(got), sorted(a.account.impus), "P-Asserted-Identity")
    b.answers(got, 200)
    a.receives(200, to=sent)


@flow("RFC 3325 5: what a foreign network asserts is believed only from a peer, and a stranger is not heard on the core side")
def _(net):
    b = net.registered("B")
    stranger = accounts.account("eve@127.0.0.66", ["sip:eve@127.0.0.66:5080"])
    eve = net._enter(type(b)(stranger, ("127.0.0.2", 5060), bind="127.0.0.66", port=5080, name="eve", story=net.story))
    eve.sends(eve.initial("INVITE", b.uri, routes=[]))
    b.receives_nothing("INVITE")
    eve.receives_nothing(lambda m: not m.is_request)


@flow("TS 24.229 5.4.3.3: a foreign network's call arrives with the identity that its network asserts")
def _(net):
    b, far = net.registered("B"), net.foreign("carol")
    sent = far.sends(far.initial("MESSAGE", b.uri, body=b"hello", content="text/plain", routes=[],
                                 extra=[("P-Asserted-Identity", "<sip:carol@127.0.0.9>"),
                                        ("P-Charging-Vector", "icid-value=far-1;orig-ioi=abroad.example")]))
    got = b.receives("MESSAGE")
    equal(got.get("P-Charging-Vector"), None, "P-Charging-Vector at the UE")
    b.answers(got, 200)
    far.receives(200, to=sent)


@flow("TS 24.229 5.4.3.2: towards a network that is not trusted no asserted identity with Privacy id, no access or charging addresses leave")
def _(net):
    a, far = net.registered("A"), net.foreign("carol")
    sent = a.request("MESSAGE", far.uri, body=b"hello", content="text/plain", extra=[("Privacy", "id")])
    got = far.receives("MESSAGE")
    equal(asserted(got), [], "P-Asserted-Identity")
    for inner in ("P-Access-Network-Info", "P-Charging-Function-Addresses", "P-Served-User", "P-Visited-Network-ID"):
        equal(got.get(inner), None, inner)
    far.answers(got, 200)
    a.receives(200, to=sent)


@flow("TS 24.229 5.4.3.2: a call to another network and back again: BYE from there reaches the UE")
def _(net):
    a, far = net.registered("A"), net.foreign("carol")
    call, into = talk(a, far, far.uri)
    hang_up(into, call)
