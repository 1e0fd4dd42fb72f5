"""A real Redis server on the loopback, for one test; it keeps nothing on disk."""

import pathlib
import socket
import subprocess
import time


class redis:
    def __init__(self, folder, *, port=6379):
        self.log, self.port = pathlib.Path(folder) / "redis.log", port

    @property
    def spec(self):
        return f"redis://127.0.0.1:{self.port}"

    def __enter__(self):
        self.child = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--logfile", str(self.log)],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise AssertionError(f"redis-server does not listen; see {self.log}")

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
