"""The witness stands at the clients' port and sees every SIP message by UDP that passes, without any program's help.

It keeps for each transaction the final responses that came, and for each call its messages until it is well over.
"""

import ctypes
import json
import signal
import socket
import struct
import subprocess
import sys
import pathlib
import time

ETH_P_ALL, SOL_PACKET, PACKET_STATISTICS = 3, 263, 6
FINISHED = 45.0         # seconds after the end of a call in which messages of it may still come


class witness:
    """The process, from outside."""

    def __init__(self, clients, folder):
        self.file = folder / "witness.json"
        self.child = subprocess.Popen([*clients.inside(), sys.executable, str(pathlib.Path(__file__)), str(self.file)], stdin=subprocess.DEVNULL)

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(60)
        return json.loads(self.file.read_text()) if self.file.exists() else {}


def header(text, name, short):
    """The value of the first header field of that name."""
    for form in (f"\r\n{name}:", f"\r\n{short}:") if short else (f"\r\n{name}:",):
        at = text.find(form)
        if at >= 0:
            at += len(form)
            return text[at:text.find("\r\n", at)].strip()
    return ""


def parameter(value, name):
    at = value.find(f"{name}=")
    if at < 0:
        return ""
    at += len(name) + 1
    end = at
    while end < len(value) and value[end] not in ";, \r\n>":
        end += 1
    return value[at:end]


class ledger:
    """Final responses by transaction, and messages by call."""

    def __init__(self):
        self.finals, self.ladders, self.callers, self.ended, self.doubled, self.messages = {}, {}, {}, {}, [], 0

    def saw(self, moment, source, destination, text):
        self.messages += 1
        line = text[:text.find("\r\n")]
        call_id = header(text, "Call-ID", "i")
        cseq = header(text, "CSeq", "")
        if not call_id or not cseq:
            return
        if not cseq.endswith("OPTIONS"):
            self.callers.setdefault(call_id, source)
            self.ladders.setdefault(call_id, []).append((moment, source, destination, line if not line.startswith("SIP/2.0") else f"{line} ({cseq})"))
        if line.startswith("SIP/2.0 ") and line[8:9] >= "2":
            self._final(moment, destination, call_id, cseq, int(line[8:11]), text)

    def _final(self, moment, destination, call_id, cseq, status, text):
        """One final response a transaction: a repeated one is the same in status and To-tag."""
        branch = parameter(header(text, "Via", "v"), "branch")
        key, now = (destination, call_id, cseq, branch), (status, parameter(header(text, "To", "t"), "tag"))
        first = self.finals.setdefault(key, now)
        if first != now:
            self.doubled.append({"moment": moment, "call": call_id, "cseq": cseq, "branch": branch, "to": destination, "first": first, "then": now})
        if status == 200 and destination == self.callers.get(call_id) and cseq.endswith(("BYE", "2 REGISTER")):
            self.ended[call_id] = moment    # the caller has it: not what the callee said, which may not have reached him

    def forget(self, now):
        """What has been over for long: 100 calls a second for a quarter of an hour are two million messages."""
        for call_id in [one for one, moment in self.ended.items() if moment < now - FINISHED]:
            del self.ended[call_id]
            self.ladders.pop(call_id, None)
            self.callers.pop(call_id, None)


def datagram(packet):
    """(source, destination, text) of a SIP datagram; None for any other packet."""
    if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] != 17:
        return None
    size = (packet[0] & 15) * 4
    source, destination = struct.unpack_from("!HH", packet, size)
    body = packet[size + 8:]
    if len(body) < 20 or b"SIP/2.0" not in body[:512]:
        return None
    return (f"{socket.inet_ntoa(packet[12:16])}:{source}", f"{socket.inet_ntoa(packet[16:20])}:{destination}", body.decode("utf-8", "replace"))


def listen(file):
    """Until SIGTERM; then writes what it knows."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    tap.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)         # SO_RCVBUFFORCE
    tap.bind(("eth0", ETH_P_ALL))
    tap.settimeout(0.5)
    over, known, forgotten = [], ledger(), 0.0
    signal.signal(signal.SIGTERM, lambda *_: over.append(True))
    while not over:
        try:
            packet, about = tap.recvfrom(65536)
        except TimeoutError:
            packet = None
        moment = time.clock_gettime(time.CLOCK_BOOTTIME)
        if packet and about[1] in (0x0800,) and (found := datagram(packet)):
            known.saw(moment, *found)
        if moment > forgotten + 5:
            known.forget(moment)
            forgotten = moment
    seen, dropped = struct.unpack("II", tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    known.forget(time.clock_gettime(time.CLOCK_BOOTTIME) + 2 * FINISHED)
    file.write_text(json.dumps({"messages": known.messages, "transactions": len(known.finals), "doubled": known.doubled, "dropped": dropped,
                                "packets": seen, "ladders": known.ladders}))


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(1, 9)
    listen(pathlib.Path(sys.argv[1]))
