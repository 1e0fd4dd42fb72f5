"""Requests outside calls, and the registration event package: TS 24.229 clauses 5.1.1.3, 5.2.3, 5.4.2; RFC 3428, 3680, 6665."""

import re
import xml.etree.ElementTree as xml

from kit.flow import flow
from lib.message import parameter
from lib.suite import check, equal

NAMESPACE = "{urn:ietf:params:xml:ns:reginfo}"
REG = [("Event", "reg"), ("Accept", "application/reginfo+xml")]


def exchanged(a, b, method, status=200, **options):
    sent = a.request(method, b, **options)
    got = b.receives(method)
    b.answers(got, status)
    a.receives(status, to=sent)
    return got


def subscribes(a, uri=None, expires=600):
    """SUBSCRIBE, 200, NOTIFY with the full state, 200: (the SUBSCRIBE, its 200, the NOTIFY)."""
    asked = a.request("SUBSCRIBE", uri or a.uri, extra=REG + [("Expires", str(expires))])
    answer = a.receives(200, to=asked)
    notify = a.receives("NOTIFY")
    a.answers(notify, 200)
    return asked, answer, notify


def state_of(notify):
    root = xml.fromstring(notify.body)
    return root, [(one.get("aor"), one.get("state"), [(c.get("state"), c.get("event"), c.findtext(NAMESPACE + "uri"))
                                                      for c in one.findall(NAMESPACE + "contact")])
                  for one in root.findall(NAMESPACE + "registration")]


@flow("RFC 3428 4: a MESSAGE reaches the callee with its body, and its answer goes back")
def _(net):
    a, b = net.registered("A", "B")
    got = exchanged(a, b, "MESSAGE", body="grüße".encode(), content="text/plain;charset=UTF-8")
    equal((got.body, got.get("Content-Type")), ("grüße".encode(), "text/plain;charset=UTF-8"), "the body")
    exchanged(a, b, "MESSAGE", status=486, body=b"again", content="text/plain")


@flow("RFC 3261 11: OPTIONS to a user reaches its UE")
def _(net):
    a, b = net.registered("A", "B")
    exchanged(a, b, "OPTIONS")


@flow("RFC 3903 4: PUBLISH, REFER and SUBSCRIBE of other packages go through to the callee")
def _(net):
    a, b = net.registered("A", "B")
    exchanged(a, b, "PUBLISH", extra=[("Event", "presence")], body=b"<x/>", content="application/pidf+xml")
    exchanged(a, b, "REFER", status=202, extra=[("Refer-To", "<sip:x@elsewhere.example>")])
    exchanged(a, b, "SUBSCRIBE", extra=[("Event", "presence"), ("Expires", "60")])


@flow("RFC 3261 16.3: a method that nobody knows goes through, header and body as they are")
def _(net):
    a, b = net.registered("A", "B")
    got = exchanged(a, b, "DREAM", body=b"\x00\x01 zzz", content="application/x-sleep", extra=[("X-Pillow", "soft ; two")])
    equal((got.body, got.get("X-Pillow")), (b"\x00\x01 zzz", "soft ; two"), "what arrived")


@flow("RFC 3680 4: a UE that subscribes to its registration gets the full state: version 0, active, each identity of the set")
def _(net):
    a = net.registered("A")
    _, answer, notify = subscribes(a)
    check(int(answer.get("Expires")) <= 600, f"Expires: {answer.get('Expires')}")
    equal(notify.get("Event"), "reg", "Event")
    check(notify.get("Subscription-State").startswith("active"), notify.get("Subscription-State"))
    root, state = state_of(notify)
    equal((root.get("version"), root.get("state")), ("0", "full"), "version and state")
    equal([(aor, now) for aor, now, _ in state], [(one, "active") for one in a.account.impus], "registrations")
    check(all([uri for _, _, uri in contacts] == [a.contact_uri] for _, _, contacts in state), f"contacts: {state}")


@flow("RFC 3680 5.1: each change is notified with the next version: a second UE comes, and goes")
def _(net):
    a = net.registered("A1")
    subscribes(a)
    other = net.registered("A2")
    news = a.receives("NOTIFY")
    a.answers(news, 200)
    root, state = state_of(news)
    equal(root.get("version"), "1", "version")
    check(any(uri == other.contact_uri and now == "active" for _, _, contacts in state for now, _, uri in contacts), f"{state}")
    other.deregister()
    gone = a.receives("NOTIFY")
    a.answers(gone, 200)
    root, state = state_of(gone)
    equal(root.get("version"), "2", "version")
    check(any(uri == other.contact_uri and (now, why) == ("terminated", "unregistered") for _, _, contacts in state
              for now, why, uri in contacts), f"{state}")


