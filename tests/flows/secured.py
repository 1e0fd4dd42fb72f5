"""UEs that come by TLS, and what they agree on with the P-CSCF: TS 24.229 clause 5.2.2.4; RFC 3261 clause 26, RFC 3329."""

import atexit
import shutil
import ssl

from kit.flow import flow
from lib import certificates
from lib.leg import hang_up, talk
from lib.suite import check, equal, temporary

TLS_PROXY = ("127.0.0.1", 5061)
_folder = temporary("troupe-tls-")
atexit.register(shutil.rmtree, _folder, True)
_ca, _certificate, _key = certificates.make(_folder)
LISTENERS = {"access": ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060", "tls://127.0.0.1:5061"],
             "tls_certificate": _certificate, "tls_key": _key}
AGREES = [("Require", "sec-agree"), ("Proxy-Require", "sec-agree"), ("Security-Client", "tls")]


def by_tls(net, name):
    return net.ue(name, proxy=TLS_PROXY, transport="tls", tls=ssl.create_default_context(cafile=_ca))


@flow("TS 24.229 5.2.2.4: a UE registers by TLS, agrees on it, and calls one on UDP", sip=LISTENERS)
def _(net):
    a, b = by_tls(net, "A"), net.registered("B")
    challenge = a.receives(401, to=a.sends(a.register_request(extra=AGREES)))
    equal(challenge.get("Security-Server"), "tls", "Security-Server")
    verified = AGREES + [("Security-Verify", "tls")]
    a.receives(200, to=a.answers_challenge(challenge, extra=verified))
    a.service_route = []
    again = a.registers(extra=verified)
    check(again.get("Security-Server") is None, "offered once")
    call, into = talk(a, b, b.uri, extra=[("Require", "sec-agree"), ("Proxy-Require", "sec-agree"), ("Security-Verify", "tls")])
    for name in ("Security-Verify", "Security-Client", "Require", "Proxy-Require"):
        check(into.invite.get(name) is None, f"{name} went to the callee: {into.invite.get(name)}")
    hang_up(call, into)
    call, into = talk(b, a, a.uri)
    hang_up(into, call)


@flow("TS 24.229 5.2.2.4: a Security-Verify that is not what was offered gets 494 and the offer", sip=LISTENERS)
def _(net):
    a = by_tls(net, "A")
    a.registers(extra=AGREES)
    refused = a.receives(494, to=a.sends(a.register_request(extra=[("Require", "sec-agree"), ("Security-Verify", "digest")])))
    equal(refused.get("Security-Server"), "tls", "Security-Server")
    changed = a.receives(494, to=a.request("MESSAGE", "sip:someone@ims.example", body=b"x", content="text/plain",
                                           extra=[("Security-Verify", "ipsec-ike, tls")]))
    equal(changed.get("Security-Server"), "tls", "Security-Server")


@flow("RFC 3329 2.3.1: a UE that insists on IPsec is told what there is", sip=LISTENERS)
def _(net):
    a = net.ue("A")
    asked = a.register_request(extra=[("Require", "sec-agree"), ("Proxy-Require", "sec-agree"),
                                      ("Security-Client", "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1;spi-s=2;port-c=5062;port-s=5064")])
    equal(a.receives(494, to=a.sends(asked)).get("Security-Server"), "tls", "Security-Server")
