#!/usr/bin/env python3
"""ci/score on small labels and logs: what counts as found, what is left out, and what it says of bad files."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCORE = pathlib.Path(__file__).resolve().parent.parent / "ci/score"
HEAD = "project,file,line,function,category,verdict,reason,difficulty,in_build\n"


def location(file, line):
    return {"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": line}}}


def result(check, file, line, steps=()):
    flow = [{"location": location(file, line), "importance": "important" if role == "passed" else "essential",
             **({"kinds": ["call", "dependency"]} if role == "dependency" else {})} for file, line, role in steps]
    return {"ruleId": "opex-" + check, "message": {"text": f"{check} here."}, "locations": [location(file, line)],
            **({"codeFlows": [{"threadFlows": [{"locations": flow}]}]} if flow else {})}


def log(*results, checks=("missing-timeout", "unbounded-queue", "swallowed-exception", "unfinished-handler")):
    rules = [{"id": "opex-" + check} for check in checks]
    return json.dumps({"runs": [{"tool": {"driver": {"rules": rules}}, "automationDetails": {"id": "opex-tidy/audit/"},
                                 "results": list(results)}]})


class Score(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.directory.name)

    def tearDown(self):
        self.directory.cleanup()

    def run_score(self, rows, text, *options):
        labels, sarif = self.home / "places.csv", self.home / "shop.sarif"
        labels.write_text(rows if rows.startswith("project,") or options == ("raw",) else HEAD + rows)
        sarif.write_text(text)
        return subprocess.run([sys.executable, SCORE, "--labels", labels, f"shop={sarif}", *[o for o in options if o != "raw"]],
                              capture_output=True, text=True)

    def measure(self, rows, *results, **more):
        done = self.run_score(rows, log(*results, **more), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_anchor_within_one_line(self):
        rows = "".join(f"shop,a.cpp,{line},f,timeout_missing,true,none is set,local,yes\n" for line in (8, 9, 11, 12))
        got = self.measure(rows, result("missing-timeout", "a.cpp", 10))
        self.assertEqual(got["overall"] | {"false": 0, "silent": 0}, {"true": 4, "found": 2, "false": 0, "silent": 0, "arguable": 0})
        self.assertEqual([miss["line"] for miss in got["misses"]], [8, 12])

    def test_what_the_finding_rests_on_counts_and_other_steps_do_not(self):
        rows = ("shop,a.cpp,50,f,timeout_missing,true,a dependency,local,yes\n"
                "shop,a.cpp,60,f,timeout_missing,true,where its object is made,local,yes\n"
                "shop,a.cpp,70,f,timeout_missing,true,a step on the way,local,yes\n")
        log_text = log(result("missing-timeout", "a.cpp", 1,
                              [("a.cpp", 60, "essential"), ("a.cpp", 70, "passed"), ("a.cpp", 50, "dependency")]))
        got = json.loads(self.run_score(rows, log_text, "--json").stdout)
        self.assertEqual([miss["line"] for miss in got["misses"]], [70])
        self.assertEqual(got["misses"][0]["nearly"], "missing-timeout at a.cpp:1 passes through")
        strict = json.loads(self.run_score(rows, log_text, "--json", "--strict").stdout)
        self.assertEqual([miss["line"] for miss in strict["misses"]], [60, 70])

    def test_other_file_or_check_is_no_find(self):
        rows = "shop,a.cpp,5,f,timeout_missing,true,none is set,local,yes\n"
        got = self.measure(rows, result("missing-timeout", "b.cpp", 5), result("unbounded-queue", "a.cpp", 5))
        self.assertEqual(got["overall"]["found"], 0)

    def test_false_alarm(self):
        rows = ("shop,a.cpp,5,f,exc_swallowed,false,it is told,local,yes\n"
                "shop,a.cpp,9,f,exc_swallowed,false,it is told,local,yes\n")
        got = self.measure(rows, result("unfinished-handler", "a.cpp", 5))
        self.assertEqual((got["overall"]["false"], got["overall"]["silent"]), (2, 1))
        self.assertEqual(got["falseAlarms"][0]["message"], "unfinished-handler here.")

    def test_left_out(self):
        rows = ("shop,a.cpp,5,f,timeout_missing,arguable,who knows,local,yes\n"
                "shop,a.cpp,6,f,timeout_missing,true,not compiled,local,no\n"
                "shop,a.cpp,7,f,cache_growth,true,no check,local,yes\n"
                "other,a.cpp,5,f,timeout_missing,true,another project,local,yes\n")
        got = self.measure(rows)
        self.assertEqual(got["overall"], {"true": 0, "found": 0, "false": 0, "silent": 0, "arguable": 1})
        self.assertEqual(got["noCheckYet"], {"cache_growth": 1})
        self.assertEqual(got["runs"], {"shop": "audit"})

    def test_thresholds(self):
        rows = "shop,a.cpp,5,f,timeout_missing,true,none is set,local,yes\n"
        found = log(result("missing-timeout", "a.cpp", 5))
        self.assertEqual(self.run_score(rows, found, "--min-recall", "100").returncode, 0)
        self.assertEqual(self.run_score(rows, log(), "--min-recall", "90").returncode, 1)
        self.assertEqual(self.run_score(rows, found, "--min-silence", "95").returncode, 1)  # Nothing to measure it on.

    def test_text(self):
        rows = ("shop,a.cpp,5,f,timeout_missing,true,none is set,local,yes\n"
                "shop,a.cpp,8,f,exc_swallowed,false,it is told,local,yes\n")
        done = self.run_score(rows, log(result("swallowed-exception", "a.cpp", 8)))
        self.assertIn("misses: 1\n  a.cpp:5: timeout_missing in f: none is set\n", done.stdout)
        self.assertIn("a.cpp:8: swallowed-exception in f: swallowed-exception here.\n    but: it is told\n", done.stdout)

    def test_bad_files(self):
        good = "shop,a.cpp,5,f,timeout_missing,true,none is set,local,yes\n"
        for rows, text, said in (
                ("project,file\nshop,a.cpp\n", log(), "places.csv:1: no column line"),
                (good + "shop,a.cpp,5,f\n", log(), "places.csv:3: fewer fields"),
                (good + "shop,a.cpp,x,f,timeout_missing,true,r,local,yes\n", log(), "places.csv:3: 'x' is no line"),
                ("shop,a.cpp,5,f,timeouts,true,r,local,yes\n", log(), "places.csv:2: unknown category 'timeouts'"),
                ("shop,a.cpp,5,f,timeout_missing,maybe,r,local,yes\n", log(), "places.csv:2: the verdict is 'maybe'"),
                (good, "{\n]", "shop.sarif:2: not JSON"),
                (good, "[" * 100000, "shop.sarif:1: not JSON"),
                (good, '{"runs": []}', "0 runs"),
                (good, '{"runs": [{"results": [7]}]}', "not a log of opex-tidy")):
            done = self.run_score(rows, text)
            self.assertEqual(done.returncode, 2, said)
            self.assertIn(said, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_bad_arguments(self):
        labels = self.home / "places.csv"
        labels.write_text(HEAD + "shop,a.cpp,5,f,timeout_missing,true,r,local,yes\n")
        for argument, said in (("shop", "is not PROJECT=SARIF"), ("shed=x.sarif", "no place of project 'shed'"),
                               ("shop=none.sarif", "none.sarif")):
            done = subprocess.run([sys.executable, SCORE, "--labels", labels, argument], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
