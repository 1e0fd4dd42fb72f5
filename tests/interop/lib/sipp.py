"""SIPp as a load generator: started, watched, its statistics read. Limits: facts on SIPp 3.6.1 in its own notes."""

import pathlib
import signal
import subprocess
import time

CONTROL = 20_000        # beside its SIP port: where it is told to change its rate

class sipp:
    """One SIPp process with one scenario; its files go to `folder`."""

    def __init__(self, scenario, folder, *, target=None, local_port=5061, local_ip="127.0.0.1", rate=100, calls=None,
                 inject=None, options=(), transport="u1", name=None, inside=(), behaviours="all,-abortunexp"):
        self.scenario, self.folder = pathlib.Path(scenario), pathlib.Path(folder)
        self.name = name or self.scenario.stem
        self.inside = list(inside)
        self.command = ["sipp", "-sf", str(self.scenario), "-i", local_ip, "-p", str(local_port), "-t", transport,
                        "-nostdin", "-trace_stat", "-stf", self._file("csv"), "-fd", "1", "-trace_err", "-error_file", self._file("errors"),
                        "-default_behaviors", behaviours, "-cp", str(local_port + CONTROL)]
        if target:
            self.command.append(target)
        if calls is not None:
            self.command += ["-m", str(calls), "-r", str(rate)]
        if inject:
            self.command += ["-inf", str(inject)]
        self.command += [str(one) for one in options]
        self.child = None

    def _file(self, kind):
        return str(self.folder / f"{self.name}.{kind}")

    def start(self):
        for kind in ("csv", "errors", "rtt"):
            pathlib.Path(self._file(kind)).unlink(missing_ok=True)
        self.screen = open(self._file("screen"), "wb")
        self.child = subprocess.Popen(self.inside + self.command, stdout=self.screen, stderr=subprocess.STDOUT,
                                      stdin=subprocess.DEVNULL, cwd=self.folder)
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def wait(self, timeout, progress=None):
        """Waits for its end; `progress(statistics)` is called about every second. Returns the statistics."""
        end = time.monotonic() + timeout
        while self.child.poll() is None:
            if time.monotonic() > end:
                self.stop()
                raise AssertionError(f"{self.name}: not done within {timeout} s: {self.statistics()}")
            time.sleep(0.25)
            if progress:
                progress(self.statistics())
        self.screen.close()
        return self.statistics()

    def stop(self):
        """SIGUSR1 lets it end its calls; then SIGTERM, SIGKILL."""
        for sign, patience in ((signal.SIGUSR1, 1.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
            if self.child is None or self.child.poll() is not None:
                break
            self.child.send_signal(sign)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        if self.child and not self.screen.closed:
            self.screen.close()

    def statistics(self):
        """The last line of its statistics: a dict by column; empty before the first."""
        try:
            lines = pathlib.Path(self._file("csv")).read_text().splitlines()
        except FileNotFoundError:
            return {}
        if len(lines) < 2:
            return {}
        return dict(zip(lines[0].split(";"), lines[-1].split(";")))

    def count(self, column):
        return int(self.statistics().get(column) or 0)

    @property
    def successful(self):
        return self.count("SuccessfulCall(C)")

    @property
    def failed(self):
        return self.count("FailedCall(C)")

    def errors(self, lines=3):
        path = pathlib.Path(self._file("errors"))
        return "\n".join(path.read_text(errors="replace").splitlines()[:lines * 10]) if path.exists() else ""


def inject_file(path, rows, order="SEQUENTIAL"):
    """A CSV for -inf; each row is a list of fields."""
    pathlib.Path(path).write_text(order + "\n" + "".join(";".join(row) + "\n" for row in rows))
    return path


def aka_credentials(account):
    """The whole keyword, because SIPp expands no field inside it. Keys in hex after 0x."""
    return (f"[authentication username={account.impi} aka_K=0x{account.k.hex()} aka_OP=0x{account.op.hex()}"
            f" aka_AMF=0x{account.amf.hex()}]")


def digest_credentials(account):
    return f"[authentication username={account.impi} password={account.password}]"
