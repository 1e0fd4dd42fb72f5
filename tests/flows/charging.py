"""What calls leave behind for charging: TS 32.260 clause 5.2.1."""

import contextlib
import copy

from kit.flow import flow
from kit.ue import sdp
from lib.leg import hang_up, no_answer, talk
from lib.suite import check, equal
from services import SERVER, application_server, criterion, served, session, through, with_user
from sessions import declines, pick_up, ring

BOTH = {"records": ["scscf", "pcscf"]}
THROUGH = served(criterion(SERVER, *session("originating")))


def halves(records):
    """The originating and the terminating record of a call that has these two alone."""
    equal([one["role"] for one in records], ["originating", "terminating"], "roles")
    return records


def each(records, **wanted):
    for one in records:
        for key, value in wanted.items():
            equal(one.get(key), value, f"{key} of {one}")


@flow("TS 32.260 5.2.1: an answered call leaves a session of each S-CSCF, with who called whom and who ended it")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    hang_up(call, into)
    caller, callee = halves(net.charged(call, 2))
    each((caller, callee), type="session", node="scscf", node_functionality=0, method="INVITE", cause="bye_by_caller", called=b.uri)
    equal((caller["role_of_node"], callee["role_of_node"]), (0, 1), "Role-Of-Node")
    equal((caller["served"], callee["served"]), (a.uri, b.uri), "who is served")
    for one in (caller, callee):
        check(a.uri in one["calling"], f"calling: {one['calling']}")
        check(one["requested_at"] <= one["answered_at"] <= one["ended_at"], f"times of {one}")
        equal(one["orig_ioi"], "ims.example", "orig-ioi")
    equal(caller["icid"], callee["icid"], "ICID")
    check("3GPP" in caller["access_network_info"], "P-Access-Network-Info")


@flow("TS 32.260 5.2.1: the callee's BYE ends the session, too; a re-INVITE in it begins no other")
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    again = call.reinvite(sdp(49172, version=2))
    into.answer(200, request=into.hear("INVITE"), body=sdp(49182, version=2))
    call.expect(200, request=again)
    call.ack()
    into.hear("ACK")
    hang_up(into, call)
    each(halves(net.charged(call, 2)), type="session", cause="bye_by_callee")


@flow("TS 32.260 5.2.1: a 2xx that the callee sends again begins no other session")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    for _ in range(3):
        into.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    into.hear("ACK")
    hang_up(call, into)
    halves(net.charged(call, 2))


@flow("TS 32.260 5.2.1: two phones that answer one INVITE are two sessions, by their To-tags")
def _(net):
    a = net.registered("A")
    first, second = net.registered("B1", "B2")
    call = a.calls(first.uri)
    one, other = first.is_called(), second.is_called()
    one.answer(200, body=sdp(49180))
    other.answer(200, body=sdp(49190))
    found = [a.receive(lambda got: got.status == 200 and got.cseq[1] == "INVITE") for _ in range(2)]
    for answer in found:
        branch = copy.copy(call)
        branch.adopt(answer)
        branch.ack()
        into = one if one.tag in answer.get("To") else other
        into.hear("ACK")
        hang_up(branch, into)
    records = net.charged(call, 4)
    equal([each_one["role"] for each_one in records], ["originating"] * 2 + ["terminating"] * 2, "roles")
    each(records, type="session", cause="bye_by_caller")


@flow("TS 32.260 5.2.1: a call that is refused leaves an attempt of each S-CSCF, with the status")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    declines(into, 486)
    equal(a.final(call.invite).status, 486, "the caller's answer")
    each(halves(net.charged(call, 2)), type="event", status=486, cause="failed", called=b.uri, duration=None, answered_at=None)


@flow("TS 32.260 5.2.1: a call that is given up before its answer leaves an attempt")
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    a.receives(200, to=call.cancel())
    into.answer(200, request=into.hear("CANCEL"))
    declines(into, 487)
    a.receives(487, to=call.invite)
    each(halves(net.charged(call, 2)), type="event", status=487)


@flow("TS 32.260 5.2.1: a call to a user who is not registered leaves an attempt of the caller")
def _(net):
    a, b = net.registered("A"), net.ue("B")
    call = a.calls(b)
    status = a.final(call.invite).status
    each(net.charged(call, 1), role="originating", type="event", status=status)


@flow("TS 32.260 5.2.1: a session that nobody refreshes ends when the network ends it", compared=False, session={"longest": 2})
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    for end in (call, into):
        end.answer(200, request=end.hear("BYE", 8))
    for end in (call, into) * 2:        # split, each hop sends its own: a BYE that nobody answers is over after 32 s alone
        with contextlib.suppress(no_answer):
            end.answer(200, request=end.hear("BYE", 0.5))
    records = net.charged(call, 2)
    for one in records:
        check(one["cause"] in ("expired", "bye_by_caller", "bye_by_callee"), f"cause: {one}")
        check(2 <= one["duration"] <= 6, f"duration: {one}")
        check("408" in one["reason"], f"reason: {one}")    # split, the P-CSCF's BYE may be earlier than the S-CSCF's own


@flow("TS 32.260 5.2.1: the P-CSCFs write records as well where they are told to", charging=BOTH)
def _(net):
    a, b = net.registered("A", "B")
    call, into = ring(a, b)
    pick_up(call, into)
    hang_up(call, into)
    records = net.charged(call, 4)
    edge, core = halves(records[:2]), halves(records[2:])
    each(edge, node="pcscf", node_functionality=1, cause="bye_by_caller")
    each(core, node="scscf", node_functionality=0, cause="bye_by_caller")
    equal((edge[0]["served"], edge[1]["served"]), (a.uri, b.uri), "who is served")


@flow("TS 32.260 5.2.1: a call that goes through an application server is one session a half, not two", subscribers=[THROUGH.toml])
def _(net):
    one, b, a = application_server(net), net.registered("B"), with_user(net, THROUGH)
    call = a.calls(b)
    one.passes("INVITE")
    through(one, call, b)
    each(halves(net.charged(call, 2)), type="session", cause="bye_by_caller")


@flow("TS 32.260 5.2.1: nobody writes records where nobody is told to", charging={"records": []})
def _(net):
    a, b = net.registered("A", "B")
    call, into = talk(a, b, b.uri)
    hang_up(call, into)
    net.charged(call, 0)
