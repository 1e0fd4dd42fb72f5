#!/usr/bin/env python3
# label: unit
"""What is judged, on made-up observations: lost calls, two owners, two final responses, take-over, what is left over."""

import copy
import json
import pathlib

from support import check, equal, scenario, suite

from chaos.live import calls, churn, experiment, judge, owners, records, report, takeover, timeline, witness
from chaos.live.faults import event

tests = suite(isolated=False, needs_product=False)


# calls, from SIPp's notes

def note(word, call_id, moment):
    return f"{word} {call_id} {int(moment)}.000000 {int(moment % 1 * 1e6)}.000000\n"


def verdict(*words):
    text = "".join(note(word, "1-2@10.60.4.1", 1_700_000_000.25 + number) for number, word in enumerate(words))
    return calls.read([text])["1-2@10.60.4.1"].verdict


@tests.case("a call is judged by how far it came")
def _(_folder):
    for words, wanted in ((("invited", "trying", "rang", "answered", "ending", "ended"), "complete"),
                          (("invited", "answered", "ending", "ended"), "complete"),
                          (("invited", "trying", "rang", "answered", "ending"), "confirmed lost"),
                          (("invited", "trying", "rang", "answered", "ending", "bye-481"), "confirmed lost"),
                          (("invited", "answered"), "confirmed lost"),
                          (("invited", "trying", "rang"), "early lost"),
                          (("invited", "trying", "rang", "refused-500"), "early lost"),
                          (("invited", "trying", "refused-503"), "refused"),
                          (("invited", "trying"), "unanswered"),
                          (("invited",), "unanswered")):
        equal(verdict(*words), wanted, f"{words}")


@tests.case("notes of caller and callee are one call, in boot time; what is no note is left out")
def _(_folder):
    caller = note("invited", "a", 1_700_000_000.5) + "2026-01-31 something of SIPp's\n" + note("refused-404", "a", 1_700_000_001)
    callee = note("called", "a", 1_700_000_000.75)
    one = calls.read([caller, callee])["a"]
    equal((round(one.called - one.invited, 3), one.refused[0]), (0.25, 404), "what was read")


# registrations of those who come and go

def attempts(*lines):
    return churn.read("".join(lines))


def comes(call_id, moment, expires=3600):
    return f"registering u {expires} {call_id} {1_700_000_000 + moment}.000000 0.000000\n"


@tests.case("a user is what the last 200 told him; whose last REGISTER had none, or met another, cannot know")
def _(_folder):
    for lines, wanted in (((comes("a", 0), note("told", "a", 1_700_000_001)), True),
                          ((comes("a", 0), note("told", "a", 1_700_000_001), comes("b", 8, 0), note("told", "b", 1_700_000_009)), False),
                          ((comes("a", 0), note("told", "a", 1_700_000_001), comes("b", 8, 0)), None),
                          ((comes("a", 0), note("told", "a", 1_700_000_010), comes("b", 8, 0), note("told", "b", 1_700_000_009)), None),
                          ((comes("a", 0), comes("b", 8, 0), note("told", "b", 1_700_000_009)), None),
                          ((comes("a", 0), comes("b", 40, 0), note("told", "b", 1_700_000_041)), False)):
        equal(churn.outcome(attempts(*lines)), wanted, f"{lines}")


# owners

def line(group, epoch, node, first, last, generation=1, incarnation=1):
    return json.dumps({"group": group, "generation": generation, "epoch": epoch, "incarnation": incarnation, "node": node, "from": first, "to": last}) + "\n"


def found(*lines):
    return owners.two_owners(owners.read("".join(lines)))


@tests.case("owners that follow each other are right, whatever the order of the logs")
def _(_folder):
    equal(found(line(1, 2, 2, 2000, 3000), line(1, 1, 1, 1000, 2000), line(1, 3, 1, 3500, 4000), line(2, 1, 3, 1000, 9000),
                line(1, 2, 2, 3100, 3200)), [], "faults")
    equal(found(line(1, 9, 1, 1000, 2000), line(1, 1, 2, 2000, 3000, generation=2)), [], "a new generation with a lower epoch")


