"""A node's disk: ext4 of some megabytes in a file in memory, so that it can be filled, frozen and slow, alone."""

import os
import pathlib
import threading

from .network import run


class disk:
    def __init__(self, folder, name, megabytes):
        self.image, self.path = pathlib.Path(folder) / f"{name}.img", pathlib.Path(folder) / name
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", "-m", "0", self.image)
        self.path.mkdir()
        run("mount", "-o", "loop", self.image, self.path)

    def fill(self):
        """Not an octet is left."""
        with open(self.path / "filler", "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                        if size < 1 << 20:
                            os.fsync(file.fileno())
                except OSError:
                    pass

    def make_room(self):
        (self.path / "filler").unlink(missing_ok=True)

    def slow(self, frozen, thawed=0.02):
        """Writes wait up to `frozen` seconds, again and again: returns what ends it."""
        over = threading.Event()
        thread = threading.Thread(target=self._freeze_and_thaw, args=(over, frozen, thawed), daemon=True)
        thread.start()

        def end():
            over.set()
            thread.join()
        return end

    def _freeze_and_thaw(self, over, frozen, thawed):
        while not over.is_set():
            run("fsfreeze", "--freeze", self.path)
            over.wait(frozen)
            run("fsfreeze", "--unfreeze", self.path)
            over.wait(thawed)

    def end(self):
        run("umount", "--lazy", self.path)
        self.image.unlink()
