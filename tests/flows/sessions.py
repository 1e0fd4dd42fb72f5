"""Calls between UEs: TS 24.229 clauses 5.1.3, 5.1.4, 5.2.6, 5.2.7 and 5.4.3; RFC 3261 13 to 17, 3262, 3311, 4028, 6228."""

import time

from kit.flow import flow
from kit.ue import leg, sdp
from lib.leg import hang_up, talk
from lib.message import uri_of
from lib.suite import check, equal

RELIABLE = [("Require", "100rel"), ("RSeq", "1")]
OFFERED = [("Supported", "100rel, precondition, timer")]


def ring(a, b, **options):
    """INVITE, 100, 180: both legs."""
    call = a.calls(b, **options)
    call.expect(100)
    into = b.is_called()
    into.answer(180)
    call.expect(180)
    return call, into


def pick_up(call, into):
    into.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    into.hear("ACK")


def declines(into, status, **options):
    """The callee's final answer and the ACK of the hop before it."""
    into.answer(status, **options)
    into.hear("ACK")


@flow("TS 24.229 5.1.3.1: a call between two UEs: INVITE 100 180 200 ACK BYE 200")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    pick_up(call, into)
    hang_up(call, into)


@flow("TS 24.229 5.1.4.1: the callee ends the call")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    hang_up(into, call)


@flow("RFC 3312 13: a call with preconditions: 183 PRACK 200 UPDATE 200 180 200 ACK")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b, body=sdp(qos=("none", "none", "mandatory")), extra=OFFERED)
    into = b.is_called()
    into.answer(183, body=sdp(49180, qos=("none", "none", "mandatory")), extra=RELIABLE)
    acknowledged = call.prack(call.expect(183))
    into.answer(200, request=into.hear("PRACK"))
    call.expect(200, request=acknowledged)
    ready = call.start("UPDATE", body=sdp(qos=("sendrecv", "none", "mandatory"), version=2))
    into.answer(200, request=into.hear("UPDATE"), body=sdp(49180, qos=("sendrecv", "sendrecv", "mandatory"), version=2))
    call.expect(200, request=ready)
    into.answer(180)
    call.expect(180)
    pick_up(call, into)
    hang_up(call, into)


@flow("RFC 3262 3: a reliable response goes through with Require and RSeq, and so does the answer to its PRACK")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b, extra=[("Supported", "100rel")])
    into = b.is_called()
    into.answer(180, extra=RELIABLE)
    ringing = call.expect(180)
    equal((ringing.get("Require"), ringing.get("RSeq")), ("100rel", "1"), "Require and RSeq")
    acknowledged = call.prack(ringing)
    heard = into.hear("PRACK")
    equal(heard.get("RAck"), "1 1 INVITE", "RAck")
    into.answer(200, request=heard)
    call.expect(200, request=acknowledged)
    pick_up(call, into)
    hang_up(call, into)


@flow("RFC 3261 9: a caller who hangs up before the answer: CANCEL 200, 487, ACK, with its Reason")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    cancel = call.cancel()
    a.receives(200, to=cancel)
    heard = into.hear("CANCEL")
    into.answer(200, request=heard)
    declines(into, 487)
    a.receives(487, to=call.invite)


@flow("RFC 3326 2: the Reason of a CANCEL reaches the callee")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    made = leg(a, call.invite, True)
    plain = a.send
    a.send = lambda m: plain(m.add("Reason", 'SIP;cause=200;text="Call completed elsewhere"') if m.method == "CANCEL" else m)
    cancel = made.cancel()
    a.send = plain
    a.receives(200, to=cancel)
    heard = into.hear("CANCEL")
    check("cause=200" in (heard.get("Reason") or ""), f"Reason at the callee: {heard.get('Reason')}")
    into.answer(200, request=heard)
    declines(into, 487)
    a.receives(487, to=call.invite)


