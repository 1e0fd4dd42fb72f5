"""Linphone (linphonec, commanded by linphonecsh) as a phone: one at a time, because its command pipe is one a user."""

import os
import pathlib
import subprocess
import time

RC = """\
[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
default_proxy=0
{certificates}
[proxy_0]
reg_proxy=<sip:{proxy};transport={transport}>
reg_route=<sip:{proxy};transport={transport};lr>
reg_identity=<{uri}>
reg_expires=600
reg_sendregister=1
publish=0

[auth_info_0]
username={user}
userid={impi}
passwd={password}
realm={domain}
domain={domain}
{algorithm}
"""


class linphone:
    def __init__(self, folder, account, *, proxy, transport="udp", port=5070, answers=False, ca=None, algorithm=None):
        self.folder, self.account, self.answers = pathlib.Path(folder), account, answers
        (self.folder / ".local/share/linphone").mkdir(parents=True)
        ports = {name: port if name == transport else 0 for name in ("udp", "tcp", "tls")}
        (self.folder / "rc").write_text(RC.format(
            **ports, proxy=proxy, transport=transport, uri=account.uri, user=account.user, impi=account.impi, password=account.password,
            domain=account.domain, certificates=f"root_ca={ca}\n" if ca else "", algorithm=f"algorithm={algorithm}" if algorithm else ""))

    def __enter__(self):
        self.run("init", "-c", self.folder / "rc", "-d", "1", "-l", self.folder / "linphone.log", *(["-a"] if self.answers else []))
        return self

    def __exit__(self, *_):
        self.run("exit")

    def run(self, *words):
        done = subprocess.run(["linphonecsh", *map(str, words)], env={**os.environ, "HOME": str(self.folder)},
                              capture_output=True, text=True, timeout=30)
        return (done.stdout + done.stderr).strip()

    def _until(self, ask, wanted, timeout, failure):
        end = time.monotonic() + timeout
        while wanted not in (said := self.run(*ask)):
            if time.monotonic() > end:
                raise AssertionError(f"linphone ({self.account.user}): {failure}; it says: {said}; its log ends: {self.tail()}")
            time.sleep(0.2)

    def registered(self, timeout=10.0):
        self._until(["status", "register"], "registered, identity", timeout, "not registered")

    def call(self, uri):
        self.run("generic", f"call {uri}")

    def talking(self, timeout=10.0):
        """Waits until a call's media streams are up."""
        self._until(["generic", "calls"], "StreamsRunning", timeout, "no call is up")

    def hang_up(self):
        self.run("generic", "terminate")

    def tail(self):
        path = self.folder / "linphone.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return " | ".join(line[-160:] for line in lines if "error" in line or "SIP/2.0" in line)[-800:]
