#!/usr/bin/env python3
"""Includes go downwards only: holds every include to the USES and LINKS tables of CMakeLists.txt.

The tables say what a folder may see; this program checks that they keep the layers themselves (protocols see only
protocols; cluster and config only protocols/base, and cluster itself; roles no roles, nothing the node), that every include is covered by
them, and that protocols/ reads no clock, socket, thread, log or randomness of its own.

  tests/dev/layering.py [ROOT]     prints FILE:LINE: what is wrong; exit 1 if anything is
"""

import dataclasses
import os
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')

# A header of a third party (its beginning), and the targets of cmake/dependencies.cmake that bring it.
THIRD_PARTIES = {
    "caf/": {"caf::core"},
    "asio": {"asio"},
    "openssl/ssl": {"OpenSSL::SSL"},
    "openssl/": {"OpenSSL::Crypto", "OpenSSL::SSL"},
    "sqlite3.h": {"SQLite::SQLite3"},
    "pugixml": {"pugixml::pugixml"},
    "re2/": {"re2"},
    "toml++/": {"tomlplusplus"},
    "nlohmann/": {"nlohmann_json"},
    "httplib.h": {"httplib"},
    "spdlog/": {"spdlog"},
    "fmt/": {"spdlog"},
    "CLI/": {"cli11"},
    "ares": {"cares"},
    "libmnl/": {"mnl"},
    "jemalloc/": {"jemalloc"},
    "freeDiameter/": {"freediameter"},
}

# What a protocol machine gets as an argument or does not need at all.
IMPURE_HEADERS = re.compile(
    r"^(caf/|asio|spdlog/|fmt/|sys/|netinet/|arpa/|netdb\.h|poll\.h|unistd\.h|fcntl\.h|pthread\.h|time\.h|ctime$|"
    r"openssl/(rand|ssl)\.h|thread$|mutex$|shared_mutex$|condition_variable$|future$|stop_token$|semaphore$|latch$|"
    r"barrier$|random$|iostream$|fstream$|cstdio$|stdio\.h|filesystem$)"
)
IMPURE_WORDS = re.compile(
    r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|random_device|getenv|"
    r"RAND_bytes)\b"
)


@dataclasses.dataclass
class Module:
    folder: str
    uses: list
    links: list


def read_modules(text):
    """The troupe_module and troupe_program calls of a CMakeLists.txt, by folder."""
    modules = {}
    text = re.sub(r"#.*", "", text)
    for kind, arguments in re.findall(r"\b(troupe_module|troupe_program)\s*\(([^)]*)\)", text):
        words = arguments.split()
        if kind == "troupe_program":
            words = words[1:]
        module = Module(words[0], [], [])
        into = None
        for word in words[1:]:
            if word == "PLAIN":
                continue
            if word in ("USES", "LINKS"):
                into = module.uses if word == "USES" else module.links
            else:
                into.append(word)
        modules[module.folder] = module
    return modules


def closure(modules, folder):
    """The folders that `folder` sees, itself among them, and the third parties' targets that come with them."""
    seen, targets, todo = set(), set(), [folder]
    while todo:
        at = todo.pop()
        if at in seen or at not in modules:
            continue
        seen.add(at)
        targets.update(modules[at].links)
        todo += modules[at].uses
    return seen, targets


def table_faults(modules):
    """Edges of the table itself that climb."""
    for folder, module in modules.items():
        for used in module.uses:
            if used not in modules:
                yield f"CMakeLists.txt: {folder} USES {used}, which is no module"
            elif not may_use(folder, used):
                yield f"CMakeLists.txt: {folder} must not use {used}: includes go downwards only"
        if folder in closure_below(modules, folder):
            yield f"CMakeLists.txt: {folder} uses itself in a circle"


def closure_below(modules, folder):
    seen = set()
    for used in modules[folder].uses:
        seen |= closure(modules, used)[0]
    return seen


