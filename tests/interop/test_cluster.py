#!/usr/bin/env python3
# label: e2e
"""The cluster of docs/operations/cluster.md: brought up by its commands, then killed, stopped, drained, while phones call."""

import contextlib
import json
import shutil
import signal
import socket
import time
import tomllib

from lib import accounts, config, lab
from lib.leg import hang_up, leg, sdp, talk
from lib.named import named
from lib.node import ROOT, node
from lib.phone import phone
from lib.suite import check, equal, eventually, skip, suite

tests = suite(tools=["ip", "openssl", "redis-server", "redis-cli"])
USERS = accounts.load(ROOT / "config" / "profiles" / "demo-subscribers.toml")
PHONES = "192.0.2.100"
cluster = home = None       # the lab, which all cases share; where its groups are while all is well


def address(group):
    return f"192.0.2.{11 + group}"


def everything_is_home():
    """All three nodes are in, and each group is served where it belongs."""
    seen = [each.view() for each in cluster.members.values() if each.alive()]
    if len(seen) != 3 or not all(each and each["lease"] == "serving" and len(each["live"]) == 3 and not each["draining"] for each in seen):
        return False
    served = [{g["group"] for g in each["groups"] if g["here"] == "serving"} for each in seen]
    owners = [[g["owner"] for g in each["groups"]] for each in seen]
    if sorted(g for each in served for g in each) != list(range(6)) or owners[1:] != owners[:-1]:
        return False
    return home is None or cluster.owners() == home


def settled():
    eventually(everything_is_home, lambda: f"the groups do not come home: {cluster.owners()}, at the beginning {home}", 20, every=0.05)


@contextlib.contextmanager
def pair(group, other=None, kinds=("udp", "udp")):
    """Two registered phones behind a group each; the cluster is whole before and after."""
    settled()
    with phone(USERS[0], (address(group), 5060), bind=PHONES, name="A", transport=kinds[0]) as a, \
            phone(USERS[1], (address(group if other is None else other), 5060), bind=PHONES, name="B", transport=kinds[1]) as b:
        for one in (a, b):
            equal(one.register().status, 200, f"{one.name}'s registration")
        yield a, b


def kill_owner(group):
    """kill -9 of who serves the group; returns when it is served again, by another or by that node's next life."""
    victim = cluster.owners()[group]
    before = cluster.view()["groups"][group]["epoch"]
    cluster.members[victim].crash()
    taken_over(group, before, victim)
    return cluster.members[victim]


def taken_over(group, before, victim):
    def served():
        now = cluster.view(but=[victim])
        return now and now["groups"][group]["epoch"] > before and cluster.holders(address(group)) == [now["groups"][group]["owner"].removeprefix("node-")]
    eventually(served, lambda: f"nobody takes group {group} over: {cluster.owners()}, {address(group)} is at {cluster.holders(address(group))}", 5, every=0.02)


def get_through(sender, message, receiver, wanted):
    """Sends it, repeats it as timers A, E and G have it, and returns what the receiver hears of it."""
    sender.send(message)
    for wait in (0.5, 1.0, 2.0, 4.0):
        if not receiver.nothing(wanted, wait):
            break
        sender.wire.send(message.encode())
    return receiver.receive(wanted, 0.1)


def bye(ending, other, group):
    """The end of a call: its 200 comes from the group's address, whoever has that now."""
    request = ending.request("BYE")
    other.answer(200, request=get_through(ending.phone, request, other.phone, "BYE"))
    ending.expect(200, request=request)
    equal(ending.phone.wire.heard_from, (address(group), 5060), "where the 200 comes from")


@tests.case("three nodes come up by the page's commands; ctl shows the view, epochs, and who serves which addresses")
def _(folder):
    global cluster, home
    cluster = lab.lab(folder)
    cluster.start()
    settled()
    home = cluster.owners()
    lab.enter("phones")     # where the phones are, for all that follows
    for name, each in cluster.members.items():
        status, said = each.ctl("nodes")
        equal(status, 0, f"ctl nodes: {said}")
        for group, owner in enumerate(home):
            line = next(line for line in said.splitlines() if address(group) in line)
            check(line.split()[:3] == [str(group), f"node-{owner}", "1"] and ("serving" in line) == (owner == name), f"group {group} of {home}: {line}")
        status, said = each.ctl("status")
        check(status == 0 and "nodes alive: node-a, node-b, node-c" in said and "generation 1" in said, said)
        equal([cluster.holders(address(group)) for group in range(6)], [[owner] for owner in home], "who has the addresses")


@tests.case("a call that is held over kill -9 ends with 200 from the same address")
def _(folder):
    with pair(0) as (a, b):
        caller, callee = talk(a, b, b.account.uri)
        kill_owner(0)
        bye(caller, callee, 0)


