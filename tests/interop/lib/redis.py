"""A real Redis server or Sentinel, for one test; it keeps nothing on disk."""

import pathlib
import socket
import subprocess
import time


class redis:
    def __init__(self, folder, *, port=6379, address="127.0.0.1", name="redis", options=(), sentinel=False, inside=()):
        self.folder, self.name, self.address, self.port = pathlib.Path(folder), name, address, port
        self.log, self.options, self.sentinel, self.inside, self.child = self.folder / f"{name}.log", list(options), sentinel, list(inside), None

    @property
    def spec(self):
        return f"redis://{self.address}:{self.port}"

    @property
    def host(self):
        return f"{self.address}:{self.port}"

    def start(self):
        """A Sentinel goes on with what it has written into its configuration."""
        configuration = self.folder / f"{self.name}.conf"
        if not (self.sentinel and configuration.exists()):
            lines = [f"port {self.port}", f"bind {self.address}", "protected-mode no", f"dir {self.folder}", f"logfile {self.log}"]
            configuration.write_text("\n".join(lines + ([] if self.sentinel else ['save ""']) + self.options) + "\n")
        self.child = subprocess.Popen([*self.inside, "redis-server", str(configuration)] + (["--sentinel"] if self.sentinel else []),
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with self.connect(1):
                    return self
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise AssertionError(f"redis-server does not listen; see {self.log}")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def connect(self, timeout):
        return socket.create_connection((self.address, self.port), timeout)

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        self.child.kill()
        self.child.wait()

    def ask(self, *words, timeout=2.0):
        """The answer to one command: text, number, None or a list; an error is raised."""
        with self.connect(timeout) as connection, connection.makefile("rwb") as stream:
            octets = [str(word).encode() for word in words]
            stream.write(b"*%d\r\n" % len(octets) + b"".join(b"$%d\r\n%s\r\n" % (len(one), one) for one in octets))
            stream.flush()
            return _answer(stream)


def _answer(stream):
    line = stream.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:].decode()
    if kind == b"-":
        raise RuntimeError(rest)
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind == b"*":
        return [_answer(stream) for _ in range(int(rest))] if rest != "-1" else None
    if not kind:
        raise OSError("Redis closed the connection")
    return rest
