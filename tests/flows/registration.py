"""Registration as a UE sees it: TS 24.229 clauses 5.1.1, 5.2.2, 5.3.1 and 5.4.1; RFC 3310, 3327, 3608."""

import dataclasses
import re
import time

from kit.flow import flow
from lib import accounts, digest
from lib.message import parameter, uri_of
from lib.phone import expires_of
from lib.suite import check, equal


def contacts(answer):
    return sorted(uri_of(value) for value in answer.all("Contact"))


@flow("TS 24.229 5.2.2.1: the challenge that the UE gets has RAND and AUTN, and neither CK nor IK")
def _(net):
    a = net.ue("A")
    challenge = a.receives(401, to=a.sends(a.register_request()))
    value = challenge.get("WWW-Authenticate")
    given = digest.parse(value)
    check("ck" not in given and "ik" not in given, value)
    equal((given["realm"], given["algorithm"]), ("ims.example", "AKAv1-MD5"), "the challenge")
    a.receives(200, to=a.answers_challenge(challenge))


@flow("TS 24.229 5.4.1.2.2F: the 200 has Service-Route, Path, P-Associated-URI with the default identity first, and the granted contact")
def _(net):
    a = net.ue("A")
    answer = a.registers(expires=600)
    equal([uri_of(v) for v in answer.all("P-Associated-URI")], a.account.impus, "P-Associated-URI")
    equal(len(answer.all("Service-Route")), 1, "Service-Routes")
    equal(len(answer.all("Path")), 1, "Paths")
    check(all(uri_of(v).endswith(";lr") for v in answer.all("Service-Route")), "Service-Route is no loose route")
    equal(expires_of(answer, a.contact_uri), 600, "the granted time")
    for gone in ("P-Charging-Vector", "P-Charging-Function-Addresses", "P-Visited-Network-ID"):
        equal(answer.get(gone), None, gone)


@flow("TS 24.229 5.4.1.2.2: a re-registration keeps the binding and its time begins anew")
def _(net):
    a = net.registered("A")
    answer = a.registers(expires=900)
    equal(contacts(answer), [a.contact_uri], "contacts")
    equal(expires_of(answer, a.contact_uri), 900, "the granted time")
    check(a.service_route and a.associated, "the 200 lacks Service-Route or P-Associated-URI")


@flow("RFC 3261 10.3: a REGISTER without Contact tells the bindings and changes none")
def _(net):
    a = net.registered("A")
    answer = a.asks_for_bindings()
    equal(contacts(answer), [a.contact_uri], "contacts")


@flow("TS 24.229 5.4.1.2.2F: two UEs of one subscription have a contact each, and each 200 lists both")
def _(net):
    first = net.registered("A1")
    second = net.ue("A2")
    equal(contacts(second.registers()), sorted([first.contact_uri, second.contact_uri]), "contacts")


@flow("TS 24.229 5.4.1.4.1: a UE that de-registers its contact leaves the other one")
def _(net):
    first, second = net.registered("A1", "A2")
    caller = net.registered("B")
    equal(contacts(first.deregister()), [second.contact_uri], "contacts that are left")
    called = caller.request("MESSAGE", first.uri, body=b"hello", content="text/plain")
    second.answers(second.receives("MESSAGE"), 200)
    caller.receives(200, to=called)
    first.receives_nothing("MESSAGE")


@flow("TS 24.229 5.4.1.4.1: the last contact that goes takes the registration with it")
def _(net):
    a, b = net.registered("A", "B")
    equal(a.deregister().status, 200, "de-registration")
    b.receives(480, to=b.request("MESSAGE", a, body=b"hello", content="text/plain"))
    a.receives(403, to=a.request("MESSAGE", b, body=b"hello", content="text/plain"))


@flow("RFC 3261 10.2.2: Contact * with Expires 0 removes all contacts")
def _(net):
    first, second = net.registered("A1", "A2")
    b = net.registered("B")
    gone = first.register(0, contact="*")
    equal((gone.status, contacts(gone)), (200, []), "the 200 to *")
    b.receives(480, to=b.request("MESSAGE", first.uri, body=b"hello", content="text/plain"))


