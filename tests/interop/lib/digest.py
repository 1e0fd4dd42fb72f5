"""The client's side of digest access: RFC 7616, 8760; AKAv1 RFC 3310; AKAv2 RFC 4169."""

import base64
import hashlib
import hmac
import re
import secrets

from . import milenage

_PARAMETER = re.compile(r'(\w[\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)')


class network_not_authentic(Exception):
    """AUTN's MAC does not come from our home network (TS 33.102 clause 6.3.3)."""


def parse(value):
    """Scheme dropped, parameters as a dict with lower-case names."""
    rest = value.partition(" ")[2]
    return {name.lower(): re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw.startswith('"') else raw
            for name, raw in _PARAMETER.findall(rest)}


def _hash(algorithm):
    return hashlib.sha256 if algorithm.upper().endswith("SHA-256") else hashlib.md5


def response(algorithm, password, *, username, realm, nonce, method, uri, qop="", nc="", cnonce="", body=b""):
    """The response value; password is in octets."""
    digest = lambda data: _hash(algorithm)(data).hexdigest()
    a1 = digest(f"{username}:{realm}:".encode() + password)
    a2 = f"{method}:{uri}" + (":" + digest(body) if qop == "auth-int" else "")
    middle = f"{nonce}:{nc}:{cnonce}:{qop}" if qop else nonce
    return digest(f"{a1}:{middle}:{digest(a2.encode())}".encode())


def _aka_password(algorithm, vector):
    if algorithm.upper().startswith("AKAV1"):
        return vector.res
    how = hashlib.sha256 if algorithm.upper().endswith("SHA-256") else hashlib.md5
    keyed = hmac.new(vector.res + vector.ik + vector.ck, b"http-digest-akav2-password", how)
    return base64.b64encode(keyed.digest())


def _judge_aka(account, nonce, accept_any_sqn):
    """The USIM's part: (vector, auts); auts is empty when the SQN is fresh."""
    octets = base64.b64decode(nonce)
    rand, autn = octets[:16], octets[16:32]
    vector = milenage.milenage(account.k, account.opc, rand)
    sqn, amf, mac = milenage.xor(autn[:6], vector.ak), autn[6:8], autn[8:16]
    if vector.mac_a(sqn, amf) != mac:
        raise network_not_authentic(f"MAC of AUTN is wrong for {account.impi}")
    number = int.from_bytes(sqn, "big")
    if number <= account.sqn and not accept_any_sqn:
        return vector, vector.auts(account.sqn.to_bytes(6, "big"))
    account.sqn = max(account.sqn, number)
    return vector, b""


class session:
    """One challenge and the credentials made from it; nonce counts go up with every use."""

    def __init__(self, account, challenge, accept_any_sqn=False):
        self.account, self.challenge, self.count = account, parse(challenge), 0
        self.algorithm = self.challenge.get("algorithm", "MD5")
        self.auts = b""
        if self.algorithm.upper().startswith("AKA"):
            self.vector, self.auts = _judge_aka(account, self.challenge["nonce"], accept_any_sqn)
            self.password = b"" if self.auts else _aka_password(self.algorithm, self.vector)
        else:
            self.vector, self.password = None, account.password.encode()

    def credentials(self, method, uri, body=b""):
        """The value of Authorization for one request."""
        given, qops = self.challenge, [q.strip() for q in self.challenge.get("qop", "").split(",")]
        qop = "auth" if "auth" in qops else "auth-int" if "auth-int" in qops else ""
        self.count += 1
        nc, cnonce = f"{self.count:08x}", secrets.token_hex(8)
        value = response(self.algorithm, self.password, username=self.account.impi, realm=given["realm"],
                         nonce=given["nonce"], method=method, uri=uri, qop=qop, nc=nc, cnonce=cnonce, body=body)
        parts = [f'Digest username="{self.account.impi}"', f'realm="{given["realm"]}"', f'nonce="{given["nonce"]}"',
                 f'uri="{uri}"', f'response="{value}"', f"algorithm={self.algorithm}"]
        if qop:
            parts += [f"qop={qop}", f"nc={nc}", f'cnonce="{cnonce}"']
        if "opaque" in given:
            parts.append(f'opaque="{given["opaque"]}"')
        if self.auts:
            parts.append(f'auts="{base64.b64encode(self.auts).decode()}"')
        return ", ".join(parts)


def blank_credentials(account):
    """What an IMS phone sends before any challenge (TS 24.229 clause 5.1.1.2.2)."""
    return f'Digest username="{account.impi}", realm="{account.domain}", nonce="", uri="sip:{account.domain}", response=""'
