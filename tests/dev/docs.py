#!/usr/bin/env python3
"""Documents do not drift: the lists in docs/ and README.md are held to the tree.

  - Each folder of the house (a folder with files of ours; modules, tests, documents) is in the table that begins with
    `| folder |` in docs/architecture.md, and each folder named there exists.
  - Each row of docs/conformance/*.md names files that exist, and tests that exist (docs/conformance/README.md has the format).
  - Points of docs/decisions/cluster.md that sources cite by number exist.
  - Relative links in our Markdown lead to files.
  - docs/architecture.md names every package of packaging/packages.txt's [build] section that is a library.

  tests/dev/docs.py [ROOT]     prints FILE:LINE: what is wrong; exit 1 if anything is
"""

import pathlib
import re
import subprocess
import sys

CASE = re.compile(r"\b(?:TEST_CASE|SCENARIO|SECTION|TEST_CASE_METHOD|TEMPLATE_TEST_CASE)\s*\(\s*(?:[\w:]+\s*,\s*)?((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
TEST_ONLY = re.compile(r"\b(?:TEST_CASE|SCENARIO)\s*\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
PYTHON_CASE = re.compile(r"^\s*@(?:tests\.case|flow)\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)", re.M)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)+)"')
LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`]+)`")
ROW_STATES = ("planned", "elsewhere", "by design")


def tree(root):
    """Files of ours, as git sees them; all files where there is no repository (the checker's own tests)."""
    if (root / ".git").exists():
        listed = subprocess.check_output(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, text=True)
        names = [name for name in listed.split("\0") if name]
        return sorted(name for name in set(names) if (root / name).is_file())
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def house(files):
    """The folders that a newcomer has to know: modules, and the first level below tests/ and docs/."""
    found = set()
    for name in files:
        parts = pathlib.PurePath(name).parts[:-1]
        if not parts or parts[0].startswith("."):
            continue
        if parts[0] in ("packaging", "cmake"):
            found.add(parts[0])
        elif parts[0] == "actors" and len(parts) > 1 and parts[1] == "roles":
            found.add("/".join(parts[:3]))
        elif parts[0] == "tests" and len(parts) > 1 and parts[1] in ("actors", "chaos", "cluster", "config", "protocols"):
            continue  # they mirror the tree
        else:
            found.add("/".join(parts[:2]))
    return found


def table_rows(path, root):
    """(line number, cells) of each body row of each Markdown table."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    body = False
    for number, line in enumerate(lines, 1):
        if not line.startswith("|"):
            body = False
        elif re.match(r"^\|[\s:|-]+\|$", line):
            body = True
        elif body:
            yield number, [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def house_faults(root, files):
    page = "docs/architecture.md"
    if not (root / page).is_file():
        yield f"{page}:1: is missing"
        return
    named, inside = {}, False
    for number, line in enumerate((root / page).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("| folder |"):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside:
            named.update({folder.rstrip("/"): number for folder in CODE.findall(line.split("|")[1])})
    there = house(files)
    for folder in sorted(there - set(named)):
        yield f"{page}:1: the table of folders lacks `{folder}`"
    for folder in sorted(set(named) - there):
        yield f"{page}:{named[folder]}: there is no folder `{folder}` with files in it"


def unescaped(literals):
    return "".join(re.sub(r"\\(.)", r"\1", part) for part in LITERAL.findall(literals))


def sentences(root, files):
    """Every test case's name; a sentence in several literals counts as one."""
    found = set()
    for name in files:
        if name.startswith("tests/") and name.endswith((".cpp", ".hpp")):
            text = (root / name).read_text(encoding="utf-8", errors="replace")
            found.update(unescaped(case) for case in CASE.findall(text))
        elif name.startswith("tests/") and name.endswith(".py"):
            text = (root / name).read_text(encoding="utf-8", errors="replace")
            found.update(re.findall(r"\bdef (test_\w+)", text))
            found.update(unescaped(case) for case in PYTHON_CASE.findall(text))
    return found


def conformance_faults(root, files, cases):
    for name in files:
        if name.startswith("docs/conformance/") and name.endswith(".md") and not name.endswith("README.md"):
            for number, cells in table_rows(name, root):
                for fault in row_faults(root, cells, cases):
                    yield f"{name}:{number}: {fault}"


def row_faults(root, cells, cases):
    if len(cells) != 4:
        yield f"a row has four cells (clause, what it asks, where, test), not {len(cells)}"
        return
    clause, _, where, test = cells
    if not re.match(r"^[0-9A-Z]", clause):
        yield f"'{clause}' is no clause number"
    if test.startswith(ROW_STATES):
        if not re.match(r"^(planned|elsewhere|by design): \S", test):
            yield f"'{test}' gives no reason: write `{test.split(':')[0]}: why`"
        return
    places = CODE.findall(where)
    if not places:
        yield f"clause {clause}: no `file` says where it lives"
    for place in places:
        path, _, symbol = place.partition(":")
        if not (root / path).exists():
            yield f"clause {clause}: {path} does not exist"
        elif symbol and not re.search(rf"\b{re.escape(symbol)}\b", (root / path).read_text(encoding="utf-8")):
            yield f"clause {clause}: {path} has no `{symbol}`"
    held = [unescaped(f'"{quoted}"') for quoted in QUOTED.findall(test)]
    in_files = CODE.findall(test)
    if not held and not in_files:
        yield f"clause {clause}: no \"test sentence\" or `test file` holds it"
    for sentence in held:
        if sentence not in cases:
            yield f'clause {clause}: no test is called "{sentence}"'
    for path in in_files:
        if not path.startswith("tests/") or not (root / path).is_file():
            yield f"clause {clause}: there is no test file {path}"


def link_faults(root, files):
    for name in files:
        if not name.endswith(".md") or name.startswith("tests/corpus/"):
            continue
        for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
            for target in LINK.findall(line):
                if "://" not in target and not target.startswith("mailto:") and not ((root / name).parent / target).exists():
                    yield f"{name}:{number}: the link to {target} leads nowhere"


def decision_faults(root, files):
    """Sources cite the points of docs/decisions/cluster.md by number: each number must be there."""
    page = root / "docs/decisions/cluster.md"
    there = set(re.findall(r"^(\d+)\. ", page.read_text(encoding="utf-8"), re.M)) if page.is_file() else set()
    for name in files:
        if not name.endswith((".hpp", ".cpp")):
            continue
        for number, line in enumerate((root / name).read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for cited in re.findall(r"\bcluster\.md,? ?((?:\d+(?:, | and | to )?)+)", line):
                for point in re.findall(r"\d+", cited):
                    if point not in there:
                        yield f"{name}:{number}: docs/decisions/cluster.md has no point {point}"


def dependency_faults(root):
    packages, page = root / "packaging/packages.txt", root / "docs/architecture.md"
    if not packages.is_file() or not page.is_file():
        return
    section, text = "", page.read_text(encoding="utf-8")
    for number, line in enumerate(packages.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            section = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            if not reason.strip():
                yield f"packaging/packages.txt:{number}: {name} has no reason"
            if section == "build" and re.match(r"lib|nlohmann|catch2", name) and f"`{name}`" not in text:
                yield f"docs/architecture.md:1: the dependencies lack `{name}` of packaging/packages.txt"


def faults(root):
    root = pathlib.Path(root)
    files = tree(root)
    yield from house_faults(root, files)
    yield from conformance_faults(root, files, sentences(root, files))
    yield from link_faults(root, files)
    yield from decision_faults(root, files)
    yield from dependency_faults(root)


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(faults(root))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