def may_use(folder, used):
    if used == "actors/node":
        return False
    if folder == "protocols/base":
        return False
    if folder.startswith("protocols/"):
        return used.startswith("protocols/") and (used == "protocols/base" or folder == "protocols/ims" or used != "protocols/ims")
    if folder.startswith("cluster/"):
        return used == "protocols/base" or used.startswith("cluster/")
    if folder.startswith("chaos/"):
        return used == "protocols/base" or used.startswith(("cluster/", "chaos/"))
    if folder.startswith("config/"):
        return used == "protocols/base"
    if folder == "actors/node":
        return True
    if used.startswith("config/"):
        return False  # only the node reads the configuration
    if folder.startswith("actors/roles/"):
        return used.startswith("protocols/") or used == "actors/contracts"
    return not used.startswith("actors/roles/")


def folder_of(modules, path):
    """The module that holds a file, or nothing."""
    folder = os.path.dirname(path)
    return folder if folder in modules else None


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def file_faults(root, modules, path, owner):
    """What is wrong with the includes of one file that belongs to the module `owner`, or sees all if that is None."""
    text = without_comments((root / path).read_text(encoding="utf-8", errors="replace"))
    seen, targets = closure(modules, owner) if owner else (set(modules), None)
    if targets is not None and path.startswith("tests/"):
        targets = targets | {"nlohmann_json"}  # test_main brings it
    pure = path.startswith("protocols/")
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}:"
        found = INCLUDE.match(line)
        if not found:
            word = IMPURE_WORDS.search(line) if pure else None
            if word:
                yield f"{where} protocols/ is pure: '{word[0]}' belongs into a shell"
            continue
        ours, system = found[1], found[2]
        if ours:
            yield from own_include_faults(root, modules, where, ours, owner, seen, path)
            continue
        if pure and IMPURE_HEADERS.match(system):
            yield f"{where} protocols/ is pure: <{system}> belongs into a shell"
        if targets is not None and not path.endswith("/precompiled.hpp"):  # compiled only into those who link all of it
            yield from third_party_faults(where, system, owner, targets)


def own_include_faults(root, modules, where, included, owner, seen, path):
    if path.startswith("tests/") and "/" not in included and (root / os.path.dirname(path) / included).is_file():
        return  # what the tests of one folder share
    if not (root / included).is_file():
        yield f'{where} no file "{included}" from the root of the tree; includes name the whole path'
        return
    target = folder_of(modules, included)
    if target is None:
        if included.startswith("tests/"):
            if not path.startswith("tests/"):
                yield f'{where} "{included}": the product must not see its tests'
        else:
            yield f'{where} "{included}" is in no module of CMakeLists.txt'
    elif target not in seen:
        yield f'{where} {owner} must not see {target} ("{included}"): CMakeLists.txt does not list it in USES'


def third_party_faults(where, header, owner, targets):
    for beginning in sorted(THIRD_PARTIES, key=len, reverse=True):
        if header.startswith(beginning):
            if not THIRD_PARTIES[beginning] & targets:
                yield f"{where} {owner} does not link what brings <{header}> ({', '.join(sorted(THIRD_PARTIES[beginning]))})"
            return


def sources(root, top):
    base = root / top
    for directory, folders, names in os.walk(base):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp")):
                yield str((pathlib.Path(directory) / name).relative_to(root))


def owner_of_test(modules, path):
    """tests/protocols/sip/x.cpp sees what protocols/sip sees; flows, fuzz and support see everything."""
    folder = os.path.dirname(path)[len("tests/"):]
    return folder if folder in modules else None


def faults(root):
    root = pathlib.Path(root)
    modules = read_modules((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    yield from table_faults(modules)
    for top in ("protocols", "config", "cluster", "actors", "chaos"):
        for path in sources(root, top):
            owner = folder_of(modules, path)
            if owner is None:
                yield f"{path}:1: its folder is no module of CMakeLists.txt"
            else:
                yield from file_faults(root, modules, path, owner)
    for path in sources(root, "tests"):
        yield from file_faults(root, modules, path, owner_of_test(modules, path))


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(faults(root))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
