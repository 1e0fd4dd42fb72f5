"""What the tests of the live chaos share."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from chaos.live import scenario  # noqa: E402,F401
from lib.suite import check, equal, eventually, skip, suite  # noqa: E402,F401


def written(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text)
    return path


def refusal(folder, text):
    """What is said of a scenario that is wrong."""
    path = written(folder, text)
    try:
        scenario.read(path)
    except scenario.wrong as error:
        check(str(error).startswith(f"{path}: "), f"the file is not named: {error}")
        return str(error)[len(f"{path}: "):]
    raise AssertionError(f"it was taken:\n{text}")
