"""What /proc says about a server and all its children: CPU, memory, descriptors."""

import os
import pathlib

_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """The fields after the command's name, or None when the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def family(pid):
    """The process and all its living descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _stat(entry)):
            parents.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += parents.get(one, [])
    return found


def cpu_seconds(pid):
    """User and system time of the family, with what ended children have left to their parents."""
    total = 0
    for one in family(pid):
        if fields := _stat(one):
            total += sum(int(fields[i]) for i in (11, 12, 13, 14))
    return total / _TICK


def pss_bytes(pid):
    """Proportional set size of the family: shared pages are counted once."""
    total = 0
    for one in family(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def descriptors(pid):
    total = 0
    for one in family(pid):
        try:
            total += len(os.listdir(f"/proc/{one}/fd"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total
