"""A far end that answers every request 200, counts them by transport, and can be told to behave otherwise."""

import selectors
import socket
import threading

from .message import message, stream


class responder:
    """Listens by UDP and (unless told not to) TCP on one address; works in a thread of its own."""

    def __init__(self, address, port, *, tcp=True, status=200):
        self.status, self.udp_requests, self.tcp_requests = status, [], []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.selector = selectors.DefaultSelector()
        self.datagram = socket.socket(family, socket.SOCK_DGRAM)
        self.datagram.bind((address, port))
        self.selector.register(self.datagram, selectors.EVENT_READ, self._datagram)
        self.streams, self.listener = {}, None
        if tcp:
            self.listener = socket.socket(family, socket.SOCK_STREAM)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind((address, port))
            self.listener.listen(16)
            self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for one in [self.datagram, self.listener, *self.streams]:
            if one:
                one.close()

    @property
    def requests(self):
        return self.udp_requests + self.tcp_requests

    def _work(self):
        while not self.over.is_set():
            for key, _ in self.selector.select(0.05):
                key.data(key.fileobj)

    def _datagram(self, sock):
        octets, source = sock.recvfrom(65535)
        if answer := self._answer(octets, self.udp_requests):
            sock.sendto(answer, source)

    def _accept(self, listener):
        connection, _ = listener.accept()
        self.streams[connection] = stream()
        self.selector.register(connection, selectors.EVENT_READ, self._stream)

    def _stream(self, connection):
        octets = connection.recv(65535)
        if not octets:
            self.selector.unregister(connection)
            del self.streams[connection]
            connection.close()
            return
        for one in self.streams[connection].feed(octets):
            if answer := self._answer(one, self.tcp_requests):
                connection.sendall(answer)

    def _answer(self, octets, seen):
        got = message.parse(octets)
        if not got.is_request:
            return None
        seen.append(got)
        if got.method == "ACK" or not self.status:
            return None
        made = message(f"SIP/2.0 {self.status} Answer")
        for name in ("Via", "Record-Route"):
            for value in got.all(name):
                made.add(name, value)
        made.add("From", got.get("From")).add("To", got.get("To") + ("" if got.tag("To") else ";tag=far"))
        made.add("Call-ID", got.call_id).add("CSeq", got.get("CSeq"))
        return made.encode()
