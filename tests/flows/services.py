"""Application servers on the way of a request and beside a registration: TS 24.229 clauses 5.4.1.7, 5.4.3.2, 5.4.3.3 and 5.7."""

from kit.flow import flow
from kit.stage import ABROAD
from kit.ue import leg, sdp
from lib import accounts
from lib.leg import hang_up
from lib.message import uri_of
from lib.suite import check, equal

PORT = 5090
SERVER, SECOND = f"sip:{ABROAD}:{PORT}", f"sip:{ABROAD}:{PORT + 1}"
_numbers = iter(range(900000, 900100))


class served:
    """A subscriber with initial filter criteria."""

    def __init__(self, *criteria):
        self.number = next(_numbers)
        self.toml = self.account.toml() + "".join("\n[[subscriber.ifc]]\n" + one + "\n" for one in criteria)

    @property
    def account(self):
        """A new SIM each time: fused and split have an HSS each, which begin with the same SQN."""
        return accounts.generate(1, first=self.number)[0]


def criterion(server, *conditions, priority=0, more=""):
    when = ", ".join("{ " + one + " }" for one in conditions)
    return f'server = "{server}"\npriority = {priority}\nwhen = [{when}]\n{more}'


def session(case):
    return f'method = "INVITE"', f'session_case = "{case}"'


def application_server(net, port=PORT, name="tas"):
    return net.server(name, port)


def with_user(net, who, name="S"):
    one = net.ue(name, account=who.account)
    one.registers()
    return one


def through(tas, call, into_of):
    """The rest of a call whose INVITE the AS has passed: 180, 200, ACK, BYE by the caller; all of it passes the AS."""
    into = into_of.is_called()
    into.answer(180)
    tas.passes_back(180)
    call.expect(180)
    into.answer(200, body=sdp(49180))
    tas.passes_back(200)
    call.expect(200)
    call.ack()
    tas.passes("ACK")
    into.hear("ACK")
    request = call.start("BYE")
    tas.passes("BYE")
    into.answer(200, request=into.hear("BYE"))
    tas.passes_back(200, "BYE")
    call.expect(200, request=request)


CALLER = served(criterion(SERVER, *session("originating")))


@flow("TS 24.229 5.4.3.2: a call of a user whose criterion matches goes through its AS and comes back", subscribers=[CALLER.toml])
def _(net):
    tas, b, a = application_server(net), net.registered("B"), with_user(net, CALLER)
    call = a.calls(b)
    got = tas.passes("INVITE")
    equal(uri_of(got.all("Route")[0]).partition(";")[0], SERVER, "the topmost Route")
    equal(len(got.all("Route")), 2, "Routes: the AS and the way back")
    check("sescase=orig" in got.get("P-Served-User") and "regstate=reg" in got.get("P-Served-User"), got.get("P-Served-User"))
    equal(uri_of(got.get("P-Served-User")), a.uri, "the served user")
    check('orig-ioi="Type 3' in got.get("P-Charging-Vector"), "an IOI of type 3: " + got.get("P-Charging-Vector"))
    through(tas, call, b)


CALLEE = served(criterion(SERVER, *session("terminating")))


@flow("TS 24.229 5.4.3.3: a call to a user whose criterion matches goes through its AS and then to the UE", subscribers=[CALLEE.toml])
def _(net):
    tas, a, b = application_server(net), net.registered("A"), with_user(net, CALLEE)
    call = a.calls(b)
    got = tas.passes("INVITE")
    check("sescase=term" in got.get("P-Served-User"), got.get("P-Served-User"))
    equal(got.start_line.split(" ")[1], b.uri, "the Request-URI, not yet a contact")
    through(tas, call, b)


CHAIN = served(criterion(SECOND, *session("originating"), priority=2), criterion(SERVER, *session("originating"), priority=1))


@flow("TS 24.229 5.4.3.2: two criteria are gone through in the order of their priority", subscribers=[CHAIN.toml])
def _(net):
    first, second = application_server(net), application_server(net, PORT + 1, "second")
    b, a = net.registered("B"), with_user(net, CHAIN)
    call = a.calls(b)
    first.passes("INVITE")
    second.passes("INVITE")
    into = b.is_called()
    into.answer(486)
    into.hear("ACK")
    second.passes_back(486)
    second.receives("ACK")
    first.passes_back(486)
    first.receives("ACK")
    a.acknowledges(call.invite, a.receive(486))


OWN_CALL = served(criterion(SERVER, *session("originating")))


