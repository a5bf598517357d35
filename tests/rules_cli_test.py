"""`opex-tidy rules …` as those who write packs meet it. Usage: rules_cli_test.py PATH-TO-OPEX-TIDY"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))

HEADER = """#pragma once
namespace house { inline namespace v2 {
struct Options { int ms; };
struct Base { void stop(); };
struct Channel : Base { explicit Channel(const char *target); void setTimeout(int ms); };
int call(Channel &channel, int request);
int callWithin(Channel &channel, int request, int ms);
} }
namespace house { void write(const char *text); }
#define HOUSE_LOG(text) house::write(text)
"""

PACK = """pack: {name: house, headers: ["house/*"], flags: [-I.]}
subjects:
- id: house-channel
  types: [house::Channel]
  settings: {timeout: {default: none, says: "house waits for ever by default"}}
setters:
- {method: "house::Channel::setTimeout", subject: this, sets: timeout, value: arg0, unit: ms, infinite: 0}
calls:
- {function: "house::call", kind: rpc, subject: arg0, phases: {request: [timeout]}}
"""

SERVICE = """#include <house/rpc.h>
int main() { house::Channel channel("shop"); HOUSE_LOG("go"); return house::call(channel, 1); }
"""


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "house").mkdir()
        self.write("house/rpc.h", HEADER)
        self.write("service.cpp", SERVICE)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        (self.root / name).write_text(text)
        return name

    def pack(self, more="", text=PACK, name="house.yaml"):
        return self.write(name, text + more)

    def run_tidy(self, *arguments, expect):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.root, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def rules(self, *arguments, expect=0):
        done = self.run_tidy("rules", *arguments, expect=expect)
        return done.stdout + done.stderr

    def coverage(self, *arguments):
        return self.rules("coverage", "--quiet", "--root", ".", "service.cpp", *arguments, "--", "-isystem", ".")


class Check(Folder):
    def test_counts_what_it_read(self):
        text = self.rules("check", self.pack())
        self.assertRegex(text, r"(?m)^house  house.yaml  3 rows  subjects 1, setters 1, calls 1$")
        self.assertRegex(text, r"(?m)^\d+ packs, \d+ rows$")

    def test_says_what_a_pack_does_to_others(self):
        self.pack('- {function: "mine", kind: http, phases: {}, replaces: curl/curl_easy_perform}\n',
                  PACK.replace("flags:", "disables: [curl/curl_easy_reset], flags:"))
        text = self.rules("check", "house.yaml")
        self.assertIn("replaces curl/curl_easy_perform; disables curl/curl_easy_reset", text)

    def test_a_file_given_twice(self):
        self.pack()
        self.assertIn("house.yaml:1:1: the file is given twice", self.rules("check", "house.yaml", "house.yaml", expect=2))


class Test(Folder):
    def test_passes(self):
        self.pack("""tests:
- {code: "#include <house/rpc.h>\\nint f() { house::Channel c(\\"x\\"); return house::call(c, 1); }", expect: missing-timeout}
- {code: "#include <house/rpc.h>\\nint f() { house::Channel c(\\"x\\"); c.setTimeout(5); return house::call(c, 1); }", expect: []}
""")
        self.assertEqual(self.rules("test", "house.yaml"), "2 tests: 2 passed, 0 failed, 0 not run\n")

    def test_failures_say_what_was_found(self):
        self.pack("""tests:
