"""Ways between UE and P-CSCF: RFC 3261 clause 18, RFC 3581, RFC 5626; IPv4 and IPv6, UDP, TCP and TLS."""

import socket
import time

from kit.flow import flow
from kit.stage import PROXY
from kit.ue import sdp
from lib.leg import hang_up, talk
from lib.message import parameter, uri_of
from lib.suite import check, equal

LARGE = b"a=x:" + b"y" * 1500 + b"\r\n"


@flow("RFC 3581 4: the answer comes back to the port the request came from, with received and rport")
def _(net):
    a = net.ue("A")
    asked = a.register_request()
    host, port = a.wire.bound
    asked.headers[0] = ("Via", f"SIP/2.0/UDP 192.0.2.9:4000;rport;branch={asked.branch}")
    answer = a.receives(401, to=a.sends(asked))
    via = answer.all("Via")[0]
    equal((parameter(via, "received"), parameter(via, "rport")), (host, str(port)), "received and rport")


@flow("RFC 3581 4: without rport too the answer goes back to where a UE's request came from, not to a port that its Via names")
def _(net):
    a, named = net.ue("A"), net.ue("A2")
    asked = a.register_request()
    asked.headers[0] = ("Via", f"SIP/2.0/UDP 192.0.2.9:{named.wire.bound[1]};branch={asked.branch}")
    a.sends(asked)
    answer = a.receives(401, to=asked)
    equal(parameter(answer.all("Via")[0], "received"), "127.0.0.1", "received")
    named.receives_nothing(lambda m: not m.is_request)


@flow("RFC 3261 18: two UEs register by TCP and call each other on their connections")
def _(net):
    a, b = net.registered("A", "B", transport="tcp")
    listeners = []
    for one in (a, b):
        one.wire.listener.close()
        listeners.append(one.wire.flow)
    hang_up(*talk(a, b, b.uri))
    hang_up(*talk(b, a, a.uri))
    equal([a.wire.flow, b.wire.flow], listeners, "the connections")


@flow("RFC 3261 18: a UE on TCP and one on UDP call each other")
def _(net):
    a, b = net.registered("A", transport="tcp"), net.registered("B")
    hang_up(*talk(a, b, b.uri))
    hang_up(*talk(b, a, a.uri))


@flow("RFC 3261 18.3: a message that comes in pieces of one octet, and two in one piece, are the messages they are")
def _(net):
    a, b = net.registered("A", "B", transport="tcp")
    requests = [a.initial("MESSAGE", b.uri, body=b"one", content="text/plain"), a.initial("MESSAGE", b.uri, body=b"two", content="text/plain"),
                a.initial("MESSAGE", b.uri, body=b"three", content="text/plain")]
    for one in requests:
        a.story.record(time.time(), a, "sent", one)
    for octet in requests[0].encode():
        a.send_octets(bytes([octet]))
    a.send_octets(requests[1].encode() + requests[2].encode())
    bodies = []
    for _ in requests:
        got = b.receives("MESSAGE")
        bodies.append(got.body)
        b.answers(got, 200)
    equal(sorted(bodies), sorted(one.body for one in requests), "bodies")
    for one in requests:
        a.receives(200, to=one)


@flow("RFC 3261 18.2.2: the answer to a peer whose connection is gone comes on a new one, to the port in its Via")
def _(net):
    b, far = net.registered("B"), net.foreign("carol", port=5084, transport="tcp")
    sent = far.request("MESSAGE", b.uri, body=b"hello", content="text/plain")
    heard = b.receives("MESSAGE")
    for one in list(far.wire.streams):
        far.wire._drop(one)
    far.idle(0.1)
    b.answers(heard, 200)
    far.receives(200, to=sent)


@flow("RFC 5626 3.5.1: CRLF CRLF on a connection is answered with CRLF")
def _(net):
    net.registered("A", transport="tcp")
    with socket.create_connection(PROXY, timeout=5) as connection:
        connection.sendall(b"\r\n\r\n")
        connection.settimeout(3)
        equal(connection.recv(10), b"\r\n", "the pong")