@flow("TS 24.229 5.4.3.4: an AS's own call with the original dialog identifier goes on where the other came from", subscribers=[OWN_CALL.toml])
def _(net):
    tas, b, a = application_server(net), net.registered("B"), with_user(net, OWN_CALL)
    call = a.calls(b)
    got = tas.receives("INVITE")
    first = leg(tas, got, caller=False)
    onward = tas.initial("INVITE", got.start_line.split(" ")[1], identity=a.uri, body=sdp(), routes=[uri_of(got.all("Route")[1])],
                         extra=[("P-Asserted-Identity", f"<{a.uri}>"), ("P-Served-User", got.get("P-Served-User"))])
    second = leg(tas, onward, caller=True)
    tas.sends(onward)
    into = b.is_called()
    check(into.invite.call_id != call.invite.call_id, "a call of the AS's own")
    check(tas.nothing(lambda m: m.is_request and m.method == "INVITE"), "the AS is not asked again")
    into.answer(200, body=sdp(49180))
    second.expect(200)
    second.ack()
    into.hear("ACK")
    first.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    first.hear("ACK")
    hang_up(call, first)
    hang_up(second, into)


GOES_ON = served(criterion(SERVER, *session("originating"), more='handling = "continue"\n'))


@flow("TS 24.229 5.4.3.2: when the AS fails and the default handling is to continue the call goes on without it", subscribers=[GOES_ON.toml])
def _(net):
    tas, b, a = application_server(net), net.registered("B"), with_user(net, GOES_ON)
    call = a.calls(b)
    tas.answers(tas.receives("INVITE"), 503)
    tas.receives("ACK")
    into = b.is_called()
    into.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    into.hear("ACK")
    hang_up(call, into)


ENDS = served(criterion(SERVER, *session("originating"), more='handling = "terminate"\n'))


@flow("TS 24.229 5.4.3.2: when the AS fails and the default handling is to terminate the call ends", subscribers=[ENDS.toml])
def _(net):
    tas, b, a = application_server(net), net.registered("B"), with_user(net, ENDS)
    call = a.calls(b)
    tas.answers(tas.receives("INVITE"), 500)
    tas.receives("ACK")
    check(a.final(call.invite).status >= 500, "a failure")
    b.receives_nothing("INVITE")


NOBODY = served(criterion(f"sip:{ABROAD}:{PORT + 7}", *session("originating"), more='handling = "continue"\n'))


@flow("TS 24.229 5.4.3.2: an AS that is not there is passed over", subscribers=[NOBODY.toml])
def _(net):
    b, a = net.registered("B"), with_user(net, NOBODY)
    call = a.calls(b)
    into = b.is_called(timeout=8.0)
    into.answer(486)
    into.hear("ACK")
    a.acknowledges(call.invite, a.receive(486))


DIVERTS = served(criterion(SERVER, *session("terminating")))


@flow("TS 24.229 5.4.3.3: an AS that diverts a call to another user has it go there", subscribers=[DIVERTS.toml])
def _(net):
    tas, (a, c), b = application_server(net), net.registered("A", "C"), with_user(net, DIVERTS)
    call = a.calls(b)
    tas.passes("INVITE", uri=c.uri)
    b.receives_nothing("INVITE")
    through(tas, call, c)


TOLD = served(criterion(SERVER, 'method = "REGISTER", registration = ["initial", "de-registration"]',
                        more='service_info = "<colour>blue</colour>"\ninclude_register_request = true\ninclude_register_response = true\n'))


@flow("TS 24.229 5.4.1.7: an AS is told of a registration and of its end, with the bodies that its criterion asks for",
      subscribers=[TOLD.toml], compared=False)       # bodies that hold whole messages, with their random values
def _(net):
    tas, ue = application_server(net), net.ue("S", account=TOLD.account)
    ue.registers()
    told = tas.receives("REGISTER")
    tas.answers(told, 200)
    equal(uri_of(told.get("To")), ue.uri, "To")
    check(0 < int(told.get("Expires")) <= 600, "Expires: " + told.get("Expires"))
    check('orig-ioi="Type 3' in told.get("P-Charging-Vector"), told.get("P-Charging-Vector"))
    check(told.get("P-Visited-Network-ID") and told.get("P-Access-Network-Info"), "whence the UE registered")
    kind = told.get("Content-Type")
    check(kind.startswith("multipart/mixed;boundary="), kind)
    parts = told.body.split(b"--" + kind.partition("=")[2].encode())
    equal((len(parts), parts[0], parts[-1].strip()), (5, b"", b"--"), "three parts")
    check(b"Content-Type: application/3gpp-ims+xml\r\n\r\n" in parts[1] and b"<colour>blue</colour>" in parts[1], parts[1])
    check(b"Content-Type: message/sip\r\n\r\nREGISTER sip:" in parts[2], parts[2])
    check(b"Content-Type: message/sip\r\n\r\nSIP/2.0 200 OK\r\n" in parts[3] and b"Service-Route" in parts[3], parts[3])
    ue.registers()
    tas.receives_nothing("REGISTER")
    ue.deregister()
    left = tas.receives("REGISTER")
    tas.answers(left, 200)
    equal(left.get("Expires"), "0", "Expires")


CRITICAL = served(criterion(SERVER, 'method = "REGISTER"', more='handling = "terminate"\n'))


@flow("TS 24.229 5.4.1.7: an AS that must be told and fails ends the registration", subscribers=[CRITICAL.toml],
      compared=False)       # P- or S-CSCF refuses, as the one has been told yet or not
