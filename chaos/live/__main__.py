"""python3 -m chaos.live: see command.py. Run by its path too, which is how it starts itself again in namespaces."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from chaos.live.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
