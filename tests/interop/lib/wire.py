"""The phone's sockets: UDP, TCP or TLS towards one proxy, and a listener on the Contact's port."""

import selectors
import socket
import ssl
import struct
import time

from . import message

SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)


class wire:
    """Sends to the proxy and yields (time, octets) of what comes in; UDP times are the kernel's."""

    def __init__(self, proxy, transport="udp", bind="127.0.0.1", port=0, tls=None):
        self.proxy, self.transport, self.tls = proxy, transport, tls
        self.family = socket.AF_INET6 if ":" in proxy[0] else socket.AF_INET
        self.selector = selectors.DefaultSelector()
        self.flow = self.framer = self.heard_from = None      # heard_from: who sent the last datagram
        self.bound, self.streams = (bind, port), {}
        for attempt in range(20):
            self._open_datagram()
            try:
                self._open_listener()
                break
            except OSError:         # the port is free for datagrams, and a stream has it
                if port or attempt == 19:
                    raise
                self.selector.unregister(self.datagram)
                self.datagram.close()
                self.bound = (bind, 0)

    def _open_datagram(self):
        self.datagram = socket.socket(self.family, socket.SOCK_DGRAM)
        self.datagram.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.datagram.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.datagram.bind(self.bound)
        self.bound = self.datagram.getsockname()[:2]
        self.selector.register(self.datagram, selectors.EVENT_READ, self._read_datagram)

    def _open_listener(self):
        self.listener = socket.socket(self.family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(self.bound)
        self.listener.listen(16)
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)

    @property
    def host_port(self):
        host, port = self.bound
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _accept(self, _):
        connection, _peer = self.listener.accept()
        self._adopt(connection)
        return []

    def _adopt(self, connection):
        self.streams[connection] = message.stream()
        self.selector.register(connection, selectors.EVENT_READ, self._read_stream)

    def _read_datagram(self, sock):
        octets, ancillary, _, sender = sock.recvmsg(65535, 256)
        self.heard_from = sender[:2]
        when = time.time()
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("ll", data[:16])
                when = seconds + nanoseconds / 1e9
        return [(when, octets)] if octets.strip() else []

    def _read_stream(self, connection):
        try:
            octets = connection.recv(65535)
        except (ssl.SSLWantReadError, BlockingIOError):
            return []
        except OSError:
            octets = b""
        if not octets:
            self._drop(connection)
            return []
        return [(time.time(), one) for one in self.streams[connection].feed(octets)]

    def _drop(self, connection):
        self.selector.unregister(connection)
        del self.streams[connection]
        connection.close()
        if connection is self.flow:
            self.flow = None

    def connect(self):
        """Opens the flow to the proxy unless it is open (TCP and TLS)."""
        if self.transport != "udp" and self.flow is None:
            flow = socket.create_connection(self.proxy, timeout=5, source_address=(self.bound[0], 0))
            flow.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.transport == "tls":
                flow = self.tls.wrap_socket(flow, server_hostname=self.proxy[0])
            self.flow = flow
            self._adopt(flow)

    def send(self, octets):
        self.connect()
        if self.transport == "udp":
            self.datagram.sendto(octets, self.proxy)
        else:
            self.flow.sendall(octets)

    def poll(self, timeout):
        """What arrived within `timeout` seconds; returns at the first arrival."""
        for key, _ in self.selector.select(max(timeout, 0)):
            if isinstance(key.fileobj, ssl.SSLSocket):
                arrived = self._read_stream(key.fileobj)
                while key.fileobj in self.streams and key.fileobj.pending():
                    arrived += self._read_stream(key.fileobj)
            else:
                arrived = key.data(key.fileobj)
            if arrived:
                return arrived
        return []

    def close(self):
        for connection in list(self.streams):
            self._drop(connection)
        self.datagram.close()
        self.listener.close()
        self.selector.close()
