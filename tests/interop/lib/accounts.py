"""Subscribers: read from, and made for, the product's provisioning file (TOML)."""

import dataclasses
import hashlib
import tomllib

from . import milenage


@dataclasses.dataclass
class account:
    """One private identity, as its SIM (or its user, for SIP digest) knows it."""
    impi: str
    impus: list
    k: bytes = b""
    op: bytes = b""
    opc: bytes = b""
    amf: bytes = b"\x80\x00"
    password: str = ""
    sqn: int = 0            # SQN_MS, the highest accepted (TS 33.102 Annex C)

    @property
    def domain(self):
        return self.impi.partition("@")[2]

    @property
    def user(self):
        return self.impi.partition("@")[0]

    @property
    def uri(self):
        return self.impus[0]

    def toml(self):
        lines = ["[[subscriber]]", f'impi = "{self.impi}"',
                 "impus = [" + ", ".join(f'"{impu}"' for impu in self.impus) + "]"]
        if self.password:
            lines.append(f'password = "{self.password}"')
        else:
            lines += [f'k = "{self.k.hex()}"', f'opc = "{self.opc.hex()}"', f'amf = "{self.amf.hex()}"']
        return "\n".join(lines) + "\n"


def load(path):
    """The accounts of a provisioning file."""
    with open(path, "rb") as file:
        return [_from_table(table) for table in tomllib.load(file)["subscriber"]]


def _from_table(table):
    octets = {name: bytes.fromhex(table.get(name, "")) for name in ("k", "op", "opc")}
    if octets["op"] and not octets["opc"]:
        octets["opc"] = milenage.opc_of(octets["k"], octets["op"])
    return account(table["impi"], list(table["impus"]), **octets,
                   amf=bytes.fromhex(table.get("amf", "8000")), password=table.get("password", ""))


def _octets(seed):
    """Sixteen octets that SIPp can carry: no 00, no "[" (5B), no line end (0A breaks it, 0D might)."""
    digest = hashlib.sha256(seed.encode()).digest()
    return bytes(b if b not in (0x00, 0x0A, 0x0D, 0x5B) else 0xA5 for b in digest[:16])


def generate(count, domain="ims.example", kind="aka", first=100000):
    """`count` subscribers with reproducible keys; kind is "aka" or "digest"."""
    made = []
    for n in range(first, first + count):
        user = f"00101{n:010d}"
        one = account(f"{user}@{domain}", [f"sip:{user}@{domain}", f"tel:+1556{n:07d}"])
        if kind == "digest":
            one.password = f"secret-{n}"
        else:
            one.k, one.op = _octets(f"k {n}"), _octets("operator")
            one.opc = milenage.opc_of(one.k, one.op)
        made.append(one)
    return made


def provision(path, subscribers):
    with open(path, "w") as file:
        file.write("\n".join(one.toml() for one in subscribers))
    return path
