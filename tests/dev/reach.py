#!/usr/bin/env python3
"""Tells the reader of `./dev run` how to reach the demo node with a phone of their own.

  tests/dev/reach.py CONFIG     a node's configuration; its subscribers are those of hss.provision
"""

import pathlib
import re
import sys
import tomllib


def listeners(config):
    return config.get("sip", {}).get("access", [])


def first(subscribers, key):
    return next((one for one in subscribers if key in one), None)


def account(subscriber, secret):
    lines = [f"    private identity (user for authentication)  {subscriber['impi']}"]
    lines += [f"    public identity (address of record)         {impu}" for impu in subscriber.get("impus", [])[:2]]
    return lines + [f"    {name:<43} {subscriber[name]}" for name in secret if name in subscriber]


def lines(config, subscribers):
    domain = config["node"]["home_domain"]
    yield "The node is up. To use a phone of your own on this machine:"
    yield ""
    yield f"  domain          {domain}"
    for url in listeners(config):
        scheme, address = re.match(r"(\w+)://(.*)", url).groups()
        yield f"  outbound proxy  sip:{address};transport={scheme}"
    digest, aka = first(subscribers, "password"), first(subscribers, "k")
    if digest:
        yield "  an account with a password (any SIP phone: Linphone, baresip, Zoiper ...)"
        yield from account(digest, ["password"])
    if aka:
        yield "  an account with IMS AKA (Twinkle, SIPp, a VoLTE phone without IPsec)"
        yield from account(aka, ["k", "opc", "op", "amf"])
    admin = config.get("admin", {}).get("listen")
    if admin:
        yield f"  state           build/release/troupe ctl status    http://{admin}/metrics"
    yield ""
    yield f"{len(subscribers)} subscribers in all: {config['hss']['provision']}"
    yield "Ctrl-C ends the node."


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    config = tomllib.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    provision = config.get("hss", {}).get("provision")
    subscribers = tomllib.loads(pathlib.Path(provision).read_text(encoding="utf-8")).get("subscriber", []) if provision else []
    print("\n" + "\n".join(lines(config, subscribers)), flush=True)


if __name__ == "__main__":
    main()
