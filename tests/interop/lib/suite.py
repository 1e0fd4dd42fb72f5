"""A test program: cases are sentences, each bounded; its last line is 'N passed, N failed, N skipped'."""

import faulthandler
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import traceback

from . import isolation, node


SANITIZED = bool(os.environ.get("TROUPE_SANITIZER"))      # slower, and its memory says nothing


class skip(Exception):
    """Why a case cannot run here."""


class took_too_long(AssertionError):
    """A case's time is over."""


def temporary(prefix):
    """A folder in memory where there is room: what waits for the disk must not decide whether a test passes."""
    memory = pathlib.Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


class suite:
    def __init__(self, *, tools=(), limit=600, isolated=True, needs_product=True):
        """Re-executes the program in namespaces; skips everything, loudly, when something is missing."""
        self.passed = self.failed = self.skipped = 0
        self.only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
        self.limit, self.cases, self.folder = limit, [], None
        self.missing = self._what_is_missing(tools, isolated, needs_product)
        faulthandler.enable()

    def _what_is_missing(self, tools, isolated, needs_product):
        if needs_product and not node.binary():
            return "the product is not built (./dev build)"
        for tool in tools:
            if not shutil.which(tool):
                return f"{tool} is not installed"
        if isolated and not isolation.isolate():
            return "no permission to make namespaces (run as root)"
        return None

    def case(self, sentence, limit=120):
        """Decorator: one case."""
        def keep(function):
            self.cases.append((sentence, function, limit))
            return function
        return keep

    def run(self):
        self.folder = temporary("troupe-interop-")
        try:
            for sentence, function, limit in self.cases:
                if self.only in sentence:
                    self._run_one(sentence, function, limit)
        finally:
            if self.failed or os.environ.get("KEEP"):
                print(f"logs are kept in {self.folder}")
            else:
                shutil.rmtree(self.folder, ignore_errors=True)
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.stdout.flush()
        sys.exit(1 if self.failed else 0)

    def _run_one(self, sentence, function, limit):
        started = time.monotonic()
        if self.missing:
            self.skipped += 1
            print(f"SKIPPED {sentence}: {self.missing}")
            return
        signal.signal(signal.SIGALRM, _over)
        signal.alarm(limit)
        folder = self.folder / f"{len(os.listdir(self.folder)):02d}"
        folder.mkdir()
        try:
            function(folder)
            self.passed += 1
            print(f"passed  {sentence} ({time.monotonic() - started:.1f} s)")
        except skip as why:
            self.skipped += 1
            print(f"SKIPPED {sentence}: {why}")
        except Exception as error:      # any other is the case's failure, told and counted
            self.failed += 1
            print(f"FAILED  {sentence}\n        {type(error).__name__}: {error}")
            if not isinstance(error, AssertionError) or os.environ.get("VERBOSE"):
                traceback.print_exc(file=sys.stdout)
            for log in sorted(folder.glob("*.log")):
                lines = log.read_text(errors="replace").splitlines()[-8:]
                print("".join(f"        {log.name}: {line}\n" for line in lines), end="")
        finally:
            signal.alarm(0)
            sys.stdout.flush()


def _over(*_):
    raise took_too_long("took too long")


def check(condition, message):
    """An assertion that is never optimised away and always says what it saw."""
    if not condition:
        raise AssertionError(message)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got!r}, wanted {wanted!r}")


def eventually(condition, message, timeout=10.0, every=0.1):
    """Waits until condition() holds; for what follows from a message but has none of its own."""
    end = time.monotonic() + timeout
    while True:
        if found := condition():
            return found
        check(time.monotonic() < end, message() if callable(message) else message)
        time.sleep(every)
