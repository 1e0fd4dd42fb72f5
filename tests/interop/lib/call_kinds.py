"""The kinds of calls that SIPp makes between registered IMS users: for each a caller's and one or two callees' scenarios."""

from .scenario import (INVITED, ack_failure, cancel_after, document, initial, ok, pause, recv, sdp, to_invite, within)

NONE, HALF, FULL = ("none", "none"), ("sendrecv", "none"), ("sendrecv", "sendrecv")


def _hang_up(cseq):
    return [within("BYE", cseq), recv(200)]


def _hung_up():
    return [recv("BYE"), ok()]


def plain_caller(pieces):
    return document("plain caller", initial("INVITE", pieces, body=sdp(49170)), recv(100, optional=True), recv(180, optional=True),
                    recv(200, routes=True), within("ACK", 1), pause(), *_hang_up(2))


def plain_callee():
    return document("plain callee", recv("INVITE", keep=INVITED), to_invite(180), pause(10), to_invite(200, body=sdp(49180), repeat=True),
                    recv("ACK", optional=True), *_hung_up())


def precondition_caller(pieces):
    """100rel, PRACK, UPDATE with preconditions met: RFC 3262, 3311, 3312."""
    return document("precondition caller",
                    initial("INVITE", pieces, "Supported: 100rel, precondition", "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE",
                            body=sdp(49170, qos=NONE)),
                    recv(100, optional=True), recv(183, routes=True), within("PRACK", 2, "RAck: 1 1 INVITE"), recv(200),
                    within("UPDATE", 3, body=sdp(49170, qos=HALF, version=2)), recv(200), recv(180, optional=True), recv(200),
                    within("ACK", 1), pause(), *_hang_up(4))


def precondition_callee():
    return document("precondition callee", recv("INVITE", keep=INVITED),
                    to_invite(183, "Require: 100rel", "RSeq: 1", body=sdp(49180, qos=NONE), repeat=True),
                    recv("PRACK"), ok(), recv("UPDATE"), ok(body=sdp(49180, qos=FULL, version=2)), to_invite(180), pause(20),
                    to_invite(200, repeat=True), recv("ACK", optional=True), *_hung_up())


def hold_caller(pieces):
    """Puts the other on hold and takes the call back: RFC 3264 clause 8.4."""
    return document("hold caller", initial("INVITE", pieces, body=sdp(49170)), recv(100, optional=True), recv(180, optional=True),
                    recv(200, routes=True), within("ACK", 1), pause(20),
                    within("INVITE", 2, body=sdp(49170, direction="sendonly", version=2)), recv(100, optional=True), recv(200),
                    within("ACK", 2), pause(20),
                    within("INVITE", 3, body=sdp(49170, version=3)), recv(100, optional=True), recv(200), within("ACK", 3), pause(), *_hang_up(4))


def hold_callee():
    return document("hold callee", recv("INVITE", keep=INVITED), to_invite(180), to_invite(200, body=sdp(49180), repeat=True),
                    recv("ACK"), recv("INVITE"), ok(body=sdp(49180, direction="recvonly", version=2), record=True, repeat=True),
                    recv("ACK"), recv("INVITE"), ok(body=sdp(49180, version=3), record=True, repeat=True), recv("ACK"), *_hung_up())


def cancel_caller(pieces):
    """Gives up while it rings: RFC 3261 clause 9."""
    return document("cancel caller", initial("INVITE", pieces, body=sdp(49170)), recv(100, optional=True), recv(180), pause(20),
                    cancel_after(4, pieces), recv(200), recv(487), ack_failure(7, pieces))


def ringing_callee():
    return document("ringing callee", recv("INVITE", keep=INVITED), to_invite(180), recv("CANCEL"), ok(), to_invite(487, repeat=True),
                    recv("ACK"))


def fork_caller(pieces):
    """Two phones ring, one answers, the other is cancelled."""
    return document("fork caller", initial("INVITE", pieces, body=sdp(49170)), recv(100, optional=True), recv(180, optional=True),
                    recv(180, optional=True), recv(200, routes=True), within("ACK", 1), pause(), *_hang_up(2))


def answering_callee():
    """Answers after the other phone has surely rung."""
    return document("answering callee", recv("INVITE", keep=INVITED), to_invite(180), pause(100), to_invite(200, body=sdp(49180), repeat=True),
                    recv("ACK", optional=True), *_hung_up())


def message_sender(pieces):
    text = "Content-Type: text/plain"
    return document("message sender", initial("MESSAGE", pieces, text).replace("Content-Length: 0\n\n", "Content-Length: [len]\n\nHello\n"),
                    recv(100, optional=True), recv(200))


def message_receiver():
    return document("message receiver", recv("MESSAGE"), ok())


KINDS = {"plain": (plain_caller, [plain_callee]), "precondition": (precondition_caller, [precondition_callee]),
         "hold": (hold_caller, [hold_callee]), "cancel": (cancel_caller, [ringing_callee]),
         "fork": (fork_caller, [answering_callee, ringing_callee]), "message": (message_sender, [message_receiver])}