@flow("RFC 6665 4.2.2: the last NOTIFY tells that the registration, and the subscription with it, is terminated")
def _(net):
    a = net.registered("A")
    subscribes(a)
    equal(a.deregister().status, 200, "de-registration")
    last = a.receives("NOTIFY")
    a.answers(last, 200)
    _, state = state_of(last)
    check(all(now == "terminated" for _, now, _ in state), f"{state}")
    check(last.get("Subscription-State").startswith("terminated"), last.get("Subscription-State"))


@flow("RFC 6665 4.1.2.2: a subscription is refreshed in its dialog, and its NOTIFY has the full state")
def _(net):
    a = net.registered("A")
    asked, answer, notify = subscribes(a)
    again = _in_dialog(a, asked, answer, 300)
    a.receives(200, to=again)
    fresh = a.receives("NOTIFY")
    a.answers(fresh, 200)
    root, _ = state_of(fresh)
    equal((root.get("version"), root.get("state")), ("1", "full"), "version and state")
    check(fresh.cseq[0] > notify.cseq[0], "CSeq does not go up")
    check(int(parameter(fresh.get("Subscription-State"), "expires")) <= 300, fresh.get("Subscription-State"))


@flow("RFC 6665 4.1.2.3: Expires 0 ends the subscription with a last NOTIFY")
def _(net):
    a = net.registered("A")
    asked, answer, _ = subscribes(a)
    a.receives(200, to=_in_dialog(a, asked, answer, 0))
    last = a.receives("NOTIFY")
    a.answers(last, 200)
    check(last.get("Subscription-State").startswith("terminated"), last.get("Subscription-State"))
    net.ue("A2").registers()
    a.receives_nothing("NOTIFY")


def _in_dialog(a, asked, answer, expires):
    from lib.message import message, uri_of
    made = message(f"SUBSCRIBE {uri_of(answer.get('Contact'))} SIP/2.0", [("Via", a.via()), ("Max-Forwards", "70")])
    for value in reversed(answer.all("Record-Route")):
        made.add("Route", value)
    made.add("From", asked.get("From")).add("To", answer.get("To")).add("Call-ID", asked.call_id).add("CSeq", "2 SUBSCRIBE")
    made.add("Contact", f"<{a.contact_uri}>").add("Expires", str(expires))
    for name, value in REG:
        made.add(name, value)
    return a.sends(made)


@flow("TS 24.229 5.4.2.1.1: the registration of another user is not told: 403")
def _(net):
    a, b = net.registered("A", "B")
    refused = a.final(a.request("SUBSCRIBE", b.uri, extra=REG + [("Expires", "600")]))
    equal(refused.status, 403, "a third party's SUBSCRIBE")
    a.receives_nothing("NOTIFY")
    b.receives_nothing("SUBSCRIBE")


@flow("TS 24.229 5.2.3: what the P-CSCF subscribes to itself is not seen by a UE")
def _(net):
    a, b = net.registered("A", "B")
    net.ue("A2").registers()
    a.deregister()
    for one in (a, b):
        one.receives_nothing(lambda m: m.is_request)


@flow("TS 24.229 5.4.2.1.2: a NOTIFY goes by way of the P-CSCF, on the flow of the UE")
def _(net):
    a = net.registered("A", transport="tcp")
    _, answer, notify = subscribes(a)
    check(answer.all("Record-Route"), "the 200 to SUBSCRIBE has no Record-Route")
    check(len(notify.all("Via")) >= 2, f"the S-CSCF's NOTIFY came past the P-CSCF: {notify.all('Via')}")


@flow("RFC 6665 4.1.3: a NOTIFY that belongs to no subscription of the P-CSCF is not taken from a UE")
def _(net):
    a, b = net.registered("A", "B")
    path = a.registers().all("Path")[0]
    forged = a.initial("NOTIFY", re.sub(r"[<>]", "", path), routes=[a.proxy_uri],
                       extra=[("Event", "reg"), ("Subscription-State", "terminated")])
    check(a.final(a.sends(forged)).status >= 400, "a forged NOTIFY was taken")
    hello = a.request("MESSAGE", b, body=b"still here", content="text/plain")
    b.answers(b.receives("MESSAGE"), 200)
    a.receives(200, to=hello)
