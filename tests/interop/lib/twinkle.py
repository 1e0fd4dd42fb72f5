"""Twinkle's console as a phone: MD5 or AKAv1-MD5 over UDP, null audio. Its K is sixteen printable characters."""

import os
import pathlib
import subprocess
import time

SYSTEM = """\
dev_ringtone=alsa:null
dev_speaker=alsa:null
dev_mic=alsa:null
validate_audio_dev=no
sip_port={port}
rtp_port={media}
"""

USER = """\
user_name={user}
user_domain={domain}
auth_name={impi}
auth_pass={password}
{aka}registrar={proxy}
outbound_proxy={proxy}
all_requests_to_proxy=yes
register_at_startup=yes
registration_time=600
pres_publish_startup=no
sip_transport=udp
"""


class twinkle:
    def __init__(self, folder, account, *, proxy, port=5072):
        self.folder, self.account = pathlib.Path(folder), account
        home = self.folder / ".twinkle"
        home.mkdir(parents=True)
        (home / "twinkle.sys").write_text(SYSTEM.format(port=port, media=port + 3000))
        aka = f"auth_aka_op={account.op.hex()}\nauth_aka_amf={account.amf.hex()}\n" if account.k else ""
        (home / "phone.cfg").write_text(USER.format(user=account.user, domain=account.domain, impi=account.impi, proxy=proxy, aka=aka,
                                                    password=account.k.decode() if account.k else account.password))

    def __enter__(self):
        self.out = open(self.folder / "twinkle.log", "wb")
        self.child = subprocess.Popen(["twinkle-console", "phone.cfg"], stdin=subprocess.PIPE, stdout=self.out, stderr=subprocess.STDOUT,
                                      env={**os.environ, "HOME": str(self.folder)}, text=True)
        return self

    def __exit__(self, *_):
        try:
            self.command("quit")
            self.child.wait(6)
        except (subprocess.TimeoutExpired, OSError):
            self.child.kill()
            self.child.wait()
        self.out.close()

    def command(self, text):
        self.child.stdin.write(text + "\n")
        self.child.stdin.flush()

    def said(self):
        return (self.folder / "twinkle.log").read_text(errors="replace")

    def says(self, wanted, timeout=10.0):
        end = time.monotonic() + timeout
        while wanted not in self.said():
            if time.monotonic() > end:
                raise AssertionError(f"twinkle ({self.account.user}) does not say '{wanted}' but: {self.said()[-600:]}")
            time.sleep(0.1)

    def registered(self, tries=4):
        """RES with a zero octet may be beyond it, as it is beyond others: it registers anew then."""
        for number in range(tries):
            end = time.monotonic() + 6
            while time.monotonic() < end:
                if "registration succeeded" in self.said():
                    return
                if self.said().count("registration failed") > number:
                    break
                time.sleep(0.1)
            self.command("register")
        raise AssertionError(f"twinkle ({self.account.user}) is not registered; it says: {self.said()[-600:]}")
