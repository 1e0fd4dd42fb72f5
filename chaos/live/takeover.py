"""How long nobody answered: from a fault to the first right answer to a probe sent after it."""

import pathlib
import signal
import statistics
import subprocess
import sys

from .nodes import SIP, service_address

EVERY = 20      # milliseconds between probes
LINGERS = 0.5   # seconds within which a fault has come about


class probing:
    """A prober for each service address, on the clients' host."""

    def __init__(self, groups, folder, clients):
        self.files = {group: folder / f"probes-{group}.txt" for group in range(1, groups + 1)}
        program = pathlib.Path(__file__).with_name("probe.py")
        self.children = [subprocess.Popen([*clients.inside(), sys.executable, str(program), service_address(group), str(SIP), str(EVERY), str(path)],
                                          stdin=subprocess.DEVNULL) for group, path in self.files.items()]

    def stop(self):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            child.wait(10)

    def answers(self):
        """{group: [(sent, answered or None, status or None)]}, in the order of sending."""
        return {group: read(path.read_text()) for group, path in self.files.items() if path.exists()}


def read(text):
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3:
            found.append((float(words[0]), None if words[1] == "-" else float(words[1]), None if words[2] == "-" else int(words[2])))
    return sorted(found)


def right_status(answers):
    """The answer that a healthy node gives to a probe: the most frequent one."""
    seen = [status for _, _, status in answers if status]
    return statistics.mode(seen) if seen else None


def first_answer_after(answers, moment, right):
    """When the first right answer to a probe that was sent after `moment` came; None if none did. Who goes on for a little while, because a
    cable is not drawn in no time, is away from the first probe that he owes an answer."""
    since = min((sent for sent, _, status in answers if moment <= sent <= moment + LINGERS and status != right), default=moment)
    came = [answered for sent, answered, status in answers if sent >= since and status == right]
    return min(came) if came else None


def away(answers, moments):
    """Seconds until the first right answer after each moment; infinite where none came."""
    right = right_status(answers)
    firsts = (first_answer_after(answers, moment, right) for moment in moments)
    return [first - moment if first is not None else float("inf") for first, moment in zip(firsts, moments)]


def longest(groups, moments):
    """For each moment the slowest of the groups: whoever has lost his node counts."""
    if not groups or not moments:
        return []
    return [max(each) for each in zip(*(away(answers, moments) for answers in groups.values()))]