@flow("RFC 3261 9.2: a CANCEL for no transaction gets 481")
def _(net):
    a, b = net.registered("A", "B")
    call = leg(a, a.initial("INVITE", b.uri), True)
    a.receives(481, to=call.cancel())
    b.receives_nothing("CANCEL")


@flow("RFC 3261 16.7: 486 goes back to the caller")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    declines(into, 486)
    a.receives(486, to=call.invite)


@flow("RFC 3261 21.6.4: 603 goes back to the caller with what the callee says")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    declines(into, 603, extra=[("Reason", "Q.850;cause=21"), ("Retry-After", "60")])
    got = a.receives(603, to=call.invite)
    equal((got.get("Reason"), got.get("Retry-After")), ("Q.850;cause=21", "60"), "Reason and Retry-After")


@flow("RFC 3261 8.1.3.4: a redirection goes back to the caller")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b)
    into = b.is_called()
    declines(into, 302, extra=[("Contact", "<sip:elsewhere@elsewhere.example>")])
    got = a.receives(302, to=call.invite)
    check("elsewhere" in (got.get("Contact") or ""), f"Contact in the 302: {got.get('Contact')}")


@flow("RFC 3261 16.8: a callee that rings beyond timer C is given up: CANCEL to it, a final response to the caller",
      sip={"timer_c": 2, "t1": 100})
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    heard = into.hear("CANCEL", timeout=6)
    into.answer(200, request=heard)
    declines(into, 487)
    status = a.final(call.invite).status
    check(status in (408, 487), f"the caller got {status}")


@flow("RFC 3261 16.7: a callee that does not answer at all: 408 after timer B", compared=False, sip={"t1": 50, "t2": 200, "t4": 300})
def _(net):
    a, b = net.registered("A", "B")
    b.falls_silent()
    status = a.final(a.calls(b).invite, timeout=10).status
    check(status in (408, 480, 503, 504), f"the caller got {status}")


@flow("RFC 3261 16.6: contacts of equal q ring together, and the 200 of one cancels the other")
def _(net):
    a = net.registered("A")
    first, second = net.registered("B1", "B2")
    call = a.calls(first.uri)
    one, other = first.is_called(), second.is_called()
    for ringing in (one, other):
        ringing.answer(180)
        a.receive(180)
    one.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    one.hear("ACK")
    heard = other.hear("CANCEL")
    other.answer(200, request=heard)
    declines(other, 487)
    a.receives_nothing(487)
    hang_up(call, one)


@flow("RFC 3841 7.2: contacts of lower q ring only when the others have declined")
def _(net):
    a, first, second = net.registered("A"), net.ue("B1"), net.ue("B2")
    first.registers(contact=f'<{first.contact_uri}>;+sip.instance="<{first.instance}>";q=0.9')
    second.registers(contact=f'<{second.contact_uri}>;+sip.instance="<{second.instance}>";q=0.3')
    call = a.calls(first.uri)
    one = first.is_called()
    one.answer(180)
    call.expect(180)
    second.receives_nothing("INVITE")
    declines(one, 486)
    other = second.is_called()
    other.answer(180)
    call.expect(180)
    other.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    other.hear("ACK")
    hang_up(call, other)


@flow("RFC 3261 16.7: when all contacts decline the caller gets the best of their answers")
def _(net):
    a = net.registered("A")
    first, second = net.registered("B1", "B2")
    call = a.calls(first.uri)
    one, other = first.is_called(), second.is_called()
    declines(one, 480)
    declines(other, 486)
    status = a.final(call.invite).status
    check(status in (480, 486), f"the caller got {status}")


@flow("RFC 3261 16.7: a 6xx of one contact cancels the others and goes back")
def _(net):
    a = net.registered("A")
    first, second = net.registered("B1", "B2")
    call = a.calls(first.uri)
    one, other = first.is_called(), second.is_called()
    other.answer(180)
    call.expect(180)
    declines(one, 603)
    heard = other.hear("CANCEL")
    other.answer(200, request=heard)
    declines(other, 487)
    a.receives(603, to=call.invite)