def _(net):
    tas, ue = application_server(net), net.ue("S", account=CRITICAL.account)
    ue.registers()
    tas.answers(tas.receives("REGISTER"), 503)
    tas.answers(tas.receives(lambda m: m.method == "REGISTER" and m.get("Expires") == "0"), 200)
    sent = ue.request("MESSAGE", "sip:nobody@ims.example", body=b"x", content="text/plain")
    check(ue.final(sent).status in (403, 504), "a user who is not registered")


BOTH_A = served(criterion(SERVER, *session("originating")))
BOTH_B = served(criterion(SECOND, *session("terminating")))


@flow("TS 24.229 5.4.3: a call through an AS of either user: re-INVITE and BYE pass both", subscribers=[BOTH_A.toml, BOTH_B.toml])
def _(net):
    first, second = application_server(net), application_server(net, PORT + 1, "second")
    a, b = with_user(net, BOTH_A), with_user(net, BOTH_B, "T")
    call = a.calls(b)
    for one in (first, second):
        one.passes("INVITE")
    into = b.is_called()
    into.answer(200, body=sdp(49180))
    for one in (second, first):
        one.passes_back(200)
    call.expect(200)
    call.ack()
    for one in (first, second):
        one.passes("ACK")
    into.hear("ACK")
    again = into.reinvite(sdp(49182, version=2))
    for one in (second, first):
        one.passes("INVITE")
    call.answer(200, request=call.hear("INVITE"), body=sdp(49190, version=2))
    for one in (first, second):
        one.passes_back(200)
    into.expect(200, request=again)
    into.ack()
    for one in (second, first):
        one.passes("ACK")
    call.hear("ACK")
    bye = into.start("BYE")
    for one in (second, first):
        one.passes("BYE")
    call.answer(200, request=call.hear("BYE"))
    for one in (first, second):
        one.passes_back(200, "BYE")
    into.expect(200, request=bye)


STOPPED = served(criterion(SERVER, *session("terminating")))


@flow("RFC 3261 9: a CANCEL follows its INVITE through an AS", subscribers=[STOPPED.toml])
def _(net):
    tas, a, b = application_server(net), net.registered("A"), with_user(net, STOPPED)
    call = a.calls(b)
    onward = tas.goes_on(tas.receives("INVITE"))
    into = b.is_called()
    into.answer(180)
    tas.passes_back(180)
    call.expect(180)
    cancel = call.cancel()
    a.receives(200, to=cancel)
    heard = tas.receives("CANCEL")
    tas.answers(heard, 200)
    tas.cancels(onward)
    b.answers(into.hear("CANCEL"), 200)
    into.answer(487)
    into.hear("ACK")
    tas.passes_back(487)
    tas.receives("ACK")
    a.acknowledges(call.invite, a.receive(487))


ABSENT = served(criterion(SERVER, 'method = "INVITE"', 'session_case = "terminating_unregistered"'))


@flow("TS 24.229 5.4.3.3: a call to a user who is not registered goes to the AS of his unregistered state", subscribers=[ABSENT.toml])
def _(net):
    tas, a = application_server(net), net.registered("A")
    call = a.calls(ABSENT.account.uri)
    got = tas.receives("INVITE")
    check("regstate=unreg" in got.get("P-Served-User"), got.get("P-Served-User"))
    mailbox = leg(tas, got, caller=False)
    mailbox.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    mailbox.hear("ACK")
    hang_up(call, mailbox)


WRITES = served(criterion(SERVER, 'method = "MESSAGE"', 'session_case = "originating"'))


@flow("TS 24.229 5.4.3.2: a MESSAGE goes through an AS as a call does", subscribers=[WRITES.toml])
def _(net):
    tas, b, a = application_server(net), net.registered("B"), with_user(net, WRITES)
    sent = a.request("MESSAGE", b.uri, body=b"hello", content="text/plain")
    tas.passes("MESSAGE")
    b.answers(b.receives("MESSAGE"), 200)
    tas.passes_back(200, "MESSAGE")
    a.receives(200, to=sent)


SPEAKS_FOR = served()


@flow("TS 24.229 5.7.3: an AS calls in the name of a user of the home network", subscribers=[SPEAKS_FOR.toml])
def _(net):
    tas, b, user = application_server(net), net.registered("B"), with_user(net, SPEAKS_FOR)
    made = tas.initial("INVITE", b.uri, identity=user.uri, body=sdp(), routes=[net.scscf_uri + ";lr;orig"],
                       extra=[("P-Asserted-Identity", f"<{user.uri}>"), ("P-Served-User", f"<{user.uri}>;sescase=orig;regstate=reg")])
    call = leg(tas, made, caller=True)
    tas.sends(made)
    into = b.is_called()
    equal(uri_of(into.invite.get("P-Asserted-Identity")), user.uri, "the caller's identity")
    into.answer(200, body=sdp(49180))
    call.expect(200)
    call.ack()
    into.hear("ACK")
    hang_up(into, call)