@tests.case("a call that rings while its node is killed is answered")
def _(folder):
    with pair(2) as (a, b):
        caller = leg.to(a, b.account.uri, body=sdp())
        callee = leg.of(b)
        callee.answer(180)
        caller.expect(180)
        kill_owner(2)
        answered = callee.answer(200, body=sdp(49180))
        caller.adopt(get_through(b, answered, a, 200))
        caller.ack()
        callee.hear("ACK")
        bye(callee, caller, 2)


@tests.case("who was registered before the kill is called after it, by a user of another node")
def _(folder):
    group = 4
    other = next(g for g in range(6) if home[g] != home[group])
    with pair(other, group) as (a, b):
        kill_owner(group)
        made = a.initial("INVITE", b.account.uri, body=sdp())
        caller, callee = leg(a, made, caller=True), leg(b, get_through(a, made, b, "INVITE"), caller=False)
        callee.answer(200, body=sdp(49180))
        caller.expect(200)
        caller.ack()
        callee.hear("ACK")
        bye(callee, caller, group)


@tests.case("a drain hands the groups over while a call is held; the node and its parent process end with 0, and the call goes on")
def _(folder):
    group = 3
    with pair(group) as (a, b):
        caller, callee = talk(a, b, b.account.uri)
        name = home[group]
        leaving = cluster.members[name]
        status, said = leaving.ctl("drain", f"node-{name}")
        check(status == 0 and f"node-{name}" in said, f"ctl drain: {status} {said}")
        equal(leaving.child.wait(10), 0, "exit status of the parent process")
        eventually(lambda: name not in cluster.owners(), lambda: f"groups are left with the drained node: {cluster.owners()}", 2, every=0.02)
        check("status=0" in leaving.log.read_text(), "the node itself did not end with 0")
        held = caller.reinvite(sdp(direction="sendonly", version=2))
        callee.answer(200, request=callee.hear("INVITE"), body=sdp(49180, direction="recvonly", version=2))
        caller.expect(200, request=held)
        caller.ack()
        callee.hear("ACK")
        bye(callee, caller, group)
    leaving.start()
    settled()


@contextlib.contextmanager
def sniffed(machine):
    """What leaves a machine by its cable: the source address of each datagram and segment."""
    with lab.entered(machine):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))
    sock.bind(("eth0", 0x0003))
    sock.settimeout(0)
    found = []
    def read():
        with contextlib.suppress(BlockingIOError):
            while True:
                octets, where = sock.recvfrom(65535)
                if where[2] == socket.PACKET_OUTGOING and where[1] == 0x0800:
                    found.append(socket.inet_ntoa(octets[12:16]))
        return found
    try:
        yield read
    finally:
        sock.close()


@tests.case("a node that stood still for 3 s sends nothing for the groups it has lost, and comes back with a new life")
def _(folder):
    group = 0
    with pair(group) as (a, b):
        b.wire.datagram.close()         # nobody answers: the INVITE to B is repeated, by whoever may
        name = home[group]
        stopped = cluster.members[name]
        lost = {address(g) for g, owner in enumerate(home) if owner == name}
        before = stopped.view()["life"]
        a.send(a.initial("INVITE", b.account.uri, body=sdp()))
        a.receive(100)
        with sniffed(name) as read:
            stopped.send_to_serving(signal.SIGSTOP)
            began = time.monotonic()
            try:
                eventually(lambda: name not in cluster.owners(but=[name]), lambda: f"groups are left with a stopped node: {cluster.owners(but=[name])}", 3)
                time.sleep(max(0.0, began + 3 - time.monotonic()))
                read().clear()
            finally:
                stopped.send_to_serving(signal.SIGCONT)
            eventually(lambda: (seen := stopped.view()) and seen["lease"] == "serving" and seen["life"] > before, "no new life", 10, every=0.02)
            heard = set(read())
        check(f"192.0.2.{1 + lab.NAMES.index(name)}" in heard, f"nothing is sniffed of its own address: {heard}")
        equal(heard & lost, set(), "service addresses by which it spoke before they were its own again")
        check("a life has ended" in stopped.log.read_text(), "its log says nothing")


@tests.case("subscribers are changed where group 0 is; elsewhere ctl says where that is")
def _(folder):
    settled()
    for name, each in cluster.members.items():
        shown, listed = each.ctl("subscriber", "show", USERS[0].impi), each.ctl("subscriber", "list")
        if name == home[0]:
            check(shown[0] == 0 and USERS[0].impi in shown[1] and listed[0] == 0, f"at group 0's owner: {shown} {listed}")
        else:
            for status, said in (shown, listed):
                check(status == 1 and "group 0" in said and f"node-{home[0]}" in said, f"elsewhere: {status} {said}")