@flow("RFC 3261 10.3: Contact * with another Expires is refused with 400")
def _(net):
    a = net.registered("A")
    equal(a.register(600, contact="*").status, 400, "* with 600")


@flow("RFC 3261 10.3: a time that is too short gets 423 with Min-Expires")
def _(net):
    a = net.ue("A")
    refused = a.register(expires=10)
    equal((refused.status, refused.get("Min-Expires")), (423, "60"), "a wish of 10 s")
    a.registers(expires=60)


@flow("TS 24.229 5.1.1.2.1: a UE that asks for 600000 s gets what the network grants")
def _(net):
    a = net.ue("A")
    equal(expires_of(a.registers(expires=600000), a.contact_uri), 7200, "the granted time")


@flow("RFC 3261 10.3: a refresh with a lower CSeq of the same Call-ID is not taken")
def _(net):
    a = net.registered("A")
    a.register_cseq -= 3
    answer = a.register(expires=0)
    check(answer.status in (400, 500), f"a stale REGISTER: {answer.start_line}")
    a.register_cseq += 10
    equal(contacts(a.asks_for_bindings()), [a.contact_uri], "contacts afterwards")


@flow("TS 24.229 5.3.1.3: an unknown private identity is refused with 403")
def _(net):
    stranger = accounts.generate(1, first=999_001)[0]
    a = net.ue("A", stranger)
    equal(a.register().status, 403, "a stranger's REGISTER")


@flow("TS 24.229 5.3.1.3: a public identity of another subscription is refused with 403")
def _(net):
    a = net.ue("A")
    other = net.accounts[1]
    equal(a.register(identity=other.uri).status, 403, "A's private with B's public identity")


BARRED = """
[[subscriber]]
impi = "barred@ims.example"
impus = ["sip:barred@ims.example"]
barred = ["sip:barred@ims.example"]
password = "secret"

[[subscriber]]
impi = "half@ims.example"
impus = ["sip:half-barred@ims.example", "sip:half@ims.example"]
barred = ["sip:half-barred@ims.example"]
password = "secret"
"""
HALF = accounts.account("half@ims.example", ["sip:half-barred@ims.example", "sip:half@ims.example"], password="secret")


@flow("TS 24.229 5.4.1.2.2F: a subscription of barred identities only is refused with 403", subscribers=[BARRED])
def _(net):
    a = net.ue("A", accounts.account("barred@ims.example", ["sip:barred@ims.example"], password="secret"))
    equal(a.register().status, 403, "a barred identity's REGISTER")


@flow("TS 24.229 5.4.1.2.2F: a barred identity registers its set, and P-Associated-URI does not tell it")
def _(net):
    a = net.ue("A", HALF)
    answer = a.registers(identity=HALF.impus[0])
    equal([uri_of(v) for v in answer.all("P-Associated-URI")], HALF.impus[1:], "P-Associated-URI")
    a.deregister(identity=HALF.impus[0])


@flow("TS 24.229 5.4.3.3: a barred identity cannot be called: 404")
def _(net):
    b = net.registered("B")
    a = net.ue("A", HALF)
    a.registers(identity=HALF.impus[0])
    b.receives(404, to=b.request("MESSAGE", HALF.impus[0], body=b"hello", content="text/plain"))
    sent = b.request("MESSAGE", HALF.impus[1], body=b"hello", content="text/plain")
    a.answers(a.receives("MESSAGE"), 200)
    b.receives(200, to=sent)
    a.deregister(identity=HALF.impus[0])


@flow("RFC 7616 3.4: a subscriber with a password registers by SIP digest")
def _(net):
    a = net.ue("A", HALF)
    challenge = a.receives(401, to=a.sends(a.register_request(identity=HALF.impus[1])))
    check(not digest.parse(challenge.get("WWW-Authenticate"))["algorithm"].startswith("AKA"), challenge.get("WWW-Authenticate"))
    a.receives(200, to=a.answers_challenge(challenge, identity=HALF.impus[1]))
    a.deregister(identity=HALF.impus[1])


