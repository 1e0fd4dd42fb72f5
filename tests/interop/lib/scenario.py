"""SIPp scenarios of the calls that IMS phones make, composed from steps: one place for the headers of a UE.

CSV of a caller: caller;domain;callee;pieces of its Service-Route (a CSV field cannot hold its semicolons).
A callee remembers the INVITE's Via, Record-Route and From in variables, because it answers other requests in between.
"""

FIRST_ROUTE_FIELD = 3
ACCESS = "P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=001010001000019B"


def document(name, *steps):
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="{name}">\n' + "\n".join(steps) + "\n</scenario>\n"


def send(*lines, body="", repeat=True):
    """One message; over UDP it is repeated until its answer comes, unless repeat is false."""
    if body:
        lines += ("Content-Type: application/sdp", "Content-Length: [len]")
    else:
        lines += ("Content-Length: 0",)
    text = "\n".join(line for line in lines if line)
    repeated = ' retrans="500"' if repeat else ""
    return f"<send{repeated}>\n<![CDATA[\n{text}\n\n{body}]]>\n</send>"


def recv(what, *, optional=False, routes=False, keep=(), jump=None, timeout=None, late=None, notes=None,
         auth=False):
    """A response by number or a request by name; keep: (variable, header) pairs; jump: the label to go on at; timeout in
    milliseconds, after which it goes on at the label `late`, or the call has failed; notes: a word for the log."""
    kind = "response" if str(what).isdigit() else "request"
    attributes = f'{kind}="{what}"' + (' optional="true"' if optional else "") + (' rrs="true"' if routes else "")
    attributes += f' next="{jump}"' if jump else ""
    attributes += f' timeout="{timeout}"' if timeout else ""
    attributes += ' auth="true"' if auth else ""
    attributes += f' ontimeout="{late}"' if late else ""
    actions = "".join(_keep(*pair) for pair in keep) + (_noted(notes) if notes else "")
    return f"<recv {attributes}>\n<action>{actions}</action>\n</recv>" if actions else f"<recv {attributes}/>"


def note(word):
    """A line in SIPp's log: the word, the Call-ID, seconds and microseconds of the day's clock."""
    return f"<nop>\n<action>{_noted(word)}</action>\n</nop>"


def _noted(word):
    return f'<gettimeofday assign_to="seconds,microseconds"/><log message="{word} [call_id] [$seconds] [$microseconds]"/>'


def jump(label):
    return f'<nop next="{label}"/>'


def _keep(variable, header):
    """A header's value; of one that may stand on several lines, all of them with their line ends (SIPp's own "hdr" takes the first)."""
    if header in ("Via", "Record-Route"):
        return f'<ereg regexp="({header}:[ -~]+[^ -~]+)+" search_in="msg" assign_to="{variable}"/>'
    return f'<ereg regexp=".*" search_in="hdr" header="{header}:" assign_to="{variable}"/>'


def pause(milliseconds=None):
    return f'<pause milliseconds="{milliseconds}"/>' if milliseconds is not None else "<pause/>"


def pause_of(field):
    """Two steps: as many milliseconds as this field of the row says."""
    return (f'<nop>\n<action><assignstr assign_to="text" value="[field{field}]"/><todouble assign_to="length" variable="text"/></action>\n</nop>',
            '<pause variable="length"/>')


def label(name):
    return f'<label id="{name}"/>'


def sdp(port, *, direction="sendrecv", qos=None, version=1):
    lines = ["v=0", f"o=- 2987933615 {version} IN IP4 [local_ip]", "s=-", "c=IN IP4 [local_ip]", "t=0 0", f"m=audio {port} RTP/AVP 96 97",
             "a=rtpmap:96 AMR-WB/16000", "a=rtpmap:97 telephone-event/16000", f"a={direction}"]
    if qos:
        lines += [f"a=curr:qos local {qos[0]}", f"a=curr:qos remote {qos[1]}",
                  "a=des:qos mandatory local sendrecv", "a=des:qos mandatory remote sendrecv"]
    return "\n".join(lines) + "\n"


# a caller's messages

def route_fields(pieces):
    return ";".join(f"[field{FIRST_ROUTE_FIELD + i}]" for i in range(pieces))


def _from():
    return "From: <sip:[field0]@[field1]>;tag=[pid]c[call_number]"


VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]"
CONTACT = "Contact: <sip:[field0]@[local_ip]:[local_port]>"


def initial(method, pieces, *extra, body=""):
    return send(f"{method} sip:[field2]@[field1] SIP/2.0", VIA, "Max-Forwards: 70", "Route: <sip:[remote_ip]:[remote_port];lr>",
                f"Route: {route_fields(pieces)}", _from(), "To: <sip:[field2]@[field1]>", "Call-ID: [call_id]", f"CSeq: 1 {method}",
                CONTACT, "P-Preferred-Identity: <sip:[field0]@[field1]>", ACCESS, *extra, body=body)


def within(method, cseq, *extra, body=""):
    """A caller's request in the dialog."""
    contact = CONTACT if method in ("INVITE", "UPDATE") else ""
    return send(f"{method} [next_url] SIP/2.0", VIA, "[routes]", "Max-Forwards: 70", _from(), "[last_To:]", "Call-ID: [call_id]",
                f"CSeq: {cseq} {method}", contact, *extra, body=body, repeat=method != "ACK")


def cancel_after(steps, pieces):
    """CANCEL has the INVITE's branch, Request-URI and Routes (RFC 3261 clause 9.1); the INVITE was `steps` steps ago."""
    return send("CANCEL sip:[field2]@[field1] SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch-{steps}]",
                "Max-Forwards: 70", "Route: <sip:[remote_ip]:[remote_port];lr>", f"Route: {route_fields(pieces)}", _from(),
                "To: <sip:[field2]@[field1]>", "Call-ID: [call_id]", "CSeq: 1 CANCEL")


def ack_failure(steps, pieces):
    """The ACK to a final response that is no 2xx (RFC 3261 clause 17.1.1.3)."""
    return send("ACK sip:[field2]@[field1] SIP/2.0", f"Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch-{steps}]",
                "Max-Forwards: 70", "Route: <sip:[remote_ip]:[remote_port];lr>", f"Route: {route_fields(pieces)}", _from(),
                "[last_To:]", "Call-ID: [call_id]", "CSeq: 1 ACK", repeat=False)


# a callee's messages

INVITED = (("via", "Via"), ("record", "Record-Route"), ("from", "From"), ("to", "To"))
REASON = {180: "Ringing", 183: "Session Progress", 200: "OK", 487: "Request Terminated"}


def to_invite(status, *extra, body="", repeat=False):
    """A response to the INVITE, whatever came since."""
    record = "[$record]" if status < 300 else ""
    return send(f"SIP/2.0 {status} {REASON[status]}", f"[$via]{record}From: [$from]", "To: [$to];tag=[pid]s[call_number]",
                "[last_Call-ID:]", "CSeq: 1 INVITE", "Contact: <sip:callee@[local_ip]:[local_port]>", *extra, body=body, repeat=repeat)


def ok(*extra, body="", record=False, repeat=False):
    """200 to what came last."""
    return send("SIP/2.0 200 OK", "[last_Via:]", "[last_Record-Route:]" if record else "", "[last_From:]", "[last_To:]", "[last_Call-ID:]",
                "[last_CSeq:]", "Contact: <sip:callee@[local_ip]:[local_port]>" if body else "", *extra, body=body, repeat=repeat)