@flow("RFC 5626 4.2: with outbound, a UE whose connection is gone cannot be called on it, and comes back on a new one")
def _(net):
    a, b = net.registered("A"), net.ue("B", transport="tcp")
    contact = f'<{b.contact_uri};ob>;+sip.instance="<{b.instance}>";reg-id=1'
    answer = b.registers(contact=contact, extra=[("Supported", "outbound")])
    check("outbound" in (answer.get("Require") or ""), f"Require in the 200: {answer.get('Require')}")
    hang_up(*talk(a, b, b.uri))
    b.wire._drop(b.wire.flow)
    time.sleep(0.3)
    a.receives(480, to=a.calls(b).invite, timeout=20)
    b.registers(contact=contact, extra=[("Supported", "outbound")])
    hang_up(*talk(a, b, b.uri))


@flow("RFC 5626 4.2: a UE that comes back on a new flow with the same instance and reg-id has one contact")
def _(net):
    b = net.ue("B", transport="tcp")
    contact = f'<{b.contact_uri};ob>;+sip.instance="<{b.instance}>";reg-id=1'
    b.registers(contact=contact, extra=[("Supported", "outbound")])
    b.wire._drop(b.wire.flow)
    answer = b.registers(contact=contact, extra=[("Supported", "outbound")])
    equal(len(answer.all("Contact")), 1, "contacts")


@flow("TS 24.229 5.2.1: a UE registers and calls by IPv6", sip={"access": ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060",
                                                                           "udp://[::1]:5060", "tcp://[::1]:5060"]})
def _(net):
    a = net.registered("A", proxy=("::1", 5060), bind="::1")
    b = net.registered("B", proxy=("::1", 5060), bind="::1", transport="tcp")
    c = net.registered("C")
    hang_up(*talk(a, b, b.uri))
    hang_up(*talk(b, c, c.uri))
    hang_up(*talk(c, a, a.uri))


@flow("RFC 3261 18.1.1: a large INVITE to another network goes by TCP")
def _(net):
    a, far = net.registered("A"), net.foreign("carol")
    call = a.calls(far, body=sdp() + LARGE)
    into = far.is_called()
    check(into.invite.all("Via")[0].upper().startswith("SIP/2.0/TCP"), f"it came by {into.invite.all('Via')[0]}")
    check(LARGE in into.invite.body, "the body was changed")
    into.answer(486)
    a.receives(486, to=call.invite)


@flow("RFC 3261 18.1.1: a large INVITE to another network that has no TCP goes by UDP after all")
def _(net):
    a, far = net.registered("A"), net.foreign("carol")
    far.wire.selector.unregister(far.wire.listener)
    far.wire.listener.close()
    call = a.calls(far, body=sdp() + LARGE)
    into = far.is_called(timeout=8)
    check(LARGE in into.invite.body, "the body was changed")
    into.answer(486)
    a.receives(486, to=call.invite)


@flow("RFC 3261 18.1.1: a large INVITE reaches a UE that registered by UDP")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b, body=sdp() + LARGE)
    into = b.is_called()
    check(LARGE in into.invite.body, "the body was changed")
    into.answer(486)
    a.receives(486, to=call.invite)


@flow("RFC 3261 18.2.1: a request is answered on the connection that it came on")
def _(net):
    a = net.ue("A", transport="tcp")
    flow_before = None
    asked = a.register_request()
    a.wire.connect()
    flow_before = a.wire.flow
    a.receives(401, to=a.sends(asked))
    equal(a.wire.flow, flow_before, "the connection")


@flow("RFC 3327 5.1: the Path of a UE on TCP keeps its flow: a re-registration on a new connection moves it")
def _(net):
    a, b = net.registered("A"), net.registered("B", transport="tcp")
    b.wire._drop(b.wire.flow)
    b.registers()
    sent = a.request("MESSAGE", b, body=b"hello", content="text/plain")
    b.answers(b.receives("MESSAGE"), 200)
    a.receives(200, to=sent)
    check(uri_of(b.service_route[0] if b.service_route else "") is not None, "no Service-Route")
