"""clang-tidy over the folders that every actor stands on, remembering which files were clean.

A file's key is a hash of clang-tidy's version, .clang-tidy, its compile command, itself and every header of ours that it
reaches: as long as none changes, the answer cannot. Only clean files are remembered.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

FOLDERS = ("protocols/", "cluster/", "config/")
OUR_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
# clang's count of what it did not show, and g++'s flags that it does not know.
NOISE = re.compile(r"^(\d+ warnings? (generated|treated)|Suppressed \d+|Use -header-filter|Error while processing)")


def reached(root, path, seen):
    """The text of a file and of every header of ours below it."""
    if path in seen or not (root / path).is_file():
        return
    seen[path] = (root / path).read_bytes()
    for included in OUR_INCLUDE.findall(seen[path].decode("utf-8", "replace")):
        reached(root, included, seen)


def key_of(root, path, command, salt):
    seen = {}
    reached(root, path, seen)
    digest = hashlib.sha256(salt)
    digest.update(command.encode())
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + seen[name] + b"\0")
    return digest.hexdigest()


def run_one(root, build, path):
    done = subprocess.run(["clang-tidy", "-p", str(build), "--quiet", "--warnings-as-errors=*", str(root / path)],
                          cwd=root, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = done.stdout + (done.stderr if done.returncode else "")
    lines = [line.replace(f"{root}/", "") for line in said.splitlines() if not NOISE.match(line)]
    if len(lines) > 60:
        lines = lines[:60] + [f"({len(lines) - 60} lines more: clang-tidy -p {os.path.relpath(build, root)} {path})"]
    return done.returncode, "\n".join(lines) + "\n"


def check(root, build, jobs, only):
    """How many files were looked at, and what was found. `only`: a set of paths, or None for all."""
    entries = json.loads((build / "compile_commands.json").read_text())
    commands = {}
    for entry in entries:
        path = os.path.relpath(entry["file"], root)
        if path.startswith(FOLDERS) and (only is None or path in only):
            commands[path] = entry["command"]
    version = subprocess.check_output(["clang-tidy", "--version"])
    salt = version + (root / ".clang-tidy").read_bytes()
    clean = build / "clang-tidy-clean"
    clean.mkdir(exist_ok=True)
    keys = {path: key_of(root, path, command, salt) for path, command in commands.items()}
    todo = [path for path in sorted(commands) if not (clean / keys[path]).exists()]
    for stale in clean.iterdir():
        if only is None and stale.name not in keys.values():
            stale.unlink()

    faults = ""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {pool.submit(run_one, root, build, path): path for path in todo}
        for number, done in enumerate(concurrent.futures.as_completed(runs), 1):
            path = runs[done]
            status, output = done.result()
            if status == 0:
                (clean / keys[path]).touch()
            else:
                faults += output
            if sys.stdout.isatty():
                print(f"\r   {number}/{len(todo)}\033[K", end="", flush=True)
    if todo and sys.stdout.isatty():
        print("\r\033[K", end="")
    return len(commands), faults
