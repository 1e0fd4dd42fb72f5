#!/usr/bin/env python3
# label: e2e
"""Peers that are malformed, oversized, slow, flooding or lying; wrong keys and unknown users; a full disk.

Each gets a clear status or a counted drop; nothing else is lost and nothing grows.
"""

import base64
import contextlib
import os
import random
import re
import socket
import struct
import time

from lib import accounts, config, digest, isolation, milenage
from lib.leg import hang_up, leg, sdp, talk
from lib.message import message, uri_of
from lib.node import node, total
from lib.phone import no_answer, phone
from lib.suite import SANITIZED, check, equal, eventually, suite

PROXY = ("127.0.0.1", 5060)
tests = suite()


def dropped(server, reason):
    return total(server.metrics(), rf'troupe_dropped_total{{.*reason="{reason}"')


@contextlib.contextmanager
def served(folder, count=3, kind="aka", registered=2, **changes):
    """A node and its phones, the first ones registered. In the end it must be alive, unharmed, and end in order."""
    users = accounts.generate(count, kind=kind)
    server = node(config.ims_node(folder, users, **changes)).start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.kill)
        phones = [stack.enter_context(phone(one, PROXY, name="ABCDEFGH"[i])) for i, one in enumerate(users)]
        for one in phones[:registered]:
            equal(one.register().status, 200, f"{one.name}'s registration")
        yield (server, *phones)
        check(server.alive(), f"the node died: {server.tail(5)}")
        equal(total(server.metrics(), "troupe_restarts_total"), 0, "actors that threw")
        equal(server.stop(), 0, "exit status")


def still_serves(a, b):
    equal(hang_up(*talk(a, b, b.account.uri)).status, 200, "a call afterwards")


def options(branch="z9hG4bKo1", via="127.0.0.1:5999", extra="", call_id="o1"):
    return (f"OPTIONS sip:ims.example SIP/2.0\r\nVia: SIP/2.0/UDP {via};branch={branch}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:x@ims.example>;tag=1\r\nTo: <sip:ims.example>\r\nCall-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\n{extra}Content-Length: 0\r\n\r\n").encode()


def mutations(seed, count):
    """Real messages with octets changed, cut, doubled or dropped; and noise. The same for the same seed."""
    dice = random.Random(seed)
    original = options(extra="Contact: <sip:x@127.0.0.1>\r\nRoute: <sip:127.0.0.1;lr>\r\n").replace(b"OPTIONS", b"INVITE")
    for number in range(count):
        octets = bytearray(original)
        for _ in range(dice.randrange(1, 12)):
            at = dice.randrange(len(octets))
            octets[at:at + dice.choice((0, 1, 1, 5))] = bytes(dice.randrange(256) for _ in range(dice.choice((0, 1, 1, 4))))
        yield bytes(octets[:dice.randrange(1, len(octets))]) if number % 3 == 0 else os.urandom(dice.randrange(1, 900)) if number % 7 == 0 else bytes(octets)