@flow("RFC 3261 16.10: the caller's CANCEL reaches every contact that rings")
def _(net):
    a = net.registered("A")
    first, second = net.registered("B1", "B2")
    call = a.calls(first.uri)
    both = [first.is_called(), second.is_called()]
    for one in both:
        one.answer(180)
        a.receive(180)
    a.receives(200, to=call.cancel())
    for one in both:
        one.answer(200, request=one.hear("CANCEL"))
        declines(one, 487)
    a.receives(487, to=call.invite)


def _one_with_video(net):
    """A caller, and two phones of one user: one without video and one with it."""
    a, plain, video = net.registered("A"), net.ue("B1"), net.ue("B2")
    plain.registers(contact=f'<{plain.contact_uri}>;+sip.instance="<{plain.instance}>";audio')
    video.registers(contact=f'<{video.contact_uri}>;+sip.instance="<{video.instance}>";audio;video')
    return a, plain, video


@flow("RFC 3841 9.1: Accept-Contact with require chooses the contact that has the feature")
def _(net):
    a, plain, video = _one_with_video(net)
    call = a.calls(plain.uri, extra=[("Accept-Contact", "*;video;require;explicit")])
    into = video.is_called()
    plain.receives_nothing("INVITE")
    declines(into, 486)
    a.receives(486, to=call.invite)


@flow("RFC 3841 9.2: Reject-Contact leaves out the contact that has the feature")
def _(net):
    a, plain, video = _one_with_video(net)
    call = a.calls(plain.uri, extra=[("Reject-Contact", "*;video")])
    into = plain.is_called()
    video.receives_nothing("INVITE")
    declines(into, 486)
    a.receives(486, to=call.invite)


@flow("RFC 3264 8.4: hold and resume by re-INVITE, from either side")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    for one, other, direction, answer in ((call, into, "sendonly", "recvonly"), (into, call, "sendonly", "recvonly"),
                                          (call, into, "sendrecv", "sendrecv")):
        asked = one.reinvite(sdp(direction=direction, version=2))
        heard = other.hear("INVITE")
        check(f"a={direction}".encode() in heard.body, "the offer was changed")
        other.answer(200, request=heard, body=sdp(49180, direction=answer, version=2))
        one.expect(200, request=asked)
        one.ack()
        other.hear("ACK")
    hang_up(call, into)


@flow("RFC 3261 14.1: a re-INVITE that is refused leaves the call as it was")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    asked = call.reinvite(sdp(version=2))
    into.answer(488, request=into.hear("INVITE"))
    refused = call.expect(488, request=asked)
    leg(a, asked, True).ack_failure(refused)
    into.hear("ACK")
    call.pending = None
    hang_up(call, into)


@flow("RFC 4028 6: a session interval that is too short gets 422 with Min-SE")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b, extra=[("Supported", "timer"), ("Session-Expires", "30")])
    refused = a.receives(422, to=call.invite)
    equal(refused.get("Min-SE"), "90", "Min-SE")
    b.receives_nothing("INVITE")


@flow("RFC 4028 8.1: where the caller states no interval the proxy asks for one, and inserts it in the 200 when the callee knows none")
def _(net):
    a, b = net.registered("A", "B")
    call = a.calls(b, extra=[("Supported", "timer")])
    into = b.is_called()
    check((into.invite.get("Session-Expires") or "").startswith("1800"), f"Session-Expires at the callee: {into.invite.get('Session-Expires')}")
    into.answer(200, body=sdp(49180))
    answer = call.expect(200)
    check((answer.get("Session-Expires") or "").startswith("1800"), f"Session-Expires in the 200: {answer.get('Session-Expires')}")
    check("refresher=uac" in answer.get("Session-Expires"), answer.get("Session-Expires"))
    call.ack()
    into.hear("ACK")
    hang_up(call, into)