- {code: "#include <house/rpc.h>\\nint f() { house::Channel c(\\"x\\"); return house::call(c, 1); }", expect: []}
- {code: "int f() { return 1; }", expect: [opex-missing-timeout]}
- {code: "int f() { return g(); }", expect: []}
- {code: "#include <house/gone.h>", expect: []}
- {code: "int f();", expect: [opex-missing-timeot]}
""")
        text = self.rules("test", "house.yaml", expect=1)
        self.assertIn("house.yaml:11: house: expected nothing; found opex-missing-timeout (line 2)\n", text)
        self.assertIn("house.yaml:12: house: expected opex-missing-timeout; found nothing\n", text)
        self.assertIn("house.yaml:13: house: the code does not compile: line 1: use of undeclared identifier 'g'\n", text)
        self.assertIn("house.yaml:14: house: not run: no header house/gone.h\n", text)
        self.assertIn("house.yaml:15: house: there is no check 'opex-missing-timeot'\n", text)
        self.assertIn("5 tests: 0 passed, 4 failed, 1 not run\n", text)

    def test_what_cannot_be_run_does_not_fail(self):
        self.pack('tests:\n- {code: "#include <house/gone.h>", expect: []}\n')
        self.assertIn("1 test: 0 passed, 0 failed, 1 not run", self.rules("test", "house.yaml"))

    def test_one_pack(self):
        self.assertRegex(self.rules("test", "--pack", "no-such-pack", expect=2), "there is no such pack")
        self.assertRegex(self.rules("test", "--pack", "std"), r"\d+ tests?: ")

    def test_endless_code_ends(self):
        self.pack("""tests:
- code: |
    template <int n> struct S { static constexpr int v = S<n + 1>::v; };
    int f() { return S<0>::v; }
  expect: []
""")
        self.assertIn("1 failed", self.rules("test", "house.yaml", expect=1))


class Coverage(Folder):
    def test_rows_that_are_used(self):
        text = self.coverage("--rules", self.pack())
        self.assertRegex(text, r"house: 3 rows, 3 declared, 1 used \(1 header read\)")
        self.assertRegex(text, r"calls  house::call  1 declaration  1 use  house.yaml:9")
        self.assertNotIn("setTimeout", text)
        self.assertIn("setTimeout", self.coverage("--all", "--rules", "house.yaml"))
        self.assertIn("0 warnings", text)

    def test_rows_that_can_mean_nothing(self):
        self.pack("""- {function: "house::cal", kind: rpc, phases: {}}
