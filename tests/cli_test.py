"""The program as a user meets it: bad input is named and costs nothing else, and facts made apart give the
same bytes as one run. Usage: cli_test.py PATH-TO-OPEX-TIDY"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
BENCH = pathlib.Path(__file__).resolve().parent.parent / "bench/ratio"

FAULTY = """#include <exception>
void load();
void run() {
  try {
    load();
  } catch (const std::exception &) {
    // TODO: tell somebody
  }
}
"""


class Project(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "a.cpp").write_text(FAULTY)
        (self.root / "b.cpp").write_text(FAULTY.replace("run", "walk"))
        self.write_database("a.cpp", "b.cpp")

    def tearDown(self):
        self.folder.cleanup()

    def write_database(self, *files):
        entries = [{"directory": str(self.root), "file": f, "arguments": ["c++", "-std=c++20", "-c", f]} for f in files]
        (self.root / "compile_commands.json").write_text(json.dumps(entries))

    def run_tidy(self, *arguments, expect):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.root, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def check(self, *arguments, expect):
        return self.run_tidy("--root", ".", "-p", ".", "--quiet", *arguments, expect=expect)

    def findings(self, sarif):
        results = json.loads((self.root / sarif).read_text())["runs"][0]["results"]
        return sorted(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results)


FETCHER = """#include <curl/curl.h>
class Fetcher {
public:
  Fetcher() : handle_(curl_easy_init()) {}
  bool fetch() { return curl_easy_perform(handle_) == CURLE_OK; }
  CURL *handle_;
};
"""


class BrokenCode(Project):
    """What an error costs decides what is still known of the rest."""

    def timeouts(self, broken):
        (self.root / "fetcher.h").write_text("#pragma once\n" + FETCHER)
        (self.root / "a.cpp").write_text('#include "fetcher.h"\nbool get() { Fetcher f; return f.fetch(); }\n')
        (self.root / "b.cpp").write_text('#include "fetcher.h"\n' + broken)
        shown = self.check("--checks", "-*,opex-missing-timeout", expect=3).stdout
        self.assertRegex(shown, r"(?m)^b\.cpp:.*analysed in part")
        return shown.count("[opex-missing-timeout]")

    def test_an_expression_that_mentions_other_things(self):
        for broken in ("void run(Fetcher &f) { int n = 1; f.noSuch(n).then(2); }",
                       "struct R { R() : n(none(1)) {} int n; };",
                       "void run(Fetcher &f) { auto all = f.items(); if (all.empty()) f.fetch(); }"):
            self.assertEqual(self.timeouts(broken), 1, broken)

    def test_an_expression_that_mentions_the_object(self):
        for broken in ("void run(Fetcher &f) { curl_easy_setopt(f.handle_, CURLOPT_NEW, 1L); }",
                       "void run(Fetcher &f) { configure(f.handle_); }",
                       "void limit(Fetcher &f, long n) { curl_easy_setopt(f.handle_, CURLOPT_TIMEOUT, n); }\n"
                       "void run(Fetcher &f) { limit(f, kNone); }",
                       "void run(Fetcher &f) { f.handle_.limit(3); }"):
            self.assertEqual(self.timeouts(broken), 0, broken)

    def test_more_than_an_expression(self):
        for broken in ("#include <gone.h>", "struct Setter : Gone { void run(Fetcher &f); };", "Gone make(Fetcher &f);",
                       "void run(Fetcher &f) { for (auto &each : f.items()) each.set(f.handle_); }",
                       "void run(Fetcher &f) { Gone all = f; }"):
            self.assertEqual(self.timeouts(broken), 0, broken)


class BadInput(Project):
    def test_good_input_is_the_yardstick(self):
        self.check("--output", "sarif=out.sarif", "--fail-on", "warning", expect=1)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])

    def test_missing_database(self):
        (self.root / "compile_commands.json").unlink()
        error = self.check(expect=2).stderr
        for word in ("CMAKE_EXPORT_COMPILE_COMMANDS", "bear", "Meson", "Bazel"):
            self.assertIn(word.lower(), error.lower())

    def test_malformed_database(self):
        (self.root / "compile_commands.json").write_text('[\n  {"directory": "/",\n   "file" "a.cpp"}\n]\n')
        self.assertRegex(self.check(expect=2).stderr, r"compile_commands\.json:3:\d+: ")

    def test_source_that_does_not_exist(self):
        self.write_database("a.cpp", "gone.cpp", "b.cpp")
        done = self.check("--output", "sarif=out.sarif", "--output", "text", expect=3)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])
        self.assertIn("gone.cpp", done.stdout + done.stderr)
        notes = json.loads((self.root / "out.sarif").read_text())["runs"][0]["invocations"][0]
        self.assertIn("gone.cpp", json.dumps(notes["toolExecutionNotifications"]))

    def test_unreadable_source(self):
        (self.root / "folder.cpp").mkdir()
        self.write_database("a.cpp", "folder.cpp", "b.cpp")
        done = self.check("--output", "sarif=out.sarif", "--output", "text", expect=3)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])
        self.assertIn("folder.cpp", done.stdout + done.stderr)

    def test_source_with_errors_is_analysed_as_far_as_it_goes(self):
        (self.root / "b.cpp").write_text(FAULTY.replace("run", "walk") + "int broken( {\n")
        self.check("--output", "sarif=out.sarif", expect=3)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])
        self.check("--output", "sarif=out.sarif", "--keep-going=ok", expect=1)

    def test_equal_functions_of_two_programs_stay_apart(self):
        (self.root / "b.cpp").write_text(FAULTY)
        self.check("--output", "sarif=out.sarif", expect=1)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])

    def test_named_file_that_is_in_no_database(self):
        (self.root / "c.cpp").write_text(FAULTY)
        self.assertIn("c.cpp", self.check("c.cpp", expect=2).stderr)
        self.check("c.cpp", "--missing-command", "guess", expect=1)

    def test_files_may_follow_any_option(self):
        self.check("--output", "sarif=out.sarif", "a.cpp", expect=1)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp"])

    def test_unknown_check(self):
        error = self.check("--checks=opex-missing-timeuot", expect=2).stderr
        self.assertIn("opex-missing-timeout", error)

    def test_malformed_rules(self):
        (self.root / "bad.yaml").write_text("pack: {name: bad}\ncalls:\n- {functoin: f, kind: rpc}\n")
        error = self.check("--rules", "bad.yaml", expect=2).stderr
        self.assertRegex(error, r"bad\.yaml:3:\d+: ")
        self.assertIn("function", error)

    def test_explains_packs_and_rows(self):
        (self.root / "house.yaml").write_text(
            "pack: {name: house, disables: [curl/curl_multi_poll]}\n"
            "calls:\n- {function: curl_easy_perform, replaces: curl/curl_easy_perform, kind: http, phases: {}}\n"
        )
        packs = self.run_tidy("explain", "packs", "--rules", "house.yaml", expect=0).stdout
        self.assertRegex(packs, r"(?s)curl .*house .*curl/curl_multi_poll counts no more: pack house")
        row = self.run_tidy("explain", "curl/curl_easy_perform", expect=0).stdout
        self.assertRegex(row, r"rules/packs/curl\.yaml:\d+: calls of pack curl\n")
        self.assertIn("subject: arg0", row)
        self.assertIn("did you mean 'hiredis'", self.run_tidy("explain", "hiredsi/x", expect=2).stderr)

    def test_output_that_cannot_be_written(self):
        done = self.check("--output", "sarif=no/such/folder/out.sarif", "--output", "sarif=out.sarif", expect=2)
        self.assertIn("no/such/folder", done.stderr)
        self.assertEqual(self.findings("out.sarif"), ["a.cpp", "b.cpp"])

    def test_damaged_facts(self):
        self.run_tidy("facts", "a.cpp", "--root", ".", "-p", ".", "-o", "a.facts", expect=0)
        facts = (self.root / "a.facts").read_bytes()
        (self.root / "a.facts").write_bytes(facts[: len(facts) // 2])
        self.assertIn("a.facts", self.run_tidy("link", "a.facts", expect=2).stderr)
        self.assertIn("a.facts", self.run_tidy("facts", "--dump", "a.facts", expect=2).stderr)


TWICE = """#include <curl/curl.h>
void other();
void fetch(CURL *handle) {
#ifdef NEVER
  other();
#endif
  curl_easy_perform(handle);
  curl_easy_perform(handle);
  other();
}
void hide(CURL *);
int main() {
  CURL *handle = curl_easy_init();
  fetch(handle);
  CURL *hidden = curl_easy_init();
  hide(hidden);
  curl_easy_perform(hidden);
}
"""

# The same handler twice, of which profile ci shows the second only.
ALIKE = """#include <exception>
void load();
void run() {
  try {
    load();
  } catch (const std::exception &) { // optional
  }
  try {
    load();
  } catch (const std::exception &) {
  }
}
"""


class Explained(Project):
    def setUp(self):
        super().setUp()
        (self.root / "c.cpp").write_text(TWICE)
        self.write_database("a.cpp", "b.cpp", "c.cpp")

    def explain(self, *arguments, expect=0):
        return self.run_tidy("explain", "--root", ".", "-p", ".", "--quiet", *arguments, expect=expect)

    def test_the_id_that_is_shown_explains_the_finding(self):
        text = self.check("--output", "text", "--output", "sarif=out.sarif", expect=1).stdout
        ids = re.findall(r"(?m)^  id: (\w{16})$", text)
        results = json.loads((self.root / "out.sarif").read_text())["runs"][0]["results"]
        self.assertEqual(ids, [r["partialFingerprints"]["opexTidy/v1"] for r in results])
        for each, result in zip(ids, results):
            self.assertIn(result["message"]["text"].split("\n")[0][:40], self.explain(each[:8]).stdout)
        self.assertIn(ids[0], self.explain(ids[0], "a.cpp").stdout)
        self.assertIn("3 findings", self.explain("abcdef0123", expect=2).stderr)
        self.assertIn("1 finding ", self.explain(ids[0], "b.cpp", expect=2).stderr)

    def test_one_object_is_one_finding(self):
        story = self.explain("--why-not", "./c.cpp:8", "--why-not", str(self.root / "c.cpp:7:3")).stdout
        self.assertRegex(story, r"part of opex-missing-timeout \w{16} at c\.cpp:7\n")
        self.assertIn("waits on the same object as the call at c.cpp:7, and one object without a limit is one finding, there", story)
        self.assertRegex(story, r"(?s)\nc\.cpp:7\n.*  reported by opex-missing-timeout \w{16}: ")

    def test_lines_with_nothing_of_interest(self):
        story = self.explain("--why-not", "c.cpp:5", "--why-not", "c.cpp:9", "--why-not", "c.cpp:14", "--why-not", "c.cpp:17").stdout
        self.assertIn("the preprocessor leaves this line out", story)
        self.assertIn("call of `other`\n  no row of a pack means it; its body is not seen", story)
        self.assertRegex(story, r"call of `fetch`\n  part of opex-missing-timeout \w{16} at c.cpp:7\n"
                                r"  no row of a pack means it; its body is in the program \(c\.cpp:3\)")

        self.assertIn("transfer: unknown, its subject is handed to `hide`, whose body is not seen", story)
        self.assertIn("not reported by opex-missing-timeout: whether it is limited in time is out of sight", story)

    def test_the_id_is_the_same_in_every_profile(self):
        (self.root / "b.cpp").write_text(ALIKE)
        ids = {}
        for profile in ("ci", "audit"):
            text = self.check("b.cpp", "--profile", profile, "--checks=opex-swallowed-exception", expect=1).stdout
            ids[profile] = re.findall(r"(?m)^  id: (\w{16})$", text)
        self.assertEqual(len(ids["audit"]), 2)
        self.assertEqual(ids["ci"], ids["audit"][1:])
        self.assertIn("a comment is there that may be meant as the reason", self.explain(ids["audit"][0], "b.cpp").stdout)

    def test_questions_that_make_no_sense(self):
        self.assertIn("explain what?", self.explain(expect=2).stderr)
        self.assertIn("no check", self.explain("a.cpp", expect=2).stderr.replace("unknown check", "no check"))
        self.assertIn("give one of the two", self.explain("abcdef01", "a.cpp", "--facts", "x", expect=2).stderr)


class SameBytes(Project):
    def test_facts_made_before_are_dumped_alike(self):
        self.run_tidy("facts", "a.cpp", "--root", ".", "-p", ".", "-o", "a.facts", expect=0)
        fresh = self.run_tidy("facts", "a.cpp", "--root", ".", "-p", ".", "--dump", expect=0).stdout
        (self.root / "a.cpp").unlink()
        self.assertEqual(self.run_tidy("facts", "--dump", "a.facts", expect=0).stdout, fresh)

    def test_facts_and_link_are_one_run(self):
        self.check("--no-cache", "--output", "sarif=one.sarif", "--output", "text=one.txt", expect=1)
        self.run_tidy("facts", "a.cpp", "b.cpp", "--root", ".", "-p", ".", "-o", "facts", expect=0)
        self.run_tidy("link", "facts", "--quiet", "--output", "sarif=two.sarif", "--output", "text=two.txt", expect=1)
        for suffix in ("sarif", "txt"):
            self.assertEqual((self.root / f"one.{suffix}").read_bytes(), (self.root / f"two.{suffix}").read_bytes())

    def test_one_file_compiled_in_two_folders(self):
        entries = []
        for folder in ("one", "two"):
            (self.root / folder).mkdir()
            (self.root / folder / "size.h").write_text(f"enum {{ {folder} }};\n")
            entries.append({"directory": str(self.root / folder), "file": str(self.root / "a.cpp"),
                            "arguments": ["c++", "-I.", "-include", "size.h", "-c", str(self.root / "a.cpp")]})
        (self.root / "compile_commands.json").write_text(json.dumps(entries))
        self.run_tidy("facts", "a.cpp", "--root", ".", "-p", ".", "-o", "facts", expect=0)
        files = [file.read_bytes() for file in (self.root / "facts").iterdir()]
        self.assertEqual(len(set(files)), 2)

    def test_any_number_of_jobs(self):
        outputs = []
        for jobs in ("1", "2", "8"):
            self.check("--no-cache", "-j", jobs, "--output", f"sarif={jobs}.sarif", expect=1)
            outputs.append((self.root / f"{jobs}.sarif").read_bytes())
        self.assertEqual(len(set(outputs)), 1)

    def test_no_path_of_this_machine(self):
        self.check("--output", "sarif=out.sarif", expect=1)
        self.assertNotIn(str(self.root), (self.root / "out.sarif").read_text())


class Cost(Project):
    def stages(self, text):
        return [line.split("  ")[0] if line[0] != " " else line.strip().split("  ")[0] for line in text.splitlines()[1:]]

    def test_says_what_each_stage_took(self):
        plain = self.check(expect=1)
        timed = self.check("--time-checks", expect=1)
        self.assertEqual((plain.stdout, plain.stderr), (timed.stdout, ""))
        stages = self.stages(timed.stderr)
        for stage in ("set-up", "facts", "link", "analysis", "dependencies", "retries", "checks", "opex-missing-timeout",
                      "report", "analysis and checks", "all"):
            self.assertIn(stage, stages)
        self.run_tidy("facts", "a.cpp", "--root", ".", "-p", ".", "-o", "a.facts", expect=0)
        self.assertEqual(stages, self.stages(self.run_tidy("link", "a.facts", "--time-checks", expect=1).stderr))

    def test_ratios_to_clang(self):
        done = subprocess.run([BENCH, "-p", ".", "--root", ".", "--rounds", "1", "--opex", PROGRAM], cwd=self.root,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?s)^2 translation units; 0 files left out.*-fsyntax-only +\d+\.\d +1\.0000\n"
                                      r".*\nanalysis: retries +\d+\.\d +\d+\.\d+\n.*\nanalysis and checks +\d")


if __name__ == "__main__":
    unittest.main()