@flow("RFC 4028 7.4: a refresh by UPDATE keeps the call")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri, extra=[("Supported", "timer"), ("Session-Expires", "90;refresher=uac")])
    asked = call.start("UPDATE", extra=[("Supported", "timer"), ("Session-Expires", "90;refresher=uac")])
    into.answer(200, request=into.hear("UPDATE"), extra=[("Session-Expires", "90;refresher=uac"), ("Require", "timer")])
    call.expect(200, request=asked)
    hang_up(call, into)


@flow("TS 24.229 5.2.6.3.5: a request in a call whose actor was put away finds it again", node={"put_away_after": 1})
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    time.sleep(2.5)
    asked = call.start("INFO", body=b"5", content="application/dtmf")
    into.answer(200, request=into.hear("INFO"))
    call.expect(200, request=asked)
    time.sleep(1.5)
    hang_up(into, call)


@flow("TS 24.229 5.2.6.4.3: a UE whose registration was put away can still be called, and can call", node={"put_away_after": 1})
def _(net):
    a, b = net.registered("A", "B")
    time.sleep(2.5)
    hang_up(*talk(a, b, b.uri))
    hang_up(*talk(b, a, a.uri))


@flow("RFC 3261 17.2.1: an INVITE that is sent again reaches the callee once, and gets the last provisional again")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    before = a.times((180, "INVITE"))
    a.wire.send(call.invite.encode())
    a.idle(0.3)
    b.idle(0.2)
    equal(a.times((180, "INVITE")), before + 1, "180s")
    equal(b.times("INVITE"), 1, "INVITEs at the callee")
    pick_up(call, into)
    hang_up(call, into)


@flow("RFC 3261 17.2.2: a BYE that is sent again reaches the callee once, and gets its 200 again")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    bye = call.start("BYE")
    into.answer(200, request=into.hear("BYE"))
    call.expect(200, request=bye)
    a.wire.send(bye.encode())
    a.idle(0.3)
    b.idle(0.2)
    equal((a.times((200, "BYE")), b.times("BYE")), (2, 1), "200s and BYEs")


@flow("RFC 3261 13.3.1.4: a 2xx that the callee sends again reaches the caller, and its ACK the callee")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    answer = into.answer(200, body=sdp(49180))
    call.expect(200)
    b.wire.send(answer.encode())
    a.idle(0.3)
    equal(a.times((200, "INVITE")), 2, "200s at the caller")
    call.ack()
    into.hear("ACK")
    a.wire.send(call.request("ACK", cseq=1).encode())
    b.idle(0.3)
    equal(b.times("ACK"), 2, "ACKs at the callee")
    hang_up(call, into)


@flow("RFC 6026 7.1: an INVITE that is sent again after its 2xx reaches the callee once")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    into.answer(200, body=sdp(49180))
    call.expect(200)
    a.wire.send(call.invite.encode())
    a.idle(0.3)
    b.idle(0.2)
    equal((b.times("INVITE"), a.times((200, "INVITE"))), (1, 1), "INVITEs at the callee and 200s at the caller")
    call.ack()
    into.hear("ACK")
    hang_up(call, into)


@flow("RFC 3261 17.1.1.3: a final response that the callee sends again gets its ACK again, and the caller hears it once")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    refused = into.answer(486)
    into.hear("ACK")
    a.receives(486, to=call.invite)
    b.wire.send(refused.encode())
    b.idle(0.3)
    equal(b.times("ACK"), 2, "ACKs at the callee")
    a.idle(0.2)
    equal(a.times((486, "INVITE")), 1, "486s at the caller")


@flow("RFC 3261 12.2.1.1: a request in a dialog that has ended gets 481, or is the callee's to refuse")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    hang_up(call, into)
    late = call.start("INFO")
    if not b.nothing("INFO"):
        into.answer(481, request=into.hear("INFO"))
    a.receives(481, to=late)


