#!/usr/bin/env python3
# label: e2e
"""What phones do that load generators do not: MESSAGEs of one Call-ID, tel: numbers, two phones of one user, reg-event."""

from lib import accounts, config
from lib.leg import hang_up, leg, sdp, talk
from lib.node import node, total
from lib.phone import expires_of, phone
from lib.suite import check, equal, eventually, suite

PROXY = ("127.0.0.1", 5060)
tests = suite()


class two_phones:
    """A node with users A and B, registered."""

    def __init__(self, folder, transports=("udp", "udp"), **changes):
        users = accounts.generate(2)
        self.server = node(config.ims_node(folder, users, **changes))
        self.make = lambda: [phone(one, PROXY, transport=how, name=name) for one, how, name in zip(users, transports, "AB")]

    def __enter__(self):
        self.server.start()
        self.phones = self.make()
        for one in self.phones:
            equal(one.register().status, 200, f"{one.name}'s registration")
        return self.phones

    def __exit__(self, *_):
        for one in self.phones:
            one.wire.close()
        self.server.stop()


def text_message(sender, to, call_id, number):
    made = sender.initial("MESSAGE", to, body=b"hello", content="text/plain")
    made.headers = [(n, call_id if n == "Call-ID" else f"{number} MESSAGE" if n == "CSeq" else v) for n, v in made.headers]
    return made


@tests.case("two MESSAGEs of one Call-ID both arrive, with branches of their own")
def _(folder):
    with two_phones(folder) as (a, b):
        branches = []
        for number in (1, 2):
            request = text_message(a, b.account.uri, "one-and-the-same", number)
            a.send(request)
            got = b.receive("MESSAGE")
            branches.append(got.branch)
            b.reply(got, 200)
            a.receive(lambda m, n=number: m.status == 200 and m.cseq == (n, "MESSAGE"))
        check(branches[0] != branches[1], f"one branch for two transactions: {branches[0]}")


@tests.case("a tel: number finds the user whose identity it is")
def _(folder):
    with two_phones(folder) as (a, b):
        equal(hang_up(*talk(a, b, b.account.impus[1])).status, 200, "the BYE")


@tests.case("both phones of one user ring; the one that is not answered is cancelled")
def _(folder):
    with two_phones(folder) as (a, b), phone(b.account, PROXY, name="B2") as other:
        equal(other.register().status, 200, "the second phone's registration")
        caller = leg.to(a, b.account.uri, body=sdp())
        first, second = leg.of(b), leg.of(other)
        first.answer(180)
        second.answer(180)
        caller.expect(180)
        second.answer(200, body=sdp(49180))
        caller.expect(200)
        caller.ack()
        second.hear("ACK")
        cancelled = first.hear("CANCEL")
        b.reply(cancelled, 200)
        first.answer(487)
        first.hear("ACK")
        equal(hang_up(caller, second).status, 200, "the BYE")


@tests.case("the best answer of two refusals reaches the caller")
def _(folder):
    with two_phones(folder) as (a, b), phone(b.account, PROXY, name="B2") as other:
        equal(other.register().status, 200, "the second phone's registration")
        caller = leg.to(a, b.account.uri, body=sdp())
        leg.of(b).answer(480)
        leg.of(other).answer(603)
        final = caller.expect(603)
        caller.ack_failure(final)


@tests.case("a phone on TCP calls a phone on UDP, and the other way round")
def _(folder):
    with two_phones(folder, ("tcp", "udp")) as (a, b):
        equal(hang_up(*talk(a, b, b.account.uri)).status, 200, "the BYE")
        equal(hang_up(*talk(b, a, a.account.uri)).status, 200, "the BYE")


@tests.case("a phone that subscribes to its registration is told its state, versions counting from 0")
def _(folder):
    with two_phones(folder) as (a, b):
        asked = a.initial("SUBSCRIBE", a.account.uri, extra=[("Event", "reg"), ("Accept", "application/reginfo+xml"), ("Expires", "600")])
        answer = a.transact(asked)
        check(answer.status in (200, 202), f"SUBSCRIBE: {answer.start_line}")
        notified = a.receive("NOTIFY")
        a.reply(notified, 200)
        body = notified.body.decode()
        check('version="0"' in body and 'state="full"' in body and a.account.uri in body, f"the first NOTIFY: {body}")
        check((notified.get("Subscription-State") or "").startswith("active"), f"Subscription-State: {notified.get('Subscription-State')}")
        equal(a.deregister().status, 200, "de-registration")
        told = a.receive("NOTIFY")
        a.reply(told, 200)
        check('version="1"' in told.body.decode() and "terminated" in told.body.decode(), f"the NOTIFY at the end: {told.body.decode()}")


@tests.case("the P-CSCF subscribes to the registration of its UE, hears of each change, and nothing is left unanswered")
def _(folder):
    users = accounts.generate(1)
    with node(config.ims_node(folder, users)) as server, phone(users[0], PROXY) as ue:
        def counted(name):
            return total(server.metrics(), name)
        for heard in (1, 2):    # the whole state at first, then what has changed
            equal(ue.register().status, 200, "REGISTER")
            eventually(lambda: counted("troupe_messages_sent_total{.*local") >= 2 + 2 * heard, "NOTIFY and its answer")
        equal((counted('troupe_pcscf_subscriptions_total{.*accepted'), counted('troupe_pcscf_subscriptions_total{.*refused')), (1, 0), "SUBSCRIBEs")
        eventually(lambda: counted("troupe_requests_unanswered") == 0, "an answer to each request")


@tests.case("a registration too brief is refused with 423 and Min-Expires, one too long is shortened")
def _(folder):
    with two_phones(folder, registration={"min_expires": 60, "default_expires": 600, "max_expires": 700}) as (a, b):
        answer = a.register(10)
        equal((answer.status, answer.get("Min-Expires")), (423, "60"), "10 seconds")
        answer = a.register(600000)
        equal((answer.status, expires_of(answer, a.contact_uri)), (200, 700), "600,000 seconds")


@tests.case("a phone that is called while it calls gets both calls")
def _(folder):
    with two_phones(folder) as (a, b):
        one, other = talk(a, b, b.account.uri), talk(b, a, a.account.uri)
        equal((hang_up(*one).status, hang_up(*other).status), (200, 200), "the BYEs")


tests.run()
