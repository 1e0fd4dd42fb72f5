"""Configurations of nodes under test: a dict becomes TOML, over defaults for one whole IMS node."""

import pathlib

from . import accounts


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {_value(one)}' for key, one in value.items()) + " }"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def toml(sections):
    blocks = []
    for name, options in sections.items():
        blocks.append("\n".join([f"[{name}]"] + [f"{key} = {_value(value)}" for key, value in options.items()]))
    return "\n\n".join(blocks) + "\n"


def merge(base, changes):
    merged = {name: dict(options) for name, options in base.items()}
    for name, options in changes.items():
        merged.setdefault(name, {}).update(options)
    return {name: {k: v for k, v in options.items() if v is not None} for name, options in merged.items()}


def ims_node(folder, subscribers=(), **changes):
    """A node with all four roles on loopback; returns the path of its configuration."""
    folder = pathlib.Path(folder)
    base = {
        "node": {"name": "node-a", "roles": ["pcscf", "icscf", "scscf", "hss"], "home_domain": "ims.example", "drain_timeout": 2, "shards": 2},
        "sip": {"access": ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"]},
        "admin": {"listen": "127.0.0.1:8080"},
        "hss": {"database": str(folder / "hss.sqlite")},
        "charging": {"folder": str(folder / "cdr")},
        "cluster": {"store": "memory"},
    }
    if subscribers:
        base["hss"]["provision"] = str(accounts.provision(folder / "subscribers.toml", subscribers))
    return write(folder / "node.toml", merge(base, changes))


def transit_node(folder, next_hop="sip:127.0.0.1:5070", **changes):
    """A stateful, record-routing hop to one next hop."""
    base = {
        "node": {"name": "hop", "roles": ["transit"], "drain_timeout": 2, "shards": 2},
        "sip": {"access": ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"]},
        "transit": {"next_hop": next_hop},
        "admin": {"listen": "127.0.0.1:8080"},
        "cluster": {"store": "memory"},
    }
    return write(pathlib.Path(folder) / "node.toml", merge(base, changes))


def write(path, sections):
    pathlib.Path(path).write_text(toml(sections))
    return path