@tests.case("a client on TCP reconnects after the take-over, registers by the new connection, and its call and its registration are as they were")
def _(folder):
    group = 1
    with pair(group, kinds=("tcp", "udp")) as (a, b):
        caller, callee = talk(a, b, b.account.uri)
        old = a.wire.flow
        member = kill_owner(group)
        with contextlib.suppress(OSError):
            a.send(a.register_request())        # goes with the connection, which the successor's kernel resets
        eventually(lambda: a.wire.poll(0.05) == [] and a.wire.flow is not old, "the old connection is not reset", 5)
        others = [each for each in cluster.members.values() if each is not member]
        eventually(lambda: any(a.contact_uri in contacts(each, a.account.uri) for each in others), "the registration is lost", 5)
        equal(a.register().status, 200, "the registration by the new connection")
        equal(hang_up(caller, callee).status, 200, "the BYE of the call from before")
        hang_up(*talk(b, a, a.account.uri))


def contacts(member, impu):
    """Where a user can be reached, by the word of a node; nowhere when he is not there."""
    status, text = member.http(f"/api/v1/registrations/{impu}")
    return [each["uri"] for each in json.loads(text)["contacts"]] if status == 200 else []


DNS = "192.0.2.100:5353"
RECORDS = "\n".join(f"_sip._udp IN SRV {g} 1 {5060 + 2 * g} g{g}\n" + "\n".join(f"g{g} IN A 192.0.2.{n}" for n in (1, 2, 3)) for g in range(3))


def without_addresses(folder, name):
    """A node of the profile, but its groups have ports of their own on whatever node they are, and names instead of addresses."""
    with open(ROOT / "config" / "profiles" / f"cluster-{name}.toml", "rb") as file:
        profile = tomllib.load(file)
    groups = [{"access": [f"udp://0.0.0.0:{5060 + 2 * g}"], "core": [f"udp://0.0.0.0:{5070 + 2 * g}"]} for g in range(3)]
    names = {url: f"g{g}.ims.example" for g, each in enumerate(groups) for url in each["access"] + each["core"]}
    changes = {"sip": {"advertise": names}, "dns": {"servers": [DNS], "timeout": 300},
               "cluster": {"groups": groups, "install_addresses": False, "redis_prefix": "names:"}}
    return lab.member(name, cluster.folder, config.write(folder / f"{name}.toml", config.merge(profile, changes)))


def talk_patiently(a, b):
    """A call whose ACK may be lost: it has no answer, so nobody sends it to the next address; the 200 is repeated for it."""
    caller = leg.to(a, b.account.uri, body=sdp())
    callee = leg.of(b)
    answered = callee.answer(200, body=sdp(49180))
    caller.expect(200)
    caller.ack()
    for wait in (0.5, 1.0, 2.0, 4.0, 4.0, 4.0):
        if not b.nothing("ACK", wait):
            break
        b.wire.send(answered.encode())
        caller.ack()
    callee.hear("ACK", 0.1)
    return caller, callee


@tests.case("without service addresses SRV records lead to a group's port and its name to every node: who has it answers")
def _(folder):
    if not shutil.which("named"):
        raise skip("named is not installed")
    settled()
    equal([each.stop() for each in cluster.members.values()], [0, 0, 0], "exit statuses")
    cluster.members = {name: without_addresses(folder, name) for name in lab.NAMES}
    with named(folder, RECORDS, zone="ims.example", address=PHONES):
        cluster.start()
        eventually(lambda: (now := cluster.owners()) and all(now), "not all groups are owned", 20, every=0.05)
        owners = cluster.owners()
        first, second = next((x, y) for x in range(3) for y in range(3) if owners[x] != owners[y])
        def at(group, owner):
            return f"192.0.2.{1 + lab.NAMES.index(owner)}", 5060 + 2 * group
        with phone(USERS[0], at(first, owners[first]), bind=PHONES, name="A") as a, \
                phone(USERS[1], at(second, owners[second]), bind=PHONES, name="B") as b:
            for one in (a, b):
                equal(one.register().status, 200, f"{one.name}'s registration")
            caller, callee = talk_patiently(a, b)
            dead = cluster.members[owners[second]]
            dead.kill()
            eventually(lambda: (now := cluster.owners()) and now[second] not in ("", owners[second]), "nobody takes the group over", 10, every=0.02)
            request = caller.request("BYE")
            asked = get_through(a, request, b, "BYE")
            equal(b.wire.heard_from, at(second, cluster.owners()[second]), "where the BYE comes from")
            b.wire.proxy = b.wire.heard_from        # a response goes where the request came from
            callee.answer(200, request=asked)
            caller.expect(200, request=request)
        path = config.transit_node(folder, "sip:ims.example", sip={"access": [f"udp://{PHONES}:5060"]}, dns={"servers": [DNS], "timeout": 300})
        with node(path) as hop, phone(USERS[2], (PHONES, 5060), bind=PHONES, name="C") as c:
            asked = c.initial("OPTIONS", "sip:ims.example", routes=[])
            answer = c.transact(asked, 12)
            check(answer.status not in (408, 500, 503), f"by SRV, with a node dead: {answer.start_line}")
            equal(hop.stop(), 0, "exit status of the hop")


tests.run()