@tests.case("an owner that speaks after its successor has spoken is found")
def _(_folder):
    late = found(line(1, 1, 1, 1000, 2001), line(1, 2, 2, 2000, 3000))
    equal(len(late), 1, "faults")
    check("group 1" in late[0] and "node 1" in late[0] and "1 ms" in late[0], late[0])
    equal(len(found(line(1, 1, 1, 1000, 2000), line(1, 2, 2, 2000, 3000), line(1, 1, 1, 5000, 5001))), 1, "one that wakes up long after")
    equal(len(found(line(1, 1, 1, 9000, 9500), line(1, 2, 2, 1000, 2000))), 1, "an epoch that was granted backwards")
    equal(len(found(line(1, 1, 1, 1000, 9000), line(1, 2, 2, 2000, 3000), line(1, 3, 3, 4000, 5000))), 2, "two successors of one that goes on")


@tests.case("two owners under one token are found, even one after the other")
def _(_folder):
    equal(len(found(line(1, 1, 1, 1000, 2000), line(1, 1, 2, 3000, 4000))), 1, "another node with the same epoch")
    equal(len(found(line(1, 1, 1, 1000, 2000), line(1, 1, 1, 3000, 4000, incarnation=2))), 1, "another life of the node with the same epoch")


@tests.case("a line that a crash cut short is left out; any other that cannot be read is told")
def _(_folder):
    equal(len(owners.read(line(1, 1, 1, 1, 2) + '{"group":1,"gener')), 1, "stretches")
    for bad in ('{"group":1}\n', "nothing\n", line(1, 1, 1, 5, 4), line(1, 1, -1, 4, 5)):
        try:
            owners.read(bad + line(1, 1, 1, 1, 2), "node-1's log")
        except owners.unreadable as error:
            check("node-1's log:1" in str(error), str(error))
        else:
            check(False, f"it was read: {bad}")


# final responses

def response(status, cseq="1 INVITE", branch="z9hG4bKa", tag="t"):
    return (f"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 10.60.4.1:5101;branch={branch};rport=5101\r\nTo: <sip:b@x>;tag={tag}\r\n"
            f"Call-ID: c\r\nCSeq: {cseq}\r\n\r\n")


def doubled(*texts):
    known = witness.ledger()
    for number, text in enumerate(texts):
        known.saw(float(number), "10.60.2.1:5060", "10.60.4.1:5101", text)
    return known.doubled


@tests.case("a repeated final response is one; another status, or another To-tag, is two")
def _(_folder):
    equal(doubled(response(180), response(200), response(200)), [], "repeated")
    equal(doubled(response(481, "2 BYE", "z9hG4bKb"), response(200)), [], "two transactions")
    equal([(one["first"][0], one["then"][0]) for one in doubled(response(200), response(500))], [(200, 500)], "another status")
    equal(len(doubled(response(200), response(200, tag="u"))), 1, "another To-tag")


@tests.case("the witness reads datagrams of SIP, and nothing else")
def _(_folder):
    body = response(200).encode()
    packet = bytes([0x45, 0]) + bytes(7) + bytes([17, 0, 0]) + bytes([10, 60, 2, 1, 10, 60, 4, 1]) + bytes([0x13, 0xC4, 0x13, 0xED]) + bytes(4) + body
    equal(witness.datagram(packet)[:2], ("10.60.2.1:5060", "10.60.4.1:5101"), "addresses")
    equal(witness.datagram(packet[:9] + bytes([6]) + packet[10:]), None, "TCP")
    equal(witness.datagram(packet[:40]), None, "a short one")