@flow("TS 24.229 5.4.1.2.3: a wrong RES gets 403 and registers nobody")
def _(net):
    a, b = net.ue("A"), net.registered("B")
    challenge = a.receives(401, to=a.sends(a.register_request()))
    a.receives(403, to=a.answers_challenge(challenge, response="0" * 32))
    b.receives(480, to=b.request("MESSAGE", a, body=b"hello", content="text/plain"))


@flow("TS 33.102 6.3.5: a USIM that is ahead answers with AUTS, and the next vector is fresh for it")
def _(net):
    a = net.ue("A")
    a.account.sqn = 5_000_000
    challenge = a.receives(401, to=a.sends(a.register_request()))
    again = a.answers_challenge(challenge)
    check(a.session.auts, "the first SQN was not behind the USIM's")
    challenge = a.receives(401, to=again)
    last = a.answers_challenge(challenge)
    check(not a.session.auts, "the vector after AUTS is not fresh either")
    a.receives(200, to=last)


@flow("TS 24.229 5.4.1.2.3: an AUTS that the home network cannot verify does not move its SQN")
def _(net):
    a = net.ue("A")
    challenge = a.receives(401, to=a.sends(a.register_request()))
    a.session = digest.session(a.account, challenge.get("WWW-Authenticate"))
    a.session.auts = bytes(14)
    a.session.password = b""
    forged = a.sends(a.register_request())
    check(a.final(forged).status >= 400, "a forged AUTS was taken")
    a.session = None
    a.registers()


@flow("TS 24.229 5.4.1.2.1: one challenge stands for a private identity: an answer to the older one does not register")
def _(net):
    a = net.ue("A")
    older = a.receives(401, to=a.sends(a.register_request()))
    newer = a.receives(401, to=a.sends(a.register_request(authorization=digest.blank_credentials(a.account))))
    check(older.get("WWW-Authenticate") != newer.get("WWW-Authenticate"), "the same challenge twice")
    answer = a.final(a.answers_challenge(older))
    check(answer.status in (401, 403), f"the answer to the older challenge: {answer.start_line}")


@flow("TS 24.229 5.4.1.2.3: when reg-await-auth runs out the challenge is over", registration={"reg_await_auth": 1})
def _(net):
    a = net.ue("A")
    challenge = a.receives(401, to=a.sends(a.register_request()))
    a.idle(1.6)
    late = a.answers_challenge(challenge)
    fresh = a.receives(401, to=late)
    a.receives(200, to=a.answers_challenge(fresh))


@flow("TS 33.102 C.1: no SQN is used twice: each challenge of a row is fresh for the USIM")
def _(net):
    a = net.ue("A")
    for _ in range(5):
        challenge = a.receives(401, to=a.sends(a.register_request(authorization=digest.blank_credentials(a.account))))
        session = digest.session(a.account, challenge.get("WWW-Authenticate"))
        check(not session.auts, "an SQN that is not above the last one")


@flow("RFC 3329 2.3.1: sec-agree that the UE requires is refused, since none is agreed on here")
def _(net):
    a = net.ue("A")
    asked = a.register_request(extra=[("Require", "sec-agree"), ("Proxy-Require", "sec-agree"),
                                      ("Security-Client", "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1;spi-s=2;port-c=5062;port-s=5064")])
    refused = a.receives(420, to=a.sends(asked))
    equal(refused.all("Unsupported"), ["sec-agree"], "Unsupported")


@flow("RFC 3329 2.3.1: a UE that only offers sec-agree registers without it")
def _(net):
    a = net.ue("A")
    a.registers(extra=[("Supported", "sec-agree"),
                       ("Security-Client", "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1;spi-s=2;port-c=5062;port-s=5064")])


