#!/usr/bin/env python3
# label: e2e
"""Operating a node: health, metrics, the configuration's errors, orderly end, and what lives through kill -9."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time

from lib import accounts, config
from lib.leg import hang_up, leg, sdp, talk
from lib.node import binary, node, not_ready, total
from lib.phone import phone
from lib.redis import redis
from lib.suite import check, equal, eventually, skip, suite

PROXY = ("127.0.0.1", 5060)
tests = suite()


@contextlib.contextmanager
def pair(folder, **changes):
    """A started node and two registered phones; nothing of it is left, whatever the case does."""
    users = accounts.generate(2)
    server = node(config.ims_node(folder, users, **changes)).start()
    try:
        with phone(users[0], PROXY, name="A") as a, phone(users[1], PROXY, name="B") as b:
            for one in (a, b):
                equal(one.register().status, 200, f"{one.name}'s registration")
            yield server, a, b
        if server.alive():
            equal(server.stop(), 0, "exit status")
    finally:
        server.kill()


def durable(folder, store=None):
    """What a node needs to find itself again: a store and a database in files, and a secret for its tokens."""
    return {"cluster": {"store": store or f"file:{folder}/state.sqlite"}, "node": {"secret": "the same after a restart"}}


def over_each_store(sentence):
    """Decorator: one case with a file, one with Redis; the function gets the node and its phones."""
    def keep(function):
        @tests.case(sentence)
        def _(folder):
            with pair(folder, **durable(folder)) as (server, a, b):
                function(server, a, b)

        @tests.case(f"{sentence}, with its state in Redis")
        def _(folder):
            if not shutil.which("redis-server"):
                raise skip("redis-server is not installed")
            with redis(folder) as kept, pair(folder, **durable(folder, kept.spec)) as (server, a, b):
                function(server, a, b)
        return function
    return keep


def program_check(path):
    done = subprocess.run([binary(), "check", "--config", str(path)], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout + done.stderr


@tests.case("a ready node says so, and is healthy")
def _(folder):
    with node(config.ims_node(folder, accounts.generate(2))) as server:
        equal([server.http(path)[0] for path in ("/healthz", "/readyz", "/metrics")], [200, 200, 200], "statuses")
        equal(server.http("/nothing")[0], 404, "a path that is not there")


@tests.case("a call is counted where an operator looks for it")
def _(folder):
    with pair(folder) as (server, a, b):
        hang_up(*talk(a, b, b.account.uri))
        now = server.metrics()
        for wanted, least in (("troupe_messages_received_total{.*udp", 10), ("troupe_transactions_total{.*invite", 1), ("troupe_registrations$", 2),
                              ("troupe_challenges_total", 2), ("troupe_calls_total{.*made", 1)):
            check(total(now, wanted) >= least, f"{wanted} is {total(now, wanted)}, wanted {least} or more")
        equal(total(now, "troupe_restarts_total"), 0, "restarts")


@tests.case("the configuration's errors name file, line and key, with exit status 2")
def _(folder):
    good = config.ims_node(folder, accounts.generate(2))
    equal(program_check(good)[0], 0, f"a good configuration: {program_check(good)[1]}")
    text = good.read_text()
    wrong = {"acess": text.replace("access =", "acess ="), "udp_mtu": text.replace("[sip]", "[sip]\nudp_mtu = \"much\""),
             "t1": text.replace("[sip]", "[sip]\nt1 = 5"), "roles": text.replace('"pcscf"', '"pcsf"')}
    for key, content in wrong.items():
        path = folder / f"wrong_{key}.toml"
        path.write_text(content)
        line = next(number for number, one in enumerate(content.splitlines(), 1) if re.match(rf"{key}\s*=", one))
        status, said = program_check(path)
        equal(status, 2, f"exit status for {key}")
        check(f"{path}:{line}" in said and key in said, f"'{key}' on line {line} of {path} is not named: {said}")
    status, said = program_check(folder / "absent.toml")
    check(status == 2 and "absent.toml" in said, f"a file that is not there: {status} {said}")


@tests.case("a port that is taken ends the start with a reason")
def _(folder):
    second = folder / "second"
    second.mkdir()
    other = config.ims_node(second, accounts.generate(2), admin={"listen": "127.0.0.1:8081"})
    with node(config.ims_node(folder, accounts.generate(2))):
        twin = node(other, admin="127.0.0.1:8081")
        try:
            twin.start(5)
        except not_ready:
            check("5060" in twin.tail(), f"the reason does not name the port: {twin.tail(3)}")
        else:
            twin.kill()
            check(False, "a second node serves on the same port, and each gets a part of the messages")


@tests.case("SIGTERM lets a call end, takes no new one, and ends with status 0")
def _(folder):
    with pair(folder, node={"drain_timeout": 20}) as (server, a, b):
        caller, callee = talk(a, b, b.account.uri)
        server.child.terminate()
        eventually(lambda: server.http("/readyz")[0] != 200, "/readyz stays 200 while the node drains")
        refused = a.transact(a.initial("INVITE", b.account.uri, body=sdp()))
        equal(refused.status, 503, "a new call while draining")
        equal(hang_up(caller, callee).status, 200, "the end of the old call")
        equal(server.child.wait(25), 0, "exit status")


@tests.case("a call that does not end is left behind when the drain's time is over")
def _(folder):
    with pair(folder, node={"drain_timeout": 2}) as (server, a, b):
        talk(a, b, b.account.uri)
        began = time.monotonic()
        equal(server.stop(15), 0, "exit status")
        check(time.monotonic() - began < 10, f"it took {time.monotonic() - began:.1f} s")


@over_each_store("registrations live through kill -9")
def _(server, a, b):
    time.sleep(0.2)
    server.kill()
    server.start()
    eventually(lambda: server.http("/readyz")[0] == 200, "not ready again")
    hang_up(*talk(a, b, b.account.uri))


@over_each_store("a confirmed call lives through kill -9")
def _(server, a, b):
    caller, callee = talk(a, b, b.account.uri)
    time.sleep(0.2)
    server.kill()
    server.start()
    held = caller.reinvite(sdp(direction="sendonly", version=2))
    callee.answer(200, request=callee.hear("INVITE"), body=sdp(49180, direction="recvonly", version=2))
    caller.expect(200, request=held)
    caller.ack()
    callee.hear("ACK")
    equal(hang_up(callee, caller).status, 200, "the BYE from the other side")


@over_each_store("a call that rings lives through kill -9")
def _(server, a, b):
    caller = leg.to(a, b.account.uri, body=sdp())
    callee = leg.of(b)
    callee.answer(180)
    caller.expect(180)
    time.sleep(0.2)
    server.kill()
    server.start()
    answered = callee.answer(200, body=sdp(49180))
    for _ in range(20):
        if not a.nothing(200, 0.5):
            break
        b.wire.send(answered.encode())      # as a phone does until its ACK comes
    caller.expect(200)
    caller.ack()
    callee.hear("ACK")
    equal(hang_up(caller, callee).status, 200, "the BYE")


@tests.case("an INVITE that the caller sends again while the node comes back after kill -9 is the same call")
def _(folder):
    with pair(folder, **durable(folder)) as (server, a, b):
        for _ in range(3):
            caller = leg.to(a, b.account.uri, body=sdp())
            callee = leg.of(b)
            callee.answer(180)
            caller.expect(180)
            time.sleep(0.2)
            server.kill()
            over, again = threading.Event(), caller.invite.encode()
            def repeat():
                while not over.wait(0.0005):
                    a.wire.datagram.sendto(again, a.wire.proxy)
            repeating = threading.Thread(target=repeat)
            repeating.start()
            server.start()
            time.sleep(0.3)
            over.set()
            repeating.join()
            asked = {callee.invite.branch}
            b.idle(0.3)
            asked |= {got.branch for got in b.inbox if got.is_request and got.method == "INVITE"}
            equal(len(asked), 1, "INVITEs that the callee got")
            callee.answer(486)
            callee.hear("ACK")
            equal(a.receive(lambda m: m.status >= 200).status, 486, "the caller's answer")


@tests.case("while Redis does not answer what is new is refused with 500, calls end as they should, and all is well again when it does")
def _(folder):
    if not shutil.which("redis-server"):
        raise skip("redis-server is not installed")
    with redis(folder) as kept:
        changes = durable(folder, kept.spec)
        changes["cluster"]["redis_timeout"] = 300
        with pair(folder, **changes) as (server, a, b):
            caller, callee = talk(a, b, b.account.uri)
            os.kill(kept.child.pid, signal.SIGSTOP)
            try:
                again = leg.to(a, b.account.uri, body=sdp())
                refused = a.receive(lambda m: m.status >= 200 and m.call_id == again.invite.call_id, 8)
                again.ack_failure(refused)
                equal(refused.status, 500, "a new call")
                check(refused.get("Retry-After"), "Retry-After")
                check(b.nothing("INVITE"), "a call that is not stored went on")
                equal(hang_up(caller, callee).status, 200, "the BYE")
                answer = a.register(rounds=0)
                if answer.status == 401:        # a challenge may go: who answers it is refused
                    answer = a.register(rounds=1)
                equal(answer.status, 500, "a registration")
                check(total(server.metrics(), "troupe_sent_unstored_total") > 0, "what went all the same is counted")
            finally:
                os.kill(kept.child.pid, signal.SIGCONT)
            for _ in range(40):
                if a.register().status == 200:
                    break
                time.sleep(0.25)
            caller, callee = talk(a, b, b.account.uri)
            equal(hang_up(caller, callee).status, 200, "the BYE of a call afterwards")


@tests.case("a node whose records another node has taken over answers nothing more, and ends")
def _(folder):
    if not shutil.which("redis-server"):
        raise skip("redis-server is not installed")
    with redis(folder) as kept, pair(folder, **durable(folder, kept.spec)) as (server, a, b):
        caller, callee = talk(a, b, b.account.uri)
        (folder / "second").mkdir()
        changes = durable(folder, kept.spec) | {"sip": {"access": ["udp://127.0.0.1:5070"]}, "admin": {"listen": "127.0.0.1:8090"}}
        with node(config.ims_node(folder / "second", [a.account], **changes), admin="127.0.0.1:8090"):
            caller.start("BYE")
            check(a.nothing(200, 1.0), "an answer for a call that another node has")
            check(callee.phone.nothing("BYE"), "a request of a call that another node has")
            eventually(lambda: not server.alive(), "the node goes on")
            equal(server.child.returncode, 70, "exit status")


@tests.case("no sequence number is used twice after kill -9")
def _(folder):
    with pair(folder, **durable(folder)) as (server, a, b):
        for _ in range(3):
            server.kill()
            server.start()
            a.session = None
            before = a.account.sqn
            equal(a.register().status, 200, "registration after the restart")
            check(a.session is not None and not a.session.auts, "the phone had to ask for resynchronisation")
            check(a.account.sqn > before, f"SQN {a.account.sqn} after {before}")


@tests.case("subscribers are added, shown and removed while the node runs")
def _(folder):
    known, added = accounts.generate(2)
    def ctl(*words):
        done = subprocess.run([binary(), "ctl", "--admin", "http://127.0.0.1:8080", *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout + done.stderr
    with node(config.ims_node(folder, [known])), phone(added, PROXY) as ue:
        check(ue.register().status in (403, 404), "a subscriber who is not there yet")
        path = accounts.provision(folder / "added.toml", [added])
        status, said = ctl("subscriber", "import", str(path))
        equal(status, 0, f"subscriber import: {said}")
        status, said = ctl("subscriber", "show", added.impi)
        check(status == 0 and added.impi in said, f"subscriber show: {said}")
        check(added.k.hex() not in said, "subscriber show prints the key")
        ue.session = None
        equal(ue.register().status, 200, "the registration of the added one")
        status, said = ctl("registrations")
        check(status == 0 and added.user in said, f"registrations: {said}")
        equal(ctl("subscriber", "remove", added.impi)[0], 0, "subscriber remove")
        ue.session = None
        answer = ue.register()
        check(answer.status in (403, 404), f"a removed subscriber's REGISTER: {answer.start_line}")


tests.run()
