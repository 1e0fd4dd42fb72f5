"""Bounded fuzzing: every target of tests/fuzz runs for some seconds, from its seeds and from what earlier runs found.

Seeds are folders from the root of the tree; those that are not there are left out. A target has those of SEEDS, or what a
line at its top says. Inputs that once failed are kept in tests/corpus/fuzz/NAME and are always among the seeds.

  // seeds: tests/corpus/torture/rfc4475 ../shared/conformance/fuzz/sip
  // dictionary: tests/fuzz/sip.dict
  // longest: 65536
"""

import concurrent.futures
import pathlib
import re
import subprocess

MESSAGES = ["tests/corpus/torture/rfc4475", "tests/corpus/torture/rfc5118/wire", "tests/corpus/pcap/ipsec_reg/sip",
            "tests/corpus/pcap/nonipsec_reg/sip", "../shared/conformance/fuzz/sip"]
SEEDS = {
    "message": MESSAGES,
    "framing": MESSAGES,
    "uri": ["../shared/conformance/fuzz/uri"],
    "sdp": ["../shared/conformance/fuzz/sdp"],
}
DICTIONARIES = ["../shared/conformance/fuzz/sip.dict"]


def header(source, word):
    found = re.search(rf"^//\s*{word}:\s*(.+)$", source.read_text(encoding="utf-8")[:4000], re.M)
    return found[1].split() if found else []


def run_one(root, build, source, seconds):
    """What a target printed if it failed, else nothing."""
    name = source.name[: -len(".fuzz.cpp")]
    program = build / "tests/fuzz" / f"fuzz_{name}"
    if not program.is_file():
        return f"tests/fuzz/{source.name}: was not built as {program.name}\n"
    found, artifacts = build / "corpus" / name, build / "artifacts" / name
    found.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    command = [str(program), f"-max_total_time={seconds}", f"-artifact_prefix={artifacts}/", "-timeout=10", "-rss_limit_mb=2048",
               "-print_final_stats=1", f"-max_len={(header(source, 'longest') or ['8192'])[0]}"]
    command += [f"-dict={root / path}" for path in (header(source, "dictionary") or DICTIONARIES)[:1] if (root / path).is_file()]
    command.append(str(found))
    seeds = (header(source, "seeds") or SEEDS.get(name, [])) + [f"tests/corpus/fuzz/{name}"]
    command += [str(root / path) for path in seeds if (root / path).is_dir()]
    try:
        done = subprocess.run(command, cwd=root, text=True, errors="replace", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + 120)
    except subprocess.TimeoutExpired:
        return f"fuzz_{name}: did not end within {seconds + 120} s\n"
    executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stdout)
    if done.returncode == 0 and executed and int(executed[1]) > 0:
        print(f"   fuzz_{name}: {executed[1]} inputs", flush=True)
        return ""
    tail = "\n".join(done.stdout.splitlines()[-60:])
    return f"fuzz_{name}: exit status {done.returncode}; the failing input is in {artifacts.relative_to(root)}\n{tail}\n"


def check(root, build, jobs, seconds):
    root, build = pathlib.Path(root), pathlib.Path(build)
    sources = sorted((root / "tests/fuzz").glob("*.fuzz.cpp"))
    if not sources:
        return 0, "tests/fuzz has no target (*.fuzz.cpp)\n"
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        faults = pool.map(lambda source: run_one(root, build, source, seconds), sources)
        return len(sources), "".join(faults)