@flow("TS 24.229 5.2.2.1: a REGISTER for another network's domain is refused with 403")
def _(net):
    a = net.ue("A")
    asked = a.register_request()
    asked.start_line = "REGISTER sip:elsewhere.example SIP/2.0"
    a.receives(403, to=a.sends(asked))


DEAD = {"name": "sip:127.0.0.44:5060", "capabilities": []}


@flow("TS 24.229 5.3.1.3: when the S-CSCF that was chosen does not answer the REGISTER another one gets it",
      sip={"t1": 50, "t2": 200, "t4": 300}, icscf={"scscfs": [DEAD, {"name": "sip:127.0.0.3:5060", "capabilities": []}]},
      scscf={"name": "sip:127.0.0.3:5060"})
def _(net):
    a = net.ue("A")
    challenge = a.receives(401, to=a.sends(a.register_request()), timeout=10)
    a.receives(200, to=a.answers_challenge(challenge), timeout=10)


@flow("TS 24.229 5.3.1.3: when no S-CSCF answers the REGISTER gets a final response", sip={"t1": 50, "t2": 200, "t4": 300},
      icscf={"scscfs": [DEAD]})
def _(net):
    a = net.ue("A")
    answer = a.final(a.sends(a.register_request()), timeout=10)
    check(answer.status in (480, 504, 600), f"a REGISTER without S-CSCF: {answer.start_line}")


@flow("TS 24.229 5.4.1.5: a registration that runs out is gone", registration={"min_expires": 1})
def _(net):
    b = net.registered("B")
    a = net.ue("A")
    a.registers(expires=2)
    sent = b.request("MESSAGE", a, body=b"hello", content="text/plain")
    a.answers(a.receives("MESSAGE"), 200)
    b.receives(200, to=sent)
    time.sleep(2.5)
    b.receives(480, to=b.request("MESSAGE", a, body=b"hello", content="text/plain"))


@flow("TS 24.229 5.4.1.2.2F: more contacts than one identity may have are refused with 403", registration={"max_contacts": 2})
def _(net):
    net.registered("A1", "A2")
    third = net.ue("A3")
    equal(third.register().status, 403, "a third contact")


@flow("TS 24.229 5.4.1.2.2F: an instance that comes from another address replaces its contact")
def _(net):
    first = net.registered("A1")
    moved = net.ue("A2")
    moved.instance = first.instance
    equal(contacts(moved.registers()), [moved.contact_uri], "contacts")


@flow("RFC 5627 3.2: a UE that supports GRUUs gets a public and a temporary one for its instance")
def _(net):
    a = net.ue("A")
    value = a.registers().all("Contact")[0]
    equal(parameter(value, "pub-gruu"), f"{a.uri};gr={a.instance}", "pub-gruu")
    temporary = parameter(value, "temp-gruu")
    check(re.fullmatch(r"sip:[^@]+@ims\.example;gr", temporary or ""), f"temp-gruu: {temporary}")
    check(a.account.user not in temporary, "the temporary GRUU tells who it is")


@flow("TS 29.228 6.2: a profile that changes while its user is registered is in force at once, its default identity too")
def _(net):
    a, b = net.registered("A", "B")
    new = f"sip:new.{a.account.user}@ims.example"
    net.changes(dataclasses.replace(a.account, impus=[new] + a.account.impus))
    sent = b.request("MESSAGE", new, body=b"to the new one", content="text/plain")
    a.answers(a.receives("MESSAGE"), 200)
    b.receives(200, to=sent)
    again = a.registers()
    equal(uri_of(again.all("P-Associated-URI")[0]), new, "the default identity")
    equal(len(again.all("Contact")), 1, "contacts: the set is the same one")
    sent = b.request("MESSAGE", a.account.impus[0], body=b"to the old one", content="text/plain")
    a.answers(a.receives("MESSAGE"), 200)
    b.receives(200, to=sent)
    a.deregister()
    equal(b.final(b.request("MESSAGE", new, body=b"x", content="text/plain")).status, 480, "to who has left")