def unreachable(sender, receiver, quoted):
    """An ICMP "port unreachable" from `receiver`'s host for a datagram that `sender` is said to have sent."""
    def checksum(octets):
        words = sum(int.from_bytes(octets[i:i + 2].ljust(2, b"\0"), "big") for i in range(0, len(octets), 2))
        while words >> 16:
            words = (words & 0xffff) + (words >> 16)
        return ~words & 0xffff
    udp = struct.pack("!HHHH", sender[1], receiver[1], 8 + len(quoted), 0) + quoted
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton(sender[0]), socket.inet_aton(receiver[0]))
    head = struct.pack("!BBHI", 3, 3, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.bind((receiver[0], 0))
        raw.sendto(struct.pack("!BBHI", 3, 3, checksum(head + ip + udp), 0) + ip + udp, (sender[0], 0))


# malformed, oversized, slow, flooding

@tests.case("ICMP errors that quote what was never sent disturb no call and are counted")
def _(folder):
    with served(folder) as (server, a, b, _):
        call = leg.to(a, b.account.uri, body=sdp())
        into = leg.of(b)
        branch = into.invite.all("Via")[0].partition("branch=")[2].partition(";")[0]
        forged = branch[:-1] + ("0" if branch[-1] != "0" else "1")
        for quoted in (f"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch={forged}\r\n",
                       f"INVITE sip:x;branch={branch} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKnone\r\n",
                       f"BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch={branch}\r\n", "SIP/2.0 200 OK\r\n", "\0" * 40):
            unreachable(PROXY, b.wire.bound, quoted.encode())
        eventually(lambda: total(server.metrics(), "troupe_undelivered_total") >= 5, "the errors are not counted")
        into.answer(200, body=sdp(49180))
        call.expect(200)
        call.ack()
        into.hear("ACK")
        hang_up(call, into)


@tests.case("20,000 malformed datagrams are answered or counted, cost no memory, and calls go on", 180)
def _(folder):
    seed = random.randrange(1 << 30)
    with served(folder) as (server, a, b, _), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.9", 5999))
        for octets in mutations(1, 3000):      # a first storm, so that pools are filled
            sock.sendto(octets, PROXY)
        time.sleep(36)
        before, memory = dropped(server, "malformed"), server.pss()
        for number, octets in enumerate(mutations(seed, 20_000)):
            sock.sendto(octets, PROXY)
            if number % 50 == 0:
                time.sleep(0.005)
        still_serves(a, b)
        check(dropped(server, "malformed") > before, f"troupe_dropped_total{{malformed}} stays {before} (seed {seed})")
        time.sleep(36)      # the longest transaction
        grown = (server.pss() - memory) / 2**20
        check(SANITIZED or grown < 16, f"memory grew by {grown:.1f} MiB (seed {seed})")


@tests.case("a message beyond the limit gets 513 or is counted; over TCP the connection closes")
def _(folder):
    with served(folder, sip={"max_message": 8192}) as (server, a, b, _):
        before = dropped(server, "oversized")
        answer_or_nothing(a, a.initial("MESSAGE", b.account.uri, body=b"x" * 20_000, content="text/plain"), 513)
        large = a.initial("MESSAGE", b.account.uri, body=b"x" * 20_000, content="text/plain")
        with socket.create_connection(PROXY, timeout=5) as connection:
            connection.sendall(large.encode().replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
            heard = read_to_end(connection)
            check(heard is not None, "the connection stays open after a message beyond the limit")
            check(b" 513 " in heard or dropped(server, "oversized") > before, f"neither 513 nor a counted drop: {heard[:80]}")
        check(b.nothing("MESSAGE"), "the oversized message was forwarded")
        still_serves(a, b)


def answer_or_nothing(ue, request, status):
    ue.send(request)
    try:
        got = ue.receive(lambda m: not m.is_request and m.call_id == request.call_id, 1.0)
    except no_answer:
        return
    equal(got.status, status, "the answer")


def read_to_end(connection, seconds=6.0):
    """All octets until the other side closes; None when it does not within that time."""
    connection.settimeout(seconds)
    heard = b""
    try:
        while octets := connection.recv(65535):
            heard += octets
        return heard
    except socket.timeout:
        return None
    except OSError:
        return heard


@tests.case("connections on which nothing comes are closed and counted", 60)
def _(folder):
    with served(folder, sip={"idle_timeout": 2}) as (server, a, b, _):
        silent = [socket.create_connection(PROXY, timeout=5) for _ in range(20)]
        for one in silent:
            equal(read_to_end(one, 10), b"", "what a silent connection heard")
            one.close()
        check(total(server.metrics(), 'troupe_connections_total{.*closed_idle') >= 20, "closed_idle is not counted")
        still_serves(a, b)


@tests.case("200 slow writers hinder nobody, and their messages are taken in the end", 60)
def _(folder):
    with served(folder) as (server, a, b, _):
        request = options(via="127.0.0.1:5999").replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP")
        slow = [socket.create_connection(PROXY, timeout=10) for _ in range(200)]
        pieces = [request[i:i + 40] for i in range(0, len(request), 40)]
        for piece in pieces[:-1]:
            for number, one in enumerate(slow):
                one.sendall(piece.replace(b"o1", b"%02d" % (number % 100)))
            began = time.monotonic()
            still_serves(a, b)
            check(time.monotonic() - began < (20.0 if SANITIZED else 2.0), f"a call took {time.monotonic() - began:.1f} s beside slow writers")
        for one in slow:
            one.sendall(pieces[-1])
        for one in slow:
            check(one.recv(100).startswith(b"SIP/2.0 "), "a slow message got no answer")
            one.close()
        eventually(lambda: total(server.metrics(), "troupe_connections$") == 0, "connections are left")


@tests.case("one source cannot take all connections")
def _(folder):
    with served(folder, sip={"max_connections_per_source": 10, "max_connections": 100}) as (server, a, b, _):
        opened = [socket.create_connection(PROXY, timeout=5) for _ in range(40)]
        eventually(lambda: total(server.metrics(), 'troupe_connections_total{.*refused') >= 20, "refused connections are not counted")
        with phone(c_account(), PROXY, transport="tcp", bind="127.0.0.8") as other:
            answer = other.transact(other.initial("OPTIONS", "sip:ims.example", routes=[]))
            check(answer.status >= 200, "another source is not served")
        for one in opened:
            one.close()


def c_account():
    return accounts.generate(1, first=777)[0]


@tests.case("a flood from one source is dropped and counted, others are served")
def _(folder):
    with served(folder, registered=0, sip={"messages_per_second_per_source": 200}) as (server, a, b, _), \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.9", 5999))
        for number in range(5000):
            sock.sendto(options(branch=f"z9hG4bKf{number}", via="127.0.0.9:5999", call_id=f"f{number}"), PROXY)
        a.wire.close()
        with phone(a.account, PROXY, bind="127.0.0.7") as other:
            equal(other.register().status, 200, "a registration from another source")
        check(dropped(server, "flood") > 1000, f"of 5,000 datagrams in a moment {dropped(server, 'flood'):.0f} were counted as a flood")


# lies

@tests.case("an answer goes to where the datagram came from, whatever its Via says")
def _(folder):
    with served(folder, registered=0) as (server, *_), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        liar.bind(("127.0.0.66", 5999))
        victim.bind(("127.0.0.77", 5999))
        liar.sendto(options(via="127.0.0.77:5999"), PROXY)
        liar.settimeout(3)
        got = message.parse(liar.recv(65535))
        check("received=127.0.0.66" in got.get("Via"), f"Via in the answer: {got.get('Via')}")
        victim.settimeout(0.5)
        with contextlib.suppress(socket.timeout):
            raise AssertionError(f"the victim got {victim.recv(200)[:60]}")


@tests.case("an unregistered source cannot call in a registered user's name")
def _(folder):
    with served(folder) as (server, a, b, _), phone(a.account, PROXY, bind="127.0.0.66", name="liar") as liar:
        liar.service_route = a.service_route
        answer = liar.transact(liar.initial("INVITE", b.account.uri, body=sdp()))
        equal(answer.status, 403, "an INVITE in A's name from elsewhere")
        check(b.nothing("INVITE"), "it reached B")
        still_serves(a, b)


@tests.case("an unregistered source cannot end a registered user's call")
def _(folder):
    with served(folder) as (server, a, b, _), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.66", 5999))
        caller, callee = talk(a, b, b.account.uri)
        bye = caller.request("BYE").encode().replace(a.wire.host_port.encode() + b";rport", b"127.0.0.66:5999;rport")
        sock.sendto(bye, PROXY)
        check(b.nothing("BYE", 0.6), "a BYE from elsewhere reached B")
        caller.local_cseq -= 1
        equal(hang_up(caller, callee).status, 200, "the true BYE")


@tests.case("what a phone asserts about itself is not believed")
def _(folder):
    lies = [("P-Asserted-Identity", "<sip:boss@ims.example>"), ("P-Served-User", "<sip:boss@ims.example>;sescase=orig;regstate=reg"),
            ("P-Charging-Vector", 'icid-value="forged"'), ("P-Charging-Function-Addresses", "ccf=192.0.2.1"),
            ("P-Visited-Network-ID", "elsewhere.example"), ("P-Access-Network-Info", "IEEE-802.11; network-provided"),
            ("P-Called-Party-ID", "<sip:boss@ims.example>")]
    with served(folder) as (server, a, b, _):
        caller = leg.to(a, b.account.uri, body=sdp(), extra=lies)
        callee = leg.of(b)
        text = str(callee.invite)
        for forged in ("boss@", "forged", "192.0.2.1", "elsewhere.example", "network-provided"):
            check(forged not in text, f"'{forged}' reached the callee:\n{text}")
        check(any(a.account.uri in value for value in callee.invite.all("P-Asserted-Identity")), f"A is not asserted:\n{text}")
        callee.answer(486)
        final = caller.expect(486)
        caller.ack_failure(final)


@tests.case("an identity of another is not taken as the preferred one")
def _(folder):
    with served(folder) as (server, a, b, c):
        request = a.initial("INVITE", b.account.uri, body=sdp())
        request.headers = [(n, f"<{c.account.uri}>" if n == "P-Preferred-Identity" else v) for n, v in request.headers]
        a.send(request)
        callee = leg.of(b)
        asserted = callee.invite.all("P-Asserted-Identity")
        check(asserted and all(c.account.user not in value for value in asserted), f"asserted: {asserted}")
        callee.answer(486)


def fate(caller, callee, routes):
    """What becomes of an INVITE with these Routes: its final status, or the identities that the callee saw asserted.

    TS 24.229 clause 5.2.6.3.3 lets the P-CSCF refuse a wrong route or put the stored Service-Route in its place.
    """
    request = caller.initial("INVITE", callee.account.uri, body=sdp(), routes=routes)
    caller.send(request)
    for _ in range(60):
        callee.idle(0.05)
        caller.idle(0.01)
        if incoming := next((m for m in callee.inbox if m.method == "INVITE"), None):
            callee.inbox.remove(incoming)
            callee.reply(incoming, 486)
            return incoming.all("P-Asserted-Identity")
        if final := next((m for m in caller.inbox if m.status >= 300 and m.call_id == request.call_id), None):
            return final.status
    raise AssertionError(f"an INVITE with Routes {routes} came to nothing; {caller.name} has {[m.start_line for m in caller.inbox]}")


def refused_or_own(what, caller, others):
    """A refusal is good; a call is good when it is in the caller's own name."""
    if isinstance(what, int):
        return 400 <= what < 500
    return any(caller.account.user in one for one in what) and not any(other.account.user in one for other in others for one in what)


@tests.case("a token of the core is refused on the access side, and no stolen Route gives another's identity")
def _(folder):
    with served(folder, count=3, registered=3) as (server, a, b, c):
        caller, callee = talk(a, b, b.account.uri)
        stolen = [uri_of(v) for v in callee.invite.all("Record-Route")]
        fates = [fate(c, b, [one]) for one in stolen]
        for one, what in zip(stolen, fates):
            check(refused_or_own(what, c, [a, b]), f"an INVITE with the stolen Route {one}: {what}")
        check(403 in fates, f"none of the tokens was refused with 403: {fates}")
        equal(hang_up(caller, callee).status, 200, "the call it was stolen from")


@tests.case("another's Service-Route does not give another's services")
def _(folder):
    with served(folder, count=3, registered=3) as (server, a, b, c):
        what = fate(c, b, [c.proxy_uri, *a.service_route])
        check(refused_or_own(what, c, [a]), f"C with A's Service-Route: {what}")


@tests.case("a tampered token is refused or replaced")
def _(folder):
    with served(folder) as (server, a, b, _):
        route = a.service_route[0]
        at = route.index("sip:") + 6
        changed = route[:at] + ("b" if route[at] != "b" else "c") + route[at + 1:]
        what = fate(a, b, [a.proxy_uri, changed])
        check(refused_or_own(what, a, [b]), f"a changed Service-Route: {what}")
        what = fate(a, b, [a.proxy_uri.replace("sip:", "sip:0kforged000000000@")])
        check(refused_or_own(what, a, [b]), f"a made-up token: {what}")


# authentication

def with_keys(ue, challenge, k, opc):
    """The session of a SIM with these keys that does not look at AUTN."""
    made = digest.session.__new__(digest.session)
    made.account, made.challenge, made.count = ue.account, digest.parse(challenge.get("WWW-Authenticate")), 0
    made.algorithm, made.auts = made.challenge["algorithm"], b""
    made.password = milenage.milenage(k, opc, base64.b64decode(made.challenge["nonce"])[:16]).res
    return made


@tests.case("a wrong K or OP is refused, counted, and registers nobody")
def _(folder):
    with served(folder, registered=0) as (server, a, b, _):
        for name, k, opc in (("K", bytes(16), a.account.opc), ("OP", a.account.k, bytes(16))):
            before = total(server.metrics(), "troupe_authentication_failures_total")
            challenge = a.transact(a.register_request())
            equal(challenge.status, 401, "the challenge")
            a.session = with_keys(a, challenge, k, opc)
            answer = a.transact(a.register_request())
            a.session = None
            check(answer.status in (401, 403), f"a response made with a wrong {name}: {answer.start_line}")
            equal(total(server.metrics(), "troupe_registrations$"), 0, "registrations")
            check(total(server.metrics(), "troupe_authentication_failures_total") > before, "the failure is not counted")
        equal(a.register().status, 200, "the right keys afterwards")


@tests.case("a SIM that is ahead resynchronises, and one that lies about it does not")
def _(folder):
    with served(folder, registered=0) as (server, a, b, _):
        a.account.sqn = 1 << 40
        equal(a.register().status, 200, "registration after resynchronisation")
        check(a.account.sqn > 1 << 40, f"SQN {a.account.sqn} is not beyond the SIM's")
        challenge = b.transact(b.register_request())
        b.account.sqn = 1 << 47
        b.session = digest.session(b.account, challenge.get("WWW-Authenticate"))
        b.session.auts = b.session.auts[:6] + bytes(8)
        answer = b.transact(b.register_request())
        check(answer.status >= 400, f"an AUTS with a wrong MAC: {answer.start_line}")
        b.session, b.account.sqn = None, 0
        equal(b.register().status, 200, "registration afterwards")
        check(b.account.sqn < 1 << 47, "the false AUTS moved the HSS's SQN")


@tests.case("a SIM that refuses the network's AUTN says so and is let go")
def _(folder):
    with served(folder, registered=0) as (server, a, b, _):
        challenge = a.transact(a.register_request())
        nonce = re.search(r'nonce="([^"]*)"', challenge.get("WWW-Authenticate")).group(1)
        empty = (f'Digest username="{a.account.impi}", realm="ims.example", nonce="{nonce}", uri="sip:ims.example", response="", algorithm=AKAv1-MD5')
        answer = a.transact(a.register_request(authorization=empty))
        check(answer.status in (401, 403), f"an empty response without AUTS: {answer.start_line}")
        equal(total(server.metrics(), "troupe_registrations$"), 0, "registrations")
        equal(a.register().status, 200, "registration afterwards")


@tests.case("an answer to another's challenge or to a used one is refused")
def _(folder):
    with served(folder, registered=0) as (server, a, b, _):
        equal(a.register().status, 200, "A's registration")
        replayed = a.register_request()
        challenge = b.transact(b.register_request())
        equal(challenge.status, 401, "B's challenge")
        stolen = next(v for n, v in replayed.headers if n == "Authorization").replace(a.account.impi, b.account.impi)
        answer = b.transact(b.register_request(authorization=stolen))
        check(answer.status in (401, 403), f"A's credentials in B's name: {answer.start_line}")
        equal(total(server.metrics(), "troupe_registrations$"), 1, "registrations")


@tests.case("unknown users get 403 and 404")
def _(folder):
    with served(folder) as (server, a, b, _), phone(accounts.generate(1, first=5)[0], PROXY) as nobody:
        equal(nobody.register().status, 403, "REGISTER of a stranger")
        equal(a.transact(a.initial("INVITE", "sip:nobody@ims.example", body=sdp())).status, 404, "INVITE to a stranger")
        answer = a.transact(a.initial("MESSAGE", "sip:nobody@ims.example", body=b"hello", content="text/plain"))
        equal(answer.status, 404, "MESSAGE to a stranger")


@tests.case("a private identity cannot register another's public one")
def _(folder):
    with served(folder, registered=0) as (server, a, b, _):
        answer = a.register(identity=b.account.uri)
        equal(answer.status, 403, "A's REGISTER for B's identity")
        equal(total(server.metrics(), "troupe_registrations$"), 0, "registrations")


# the disk

@tests.case("a full disk is a clear status for what is new, and is got over", 120)
def _(folder):
    disk = folder / "disk"
    disk.mkdir()
    isolation.run("mount", "-t", "tmpfs", "-o", "size=12m", "none", str(disk))
    changes = {"cluster": {"store": f"file:{disk}/state.sqlite"}, "hss": {"database": f"{disk}/hss.sqlite"}, "node": {"secret": "the same for as long as this test"}}
    with served(folder, count=4, registered=2, **changes) as (server, a, b, c, d):
        caller, callee = talk(a, b, b.account.uri)
        filler = fill(disk)
        try:
            answer = c.register()
            check(answer.status >= 500 or answer.status == 200, f"REGISTER on a full disk: {answer.start_line}")
            if answer.status == 500:
                check(answer.get("Retry-After"), "500 without Retry-After")
            refused = a.transact(a.initial("MESSAGE", "sip:nobody@ims.example", body=b"x", content="text/plain"))
            check(refused.status >= 400, f"MESSAGE on a full disk: {refused.start_line}")
            equal(hang_up(caller, callee).status, 200, "the end of a call that was there before")
            eventually(lambda: total(server.metrics(), 'troupe_store_commits_total{.*result="failed"') > 0, "store failures are not counted")
            check(server.alive(), "the node died of a full disk")
        finally:
            os.unlink(filler)
        eventually(lambda: d.register().status == 200, "no registration when there is room again", timeout=30, every=1)
        eventually(lambda: rings(a, b), "no call when there is room again", timeout=30, every=0.5)      # another shard's part of the store
        still_serves(a, b)
    isolation.run("umount", str(disk))


def rings(a, b):
    """Whether a call reaches B, who declines it."""
    call = leg.to(a, b.account.uri, body=sdp())
    try:
        into = leg.of(b, 1.0)
    except no_answer:
        refused = a.receive(lambda m: m.call_id == call.invite.call_id and m.status >= 300)
        equal((refused.status, bool(refused.get("Retry-After"))), (500, True), "a call that cannot be stored")
        call.ack_failure(refused)
        return False
    into.answer(486)
    into.hear("ACK")
    call.ack_failure(a.receive(486))
    return True


def fill(disk):
    """Takes all the room there is."""
    path = disk / "filler"
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return path


# nothing stays behind

@tests.case("half-done registrations and calls leave nothing behind", 200)
def _(folder):
    with served(folder, registered=2, registration={"reg_await_auth": 5}, sip={"timer_c": 3}) as (server, a, b, c):
        still_serves(a, b)
        time.sleep(40)
        descriptors = server.descriptors()
        for _ in range(300):
            c.send(c.register_request(authorization=None))
            c.idle(0.002)
            c.inbox.clear()
        for _ in range(50):
            a.send(a.initial("INVITE", b.account.uri, body=sdp()))      # B never answers
        def left():
            now = server.metrics()
            return {name: value for name, value in now.items()
                    if name.startswith(("troupe_calls{", "troupe_transactions", "troupe_connections")) and "_total" not in name and value}
        eventually(lambda: not left(), lambda: f"left: {left()}", timeout=120, every=1)
        eventually(lambda: server.descriptors() <= descriptors + 2, lambda: f"{server.descriptors()} open descriptors, {descriptors} before")
        b.idle(1)       # what has gathered in its socket
        b.inbox.clear()
        b.seen.clear()
        still_serves(a, b)


tests.run()