@tests.case("the messages of calls that are over are forgotten, those of others are kept")
def _(_folder):
    known = witness.ledger()
    for call_id, caller in (("c", "phone"), ("d", "phone"), ("e", "another")):
        known.saw(0.0, caller, "node", response(200).replace("SIP/2.0 200 X", "INVITE sip:b SIP/2.0").replace("Call-ID: c", f"Call-ID: {call_id}"))
    known.saw(1.0, "node", "phone", response(200, "2 BYE"))
    known.saw(1.0, "node", "phone", response(200).replace("Call-ID: c", "Call-ID: d"))
    known.saw(1.0, "phone", "node", response(200, "2 BYE").replace("Call-ID: c", "Call-ID: e"))
    known.forget(1.0 + witness.FINISHED + 1)
    equal(list(known.ladders), ["d", "e"], "kept: one that is not over, and one of which only the callee says so")


# take-over

@tests.case("take-over is from the fault to the first right answer to a probe that was sent after it")
def _(_folder):
    answers = takeover.read("1.00 1.01 200\n1.02 1.50 200\n1.20 - -\n1.22 1.30 503\n1.40 1.48 200\n1.42 1.43 200\n")
    equal([round(one, 3) for one in takeover.away(answers, [1.1])], [0.33], "seconds")
    equal(takeover.away(answers, [1.45]), [float("inf")], "nobody answers any more")
    lingering = takeover.read("1.00 1.01 200\n1.02 1.03 200\n1.04 - -\n1.06 - -\n2.00 2.01 200\n")
    equal([round(one, 3) for one in takeover.away(lingering, [1.0])], [1.01], "who answered a little longer")
    equal([round(one, 3) for one in takeover.longest({1: answers, 2: takeover.read("1.10 1.11 200\n")}, [1.05])], [0.38], "the slowest group counts")


# the whole judgement

def session(call, role, name, **fields):
    return {"id": name, "type": "session", "node": "scscf", "call_id": call, "role": role, **fields}


def observation():
    wanted = scenario.scenario("made-up", __file__, topology=scenario.topology(groups=1), load=scenario.load(), limits=scenario.limits(takeover=1.0))
    seen = experiment.observation(wanted, 1, pathlib.Path("."))
    gauges = {"calls": 0, "sessions": 0, "unanswered": 0, "transactions": 0}
    seen.began, seen.loaded, seen.ended = 100.0, 160.0, 200.0
    seen.calls = {"c": calls.call("c", invited=101.0, trying=101.1, rang=101.2, answered=103.0, ending=123.0, ended=123.1)}
    seen.sipp = {"made": 1}
    seen.finals = {"transactions": 4, "doubled": [], "dropped": 0, "ladders": {}}
    seen.nodes = [{"name": "node-1", "ups": [[90.0, 110.0], [110.2, None]], "deaths": [], "alive": True, "before": dict(gauges), "after": dict(gauges),
                   "memory_before": 1 << 20, "memory_after": 1 << 20, "same_process": False}]
    seen.told, seen.registered = {"sip:a@x": "sip:a@1"}, {"sip:a@x": {"sip:a@1"}, "tel:+1": {"sip:a@1"}}
    seen.records = [session("c", "originating", "1"), session("c", "terminating", "2")]
    seen.events, seen.outages = [event("kill", "node-1", 110.0, 110.2)], [110.0]
    seen.probes = {1: [(109.0, 109.01, 200), (110.1, 110.3, 200)]}
    return seen


def missed(change):
    seen = copy.deepcopy(observation())
    change(seen)
    return [one.name for one in judge.judge(seen) if not one.held]


@tests.case("a run in which all is well passes")
def _(_folder):
    equal(missed(lambda seen: None), [], "figures that are missed")


