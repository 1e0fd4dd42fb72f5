"""What flow tests are written with. The phones are those of tests/interop/lib."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "interop"))