@flow("TS 24.229 5.4.3.3: a call to the caller's own number reaches the caller's other phone and the caller")
def _(net):
    first, second = net.registered("A1", "A2")
    call = first.calls(second.uri)
    one, other = second.is_called(), first.is_called()
    declines(one, 486)
    declines(other, 486)
    first.receives(486, to=call.invite)


@flow("TS 24.229 5.2.6.3.5: in-dialog requests keep their route through the P-CSCF, and carry no preferred identity further")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    asked = call.start("INFO", extra=[("P-Preferred-Identity", f"<{a.uri}>"), ("P-Asserted-Identity", "<sip:boss@ims.example>"),
                                      ("P-Charging-Vector", "icid-value=forged")])
    heard = into.hear("INFO")
    check("boss" not in str(heard) and "forged" not in str(heard), f"a lie in the dialog reached the callee:\n{heard}")
    equal(heard.get("P-Preferred-Identity"), None, "P-Preferred-Identity")
    into.answer(200, request=heard)
    call.expect(200, request=asked)
    hang_up(call, into)


@flow("RFC 5627 4.4: a call to a public GRUU reaches that UE only")
def _(net):
    a = net.registered("A")
    first, second = net.ue("B1"), net.ue("B2")
    gruu = _gruu(first.registers(), first, "pub-gruu")
    second.registers()
    call = a.calls(gruu)
    into = first.is_called()
    second.receives_nothing("INVITE")
    declines(into, 486)
    a.receives(486, to=call.invite)


@flow("RFC 5627 4.4: a call to a temporary GRUU reaches that UE only")
def _(net):
    a = net.registered("A")
    first, second = net.ue("B1"), net.ue("B2")
    gruu = _gruu(first.registers(), first, "temp-gruu")
    second.registers()
    call = a.calls(gruu)
    into = first.is_called()
    second.receives_nothing("INVITE")
    declines(into, 486)
    a.receives(486, to=call.invite)


@flow("RFC 5627 5.1: a GRUU whose instance is not registered gets 480, one that never was 404")
def _(net):
    a, b = net.registered("A", "B")
    status = a.final(a.calls(f"{b.uri};gr=urn:uuid:00000000-0000-4000-8000-000000000000").invite).status
    check(status in (404, 480), f"an unknown GRUU: {status}")
    b.receives_nothing("INVITE")


def _gruu(answer, ue, name):
    from lib.message import parameter
    for value in answer.all("Contact"):
        if uri_of(value) == ue.contact_uri:
            found = parameter(value, name)
            check(found, f"no {name} in {value}")
            return found
    raise AssertionError("the contact is not in the 200")


@flow("TS 24.229 5.4.5.1.2: when the HSS takes a subscriber away his registration ends and his calls with it, BYE to both ends")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    net.take_away(b.account)
    for end in (call, into):
        end.answer(200, request=end.hear("BYE"))
    equal(a.final(a.calls(b.uri).invite).status, 404, "a call to who is no subscriber any more")


@flow("TS 24.229 5.4.5.1.1: a call that rings ends with the registration of who is called")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    net.take_away(b.account)
    cancel = into.hear("CANCEL")
    check("503" in (cancel.get("Reason") or ""), f"Reason: {cancel.get('Reason')}")
    into.answer(200, request=cancel)
    declines(into, 487)
    equal(a.final(call.invite).status, 487, "the caller's answer")


@flow("TS 24.229 5.4.5.1.1: a call that rings ends with the registration of who calls")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    net.take_away(a.account)
    into.answer(200, request=into.hear("CANCEL"))
    declines(into, 487)
    equal(a.final(call.invite).status, 487, "the caller's answer")


@flow("TS 24.229 5.4.5.1.2: a call that nobody ends is ended when its time is over, BYE to both ends", compared=False, session={"longest": 2})
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    for end in (call, into):
        asked = end.hear("BYE", 8)
        check("408" in (asked.get("Reason") or ""), f"Reason: {asked.get('Reason')}")
        end.answer(200, request=asked)
