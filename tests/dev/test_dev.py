#!/usr/bin/env python3
"""The checkers find what they are for, and ./dev says what it does. Ends with 'N passed, N failed, N skipped'."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import docs
import fuzzing
import layering
import tally
import tidy

TABLE = """
troupe_module(protocols/base)
troupe_module(protocols/sip USES protocols/base LINKS OpenSSL::Crypto)
troupe_module(cluster/store USES protocols/base LINKS SQLite::SQLite3)
troupe_module(actors/contracts USES protocols/sip LINKS caf::core)
troupe_module(actors/roles/pcscf USES actors/contracts)
troupe_module(actors/roles/scscf USES actors/contracts)
troupe_program(troupe actors/node USES actors/roles/pcscf actors/roles/scscf cluster/store)
"""


class in_a_tree(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = pathlib.Path(holder.name)

    def write(self, **files):
        for name, text in files.items():
            self.put(name, text)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class layering_test(in_a_tree):
    def setUp(self):
        super().setUp()
        self.put("CMakeLists.txt", TABLE)
        for folder in ("protocols/base", "protocols/sip", "cluster/store", "actors/contracts", "actors/roles/pcscf",
                       "actors/roles/scscf", "actors/node"):
            self.put(f"{folder}/a.hpp", "#pragma once\n")

    def found(self):
        return list(layering.faults(self.root))

    def test_a_tree_that_keeps_the_rules_has_no_faults(self):
        self.put("protocols/sip/a.cpp", '#include "protocols/sip/a.hpp"\n#include "protocols/base/a.hpp"\n#include <vector>\n'
                                        "#include <openssl/evp.h>\n")
        self.put("actors/node/main.cpp", '#include "actors/roles/pcscf/a.hpp"\n#include <caf/all.hpp>\n')
        self.put("tests/protocols/sip/a.test.cpp", '#include "protocols/sip/a.hpp"\n')
        self.assertEqual(self.found(), [])

    def test_an_include_that_climbs_is_found_with_its_line(self):
        self.put("protocols/sip/a.cpp", '#include <vector>\n#include "actors/contracts/a.hpp"\n')
        self.assertEqual(len(self.found()), 1)
        self.assertTrue(self.found()[0].startswith("protocols/sip/a.cpp:2:"))

    def test_roles_never_include_roles(self):
        self.put("actors/roles/pcscf/a.cpp", '#include "actors/roles/scscf/a.hpp"\n')
        self.assertEqual(len(self.found()), 1)

    def test_a_table_that_lets_roles_see_roles_is_itself_a_fault(self):
        self.put("CMakeLists.txt", TABLE.replace("troupe_module(actors/roles/scscf USES actors/contracts)",
                                                 "troupe_module(actors/roles/scscf USES actors/roles/pcscf)"))
        self.assertIn("CMakeLists.txt: actors/roles/scscf must not use actors/roles/pcscf: includes go downwards only", self.found())

    def test_a_table_that_lets_the_cluster_see_sip_is_a_fault(self):
        self.put("CMakeLists.txt", TABLE.replace("cluster/store USES protocols/base", "cluster/store USES protocols/sip"))
        self.assertEqual(len(self.found()), 1)

    def test_modules_that_use_each_other_are_found(self):
        self.put("CMakeLists.txt", TABLE.replace("troupe_module(actors/contracts USES protocols/sip", "troupe_module(actors/x USES "
                 "actors/contracts)\ntroupe_module(actors/contracts USES actors/x protocols/sip"))
        self.assertTrue(any("circle" in fault for fault in self.found()))

    def test_protocols_see_no_clock_socket_thread_log_or_caf(self):
        for header in ("caf/all.hpp", "sys/socket.h", "thread", "mutex", "spdlog/spdlog.h", "openssl/rand.h", "iostream", "random"):
            self.put("protocols/sip/a.cpp", f"#include <{header}>\n")
            self.assertTrue(any("pure" in fault for fault in self.found()), header)
        self.put("protocols/sip/a.cpp", "auto x = std::chrono::steady_clock::now();\n")
        self.assertEqual(len(self.found()), 1)

    def test_what_stands_in_a_comment_is_no_fault(self):
        self.put("protocols/sip/a.cpp", '// not steady_clock\n/* #include <caf/all.hpp>\n#include "actors/node/a.hpp" */\n')
        self.assertEqual(self.found(), [])

    def test_a_library_that_is_not_linked_is_found(self):
        self.put("cluster/store/a.cpp", "#include <sqlite3.h>\n#include <openssl/evp.h>\n")
        self.assertEqual(len(self.found()), 1)
        self.assertIn("openssl/evp.h", self.found()[0])

    def test_includes_name_the_whole_path(self):
        self.put("protocols/sip/b.cpp", '#include "a.hpp"\n')
        self.assertEqual(len(self.found()), 1)

    def test_a_folder_that_is_no_module_is_found(self):
        self.put("actors/strays/a.cpp", "\n")
        self.assertEqual(len(self.found()), 1)

    def test_the_product_does_not_see_its_tests(self):
        self.put("tests/support/a.hpp", "\n")
        self.put("actors/node/b.cpp", '#include "tests/support/a.hpp"\n')
        self.assertEqual(len(self.found()), 1)

    def test_a_test_sees_no_more_than_its_folder(self):
        self.put("tests/protocols/sip/a.test.cpp", '#include "cluster/store/a.hpp"\n')
        self.assertEqual(len(self.found()), 1)


ROW = "| clause | what it asks | where | test |\n| --- | --- | --- | --- |\n{}\n"


class docs_test(in_a_tree):
    def setUp(self):
        super().setUp()
        self.put("protocols/sip/parser.hpp", "message parse();\n")
        self.put("tests/protocols/sip/a.test.cpp", 'TEST_CASE("a folded header is one value") {}\nTEST_CASE("long "\n  "name") {}\n')
        self.put("docs/architecture.md", "| folder | what |\n| --- | --- |\n| `protocols/sip` | SIP |\n| `docs` | this |\n"
                                         "| `docs/conformance` | clauses |\n")

    def rows(self, *rows):
        self.put("docs/conformance/x.md", ROW.format("\n".join(rows)))
        return list(docs.faults(self.root))

    def test_a_row_with_its_file_and_its_test_is_right(self):
        self.assertEqual(self.rows('| 7.3.1 | folding | `protocols/sip/parser.hpp` | "a folded header is one value" |',
                                   '| 7.3.2 | symbols | `protocols/sip/parser.hpp:parse` | "long name" |',
                                   "| 7.3.3 | a file | `protocols/sip/parser.hpp` | `tests/protocols/sip/a.test.cpp` |",
                                   "| 9.1 | later | | planned: with the cluster |"), [])

    def test_a_file_a_symbol_and_a_sentence_that_are_gone_are_found(self):
        self.assertEqual(len(self.rows('| 7 | x | `protocols/sip/gone.hpp` | "a folded header is one value" |')), 1)
        self.assertEqual(len(self.rows('| 7 | x | `protocols/sip/parser.hpp:gone` | "long name" |')), 1)
        self.assertEqual(len(self.rows('| 7 | x | `protocols/sip/parser.hpp` | "a sentence of nobody" |')), 1)
        self.assertEqual(len(self.rows("| 7 | x | `protocols/sip/parser.hpp` | `tests/gone.cpp` |")), 1)

    def test_a_row_without_test_file_or_reason_is_found(self):
        self.assertEqual(len(self.rows("| 7 | x | `protocols/sip/parser.hpp` | |")), 1)
        self.assertEqual(len(self.rows('| 7 | x | | "long name" |')), 1)
        self.assertEqual(len(self.rows("| 7 | x | | planned |")), 1)
        self.assertEqual(len(self.rows("| 7 | x | y |")), 1)

    def test_the_table_of_folders_is_held_both_ways(self):
        self.put("docs/conformance/x.md", "\n")
        self.put("protocols/sdp/a.hpp", "\n")
        self.assertTrue(any("lacks `protocols/sdp`" in fault for fault in docs.faults(self.root)))
        (self.root / "protocols/sdp/a.hpp").unlink()
        (self.root / "protocols/sip/parser.hpp").unlink()
        self.assertTrue(any("no folder `protocols/sip`" in fault for fault in docs.faults(self.root)))

    def test_a_point_of_a_decision_that_is_cited_must_exist(self):
        self.put("docs/conformance/x.md", "\n")
        self.put("docs/decisions/cluster.md", "2. **Keys.** x\n14. **Stored.** y\n")
        self.put("protocols/sip/a.cpp", "// cluster.md 2 and 14\n// cluster.md, 14, 15\n")
        self.assertEqual([fault for fault in docs.faults(self.root) if "point" in fault],
                         ["protocols/sip/a.cpp:2: docs/decisions/cluster.md has no point 15"])

    def test_a_link_that_leads_nowhere_is_found(self):
        self.put("docs/conformance/x.md", "[a](../architecture.md) [b](https://example.org/) [c](gone.md)\n")
        self.assertEqual([fault for fault in docs.faults(self.root) if "link" in fault],
                         ["docs/conformance/x.md:1: the link to gone.md leads nowhere"])

    def test_a_library_of_the_build_must_be_explained(self):
        self.put("docs/conformance/x.md", "\n")
        self.put("packaging/packages.txt", "[build]\nlibfoo-dev  foo\ng++ the compiler\nlibbar-dev\n")
        found = [fault for fault in docs.faults(self.root) if "libfoo" in fault or "libbar" in fault]
        self.assertEqual(len(found), 3)


class tally_test(unittest.TestCase):
    def test_catch_cases_are_counted_one_by_one(self):
        self.assertEqual(tally.of_catch("a", "All tests passed (12 assertions in 3 test cases)\n", True).line(),
                         "3 passed, 0 failed, 0 skipped")
        self.assertEqual(tally.of_catch("a", "test cases: 5 | 3 passed | 2 failed\nassertions: 9 | 7 passed | 2 failed\n", False).line(),
                         "3 passed, 2 failed, 0 skipped")
        self.assertEqual(tally.of_catch("a", "test cases: 1 | 1 failed\n", False).line(), "0 passed, 1 failed, 0 skipped")

    def test_a_program_that_dies_is_a_failure_whatever_it_printed(self):
        self.assertEqual(tally.of_catch("a", "All tests passed (1 assertion in 1 test case)\nSegmentation fault", False).failed, 1)
        self.assertEqual(tally.of_suite("a", "3 passed, 0 failed\n", 1).failed, 1)
        self.assertEqual(tally.of_suite("a", "", -9).failed, 1)

    def test_a_suite_s_last_closing_line_counts_and_its_skips_are_named(self):
        result = tally.of_suite("a", "1 passed, 0 failed\nSKIPPED tls: no certificate\n4 passed, 0 failed, 1 skipped\n", 0)
        self.assertEqual(result.line(), "4 passed, 0 failed, 1 skipped")
        self.assertEqual(result.skips, ["a: tls: no certificate"])

    def test_a_skip_without_a_word_is_still_named(self):
        self.assertEqual(len(tally.of_suite("a", "0 passed, 0 failed, 2 skipped\n", 0).skips), 1)

    def test_results_add_up(self):
        total = tally.of_suite("a", "1 passed, 1 failed\n", 1)
        total.add(tally.of_suite("b", "2 passed, 0 failed, 1 skipped\n", 0))
        self.assertEqual(total.line(), "3 passed, 1 failed, 1 skipped")
        self.assertEqual(total.failures, ["a"])


class tidy_test(in_a_tree):
    def test_a_changed_header_changes_the_key_of_what_reaches_it(self):
        self.write(**{"a.cpp": '#include "b.hpp"\n', "b.hpp": '#include "c.hpp"\n', "c.hpp": "int x;\n", "d.hpp": "\n"})
        key = tidy.key_of(self.root, "a.cpp", "cc a.cpp", b"")
        self.put("d.hpp", "int y;\n")
        self.assertEqual(tidy.key_of(self.root, "a.cpp", "cc a.cpp", b""), key)
        self.assertNotEqual(tidy.key_of(self.root, "a.cpp", "cc -O1 a.cpp", b""), key)
        self.put("c.hpp", "int z;\n")
        self.assertNotEqual(tidy.key_of(self.root, "a.cpp", "cc a.cpp", b""), key)


class fuzzing_test(in_a_tree):
    def test_a_target_that_was_not_built_fails(self):
        self.put("tests/fuzz/sip.fuzz.cpp", "// seeds: tests/corpus/a\n")
        count, faults = fuzzing.check(self.root, self.root / "build", 1, 1)
        self.assertEqual(count, 1)
        self.assertIn("was not built", faults)

    def test_no_target_at_all_fails(self):
        self.assertTrue(fuzzing.check(self.root, self.root / "build", 1, 1)[1])


def dev(*arguments, **environment):
    return subprocess.run([str(ROOT / "dev"), *arguments], cwd="/", text=True, stdin=subprocess.DEVNULL, capture_output=True,
                          env={**os.environ, "NO_COLOR": "1", **environment})


class script_test(in_a_tree):
    def test_every_command_has_its_page_and_is_in_the_completion(self):
        completion = (ROOT / "packaging/completion/dev.bash").read_text()
        for command in ("setup", "build", "run", "test", "check", "bench", "format", "package"):
            page = dev(command, "--help")
            self.assertEqual(page.returncode, 0, command)
            self.assertIn(f"./dev {command}", page.stdout)
            self.assertIn(f"./dev {command}", dev("--help").stdout)
            self.assertIn(command, completion)

    def test_what_it_does_not_know_is_a_usage_error_and_nothing_is_done(self):
        for wrong in ([], ["bogus"], ["run", "--twice"], ["test", "--label", "x"], ["test", "--asan", "--tsan"], ["check", "x"],
                      ["setup", "nosuchsection"], ["build", "--presett"], ["package", "x"]):
            done = dev(*wrong)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertTrue(done.stderr, wrong)

    def test_the_ci_script_adds_both_commands_up_and_fails_when_one_does(self):
        (self.root / ".ci").mkdir()
        (self.root / "bin").mkdir()
        self.put("bin/apt-get", "#!/bin/sh\nexit 0\n")
        self.put(".ci/run", (ROOT / ".ci/run").read_text())
        for fail, closing in (("0", "9 passed, 0 failed, 2 skipped"), ("1", "8 passed, 1 failed, 2 skipped")):
            self.put("dev", f"#!/bin/sh\n[ $1 = test ] && echo 4 passed, 0 failed, 2 skipped && exit 0\n"
                            f"echo $((5 - {fail})) passed, {fail} failed; exit {fail}\n")
            for name in ("dev", "bin/apt-get"):
                (self.root / name).chmod(0o755)
            done = subprocess.run(["bash", ".ci/run"], cwd=self.root, text=True, capture_output=True,
                                  env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}"})
            self.assertEqual(done.stdout.splitlines()[-1], closing, done.stderr)
            self.assertEqual(done.returncode, int(fail))

    def test_a_ci_command_that_says_nothing_is_a_failure(self):
        (self.root / ".ci").mkdir()
        self.put(".ci/run", (ROOT / ".ci/run").read_text())
        self.put("bin/apt-get", "#!/bin/sh\nexit 0\n")
        self.put("dev", "#!/bin/sh\nexit 0\n")
        for name in ("dev", "bin/apt-get"):
            (self.root / name).chmod(0o755)
        done = subprocess.run(["bash", ".ci/run"], cwd=self.root, text=True, capture_output=True,
                              env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}"})
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 2 failed, 0 skipped")
        self.assertEqual(done.returncode, 1)


NODE = """#!/bin/sh
# A node that does what the test wants: $1 $2 $3 as `troupe run --config FILE`.
[ "$1 $2" = "run --config" ] && [ -f "$3" ] || exit 2
%s
trap 'echo ended; exit %d' TERM
echo "node ready"
while :; do sleep 0.05; done
"""


class run_test(in_a_tree):
    """./dev with a build, a node and phones that the test makes, and no package manager but a list."""

    def setUp(self):
        super().setUp()
        for name in ("dev", "packaging/packages.txt", "tests/dev/reach.py"):
            self.put(name, (ROOT / name).read_text())
        self.put("config/profiles/demo.toml", '[node]\nhome_domain = "ims.example"\n[sip]\naccess = ["udp://127.0.0.1:5060"]\n'
                                              '[hss]\nprovision = "subscribers.toml"\n')
        self.put("subscribers.toml", '[[subscriber]]\nimpi = "a@ims.example"\nimpus = ["sip:a@ims.example"]\npassword = "s3cret"\n')
        self.stub("dpkg-query", "echo installed")
        self.stub("apt-get", "echo apt-get must not be called >&2; exit 1")
        self.stub("cmake", "mkdir -p build/release && cp node build/release/troupe && touch build/release/build.ninja")
        self.node()
        self.phones("print('the ladder')")
        (self.root / "dev").chmod(0o755)

    def stub(self, name, text):
        self.put(f"bin/{name}", f"#!/bin/sh\n{text}\n")
        (self.root / "bin" / name).chmod(0o755)

    def node(self, first="", status=0):
        self.put("node", NODE % (first, status))
        (self.root / "node").chmod(0o755)

    def phones(self, text):
        self.put("tests/interop/demo/call.py", text + "\n")

    def start(self, *arguments):
        return subprocess.Popen([str(self.root / "dev"), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True,
                                # a shell cannot trap what its parent ignores, and background jobs ignore SIGINT
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                                env={**os.environ, "NO_COLOR": "1", "PATH": f"{self.root}/bin:{os.environ['PATH']}"})

    def run_once(self, *arguments):
        process = self.start(*arguments)
        output = process.communicate(timeout=30)[0]
        return process.returncode, output

    def test_run_once_succeeds_when_node_phones_and_end_do(self):
        status, output = self.run_once("run", "--once")
        self.assertEqual(status, 0, output)
        self.assertIn("the ladder", output)
        self.assertIn("ended", (self.root / "var/demo.log").read_text())

    def test_run_once_fails_when_the_call_does_and_still_ends_the_node(self):
        self.phones("import sys; sys.exit(3)")
        status, output = self.run_once("run", "--once")
        self.assertEqual(status, 1, output)
        self.assertIn("ended", (self.root / "var/demo.log").read_text())

    def test_run_once_fails_when_the_node_does_not_come_up_and_shows_its_log(self):
        self.node(first="echo port 5060 is taken; exit 4")
        status, output = self.run_once("run", "--once")
        self.assertEqual(status, 1, output)
        self.assertIn("port 5060 is taken", output)
        self.assertIn("status 4", output)

    def test_run_once_fails_when_the_node_ends_badly(self):
        self.node(status=7)
        status, output = self.run_once("run", "--once")
        self.assertEqual(status, 1, output)
        self.assertIn("status 7", output)

    def test_run_keeps_the_node_up_and_says_how_to_reach_it_until_it_is_interrupted(self):
        process = self.start("run")
        late = threading.Timer(30, process.kill)
        late.start()
        self.addCleanup(late.cancel)
        seen = ""
        for line in process.stdout:
            seen += line
            if "Ctrl-C" in line:
                break
        self.assertIn("outbound proxy  sip:127.0.0.1:5060;transport=udp", seen)
        self.assertIn("s3cret", seen)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(20), 0)
        self.assertIn("ended", (self.root / "var/demo.log").read_text())

    def test_run_says_so_when_the_node_dies_while_it_is_kept_up(self):
        self.node(first="(sleep 2; kill -9 $$) &")
        status, output = self.run_once("run")
        self.assertEqual(status, 1, output)
        self.assertIn("ended by itself", output)

    def test_what_is_missing_is_installed_once_with_its_reason(self):
        self.stub("dpkg-query", "case $* in *ninja-build*|*re2*) exit 1;; esac; echo installed")
        for name in ("apt-get", "sudo", "env"):  # env: what setup calls apt-get through
            self.stub(name, f'echo "called {name} $*"')
        for name in ("tee", "chmod", "rm"):
            self.stub(name, "cat >/dev/null </dev/null")
        status, output = self.run_once("setup", "build")
        self.assertEqual(status, 0, output)
        self.assertRegex(output, r"ninja-build +runs the build")
        installs = [line for line in output.splitlines() if line.startswith("called") and " install " in line]
        self.assertEqual(len(installs), 1, output)
        self.assertTrue(installs[0].endswith("install -y --no-install-recommends ninja-build libre2-dev"), installs)

    def test_nothing_is_asked_of_apt_when_nothing_is_missing(self):
        status, output = self.run_once("setup")
        self.assertEqual(status, 0, output)


def main():
    result = unittest.main(argv=[sys.argv[0]], verbosity=1, exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
