#!/usr/bin/env python3
"""The test phone's own arithmetic against the conformance vectors: a phone that errs proves nothing."""

import base64
import json
import pathlib

from lib import accounts, digest, milenage
from lib.message import message, parameter, split_values, stream
from lib.suite import check, equal, suite

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "corpus"
tests = suite(isolated=False, needs_product=False)


def sets(name):
    for one in json.loads((CORPUS / "milenage" / name).read_text())["sets"]:
        yield {key: bytes.fromhex(value) for key, value in one.items() if isinstance(value, str) and key != "clause"}


@tests.case("Milenage gives the values of TS 35.207 and TS 35.208")
def _(folder):
    for one in [*sets("ts35207_milenage.json"), *sets("ts35208_milenage.json")]:
        made = milenage.milenage(one["k"], one["opc"], one["rand"])
        for name, value in (("f2", made.res), ("f3", made.ck), ("f4", made.ik), ("f5", made.ak), ("f5star", made.ak_star),
                            ("f1", made.mac_a(one["sqn"], one["amf"])), ("f1star", made.mac_s(one["sqn"], one["amf"]))):
            equal(value, one[name], name)


@tests.case("AKA digests and AUTS are those of the derived vectors")
def _(folder):
    for one in json.loads((CORPUS / "digest" / "aka_digest.json").read_text())["vectors"]:
        account = accounts.account(one["username"], ["sip:a@b"], k=bytes.fromhex(one["k"]), opc=bytes.fromhex(one["opc"]))
        for algorithm, key in (("AKAv1-MD5", "response_AKAv1_MD5"), ("AKAv2-MD5", "response_AKAv2_MD5"),
                               ("AKAv2-SHA-256", "response_AKAv2_SHA_256")):
            account.sqn = 0
            challenge = f'Digest realm="{one["realm"]}", nonce="{one["nonce"]}", algorithm={algorithm}, qop="auth"'
            session = digest.session(account, challenge)
            got = digest.response(algorithm, session.password, qop="auth", body=b"",
                                  **{name: one[name] for name in ("username", "realm", "nonce", "method", "uri", "nc", "cnonce")})
            equal(got, one[key], f"{algorithm} of set {one['milenage_set']}")
        account.sqn = int(one["resync"]["sqn_ms"], 16)
        session = digest.session(account, challenge)
        equal(base64.b64encode(session.auts).decode(), one["resync"]["auts_base64"], "AUTS")


@tests.case("a network without our keys is refused")
def _(folder):
    one = accounts.generate(1)[0]
    octets = bytes(16) + milenage.milenage(bytes(16), bytes(16), bytes(16)).autn(bytes(5) + b"\1", b"\x80\0")
    try:
        digest.session(one, f'Digest realm="x", nonce="{base64.b64encode(octets).decode()}", algorithm=AKAv1-MD5')
    except digest.network_not_authentic:
        return
    check(False, "an AUTN with a wrong MAC was accepted")


@tests.case("messages are framed out of any chopping of a stream")
def _(folder):
    one = message("MESSAGE sip:a@b SIP/2.0", [("v", "SIP/2.0/TCP a;branch=z9hG4bK1"), ("i", "x"), ("CSeq", "1 MESSAGE")], b"hello").encode()
    for size in (1, 7, 1000):
        framer, got, octets = stream(), [], b"\r\n\r\n" + one + one
        for i in range(0, len(octets), size):
            got += framer.feed(octets[i:i + size])
        equal(got, [one, one], f"pieces of {size}")
    equal(message.parse(one).branch, "z9hG4bK1", "the branch under a compact header name")


@tests.case("values and parameters are found between quotes and brackets")
def _(folder):
    equal(split_values('"A, B" <sip:a@b;x=1,2>;tag=1, <sip:c@d>'), ['"A, B" <sip:a@b;x=1,2>;tag=1', "<sip:c@d>"], "values")
    equal(parameter("<sip:a@b;tag=no>;tag=yes", "tag"), "yes", "tag")


tests.run()
