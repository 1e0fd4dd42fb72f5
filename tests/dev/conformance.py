#!/usr/bin/env python3
"""Rows for docs/conformance from the tests that name a clause in their sentence: those that no table lists yet.

  tests/dev/conformance.py            prints them, by document, to be pasted; the second cell then wants our own words
  tests/dev/conformance.py --count    prints only how many there are

A clause is read from a sentence like "a repeated INVITE gets the last provisional again (RFC 3261 17.2.1)" or
"24.229 5.3.1.3: what the HSS refuses is answered 403".
"""

import pathlib
import re
import sys

import docs

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMBER = r"(?:[A-Z]\.)?\d+[A-Z]?(?:\.\d+[A-Z]?)*"
CLAUSE = rf"(?:{NUMBER}(?: step \d+)?|Annex(?:es)? [A-Z])"
NAMED = re.compile(rf"\b(?P<document>RFC \d{{4}}|(?:TS )?\d{{2}}\.\d{{3}}) (?:clauses? )?(?P<clauses>{CLAUSE}(?:(?:, | and )(?:clauses? )?{CLAUSE})*)(?![.\d]*\d)")
OUR_INCLUDE = re.compile(r'^#include "((?!tests/)[\w./]+/[\w./]+)"', re.M)


def clauses(sentence):
    """(document, clause) of each that a sentence names."""
    for found in NAMED.finditer(sentence):
        document = found["document"]
        document = document if document.startswith("RFC") else "TS " + document.removeprefix("TS ")
        for clause in re.findall(CLAUSE, found["clauses"]):
            yield document, clause


def by_clause(root):
    """(document, clause) -> [(sentence, header under test)], in the tree's order."""
    rows = {}
    for path in sorted((root / "tests").rglob("*.cpp")):
        text = path.read_text(encoding="utf-8", errors="replace")
        where = tested(root, path, OUR_INCLUDE.findall(text))
        for case in docs.TEST_ONLY.findall(text):
            sentence = docs.unescaped(case)
            for key in clauses(sentence):
                rows.setdefault(key, []).append((sentence, where))
    return rows


def tested(root, path, headers):
    """The product's file that a test is about: of the same name, else the first of its folder that it includes."""
    folder, name = str(path.parent.relative_to(root / "tests")), path.name.split(".")[0]
    same = [file for file in (f"{folder}/{name}.hpp", f"{folder}/{name}.cpp") if (root / file).is_file()]
    inside = [header for header in headers if header.startswith(folder)]
    return (same + inside + headers + [""])[0]


def listed(root):
    """Every sentence that some table has."""
    found = set()
    for path in (root / "docs/conformance").glob("*.md"):
        for _, cells in docs.table_rows(path.relative_to(root), root):
            if len(cells) == 4:
                found.update(docs.unescaped(f'"{quoted}"') for quoted in docs.QUOTED.findall(cells[3]))
    return found


def order(key):
    """Documents by name, clauses as people count."""
    parts = (re.match(r"(\d*)(.*)", part).groups() for part in re.split(r"[. ]", key[1]))
    return key[0], [(bool(number), int(number or 0), rest) for number, rest in parts]


def row(clause, what, places, sentences):
    quoted = ", ".join('"' + sentence.replace("\\", "\\\\").replace('"', '\\"').replace("|", "\\|") + '"' for sentence in sentences)
    where = ", ".join(f"`{place}`" for place in dict.fromkeys(places) if place)
    return f"| {clause} | {what} | {where} | {quoted} |"


def bare(sentence):
    """The sentence without the clause that it begins or ends with."""
    sentence = re.sub(r"^(?:RFC|TS)? ?[\d.]+ [^:]{1,40}: ", "", sentence)
    return re.sub(r" ?\((?:RFC|TS)[^)]*\)$", "", sentence).replace("|", "\\|")


def main():
    known, last, count = listed(ROOT), None, 0
    for key, found in sorted(by_clause(ROOT).items(), key=lambda item: order(item[0])):
        new = [(sentence, where) for sentence, where in found if sentence not in known]
        if not new:
            continue
        count += len(new)
        if "--count" in sys.argv:
            continue
        if key[0] != last:
            print(f"\n## {key[0]}\n\n| clause | what it asks | where | test |\n| --- | --- | --- | --- |")
            last = key[0]
        print(row(key[1], bare(new[0][0]), [where for _, where in new], [sentence for sentence, _ in new]))
    if "--count" in sys.argv:
        print(f"{count} tests name a clause that docs/conformance does not list with them")


if __name__ == "__main__":
    main()