- {function: "house::v2::call", id: versioned, kind: rpc, phases: {}}
- {function: "house::callWithin", arity: 2, kind: rpc, phases: {}}
- {method: "house::Channel::stop", kind: rpc, phases: {}}
- {function: "house::later", unproven: "only in debug builds", kind: rpc, phases: {}}
- {function: "house::**Async", kind: rpc, phases: {}}
loggers:
- {macro: HOUSE_LOG, level: info}
- {macro: HOUSE_LOGG, level: info}
""")
        text = self.coverage("--rules", "house.yaml")
        self.assertIn("house.yaml:10: nothing is called 'house::cal', although house/rpc.h was read", text)
        self.assertIn("house.yaml:11: 'house::v2::call' is declared as 'house::call': name it so", text)
        self.assertIn("house.yaml:12: 'house::callWithin' is declared, but not as the row says", text)
        self.assertIn("house.yaml:13: 'house::Channel::stop' is declared as 'house::Base::stop'", text)
        self.assertIn("house.yaml:18: there is no macro HOUSE_LOGG, although house/rpc.h was read", text)
        self.assertRegex(text, r"loggers  HOUSE_LOG    1 declaration  1 use  ")
        self.assertIn("5 warnings", text)

    def test_a_library_that_is_not_used_is_not_blamed(self):
        self.write("service.cpp", "int main() { return 0; }\n")
        self.assertNotIn("house", self.coverage("--rules", self.pack('- {function: "house::cal", kind: rpc, phases: {}}\n')))

    def test_a_pack_for_another_library_is_not_blamed(self):
        text = PACK.replace('headers: ["house/*"]', "unverified: true")
        self.pack('- {method: "house::Channel::stop", kind: rpc, phases: {}}\n', text)
        self.assertIn("0 warnings", self.coverage("--rules", "house.yaml"))

    def test_check_says_so_too(self):
        self.pack('- {function: "house::cal", kind: rpc, phases: {}}\n')
        command = ["--quiet", "--root", ".", "--rules", "house.yaml", "service.cpp"]
        done = self.run_tidy("check", *command, "--output", "text", "--output", "sarif=out.sarif", "--", "-isystem", ".", expect=1)
        self.assertIn("house.yaml:10:3: configuration: row 'house::cal' of pack 'house' means nothing", done.stdout)
        run = json.loads((self.root / "out.sarif").read_text())["runs"][0]
        remarks = run["invocations"][0]["toolConfigurationNotifications"]
        self.assertEqual([r["level"] for r in remarks], ["warning"])
        where = remarks[0]["locations"][0]["physicalLocation"]
        self.assertEqual((where["artifactLocation"]["uri"], where["region"]["startLine"]), ("house.yaml", 10))


LIBRARY = """#pragma once
#include <chrono>
namespace lib {
struct Client { bool get(const char *key); void fetch(const char *url, int timeout_ms); int size() const; };
int connect(const char *host, std::chrono::seconds limit);
void auditLog(const char *text);
struct Jobs { bool enqueue(int job); };
void callWithRetry(int work);
const char *requestName(int request);
}
extern "C" int lib_query(void *db, const char *text);
struct lib_session;
extern "C" int lib_read(lib_session *session);
extern "C" int lib_get_error(lib_session *session);
"""

CALLER = """#include <lib/lib.h>
#include <house/rpc.h>
int storeRemotely(const char *text, long timeout);
static void log(const char *text) { lib::auditLog(text); }
struct Connection { virtual void send(const char *text) = 0; };
struct TcpConnection : Connection { void send(const char *text) override { log(text); } };
void work(lib::Client &client, Connection &connection) {
  connection.send("own");
  client.get("k");
  client.fetch("u", 3);
  client.size();
  lib_query(nullptr, lib::requestName(1));
  if (lib_read(nullptr))
    lib_get_error(nullptr);
  storeRemotely("x", 5);
}
int main() {
  lib::Client client;
  lib::connect("h", std::chrono::seconds(1));
  lib::Jobs jobs;
  jobs.enqueue(1);
  lib::callWithRetry(2);
  house::Channel channel("shop");
  house::call(channel, 1);
  log("done");
  client.fetch("v", 3);
  TcpConnection own;
  work(client, own);
}
"""


class Suggest(Folder):
    def setUp(self):
        super().setUp()
        (self.root / "lib").mkdir()
        self.write("lib/lib.h", LIBRARY)
        self.write("service.cpp", CALLER)

    def suggest(self, *arguments):
        return self.rules("suggest", "--quiet", "--root", ".", "service.cpp", *arguments, "--", "-isystem", ".")

    def test_what_looks_like_a_dependency(self):
        text = self.suggest()
        for row in ['- {function: "lib::Client::fetch", kind: socket, phases: {request: [{value: arg1, unit: ms}]}}',
                    '- {function: "lib::Client::get", kind: socket, phases: {request: []}}',
                    '- {function: "lib::connect", kind: socket, phases: {connect: [{value: arg1, unit: chrono}]}}',
                    '- {function: "lib_query", kind: database, phases: {request: []}}',
                    '- {function: "lib_read", kind: socket, phases: {request: []}}',
                    '- {function: "storeRemotely", kind: database, phases: {request: [{value: arg1}]}}',
                    '- {function: "house::call", kind: rpc, phases: {request: []}}',
                    '- {function: "lib::auditLog", level: info}',
                    '- {id: "lib::Jobs::enqueue", calls: [{function: "lib::Jobs::enqueue", does: push}]}',
                    '- {function: "lib::callWithRetry"']:
            self.assertIn(row, text)
        self.assertIn("2 calls in 2 functions, reached from 1 entry point and 2 functions; first service.cpp:10", text)
        for harmless in ["lib::Client::size", "requestName", "Connection::send", "lib_get_error", '"log"']:
            self.assertNotIn(harmless, text)

    def test_what_it_prints_is_a_pack(self):
        self.write("suggested.yaml", self.suggest())
        self.assertRegex(self.rules("check", "suggested.yaml"), r"(?m)^suggested  suggested.yaml  10 rows")
        # Once they are rows, they are no news.
        self.assertNotIn("function:", self.suggest("--rules", "suggested.yaml"))

    def test_what_a_pack_knows_is_no_news(self):
        self.assertNotIn("house::call", self.suggest("--rules", self.pack()))

    def test_so_many_and_no_more(self):
        text = self.suggest("--limit", "2")
        self.assertIn("2 of 10", text)
        self.assertEqual(text.count("function:"), 2)


class Malformed(Folder):
    """Whatever a pack holds: a position, exit code 2, and neither time nor memory."""

    def refuse(self, text, message, *names):
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (self.root / "bad.yaml").write_bytes(data)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.monotonic()
        done = subprocess.run(["/bin/sh", "-c", 'ulimit -v 2000000; exec "$0" "$@"', PROGRAM, "rules", "check",
                               *(names or ["bad.yaml"])], cwd=self.root, capture_output=True, text=True, timeout=20)
        self.assertLess(time.monotonic() - start, 2)
        self.assertLess(max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), 200 * 1024)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn(message, done.stderr)
        self.assertLess(len(done.stderr), 20000)

    def test_unknown_key(self):
        self.refuse("pack: {name: a}\ncalls:\n- {functoin: f, kind: rpc, phases: {}}\n",
                    "bad.yaml:3:4: unknown key 'functoin', did you mean 'function'?")

    def test_wrong_type(self):
        self.refuse("pack: {name: a}\ncalls: {function: f}\n", "bad.yaml:2:8: 'calls' must be a list of rows")
        self.refuse("pack: {name: [a, b]}\n", "bad.yaml:1:14: expected a text")

    def test_duplicate_id(self):
        self.refuse("pack: {name: a}\ncalls:\n- {function: f, id: x, kind: rpc, phases: {}}\n"
                    "- {function: g, id: x, kind: rpc, phases: {}}\n", "bad.yaml:4:3: ")

    def test_bad_unit(self):
        self.refuse("pack: {name: a}\ncalls:\n- {function: f, kind: rpc, phases: {r: [{value: arg0, unit: sec}]}}\n",
                    "bad.yaml:3:61: unknown unit 'sec'")

    def test_a_pack_that_disables_itself(self):
        self.refuse("pack: {name: a, disables: [a/f]}\ncalls:\n- {function: f, kind: rpc, phases: {}}\n",
                    "bad.yaml:1:28: there is no pack 'a'")

    def test_too_large(self):
        self.refuse(b"# " + b"x" * (10 << 20), "bad.yaml:1:1: larger than 1 MiB")
        self.refuse(b"pack: {name: a}\n" + b"#\n" * 100000 + b"calls:\n" + b"- {functoin: f}\n" * 40000, "more errors")

    def test_binary_rubbish(self):
        self.refuse(bytes(range(256)) * 64, "bad.yaml:1:1: not a text file in UTF-8")
        self.refuse(b"\x7fELF" + bytes(1000), "bad.yaml:1:5: not a text file in UTF-8")

    def test_control_characters_do_not_reach_the_terminal(self):
        self.refuse("pack: {name: a, \"\\e[31mx\": 1}\n", "bad.yaml:1:17: unknown key")
        self.assertNotIn("\x1b", subprocess.run([PROGRAM, "rules", "check", "bad.yaml"], cwd=self.root,
                                                capture_output=True, text=True).stderr)

    def test_alias_bomb(self):
        lines = ["a0: &a0 [x, x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
        self.refuse("\n".join(lines), "bad.yaml:1:5: anchors and aliases are not allowed")

    def test_deep_nesting(self):
        self.refuse("pack: " + "[" * 100000, "nested too deeply")
        self.refuse("pack: " + "{a: " * 100000, "nested too deeply")
        self.refuse("".join(" " * i + "a:\n" for i in range(1000)), "nested too deeply")

    def test_no_file(self):
        self.refuse(None, "gone.yaml: ", "gone.yaml")
        self.refuse(None, "house: not a regular file", "house")

    def test_a_pipe_does_not_hang(self):
        os.mkfifo(self.root / "pipe.yaml")
        self.refuse(None, "pipe.yaml: not a regular file", "pipe.yaml")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_unreadable(self):
        self.write("closed.yaml", PACK)
        (self.root / "closed.yaml").chmod(0)
        self.refuse(None, "closed.yaml: Permission denied", "closed.yaml")

    def test_empty(self):
        self.refuse("", "bad.yaml:1:1: ")
        self.refuse("--- 1\n--- 2\n", "bad.yaml")


if __name__ == "__main__":
    unittest.main()
