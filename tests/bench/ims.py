"""The IMS call between two registered users: P-, I- and S-CSCF and HSS in one node, AKA registrations by SIPp."""

from servers import OUT, accounts, troupe
import load
from lib import ims_load, sipp as generator

PAIRS = 1_000


def registered_pairs(show):
    """A running node's users, both of each pair registered: (pairs, Service-Routes)."""
    callers, callees = users()
    show("registering the callers")
    routes, _ = ims_load.register(callers, OUT, port=5061, name="callers")
    show("registering the callees")
    reached, _ = ims_load.register(callees, OUT, port=5070, name="callees")
    missing = [one.user for one in callers if one.user not in routes] + [one.user for one in callees if one.user not in reached]
    if missing:
        raise RuntimeError(f"{len(missing)} users cannot register, {missing[0]} among them")
    return list(zip(callers, callees)), routes


def users():
    everyone = accounts.generate(2 * PAIRS)
    return everyone[:PAIRS], everyone[PAIRS:]


def calls(rate, count, linger):
    """One run of calls between the pairs on a fresh node; set-up latency is not probed here."""
    callers, callees = users()
    with troupe("demo", callers + callees) as server:
        show = load.progress(f"ims call at {rate}/s")
        pairs, routes = registered_pairs(show)
        rows = ims_load.pair_rows(pairs, routes)
        calling, (called,) = ims_load.write_kind("plain", OUT, ims_load.pieces_of(rows))
        callee = generator.sipp(called, OUT, local_port=5070, name="ims_callee")
        caller = generator.sipp(calling, OUT, target="127.0.0.1:5060", local_port=5061,
                                rate=rate, calls=count, inject=generator.inject_file(OUT / "pairs.csv", rows), name="ims_caller",
                                options=["-l", "5000", "-d", "0"])
        return load.drive(server, "ims call", rate, count, [caller, callee], None, linger)
