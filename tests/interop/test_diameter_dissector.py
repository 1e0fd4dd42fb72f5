#!/usr/bin/env python3
"""Diameter messages of ours, read by Wireshark's dissector: every AVP is where, what and as long as we say.

tests/diameter_samples prints one message of each command and what our codec says of it; tshark dissects the same octets.
TS 29.229, 29.329, 29.214 and 32.299 clauses on commands; RFC 6733 clauses 3 and 4.
"""

import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree

from lib.suite import check, equal, suite

tests = suite(tools=["tshark", "text2pcap"], isolated=False, needs_product=False)
ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = 32

# What the dissector of Debian 12 (4.0) calls otherwise, but for "3GPP-" in front: in words of other releases.
OTHER_NAMES = {
    "Acct-Multi-Session-Id": "Accounting-Multi-Session-Id",
    "IP-Realm-Default-Indication": "IP-Realm-Default-Indicator",
    "Local-GW-Inserted-Indication": "Local-GW-Inserted-Indicator",
    "Transcoder-Inserted-Indication": "Transcoder-Inserted-Indicator",
    "User-Data": "Cx-User-Data",
    "Wildcarded-Public-Identity": "Wildcarded-PSI",
}
# What it does not know: newer than it.
UNKNOWN = set()


def samples():
    program = pathlib.Path(os.environ.get("TROUPE_BUILD", ROOT / "build/dev")) / "tests/diameter_samples"
    printed = subprocess.run([str(program)], check=True, text=True, stdout=subprocess.PIPE, timeout=60).stdout
    return [json.loads(line) for line in printed.splitlines()]


def capture(folder, messages):
    """A capture in which each message is a packet of its own."""
    text = folder / "messages.txt"
    with text.open("w") as out:
        for message in messages:
            octets = bytes.fromhex(message["octets"])
            for at in range(0, len(octets), 16):
                print(f"{at:06x} " + " ".join(f"{octet:02x}" for octet in octets[at:at + 16]), file=out)
            print(file=out)
    packets = folder / "messages.pcap"
    subprocess.run(["text2pcap", "-q", "-S", "3868,3868,0", str(text), str(packets)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=60)
    return packets


def dissect(packets):
    """Each packet's Diameter tree."""
    done = subprocess.run(["tshark", "-n", "-r", str(packets), "-d", "sctp.port==3868,diameter", "-T", "pdml"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120)
    trees = []
    for packet in xml.etree.ElementTree.fromstring(done.stdout).iter("packet"):
        found = [proto for proto in packet.iter("proto") if proto.get("name") == "diameter"]
        equal(len(found), 1, "Diameter messages in a packet")
        trees.append(found[0])
    return trees


def only(tree, name):
    return next(field for field in tree.findall("field") if field.get("name") == name)


def header(tree):
    return {
        "command": int(only(tree, "diameter.cmd.code").get("show")),
        "application": int(only(tree, "diameter.applicationId").get("show")),
        "flags": int(only(tree, "diameter.flags").get("show"), 0),
        "hop_by_hop": int(only(tree, "diameter.hopbyhopid").get("show"), 0),
        "end_to_end": int(only(tree, "diameter.endtoendid").get("show"), 0),
    }


def avps(tree):
    return [field for field in tree.findall("field") if field.get("name") == "diameter.avp"]


def group(field):
    """The AVPs in a grouped one stand below the field that is called like it."""
    return next((inner for inner in field.findall("field") if avps(inner)), None)


def name_of(field):
    """"AVP: Session-Id(263) l=..." -> "Session-Id"."""
    return field.get("showname").removeprefix("AVP: ").split("(")[0]


def plain(name):
    return name.strip().lower().removeprefix("3gpp-")


def same(ours, theirs, where):
    equal(len(theirs), len(ours), f"{where}: number of AVPs")
    count = 0
    for one, field in zip(ours, theirs):
        here = f"{where}/{one['name']}"
        equal(int(only(field, "diameter.avp.code").get("show")), one["code"], f"{here}: code")
        equal(int(only(field, "diameter.avp.flags").get("show"), 0), one["flags"], f"{here}: flags")
        equal(int(only(field, "diameter.avp.len").get("show")), len(one["octets"]) // 2, f"{here}: length")
        check(field.get("value").startswith(one["octets"]), f"{here}: other octets, {field.get('value')[:80]}")
        if one["vendor"]:
            equal(int(only(field, "diameter.avp.vendorId").get("show")), one["vendor"], f"{here}: vendor")
        known = name_of(field)
        if known == "Unknown":
            UNKNOWN.add(one["name"])
        else:
            equal(plain(known), plain(OTHER_NAMES.get(one["name"], one["name"])), f"{here}: name")
        count += 1
        if one.get("group") and known != "Unknown":
            inner = group(field)
            check(inner is not None, f"{here}: is no group to the dissector")
            count += same(one["group"], avps(inner), here)
    return count


def complaints(tree):
    return [field.get("showname") or field.get("show") for field in tree.iter("field")
            if (field.get("name") or "").startswith(("_ws.malformed", "_ws.expert.message", "diameter.avp.malformed"))]


@tests.case("Wireshark reads every AVP of every command of ours as we do", limit=300)
def every_command(folder):
    messages = samples()
    equal(len(messages), COMMANDS, "commands")
    count = 0
    for message, tree in zip(messages, dissect(capture(folder, messages)), strict=True):
        equal(header(tree), {key: message[key] for key in header(tree)}, message["name"])
        count += same(message["avps"], avps(tree), message["name"])
    check(count > 900, f"only {count} AVPs were compared")
    print(f"   {count} AVPs of {len(messages)} commands; {len(UNKNOWN)} that the dissector has no name for: {', '.join(sorted(UNKNOWN))}")


tests.run()
