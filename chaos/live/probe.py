#!/usr/bin/env python3
"""Asks a service address with OPTIONS again and again, and notes when each was sent and when the first answer came.

  probe.py ADDRESS PORT EVERY_MILLISECONDS FILE

A process of its own on the clients' host, ended by SIGTERM. A line of FILE: sent, answered (or -), status; in seconds of
CLOCK_BOOTTIME.
"""

import secrets
import select
import signal
import socket
import sys
import time

FORGOTTEN = 2.0     # seconds after which an answer counts no more


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def request(own, port, target, branch):
    return (f"OPTIONS sip:{target} SIP/2.0\r\nVia: SIP/2.0/UDP {own}:{port};rport;branch={branch}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:probe@{own}>;tag={branch[7:]}\r\nTo: <sip:{target}>\r\nCall-ID: {branch[7:]}@{own}\r\nCSeq: 1 OPTIONS\r\n"
            f"Content-Length: 0\r\n\r\n").encode()


class prober:
    def __init__(self, target, every, file):
        self.target, self.every, self.file = target, every, file
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((self._own(), 0))
        self.own, self.port = self.socket.getsockname()
        self.open, self.over = {}, False

    def _own(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect(self.target)
            return way.getsockname()[0]

    def run(self):
        due = now()
        while not self.over:
            if (left := due - now()) <= 0:
                self._send()
                due += self.every
                continue
            if select.select([self.socket], [], [], left)[0]:
                self._receive()
        for sent in self.open.values():
            self._note(sent)

    def _send(self):
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        self.open[branch] = now()
        try:
            self.socket.sendto(request(self.own, self.port, f"{self.target[0]}:{self.target[1]}", branch), self.target)
        except OSError:
            pass        # nobody has the address: no answer, which is the finding
        for old in [one for one, sent in self.open.items() if sent < now() - FORGOTTEN]:
            self._note(self.open.pop(old))

    def _receive(self):
        try:
            octets = self.socket.recv(65536)
        except OSError:
            return
        came, text = now(), octets.decode("utf-8", "replace")
        if text.startswith("SIP/2.0 ") and (at := text.find("branch=")) > 0:
            branch = text[at + 7:at + 30]
            if branch in self.open:
                self._note(self.open.pop(branch), came, text[8:11])

    def _note(self, sent, came=None, status="-"):
        self.file.write(f"{sent:.6f} {f'{came:.6f}' if came else '-'} {status}\n")


def main():
    with open(sys.argv[4], "w", buffering=1) as file:
        asking = prober((sys.argv[1], int(sys.argv[2])), int(sys.argv[3]) / 1000, file)
        signal.signal(signal.SIGTERM, lambda *_: setattr(asking, "over", True))
        asking.run()


if __name__ == "__main__":
    main()
