"""A real DNS server (BIND) with one zone, on the loopback or another address, for one test."""

import pathlib
import socket
import subprocess
import time

CONFIG = """\
options {{
  directory "{folder}";
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  session-keyfile none;
  recursion no;
  dnssec-validation no;
}};
controls {{ }};
zone "{zone}" {{ type primary; file "zone"; }};
"""

HEAD = """\
$TTL 5
@ IN SOA ns.{zone}. admin.{zone}. 1 60 60 60 5
@ IN NS ns
ns IN A 127.0.0.1
"""


class named:
    def __init__(self, folder, records, *, zone="carrier.example", address="127.0.0.1", port=5353):
        self.folder, self.address, self.port = pathlib.Path(folder) / "dns", address, port
        self.folder.mkdir()
        (self.folder / "named.conf").write_text(CONFIG.format(folder=self.folder, zone=zone, address=address, port=port))
        (self.folder / "zone").write_text(HEAD.format(zone=zone) + records + "\n")

    def __enter__(self):
        self.log = open(self.folder / "named.log", "wb")
        self.child = subprocess.Popen(["named", "-g", "-c", str(self.folder / "named.conf")], stdout=self.log, stderr=self.log)
        for _ in range(100):
            if self._answers():
                return self
            if self.child.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError("named does not answer: " + (self.folder / "named.log").read_text()[-600:])

    def _answers(self):
        """Asks for the SOA of the root: any answer will do."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.2)
            sock.sendto(b"\x12\x34\0\0\0\1\0\0\0\0\0\0\0\0\6\0\1", (self.address, self.port))
            try:
                return bool(sock.recv(512))
            except OSError:
                return False

    def stop(self):
        self.child.terminate()
        self.child.wait(10)

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.stop()
        self.log.close()
