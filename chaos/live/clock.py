"""One time for everything that is compared: seconds since the machine's boot (CLOCK_BOOTTIME), as the egress logs have it."""

import pathlib
import struct
import subprocess
import time


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def of_wall(seconds):
    """What SIPp wrote with gettimeofday, as boot time; the wall clock is not moved by any fault, only what nodes see of it."""
    return seconds - _AHEAD


_AHEAD = time.time() - now()


class wall_clock:
    """The wall clock as one process sees it, which can be put ahead: wall_clock.c, preloaded."""

    def __init__(self, folder, name):
        self.library, self.file = folder / "wall_clock.so", folder / f"{name}.clock"
        if not self.library.exists():
            source = pathlib.Path(__file__).with_name("wall_clock.c")
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(self.library), str(source)], check=True)
        self.ahead(0)

    def before(self):
        """What the process's command has to begin with."""
        return ["env", f"LD_PRELOAD={self.library}", f"CHAOS_CLOCK={self.file}"]

    def ahead(self, seconds):
        with open(self.file, "r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("=q", round(seconds * 1e9)))