@tests.case("each thing that must not be is found, and nothing else with it")
def _(_folder):
    def lose(**fields):
        def change(seen):
            for name, value in fields.items():
                setattr(seen.calls["c"], name, value)
        return change

    def node(**fields):
        return lambda seen: seen.nodes[0].update(fields)

    left = {"calls": 1, "sessions": 0, "unanswered": 0, "transactions": 0}
    for name, change in (
            ("confirmed dialogs lost", lose(ended=None)),
            ("early dialogs lost", lose(ended=None, answered=None, ending=None)),
            ("INVITEs without a final response", lose(ended=None, answered=None, ending=None, rang=None)),
            ("transactions with two final responses", lambda seen: seen.finals.update(doubled=[
                {"moment": 1.0, "call": "c", "cseq": "1 INVITE", "branch": "b", "to": "x", "first": [200, "t"], "then": [500, "t"]}])),
            ("registrations other than clients were told", lambda seen: seen.registered.pop("sip:a@x")),
            ("registrations other than clients were told", lambda seen: seen.registered.update({"sip:a@x": {"sip:a@2"}})),
            ("registrations other than clients were told", lambda seen: seen.registered.update({"sip:b@x": {"sip:b@2"}})),
            ("registrations other than clients were told", lambda seen: seen.told.update({"tel:+1": None})),
            ("left over when all is over", node(after=left)),
            ("left over when all is over", lambda seen: vars(seen).update(users_before=1, redis_before={2: 1}, redis_after={2: 1, 1: 1})),
            ("nodes that ended by themselves", node(deaths=[(120.0, -11, 42)])),
            ("away after a fault, longest", lambda seen: seen.probes.update({1: [(109.0, 109.01, 200), (110.1, 111.3, 200)]})),
            ("away after a fault, longest", lambda seen: seen.probes.update({1: [(109.0, 109.01, 200)]})),
            ("charging records missing", lambda seen: seen.records.pop()),
            ("charging records missing", lambda seen: seen.records[0].update(type="event")),
            ("charging records doubled", lambda seen: seen.records.append(dict(seen.records[0]))),
            ("charging records doubled", lambda seen: seen.records.append(session("c", "originating", "3"))),
            ("charging records doubled", lambda seen: seen.records.extend([session("d", "originating", "4", type="event")] * 2)),
            ("faults of the test itself", lambda seen: seen.sipp.update(made=2)),
            ("faults of the test itself", lambda seen: seen.finals.update(dropped=3)),
            ("faults of the test itself", lambda seen: setattr(seen.events[0], "about", "did not come: it is down"))):
        equal(missed(change), [name], f"missed figures for {name}")


def spending(seen, microseconds, limit):
    """The node took so much for the one call, where the baseline took 1 ms."""
    against = observation()
    against.cpu, seen.cpu = [{"nodes": 0.0}, {"nodes": 0.001}], [{"nodes": 2.0}, {"nodes": 2.0 + microseconds / 1e6}]
    against.events, seen.events, seen.baseline, seen.scenario.limits.cpu_ratio = [], [], against, limit


@tests.case("CPU time a call is held against the baseline's")
def _(_folder):
    name = "CPU time of nodes a call, over the baseline's"
    equal(missed(lambda seen: spending(seen, 1250, 1.25)), [], "a quarter more")
    equal(missed(lambda seen: spending(seen, 1300, 1.25)), [name], "more")
    seen = observation()
    spending(seen, 1300, None)
    equal([(one.value, one.verdict) for one in judge.judge(seen) if one.name == name], [(1.3, "not judged")], "without a limit")


@tests.case("a group that goes to another node is a claim, and one that begins or goes on is none")
def _(_folder):
    first, again = owners.stretch(1, 1, 1, 1, 1, 90_000, 120_000), owners.stretch(1, 1, 1, 1, 1, 121_000, 130_000)
    other = owners.stretch(1, 1, 2, 1, 2, 131_000, 140_000)
    equal(owners.claims([first, again], 100_000), [], "one owner")
    equal(owners.claims([first, other], 150_000), [], "before the load")
    equal(len(owners.claims([other, first], 100_000)), 1, "two owners")
    equal(missed(lambda seen: vars(seen).update(egress=[first, other]) or setattr(seen.scenario.limits, "claims", 0)),
          ["groups that went to another node"], "missed figures")


