#!/usr/bin/env python3
"""What a reviewer should not have to look for, in steps; ./dev check calls it. `./dev check --help` lists the steps."""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

import fuzzing
import tidy

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = ("format", "scripts", "layering", "docs", "tidy", "fuzz")


def run(command, **options):
    """A command's exit status and all its output, as text."""
    done = subprocess.run(command, cwd=ROOT, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout


def our_files(*endings):
    """Files of the tree, committed or new, but not those that git ignores."""
    listed = subprocess.check_output(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True)
    return sorted({name for name in listed.split("\0") if name.endswith(endings) and (ROOT / name).is_file()})


def changed_files():
    listed = subprocess.check_output(["git", "-c", "safe.directory=*", "diff", "-z", "--name-only", "--diff-filter=d", "HEAD"], cwd=ROOT, text=True)
    new = subprocess.check_output(["git", "-c", "safe.directory=*", "ls-files", "-z", "--others", "--exclude-standard"], cwd=ROOT, text=True)
    return set((listed + new).split("\0"))


def in_parts(command, files, jobs):
    """Runs command + a part of the files, all parts at once; the faults' output."""
    parts = [files[start::jobs] for start in range(jobs) if files[start::jobs]]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda part: run(command + part), parts))
    return "".join(output for status, output in results if status != 0)


def check_format(given):
    files = given.only(our_files(".cpp", ".hpp"))
    return len(files), in_parts(["clang-format", "--dry-run", "--Werror", "--style=file"], files, given.jobs)


def is_shell(name):
    if name.endswith((".sh", ".bash")):
        return True
    if "." in pathlib.Path(name).name and not name.startswith((".ci/", "packaging/")):
        return False
    with open(ROOT / name, "rb") as file:
        first = file.readline(100)
    return first.startswith(b"#!") and b"sh" in first and b"python" not in first


def check_scripts(given):
    shells = [name for name in our_files("") if not name.startswith("tests/corpus/") and is_shell(name)]
    faults = in_parts(["shellcheck", "--external-sources"], shells, given.jobs)
    pythons = our_files(".py")
    for name in pythons:
        try:
            compile((ROOT / name).read_text(encoding="utf-8"), name, "exec")
        except (SyntaxError, ValueError) as fault:
            faults += f"{name}: {fault}\n"
    return len(shells) + len(pythons), faults


def check_by_program(name):
    def check(_given):
        status, output = run([sys.executable, f"tests/dev/{name}.py"])
        return None, output if status != 0 else ""
    return check


def check_tidy(given):
    build = configure_fuzz()
    if build[0] != 0:
        return None, build[1]
    return tidy.check(ROOT, ROOT / "build/fuzz", given.jobs, None if not given.changed else changed_files())


def check_fuzz(given):
    status, output = configure_fuzz()
    if status == 0:
        status, output = run(["cmake", "--build", "build/fuzz", "--parallel", str(given.jobs), "--target", "fuzzers"])
    if status != 0:
        return None, output
    return fuzzing.check(ROOT, ROOT / "build/fuzz", given.jobs, int(os.environ.get("FUZZ_SECONDS", "10")))


def configure_fuzz():
    """The clang build: its compile commands are clang-tidy's, its targets the fuzzers. Ninja re-runs CMake, tidy does not."""
    return run(["cmake", "--preset", "fuzz"])


CHECKS = {
    "format": check_format,
    "scripts": check_scripts,
    "layering": check_by_program("layering"),
    "docs": check_by_program("docs"),
    "tidy": check_tidy,
    "fuzz": check_fuzz,
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("steps", nargs="*", metavar="STEP")
    arguments.add_argument("--changed", action="store_true")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    given = arguments.parse_args()
    if not (ROOT / ".git").exists():
        sys.exit("dev: check works on a git checkout: git knows which files are ours")
    changed = changed_files() if given.changed else None
    given.only = lambda files: files if changed is None else [name for name in files if name in changed]

    failed = []
    steps = given.steps or STEPS
    for step in steps:
        started = time.monotonic()
        print(f"== {step} ...", flush=True)
        count, faults = CHECKS[step](given)
        took = f"{time.monotonic() - started:.1f} s"
        if faults:
            failed.append(step)
            print(faults.rstrip("\n"))
            print(f"== {step}: FAILED ({took})", flush=True)
        else:
            print(f"== {step}: ok ({took}{f', {count} files' if count is not None else ''})", flush=True)
    print()
    if failed:
        print("FAILED: " + " ".join(failed))
        if "format" in failed:
            print("(./dev format sets the files that you changed)")
    print(f"{len(steps) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
