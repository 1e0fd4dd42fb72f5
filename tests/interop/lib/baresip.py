"""baresip as a phone under a test's command, over its control port (module ctrl_tcp: JSON in netstrings)."""

import json
import pathlib
import re
import socket
import struct
import subprocess
import time

CONFIG = """\
sip_listen {ip}:{port}
{certificates}
module_path {modules}
module opus.so
module g711.so
module ausine.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
audio_source ausine,440
audio_player aubridge,nobody
audio_alert aubridge,nobody
snd_path {folder}
ctrl_tcp_listen 127.0.0.1:{control}
rtp_ports {media}-{media_end}
net_interface {interface}
"""


def loudness(path):
    """The mean amplitude of a recording of 16-bit samples."""
    octets = pathlib.Path(path).read_bytes()[44:]
    samples = struct.unpack(f"<{len(octets) // 2}h", octets[:len(octets) // 2 * 2])
    return sum(abs(one) for one in samples) / max(1, len(samples))


class baresip:
    """One user agent; events come as dictionaries with "type" (CALL_ESTABLISHED, CALL_CLOSED, ...)."""

    def __init__(self, folder, account, *, proxy, transport="udp", ip="10.99.0.2", port=5066, interface="tr0", answers=False, ca=None):
        self.folder, self.account, self.control = pathlib.Path(folder), account, 10000 + port
        self.folder.mkdir(parents=True)
        modules = next(path for path in ("/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules") if pathlib.Path(path).exists())
        media = 20000 + (port - 5000) * 20
        (self.folder / "config").write_text(CONFIG.format(
            ip=ip, port=port, folder=self.folder, modules=modules, control=self.control, media=media, media_end=media + 18,
            interface=interface, certificates=f"sip_cafile {ca}" if ca else ""))
        (self.folder / "accounts").write_text(
            f'<{account.uri};transport={transport}>;auth_user={account.impi};auth_pass={account.password}'
            f';outbound="sip:{proxy};transport={transport}";regint=600;answermode={"auto" if answers else "manual"}\n')
        (self.folder / "contacts").write_text("")
        self.events, self.buffer = [], b""

    def __enter__(self):
        self.log = open(self.folder / "baresip.log", "wb")
        self.child = subprocess.Popen(["baresip", "-f", str(self.folder)], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.control), timeout=1)
                return self
            except OSError:
                if self.child.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError(f"baresip does not start: {self.said()}")

    def __exit__(self, *_):
        self.socket.close()
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.log.close()

    def command(self, name, parameter=""):
        text = json.dumps({"command": name, "params": parameter, "token": "t"}).encode()
        self.socket.sendall(b"%d:%s," % (len(text), text))

    def _read(self, timeout):
        self.socket.settimeout(timeout)
        try:
            self.buffer += self.socket.recv(65535)
        except socket.timeout:
            return
        while b":" in self.buffer:
            length, _, rest = self.buffer.partition(b":")
            if len(rest) <= int(length):
                return
            self.events.append(json.loads(rest[:int(length)]))
            self.buffer = rest[int(length) + 1:]

    def wait(self, kind, timeout=10.0):
        """The next event of that type."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for one in self.events:
                if one.get("type") == kind:
                    self.events.remove(one)
                    return one
            self._read(0.1)
        raise AssertionError(f"baresip ({self.account.user}): no {kind}; events {[e.get('type') for e in self.events]}; it says: {self.said()}")

    def registered(self, timeout=10.0):
        """Waits for its 200 to REGISTER; taken from its log, because that may come before the control port answers."""
        end = time.monotonic() + timeout
        while not re.search(r"/v[46]\} 200 OK", self.said()):
            if time.monotonic() > end:
                raise AssertionError(f"baresip ({self.account.user}) is not registered; it says: {self.said()}")
            time.sleep(0.05)

    def said(self):
        return (self.folder / "baresip.log").read_text(errors="replace")[-600:]

    def hears(self):
        """The loudness of what it has recorded of the other's tone; 0 when there is no recording."""
        return max((loudness(path) for path in self.folder.glob("dump-*-dec.wav")), default=0)