@tests.case("records of who has registered meanwhile, and nonces, are not left over")
def _(_folder):
    def change(seen):
        seen.told["sip:b@x"], seen.registered["sip:b@x"] = "sip:b@2", {"sip:b@2"}
        vars(seen).update(users_before=1, redis_before={2: 1, 5: 2, 6: 1}, redis_after={2: 2, 5: 4, 6: 7, 11: 9})
    equal(missed(change), [], "missed figures")
    equal(missed(lambda seen: (change(seen), vars(seen).update(redis_after={2: 3}))), ["left over when all is over"], "one more")


@tests.case("a user who cannot know whether he is registered is not judged")
def _(_folder):
    def change(seen):
        seen.registered["sip:c@x"], seen.unknown = {"sip:c@3"}, {"sip:c@x"}
    equal(missed(change), [], "missed figures")


@tests.case("a call whose 200 to the BYE never came, one that was not answered and another's attempt ask for no session")
def _(_folder):
    def change(seen):
        seen.calls["r"] = calls.call("r", invited=101.0, refused=(486, 102.0))
        seen.sipp["made"] = 2
        seen.records += [session("r", "originating", "8", type="event"), session("r", "terminating", "9", type="event")]
    equal(missed(change), [], "missed figures")
    equal(missed(lambda seen: (vars(seen.calls["c"]).update(ended=None), seen.records.clear())), ["confirmed dialogs lost"], "a call that was lost")


@tests.case("charging records are read from files and streams; a line that is none is told")
def _(folder):
    line = json.dumps(session("c", "originating", "1"))
    (folder / "cdr").mkdir()
    (folder / "cdr" / "cdr-2026-01-31.jsonl").write_text(line + "\n" + line[:20] + "\n")
    class disk:
        path = folder
    found, faults = records.of_files([disk])
    equal((len(found), len(faults)), (1, 1), "records and faults")

    class server:
        @staticmethod
        def ask(word, *_more, timeout=0):
            return ["{troupe:g0}:cdr"] if word == "KEYS" else [["1-1", ["id", "1", "record", line]], ["1-2", ["id", "2"]]]
    found, faults = records.of_streams(server)
    equal(([one["id"] for one in found], len(faults)), (["1"], 1), "records and faults")


@tests.case("what could not be seen does not pass where it must hold")
def _(_folder):
    equal(missed(lambda seen: setattr(seen, "finals", {})), ["transactions with two final responses"], "without the witness")
    equal(missed(lambda seen: setattr(seen.scenario.topology, "nodes", 3)), ["moments with two owners of a group"], "without egress logs")
    equal(missed(lambda seen: seen.nodes[0].pop("after")), ["registrations other than clients were told", "left over when all is over"],
          "without the node's word")
    equal(missed(lambda seen: setattr(seen, "records", None)), ["charging records missing", "charging records doubled"], "without charging records")
    equal(missed(lambda seen: setattr(seen, "probes", {})), ["away after a fault, longest"], "without probes")


@tests.case("the report tells every figure, and its JSON and picture are whole")
def _(folder):
    seen = observation()
    seen.calls["c"].ended, seen.scenario.path = None, __file__
    rows = judge.judge(seen)
    page = report.write(seen, rows, folder / "out").read_text()
    figures = json.loads((folder / "out/report.json").read_text())
    check(not figures["passed"] and "FAILED" in page, "a missed figure, and the report does not fail")
    equal({one["name"] for one in figures["figures"]}, {one.name for one in rows}, "figures in the JSON")
    check(all(one.name in page for one in rows), "a figure is not in the page")
    check("confirmed lost: c" in page, "the lost call is not told")
    import xml.etree.ElementTree as tree
    picture = tree.fromstring(timeline.svg(seen))
    check(len(list(picture.iter())) > 30, "the picture is empty")


tests.run()
