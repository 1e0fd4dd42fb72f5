#!/usr/bin/env python3
"""troupe.toml(5) from docs/operations/configuration.md, which is itself generated from the table of options.

  toml_page.py docs/operations/configuration.md > troupe.toml.5
"""

import pathlib
import re
import sys

HEAD = """.\\" Made by packaging/man/toml_page.py from docs/operations/configuration.md.
.TH TROUPE.TOML 5 "" "Troupe" "File formats"
.SH NAME
troupe.toml \\- configuration of a Troupe node
.SH DESCRIPTION
"""
FOOT = """.SH FILES
.TP
.I @etc@/troupe/troupe.toml
What
.B troupe.service
runs.
.TP
.I @share@/troupe/profiles/
Examples.
.SH SEE ALSO
.BR troupe (1)
"""


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text)


def inline(text):
    """`code` and *stress* of Markdown as bold and italic."""
    text = escaped(re.sub(r"<!--.*?-->", "", text))
    text = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", text)
    return re.sub(r"(?<!\w)\*([^*]+)\*", r"\\fI\1\\fR", text)


def cells(line):
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def option(row):
    """One row of a table of options: key, kind, default, meaning."""
    key, kind, default, meaning = row
    yield ".TP"
    yield f"{inline(key)} ({inline(kind)}; {inline('default ' + default if default != 'required' else default)})"
    yield inline(meaning)


def other_row(row):
    yield ".TP"
    yield inline(row[0])
    yield inline("; ".join(cell for cell in row[1:] if cell))


def page(markdown):
    table, code = None, False
    for line in re.sub(r"<!--.*?-->", "", markdown, flags=re.S).splitlines():
        if line.startswith("```"):
            code = not code
            yield ".EX" if code else ".EE"
        elif code:
            yield escaped(line)
        elif line.startswith("# "):
            continue
        elif line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            yield f"{'.SH' if depth == 2 else '.SS'} {inline(line.lstrip('# '))}"
        elif line.startswith("|"):
            row = cells(line)
            if table is None:
                table = row
            elif not re.match(r"^[\s:|-]+$", line):
                yield from option(row) if table == ["key", "kind", "default", "meaning"] else other_row(row)
            continue
        elif line.strip():
            yield inline(line.strip())
        elif table is None:
            yield ".PP"
        table = None


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    lines = list(page(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
    kept = [line for at, line in enumerate(lines) if line != ".PP" or (at + 1 < len(lines) and not lines[at + 1].startswith("."))]
    while kept and kept[0] == ".PP":
        kept.pop(0)
    sys.stdout.write(HEAD + "\n".join(kept) + "\n" + FOOT)


if __name__ == "__main__":
    main()
