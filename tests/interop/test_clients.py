#!/usr/bin/env python3
"""Phones that nobody here wrote register on a node and call: baresip, Linphone, Twinkle; UDP, TCP, TLS; digest and AKA.

They refuse to run on the loopback, so all live in a network namespace with an interface of its own.
"""

import shutil
import time

from lib import accounts, certificates, config, isolation
from lib.baresip import baresip
from lib.leg import hang_up, leg, sdp
from lib.linphone import linphone
from lib.node import node
from lib.phone import phone
from lib.suite import check, eventually, skip, suite
from lib.twinkle import twinkle

HOST, PROXY = "10.99.0.1", "10.99.0.1:5060"
TLS_PROXY = "10.99.0.1:5061"
tests = suite(tools=["ip", "openssl"])


def need(tool):
    if not shutil.which(tool):
        raise skip(f"{tool} is not installed")


def twinkle_account(number):
    one = accounts.generate(1, first=900000 + number)[0]
    one.k, one.op = f"Twinkle-key-{number:04d}".encode(), bytes.fromhex("63bfa50ee6523365ff14c1f45f88737d")
    one.opc = accounts.milenage.opc_of(one.k, one.op)
    return one


USERS = accounts.generate(8, kind="digest")
OURS = USERS[3]
TWINKLES = [twinkle_account(1), twinkle_account(2)]


def start(folder, **changes):
    """A node on the interface, with UDP, TCP and TLS; returns (node, path of the authority's certificate)."""
    ca, certificate, key = certificates.make(folder, addresses=[HOST])
    sip = {"access": [f"udp://{PROXY}", f"tcp://{PROXY}", f"tls://{TLS_PROXY}"], "tls_certificate": certificate, "tls_key": key}
    path = config.ims_node(folder, [*USERS, *TWINKLES], sip=sip, **changes)
    return node(path).start(), ca


if not tests.missing:
    isolation.subnet()


def with_node(*schemes):
    """Each case has a node of its own; schemes are what its S-CSCF may ask for."""
    def decorate(function):
        def run(folder):
            isolation.names(folder, {"ims.example": HOST})
            server, ca = start(folder, **({"scscf": {"auth": list(schemes)}} if schemes else {}))
            try:
                function(folder, ca)
            finally:
                status = server.stop()
            check(status == 0, f"the node ended with status {status}")
        return run
    return decorate


MD5 = ("akav1-md5", "digest-md5")       # baresip 1.0 gives up on the sight of SHA-256


def baresip_calls(folder, transport, ca):
    need("baresip")
    proxy = TLS_PROXY if transport == "tls" else PROXY
    with baresip(folder / "a", USERS[0], proxy=proxy, transport=transport, port=5066, ca=ca) as a, \
            baresip(folder / "b", USERS[1], proxy=proxy, transport=transport, port=5068, answers=True, ca=ca) as b:
        a.registered()
        b.registered()
        a.command("dial", USERS[1].uri)
        a.wait("CALL_ESTABLISHED")
        b.wait("CALL_ESTABLISHED")
        time.sleep(2)
        a.command("hangup")
        b.wait("CALL_CLOSED")
        check(a.hears() > 500 and b.hears() > 500, f"the tones were not heard: {a.hears():.0f}, {b.hears():.0f}")


def linphone_calls(folder, transport, ca, algorithm=None):
    """It calls our phone, and our phone calls it."""
    need("linphonecsh")
    proxy = "ims.example:5061" if transport == "tls" else PROXY     # it looks for a name in the certificate
    with linphone(folder / "l", USERS[2], proxy=proxy, transport=transport, ca=ca, answers=True, algorithm=algorithm) as other, \
            phone(OURS, (HOST, 5060), bind="10.99.0.2") as ours:
        other.registered()
        check(ours.register().status == 200, "our phone cannot register")
        other.call(OURS.uri)
        incoming = leg.of(ours)
        incoming.answer(180)
        incoming.answer(200, body=_answer_to(incoming.invite))
        incoming.hear("ACK")
        other.talking()
        other.hang_up()
        incoming.answer(200, request=incoming.hear("BYE"))
        outgoing = leg.to(ours, USERS[2].uri, body=_offer())
        outgoing.expect(200, 10)
        outgoing.ack()
        other.talking()
        ended = outgoing.bye()
        check(ended.status == 200, f"our BYE was answered {ended.start_line}")


def _offer():
    return sdp(host="10.99.0.2").replace(b"RTP/AVP 96 97", b"RTP/AVP 0 97").replace(b"a=rtpmap:96 AMR-WB/16000", b"a=rtpmap:0 PCMU/8000")


def _answer_to(invite):
    return _offer()


@tests.case("two baresips register and call over UDP with digest, and hear each other")
@with_node(*MD5)
def _(folder, ca):
    baresip_calls(folder, "udp", None)


@tests.case("two baresips register and call over TCP with digest, and hear each other")
@with_node(*MD5)
def _(folder, ca):
    baresip_calls(folder, "tcp", None)


@tests.case("two baresips register and call over TLS with digest, and hear each other")
@with_node(*MD5)
def _(folder, ca):
    baresip_calls(folder, "tls", ca)


@tests.case("Linphone registers over UDP with SHA-256 digest, calls and is called")
@with_node("akav1-md5", "digest-sha-256")
def _(folder, ca):
    linphone_calls(folder, "udp", None, "SHA-256")


@tests.case("Linphone registers over TCP with digest, calls and is called")
@with_node()
def _(folder, ca):
    linphone_calls(folder, "tcp", None)


@tests.case("Linphone registers over TLS with digest, calls and is called")
@with_node()
def _(folder, ca):
    linphone_calls(folder, "tls", ca)


@tests.case("two Twinkles register with AKA over UDP and call")
@with_node()
def _(folder, ca):
    need("twinkle-console")
    with twinkle(folder / "a", TWINKLES[0], proxy=HOST, port=5072) as a, twinkle(folder / "b", TWINKLES[1], proxy=HOST, port=5074) as b:
        a.registered()
        b.registered()
        a.command(f"call {TWINKLES[1].uri}")
        b.says("incoming call")
        b.command("answer")
        a.says("far end answered call")
        b.says("call established")
        a.command("bye")
        b.says("far end ended call")


@tests.case("a baresip on TLS calls a Twinkle on UDP")
@with_node(*MD5)
def _(folder, ca):
    need("baresip")
    need("twinkle-console")
    with baresip(folder / "a", USERS[4], proxy=TLS_PROXY, transport="tls", port=5066, ca=ca) as a, \
            twinkle(folder / "b", TWINKLES[0], proxy=HOST, port=5072) as b:
        a.registered()
        b.registered()
        a.command("dial", TWINKLES[0].uri)
        b.says("incoming call")
        eventually(lambda: any(one.get("type") in ("CALL_RINGING", "CALL_PROGRESS") for one in a.events) or a._read(0.1),
                   "baresip does not hear that it rings")
        a.command("hangup")
        b.says("far end cancelled call")


tests.run()
